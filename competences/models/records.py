"""What a person says they can do."""

import uuid
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from competences.enums import StatementSource

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
