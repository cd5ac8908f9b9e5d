"""A record taken away whole, and brought back: memory and time at 1,000 and at 10,000 statements.

The export is that of the job, in a process of its own from its start: the peak is the kernel's mark. Each
statement has three revisions. The floor of memory is the same export of ten statements: what the process
weighs by itself. That of time reads the same rows with three bare queries through a cursor of the server and
writes each as JSON.
"""

import datetime as dt
import json
import tempfile
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User, Worker
from competences.enums import ExportFormat, ExportKind
from competences.models import Export, SkillRevision, SkillStatement
from competences.record_parts import parts
from competences.services.exports import ask_export
from tests.benchmarks import alone
from tests.benchmarks.measures import Show, empty_references, timed
from tests.competences.reference_builder import Built

SIZES = (1_000, 10_000)
SMALL = 10
REVISIONS = 3
SINCE = dt.datetime(2025, 3, 3, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
MOST_GROWTH = 1.15
"""Ten times the statements may take that much more memory: the answers of the database, not the record."""


def bench(show: Show) -> None:
    """Prints time, memory, and how much memory ten times the statements take."""
    empty_references()
    built = Built("bench", "Bench")
    skills = [built.concept("skill", f"B{n}", f"Compétence numéro {n}") for n in range(max(SIZES))]
    _export(built, skills, SMALL)
    floor = _export(built, skills, SMALL)["peak_mb"]
    peaks = {}
    for size in SIZES:
        done = _export(built, skills, size)
        assert done["rows"] == size + 2 * len(list(parts)) + 2, "each entry, the ends of each part, of all"
        peaks[size] = done["peak_mb"]
        name = f"export of a record of {size:,} statements"
        show(f"{name}: peak memory of the process", done["peak_mb"], "MB", floor)
        show(f"{name}: time", done["seconds"], "s", timed(lambda: _bare(Worker.objects.latest("pk"))))
        show(f"{name}: size", done["size"] / 2**20, "MB")
        brought = done["brought"]
        name = f"record of {size:,} statements brought back"
        show(f"{name}: peak memory of the process", brought["peak_mb"], "MB", floor)
        show(f"{name}: sent and read", brought["sending"], "s")
        show(f"{name}: put back", brought["restoring"], "s")
    show("memory of ten times the statements", peaks[SIZES[1]] / peaks[SIZES[0]], "ratio", MOST_GROWTH)


def _export(built: Built, skills: list, size: int) -> dict:
    """Has the whole record of a new person made, alone; what it took."""
    user = User.objects.create_user(f"bench{size}-{User.objects.count()}@example.org")
    with transaction.atomic():
        _fill(built, user, skills[:size])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    export = ask_export(
        actor=user,
        worker=user.worker,
        kind=ExportKind.RECORD,
        format=ExportFormat.JSON,
        language="fr",
        parameters={},
        now=timezone.now(),
    )
    with tempfile.TemporaryDirectory() as folder:
        done = alone.run("export", folder=folder)
        made = Export.objects.get(pk=export.pk)
        assert made.state == "done"
        [file] = (path for path in Path(folder).rglob("*") if path.is_file())
        brought = _bring_back(user, file)
    return {**done, "rows": made.rows_done, "size": made.size, "brought": brought}


def _bring_back(user: User, file: Path) -> dict:
    """Empties the record, then has it put back from its file, alone; what it took."""
    statements = SkillStatement.objects.filter(worker=user.worker)
    number = statements.count()
    statements.delete()
    done = alone.run("bring", path=str(file.rename(file.with_name(f"record-{user.worker.public_id.hex}"))))
    assert statements.count() == number
    return done


def _fill(built: Built, user: User, skills: list) -> None:
    edition = built.editions["2"]
    statements = SkillStatement.objects.bulk_create(
        (
            SkillStatement(
                worker=user.worker, concept=skill, edition=edition, author=user, declared_at=SINCE, version=3
            )
            for skill in skills
        ),
        batch_size=2_000,
    )
    SkillRevision.objects.bulk_create(
        (
            SkillRevision(
                statement=statement,
                level=number + 1,
                sources=["job"],
                context="dans mon atelier",
                confirmed_on=SINCE.date(),
                start_at=SINCE + DAY * number,
                end_at=SINCE + DAY * (number + 1) if number + 1 < REVISIONS else None,
            )
            for statement in statements
            for number in range(REVISIONS)
        ),
        batch_size=5_000,
    )


def _bare(worker: Worker) -> int:
    """The rows of a record, read and written as JSON without a thought."""
    statements = SkillStatement.objects.filter(worker=worker)
    written = 0
    for rows in (
        statements.values(),
        SkillRevision.objects.filter(statement__worker=worker).values(),
        statements.values("concept__external_id", "concept__revisions__label"),
    ):
        for row in rows.iterator(500):
            written += len(json.dumps(row, default=str))
    return written
