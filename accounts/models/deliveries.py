"""How a person wants their messages, and what keeps one from leaving: hours, pauses, snoozes, switches."""

from datetime import date, datetime, time
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import AddressFaultKind, DigestRhythm, TimeZone


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


class AddressFaultQuerySet(models.QuerySet["AddressFault"]):
    """Vocabulary of faults."""

    def standing(self) -> "AddressFaultQuerySet":
        """Faults that nobody has cleared: nothing but security leaves to these addresses."""
        return self.filter(cleared_at__isnull=True)


class AddressFault(models.Model):
    """The mail provider told that an address no longer takes our messages, or complains of them.

    It stands until the person clears it, or changes the address. `event_key` names the provider's event:
    told twice, it is written once.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="address_faults",
        verbose_name=_("personne"),
    )
    address = models.EmailField(_("adresse"), max_length=254)
    kind = models.CharField(_("genre"), max_length=10, choices=AddressFaultKind.choices)
    event_key = models.CharField(_("clé de l’événement"), max_length=120, unique=True)
    provider_words = models.CharField(_("mots du serveur"), max_length=500, blank=True)
    reported_at = models.DateTimeField(_("signalé le"), default=timezone.now)
    cleared_at: "models.DateTimeField[datetime | None]" = models.DateTimeField(
        _("réglé le"), null=True, blank=True
    )

    objects = AddressFaultQuerySet.as_manager()

    class Meta:
        verbose_name = _("adresse qui ne reçoit plus")
        verbose_name_plural = _("adresses qui ne reçoivent plus")
        ordering = ("-reported_at", "-id")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["user", "address"],
                condition=Q(cleared_at__isnull=True),
                name="address_fault_standing_idx",
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(kind__in=AddressFaultKind.values),
                name="address_fault_kind_known",
                violation_error_message=_("Ce genre de retour n’existe pas."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.kind}"


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
