"""How a job runs: alone under its key, with a line in the journal."""

import logging
import traceback
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from accounts.locks import LockSpace, hold_if_free
from tasks.models import RunState, TaskRun

logger = logging.getLogger(__name__)

#: How long the journal is kept.
KEPT = timedelta(days=90)


def run_once(key: str, work: Callable[[], Mapping[str, int]]) -> dict[str, int]:
    """Do the work unless another process is doing the work of this key, and write it in the journal.

    The lock goes with the connection of its process, so that a killed run blocks nobody: the next one finds
    its line still open and closes it as abandoned. Of the runs that found nothing to do only the last stays,
    and so it is with failures of one cause in a row, which are counted.

    Args:
        key: name of the job, and of its part when parts may run side by side ("reminders:bilan").
        work: calls services, answers how many things it did, by name.

    Returns:
        The counts; {} when another process was at it.
    """
    with hold_if_free(LockSpace.JOBS, key) as is_held:
        if not is_held:
            logger.info("%s is already running elsewhere.", key)
            return {}
        _close_abandoned(key)
        run = TaskRun.objects.create(key=key)
        try:
            counts = dict(work())
        except BaseException as error:
            _fail(run, where(error))
            raise
        _finish(run, RunState.DONE, counts, "")
    return counts


def where(error: BaseException) -> str:
    """The kind of an error and its place in our code: its words, which may hold a person's data, stay out."""
    root = str(settings.BASE_DIR)
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.startswith(root) and ".venv" not in frame.filename
    ]
    if not frames:
        return type(error).__name__
    last = frames[-1]
    place = f"{Path(last.filename).relative_to(root)}:{last.lineno} ({last.name})"
    return f"{type(error).__name__} at {place}"[:300]


def prune_runs(older_than: timedelta = KEPT) -> int:
    """Delete the lines of the journal older than this; say how many. Safe to run twice."""
    deleted, _by_model = TaskRun.objects.finished_before(timezone.now() - older_than).delete()
    return deleted


def _close_abandoned(key: str) -> None:
    closed = TaskRun.objects.running().filter(key=key)
    if count := closed.update(state=RunState.ABANDONED, finished_at=timezone.now()):
        logger.warning("%s: %s run(s) ended without a word.", key, count)


def _fail(run: TaskRun, error: str) -> None:
    before = TaskRun.objects.filter(key=run.key).exclude(pk=run.pk).first()
    in_a_row = 1
    if before is not None and before.state == RunState.FAILED and before.error == error:
        in_a_row += before.counts["in_a_row"]
        before.delete()
    _finish(run, RunState.FAILED, {"in_a_row": in_a_row}, error)


def _finish(run: TaskRun, state: RunState, counts: dict[str, int], error: str) -> None:
    run.state, run.counts, run.error = state, counts, error
    run.finished_at = max(timezone.now(), run.started_at)  # clocks may be set back
    run.is_quiet = state == RunState.DONE and not any(counts.values())
    run.save()
    if run.is_quiet:
        TaskRun.objects.quiet().filter(key=run.key).exclude(pk=run.pk).delete()
    elif state == RunState.DONE:
        logger.info("%s: %s", run.key, counts)
