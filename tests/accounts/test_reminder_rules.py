"""Which messages a dated matter calls for. No database."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.rules.reminders import wanted_messages

DUE = date(2026, 6, 30)
STAGES = (-90, -30, 0, 30)
DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31))
STAGE_SETS = st.lists(st.integers(min_value=-400, max_value=400), min_size=1, max_size=6, unique=True)
HORIZONS = st.integers(min_value=0, max_value=60)


def _stages(*args, **kwargs):
    return tuple(wanted.stage for wanted in wanted_messages(*args, **kwargs))


@pytest.mark.parametrize(
    ("days_before", "horizon", "expected"),
    [
        (200, 30, ()),
        (120, 30, (-90,)),
        (90, 30, (-90,)),
        (60, 30, (-90, -30)),
        (31, 0, (-90,)),
        (30, 0, (-30,)),
        (0, 30, (0, 30)),
        (-29, 0, (0,)),
        (-30, 30, (30,)),
        (-4000, 30, (30,)),
    ],
)
def test_stages_by_day(days_before, horizon, expected):
    assert _stages(DUE, STAGES, DUE - timedelta(days=days_before), horizon) == expected


@pytest.mark.parametrize(
    ("days_before", "until_before", "expected"),
    [
        # Reminded 90 days before, put off to 60 days before: nothing until then, then once.
        (85, 60, [(-90, 60, "snoozed-2026-05-01")]),
        (60, 60, [(-90, 60, "snoozed-2026-05-01"), (-30, 30, "-30")]),
        # Put off to the very day of a stage: that stage says it.
        (85, 30, []),
        (35, 30, [(-30, 30, "-30")]),
        # Put off beyond the second stage: it is not said between the two.
        (31, 10, [(-30, 10, "snoozed-2026-06-20")]),
        # Missed days: one message alone, today.
        (20, 25, [(-30, 20, "snoozed-2026-06-05"), (0, 0, "0")]),
        # The day has come since: the later stage has the word.
        (-1, 5, [(0, -1, "0"), (30, -30, "30")]),
        # Put off after the last stage.
        (-31, -40, [(30, -40, "snoozed-2026-08-09")]),
        # A snooze for a former date of the matter.
        (90, 900, [(-90, 90, "-90")]),
    ],
)
def test_a_matter_put_off(days_before, until_before, expected):
    messages = wanted_messages(
        DUE, STAGES, DUE - timedelta(days=days_before), 30, snoozed_until=DUE - timedelta(days=until_before)
    )
    assert [(m.stage, (DUE - m.leaving_on).days, m.suffix) for m in messages] == expected


@given(DAYS, STAGE_SETS, DAYS, HORIZONS, st.none() | DAYS)
def test_one_message_at_most_is_reached_and_none_leaves_in_the_past(due_on, stages, on, horizon, until):
    messages = wanted_messages(due_on, stages, on, horizon, snoozed_until=until)
    today = [message for message in messages if message.leaving_on == on]
    assert len(today) <= 1
    assert all(on <= message.leaving_on <= on + timedelta(days=horizon) for message in messages)
    assert {message.stage for message in messages} <= set(stages)
    assert len({message.suffix for message in messages}) == len(messages)


@given(DAYS, STAGE_SETS, DAYS, HORIZONS)
def test_the_latest_stage_reached_is_the_one_that_leaves(due_on, stages, on, horizon):
    reached = [stage for stage in stages if due_on + timedelta(days=stage) <= on]
    chosen = _stages(due_on, stages, on, horizon)
    assert [stage for stage in chosen if stage in reached] == sorted(reached)[-1:]


@given(DAYS, STAGE_SETS, st.integers(min_value=0, max_value=500), HORIZONS, st.integers(0, 200))
def test_nothing_is_said_before_the_day_asked_for(due_on, stages, after_first, horizon, after_on):
    first = due_on + timedelta(days=min(stages))
    until = first + timedelta(days=1 + after_first)
    on = until - timedelta(days=after_on)
    messages = wanted_messages(due_on, stages, on, horizon, snoozed_until=until)
    assert all(message.leaving_on >= until for message in messages)
    # Nothing is lost: within the horizon, the day asked for has its message.
    if on + timedelta(days=horizon) >= until:
        assert messages[0].leaving_on == until


@given(DAYS, STAGE_SETS, st.integers(min_value=0, max_value=30), st.integers(min_value=1, max_value=90))
def test_a_daily_run_and_a_late_one_end_alike(due_on, stages, horizon, days_late):
    """Whatever days were missed, the messages of the last day are those of someone who never missed one."""
    start = due_on + timedelta(days=min(stages))
    last = start + timedelta(days=days_late)
    daily = [
        wanted_messages(due_on, stages, start + timedelta(days=n), horizon) for n in range(days_late + 1)
    ]
    assert daily[-1] == wanted_messages(due_on, stages, last, horizon)
    # What a daily run sent includes what the late run sends.
    leaving = {
        m.suffix for n, day in enumerate(daily) for m in day if m.leaving_on == start + timedelta(days=n)
    }
    assert {m.suffix for m in daily[-1] if m.leaving_on == last} <= leaving
