"""What a person brings to their record from elsewhere: proposals, of which they tick what they want."""

import datetime as dt
import uuid
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from competences.enums import ImportedState, ImportFormat, ImportState, SkillWish, StatementSource
from competences.models.records import CONTEXT_LENGTH, FREE_TEXT_LENGTH, LEVELS

KEPT = dt.timedelta(days=30)
"""How long proposals wait for their person."""

UNVERIFIED_LENGTH = 500


class RecordImportQuerySet(models.QuerySet["RecordImport"]):
    def unfinished(self) -> Self:
        """Imports that a job or their person has yet to end."""
        return self.filter(state__in=[ImportState.MATCHING, ImportState.READY])

    def forgotten(self, now: dt.datetime) -> Self:
        """Imports that their person left for too long."""
        return self.unfinished().filter(sent_at__lt=now - KEPT)


class RecordImport(models.Model):
    """One file that a person sent to their own record. Nothing of it is written there before they say so.

    `content` is kept for a record that this house signed for the same person, until it is put back or given
    up: its signature is checked again then. `faults` are the rows that could not be read: place and sentence.
    `summary` says of such a record `at` which instant it was taken away and how many lines its `parts` have.
    `restored` names, part by part, what was put back.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    worker = models.ForeignKey("accounts.Worker", on_delete=models.CASCADE, related_name="imports")
    format = models.CharField(_("format"), max_length=10, choices=ImportFormat)
    file_name = models.CharField(_("fichier"), max_length=200)
    state = models.CharField(_("état"), max_length=10, choices=ImportState, default=ImportState.MATCHING)
    is_own_record = models.BooleanField(default=False)
    content = models.BinaryField(null=True, default=None)
    faults = models.JSONField(default=list)
    summary = models.JSONField(default=dict)
    restored = models.JSONField(null=True, default=None)
    restored_at = models.DateTimeField(null=True, default=None)
    sent_at = models.DateTimeField(_("envoyé le"))
    ended_at = models.DateTimeField(null=True, default=None)

    objects = RecordImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import dans un dossier")
        verbose_name_plural = _("imports dans un dossier")
        ordering = ["-sent_at", "-id"]
        indexes = [models.Index(fields=["worker", "-sent_at"], name="record_import_history")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["done", "expired"], ended_at__isnull=False)
                | (Q(state__in=["matching", "ready"]) & Q(ended_at=None)),
                name="record_import_ended_dated",
                violation_error_message=_("Un import terminé, et lui seul, a une date de fin."),
            ),
            models.CheckConstraint(
                condition=Q(content=None) | Q(is_own_record=True),
                name="record_import_keeps_signed_bytes_alone",
                violation_error_message=_("Seul un dossier signé est gardé tel quel."),
            ),
            models.CheckConstraint(
                condition=Q(restored=None, restored_at=None)
                | Q(restored__isnull=False, restored_at__isnull=False, is_own_record=True),
                name="record_import_restores_signed_alone",
                violation_error_message=_("Seul un dossier signé se remet tel quel."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def is_busy(self) -> bool:
        """Whether a job is looking for the places of its rows."""
        return self.state == ImportState.MATCHING


class ImportedSkillQuerySet(models.QuerySet["ImportedSkill"]):
    def waiting(self) -> Self:
        """Proposals that the person has yet to answer."""
        return self.filter(state=ImportedState.WAITING)

    def ticked(self) -> Self:
        """Proposals that the person wants in their record."""
        return self.waiting().filter(is_ticked=True)


class ImportedSkill(models.Model):
    """One skill read in a file, as it is proposed to its person.

    `place` is its number in the import; `where` says in words where the file says it. `text` is what was
    read. `concept` is the choice that stands (None: the person's own words); `choices` are the concepts that
    may be chosen, best first, each {concept, label, reference} and {withdrawn} where that is so, and
    `confidence` (0 to 100) is that of the first. What else was read is as in a revision. `unverified` is what
    the file says that somebody else said: nobody has shown it. `problem` is the sentence of a refusal.
    """

    record_import = models.ForeignKey(
        RecordImport, on_delete=models.CASCADE, related_name="proposals", db_index=False
    )
    place = models.PositiveIntegerField()
    where = models.CharField(max_length=120)
    text = models.CharField(max_length=FREE_TEXT_LENGTH)
    code = models.CharField(max_length=500, blank=True)
    reference = models.CharField(max_length=50, blank=True)
    concept = models.ForeignKey(
        "competences.Concept",
        # A concept is never deleted, and what was proposed to a person stays readable.
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    choices = models.JSONField(default=list)
    confidence = models.PositiveSmallIntegerField(default=0)
    is_matched = models.BooleanField(default=False)
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    wish = models.CharField(max_length=10, choices=SkillWish, blank=True)
    sources = ArrayField(models.CharField(max_length=20, choices=StatementSource), default=list, blank=True)
    context = models.CharField(max_length=CONTEXT_LENGTH, blank=True)
    acquired_on = models.DateField(null=True, blank=True)
    practised_on = models.DateField(null=True, blank=True)
    is_practised = models.BooleanField(default=True)
    unverified = models.CharField(max_length=UNVERIFIED_LENGTH, blank=True)
    is_ticked = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=ImportedState, default=ImportedState.WAITING)
    problem = models.CharField(max_length=300, blank=True)
    statement = models.ForeignKey(
        "competences.SkillStatement",
        # What came of a proposal may leave the record; that it was answered stays.
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = ImportedSkillQuerySet.as_manager()

    class Meta:
        verbose_name = _("compétence proposée par un import")
        verbose_name_plural = _("compétences proposées par un import")
        ordering = ["record_import", "place"]
        constraints = [
            models.UniqueConstraint(
                fields=["record_import", "place"],
                name="imported_skill_one_a_place",
                violation_error_message=_("Cet import a déjà une ligne à cette place."),
            ),
            models.CheckConstraint(
                condition=Q(confidence__lte=100),
                name="imported_skill_confidence_on_100",
                violation_error_message=_("La confiance va de 0 à 100."),
            ),
            models.CheckConstraint(
                condition=Q(level=None) | Q(level__gte=1, level__lte=LEVELS),
                name="imported_skill_level_on_the_scale",
                violation_error_message=_("Choisissez un niveau de 1 à 8."),
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", answered_at=None)
                | (~Q(state="waiting") & Q(answered_at__isnull=False)),
                name="imported_skill_says_when_answered",
                violation_error_message=_("Une réponse porte sa date."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record_import_id}/{self.place}"
