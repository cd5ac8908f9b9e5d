"""Throw away what is no longer to be kept."""

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from accounts.actors import SYSTEM
from accounts.services.openings import prune_openings
from tasks.runs import prune_runs, run_once


@shared_task(name="tasks.jobs.housekeeping.clean_up")
def clean_up() -> dict[str, int]:
    """Delete the access log older than a year, the journal older than 90 days, and sessions that ended.

    Safe twice: the second time finds nothing.
    """
    return run_once("housekeeping", _clean_up)


def _clean_up() -> dict[str, int]:
    call_command("clearsessions")
    return {"openings": prune_openings(actor=SYSTEM, now=timezone.now()), "runs": prune_runs()}
