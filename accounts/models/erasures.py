"""Erasing accounts: what was asked, and the fact that it was done."""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import ErasureReason


class ErasureRequestQuerySet(models.QuerySet["ErasureRequest"]):
    """Vocabulary of requests."""

    def due(self, on: date) -> "ErasureRequestQuerySet":
        """Requests whose day has come."""
        return self.filter(due_on__lte=on)


class ErasureRequest(models.Model):
    """An account will be erased from the day `due_on`; until then its person may change their mind."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="erasure_request"
    )
    reason = models.CharField(max_length=10, choices=ErasureReason.choices)
    asked_at = models.DateTimeField()
    due_on = models.DateField(db_index=True)

    objects = ErasureRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("demande d’effacement")
        verbose_name_plural = _("demandes d’effacement")
        ordering = ("due_on", "id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(reason__in=ErasureReason.values),
                name="erasure_request_reason_known",
                violation_error_message=_("Cette raison n’existe pas."),
            ),
            models.CheckConstraint(
                condition=Q(due_on__gt=F("asked_at__date")),
                name="erasure_request_leaves_time",
                violation_error_message=_("Il reste au moins un jour pour changer d’avis."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.due_on)


class Erasure(models.Model):
    """An account was erased: when, why, how many rows and files; nothing that tells whose it was."""

    erased_on = models.DateField()
    reason = models.CharField(max_length=10, choices=ErasureReason.choices)
    rows = models.PositiveIntegerField()
    files = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("effacement")
        verbose_name_plural = _("effacements")
        ordering = ("-erased_on", "-id")

    def __str__(self) -> str:
        return f"{self.erased_on}: {self.rows}"
