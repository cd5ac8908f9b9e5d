"""What a person put off: all their messages for a while, or one matter until a day."""

from datetime import date, datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class PauseQuerySet(models.QuerySet["Pause"]):
    """Vocabulary of pauses."""

    def in_force(self, on: date) -> "PauseQuerySet":
        """Pauses that hold messages back on that day."""
        return self.filter(start_on__lte=on, end_on__gt=on, lifted_at__isnull=True)


class Pause(models.Model):
    """Messages of a person wait from `start_on` until `end_on` (excluded), but those of security.

    Set by the person or by an adviser (`set_by`, null once that account is erased); the person may lift it.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="pauses",
        verbose_name=_("personne"),
    )
    start_on = models.DateField(_("début"))
    end_on = models.DateField(_("fin"))
    reason = models.CharField(_("raison"), max_length=200, blank=True)
    # The pause is the person's, whoever set it.
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("mise en place par"),
    )
    set_at = models.DateTimeField(_("mise en place le"), default=timezone.now)
    lifted_at: "models.DateTimeField[datetime | None]" = models.DateTimeField(
        _("levée le"), null=True, blank=True
    )

    objects = PauseQuerySet.as_manager()

    class Meta:
        verbose_name = _("pause des messages")
        verbose_name_plural = _("pauses des messages")
        ordering = ("-start_on", "-id")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["end_on"], condition=Q(lifted_at__isnull=True), name="pause_end_idx"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(end_on__gt=F("start_on")),
                name="pause_ends_after_start",
                violation_error_message=_("Une pause se termine après son début."),
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(lifted_at__isnull=True),
                name="pause_one_open",
                violation_error_message=_("Une pause est déjà prévue."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.start_on} – {self.end_on}"


class Snooze(models.Model):
    """A person asked to be reminded of one matter again from `until_on`, and not before."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="snoozes",
        verbose_name=_("personne"),
    )
    kind = models.CharField(_("genre"), max_length=60)
    subject_key = models.CharField(_("objet du rappel"), max_length=80)
    until_on = models.DateField(_("jusqu’au"))
    asked_at = models.DateTimeField(_("demandé le"), default=timezone.now)

    class Meta:
        verbose_name = _("report d’un rappel")
        verbose_name_plural = _("reports de rappels")
        ordering = ("until_on", "id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user", "kind", "subject_key"],
                name="snooze_once",
                violation_error_message=_("Ce rappel est déjà reporté."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_key}: {self.until_on}"
