"""Destroy the documents of bilans whose day has come."""

from celery import shared_task
from django.utils import timezone

from accounts.actors import SYSTEM
from competences.services.destructions import destroy_due_documents
from tasks.runs import run_once


@shared_task(name="tasks.jobs.documents.destroy")
def destroy() -> dict[str, int]:
    """Erase bytes, then rows, and report how many of each kind.

    Safe twice: what is destroyed is not found again; a run that died goes on where it stopped.
    """
    return run_once(
        "documents:destroy", lambda: dict(destroy_due_documents(actor=SYSTEM, now=timezone.now()))
    )
