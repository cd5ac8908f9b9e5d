"""The path of a person: what they did, when, in their own order. Periods may run at the same time."""

import uuid
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.periods import end_after_start
from competences.enums import CareerKind, ContractType, DatePrecision

NAME_LENGTH = 200
PLACE_LENGTH = 120
DETAILS_LENGTH = 600
WHOLE = 100
"""A share of time in percent: the whole of it."""

EMPLOYED = (CareerKind.WORK, CareerKind.COOPERATIVE)
"""The kinds that have a contract."""


class CareerPeriodQuerySet(models.QuerySet["CareerPeriod"]):
    def kept(self) -> Self:
        """Periods that the person has not taken away."""
        return self.filter(removed_at=None)


class CareerPeriod(models.Model):
    """One period `[start_on, end_on)` of a path; None: it goes on.

    A person says a day, a month or a year: `start_precision` and `end_precision` keep which, and the days
    are the widest ones that it may mean. The job is a `title` of a reference, as the `edition` read has it,
    or the person's own words (`free_text`), which stay beside it. `reason`, of a pause alone, is read by
    nobody but the person. `version` goes up with each write: a form says which one it was filled against.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    worker = models.ForeignKey("accounts.Worker", on_delete=models.CASCADE, related_name="career_periods")
    kind = models.CharField(_("cette période"), max_length=20, choices=CareerKind)
    contract = models.CharField(_("contrat"), max_length=20, choices=ContractType, blank=True)
    share_percent = models.PositiveSmallIntegerField(
        _("part du temps"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(WHOLE)],
    )
    # PROTECT: a concept is never deleted, and the edition that was read is part of what was said.
    title = models.ForeignKey(
        "competences.Concept", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    edition = models.ForeignKey(
        "competences.Edition", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    free_text = models.CharField(_("avec vos mots"), max_length=NAME_LENGTH, blank=True)
    organisation = models.CharField(_("employeur, client ou lieu"), max_length=NAME_LENGTH, blank=True)
    place = models.CharField(_("ville"), max_length=PLACE_LENGTH, blank=True)
    details = models.TextField(_("ce que j’y ai fait"), max_length=DETAILS_LENGTH, blank=True)
    reason = models.TextField(_("pourquoi cette pause"), max_length=DETAILS_LENGTH, blank=True)
    start_on = models.DateField(_("début"))
    start_precision = models.CharField(max_length=5, choices=DatePrecision, default=DatePrecision.DAY)
    end_on = models.DateField(_("fin"), null=True, blank=True)
    end_precision = models.CharField(max_length=5, choices=DatePrecision, default=DatePrecision.DAY)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = CareerPeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("période de parcours")
        verbose_name_plural = _("périodes de parcours")
        ordering = ["-start_on", "-id"]
        indexes = [models.Index(fields=["worker", "-start_on"], name="career_period_of_a_worker")]
        constraints = [
            models.CheckConstraint(
                condition=end_after_start(),
                name="career_period_ends_after_it_starts",
                violation_error_message=_("La fin doit suivre le début."),
            ),
            models.CheckConstraint(
                condition=Q(share_percent=None) | Q(share_percent__gte=1, share_percent__lte=WHOLE),
                name="career_period_share_of_time",
                violation_error_message=_("La part du temps va de 1 à 100 %."),
            ),
            models.CheckConstraint(
                condition=Q(contract="") | Q(kind__in=EMPLOYED),
                name="career_period_contract_is_of_work",
                violation_error_message=_("Seul un travail a un contrat."),
            ),
            models.CheckConstraint(
                condition=Q(title=None, edition=None) | Q(title__isnull=False, edition__isnull=False),
                name="career_period_title_has_its_edition",
                violation_error_message=_("Choisissez un métier dans la liste, ou écrivez-le avec vos mots."),
            ),
            models.CheckConstraint(
                condition=Q(reason="") | Q(kind=CareerKind.PAUSE),
                name="career_period_reason_is_of_a_pause",
                violation_error_message=_("Seule une pause garde une raison."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)
