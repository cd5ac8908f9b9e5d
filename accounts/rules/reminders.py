"""Which messages a dated matter calls for, on a given day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Wanted:
    """A message that should be there: sent already, or waiting until `leaving_on`.

    `stage`: days from the due day, negative before it. `suffix` ends the key of the message: the stage, or
    the day to which the person put the matter off.
    """

    stage: int
    leaving_on: date
    suffix: str


def wanted_messages(
    due_on: date,
    stages: Sequence[int],
    on: date,
    horizon_days: int,
    *,
    snoozed_until: date | None = None,
) -> list[Wanted]:
    """The messages that a matter due on `due_on` calls for, as seen on the day `on`.

    Those are the latest one already reached, and the ones to come within `horizon_days`. Of several missed
    while nothing ran, the latest alone is left: one message catches up, not three. It leaves today.

    A matter put off says nothing before the day `snoozed_until`, and something on that day. A snooze older
    than the first stage was for a former date of the matter: it no longer counts.
    """
    calls = sorted((due_on + timedelta(days=stage), stage, str(stage)) for stage in stages)
    if snoozed_until is not None and snoozed_until > calls[0][0]:
        before = [stage for day, stage, _suffix in calls if day < snoozed_until]
        calls = [call for call in calls if call[0] >= snoozed_until]
        if not calls or calls[0][0] > snoozed_until:
            calls.insert(0, (snoozed_until, before[-1], f"snoozed-{snoozed_until}"))
    reached = [call for call in calls if call[0] <= on]
    coming = [call for call in calls if on < call[0] <= on + timedelta(days=horizon_days)]
    return [Wanted(stage, max(day, on), suffix) for day, stage, suffix in [*reached[-1:], *coming]]
