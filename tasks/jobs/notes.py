"""Erase the notes of advisers that were kept long enough."""

from celery import shared_task
from django.utils import timezone

from accounts.actors import SYSTEM
from competences.services.notes import destroy_notes
from tasks.runs import run_once


@shared_task(name="tasks.jobs.notes.destroy")
def destroy() -> dict[str, int]:
    """Erase what is due today, and the private notes that nobody can read any more.

    Safe twice: the second time finds none.
    """
    return run_once("notes", lambda: destroy_notes(actor=SYSTEM, on=timezone.localdate()))
