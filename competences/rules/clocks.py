"""When the next bilan falls, counted in months from the last one."""

import calendar
import datetime as dt
from dataclasses import dataclass

FIRST_DAY = dt.date(1900, 1, 1)
"""No living person did anything before it: an older day is a slip of the keyboard ("0025")."""


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day of the month `months` later; the last day of that month where it has no such day."""
    place = day.year * 12 + day.month - 1 + months
    year, month = divmod(place, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True)
class NextBilan:
    """The next date of a bilan with its reasons: so many `months` after the last one, as the worker wishes.

    A date that has passed stays the next one for as long as no bilan followed: it `is_late`, not gone.
    `competences.words.bilan_rule` tells the reasons.
    """

    on: dt.date
    last_on: dt.date
    months: int
    is_late: bool


def next_bilan(last_on: dt.date, rhythm_months: int, on: dt.date) -> NextBilan:
    """When the next bilan falls for a wish of one every `rhythm_months` months, as seen on the day `on`.

    The day is always counted from `last_on`, so that the end of a month does not drift.

    Raises ValueError when the rhythm is not a positive number of months.
    """
    if rhythm_months < 1:
        raise ValueError("a rhythm is at least one month")
    due = add_months(last_on, rhythm_months)
    return NextBilan(on=due, last_on=last_on, months=rhythm_months, is_late=due < on)
