"""The parts of which a whole record is made, as its file tells them: each noun registers its own.

A part knows how to tell itself entry by entry, in constant memory, and how to come back from its own entries.
The writer and the reader of record files (queries/record_exports.py, services/record_restores.py) name none.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from accounts.models import Worker
from accounts.registry import Registry

Entry = dict[str, Any]
"""One line of a part: JSON values alone (texts, whole numbers, true, false, null, lists and objects)."""

Entries = Callable[[Worker], Iterator[Entry]]


class Told(NamedTuple):
    """What an entry says that somebody else said of a statement: its id in the file, and a sentence."""

    statement: str
    text: str


@dataclass(slots=True)
class Restoration:
    """One record coming back: `statements` are the rows of those that the file names, by the ids of the file,
    whether they were there or came back; `fresh` are the rows that came back."""

    worker: Worker
    now: dt.datetime
    statements: dict[str, int] = field(default_factory=dict)
    fresh: set[int] = field(default_factory=set)


def _nobody(_entry: Mapping[str, Any]) -> Sequence[Told]:
    return ()


@dataclass(frozen=True, slots=True)
class RecordPart:
    """A noun of the record.

    `name` is the key of the part in the file. `rank` orders the parts that come back: an entry may name one
    of a part of lower rank. `mark` is a text that changes whenever the entries may. `entries` is read once,
    in an order that putting back keeps.

    `restore` writes the entries that the record lacks, leaves the others as they are, and gives a token for
    each row that it wrote; `withdraw` takes these rows out again, and says how many stayed, for they had
    changed meanwhile.

    `resume` gives what the part tells in each section of JSON Resume; what it says in "basics" is added to
    them. `told` reads an entry of a file that nobody vouches for: what a third party would have said, which
    is shown as unverified.
    """

    name: str
    rank: int
    number: Callable[[Worker], int]
    mark: Callable[[Worker], str]
    entries: Entries
    restore: Callable[[Restoration, Sequence[Entry]], list[str]]
    withdraw: Callable[[Worker, Sequence[str]], int]
    resume: Mapping[str, Entries] = field(default_factory=dict)
    told: Callable[[Mapping[str, Any]], Sequence[Told]] = _nobody


parts: Registry[RecordPart] = Registry("record part")


def in_order() -> list[RecordPart]:
    """The parts in the order in which they come back."""
    return sorted(parts, key=lambda part: (part.rank, part.name))
