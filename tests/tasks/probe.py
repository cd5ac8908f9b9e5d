"""A slow task for the tests of the worker itself: it leaves a line in the journal."""

import time

from celery import shared_task

from tasks.runs import run_once


@shared_task(name="tests.probe")
def probe(number: int, seconds: float) -> dict[str, int]:
    """Sleep, then be written as done under a key that holds the number. Safe twice, like every job."""

    def work() -> dict[str, int]:
        time.sleep(seconds)
        return {"numbers": 1}

    return run_once(f"probe:{number}", work)
