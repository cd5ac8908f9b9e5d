"""When a worker wishes their next bilan de compétences."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

RHYTHM_MONTHS = (1, 120)
"""Shortest and longest rhythm between two bilans, in months."""


class BilanPlan(models.Model):
    """The last bilan and the rhythm that the worker wishes; `next_on` follows (rules/clocks.py)."""

    worker = models.OneToOneField("accounts.Worker", on_delete=models.CASCADE, related_name="bilan_plan")
    last_on = models.DateField(_("date de votre dernier bilan"))
    rhythm_months = models.PositiveSmallIntegerField(
        _("rythme souhaité, en mois"),
        validators=[MinValueValidator(RHYTHM_MONTHS[0]), MaxValueValidator(RHYTHM_MONTHS[1])],
    )
    next_on = models.DateField(editable=False, db_index=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("rythme des bilans")
        verbose_name_plural = _("rythmes des bilans")
        constraints = [
            models.CheckConstraint(
                condition=Q(rhythm_months__gte=RHYTHM_MONTHS[0], rhythm_months__lte=RHYTHM_MONTHS[1]),
                name="bilan_plan_rhythm_in_bounds",
                violation_error_message=_("Choisissez un rythme de 1 à 120 mois."),
            )
        ]

    def __str__(self) -> str:
        return str(self.next_on)
