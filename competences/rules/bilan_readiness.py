"""What keeps a bilan from moving on, and what is only worth knowing before it does.

It stops only where the law leaves no way round: no bilan without the person's consent, by the employer
itself, beyond 24 hours, or without the convention that is due (L6313-4, R6313-5, R6313-8, read on
2026-11-23); and where the step itself has no meaning (no need, no provider, no funder: R6313-4, first phase).
All the rest, 13 hours and the five years included, binds who pays and who provides: the person is told, and
decides. Nothing ever keeps a person from stopping.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from competences.rules import bilan_checks as law
from competences.rules.bilan_checks import BilanFacts
from competences.rules.legal import Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Something missing, or worth knowing: the `code` of its sentence, and whether it `blocks`."""

    code: str
    blocks: bool
    values: Mapping[str, object] = field(default_factory=dict)


def missing(move: str, facts: BilanFacts, figures: Figures, on: dt.date) -> list[Reason]:
    """What is missing for that move on that day, what blocks first. Empty for whoever stops."""
    if move == "prepare":
        reasons = [*_description(facts), *_provider(facts), *_money(facts, figures)]
        if law.is_silent(facts, figures, on):
            reasons.append(_convention(facts, figures, on))
    elif move == "begin":
        reasons = [*_description(facts), *_provider(facts), *_money(facts, figures)]
        if not facts.has_consent:
            reasons.append(Reason(code="consent_missing", blocks=True))
        if law.convention(facts, figures, on).answer != law.OK:
            reasons.append(_convention(facts, figures, on))
    elif move in ("investigate", "conclude"):
        reasons = [] if facts.hours.accompaniment else [Reason(code="no_interview_yet", blocks=False)]
    elif move == "close":
        reasons = _end(facts, figures)
    else:
        reasons = []
    return sorted(reasons, key=lambda reason: not reason.blocks)


def blocking(reasons: list[Reason]) -> list[Reason]:
    """Those that keep the bilan from moving."""
    return [reason for reason in reasons if reason.blocks]


def has_room(facts_minutes: int, minutes: int, figures: Figures) -> bool:
    """Whether `minutes` more fit in the greatest length of a bilan that counts `facts_minutes` already."""
    most = figures.get("bilan.hours.most")
    return most is None or Decimal(facts_minutes + minutes) <= most.number * 60


def _description(facts: BilanFacts) -> list[Reason]:
    wanted = (("need", facts.need), ("provider", facts.provider), ("funder", facts.funder))
    return [Reason(code=f"no_{name}", blocks=True) for name, said in wanted if not said.strip()]


def _provider(facts: BilanFacts) -> list[Reason]:
    check = law.provider(facts)
    if check.code in ("provider_unknown", "employer_unknown") or check.answer == law.OK:
        return []
    return [Reason(code=check.code, blocks=check.answer == law.NOT_OK, values=check.values)]


def _money(facts: BilanFacts, figures: Figures) -> list[Reason]:
    """What a funder may say no to: never a reason to stop the person."""
    found = (law.waiting(facts, figures), law.ceiling(facts, figures), law.certification(facts, figures))
    return [
        Reason(code=check.code, blocks=False, values=check.values)
        for check in found
        if check.answer != law.OK
    ]


def _convention(facts: BilanFacts, figures: Figures, on: dt.date) -> Reason:
    check = law.convention(facts, figures, on)
    return Reason(code=check.code, blocks=True, values=check.values)


def _end(facts: BilanFacts, figures: Figures) -> list[Reason]:
    check = law.length(facts, figures)
    reasons = []
    if check.code == "too_long":
        reasons.append(Reason(code="too_long", blocks=True, values=check.values))
    elif check.code == "hours_to_come":
        reasons.append(Reason(code="too_short_to_close", blocks=False, values=check.values))
    if facts.planned_appointments:
        values = {"number": facts.planned_appointments}
        reasons.append(Reason(code="appointments_to_come", blocks=False, values=values))
    return reasons
