"""Ten yearly editions of a reference of ROME's size, 2 % of the rows of each kind changed a year.

Made-up files in the official layout, read by the real importer, each import in a process of its own. Two
questions: how much larger the stored history is than its first edition, and whether an import grows slower
as history grows. The floor of the rows is what the first edition wrote; that of the tenth import is the
second, the first that had an edition to compare with. The ten are imported several times over from nothing
and the fastest time of each counts: other work on the machine can only add to it.
"""

import tempfile
from pathlib import Path

from django.db import connection

from tests.benchmarks import alone
from tests.benchmarks.measures import Show, empty_references
from tests.benchmarks.rome_like import RomeLike

YEARS, ROUNDS = 10, 3
STORED = ("concept", "conceptrevision", "conceptlink")


def bench(show: Show) -> None:
    """Prints the rows that ten editions hold over the first one's, and the tenth import over the second."""
    with tempfile.TemporaryDirectory() as place:
        folders = _write(Path(place))
        rounds = []
        for _round in range(ROUNDS):
            empty_references()
            seconds, rows = zip(*(_import(folder) for folder in folders), strict=True)
            rounds.append(seconds)
    first, last = rows[0], rows[-1]
    floor = sum(first[table] for table in STORED)
    show("rows after ten editions", sum(last[table] for table in STORED) / floor, "ratio", floor)
    for table in STORED:
        show(f"rows after ten editions, {table}", last[table] / first[table], "ratio", first[table])
    show("rows after ten editions, change, apart", last["change"], "rows")
    fastest = [min(times) for times in zip(*rounds, strict=True)]
    show("import of the tenth edition over the second's", fastest[-1] / fastest[1], "ratio", fastest[1])
    for year, spent in enumerate(fastest, 1):
        show(f"import of made-up edition {year}", spent, "s")


def _write(place: Path) -> list[Path]:
    """The files of each edition, in a folder named by its number."""
    made = RomeLike()
    folders = []
    for year in range(1, YEARS + 1):
        folder = place / str(year)
        folder.mkdir()
        made.write(folder, year)
        made.turn_the_year()
        folders.append(folder)
    return folders


def _import(folder: Path) -> tuple[float, dict[str, int]]:
    """Seconds, and the rows of each table afterwards."""
    done = alone.run("import", format="rome", paths=[str(folder)], slug="made-up-rome")
    assert (done["edition"], done["applied"]) == (folder.name, True)
    return done["seconds"], {table: _count(table) for table in (*STORED, "change")}


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM competences_{table}")  # noqa: S608 - names of ours
        return cursor.fetchone()[0]
