"""What a person shows to prove a skill: a file, a link, a certificate."""

import datetime as dt
import uuid
from urllib.parse import urlsplit

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from competences.enums import EvidenceKind
from competences.models.kept_files import KeptFile, KeptFileQuerySet, file_is_whole

TITLE_LENGTH = 120
URL_LENGTH = 500


class Evidence(KeptFile):
    """A proof of one or several statements of a record.

    A certificate may come with a file. `valid_until` is the last day on which it holds.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    worker = models.ForeignKey("accounts.Worker", on_delete=models.CASCADE, related_name="evidence")
    statements = models.ManyToManyField(
        "competences.SkillStatement", verbose_name=_("compétences"), related_name="evidence"
    )
    kind = models.CharField(max_length=20, choices=EvidenceKind)
    title = models.CharField(_("titre"), max_length=TITLE_LENGTH)
    url = models.CharField(_("adresse"), max_length=URL_LENGTH, blank=True)
    issuer = models.CharField(_("délivré par"), max_length=TITLE_LENGTH, blank=True)
    issued_on = models.DateField(_("délivré le"), null=True, blank=True)
    valid_until = models.DateField(_("valable jusqu’au"), null=True, blank=True)
    added_at = models.DateTimeField()

    objects = KeptFileQuerySet["Evidence"].as_manager()

    class Meta:
        verbose_name = _("preuve")
        verbose_name_plural = _("preuves")
        ordering = ["-added_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="file", url="", issuer="", stored_as__isnull=False)
                | (Q(kind="link", issuer="", stored_as=None) & ~Q(url=""))
                | (Q(kind="certificate", url="") & ~Q(issuer="")),
                name="evidence_is_of_its_kind",
                violation_error_message=_("Une preuve est un fichier, un lien ou un certificat."),
            ),
            models.CheckConstraint(
                condition=file_is_whole(),
                name="evidence_file_is_whole",
                violation_error_message=_("Un fichier a un type, un nom et une taille de 10 Mo au plus."),
            ),
            models.CheckConstraint(
                condition=~Q(title=""),
                name="evidence_has_a_title",
                violation_error_message=_("Donnez un titre à cette preuve."),
            ),
            models.CheckConstraint(
                condition=Q(issued_on=None) | Q(valid_until=None) | Q(valid_until__gte=F("issued_on")),
                name="evidence_valid_after_issued",
                violation_error_message=_("La fin de validité ne peut pas précéder la délivrance."),
            ),
        ]
        indexes = [models.Index(fields=["worker", "-added_at"], name="evidence_of_worker")]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def host(self) -> str:
        """The site that a link leads to: "github.com"."""
        return urlsplit(self.url).hostname or ""

    def is_expired(self, on: dt.date) -> bool:
        """Whether a certificate no longer holds on that day."""
        return self.valid_until is not None and self.valid_until < on
