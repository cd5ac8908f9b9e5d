"""Flags on skills, never on people: each says its rule, its edition and its reasons."""

import uuid
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from competences.enums import FlagEnd, RiskFamily, RiskRule


class RiskFlagQuerySet(models.QuerySet["RiskFlag"]):
    def open(self) -> Self:
        return self.filter(closed_at=None)


class RiskFlag(models.Model):
    """One open flag a statement and family, the strongest. Opened and closed, never deleted.

    `edition` is the one that made the rule true: the explanation reads the intervals as they stood there.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    statement = models.ForeignKey(
        "competences.SkillStatement", on_delete=models.CASCADE, related_name="flags"
    )
    family = models.CharField(max_length=20, choices=RiskFamily)
    rule = models.CharField(max_length=30, choices=RiskRule)
    edition = models.ForeignKey(
        "competences.Edition",
        # A flag without its source would be a claim without a reason.
        on_delete=models.PROTECT,
        related_name="flags",
    )
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_because = models.CharField(max_length=30, choices=FlagEnd, blank=True)

    objects = RiskFlagQuerySet.as_manager()

    class Meta:
        verbose_name = _("signal sur une compétence")
        verbose_name_plural = _("signaux sur des compétences")
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "family"],
                condition=Q(closed_at=None),
                name="risk_flag_one_open_a_family",
                violation_error_message=_("Un signal de cette famille est déjà ouvert."),
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=F("opened_at")),
                name="risk_flag_closes_after_it_opens",
                violation_error_message=_("La fin doit suivre le début."),
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_because="")
                | (Q(closed_at__isnull=False) & ~Q(closed_because="")),
                name="risk_flag_says_why_it_closed",
                violation_error_message=_("Un signal fermé dit pourquoi."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.public_id}"
