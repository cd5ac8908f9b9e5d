"""Move the handovers to which nobody objected in time, and close those that make no sense any more."""

from celery import shared_task

from accounts.actors import SYSTEM
from accounts.services.handover_moves import settle_handovers
from tasks.runs import run_once


@shared_task(name="tasks.jobs.handovers.settle")
def settle() -> dict[str, int]:
    """One transaction a person.

    Safe twice: a part leaves its state once.
    """
    return run_once("handovers", lambda: settle_handovers(actor=SYSTEM))
