"""The CVs that a person keeps: what each says, and of which skills."""

import uuid
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.enums import Language
from competences.enums import CvSection

NAME_LENGTH = 80
HEADLINE_LENGTH = 120
SUMMARY_LENGTH = 1_500
CONTACT_LENGTH = 300


class CvQuerySet(models.QuerySet["Cv"]):
    def kept(self) -> Self:
        """CVs that the person has not taken away."""
        return self.filter(removed_at=None)


class Cv(models.Model):
    """One variant of a person's CV. The record is read anew each time it is printed: a CV chooses, it copies
    nothing. `version` goes up with each write: a form says which one it was filled against.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    worker = models.ForeignKey("accounts.Worker", on_delete=models.CASCADE, related_name="cvs")
    name = models.CharField(_("nom de ce CV"), max_length=NAME_LENGTH)
    headline = models.CharField(_("titre"), max_length=HEADLINE_LENGTH, blank=True)
    summary = models.TextField(_("présentation"), max_length=SUMMARY_LENGTH, blank=True)
    contact = models.TextField(_("coordonnées"), max_length=CONTACT_LENGTH, blank=True)
    language = models.CharField(_("langue du CV"), max_length=2, choices=Language, default=Language.FRENCH)
    sections = ArrayField(models.CharField(max_length=20, choices=CvSection), verbose_name=_("parties"))
    shows_name = models.BooleanField(_("mon nom"), default=True)
    shows_levels = models.BooleanField(_("mes niveaux"), default=True)
    has_every_skill = models.BooleanField(_("toutes mes compétences"), default=True)
    skills = models.ManyToManyField(
        "competences.SkillStatement", verbose_name=_("compétences choisies"), blank=True, related_name="+"
    )
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = CvQuerySet.as_manager()

    class Meta:
        verbose_name = _("CV")
        verbose_name_plural = _("CV")
        ordering = ["-changed_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["worker", "name"],
                condition=models.Q(removed_at=None),
                name="cv_one_kept_a_name",
                violation_error_message=_("Vous avez déjà un CV de ce nom."),
            )
        ]

    def __str__(self) -> str:
        return str(self.public_id)
