"""Self-reviews: in which order skills are asked, what an answer says, and when the next review falls."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from competences.rules.clocks import add_months

OPEN_FOR = dt.timedelta(days=60)
"""How long a review may be answered after its start: later, its first answers are too old to go on."""

DEFAULT_MONTHS = 6
"""The rhythm of the light review while the person has not chosen one."""

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Asked(Generic[K]):
    """A skill of the record as the review sees it. `key` names it; `declared_at` is when it came in."""

    key: K
    is_flagged: bool
    confirmed_on: dt.date
    declared_at: dt.datetime


def to_ask(skills: Iterable[Asked[K]], *, answered: Collection[K], started_at: dt.datetime) -> list[Asked[K]]:
    """The skills still to be asked, in order: those that carry a flag, then the longest not confirmed.

    The record may move meanwhile: what was answered, what was taken out, and what was declared since the
    review started (it has just been said) are not asked.
    """
    waiting = (one for one in skills if one.key not in answered and one.declared_at <= started_at)
    return sorted(waiting, key=lambda one: (not one.is_flagged, one.confirmed_on, one.declared_at))


def level_answer(before: int | None, after: int) -> str:
    """What choosing a level says, against the one before: "confirmed", "placed", "raised" or "lowered"."""
    if before is None:
        return "placed"
    if after == before:
        return "confirmed"
    return "raised" if after > before else "lowered"


def is_left(started_at: dt.datetime, now: dt.datetime) -> bool:
    """Whether an open review was left for too long to be answered."""
    return now - started_at >= OPEN_FOR


@dataclass(frozen=True, slots=True)
class NextSelfReview:
    """The next date of the light review with its reasons: so many `months` after the last one.

    A date that has passed stays the next one: it `is_late`. `competences.words.self_review_rule` tells the
    reasons.
    """

    on: dt.date
    last_on: dt.date
    months: int
    is_late: bool


def next_self_review(last_on: dt.date, months: int, on: dt.date) -> NextSelfReview:
    """When the next review falls for a wish of one every `months` months, as seen on the day `on`.

    Raises ValueError when the rhythm is not a positive number of months.
    """
    if months < 1:
        raise ValueError("a rhythm is at least one month")
    due = add_months(last_on, months)
    return NextSelfReview(on=due, last_on=last_on, months=months, is_late=due < on)
