"""Which messages a dated matter calls for, on a given day."""

from collections.abc import Sequence
from datetime import date, timedelta


def desired_stages(due_on: date, stages: Sequence[int], on: date, horizon_days: int) -> tuple[int, ...]:
    """The stages (days before, if negative, or after `due_on`) that should have a message on the day `on`.

    Those are the latest stage already reached, and the ones to come within `horizon_days`. Of several stages
    missed while nothing ran, the latest alone is left: one message catches up, not three.
    """
    reached = [stage for stage in stages if due_on + timedelta(days=stage) <= on]
    coming = [
        stage for stage in stages if on < due_on + timedelta(days=stage) <= on + timedelta(days=horizon_days)
    ]
    latest = [max(reached)] if reached else []
    return tuple(sorted([*latest, *coming]))


def leaving_on(due_on: date, stage: int, on: date) -> date:
    """The day a message leaves: its stage's day, or today when that day was missed."""
    return max(due_on + timedelta(days=stage), on)
