"""What a person answered when they first came in. One row a person; it also says that they were asked."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from competences.enums import CareerAim, ToolsEase

JOB_WORDS_LENGTH = 100


class FirstUse(models.Model):
    """The three first questions. An empty answer was skipped; `left_at` is when the person put the questions
    away, `finished_at` when they went through them. The job itself is a WorkerJob; `job_words` keeps the
    person's own words where no title was found.
    """

    worker = models.OneToOneField("accounts.Worker", on_delete=models.CASCADE, related_name="first_use")
    job_words = models.CharField(_("mon métier, avec mes mots"), max_length=JOB_WORDS_LENGTH, blank=True)
    aim = models.CharField(_("ce que je veux"), max_length=10, choices=CareerAim, blank=True)
    ease = models.CharField(_("avec les outils numériques"), max_length=10, choices=ToolsEase, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("premiers pas")
        verbose_name_plural = _("premiers pas")
        constraints = [
            models.CheckConstraint(
                condition=Q(aim__in=["", *CareerAim.values]),
                name="first_use_aim_known",
                violation_error_message=_("Choisissez dans la liste."),
            ),
            models.CheckConstraint(
                condition=Q(ease__in=["", *ToolsEase.values]),
                name="first_use_ease_known",
                violation_error_message=_("Choisissez dans la liste."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_aim_display() or "-"
