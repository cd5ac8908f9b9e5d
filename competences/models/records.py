"""What a person says they can do: a statement, and what they said of it through time."""

import datetime as dt
import uuid
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from competences.enums import SkillWish, StatementSource

LEVELS = 8
"""Levels of the default scale, DigComp's: 1 (simple tasks, with help) to 8 (shapes others' practice)."""

FREE_TEXT_LENGTH = 200
CONTEXT_LENGTH = 300


class SkillStatementQuerySet(models.QuerySet["SkillStatement"]):
    def standing(self) -> Self:
        """Statements that the person has not taken back."""
        return self.filter(removed_at=None)

    def as_of(self, at: dt.datetime) -> Self:
        """Statements that stood at that instant."""
        return self.filter(Q(removed_at=None) | Q(removed_at__gt=at), declared_at__lte=at)


class SkillStatement(models.Model):
    """One skill or knowledge that a worker declares: a concept against the edition they read it in, or their
    own words (`free_text`), which may be attached to a concept later and are kept.

    `version` goes up with each write: a form says which one it was filled against.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    worker = models.ForeignKey("accounts.Worker", on_delete=models.CASCADE, related_name="statements")
    concept = models.ForeignKey(
        "competences.Concept",
        # A concept is never deleted; if a reference ever were, people's words must stop it.
        on_delete=models.PROTECT,
        related_name="statements",
        null=True,
        blank=True,
    )
    edition = models.ForeignKey(
        "competences.Edition",
        # The edition that the person read is part of what they said.
        on_delete=models.PROTECT,
        related_name="statements",
        null=True,
        blank=True,
    )
    free_text = models.CharField(_("avec vos mots"), max_length=FREE_TEXT_LENGTH, blank=True)
    author = models.ForeignKey(
        "accounts.User",
        # Who wrote it stays known as long as the account; a deleted account leaves the statement unsigned.
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    declared_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

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
            models.UniqueConstraint(
                "worker",
                Lower("free_text"),
                condition=Q(removed_at=None, concept=None),
                name="statement_one_standing_a_text",
                violation_error_message=_("Cette compétence est déjà dans votre dossier."),
            ),
            models.CheckConstraint(
                condition=Q(concept__isnull=False, edition__isnull=False)
                | (Q(concept=None, edition=None) & ~Q(free_text="")),
                name="statement_names_a_skill",
                violation_error_message=_("Choisissez une compétence, ou écrivez-la avec vos mots."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class SkillRevisionQuerySet(models.QuerySet["SkillRevision"]):
    def current(self) -> Self:
        """What the person says now."""
        return self.filter(end_at=None)

    def as_of(self, at: dt.datetime) -> Self:
        """What the person said at that instant."""
        return self.filter(Q(end_at=None) | Q(end_at__gt=at), start_at__lte=at)


class SkillRevision(models.Model):
    """What a person said of a skill during `[start_at, end_at)`: closed and reopened, never overwritten but
    for a correction within 24 hours (services/records.py).

    `level` is 1 to 8 on `scale`, None while the person has not said; `confirmed_on` the last day on which
    they said so again.
    """

    statement = models.ForeignKey(SkillStatement, on_delete=models.CASCADE, related_name="revisions")
    level = models.PositiveSmallIntegerField(
        _("niveau"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(LEVELS)]
    )
    scale = models.CharField(max_length=20, default="digcomp")
    wish = models.CharField(_("envie de s’en servir"), max_length=10, choices=SkillWish, blank=True)
    sources = ArrayField(
        models.CharField(max_length=20, choices=StatementSource),
        verbose_name=_("où vous l’avez appris"),
        default=list,
        blank=True,
    )
    context = models.CharField(_("dans quel cadre"), max_length=CONTEXT_LENGTH, blank=True)
    acquired_on = models.DateField(_("depuis le"), null=True, blank=True)
    practised_on = models.DateField(_("pratiquée pour la dernière fois le"), null=True, blank=True)
    is_practised = models.BooleanField(_("encore pratiquée"), default=True)
    confirmed_on = models.DateField(_("confirmée le"))
    start_at = models.DateTimeField()
    end_at = models.DateTimeField(null=True, blank=True)

    objects = SkillRevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("ce que dit la personne d’une compétence")
        verbose_name_plural = _("ce que dit la personne de ses compétences")
        ordering = ["-start_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["statement"],
                condition=Q(end_at=None),
                name="skill_revision_one_in_force",
                violation_error_message=_("Un niveau est déjà en cours pour cette compétence."),
            ),
            models.CheckConstraint(
                condition=Q(level=None) | Q(level__gte=1, level__lte=LEVELS),
                name="skill_revision_level_on_the_scale",
                violation_error_message=_("Choisissez un niveau de 1 à 8."),
            ),
            models.CheckConstraint(
                condition=Q(acquired_on=None) | Q(practised_on=None) | Q(practised_on__gte=F("acquired_on")),
                name="skill_revision_practised_after_acquired",
                violation_error_message=_("La dernière pratique ne peut pas précéder l’apprentissage."),
            ),
            models.CheckConstraint(
                condition=Q(end_at=None) | Q(end_at__gt=F("start_at")),
                name="skill_revision_ends_after_it_starts",
                violation_error_message=_("La fin doit suivre le début."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.level or '-'}/{LEVELS}"
