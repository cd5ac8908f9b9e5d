"""What a person says they can do, and the jobs that people and organisations name, always by title."""

import datetime as dt
import uuid
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.periods import in_force_lookup
from competences.enums import JobUse, StatementSource

LEVELS = 8
"""Levels of the default scale, DigComp's: 1 (simple tasks, with help) to 8 (shapes others' practice)."""


class SkillStatementQuerySet(models.QuerySet["SkillStatement"]):
    def standing(self) -> Self:
        """Statements that the person has not taken back."""
        return self.filter(removed_at=None)


class SkillStatement(models.Model):
    """One skill or knowledge that a worker declares, against the edition they read it in."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    worker = models.ForeignKey("accounts.Worker", on_delete=models.CASCADE, related_name="statements")
    concept = models.ForeignKey(
        "competences.Concept",
        # A concept is never deleted; if a reference ever were, people's words must stop it.
        on_delete=models.PROTECT,
        related_name="statements",
    )
    edition = models.ForeignKey(
        "competences.Edition",
        # The edition that the person read is part of what they said.
        on_delete=models.PROTECT,
        related_name="statements",
    )
    source = models.CharField(_("où vous l’avez appris"), max_length=20, choices=StatementSource)
    acquired_on = models.DateField(_("depuis le"), null=True, blank=True)
    practised_on = models.DateField(_("pratiquée pour la dernière fois le"), null=True, blank=True)
    author = models.ForeignKey(
        "accounts.User",
        # Who wrote it stays known as long as the account; a deleted account leaves the statement unsigned.
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    declared_at = models.DateTimeField()
    confirmed_on = models.DateField()
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = SkillStatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("compétence déclarée")
        verbose_name_plural = _("compétences déclarées")
        ordering = ["-declared_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["worker", "concept"],
                condition=Q(removed_at=None),
                name="statement_one_standing_a_concept",
                violation_error_message=_("Cette compétence est déjà dans votre dossier."),
            ),
            models.CheckConstraint(
                condition=Q(acquired_on=None) | Q(practised_on=None) | Q(practised_on__gte=F("acquired_on")),
                name="statement_practised_after_acquired",
                violation_error_message=_("La dernière pratique ne peut pas précéder l’apprentissage."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class SkillLevel(models.Model):
    """The level a person gave themselves for a time: closed and reopened, never overwritten."""

    statement = models.ForeignKey(SkillStatement, on_delete=models.CASCADE, related_name="levels")
    level = models.PositiveSmallIntegerField(
        _("niveau"), validators=[MinValueValidator(1), MaxValueValidator(LEVELS)]
    )
    scale = models.CharField(max_length=20, default="digcomp")
    start_at = models.DateTimeField()
    end_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-start_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["statement"],
                condition=Q(end_at=None),
                name="skill_level_one_in_force",
                violation_error_message=_("Un niveau est déjà en cours pour cette compétence."),
            ),
            models.CheckConstraint(
                condition=Q(level__gte=1, level__lte=LEVELS),
                name="skill_level_on_the_scale",
                violation_error_message=_("Choisissez un niveau de 1 à 8."),
            ),
            models.CheckConstraint(
                condition=Q(end_at=None) | Q(end_at__gt=F("start_at")),
                name="skill_level_ends_after_it_starts",
                violation_error_message=_("La fin doit suivre le début."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.level}/{LEVELS}"


class PeriodQuerySet(models.QuerySet):
    def in_force(self, on: dt.date) -> Self:
        """Rows whose period `[start_on, end_on)` holds that day."""
        return self.filter(in_force_lookup(on))


class WorkerJob(models.Model):
    """A job that a worker has or wants, named by its title: the job is the title's job in an edition."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    worker = models.ForeignKey("accounts.Worker", on_delete=models.CASCADE, related_name="jobs")
    # PROTECT for the reasons given on SkillStatement.
    title = models.ForeignKey("competences.Concept", on_delete=models.PROTECT, related_name="worker_jobs")
    edition = models.ForeignKey("competences.Edition", on_delete=models.PROTECT, related_name="+")
    use = models.CharField(_("ce métier est"), max_length=10, choices=JobUse)
    start_on = models.DateField()
    end_on = models.DateField(null=True, blank=True)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("métier du dossier")
        verbose_name_plural = _("métiers du dossier")
        ordering = ["use", "-start_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["worker", "title", "use"],
                condition=Q(end_on=None),
                name="worker_job_one_open_a_title",
                violation_error_message=_("Ce métier est déjà dans votre dossier."),
            ),
            models.CheckConstraint(
                condition=Q(end_on=None) | Q(end_on__gte=F("start_on")),
                name="worker_job_ends_after_it_starts",
                violation_error_message=_("La fin doit suivre le début."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class OrganisationJob(models.Model):
    """A job that an organisation has in its teams, named by its title."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="jobs")
    # PROTECT for the reasons given on SkillStatement.
    title = models.ForeignKey(
        "competences.Concept", on_delete=models.PROTECT, related_name="organisation_jobs"
    )
    edition = models.ForeignKey("competences.Edition", on_delete=models.PROTECT, related_name="+")
    start_on = models.DateField()
    end_on = models.DateField(null=True, blank=True)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("métier de l’organisation")
        verbose_name_plural = _("métiers de l’organisation")
        ordering = ["-start_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "title"],
                condition=Q(end_on=None),
                name="organisation_job_one_open_a_title",
                violation_error_message=_("Ce métier est déjà dans votre liste."),
            ),
            models.CheckConstraint(
                condition=Q(end_on=None) | Q(end_on__gte=F("start_on")),
                name="organisation_job_ends_after_it_starts",
                violation_error_message=_("La fin doit suivre le début."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)
