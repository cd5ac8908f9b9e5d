"""One piece of work in a process of its own, for its peak memory and a fresh start.

`python -m tests.benchmarks.alone assess '{}'`, `… import '{"format": …, "paths": […]}'` or
`… export '{"folder": …}'`, `… bring '{"path": …}'`, `… remind '{"on": …}'` prints one JSON object.
"""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit


def run(work: str, **arguments: object) -> dict[str, Any]:
    """Does the work on the database of the bench: its `seconds`, its `peak_mb` and what it counted."""
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-m", "tests.benchmarks.alone", work, json.dumps(arguments)],
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def environment() -> dict[str, str]:
    """That of a process on the database of the bench."""
    from django.conf import settings
    from django.db import connection

    database = urlsplit(settings.DATABASE_URL)._replace(path=f"/{connection.settings_dict['NAME']}")
    return os.environ | {
        "DATABASE_URL": urlunsplit(database),
        "REDIS_URL": settings.REDIS_URL,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
    }


def _assess() -> dict[str, Any]:
    from accounts.actors import SYSTEM
    from competences.services.risks import assess_waiting_editions

    return assess_waiting_editions(actor=SYSTEM, limit=1)


def _import(
    format: str, paths: list[str], number: str | None = None, slug: str | None = None, apply: bool = True
) -> dict[str, Any]:
    from accounts.actors import SYSTEM
    from competences.importers.base import Claim
    from competences.services.references import import_edition

    report = import_edition(
        actor=SYSTEM,
        format=format,
        paths=[Path(path) for path in paths],
        slug=slug,
        claim=Claim(number=number),
        apply=apply,
    )
    return report.as_dict()


def _export(folder: str) -> dict[str, Any]:
    from django.utils import timezone

    from accounts.actors import SYSTEM
    from competences.services.exports import build_next_export

    made = build_next_export(actor=SYSTEM, folder=Path(folder), now=timezone.now())
    return {"state": str(made.state)}


def _bring(path: str) -> dict[str, Any]:
    """Sends the record of its person and puts it back, as their two requests do."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from accounts.models import Worker
    from competences.services.record_imports import send_import
    from competences.services.record_restores import restore_record

    content = Path(path).read_bytes()
    worker = Worker.objects.select_related("user").get(public_id=path.rpartition("-")[2])
    started = time.perf_counter()
    made = send_import(actor=worker.user, worker=worker, file=SimpleUploadedFile("dossier.json", content))
    sent = time.perf_counter()
    restore_record(actor=worker.user, record_import=made)
    return {"sending": sent - started, "restoring": time.perf_counter() - sent}


def _remind(on: str) -> dict[str, Any]:
    from datetime import date

    from accounts.actors import SYSTEM
    from accounts.services.reminders import refresh_reminders

    return refresh_reminders(actor=SYSTEM, kind="bilan_due", on=date.fromisoformat(on)).as_dict()


def _peak_mb() -> float:
    """The kernel's own mark for this program; `ru_maxrss` starts from the size of whoever launched it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s*(\d+) kB", status)[1]) / 1024


if __name__ == "__main__":
    import django

    django.setup()
    # Loading the code is the start of the process, and not the work.
    from competences.services import record_restores, references, risks  # noqa: F401

    started = time.perf_counter()
    works = {"assess": _assess, "bring": _bring, "export": _export, "import": _import, "remind": _remind}
    result = works[sys.argv[1]](**json.loads(sys.argv[2]))
    measured = {"seconds": time.perf_counter() - started, "peak_mb": _peak_mb()}
    sys.stdout.write(json.dumps(result | measured))
