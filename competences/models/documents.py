"""Documents of a bilan: the person's, for a purpose, until a date of destruction (C. trav. R6313-7)."""

import uuid
from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from competences.enums import DestroyedFor, DocumentKind, KeptReason
from competences.models.kept_files import KeptFile, KeptFileQuerySet, file_is_whole

TITLE_LENGTH = 120


class BilanDocumentQuerySet(KeptFileQuerySet["BilanDocument"]):
    def handed(self) -> Self:
        """Documents that are the person's; the others are still being written."""
        return self.filter(handed_at__isnull=False)

    def to_destroy(self, on: date) -> Self:
        """Documents whose day has come."""
        return self.filter(destroy_on__lte=on)


class BilanDocument(KeptFile):
    """A document of a bilan. It belongs to the worker; `author` wrote it with them.

    Written in the app, it is its last `versions` row; handed (`handed_at`, `handed_number` the version), it
    is a PDF kept as `stored_as`, a random name that nothing else bears. Sent as a file, it is that file,
    handed at once. `destroy_on` is the day from which a job erases it all; None while the bilan runs.
    It is kept longer for `kept_for`, with the sentence accepted (`agreement_version`) and when.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    worker = models.ForeignKey("accounts.Worker", on_delete=models.CASCADE, related_name="documents")
    bilan = models.ForeignKey("competences.Bilan", on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(_("nature"), max_length=12, choices=DocumentKind)
    title = models.CharField(_("titre"), max_length=TITLE_LENGTH)
    author = models.ForeignKey(
        "accounts.User",
        # The document is the worker's: it outlives the account of who wrote it.
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    author_name = models.CharField(max_length=254)
    created_at = models.DateTimeField()
    handed_at = models.DateTimeField(null=True, blank=True)
    handed_number = models.PositiveIntegerField(null=True, blank=True)
    destroy_on = models.DateField(null=True, blank=True)
    kept_for = models.CharField(max_length=10, choices=KeptReason, blank=True)
    agreed_at = models.DateTimeField(null=True, blank=True)
    agreement_version = models.CharField(max_length=20, blank=True)

    objects = BilanDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document de bilan")
        verbose_name_plural = _("documents de bilan")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=DocumentKind.values) & ~Q(title=""),
                name="document_is_named",
                violation_error_message=_("Donnez un titre à ce document."),
            ),
            models.CheckConstraint(
                condition=Q(kept_for="", agreed_at=None, agreement_version="")
                | (Q(kept_for__in=KeptReason.values, agreed_at__isnull=False) & ~Q(agreement_version="")),
                name="document_kept_by_agreement",
                violation_error_message=_("Un document gardé plus longtemps l’est par un accord écrit."),
            ),
            models.CheckConstraint(
                condition=file_is_whole(),
                name="document_file_is_whole",
                violation_error_message=_("Un fichier a un type, un nom et une taille de 10 Mo au plus."),
            ),
        ]
        indexes = [
            models.Index(fields=["worker", "-created_at"], name="document_of_worker"),
            models.Index(fields=["destroy_on"], name="document_destroy_on"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"


class DocumentVersion(models.Model):
    """What a document said when it was saved for the `number`-th time; nothing is written over.

    `content`: {section: text}, the sections of competences/rules/syntheses.py.
    """

    document = models.ForeignKey(BilanDocument, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    author = models.ForeignKey(
        "accounts.User",
        # What was written stays, under the name of who wrote it.
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    author_name = models.CharField(max_length=254)
    saved_at = models.DateTimeField()

    class Meta:
        verbose_name = _("version d’un document")
        verbose_name_plural = _("versions des documents")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["document", "number"],
                name="document_version_one_number",
                violation_error_message=_("Cette version existe déjà."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.document_id}.{self.number}"


class DestroyedDocument(models.Model):
    """The fact that a document was destroyed: what kind, when and why, and nothing of what it said.

    `public_id` is the document's. `readers` are the accounts that could open it on its last day: they are
    told that it is gone, everybody else that it never was.
    """

    public_id = models.UUIDField(unique=True, editable=False)
    worker = models.ForeignKey(
        "accounts.Worker", on_delete=models.CASCADE, related_name="destroyed_documents"
    )
    bilan = models.ForeignKey(
        "competences.Bilan", on_delete=models.CASCADE, related_name="destroyed_documents"
    )
    kind = models.CharField(max_length=12, choices=DocumentKind)
    reason = models.CharField(max_length=10, choices=DestroyedFor)
    destroyed_at = models.DateTimeField()
    readers = models.ManyToManyField("accounts.User", related_name="+")

    class Meta:
        verbose_name = _("document détruit")
        verbose_name_plural = _("documents détruits")
        ordering = ["-destroyed_at", "-id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"
