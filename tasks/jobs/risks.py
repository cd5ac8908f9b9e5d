"""Look for what an edition that was just imported changes for people's records."""

from collections import Counter

from celery import shared_task

from accounts.actors import SYSTEM
from competences.services.risks import assess_waiting_editions
from tasks.runs import run_once

EDITIONS = 20  # a run ends before its time limit; the next one goes on


@shared_task(name="tasks.jobs.risks.assess")
def assess() -> dict[str, int]:
    """Open and close the flags of every record that the waiting editions touch, one edition after the other.

    Safe twice: one open flag a statement and family, and an edition waits until its last record is done.
    """
    return run_once("risks", _assess)


def _assess() -> Counter[str]:
    counts: Counter[str] = Counter()
    for _edition in range(EDITIONS):
        done = assess_waiting_editions(actor=SYSTEM, limit=1)
        counts.update(done)
        if not done["editions"]:
            break
    return counts
