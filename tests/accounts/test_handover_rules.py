"""The rules of handovers: the table of moves, and days counted on a wall calendar."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.enums import MANDATE_PURPOSES, HandoverState
from accounts.rules import handovers as rules

TABLE = [
    ("proposed", "accept", "accepted"),
    ("proposed", "decline", "declined"),
    ("proposed", "pass_in_silence", "silent"),
    ("proposed", "withdraw", "withdrawn"),
    ("proposed", "lapse", "lapsed"),
    ("declined", "reopen", "proposed"),
    ("accepted", "undo", "undone"),
    ("silent", "undo", "undone"),
]


@pytest.mark.parametrize("state", HandoverState.values)
@pytest.mark.parametrize("move", rules.MOVES)
def test_each_move_leads_where_the_table_says_and_nowhere_else(state, move):
    expected = {(before, name): then for before, name, then in TABLE}
    assert rules.after(state, move) == expected.get((state, move))


@given(st.lists(st.sampled_from(sorted(rules.MOVES)), max_size=12))
def test_whatever_is_tried_a_question_that_is_over_stays_over(moves):
    state, seen = "proposed", []
    for move in moves:
        state = rules.after(state, move) or state
        seen.append(state)
    for over in ("withdrawn", "lapsed", "undone"):
        if over in seen:
            assert set(seen[seen.index(over) :]) == {over}
    assert ("undone" in seen) <= bool({"accepted", "silent"} & set(seen))


@pytest.mark.parametrize(
    ("purpose", "silence", "expected"),
    [
        ("follow_up", "moves", dt.date(2028, 3, 1)),
        ("follow_up", "stays", None),
        ("review", "moves", None),
        ("bilan", "moves", None),
    ],
)
def test_follow_up_alone_moves_in_silence_after_fourteen_whole_days(purpose, silence, expected):
    # From 15 February of a leap year: the 29th is the last day to say no.
    assert rules.silence_day(purpose, dt.date(2028, 2, 15), 14, silence) == expected


@given(st.dates(dt.date(2020, 1, 1), dt.date(2090, 1, 1)), st.integers(0, 60))
def test_the_day_to_object_is_before_the_day_it_moves(day, days):
    last = rules.last_day_to_object(day, days)
    for purpose in MANDATE_PURPOSES:
        moves = rules.silence_day(purpose, day, days, "moves")
        assert moves is None or (moves - last).days == 1 <= (moves - day).days


@pytest.mark.parametrize(("seconds", "expected"), [(0, True), (86400, True), (86401, False)])
def test_what_was_done_may_be_taken_back_for_a_day(seconds, expected):
    since = dt.datetime(2026, 3, 28, 12, tzinfo=dt.UTC)
    assert rules.in_time(since, since + dt.timedelta(seconds=seconds)) is expected


def test_reading_lasts_as_many_days_as_the_parameter_says():
    for purpose in ("follow_up", "bilan"):
        assert rules.reading_end(purpose, dt.date(2026, 3, 12), 30) == dt.date(2026, 4, 11)
    assert rules.reading_end("review", dt.date(2026, 3, 12), 30) is None
