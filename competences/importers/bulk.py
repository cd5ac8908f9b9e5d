"""Writing many rows at once: COPY, and foreign keys checked together rather than row by row.

docs/adr/0006-bulk-writes.md says why, and what it takes.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from django.db import IntegrityError, connection
from psycopg.copy import QueuedLibpqWriter

CHUNK = 2_000
NULL = r"\N"

ForeignKeys = Mapping[str, Mapping[str, str]]
"""For each table, the table that each of its columns points to (by `id`)."""


def copy_rows(target: str, lines: Iterable[str]) -> None:
    """COPY of lines already in COPY's text form into `target`, a table and its columns.

    Lines are built while a thread sends those that are ready, and the server writes them.
    """
    with connection.cursor() as wrapped:
        cursor = wrapped.cursor  # Django's own wrapper, in development, takes no writer
        with cursor.copy(f"COPY {target} FROM STDIN", writer=QueuedLibpqWriter(cursor)) as copy:
            batch: list[str] = []
            for line in lines:
                batch.append(line)
                if len(batch) == CHUNK:
                    copy.write("".join(batch))
                    batch.clear()
            copy.write("".join(batch))


def text(value: str) -> str:
    """A text as COPY reads it."""
    if value.isprintable() and "\\" not in value:
        return value
    escaped = value.replace("\\", r"\\").replace("\n", r"\n")
    return escaped.replace("\t", r"\t").replace("\r", r"\r")


PLANNED_ON = (
    "competences_concept (reference_id, kind)",
    "competences_conceptrevision (concept_id, since, until)",
    "competences_conceptlink (source_id, target_id, kind, since, until)",
    "competences_change (edition_id, kind, concept_kind, concept_id, other_id)",
)
"""The columns by which rows are joined and chosen: those of texts are long to sample."""

SAMPLED = 30
"""The statistics target of that sample, a third of the usual: what the planner needs is how many rows there
are. PostgreSQL samples in full on its own time, within a minute, as after any large change of a table."""


def analyse() -> None:
    """Tells the planner what the tables hold now: the next edition may come before anything else does.

    Without it, the reading of a reference that was just imported was seen to take minutes.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL default_statistics_target = {SAMPLED}")
        cursor.execute(f"ANALYZE {', '.join(PLANNED_ON)}")
        cursor.execute("RESET default_statistics_target")


@contextmanager
def checked_together(foreign_keys: ForeignKeys) -> Iterator[None]:
    """Within it, the rows added to these tables are checked against their foreign keys once, at the end.

    PostgreSQL checks a foreign key row by row, and that is half the time of a large import. Where this
    role may (docs/operations.md), the row checks are put off and one query a table makes them all;
    elsewhere they stay. The caller holds the lock that keeps rows pointed to from going.

    Raises IntegrityError when a row points to nothing: the transaction then writes nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_parameter_privilege('session_replication_role', 'SET')")
        if not cursor.fetchone()[0]:
            yield
            return
        last = _last_rows(cursor, foreign_keys)
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        # A table that was empty when it was last vacuumed is taken for one row: by nested loops, hours.
        cursor.execute("SET LOCAL session_replication_role = origin; SET LOCAL enable_nestloop = off")
        _check(cursor, foreign_keys, last)
        cursor.execute("SET LOCAL enable_nestloop = on")


def _last_rows(cursor, tables: Iterable[str]) -> dict[str, int]:
    """The highest id of each table, 0 for an empty one."""
    of_each = ", ".join(f"(SELECT coalesce(max(id), 0) FROM {table})" for table in tables)  # noqa: S608 - names of ours
    cursor.execute(f"SELECT {of_each}")
    return dict(zip(tables, cursor.fetchone(), strict=True))


def _check(cursor, foreign_keys: ForeignKeys, last: Mapping[str, int]) -> None:
    """One question for each table that is pointed to: which columns of rows after `last` miss their row?"""
    pointers: dict[str, list[str]] = defaultdict(list)
    for table, newest in _last_rows(cursor, foreign_keys).items():
        if newest > last[table]:
            for column, pointed in foreign_keys[table].items():
                pointers[pointed].append(
                    f"SELECT '{table}.{column}' place, {column} id FROM {table}"  # noqa: S608 - names of ours
                    f" WHERE id > {last[table]} AND {column} IS NOT NULL"
                )
    for pointed, added in pointers.items():
        cursor.execute(
            f"SELECT place, count(*) FROM ({' UNION ALL '.join(added)}) added"  # noqa: S608 - names of ours
            f" WHERE NOT EXISTS (SELECT FROM {pointed} WHERE id = added.id) GROUP BY place"
        )
        if dangling := cursor.fetchall():
            told = ", ".join(f"{number} of {place}" for place, number in dangling)
            raise IntegrityError(f"rows that point to no row of {pointed}: {told}")
