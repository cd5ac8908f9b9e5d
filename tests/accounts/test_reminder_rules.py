"""Which stages of a dated matter call for a message. No database."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.rules.reminders import desired_stages, leaving_on

DUE = date(2026, 6, 30)
STAGES = (-90, -30, 0, 30)
DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31))
STAGE_SETS = st.lists(st.integers(min_value=-400, max_value=400), min_size=1, max_size=6, unique=True)


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
    assert desired_stages(DUE, STAGES, DUE - timedelta(days=days_before), horizon) == expected


@given(DAYS, STAGE_SETS, DAYS, st.integers(min_value=0, max_value=60))
def test_one_stage_at_most_was_reached_and_it_is_the_latest(due_on, stages, on, horizon):
    chosen = desired_stages(due_on, stages, on, horizon)
    reached = [stage for stage in chosen if due_on + timedelta(days=stage) <= on]
    assert len(reached) <= 1
    assert set(chosen) <= set(stages)
    if reached:
        assert reached[0] == max(stage for stage in stages if due_on + timedelta(days=stage) <= on)


@given(DAYS, STAGE_SETS, st.integers(min_value=0, max_value=30), st.integers(min_value=1, max_value=90))
def test_a_daily_run_and_a_late_one_end_alike(due_on, stages, horizon, days_late):
    """Whatever days were missed, the messages of the last day are those of someone who never missed one."""
    start = due_on + timedelta(days=min(stages))
    last = start + timedelta(days=days_late)
    daily = [desired_stages(due_on, stages, start + timedelta(days=n), horizon) for n in range(days_late + 1)]
    assert daily[-1] == desired_stages(due_on, stages, last, horizon)
    # What a daily run sent includes what the late run sends.
    reached = {stage for day in daily for stage in day if due_on + timedelta(days=stage) <= last}
    assert {s for s in daily[-1] if due_on + timedelta(days=s) <= last} <= reached


@given(DAYS, st.integers(min_value=-400, max_value=400), DAYS)
def test_a_message_never_leaves_in_the_past(due_on, stage, on):
    day = leaving_on(due_on, stage, on)
    assert day >= on
    assert day in (on, due_on + timedelta(days=stage))
