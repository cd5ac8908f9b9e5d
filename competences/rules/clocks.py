"""When the next bilan falls, counted in months from the last one."""

import calendar
import datetime as dt


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day of the month `months` later; the last day of that month where it has no such day."""
    place = day.year * 12 + day.month - 1 + months
    year, month = divmod(place, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def next_bilan_on(last_on: dt.date, rhythm_months: int, on: dt.date) -> dt.date:
    """The next date of a bilan wished every `rhythm_months` months from `last_on`.

    A date that has passed stays the next one for as long as no bilan followed it: it is late, not gone.
    The day is always counted from `last_on`, so that the end of a month does not drift.

    Raises ValueError when the rhythm is not a positive number of months or `last_on` is after `on`.
    """
    if rhythm_months < 1:
        raise ValueError("a rhythm is at least one month")
    if last_on > on:
        raise ValueError("a bilan that was made is not in the future")
    return add_months(last_on, rhythm_months)
