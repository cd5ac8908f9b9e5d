"""Editions and tables of signals that people send: the files, what was found in them, how far they have come.

A page only writes the files and a state; a job reads them, and applies them once asked to. Lines of pages
and of the API show what the job wrote here.
"""

import uuid
from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from competences.enums import ReferenceFormat, UploadFormat, UploadState
from competences.models.references import Edition

PENDING = (UploadState.WAITING, UploadState.READING, UploadState.APPLYING)
"""States in which a job has something to do, or was stopped while at it."""

ENDED = (UploadState.APPLIED, UploadState.REFUSED, UploadState.FAILED, UploadState.EXPIRED)


class UploadQuerySet(models.QuerySet["Upload"]):
    def pending(self) -> Self:
        """Uploads that wait for a job, the oldest first."""
        return self.filter(state__in=PENDING).order_by("created_at", "pk")

    def unfinished(self) -> Self:
        """Uploads that a job or a person has yet to end."""
        return self.exclude(state__in=ENDED)

    def forgotten(self, before: datetime) -> Self:
        """Uploads that were read before an instant and that nobody applied."""
        return self.filter(state=UploadState.READY, created_at__lt=before)

    def ended_before(self, instant: datetime) -> Self:
        """Uploads that ended before an instant."""
        return self.filter(ended_at__lt=instant)


class Upload(models.Model):
    """An edition sent by a member of an organisation for its own reference, or by the staff for any.

    The staff sends tables of signals the same way: `format` and `reference_slug` are then the slug of the
    source (importers/signals.py), and there is no number nor edition.

    `report` is what `import_edition` or `import_signal` found (None before), `anomalies` what is odd or
    wrong, each with file, line and column. `failed_rows` counts the rows in error of a table. `mends`: the
    upload whose failed rows this one brings back. `attempts` counts the runs of the present step, one of
    which may have been killed.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(
        "accounts.Organisation",
        verbose_name=_("organisation"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="uploads",
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("auteur"),
        null=True,
        # What an organisation imported stays in its history when the account of its member is closed.
        on_delete=models.SET_NULL,
        related_name="uploads",
    )
    format = models.CharField(_("format"), max_length=20, choices=UploadFormat)
    reference_slug = models.SlugField(_("référentiel"), db_index=False)
    number = models.CharField(_("numéro"), max_length=40, blank=True)
    published_on = models.DateField(_("publiée le"), null=True, blank=True)
    state = models.CharField(_("état"), max_length=10, choices=UploadState, default=UploadState.WAITING)
    progress = models.PositiveSmallIntegerField(_("avancement"), default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    report = models.JSONField(null=True, default=None)
    anomalies = models.JSONField(default=list)
    failed_rows = models.PositiveIntegerField(default=0)
    mends = models.ForeignKey(
        "self",
        null=True,
        # The mended upload holds the whole table: it does not need the other one any more.
        on_delete=models.SET_NULL,
        related_name="mended_by",
    )
    edition = models.ForeignKey(
        Edition,
        null=True,
        # That an edition was imported this way is no reason to keep it.
        on_delete=models.SET_NULL,
        related_name="uploads",
    )
    created_at = models.DateTimeField(_("envoyé le"), auto_now_add=True)
    ended_at = models.DateTimeField(_("terminé le"), null=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("envoi")
        verbose_name_plural = _("envois")
        ordering = ["-created_at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organisation", "-created_at"], name="upload_history"),
            models.Index(fields=["created_at"], condition=Q(state__in=PENDING), name="upload_pending"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state__in=UploadState.values),
                name="upload_state_known",
                violation_error_message=_("Cet état n’existe pas."),
            ),
            models.CheckConstraint(
                condition=Q(progress__lte=100),
                name="upload_progress_is_a_percentage",
                violation_error_message=_("L’avancement va de 0 à 100."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=ENDED, ended_at__isnull=False)
                | (~Q(state__in=ENDED) & Q(ended_at__isnull=True)),
                name="upload_ended_dated",
                violation_error_message=_("Un envoi terminé, et lui seul, a une date de fin."),
            ),
            models.CheckConstraint(
                condition=Q(organisation__isnull=True) | Q(format=ReferenceFormat.OWN),
                name="upload_of_organisation_is_own",
                violation_error_message=_("Une organisation n’envoie que son propre référentiel."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference_slug} {self.number} ({self.state})"

    @property
    def is_busy(self) -> bool:
        """Whether a job is at it, or will be: its page is worth looking at again."""
        return self.state in PENDING

    @property
    def is_signal(self) -> bool:
        """Whether it is a table of signals, and not an edition."""
        return self.format not in ReferenceFormat.values

    @property
    def is_new(self) -> bool:
        """Whether it was read and holds something that was not imported before."""
        return self.state == UploadState.READY and not (self.report or {}).get("already_imported")


class UploadFile(models.Model):
    """One file of an upload, as it was sent; `name` has no folder and no sign that a path could not hold."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="files", db_index=False)
    place = models.PositiveSmallIntegerField()
    name = models.CharField(_("nom"), max_length=200)
    size = models.PositiveBigIntegerField(_("taille"))

    class Meta:
        ordering = ["upload", "place"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["upload", "place"],
                name="upload_file_one_a_place",
                violation_error_message=_("Cet envoi a déjà un fichier à cette place."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class UploadPart(models.Model):
    """A piece of a file: small enough that no process ever holds a whole archive in a row."""

    file = models.ForeignKey(UploadFile, on_delete=models.CASCADE, related_name="parts", db_index=False)
    place = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        ordering = ["file", "place"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["file", "place"],
                name="upload_part_one_a_place",
                violation_error_message=_("Ce fichier a déjà un morceau à cette place."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.file_id}/{self.place}"
