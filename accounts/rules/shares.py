"""How long a share may last, and how often a code may be sent and tried (docs/rules/shares.md).

A year at most is a rule of this house: the law asks that a person shares item by item and may take it back
(L6313-4, L6323-8), and gives no length.
"""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta

DEFAULT_MONTHS = 3
LONGEST_MONTHS = 12
REMINDED_DAYS = 7
"""Days before its end on which the person is told that a share is about to close."""

CODE_DIGITS = 8
CODE_LASTS = timedelta(minutes=15)
READING_LASTS = timedelta(hours=1)
"""How long the right code opens the share, in the browser where it was typed."""
MOST_ATTEMPTS = 5
MOST_CODES_AN_HOUR = 5
MOST_CODES_A_DAY = 10


def months_after(day: date, months: int) -> date:
    """The same day so many months later; the last of the month where it has no such day (art. 641 of the Code
    de procédure civile): 29 February 2028 is followed by 28 February 2029."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def default_end(on: date) -> date:
    """The end proposed for a share made on that day: the first day on which it opens nothing more."""
    return months_after(on, DEFAULT_MONTHS)


def latest_end(on: date) -> date:
    """The latest end that a person may choose on that day."""
    return months_after(on, LONGEST_MONTHS)


def end_fault(end_on: date, on: date) -> str:
    """Why a share may not end on `end_on`, as a code: "share_end_past", "share_end_far"; "" when it may."""
    if end_on <= on:
        return "share_end_past"
    return "share_end_far" if end_on > latest_end(on) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeFacts:
    """A code: when it was sent, how many times a wrong one was typed against it, when it was used."""

    sent_at: datetime
    attempts: int = 0
    used_at: datetime | None = None


def may_try(code: CodeFacts, now: datetime) -> bool:
    """Whether this code may still be typed: for fifteen minutes, once, after four faults at most."""
    return code.used_at is None and code.attempts < MOST_ATTEMPTS and now - code.sent_at < CODE_LASTS


def is_reading(code: CodeFacts, now: datetime) -> bool:
    """Whether the browser where this code was typed may read now."""
    return code.used_at is not None and now - code.used_at < READING_LASTS


def may_send(sent: list[datetime], now: datetime) -> bool:
    """Whether another code may leave, given when the last ones did: five an hour, ten a day."""
    hour = sum(1 for at in sent if now - at < timedelta(hours=1))
    day = sum(1 for at in sent if now - at < timedelta(days=1))
    return hour < MOST_CODES_AN_HOUR and day < MOST_CODES_A_DAY
