"""Make the files that people asked for, and remove them a day later."""

from collections import Counter

from celery import shared_task
from django.utils import timezone

from accounts.actors import SYSTEM
from competences.private_files import exports_folder
from competences.services.exports import build_next_export, remove_old_exports
from tasks.runs import run_once

FILES = 5  # a run ends before its time limit; the next one goes on


@shared_task(name="tasks.jobs.exports.build")
def build() -> dict[str, int]:
    """Make the files that wait, the oldest demand first.

    Safe twice: a file is taken by one worker, and put in its place whole.
    """
    return run_once("exports", _build)


def _build() -> Counter[str]:
    counts: Counter[str] = Counter()
    for _file in range(FILES):
        export = build_next_export(actor=SYSTEM, folder=exports_folder(), now=timezone.now())
        if export is None:
            break
        counts.update({str(export.state): 1, "rows": export.rows_done})
    return counts


@shared_task(name="tasks.jobs.exports.remove_old")
def remove_old() -> dict[str, int]:
    """Remove the files of more than a day.

    Safe twice: the second time finds nothing.
    """
    return run_once("exports:old", _remove_old)


def _remove_old() -> dict[str, int]:
    return {"files": remove_old_exports(actor=SYSTEM, folder=exports_folder(), now=timezone.now())}
