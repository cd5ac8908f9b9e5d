"""What an edition does to a million declared skills, against writing the same rows and nothing else.

The floor is hand-written SQL, one INSERT … SELECT a table: the very rows of flags and messages that the
assessment wrote, from a bare table where they are already worked out, into tables with the same columns,
checks, keys, indexes and foreign keys, in one transaction that ends, foreign keys checked. Ours and the
floor run in turn, each time into empty tables; medians. Memory is that of a process of its own, from its
start, which does one assessment.
"""

import random
from collections.abc import Sequence

from django.db import connection, transaction

from accounts.actors import SYSTEM
from accounts.models import Notification
from competences.enums import ImpactState
from competences.models import Edition, RiskFlag
from competences.services.references import rewrite_changes
from competences.services.risks import assess_waiting_editions
from tests.benchmarks import alone, population
from tests.benchmarks.measures import Show, empty_references, show_ratio, timed

SHARES = {"2": 0.01, "3": 0.05, "4": 0.20}
ROUNDS = 3
WRITTEN = ("competences_riskflag", "accounts_notification")


def bench(show: Show) -> None:
    """Prints the ratio, the time and the memory at each share of the statements touched."""
    empty_references()
    people = population.load()
    skills = [skill for skill, count in people.declared.items() if count]
    random.Random(5).shuffle(skills)  # noqa: S311 - figures, not secrets
    before = people.reference.editions.get()
    _make_floor()
    try:
        for number, share in SHARES.items():
            edition = population.next_edition(people, number, share, skills)
            with transaction.atomic():
                rewrite_changes(edition, before)
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE")
            _at_one_share(show, edition, f"impact on 1,000,000 skills, {share:.0%} touched")
            before = edition
    finally:
        _drop_floor()


def _at_one_share(show: Show, edition: Edition, name: str) -> None:
    _start_again(edition)
    peak = alone.run("assess")["peak_mb"]
    counts = _keep_rows()
    pairs = []
    for _round in range(ROUNDS):
        _start_again(edition)
        ours = timed(lambda: assess_waiting_editions(actor=SYSTEM, limit=1))
        assert _counts(WRITTEN) == counts
        pairs.append((ours, timed(_floor)))
        assert _counts([f"floor_{table}" for table in WRITTEN]) == counts
    show_ratio(show, name, pairs)
    show(f"{name}: flags", counts[0], "rows")
    show(f"{name}: messages", counts[1], "rows")
    show(f"{name}: peak memory of the process", peak, "MB")


def _start_again(edition: Edition) -> None:
    """Nothing was assessed: no flag, no proposal, no message."""
    with connection.cursor() as cursor:
        tables = ", ".join((*WRITTEN, *(f"floor_{table}" for table in WRITTEN)))
        cursor.execute(f"TRUNCATE competences_successorproposal, {tables}")
    Edition.objects.filter(pk=edition.pk).update(impact=ImpactState.WAITING)


def _counts(tables: Sequence[str]) -> list[int]:
    with connection.cursor() as cursor:
        found = []
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - names of ours
            found.append(cursor.fetchone()[0])
        return found


# The floor -------------------------------------------------------------------------------------------------


def _make_floor() -> None:
    with connection.cursor() as cursor:
        for table in WRITTEN:
            cursor.execute(f"CREATE TABLE floor_{table} (LIKE {table} INCLUDING ALL)")
            cursor.execute(
                "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
                " WHERE conrelid = %s::regclass AND contype = 'f'",
                [table],
            )
            for (foreign_key,) in cursor.fetchall():
                cursor.execute(f"ALTER TABLE floor_{table} ADD {foreign_key}")


def _drop_floor() -> None:
    with connection.cursor() as cursor:
        for table in WRITTEN:
            cursor.execute(f"DROP TABLE IF EXISTS floor_{table}, rows_{table}")


def _keep_rows() -> list[int]:
    """Keeps the rows that were written in bare tables, in the order in which they were written."""
    with connection.cursor() as cursor:
        for table in WRITTEN:
            cursor.execute(f"DROP TABLE IF EXISTS rows_{table}")
            cursor.execute(f"CREATE TABLE rows_{table} AS SELECT * FROM {table} ORDER BY id")  # noqa: S608
            cursor.execute(f"VACUUM ANALYZE rows_{table}")
    return _counts(WRITTEN)


def _columns(table: str) -> list[str]:
    """Those that the statements of the house fill: the id and the public one are made anew."""
    [model] = [m for m in (RiskFlag, Notification) if m._meta.db_table == table]
    return [f.column for f in model._meta.concrete_fields if f.column not in ("id", "public_id")]


def _floor() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for table in WRITTEN:
            columns = ", ".join(_columns(table))
            cursor.execute(
                f"INSERT INTO floor_{table} (public_id, {columns})"  # noqa: S608 - names of ours
                f" SELECT gen_random_uuid(), {columns} FROM rows_{table}"
            )
