"""Self-reviews: the moments at which a person goes through their record again, and what they answered."""

import datetime as dt
import uuid
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from competences.enums import SelfReviewAnswerKind, SelfReviewEnd
from competences.rules.self_reviews import OPEN_FOR

SELF_REVIEW_MONTHS = (1, 24)
"""Shortest and longest rhythm between two self-reviews, in months."""


class SelfReviewQuerySet(models.QuerySet["SelfReview"]):
    def open(self) -> Self:
        """Reviews that nobody has closed, however old."""
        return self.filter(closed_at=None)

    def in_progress(self, at: dt.datetime) -> Self:
        """Open ones that may still be answered at that instant."""
        return self.open().filter(started_at__gt=at - OPEN_FOR)


class SelfReview(models.Model):
    """One self-review (Ma revue), open until everything is answered, the person ends it, or 60 days pass.

    A review that was left open counts as closed from that day on; its row is closed when the next one starts.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    worker = models.ForeignKey("accounts.Worker", on_delete=models.CASCADE, related_name="self_reviews")
    started_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    end = models.CharField(_("fin"), max_length=10, choices=SelfReviewEnd, blank=True)

    objects = SelfReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("revue")
        verbose_name_plural = _("revues")
        ordering = ["-started_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["worker"],
                condition=Q(closed_at=None),
                name="self_review_one_open",
                violation_error_message=_("Une revue est déjà en cours."),
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, end="") | (Q(closed_at__isnull=False) & ~Q(end="")),
                name="self_review_closed_with_its_end",
                violation_error_message=_("Une revue close dit comment elle a fini."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class SelfReviewAnswer(models.Model):
    """What a person answered for one skill. `before` is what was said until then (services/records.py), and
    `version` that of the statement once answered: together they let the answer be taken back.

    Answers of one press ("Tout confirmer") bear the same instant.
    """

    review = models.ForeignKey(SelfReview, on_delete=models.CASCADE, related_name="answers")
    statement = models.ForeignKey(
        "competences.SkillStatement", on_delete=models.CASCADE, related_name="self_review_answers"
    )
    kind = models.CharField(_("réponse"), max_length=10, choices=SelfReviewAnswerKind)
    before = models.JSONField(null=True, blank=True)
    version = models.PositiveIntegerField()
    answered_at = models.DateTimeField()

    class Meta:
        verbose_name = _("réponse d’une revue")
        verbose_name_plural = _("réponses des revues")
        ordering = ["answered_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["review", "statement"],
                name="self_review_one_answer_a_skill",
                violation_error_message=_("Vous avez déjà répondu pour cette compétence."),
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class SelfReviewPlan(models.Model):
    """How often a person wishes to go through their record; no rhythm means that they want no reminder.

    `last_on` is the day on which the last review ended; `next_on` follows (rules/self_reviews.py).
    """

    worker = models.OneToOneField(
        "accounts.Worker", on_delete=models.CASCADE, related_name="self_review_plan"
    )
    last_on = models.DateField()
    rhythm_months = models.PositiveSmallIntegerField(
        _("rythme souhaité, en mois"),
        null=True,
        blank=True,
        validators=[MinValueValidator(SELF_REVIEW_MONTHS[0]), MaxValueValidator(SELF_REVIEW_MONTHS[1])],
    )
    next_on = models.DateField(null=True, blank=True, editable=False, db_index=True)

    class Meta:
        verbose_name = _("rythme des revues")
        verbose_name_plural = _("rythmes des revues")
        constraints = [
            models.CheckConstraint(
                condition=Q(rhythm_months=None)
                | Q(rhythm_months__gte=SELF_REVIEW_MONTHS[0], rhythm_months__lte=SELF_REVIEW_MONTHS[1]),
                name="self_review_plan_rhythm_in_bounds",
                violation_error_message=_("Choisissez un rythme de 1 à 24 mois."),
            ),
            models.CheckConstraint(
                condition=Q(rhythm_months=None, next_on=None)
                | Q(rhythm_months__isnull=False, next_on__isnull=False),
                name="self_review_plan_dated_with_its_rhythm",
                violation_error_message=_("La prochaine date suit le rythme."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.next_on or "-")
