"""Shares: some items of a record, shown by link to one address or to the members of one organisation."""

import uuid
from datetime import date, datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import ShareKind
from accounts.models.organisations import Membership, Organisation
from accounts.models.people import User, Worker

TITLE_LENGTH = 120


class ShareQuerySet(models.QuerySet["Share"]):
    """Vocabulary of shares."""

    def open_on(self, on: date) -> "ShareQuerySet":
        """Shares that open something on the day `on`: their end has not come, and their person, whose account
        is open, has not closed them."""
        return self.filter(end_on__gt=on, closed_at__isnull=True, worker__user__is_active=True)

    def for_member(self, user: User, on: date) -> "ShareQuerySet":
        """Open shares to an organisation that counts this person among its members on that day.

        Nobody reads their own share: they have its page.
        """
        if not (isinstance(user, User) and user.is_active and user.pk):
            return self.none()
        member = Membership.objects.in_force(on).filter(user=user, organisation=OuterRef("organisation"))
        shared = self.open_on(on).filter(Exists(member), kind=ShareKind.ORGANISATION)
        return shared.exclude(worker__user=user)

    def over_before(self, day: date) -> "ShareQuerySet":
        """Shares that have opened nothing since a day before `day`."""
        return self.filter(Q(end_on__lt=day) | Q(closed_at__date__lt=day))


class Share(models.Model):
    """A worker shows the items of a list, until the day `end_on` excluded.

    By link, the reader is whoever reads the mailbox `recipient_email`: no part of the link or of a code is
    stored, both are signed when they are needed (`accounts.share_keys`). To an organisation, its members in
    force read with their accounts. `title` is for the worker alone. `agreed_on` is the day on which the end
    was agreed: the share's own, or that of its last extension. `text_version` names the sentence of consent
    that was on the screen (`accounts.share_texts`).
    """

    public_id = models.UUIDField(_("identifiant public"), default=uuid.uuid4, unique=True, editable=False)
    worker = models.ForeignKey(
        Worker, on_delete=models.CASCADE, related_name="shares", verbose_name=_("dossier")
    )
    kind = models.CharField(_("à qui"), max_length=12, choices=ShareKind.choices)
    recipient_email = models.EmailField(_("adresse e-mail"), max_length=254, blank=True)
    # PROTECT: the worker may ask to whom something was shown, as for mandates.
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="shares",
        verbose_name=_("organisation"),
    )
    title = models.CharField(_("nom de ce partage"), max_length=TITLE_LENGTH, blank=True)
    text_version = models.CharField(_("texte de l’accord"), max_length=20)
    created_at = models.DateTimeField(_("créé le"), default=timezone.now)
    agreed_on = models.DateField(_("fin convenue le"))
    end_on = models.DateField(_("fin (jour non compris)"))
    closed_at = models.DateTimeField(_("fermé le"), null=True, blank=True)

    objects = ShareQuerySet.as_manager()

    class Meta:
        verbose_name = _("partage")
        verbose_name_plural = _("partages")
        ordering = ("-created_at", "-id")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["worker", "-created_at"], name="share_of_worker"),
            models.Index(
                fields=["organisation", "end_on"],
                condition=Q(closed_at__isnull=True),
                name="share_of_organisation",
            ),
            models.Index(fields=["end_on"], name="share_end_idx"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(kind=ShareKind.LINK, organisation__isnull=True) & ~Q(recipient_email="")
                | Q(kind=ShareKind.ORGANISATION, organisation__isnull=False, recipient_email=""),
                name="share_names_its_reader",
                violation_error_message=_("Choisissez une adresse e-mail ou une organisation."),
            ),
            # The rule in months is in rules/shares.py; no share outlives it by more than a leap day.
            models.CheckConstraint(
                condition=Q(end_on__gt=F("agreed_on"), end_on__lte=F("agreed_on") + timedelta(days=366)),
                name="share_within_a_year",
                violation_error_message=_("Un partage se ferme après aujourd’hui, dans un an au plus."),
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("created_at")),
                name="share_closed_after_created",
                violation_error_message=_("Un partage est fermé après avoir été créé."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def reader_name(self) -> str:
        """To whom it is shown, as the worker named them."""
        return self.organisation.name if self.organisation else self.recipient_email

    def is_open(self, on: date) -> bool:
        """Whether it still opens something on that day."""
        return self.closed_at is None and on < self.end_on


class ShareItem(models.Model):
    """One item of a share: a thing of a registered kind (`accounts.sharing`), by its public identifier.

    Not a foreign key: the things belong to higher apps. One that has left the record is simply not shown.
    """

    share = models.ForeignKey(
        Share, on_delete=models.CASCADE, related_name="items", verbose_name=_("partage")
    )
    kind = models.CharField(_("genre"), max_length=40)
    public_id = models.UUIDField(_("élément"))

    class Meta:
        verbose_name = _("élément partagé")
        verbose_name_plural = _("éléments partagés")
        ordering = ("id",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["share", "kind", "public_id"],
                name="share_item_once",
                violation_error_message=_("Cet élément est déjà dans ce partage."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"


class ShareCodeQuerySet(models.QuerySet["ShareCode"]):
    """Vocabulary of codes."""

    def sent_after(self, instant: datetime) -> "ShareCodeQuerySet":
        """Codes that left after `instant`."""
        return self.filter(sent_at__gt=instant)


class ShareCode(models.Model):
    """A code sent to the address of a share by link: its digits are signed from `public_id`, never stored.

    `attempts` counts the wrong codes typed while this one was the last sent.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    share = models.ForeignKey(
        Share, on_delete=models.CASCADE, related_name="codes", verbose_name=_("partage")
    )
    sent_at = models.DateTimeField(_("demandé le"))
    attempts = models.PositiveSmallIntegerField(_("essais"), default=0)
    used_at = models.DateTimeField(_("utilisé le"), null=True, blank=True)

    objects = ShareCodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("code d’un partage")
        verbose_name_plural = _("codes des partages")
        ordering = ("-sent_at", "-id")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["share", "-sent_at"], name="share_code_of_share")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(attempts__lte=5),
                name="share_code_tried_five_times",
                violation_error_message=_("Un code se tape cinq fois au plus."),
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(used_at__gte=F("sent_at")),
                name="share_code_used_after_sent",
                violation_error_message=_("Un code est utilisé après avoir été envoyé."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)
