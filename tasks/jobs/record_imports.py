"""Look for the places of the skills that people bring, and end the imports that they left."""

import time
from collections import Counter

from celery import shared_task

from accounts.actors import SYSTEM
from competences.services.record_imports import expire_imports, match_imports
from tasks.runs import run_once

ROWS = 100
SECONDS = 120  # after which a run leaves the rest to the next, before its time limit


@shared_task(name="tasks.jobs.record_imports.match")
def match() -> dict[str, int]:
    """Match the rows that wait, the oldest import first.

    Safe twice: a slice is taken by one worker, and a row is matched once.
    """
    return run_once("record-imports", _match)


def _match() -> Counter[str]:
    started = time.monotonic()
    counts: Counter[str] = Counter()
    while time.monotonic() - started < SECONDS:
        done = match_imports(actor=SYSTEM, limit=ROWS)
        counts.update(done)
        if not done["rows"]:
            break
    return counts


@shared_task(name="tasks.jobs.record_imports.expire")
def expire() -> dict[str, int]:
    """End the imports whose proposals nobody answered for thirty days.

    Safe twice: the second time finds none.
    """
    return run_once("record-imports:expire", lambda: expire_imports(actor=SYSTEM))
