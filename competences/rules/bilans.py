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

PERSON, ADVISER = "person", "adviser"
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
}
"""Every move there is. Only the person abandons or refuses; what is over moves no more, but for the follow-up
interview of a closed bilan."""


def may(move: str, state: str, by: str) -> bool:
    """Whether that move starts from that state and belongs to that role."""
    return state in MOVES[move].before and by in MOVES[move].by


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
