"""Mandates: what a worker lets an adviser see, for what purpose, and until when."""

import uuid
from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import MANDATE_PURPOSES, MembershipRole
from accounts.models.mandate_requests import MandateRequest
from accounts.models.organisations import Membership, Organisation
from accounts.models.people import Worker
from accounts.models.periods import end_after_start, in_force_lookup, overlap_lookup


class MandateQuerySet(models.QuerySet["Mandate"]):
    """Vocabulary of mandates."""

    def in_force(self, on: date) -> "MandateQuerySet":
        """Mandates given for the day `on`; one withdrawn that day is over for the whole day."""
        return self.filter(in_force_lookup(on)).filter(
            Q(withdrawn_at__isnull=True) | Q(withdrawn_at__date__gt=on)
        )

    def held_by_member(self, on: date) -> "MandateQuerySet":
        """Mandates whose adviser is, on the day `on`, an adviser of the organisation they were given in.

        A mandate falls with the membership; it stands again if the same membership is renewed.
        """
        return self.filter(
            Exists(
                Membership.objects.in_force(on).filter(
                    user=OuterRef("adviser"),
                    organisation=OuterRef("organisation"),
                    role=MembershipRole.ADVISER,
                )
            )
        )

    def effective(self, on: date) -> "MandateQuerySet":
        """Mandates that open the file on the day `on`: in force, and the membership too."""
        return self.in_force(on).held_by_member(on)

    def not_withdrawn(self) -> "MandateQuerySet":
        """Mandates the worker never took back, whatever their dates."""
        return self.filter(withdrawn_at__isnull=True)

    def overlapping(self, start_on: date, end_on: date | None) -> "MandateQuerySet":
        """Mandates that share a day with `[start_on, end_on)`."""
        return self.filter(overlap_lookup(start_on, end_on))


class Mandate(models.Model):
    """A worker lets one adviser of one organisation act for one purpose during `[start_on, end_on)`.

    `request` is the adviser's request to which it answers, when there was one. `text_version` names the
    sentence of consent that was on the screen (`accounts.mandate_texts`).
    """

    public_id = models.UUIDField(_("identifiant public"), default=uuid.uuid4, unique=True, editable=False)
    worker = models.ForeignKey(
        Worker, on_delete=models.CASCADE, related_name="mandates", verbose_name=_("dossier")
    )
    # PROTECT: the worker may ask who could see the file, long after the adviser has left.
    adviser = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="mandates_received",
        verbose_name=_("conseiller ou conseillère"),
    )
    # PROTECT: same reason; the organisation answers for what its advisers saw.
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="mandates", verbose_name=_("organisation")
    )
    purpose = models.CharField(
        _("but"), max_length=20, choices=[(purpose.value, purpose.label) for purpose in MANDATE_PURPOSES]
    )
    start_on = models.DateField(_("premier jour"))
    end_on = models.DateField(_("fin (jour non compris)"), null=True, blank=True)
    request = models.ForeignKey(
        MandateRequest,
        # The mandate is the person's word; it does not depend on what became of the question.
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="mandates",
        verbose_name=_("demande"),
    )
    reason = models.CharField(_("motif"), max_length=200, blank=True)
    text_version = models.CharField(_("version du texte accepté"), max_length=20)
    granted_at = models.DateTimeField(_("accordé le"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("retiré le"), null=True, blank=True)

    objects = MandateQuerySet.as_manager()

    class Meta:
        verbose_name = _("accord d’accès")
        verbose_name_plural = _("accords d’accès")
        ordering = ("-granted_at", "id")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["adviser", "purpose", "worker"],
                condition=Q(withdrawn_at__isnull=True),
                name="mandate_adviser_idx",
            )
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=end_after_start(),
                name="mandate_end_after_start",
                violation_error_message=_("La fin vient après le premier jour."),
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=[purpose.value for purpose in MANDATE_PURPOSES]),
                name="mandate_purpose_known",
                violation_error_message=_("Ce but n’existe pas."),
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=models.F("granted_at")),
                name="mandate_withdrawn_after_granted",
                violation_error_message=_("Un accord est retiré après avoir été donné."),
            ),
            # Mandates with an end are kept apart by the service, under a lock on the worker.
            models.UniqueConstraint(
                fields=["worker", "adviser", "purpose"],
                condition=Q(end_on__isnull=True, withdrawn_at__isnull=True),
                name="mandate_one_open",
                violation_error_message=_("Cette personne a déjà votre accord pour ce but."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} ({self.start_on} → {self.end_on or '…'})"
