"""Throw away what is no longer to be kept."""

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from accounts.actors import SYSTEM
from accounts.services.mandate_requests import prune_mandate_requests
from accounts.services.openings import prune_openings
from accounts.services.shares import prune_shares
from tasks.runs import prune_runs, run_once


@shared_task(name="tasks.jobs.housekeeping.clean_up")
def clean_up() -> dict[str, int]:
    """Delete the access log older than a year, old mandate requests without a yes, shares over for a year,
    the journal older than 90 days, and sessions that ended.

    Safe twice: the second time finds nothing.
    """
    return run_once("housekeeping", _clean_up)


def _clean_up() -> dict[str, int]:
    call_command("clearsessions")
    now = timezone.now()
    return {
        "openings": prune_openings(actor=SYSTEM, now=now),
        "mandate_requests": prune_mandate_requests(actor=SYSTEM, now=now),
        "shares": prune_shares(actor=SYSTEM, now=now),
        "runs": prune_runs(),
    }
