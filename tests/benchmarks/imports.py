"""The imports of the real ROME and ESCO, from the bytes on disk to the end of the transaction.

The floor: read every CSV file of the same archives with the csv module and keep nothing, then COPY the very
rows that the import wrote, from bytes in memory, into bare tables of the same server, without key, index or
check. Every import runs in a process of its own, which gives its peak memory; floor and import run in turn
and figures are medians. What is timed is the import alone, without the start of that process.
"""

import csv
import io
import zipfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from django.db import connection

from competences.models import Edition, Reference
from tests.benchmarks import alone
from tests.benchmarks.measures import Show, empty_references, show_ratio, timed

DATA = Path(__file__).parents[2].parent / "shared" / "data"
ROUNDS = 3
BARE = {
    "competences_concept": "reference_id = %(reference)s AND id > %(last)s",
    "competences_conceptrevision": "since = %(here)s AND concept_id IN (SELECT id FROM concepts)",
    "competences_conceptlink": "since = %(here)s AND source_id IN (SELECT id FROM concepts)",
    "competences_change": "edition_id = %(edition)s",
}
"""The tables that an import fills, and which of their rows it wrote."""


class Published(NamedTuple):
    """An edition as its producer publishes it."""

    name: str
    format: str
    paths: list[Path]
    number: str | None = None


def published() -> list[Published]:
    """The real editions, in the order in which they are imported; none where ../shared/data is absent."""
    if not DATA.is_dir():
        return []
    rome = [
        Published(f"ROME {number}", "rome", [DATA / "rome" / f"rome_v4{number}_csv_utf8.zip"])
        for number in (58, 60)
    ]
    esco = sorted((DATA / "esco").glob("ESCO dataset - v1.1.1*.zip"))
    return [*rome, Published("ESCO 1.1.1", "esco", esco, "1.1.1")]


def load_real() -> None:
    """Imports the editions that are not there yet: for the benches that read them."""
    known = set(Reference.objects.values_list("slug", flat=True))
    for edition in published():
        if edition.format not in known:
            _import(edition)


def bench(show: Show) -> None:
    """Prints ratios and peaks of each import, and what the last archive costs when it comes again."""
    pairs: dict[str, list[tuple[float, float]]] = {edition.name: [] for edition in published()}
    peaks = dict.fromkeys(pairs, 0.0)
    again = []
    for _round in range(ROUNDS):
        empty_references()
        for edition in published():
            last = _last_concept()
            done = _import(edition)
            floor = timed(partial(read_all, edition.paths)) + copy_bare(edition.format, last)
            pairs[edition.name].append((done["seconds"], floor))
            peaks[edition.name] = max(peaks[edition.name], done["peak_mb"])
            again.append(_import(edition))
            assert again[-1]["already_imported"]
    for name, rounds in pairs.items():
        show_ratio(show, f"import of {name}", rounds)
        show(f"import of {name}: peak memory of the process", peaks[name], "MB")
    if again:
        show("the same archives again, the slowest", max(done["seconds"] for done in again), "s")


def _import(edition: Published) -> dict[str, float]:
    paths = [str(path) for path in edition.paths]
    return alone.run("import", format=edition.format, paths=paths, number=edition.number)


def _last_concept() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM competences_concept")
        return cursor.fetchone()[0]


def read_all(paths: Sequence[Path]) -> None:
    """The floor's reading: every table of the archives with the csv module, nothing kept."""
    for path in paths:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.endswith(".csv"):
                    text = archive.read(name).decode("utf-8", "replace")
                    for _row in csv.reader(io.StringIO(text, newline="")):
                        pass


def copy_bare(slug: str, last: int) -> float:
    """Seconds to COPY the rows that the newest import wrote into bare tables; `last`: the last concept
    before it."""
    edition = Edition.objects.in_history().filter(reference__slug=slug).last()
    values = {
        "reference": edition.reference_id,
        "edition": edition.pk,
        "here": edition.position,
        "last": last,
    }
    concepts = "WITH concepts AS (SELECT id FROM competences_concept WHERE reference_id = %(reference)s)"
    spent = 0.0
    with connection.cursor() as cursor:
        for table, written in BARE.items():
            rows = f"COPY ({concepts} SELECT * FROM {table} WHERE {written}) TO STDOUT"  # noqa: S608
            with cursor.copy(rows, values) as source:
                content = b"".join(bytes(block) for block in source)
            cursor.execute(f"CREATE TABLE bare AS SELECT * FROM {table} LIMIT 0")  # noqa: S608
            spent += timed(partial(_copy, cursor, content))
            cursor.execute("DROP TABLE bare")
    return spent


def _copy(cursor, content: bytes) -> None:
    with cursor.copy("COPY bare FROM STDIN") as target:
        target.write(content)
