"""How long shares last, and how often codes are sent and tried: leap days and limits."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.rules.shares import (
    CODE_LASTS,
    MOST_ATTEMPTS,
    READING_LASTS,
    CodeFacts,
    default_end,
    end_fault,
    is_reading,
    latest_end,
    may_send,
    may_try,
    months_after,
)

NOW = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("day", "months", "after"),
    [
        (date(2026, 3, 12), 3, date(2026, 6, 12)),
        (date(2026, 3, 12), 12, date(2027, 3, 12)),
        (date(2025, 11, 30), 3, date(2026, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2027, 2, 28), 12, date(2028, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 10, 1), 3, date(2027, 1, 1)),
    ],
)
def test_so_many_months_later(day, months, after):
    assert months_after(day, months) == after


@given(st.dates(date(1970, 1, 1), date(2200, 12, 31)))
def test_the_end_proposed_may_be_chosen_and_a_year_is_never_more_than_366_days(on):
    assert end_fault(default_end(on), on) == ""
    assert end_fault(latest_end(on), on) == ""
    assert 365 <= (latest_end(on) - on).days <= 366
    assert end_fault(latest_end(on) + timedelta(days=1), on) == "share_end_far"
    assert end_fault(on, on) == end_fault(on - timedelta(days=1), on) == "share_end_past"
    assert end_fault(on + timedelta(days=1), on) == ""


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (CodeFacts(sent_at=NOW), True),
        (CodeFacts(sent_at=NOW - CODE_LASTS + SECOND), True),
        (CodeFacts(sent_at=NOW - CODE_LASTS), False),
        (CodeFacts(sent_at=NOW, attempts=MOST_ATTEMPTS - 1), True),
        (CodeFacts(sent_at=NOW, attempts=MOST_ATTEMPTS), False),
        (CodeFacts(sent_at=NOW - SECOND, used_at=NOW), False),
    ],
)
def test_a_code_may_be_typed(code, expected):
    assert may_try(code, NOW) is expected


@pytest.mark.parametrize(
    ("used_at", "expected"),
    [(None, False), (NOW, True), (NOW - READING_LASTS + SECOND, True), (NOW - READING_LASTS, False)],
)
def test_a_code_opens_for_an_hour(used_at, expected):
    assert is_reading(CodeFacts(sent_at=NOW - READING_LASTS, used_at=used_at), NOW) is expected


@pytest.mark.parametrize(
    ("ages", "expected"),
    [
        ([], True),
        ([timedelta(minutes=1)] * 4, True),
        ([timedelta(minutes=1)] * 5, False),
        ([timedelta(hours=1)] * 5, True),
        ([timedelta(hours=2)] * 10, False),
        ([timedelta(days=1)] * 10, True),
    ],
)
def test_codes_are_sent_five_times_an_hour_and_ten_a_day(ages, expected):
    assert may_send([NOW - age for age in ages], NOW) is expected
