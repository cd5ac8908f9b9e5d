"""Self-reviews, the pure part: the order of the questions, what a level says, when the next review falls."""

import datetime as dt
import itertools
import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from competences.calendars import day_calendar
from competences.rules.clocks import add_months
from competences.rules.self_reviews import (
    OPEN_FOR,
    Asked,
    NextSelfReview,
    is_left,
    level_answer,
    next_self_review,
    to_ask,
)

START = dt.datetime(2026, 3, 12, 9, 30, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)

DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2026, 3, 12))
SKILLS = st.lists(
    st.builds(
        Asked,
        key=st.integers(0, 40),
        is_flagged=st.booleans(),
        confirmed_on=DAYS,
        declared_at=st.integers(-900, 3).map(lambda days: START + days * DAY),
    ),
    max_size=30,
    unique_by=lambda one: one.key,
)


def test_flagged_skills_come_first_then_the_longest_not_confirmed():
    def skill(key, flagged, day, declared=-10):
        return Asked(key, flagged, dt.date(2026, 1, day), START + declared * DAY)

    skills = [skill("c", False, 3), skill("a", True, 9), skill("b", False, 2), skill("new", True, 1, 1)]
    assert [one.key for one in to_ask(skills, answered=(), started_at=START)] == ["a", "b", "c"]
    assert [one.key for one in to_ask(skills, answered={"b"}, started_at=START)] == ["a", "c"]


@given(SKILLS, st.sets(st.integers(0, 40)))
def test_what_is_asked_is_what_stands_and_waits_and_nothing_else(skills, answered):
    asked = to_ask(skills, answered=answered, started_at=START)
    expected = {one.key for one in skills if one.key not in answered and one.declared_at <= START}
    assert {one.key for one in asked} == expected
    assert len(asked) == len(expected)
    for before, after in itertools.pairwise(asked):
        assert (not before.is_flagged, before.confirmed_on) <= (not after.is_flagged, after.confirmed_on)


@given(SKILLS, st.data())
def test_a_review_resumed_at_any_moment_goes_on_as_if_never_left(skills, data):
    """Answers are drawn one by one, at each of which the review may be read anew: the rest is the same."""
    whole = [one.key for one in to_ask(skills, answered=(), started_at=START)]
    answered: set[int] = set()
    for key in data.draw(st.permutations(whole)):
        answered.add(key)
        waiting = to_ask(skills, answered=answered, started_at=START)
        assert [one.key for one in waiting] == [one for one in whole if one not in answered]


LEVELS = [(None, 3, "placed"), (3, 3, "confirmed"), (3, 4, "raised"), (3, 2, "lowered")]


@pytest.mark.parametrize(("before", "after", "kind"), LEVELS)
def test_a_level_says_what_it_changes(before, after, kind):
    assert level_answer(before, after) == kind


def test_a_review_is_left_after_sixty_days():
    assert not is_left(START, START + OPEN_FOR - dt.timedelta(seconds=1))
    assert is_left(START, START + OPEN_FOR)
    assert OPEN_FOR.days == 60


@given(DAYS, st.integers(1, 24), DAYS)
def test_the_next_review_is_counted_in_months_from_the_last(last, months, on):
    due = next_self_review(last, months, on)
    assert due == NextSelfReview(add_months(last, months), last, months, is_late=due.on < on)
    assert due.on > last


def test_a_rhythm_is_at_least_a_month():
    with pytest.raises(ValueError, match="month"):
        next_self_review(dt.date(2026, 1, 1), 0, dt.date(2026, 1, 1))


# Days on which clocks change in France, in summer and in winter, and the last of a leap February.
CLOCK_DAYS = [dt.date(2026, 3, 29), dt.date(2026, 10, 25), dt.date(2028, 2, 29), dt.date(2026, 12, 31)]


@pytest.mark.parametrize("day", CLOCK_DAYS)
@pytest.mark.parametrize("zone", ["UTC", "Europe/Paris", "Pacific/Noumea", "America/Cayenne"])
def test_the_entry_of_a_calendar_is_the_same_day_everywhere(day, zone):
    now = dt.datetime(2026, 3, 29, 1, 30, tzinfo=zoneinfo.ZoneInfo(zone))
    content = day_calendar(
        uid="x@y", day=day, title="Relire ; mon, dossier", text="é" * 200, url="https://z.invalid/", now=now
    )
    [event] = Calendar.from_ical(content).walk("VEVENT")
    start, end = event["DTSTART"].dt, event["DTEND"].dt
    assert (type(start), start, end) == (dt.date, day, day + DAY)
    assert event["DTSTAMP"].dt == now
    assert event["DTSTAMP"].dt.utcoffset() == dt.timedelta(0)
    assert (event["SUMMARY"], event["UID"]) == ("Relire ; mon, dossier", "x@y")
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert b"TZID" not in content
