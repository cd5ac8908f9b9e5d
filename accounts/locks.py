"""Advisory locks of PostgreSQL, in one place: which spaces exist, and how one is taken.

Lock order of the house, from first to last: an advisory lock, then a worker, then an organisation, then a
review request, a share, a self-review, a self-assessment, a piece of evidence or a bilan, then a statement,
an appointment or a document, then the rows of the outbox. A service that needs two of them takes them in that
order.
"""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

from django.db import connection


class LockSpace(IntEnum):
    """First number of the pair. Never renumber: two versions of the code may run side by side."""

    REMINDERS = 1
    EXPORTS = 2
    SIGNALS = 3
    JOBS = 100


def take_lock(space: LockSpace, name: str) -> None:
    """Waits for the lock `(space, name)` and keeps it until the present transaction ends.

    Two names may share a number (CRC-32): then they wait for each other, which is only slower.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("An advisory lock lasts as long as a transaction: open one first.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [int(space), _number(name)])


@contextmanager
def hold_if_free(space: LockSpace, name: str) -> Iterator[bool]:
    """Holds the lock `(space, name)` for the time of the block, across transactions; never waits.

    Gives False, and holds nothing, when another connection has it. The lock belongs to the connection: that
    of a killed process is free at once.
    """
    numbers = [int(space), _number(name)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", numbers)
        (is_held,) = cursor.fetchone()
    try:
        yield is_held
    finally:
        if is_held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", numbers)


def _number(name: str) -> int:
    return zlib.crc32(name.encode()) - 2**31
