"""Erase the files of evidence that nobody has any more."""

from celery import shared_task
from django.utils import timezone

from accounts.actors import SYSTEM
from competences.services.evidence_files import sweep_files
from tasks.runs import run_once


@shared_task(name="tasks.jobs.evidence.sweep")
def sweep() -> dict[str, int]:
    """Erase the files that no row knows: their account went, or a process died while receiving them.

    Safe twice: the second time finds nothing.
    """
    return run_once("evidence:sweep", lambda: {"swept": sweep_files(actor=SYSTEM, now=timezone.now())})
