"""A request for a review: how it moves from state to state, and how long its reader may open it."""

import datetime as dt
from dataclasses import dataclass

WAITING, IN_REVIEW, ANSWERED = "waiting", "in_review", "answered"
CLOSED, WITHDRAWN, DECLINED = "closed", "withdrawn", "declined"

UNFINISHED = (WAITING, IN_REVIEW)

READER, WORKER = "reader", "worker"

OPEN_DAYS = 365
"""A request that nobody answered closes after a year, as every share of a record does."""

ANSWERED_DAYS = 30
"""How long who answered may read again what they answered, and on what."""

REMINDED_AFTER_DAYS = 14


@dataclass(frozen=True, slots=True)
class Move:
    """A move from one of the states `before` to `after`, made by the reader or by the worker."""

    before: tuple[str, ...]
    after: str
    by: str


MOVES = {
    "take": Move((WAITING,), IN_REVIEW, READER),
    "answer": Move((IN_REVIEW,), ANSWERED, READER),
    "decline": Move(UNFINISHED, DECLINED, READER),
    "withdraw": Move(UNFINISHED, WITHDRAWN, WORKER),
    "close": Move((ANSWERED,), CLOSED, WORKER),
}
"""Every move there is. What was withdrawn, declined or closed moves no more; an answer is given once, and the
worker may close what its reader could still read again."""


def may(move: str, state: str) -> bool:
    """Whether that move starts from that state."""
    return state in MOVES[move].before


def is_open(state: str, asked_on: dt.date, moved_on: dt.date, on: dt.date) -> bool:
    """Whether its reader may open the request on the day `on`: a year long while they have not answered, then
    for thirty days; no longer once it is withdrawn, declined or closed.
    """
    if state in UNFINISHED:
        return on < asked_on + dt.timedelta(days=OPEN_DAYS)
    return state == ANSWERED and on < moved_on + dt.timedelta(days=ANSWERED_DAYS)
