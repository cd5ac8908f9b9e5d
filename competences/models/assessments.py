"""Self-assessments: instruments loaded as data, and what a person answered to one."""

import uuid
from functools import cached_property
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from competences.rules.instruments import Questions, read_questions


class Instrument(models.Model):
    """A set of questions in one edition. Its `content` never changes once answers were given to it: another
    text is another edition.

    `content`: the parsed file, as rules/instruments.py reads it.
    """

    slug = models.SlugField(max_length=40)
    edition = models.CharField(_("édition"), max_length=20)
    content = models.JSONField()
    loaded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("instrument d’auto-évaluation")
        verbose_name_plural = _("instruments d’auto-évaluation")
        ordering = ["slug", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["slug", "edition"],
                name="instrument_one_content_an_edition",
                violation_error_message=_("Cette édition de l’instrument est déjà chargée."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.slug} {self.edition}"

    @cached_property
    def questions(self) -> Questions:
        """Its questions, read."""
        return read_questions(self.content)


class SelfAssessmentQuerySet(models.QuerySet["SelfAssessment"]):
    def unfinished(self) -> Self:
        """Those that a person may go on with."""
        return self.filter(finished_at=None)

    def finished(self) -> Self:
        """Those that are over, the latest first."""
        return self.filter(finished_at__isnull=False).order_by("-finished_at", "-pk")


class SelfAssessment(models.Model):
    """A person goes through an instrument, inside a bilan or between two. Nobody answers in their place.

    The adviser of the `bilan` reads it once it is finished; one made outside a bilan is the person's alone.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    worker = models.ForeignKey("accounts.Worker", on_delete=models.CASCADE, related_name="self_assessments")
    # PROTECT: answers mean nothing without the questions.
    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="+")
    bilan = models.ForeignKey(
        "competences.Bilan",
        # What a person said of themselves outlives their bilan.
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="self_assessments",
    )
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = SelfAssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("auto-évaluation")
        verbose_name_plural = _("auto-évaluations")
        ordering = ["-started_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["worker"],
                condition=Q(finished_at=None),
                name="self_assessment_one_unfinished",
                violation_error_message=_("Vous avez déjà une auto-évaluation en cours."),
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(finished_at__gte=F("started_at")),
                name="self_assessment_ends_after_it_starts",
                violation_error_message=_("Une auto-évaluation finit après avoir commencé."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class AssessmentAnswer(models.Model):
    """What a person answered for one competence: a word of rules/instruments.py for each statement."""

    assessment = models.ForeignKey(SelfAssessment, on_delete=models.CASCADE, related_name="answers")
    code = models.CharField(max_length=40)
    answers = models.JSONField()
    answered_at = models.DateTimeField()

    class Meta:
        verbose_name = _("réponse d’une auto-évaluation")
        verbose_name_plural = _("réponses des auto-évaluations")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "code"],
                name="assessment_one_answer_a_competence",
                violation_error_message=_("Vous avez déjà répondu pour cette compétence."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.code}"
