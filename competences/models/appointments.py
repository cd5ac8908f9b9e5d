"""Appointments between a worker and an adviser, and the time a worker spends alone on their bilan."""

import uuid
from datetime import datetime
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from competences.enums import AppointmentKind, AppointmentState

MINUTES = (15, 480)
"""Shortest and longest appointment, in minutes."""

PLACE_LENGTH = 200


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def to_come(self, now: datetime) -> Self:
        """Appointments that stand and have not begun."""
        return self.filter(state=AppointmentState.PLANNED, starts_at__gte=now)

    def held(self) -> Self:
        """Appointments that took place."""
        return self.filter(state=AppointmentState.HELD)


class Appointment(models.Model):
    """An interview with an adviser, or time of personal work, of `minutes`; in a bilan or outside one.

    Accompaniment has an adviser, unless the provider of the bilan is not of the house. `version` counts what
    was written, so that a second tab is told.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    worker = models.ForeignKey("accounts.Worker", on_delete=models.CASCADE, related_name="appointments")
    bilan = models.ForeignKey(
        "competences.Bilan", on_delete=models.CASCADE, null=True, blank=True, related_name="appointments"
    )
    adviser = models.ForeignKey(
        "accounts.User",
        # The hours of a bilan stay counted once the account of its adviser is gone.
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="appointments_given",
    )
    organisation = models.ForeignKey(
        "accounts.Organisation",
        # PROTECT: the worker may ask for whom the adviser acted, as for mandates.
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    kind = models.CharField(_("nature"), max_length=15, choices=AppointmentKind)
    state = models.CharField(max_length=10, choices=AppointmentState, default=AppointmentState.PLANNED)
    starts_at = models.DateTimeField(_("début"))
    minutes = models.PositiveSmallIntegerField(
        _("durée, en minutes"), validators=[MinValueValidator(MINUTES[0]), MaxValueValidator(MINUTES[1])]
    )
    place = models.CharField(_("lieu ou lien"), max_length=PLACE_LENGTH, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("rendez-vous")
        verbose_name_plural = _("rendez-vous")
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=AppointmentKind.values) & Q(state__in=AppointmentState.values),
                name="appointment_words_known",
                violation_error_message=_("Choisissez dans la liste."),
            ),
            models.CheckConstraint(
                condition=Q(minutes__gte=MINUTES[0], minutes__lte=MINUTES[1]),
                name="appointment_minutes_in_bounds",
                violation_error_message=_("Un rendez-vous dure de 15 minutes à 8 heures."),
            ),
            models.CheckConstraint(
                condition=Q(adviser=None) | Q(organisation__isnull=False),
                name="appointment_adviser_in_an_organisation",
                violation_error_message=_("Un conseiller agit pour un organisme."),
            ),
        ]
        indexes = [
            models.Index(fields=["worker", "-starts_at"], name="appointment_of_worker"),
            models.Index(fields=["adviser", "state", "starts_at"], name="appointment_of_adviser"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"
