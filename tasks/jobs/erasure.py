"""Erase the accounts whose day has come, and warn those that nobody uses."""

from celery import shared_task
from django.utils import timezone

from accounts.actors import SYSTEM
from accounts.services.erasure import erase_due_accounts, warn_inactive
from tasks.runs import run_once


@shared_task(name="tasks.jobs.erasure.erase")
def erase() -> dict[str, int]:
    """Erase accounts, one transaction each, and report how many accounts, rows and files.

    Safe twice: an account that is erased is not found again; a run that died goes on where it stopped.
    """
    return run_once("erasure", _erase)


def _erase() -> dict[str, int]:
    now = timezone.now()
    warned = warn_inactive(actor=SYSTEM, now=now)
    return {"warned": warned, **erase_due_accounts(actor=SYSTEM, now=now)}
