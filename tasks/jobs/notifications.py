"""Send the outbox."""

from collections import Counter

from celery import shared_task
from django.utils import timezone

from accounts.actors import SYSTEM
from accounts.services.notifications import deliver_batch
from tasks.runs import run_once

BATCH = 100
BATCHES = 20  # a run ends before its time limit; the next one goes on


@shared_task(name="tasks.jobs.notifications.deliver")
def deliver() -> dict[str, int]:
    """Send every message that is due, one connection to the mail server a batch.

    Safe twice: a row is taken by one worker, and a row whose fate is unknown waits for a person.
    """
    return run_once("notifications", _deliver)


def _deliver() -> Counter[str]:
    counts: Counter[str] = Counter()
    for _batch in range(BATCHES):
        batch = deliver_batch(actor=SYSTEM, limit=BATCH, now=timezone.now())
        counts.update(batch.as_dict())
        if batch.claimed < BATCH:
            break
    return counts
