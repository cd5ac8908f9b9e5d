"""A bilan de compétences: how it moves from state to state, and how its hours are counted.

C. trav. L6313-4 (consent, 24 hours at most, who receives what), R6313-4 (three phases, 13 hours at least),
read on 2026-11-23. Stopping is never a fault: a bilan may be abandoned or refused from any state in which it
runs.
"""

from collections.abc import Iterable
from dataclasses import dataclass

WISHED, PREPARED = "wished", "prepared"
PRELIMINARY, INVESTIGATION, CONCLUSIONS = "preliminary", "investigation", "conclusions"
CLOSED, FOLLOW_UP = "closed", "follow_up"
ABANDONED, REFUSED = "abandoned", "refused"

PHASES = (PRELIMINARY, INVESTIGATION, CONCLUSIONS)
RUNNING = (WISHED, PREPARED, *PHASES)
"""States of a bilan that is not over; a person has one such bilan at most."""

ENDED = (CLOSED, FOLLOW_UP, ABANDONED, REFUSED)

STOPPED = (ABANDONED, REFUSED)
"""What the person put an end to: nobody but the person sees such a bilan any more."""

PERSON, ADVISER, MACHINE = "person", "adviser", "machine"
EITHER = (PERSON, ADVISER)


@dataclass(frozen=True, slots=True)
class Move:
    """A move from one of the states `before` to `after`, made by one of `by`."""

    before: tuple[str, ...]
    after: str
    by: tuple[str, ...]


MOVES = {
    "prepare": Move((WISHED,), PREPARED, (PERSON,)),
    "begin": Move((PREPARED,), PRELIMINARY, EITHER),
    "investigate": Move((PRELIMINARY,), INVESTIGATION, EITHER),
    "conclude": Move((INVESTIGATION,), CONCLUSIONS, EITHER),
    "close": Move((CONCLUSIONS,), CLOSED, EITHER),
    "follow_up": Move((CLOSED,), FOLLOW_UP, EITHER),
    "abandon": Move(RUNNING, ABANDONED, (PERSON,)),
    "refuse": Move(RUNNING, REFUSED, (PERSON,)),
    "lapse": Move((WISHED, PREPARED), REFUSED, (MACHINE,)),
}
"""Every move there is. Only the person abandons or refuses; what is over moves no more, but for the follow-up
interview of a closed bilan. *lapse*: a convention left without an answer, which the law calls a refusal."""

UNDOABLE = ("begin", "investigate", "conclude", "abandon", "refuse")
"""Moves that whoever made them may take back for 24 hours. A bilan that is closed stays so: its documents are
destroyed by it."""


def may(move: str, state: str, by: str) -> bool:
    """Whether that move starts from that state and belongs to that role."""
    return state in MOVES[move].before and by in MOVES[move].by


def moves_from(state: str, by: str) -> tuple[str, ...]:
    """The moves that this role may make from this state, in the order of the table."""
    return tuple(move for move in MOVES if may(move, state, by))


def is_undoable(before: str, after: str, by: str) -> bool:
    """Whether a move from `before` to `after`, made by that role, is of those that may be taken back.

    A move that was itself a way back (investigation → preliminary) is in no table, and stays.
    """
    return (
        any(before in MOVES[move].before and after == MOVES[move].after for move in UNDOABLE) and by in EITHER
    )


ACCOMPANIMENT, PERSONAL_WORK = "accompaniment", "personal_work"


@dataclass(frozen=True, slots=True)
class Hours:
    """Minutes of a bilan: `accompaniment` held, `personal_work` done, `planned` accompaniment to come.

    The greatest length limits `total`; a funder pays `accompaniment` alone (C. trav. D6323-6).
    """

    accompaniment: int
    personal_work: int
    planned: int

    @property
    def total(self) -> int:
        return self.accompaniment + self.personal_work


def counted(appointments: Iterable[tuple[str, bool, int]]) -> Hours:
    """The hours of appointments, each (kind, whether it was held, minutes); work to come is not counted."""
    held = {ACCOMPANIMENT: 0, PERSONAL_WORK: 0}
    planned = 0
    for kind, was_held, minutes in appointments:
        if was_held:
            held[kind] += minutes
        elif kind == ACCOMPANIMENT:
            planned += minutes
    return Hours(accompaniment=held[ACCOMPANIMENT], personal_work=held[PERSONAL_WORK], planned=planned)
