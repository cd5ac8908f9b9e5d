"""Read the editions that people sent, apply those they asked for, and drop what was kept long enough."""

import time

from celery import shared_task
from django.utils import timezone

from accounts.actors import SYSTEM
from competences.queries.uploads import pending_uploads
from competences.services.uploads import process_upload, prune_uploads
from tasks.runs import run_once

SECONDS = 60  # after which a run leaves the rest to the next: its time limit is for one import


@shared_task(name="tasks.jobs.uploads.process")
def process() -> dict[str, int]:
    """Take each upload that waits, one after the other; one that fails stops no other.

    Safe twice: an upload is taken by one worker at a time, and what is imported already is not again.
    """
    started = time.monotonic()
    counts: dict[str, int] = {}
    failures = []
    for pk, public_id in pending_uploads():
        if time.monotonic() - started > SECONDS:
            break
        try:
            done = process_one(pk, str(public_id))
        except Exception as error:
            failures.append(error)
        else:
            counts = {name: counts.get(name, 0) + done.get(name, 0) for name in {*counts, *done}}
    if failures:
        raise ExceptionGroup("Some uploads failed.", failures)
    return counts


def process_one(pk: int, public_id: str) -> dict[str, int]:
    """The same for one upload."""
    return run_once(f"upload:{public_id}", lambda: process_upload(actor=SYSTEM, upload_id=pk))


@shared_task(name="tasks.jobs.uploads.clean_up")
def clean_up() -> dict[str, int]:
    """Drop the files of uploads that ended, or that nobody applied, a month ago.

    Safe twice: the second time finds nothing.
    """
    return run_once("uploads:clean-up", lambda: prune_uploads(actor=SYSTEM, now=timezone.now()))
