"""What was said of a skill through time: neighbours that say the same are one."""

import datetime as dt
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from competences.rules.ageing import latest_aged_day
from competences.rules.clocks import add_months
from competences.rules.skill_histories import SaidFacts, Spell, spells

START = dt.datetime(2026, 1, 1, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def told(*said):
    """Revisions of a day each: (level, whether it begins where the one before ended)."""
    rows, at = [], START
    for number, (level, follows) in enumerate(said):
        at += 0 * DAY if follows else DAY
        end = None if number == len(said) - 1 else at + DAY
        rows.append(Spell(SaidFacts(level=level), at, end, at.date()))
        at += DAY
    return rows


def test_neighbours_that_say_the_same_are_one_and_say_how_often():
    found = spells(told((2, True), (2, True), (3, True), (3, True), (3, True)))
    assert [(spell.facts.level, spell.said_again, spell.changed) for spell in found] == [
        (2, 1, ()),
        (3, 2, ("level",)),
    ]
    assert found[0].end_at == found[1].start_at
    assert found[1].confirmed_on == START.date() + DAY * 4
    assert found[1].end_at is None


def test_a_gap_is_not_bridged():
    assert len(spells(told((2, True), (2, False)))) == 2


@given(st.lists(st.tuples(st.sampled_from([None, 1, 2]), st.booleans()), max_size=12))
def test_nothing_is_lost_and_no_two_neighbours_say_the_same(said):
    rows = told(*said)
    found = spells(rows)
    assert sum(spell.said_again + 1 for spell in found) == len(rows)
    for row in rows:
        [holder] = [
            s for s in found if s.start_at <= row.start_at and (s.end_at or row.start_at + DAY) > row.start_at
        ]
        assert holder.facts == row.facts
    for one, other in pairwise(found):
        assert one.facts != other.facts or one.end_at != other.start_at


@given(st.dates(dt.date(1990, 1, 1), dt.date(2080, 1, 1)), st.integers(1, 60), st.integers(-40, 40))
def test_the_day_of_a_query_is_the_bound_of_the_rule(on, months, offset):
    day = add_months(on, -months) + dt.timedelta(days=offset)
    assert (day <= latest_aged_day(on, months)) == (add_months(day, months) <= on)
