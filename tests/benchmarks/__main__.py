"""`python -m tests.benchmarks`: speed and memory, as ratios to a floor measured in the same run.

Works in a database of its own, made and dropped here. Prints one JSON line a figure. The imports need
../shared/data and are left out, with a word, where it is absent.
"""

import csv
import io
import json
import os
import statistics
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

import django

django.setup()

from django.db import connection  # noqa: E402 — Django must be set up first
from django.test.runner import DiscoverRunner  # noqa: E402

from accounts.actors import SYSTEM  # noqa: E402
from competences.queries.search import search  # noqa: E402
from competences.services.references import import_edition  # noqa: E402
from tests.benchmarks import api  # noqa: E402

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "rome"
QUERIES = (
    "developpeur web",
    "comunity manager",
    "tableur",
    "cybersecurite",
    "c++",
    "aide a domicile",
    "comptbale",
)
TABLES = (
    "competences_concept",
    "competences_conceptrevision",
    "competences_conceptlink",
    "competences_change",
)


def show(name: str, value: float, unit: str, floor: float | None = None) -> None:
    line = {"name": name, "value": round(value, 3), "unit": unit}
    if floor is not None:
        line["floor"] = round(floor, 3)
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def read_all(path: Path) -> None:
    """The floor's reading: every table of the archive with the csv module, nothing kept."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith(".csv"):
                text = archive.read(name).decode("utf-8", "replace")
                for _row in csv.reader(io.StringIO(text, newline="")):
                    pass


def copy_bare(since: int) -> float:
    """Seconds to COPY the rows that the import just wrote into bare tables without any index."""
    spent = 0.0
    with connection.cursor() as cursor:
        for table in TABLES:
            condition = {"competences_conceptrevision": "since", "competences_conceptlink": "since"}.get(
                table
            )
            rows = f"SELECT * FROM {table}" + (f" WHERE {condition} = {since}" if condition else "")  # noqa: S608
            with cursor.copy(f"COPY ({rows}) TO STDOUT") as source:
                content = b"".join(bytes(block) for block in source)
            cursor.execute(f"CREATE TABLE bare AS SELECT * FROM {table} LIMIT 0")  # noqa: S608
            started = time.perf_counter()
            with cursor.copy("COPY bare FROM STDIN") as target:
                target.write(content)
            spent += time.perf_counter() - started
            cursor.execute("DROP TABLE bare")
    return spent


def bench_imports() -> None:
    memory = 0.0
    for version in (458, 460):
        path = DATA / f"rome_v{version}_csv_utf8.zip"
        report = None

        def run(path: Path = path) -> None:
            nonlocal report
            report = import_edition(actor=SYSTEM, format="rome", paths=[path], apply=True)

        spent = timed(run)
        floor = timed(lambda path=path: read_all(path)) + copy_bare(report.edition.position)
        show(f"import ROME v{version}, parse to commit", spent / floor, "ratio", floor)
        show(f"import ROME v{version}", spent, "s")
        memory = report.as_dict()["peak_memory_mb"]
    show("peak memory of the imports", memory, "MB")
    show(
        "the same archive again",
        timed(lambda: import_edition(actor=SYSTEM, format="rome", paths=[path])),
        "s",
    )


def bench_search() -> None:
    search("premier")  # loads the vocabulary
    times = sorted(timed(lambda text=text: search(text)) for text in QUERIES for _round in range(20))
    show("search on ROME, median", statistics.median(times) * 1000, "ms")
    show("search on ROME, 95th percentile", times[int(len(times) * 0.95)] * 1000, "ms")


def main() -> None:
    if not DATA.is_dir():
        sys.stderr.write("../shared/data is not beside the checkout: nothing to measure on.\n")
        return
    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        bench_imports()
        bench_search()
        api.bench(show)
    finally:
        runner.teardown_databases(databases)


main()
