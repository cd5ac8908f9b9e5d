"""Intervals of editions: which rows to end, to start earlier and to add when an edition is imported.

A row says that a value holds for the editions at places `since <= place < until`. The edition may come
anywhere: after all others, or between two that are already there. Editions between which nothing was
imported hold nothing, so a row never ends or starts strictly inside such a gap.
"""

from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from operator import ne
from typing import Generic, NamedTuple, TypeVar

from competences.rules.positions import OPEN

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Held(NamedTuple, Generic[K, V]):
    """Stored rows by key, one a key: what each says, and in the same order the id and the end of each."""

    values: Mapping[K, V]
    ids: Sequence[int]
    untils: Sequence[int]


@dataclass(slots=True)
class IntervalPlan(Generic[K, V]):
    """What to write: ids of rows that end here, start here or go; rows (key, value, since, until) to add."""

    end: list[int] = field(default_factory=list)
    start_earlier: list[int] = field(default_factory=list)
    drop: list[int] = field(default_factory=list)
    add: list[tuple[K, V, int, int]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.end or self.start_earlier or self.drop or self.add)


def plan(
    *,
    covering: Held[K, V],
    starting_next: Held[K, V],
    stated: Mapping[K, V],
    is_stated: Callable[[K], bool],
    here: int,
    following: int | None,
    starting_here: Container[int] = (),
    following_of: Callable[[K], int | None] | None = None,
) -> IntervalPlan[K, V]:
    """The smallest change that makes the rows say what the edition at place `here` states.

    `covering`: the rows that hold just before and through `here`; `starting_next`: the rows that start
    with the edition that follows (`following`, None when `here` is the newest); `stated`: what the
    edition says; `is_stated(key)`: whether its source speaks of that key at all. What it does not speak
    of stays as it was. When a source completes an edition that is there already, `covering` are the rows
    that hold at `here`, and `starting_here` the ids of those that start there.

    `following_of(key)`: the place of the first later edition whose source speaks of that key, where some
    leave things unsaid: what is stated here holds on through those. `starting_next` then has the rows that
    start at that place.
    """
    found: IntervalPlan[K, V] = IntervalPlan()

    def end_of(key: K) -> int:
        place = following if following_of is None else following_of(key)
        return OPEN if place is None else place

    covered = zip(covering.values.items(), covering.ids, covering.untils, strict=True)
    for (key, was), row, until in compress(covered, _differ(covering.values, stated)):
        if is_stated(key):
            (found.drop if row in starting_here else found.end).append(row)
            if until > (end := end_of(key)):
                found.add.append((key, was, end, until))
    next_rows = dict(zip(starting_next.values, starting_next.ids, strict=True))
    for key, value in differing(stated, covering.values):
        if key in next_rows and starting_next.values[key] == value:
            found.start_earlier.append(next_rows[key])
        else:
            found.add.append((key, value, here, end_of(key)))
    return found


def differing(one: Mapping[K, V], other: Mapping[K, V]) -> Iterator[tuple[K, V]]:
    """What the first says otherwise than the second, or alone. No value is None."""
    return compress(one.items(), _differ(one, other))


def _differ(one: Mapping[K, V], other: Mapping[K, V]) -> Iterator[bool]:
    """Of each key of the first in turn, whether the second says otherwise, or nothing."""
    return map(ne, one.values(), map(other.get, one))


class Row(NamedTuple, Generic[K, V]):
    """A stored row with all that it says."""

    id: int
    key: K
    value: V
    since: int
    until: int


@dataclass(slots=True)
class Retirement:
    """What to write when an edition no longer counts: new starts and ends by row id, and rows that go."""

    since: dict[int, int] = field(default_factory=dict)
    until: dict[int, int] = field(default_factory=dict)
    drop: list[int] = field(default_factory=list)


def retire(
    rows: Iterable[Row[K, V]],
    *,
    here: int,
    following: int | None,
    following_of: Callable[[K], int | None] | None = None,
) -> Retirement:
    """The change after which the rows read as if the edition at `here` had never been imported.

    `rows`: every row that starts or ends at `here`, or starts at `following`, the place of the edition
    after it (None when `here` is the newest). What held before and was ended here holds on, up to what
    the next edition says; what was said here alone goes. `following_of(key)`: as `plan` has it; the rows
    then include those that start at that place.
    """
    found = Retirement()

    def next_of(key: K) -> int | None:
        return following if following_of is None else following_of(key)

    ending: dict[K, Row[K, V]] = {}
    starting: dict[K, Row[K, V]] = {}
    next_rows: dict[K, Row[K, V]] = {}
    for row in rows:
        if row.until == here:
            ending[row.key] = row
        elif row.since == here:
            starting[row.key] = row
        elif row.since == next_of(row.key):
            next_rows[row.key] = row
    for key, row in starting.items():
        place = next_of(key)
        if place is None or row.until == place:
            found.drop.append(row.id)
        else:
            found.since[row.id] = place
            next_rows[key] = row
    for key, row in ending.items():
        later = next_rows.get(key)
        place = next_of(key)
        if place is None:
            found.until[row.id] = OPEN
        elif later is not None and later.value == row.value:
            found.until[row.id] = later.until
            found.since.pop(later.id, None)
            found.drop.append(later.id)
        else:
            found.until[row.id] = place
    return found
