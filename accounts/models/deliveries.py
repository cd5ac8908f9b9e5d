"""When messages leave: the hours that a person wants, and the kinds that the staff stopped."""

from datetime import time
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import DigestRhythm, TimeZone


class DeliverySettings(models.Model):
    """When a person wants their messages. No row: in Paris, at any hour, one by one.

    Quiet hours go from `quiet_from` to `quiet_until` on the person's wall clock, over midnight when the first
    is later; both are null when there are none.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="delivery_settings",
        verbose_name=_("personne"),
    )
    time_zone = models.CharField(
        _("fuseau horaire"), max_length=40, choices=TimeZone.choices, default=TimeZone.PARIS
    )
    quiet_from: "models.TimeField[time | None]" = models.TimeField(
        _("début des heures calmes"), null=True, blank=True
    )
    quiet_until: "models.TimeField[time | None]" = models.TimeField(
        _("fin des heures calmes"), null=True, blank=True
    )
    digest = models.CharField(
        _("récapitulatif"), max_length=8, choices=DigestRhythm.choices, default=DigestRhythm.NONE
    )

    class Meta:
        verbose_name = _("réglages des messages")
        verbose_name_plural = _("réglages des messages")
        ordering = ("user_id",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(time_zone__in=TimeZone.values),
                name="delivery_settings_time_zone_known",
                violation_error_message=_("Ce fuseau horaire n’est pas proposé."),
            ),
            models.CheckConstraint(
                condition=Q(digest__in=DigestRhythm.values),
                name="delivery_settings_digest_known",
                violation_error_message=_("Ce rythme n’est pas proposé."),
            ),
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | (Q(quiet_from__isnull=False, quiet_until__isnull=False) & ~Q(quiet_from=F("quiet_until"))),
                name="delivery_settings_quiet_whole",
                violation_error_message=_("Les heures calmes ont un début et une fin, qui diffèrent."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.time_zone}, {self.digest}"


class KindSwitch(models.Model):
    """The staff stopped a kind of message, or let it go again. No row: it goes.

    Nothing is lost while it is off: what is waiting waits, and what is no longer true is called off.
    """

    kind = models.CharField(_("genre"), max_length=60, unique=True)
    is_on = models.BooleanField(_("en marche"), default=True)
    reason = models.CharField(_("raison"), max_length=200, blank=True)
    # Who did it is worth knowing, not worth keeping an account for.
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("changé par"),
    )
    changed_at = models.DateTimeField(_("changé le"), default=timezone.now)

    class Meta:
        verbose_name = _("interrupteur d’un genre de message")
        verbose_name_plural = _("interrupteurs des genres de messages")
        ordering = ("kind",)

    def __str__(self) -> str:
        return f"{self.kind}: {self.is_on}"
