"""When a document of a bilan is destroyed, and what changed between two versions."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competences.rules.documents import SECTIONS, changed_sections, destroyed_on, is_empty

DAYS = st.dates(dt.date(2019, 1, 1), dt.date(2090, 1, 1))


@pytest.mark.parametrize(
    ("ended_on", "years", "gone_on"),
    [
        (dt.date(2026, 11, 24), None, dt.date(2026, 11, 25)),
        (dt.date(2027, 12, 31), None, dt.date(2028, 1, 1)),
        (dt.date(2026, 11, 24), 3, dt.date(2029, 11, 24)),
        (dt.date(2028, 2, 29), 3, dt.date(2031, 2, 28)),
        (dt.date(2025, 2, 28), 3, dt.date(2028, 2, 28)),
        (dt.date(2023, 12, 30), 1, dt.date(2024, 12, 30)),
    ],
)
def test_the_first_day_without_it(ended_on, years, gone_on):
    assert destroyed_on(ended_on, years) == gone_on


@given(DAYS, st.sampled_from([None, 1, 3]))
def test_it_lives_through_the_end_and_no_longer_than_agreed(ended_on, years):
    gone_on = destroyed_on(ended_on, years)
    assert gone_on > ended_on
    assert gone_on.year - ended_on.year <= (years or 1)


TEXTS = st.fixed_dictionaries({section: st.text(max_size=3) for section in SECTIONS})


@given(TEXTS, TEXTS)
def test_what_changed_is_what_differs(before, after):
    assert set(changed_sections(before, after)) == {s for s in SECTIONS if before[s] != after[s]}
    assert changed_sections(before, before) == ()


def test_blanks_are_nothing():
    assert is_empty({})
    assert is_empty({"skills": " \n"})
    assert not is_empty({"steps": "x"})
