"""Write, and call off, the reminders of every registered kind."""

from celery import shared_task
from django.utils import timezone

from accounts import reminders
from accounts.actors import SYSTEM
from accounts.services.reminders import refresh_reminders
from tasks.runs import run_once


@shared_task(name="tasks.jobs.reminders.refresh")
def refresh() -> dict[str, dict[str, int]]:
    """Make the outbox look like what is due today, kind by kind; a kind that fails stops no other.

    Safe twice: what is there stays, what is missing comes.
    """
    counts, failures = {}, []
    for kind in reminders.kinds():
        try:
            counts[kind.name] = refresh_kind(kind.name)
        except Exception as error:
            failures.append(error)
    if failures:
        raise ExceptionGroup("Some kinds of reminders failed.", failures)
    return counts


def refresh_kind(name: str) -> dict[str, int]:
    """The same for one kind."""
    on = timezone.localdate()
    return run_once(f"reminders:{name}", lambda: refresh_reminders(actor=SYSTEM, kind=name, on=on).as_dict())
