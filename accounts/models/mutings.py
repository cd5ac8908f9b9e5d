"""Advisers from whom a person no longer wants messages."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.people import Worker


class Muting(models.Model):
    """A person wants no more messages from this adviser. The access that they gave is another matter."""

    worker = models.ForeignKey(
        Worker, on_delete=models.CASCADE, related_name="mutings", verbose_name=_("dossier")
    )
    adviser = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("conseiller ou conseillère"),
    )
    muted_at = models.DateTimeField(_("arrêté le"), default=timezone.now)

    class Meta:
        verbose_name = _("arrêt des messages d’un conseiller")
        verbose_name_plural = _("arrêts des messages de conseillers")
        ordering = ("-muted_at", "id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["worker", "adviser"],
                name="muting_once",
                violation_error_message=_("Les messages de cette personne sont déjà arrêtés."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.worker_id} ✕ {self.adviser_id}"
