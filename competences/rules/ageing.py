"""When what a person said of a skill has grown old: not confirmed, or not practised, for long.

The delays are choices of this house, not law. docs/rules/ageing.md gives their reasons.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from competences.rules.clocks import add_months
from competences.rules.reasons import Reason

CONFIRMED_MONTHS = 24
"""Half of the four years between two entretiens de parcours: a person is asked once before each."""

PRACTISED_MONTHS = 36
"""Digital tools change within a few editions: after three years the hand must learn again. A choice."""

AgeingRule = Literal["not_practised", "not_confirmed"]


@dataclass(frozen=True, slots=True)
class AgeingFacts:
    """The day a statement was last confirmed, and the last day of practice, None if not told."""

    confirmed_on: dt.date
    practised_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Ageing:
    """A rule that holds since a day, and why."""

    rule: AgeingRule
    since: dt.date
    reasons: tuple[Reason, ...]


def ageing(facts: AgeingFacts, on: dt.date) -> tuple[Ageing, ...]:
    """The rules that hold that day, the strongest first: practice says more than a confirmation.

    A practice that was not told holds nothing against anybody.
    """
    found: list[Ageing] = []
    delays: tuple[tuple[AgeingRule, dt.date | None, int], ...] = (
        ("not_practised", facts.practised_on, PRACTISED_MONTHS),
        ("not_confirmed", facts.confirmed_on, CONFIRMED_MONTHS),
    )
    for rule, day, months in delays:
        if day is not None and (since := add_months(day, months)) <= on:
            found.append(Ageing(rule, since, (Reason(rule, {"months": months}),)))
    return tuple(found)


def latest_aged_day(on: dt.date, months: int) -> dt.date:
    """The latest day since which `months` months have gone by on that day: the same bound as `ageing`, for a
    query. Months of unequal lengths give several days one end: the latest of them counts.
    """
    day = add_months(on, -months)
    while add_months(day + dt.timedelta(days=1), months) <= on:
        day += dt.timedelta(days=1)
    return day
