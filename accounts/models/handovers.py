"""Handovers: an adviser proposes that a colleague takes over, and each person answers for each purpose."""

import uuid
from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import MANDATE_PURPOSES, HandoverState
from accounts.models.mandates import Mandate
from accounts.models.organisations import Organisation
from accounts.models.people import User, Worker
from accounts.rules.handovers import MOVED, UNDONE

HANDOVER_NOTE_LENGTH = 500
_TOOK_PLACE = (*MOVED, UNDONE)


class HandoverQuerySet(models.QuerySet["Handover"]):
    """Vocabulary of handovers."""

    def of_adviser(self, adviser: User) -> "HandoverQuerySet":
        """Handovers that this adviser proposed or would take over."""
        return self.filter(Q(from_adviser=adviser) | Q(to_adviser=adviser))


class Handover(models.Model):
    """`from_adviser` proposes that `to_adviser` takes over some people, in one organisation.

    `note` is read by those people and by the colleague. `key` is the name of the press of the button: the
    same one twice makes one handover.
    """

    public_id = models.UUIDField(_("identifiant public"), default=uuid.uuid4, unique=True, editable=False)
    # PROTECT: the worker may ask who proposed what, as for mandates.
    from_adviser = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="handovers_proposed",
        verbose_name=_("de"),
    )
    # PROTECT: same reason.
    to_adviser = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="handovers_received",
        verbose_name=_("à"),
    )
    # PROTECT: same reason.
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    note = models.CharField(_("mot aux personnes"), max_length=HANDOVER_NOTE_LENGTH, blank=True)
    key = models.UUIDField(_("clé d’unicité"), default=uuid.uuid4, editable=False)
    proposed_at = models.DateTimeField(_("proposé le"), default=timezone.now)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("relais")
        verbose_name_plural = _("relais")
        ordering = ("-proposed_at", "-id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(from_adviser=F("to_adviser")),
                name="handover_between_two",
                violation_error_message=_("On ne passe pas le relais à soi-même."),
            ),
            models.UniqueConstraint(
                fields=["from_adviser", "key"],
                name="handover_once",
                violation_error_message=_("Ce relais est déjà proposé."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class HandoverPartQuerySet(models.QuerySet["HandoverPart"]):
    """Vocabulary of the parts of handovers."""

    def proposed(self) -> "HandoverPartQuerySet":
        """Parts that wait for an answer, as they were written; the mandate may have ended since."""
        return self.filter(state=HandoverState.PROPOSED)

    def to_answer(self, on: date) -> "HandoverPartQuerySet":
        """Parts that wait, and whose mandate the person has not taken back nor let end."""
        ended = Q(mandate__withdrawn_at__isnull=False) | Q(mandate__end_on__lte=on)
        return self.proposed().exclude(ended)

    def read_after(self, on: date) -> "HandoverPartQuerySet":
        """Parts that moved, and that the former adviser may still read on the day `on`."""
        return self.filter(state__in=MOVED, reads_until__gt=on, reading_ended_at__isnull=True)


class HandoverPart(models.Model):
    """One purpose of a handover, for one person: what became of it.

    - `mandate`: what the former adviser held. `new_mandate`: what the move gave, None where the colleague
      had that access already.
    - `moves_on`: the day from which it moves without an answer; None: it waits for a yes.
    - `reads_until`: the first day on which the former adviser reads no more, None where the purpose opened
      nothing by itself (to review); `reading_ended_at`: the person ended it before.
    - `effects`: the keys of the rows of other apps that moved with it, by name of effect.
    """

    public_id = models.UUIDField(_("identifiant public"), default=uuid.uuid4, unique=True, editable=False)
    handover = models.ForeignKey(
        Handover, on_delete=models.CASCADE, related_name="parts", verbose_name=_("relais")
    )
    worker = models.ForeignKey(
        Worker, on_delete=models.CASCADE, related_name="handover_parts", verbose_name=_("dossier")
    )
    mandate = models.ForeignKey(
        Mandate, on_delete=models.CASCADE, related_name="+", verbose_name=_("accord d’avant")
    )
    purpose = models.CharField(
        _("but"), max_length=20, choices=[(purpose.value, purpose.label) for purpose in MANDATE_PURPOSES]
    )
    state = models.CharField(
        _("état"), max_length=10, choices=HandoverState.choices, default=HandoverState.PROPOSED
    )
    moves_on = models.DateField(_("passe sans réponse le"), null=True, blank=True)
    answered_at = models.DateTimeField(_("répondu le"), null=True, blank=True)
    moved_at = models.DateTimeField(_("passé le"), null=True, blank=True)
    settled_at = models.DateTimeField(_("retiré ou annulé le"), null=True, blank=True)
    new_mandate = models.ForeignKey(
        Mandate,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("accord donné"),
    )
    reads_until = models.DateField(_("relecture jusqu’au (jour non compris)"), null=True, blank=True)
    reading_ended_at = models.DateTimeField(_("relecture arrêtée le"), null=True, blank=True)
    effects = models.JSONField(_("lignes passées avec"), default=dict, blank=True)

    objects = HandoverPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("but d’un relais")
        verbose_name_plural = _("buts des relais")
        ordering = ("id",)
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["worker", "state"], name="handover_part_worker_idx"),
            models.Index(
                fields=["moves_on"],
                condition=Q(state=HandoverState.PROPOSED),
                name="handover_part_waiting_idx",
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state__in=HandoverState.values),
                name="handover_part_state_known",
                violation_error_message=_("Cet état n’existe pas."),
            ),
            models.UniqueConstraint(
                fields=["handover", "mandate"],
                name="handover_part_once",
                violation_error_message=_("Un relais ne compte un accord qu’une fois."),
            ),
            models.UniqueConstraint(
                fields=["mandate"],
                condition=Q(state=HandoverState.PROPOSED),
                name="handover_part_one_proposed",
                violation_error_message=_("Un relais attend déjà la réponse de cette personne."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=_TOOK_PLACE, moved_at__isnull=False)
                | (~Q(state__in=_TOOK_PLACE) & Q(moved_at__isnull=True, reads_until__isnull=True)),
                name="handover_part_moved_dated",
                violation_error_message=_("Un relais qui a eu lieu, et lui seul, a une date."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} ({self.state})"
