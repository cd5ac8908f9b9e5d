"""Intervals of editions: which rows to end, to start earlier and to add when an edition is imported.

A row says that a value holds for the editions at places `since <= place < until`. The edition may come
anywhere: after all others, or between two that are already there. Editions between which nothing was
imported hold nothing, so a row never ends or starts strictly inside such a gap.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from competences.rules.positions import OPEN

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Interval(Generic[V]):
    """A stored row: its id, its value and where it ends."""

    id: int
    value: V
    until: int


@dataclass(slots=True)
class IntervalPlan(Generic[K, V]):
    """What to write: ids of rows that end or start here; rows (key, value, since, until) to add."""

    end: list[int]
    start_earlier: list[int]
    add: list[tuple[K, V, int, int]]

    def __bool__(self) -> bool:
        return bool(self.end or self.start_earlier or self.add)


def plan(
    *,
    covering: Mapping[K, Interval[V]],
    starting_next: Mapping[K, Interval[V]],
    stated: Mapping[K, V],
    is_stated: Callable[[K], bool],
    here: int,
    following: int | None,
) -> IntervalPlan[K, V]:
    """The smallest change that makes the rows say what the edition at place `here` states.

    `covering`: the rows that hold just before and through `here`; `starting_next`: the rows that start
    with the edition that follows (`following`, None when `here` is the newest); `stated`: what the
    edition says; `is_stated(key)`: whether its source speaks of that key at all. What it does not speak
    of stays as it was.
    """
    found: IntervalPlan[K, V] = IntervalPlan([], [], [])
    end = OPEN if following is None else following
    for key, row in covering.items():
        if stated.get(key) == row.value or not is_stated(key):
            continue
        found.end.append(row.id)
        if row.until > end:
            found.add.append((key, row.value, end, row.until))
    for key, value in stated.items():
        was = covering.get(key)
        if was is not None and was.value == value:
            continue
        later = starting_next.get(key)
        if later is not None and later.value == value:
            found.start_earlier.append(later.id)
        else:
            found.add.append((key, value, here, end))
    return found
