"""The outbox: messages to send, written in the transaction of what they announce."""

import uuid
from collections.abc import Collection
from datetime import date, datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import FINISHED_STATES, Category, Hold, NotificationReason, NotificationState, Priority

#: The channel of every message until a kind names others.
EMAIL = "email"

_UNTRUE = (NotificationReason.OBSOLETE, NotificationReason.OVERTAKEN, NotificationReason.REQUESTED)
_FINISHED = tuple(state.value for state in FINISHED_STATES)


class NotificationQuerySet(models.QuerySet["Notification"]):
    """Vocabulary of the outbox."""

    def waiting(self) -> "NotificationQuerySet":
        """Rows nobody has taken yet."""
        return self.filter(state=NotificationState.WAITING)

    def due(self, now: datetime) -> "NotificationQuerySet":
        """Waiting rows whose time has come."""
        return self.waiting().filter(not_before__lte=now)

    def claimed_before(self, instant: datetime) -> "NotificationQuerySet":
        """Rows taken by a worker before `instant` and not finished: that worker is dead."""
        return self.filter(state=NotificationState.SENDING, claimed_at__lt=instant)

    def shown(self, kinds: Collection[str], now: datetime) -> "NotificationQuerySet":
        """Rows of these kinds that a page may show: their time has come, and they are still true.

        One that is tried again or held back has been moved to a later hour, and stays. One that was called
        off because the person does not want such messages by e-mail is shown all the same.
        """
        come = Q(not_before__lte=now) | Q(attempts__gt=0) | ~Q(held_for="")
        over = Q(state=NotificationState.CANCELLED, reason__in=_UNTRUE)
        return self.filter(come, ~over, kind__in=kinds).order_by("-not_before", "-pk")

    def unread(self) -> "NotificationQuerySet":
        """Rows the person has not marked as read."""
        return self.filter(read_at__isnull=True)


class Notification(models.Model):
    """One message to one person: its kind and the ids it speaks of, never a body, a link or a token.

    `dedupe_key` is the name of the effect: two rows with the same one cannot exist.
    `not_before` is the first instant it may leave; a retry pushes it back.
    `claimed_at`: a worker took it. `handed_at`: that worker was about to hand it to the mail server.
    `address` is filled only when the message must not go to the recipient's present address (the former one
    is told that it was replaced); it is emptied when the row is sent or called off.
    `channel` is the name of the registered channel that carries it.
    `subject_key`, `due_on` and `stage` are those of a reminder (`accounts.reminders`), else empty.
    `held_for`: why it waits for a later hour than its own, which `not_before` then tells.
    `opened_at`: the person came from its link. `acted_at`: they did what it was about.
    """

    public_id = models.UUIDField(_("identifiant public"), default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("genre"), max_length=60)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="notifications",
        verbose_name=_("destinataire"),
    )
    dedupe_key = models.CharField(_("clé d’unicité"), max_length=200)
    channel = models.CharField(_("canal"), max_length=20, default=EMAIL)
    subject_key = models.CharField(_("objet du rappel"), max_length=80, blank=True)
    due_on: "models.DateField[date | None]" = models.DateField(_("date du rappel"), null=True, blank=True)
    stage: "models.SmallIntegerField[int | None]" = models.SmallIntegerField(
        _("étape"), null=True, blank=True
    )
    payload = models.JSONField(_("identifiants"), default=dict, blank=True)
    address = models.EmailField(_("autre adresse"), max_length=254, blank=True)
    priority = models.PositiveSmallIntegerField(
        _("rang"), choices=Priority.choices, default=Priority.ORDINARY
    )
    not_before = models.DateTimeField(_("pas avant"), default=timezone.now)
    held_for = models.CharField(_("retenu par"), max_length=8, choices=Hold.choices, blank=True)
    state = models.CharField(
        _("état"), max_length=12, choices=NotificationState.choices, default=NotificationState.WAITING
    )
    attempts = models.PositiveSmallIntegerField(_("essais"), default=0)
    provider_answer = models.CharField(_("réponse du serveur"), max_length=500, blank=True)
    reason = models.CharField(_("raison"), max_length=24, choices=NotificationReason.choices, blank=True)
    created_at = models.DateTimeField(_("écrit le"), default=timezone.now)
    claimed_at = models.DateTimeField(_("pris le"), null=True, blank=True)
    handed_at = models.DateTimeField(_("remis au serveur le"), null=True, blank=True)
    finished_at = models.DateTimeField(_("terminé le"), null=True, blank=True)
    read_at = models.DateTimeField(_("lu le"), null=True, blank=True)
    opened_at = models.DateTimeField(_("ouvert le"), null=True, blank=True)
    acted_at = models.DateTimeField(_("suivi d’un geste le"), null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ("-created_at", "-id")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["priority", "not_before", "id"],
                condition=Q(state=NotificationState.WAITING),
                name="notification_waiting_idx",
            ),
            models.Index(
                fields=["claimed_at"],
                condition=Q(state=NotificationState.SENDING),
                name="notification_sending_idx",
            ),
            models.Index(fields=["recipient", "-created_at"], name="notification_recipient_idx"),
            # The reminders of a kind that wait, which each run compares with what is due.
            models.Index(
                fields=["kind"],
                condition=Q(state=NotificationState.WAITING, stage__isnull=False),
                name="notification_reminder_idx",
            ),
            # What a person was sent today, for the daily cap; no weight on rows that wait.
            models.Index(
                fields=["recipient", "finished_at"],
                condition=Q(state=NotificationState.SENT),
                name="notification_sent_idx",
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["dedupe_key"],
                name="notification_dedupe_key_unique",
                violation_error_message=_("Ce message est déjà prévu."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=NotificationState.values),
                name="notification_state_known",
                violation_error_message=_("Cet état n’existe pas."),
            ),
            models.CheckConstraint(
                condition=Q(held_for__in=["", *Hold.values]),
                name="notification_hold_known",
                violation_error_message=_("Cette raison d’attendre n’existe pas."),
            ),
            models.CheckConstraint(
                condition=Q(claimed_at__isnull=False) | ~Q(state=NotificationState.SENDING),
                name="notification_sending_claimed",
                violation_error_message=_("Un message en cours d’envoi a été pris à un moment connu."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=_FINISHED, finished_at__isnull=False)
                | (~Q(state__in=_FINISHED) & Q(finished_at__isnull=True)),
                name="notification_finished_dated",
                violation_error_message=_("Un message terminé, et lui seul, a une date de fin."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.state})"


class NotificationPreference(models.Model):
    """A person's choice for a family of messages. No row: the family is on."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="notification_preferences",
        verbose_name=_("personne"),
    )
    category = models.CharField(_("famille"), max_length=20, choices=Category.choices)
    is_enabled = models.BooleanField(_("envoyer"), default=True)

    class Meta:
        verbose_name = _("choix de messages")
        verbose_name_plural = _("choix de messages")
        ordering = ("user_id", "category")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user", "category"],
                name="notification_preference_unique",
                violation_error_message=_("Un seul choix par famille de messages."),
            ),
            models.CheckConstraint(
                condition=Q(category__in=Category.values) & ~Q(category=Category.SECURITY),
                name="notification_preference_optional",
                violation_error_message=_("Les messages de sécurité partent toujours."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category}: {self.is_enabled}"
