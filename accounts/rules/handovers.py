"""When a handover moves, may be taken back, and for how long the former adviser still reads.

A handover asks a person, purpose by purpose, whether a colleague takes over; each purpose is a part, with a
state of its own. Days are those of a wall calendar in France; instants have a time zone.
"""

import datetime as dt
from collections.abc import Mapping

PROPOSED, ACCEPTED, DECLINED, SILENT = "proposed", "accepted", "declined", "silent"
WITHDRAWN, LAPSED, UNDONE = "withdrawn", "lapsed", "undone"

MOVED = (ACCEPTED, SILENT)
"""States in which the colleague has taken over."""

MOVES: Mapping[str, Mapping[str, str]] = {
    "accept": {PROPOSED: ACCEPTED},
    "decline": {PROPOSED: DECLINED},
    "pass_in_silence": {PROPOSED: SILENT},
    "withdraw": {PROPOSED: WITHDRAWN},
    "lapse": {PROPOSED: LAPSED},
    "reopen": {DECLINED: PROPOSED},
    "undo": {ACCEPTED: UNDONE, SILENT: UNDONE},
}
"""Each move, with the states it starts from and where it leads; any other pair is refused."""

UNDO_WITHIN = dt.timedelta(hours=24)
"""How long a proposal may be withdrawn, an answer changed and a move undone."""

BY_SILENCE = "follow_up"
"""The one purpose that may move without an answer: reading evidence and bilans move on a yes alone."""

OPENS_NOTHING = "review"


def after(state: str, move: str) -> str | None:
    """The state that `move` leads to from `state`; None when it may not start there."""
    return MOVES[move].get(state)


def in_time(since: dt.datetime, now: dt.datetime) -> bool:
    """Whether what was done at `since` may still be taken back at `now`."""
    return now - since <= UNDO_WITHIN


def last_day_to_object(proposed_on: dt.date, days: int) -> dt.date:
    """The last day on which a no is in time: `days` whole days after the one of the proposal."""
    return proposed_on + dt.timedelta(days=days)


def silence_day(purpose: str, proposed_on: dt.date, days: int, silence: str) -> dt.date | None:
    """The day from which a part without answer moves; None when it waits for a yes however long.

    `days` and `silence` are the legal parameters handover.objection and handover.silence.
    """
    if purpose != BY_SILENCE or silence != "moves":
        return None
    return last_day_to_object(proposed_on, days) + dt.timedelta(days=1)


def reading_end(purpose: str, moved_on: dt.date, days: int) -> dt.date | None:
    """The first day on which the former adviser reads no more; None where there is nothing to read.

    A mandate to review opens nothing by itself (docs/rules/access.md): it leaves nothing to read.
    """
    return None if purpose == OPENS_NOTHING else moved_on + dt.timedelta(days=days)
