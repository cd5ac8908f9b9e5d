"""Mandate requests: an adviser asks a person, by e-mail address, for a mandate; the person answers."""

import uuid
from datetime import date, datetime, time, timedelta
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import MANDATE_PURPOSES, MandateRequestState
from accounts.models.organisations import Organisation
from accounts.models.people import User, Worker

REASON_LENGTH = 200

OPEN_DAYS = 30
"""A request that nobody answered says nothing any more after that."""

_PURPOSES = [(purpose.value, purpose.label) for purpose in MANDATE_PURPOSES]
_ANSWERED = (MandateRequestState.ACCEPTED.value, MandateRequestState.DECLINED.value)


def first_instant_open(on: date) -> datetime:
    """Requests asked from that instant on are still open on the day `on`."""
    return timezone.make_aware(datetime.combine(on - timedelta(days=OPEN_DAYS - 1), time.min))


class MandateRequestQuerySet(models.QuerySet["MandateRequest"]):
    """Vocabulary of mandate requests."""

    def waiting(self, on: date) -> "MandateRequestQuerySet":
        """Requests that may be answered on the day `on`."""
        return self.filter(state=MandateRequestState.WAITING, asked_at__gte=first_instant_open(on))

    def addressed_to(self, user: User) -> "MandateRequestQuerySet":
        """Requests sent to an address that this account has confirmed; or that it answered."""
        from allauth.account.models import EmailAddress

        named = EmailAddress.objects.filter(user=user, verified=True, email=OuterRef("email"))
        return self.filter(Q(worker__user=user) | (Q(worker=None) & Exists(named))).exclude(adviser=user)


class MandateRequest(models.Model):
    """`adviser`, of `organisation`, asks whoever has the address `email` for some purposes until `end_on`.

    `worker` is who answered: nobody before. The mandates that a yes made carry the request. The address may
    be that of a person without an account: what got no yes is deleted 30 days after it is over.
    """

    public_id = models.UUIDField(_("identifiant public"), default=uuid.uuid4, unique=True, editable=False)
    adviser = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="mandate_requests",
        verbose_name=_("conseiller ou conseillère"),
    )
    # PROTECT: the person may ask in whose name they were written to, as for mandates.
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    email = models.EmailField(_("adresse e-mail"), max_length=254, blank=True)
    worker = models.ForeignKey(
        Worker,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="mandate_requests",
        verbose_name=_("dossier"),
    )
    purposes = ArrayField(models.CharField(max_length=20, choices=_PURPOSES), verbose_name=_("buts"))
    reason = models.CharField(_("motif"), max_length=REASON_LENGTH)
    end_on = models.DateField(_("fin souhaitée (jour non compris)"))
    state = models.CharField(
        _("état"),
        max_length=12,
        choices=MandateRequestState.choices,
        default=MandateRequestState.WAITING,
    )
    asked_at = models.DateTimeField(_("demandé le"), default=timezone.now)
    finished_at = models.DateTimeField(_("terminé le"), null=True, blank=True)

    objects = MandateRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("demande d’accès")
        verbose_name_plural = _("demandes d’accès")
        ordering = ("-asked_at", "-id")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["email"],
                condition=Q(state=MandateRequestState.WAITING),
                name="mandate_request_address_idx",
            ),
            models.Index(fields=["adviser", "-asked_at"], name="mandate_request_adviser_idx"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state__in=MandateRequestState.values),
                name="mandate_request_state_known",
                violation_error_message=_("Cet état n’existe pas."),
            ),
            models.CheckConstraint(
                condition=Q(purposes__contained_by=[value for value, _label in _PURPOSES])
                & Q(purposes__len__gt=0),
                name="mandate_request_purposes_known",
                violation_error_message=_("Cochez au moins un but."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="mandate_request_reasoned",
                violation_error_message=_("Dites à la personne pourquoi vous le demandez."),
            ),
            models.CheckConstraint(
                condition=Q(state=MandateRequestState.WAITING, finished_at=None)
                | (~Q(state=MandateRequestState.WAITING) & Q(finished_at__isnull=False)),
                name="mandate_request_finished_dated",
                violation_error_message=_("Une demande terminée, et elle seule, a une date de fin."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=_ANSWERED, worker__isnull=False)
                | (~Q(state__in=_ANSWERED) & Q(worker=None)),
                name="mandate_request_answered_by",
                violation_error_message=_("Une demande qui a sa réponse, et elle seule, dit de qui."),
            ),
            models.CheckConstraint(
                condition=~Q(state=MandateRequestState.WAITING) | ~Q(email=""),
                name="mandate_request_addressed",
                violation_error_message=_("Une demande qui attend a une adresse."),
            ),
            models.UniqueConstraint(
                fields=["adviser", "email"],
                condition=Q(state=MandateRequestState.WAITING),
                name="mandate_request_one_waiting",
                violation_error_message=_("Vous avez déjà écrit à cette adresse : la demande attend."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def closes_on(self) -> date:
        """The first day on which it may be answered no more."""
        return timezone.localdate(self.asked_at) + timedelta(days=OPEN_DAYS)

    def state_on(self, on: date) -> MandateRequestState:
        """The state on the day `on`: a waiting request expires by itself, whatever the jobs do."""
        if self.state == MandateRequestState.WAITING and on >= self.closes_on:
            return MandateRequestState.EXPIRED
        return MandateRequestState(self.state)

    @property
    def purpose_labels(self) -> list[str]:
        """The purposes in words, in the order in which they are offered."""
        return [str(label) for value, label in _PURPOSES if value in self.purposes]
