"""When a skill hangs on one job alone. docs/rules/fragility.md gives worked figures and limits."""

from dataclasses import dataclass
from typing import Literal

from competences.rules.reasons import Reason

FEWEST_JOBS = 1
"""One job: what it drops, no other asks for. From ROME 58 to 60 it happened to 9.5 % of such skills, four
times as often as to those that two jobs asked for."""


@dataclass(frozen=True, slots=True)
class FragilityFacts:
    """How many jobs ask for a skill in the newest edition of its reference."""

    jobs: int


@dataclass(frozen=True, slots=True)
class Fragility:
    """A rule that holds, and why."""

    rule: Literal["hangs_on_one_job"]
    reasons: tuple[Reason, ...]


def fragility(facts: FragilityFacts) -> Fragility | None:
    """Whether the skill hangs on one job; None for more jobs, and for none: that is obsolescence."""
    if facts.jobs != FEWEST_JOBS:
        return None
    return Fragility("hangs_on_one_job", (Reason("hangs_on_one_job", {"jobs": facts.jobs}),))
