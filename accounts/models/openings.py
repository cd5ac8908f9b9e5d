"""The access log: each time somebody opened another person's file."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.enums import Purpose

#: Alias of the connection that carries the log. It commits on its own, so that an opening is kept even when
#: the request that made it is rolled back.
ACCESS_LOG = "access_log"


class FileOpeningQuerySet(models.QuerySet["FileOpening"]):
    """Vocabulary of openings."""

    def older_than(self, instant: datetime) -> "FileOpeningQuerySet":
        """Openings made before `instant`."""
        return self.filter(opened_at__lt=instant)


class FileOpeningManager(models.Manager["FileOpening"]):
    """Reads and writes the log through its own connection."""

    def get_queryset(self) -> FileOpeningQuerySet:
        return FileOpeningQuerySet(self.model, using=ACCESS_LOG)

    def older_than(self, instant: datetime) -> FileOpeningQuerySet:
        """Openings made before `instant`."""
        return self.get_queryset().older_than(instant)


class FileOpening(models.Model):
    """`actor` opened the file of `worker` for `purpose`, under `mandate` or `share`, at `opened_at`.

    No mandate: a registered grant opened some items of it (`accounts.grants`). `thing` names the part that
    was opened (`accounts.rules.access_table`); empty when the file was opened by purpose alone. No actor: a
    share by link was read by whoever typed the code sent to its address.

    Plain numbers instead of foreign keys: the row is written on another connection, which cannot wait for
    rows the caller has not committed, and it must outlive what it names.
    """

    actor_id = models.BigIntegerField(_("compte qui a ouvert"), null=True, blank=True)
    worker_id = models.BigIntegerField(_("dossier ouvert"))
    mandate_id = models.BigIntegerField(_("accord utilisé"), null=True, blank=True)
    share_id = models.BigIntegerField(_("partage lu"), null=True, blank=True)
    purpose = models.CharField(_("but"), max_length=20, choices=Purpose.choices)
    thing = models.CharField(_("partie ouverte"), max_length=24, blank=True)
    opened_at = models.DateTimeField(_("ouvert le"))

    objects = FileOpeningManager()

    class Meta:
        verbose_name = _("consultation de dossier")
        verbose_name_plural = _("consultations de dossiers")
        ordering = ("-opened_at", "-id")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["worker_id", "-opened_at"], name="opening_worker_idx"),
            models.Index(fields=["opened_at"], name="opening_at_idx"),
            models.Index(
                fields=["share_id", "-opened_at"],
                condition=models.Q(share_id__isnull=False),
                name="opening_share_idx",
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(purpose__in=Purpose.values),
                name="opening_purpose_known",
                violation_error_message=_("Ce but n’existe pas."),
            ),
            models.CheckConstraint(
                condition=models.Q(actor_id__isnull=False)
                | models.Q(share_id__isnull=False, purpose=Purpose.SHARE, mandate_id__isnull=True),
                name="opening_names_its_reader",
                violation_error_message=_("Une consultation dit qui a lu : un compte, ou un partage."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.worker_id} ← {self.actor_id} ({self.opened_at})"
