"""What the benches share: timing, medians, an empty database."""

import statistics
import time
from collections.abc import Callable, Iterable
from typing import Protocol

from django.db import connection


class Show(Protocol):
    """Prints one figure; `floor` is what it was measured against, or its target where it has one."""

    def __call__(self, name: str, value: float, unit: str, floor: float | None = None) -> None: ...


def timed(work: Callable[[], object]) -> float:
    """Seconds."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def show_ratio(show: Show, name: str, pairs: Iterable[tuple[float, float]]) -> None:
    """The median of ours over the median of the floor, from rounds of (ours, floor) in seconds."""
    ours, floor = (statistics.median(column) for column in zip(*pairs, strict=True))
    show(name, ours / floor, "ratio", floor)
    show(f"{name}: time", ours, "s")


def empty_references() -> None:
    """Removes every reference and whatever points to one, so that each bench starts from nothing."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE competences_reference CASCADE")
