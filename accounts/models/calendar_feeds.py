"""Calendars that a person follows from their own telephone or computer."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class CalendarFeed(models.Model):
    """The private address at which a calendar reads a person's dates.

    Only the digest of its key is kept: the address is shown once, when it is made.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="calendar_feeds",
        verbose_name=_("personne"),
    )
    key_digest = models.CharField(_("empreinte de la clé"), max_length=64, unique=True)
    created_at = models.DateTimeField(_("créée le"), default=timezone.now)
    revoked_at: "models.DateTimeField[datetime | None]" = models.DateTimeField(
        _("fermée le"), null=True, blank=True
    )
    read_at: "models.DateTimeField[datetime | None]" = models.DateTimeField(
        _("lue en dernier le"), null=True, blank=True
    )

    class Meta:
        verbose_name = _("calendrier à suivre")
        verbose_name_plural = _("calendriers à suivre")
        ordering = ("-created_at", "-id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(revoked_at__isnull=True),
                name="calendar_feed_one_open",
                violation_error_message=_("Un calendrier à suivre est déjà ouvert."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.created_at}"
