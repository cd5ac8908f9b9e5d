"""Flags on skills, never on people: each says its rule, its edition and its reasons."""

import datetime as dt
import uuid
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from competences.enums import FlagEnd, ProposalState, RiskFamily, RiskRule

CONTEST_LENGTH = 500


class RiskFlagQuerySet(models.QuerySet["RiskFlag"]):
    def open(self) -> Self:
        return self.filter(closed_at=None)

    def shown(self, on: dt.date) -> Self:
        """Open flags that their person has not hidden that day."""
        return self.open().filter(Q(hidden_until=None) | Q(hidden_until__lte=on))

    def contested(self) -> Self:
        """Open flags that their person says are wrong."""
        return self.open().filter(contested_at__isnull=False, contest_ended_at=None)


class RiskFlag(models.Model):
    """One open flag a statement and family, the strongest. Opened and closed, never deleted.

    `edition` is the one that made the rule true: the explanation reads the intervals as they stood there.
    The person may hide it until a day, and contest it: neither closes it, both are theirs to take back.
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
    hidden_until = models.DateField(_("masqué jusqu’au"), null=True, blank=True)
    contested_at = models.DateTimeField(_("contesté le"), null=True, blank=True)
    # A default of the database: flags are opened by SQL.
    contest_reason = models.CharField(_("pourquoi"), max_length=CONTEST_LENGTH, blank=True, db_default="")
    contest_ended_at = models.DateTimeField(null=True, blank=True)

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
            models.CheckConstraint(
                condition=Q(contested_at=None, contest_reason="", contest_ended_at=None)
                | (Q(contested_at__isnull=False) & ~Q(contest_reason="")),
                name="risk_flag_contest_says_why",
                violation_error_message=_("Dites pourquoi ce signal est faux."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.public_id}"

    @property
    def is_contested(self) -> bool:
        """Whether the person says that it is wrong."""
        return self.contested_at is not None and self.contest_ended_at is None

    def is_hidden(self, on: dt.date) -> bool:
        """Whether the person would rather not see it that day."""
        return self.hidden_until is not None and self.hidden_until > on


class SuccessorProposalQuerySet(models.QuerySet["SuccessorProposal"]):
    def waiting(self) -> Self:
        """Proposals that nobody has answered yet."""
        return self.filter(state=ProposalState.WAITING)


class SuccessorProposal(models.Model):
    """A skill proposed in the place of one that an edition left behind. Nothing moves without a yes.

    `edition` is the one that says or suggests it; `confidence` (0 to 100, 100 where the source declares it)
    and `reasons` (codes of rules/successors.py) are those of its change.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    statement = models.ForeignKey(
        "competences.SkillStatement", on_delete=models.CASCADE, related_name="proposals"
    )
    successor = models.ForeignKey(
        "competences.Concept",
        # A concept is never deleted, and what was proposed to a person stays readable.
        on_delete=models.PROTECT,
        related_name="+",
    )
    edition = models.ForeignKey(
        "competences.Edition",
        # A proposal without its source would be a claim without a reason.
        on_delete=models.PROTECT,
        related_name="+",
    )
    confidence = models.PositiveSmallIntegerField()
    reasons = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=ProposalState, default=ProposalState.WAITING)
    proposed_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = SuccessorProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("remplaçante proposée")
        verbose_name_plural = _("remplaçantes proposées")
        ordering = ["-confidence", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "successor", "edition"],
                name="successor_proposal_once_an_edition",
                violation_error_message=_("Cette remplaçante est déjà proposée."),
            ),
            models.CheckConstraint(
                condition=Q(confidence__lte=100),
                name="successor_proposal_confidence_on_100",
                violation_error_message=_("La confiance va de 0 à 100."),
            ),
            models.CheckConstraint(
                condition=Q(state=ProposalState.WAITING, answered_at=None)
                | (~Q(state=ProposalState.WAITING) & Q(answered_at__isnull=False)),
                name="successor_proposal_says_when_answered",
                violation_error_message=_("Une réponse porte sa date."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)
