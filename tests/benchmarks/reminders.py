"""The daily run of reminders among a million people, against writing the same rows and nothing else.

Everybody has a wished rhythm of bilans; for a share of them its date is near. The floor
(tests/benchmarks/floor.py) writes the very messages that the run wrote. Ours and the floor run in turn, each
time into empty tables; medians. A second run, which has nothing to write, is shown too. Memory is that of a
process of its own, from its start, which does one run.
"""

import datetime as dt

from django.db import connection

from accounts.actors import SYSTEM
from accounts.models import Notification
from accounts.services.reminders import refresh_reminders
from tests.benchmarks import alone
from tests.benchmarks.floor import Floor
from tests.benchmarks.measures import Show, show_ratio, timed

PEOPLE = 1_000_000
SHARES = (0.001, 0.02, 0.1)
ON = dt.date(2026, 11, 24)
ROUNDS = 3
WRITTEN = Floor(Notification)

_PEOPLE = """
INSERT INTO accounts_user (public_id, password, email, name, language, is_superuser, is_active, is_staff,
    joined_at)
SELECT gen_random_uuid(), '!', 'personne-' || n || '@exemple.invalid', '', 'fr', false, true, false, now()
FROM generate_series(1, %(people)s) n
"""
_WORKERS = """
INSERT INTO accounts_worker (public_id, user_id) SELECT gen_random_uuid(), id FROM accounts_user ORDER BY id
"""
_PLANS = """
INSERT INTO competences_bilanplan (worker_id, last_on, rhythm_months, next_on, updated_at)
SELECT id, %(on)s::date - 700, 36, %(on)s::date + 200, now() FROM accounts_worker ORDER BY id
"""
# One person in so many, wherever their rows lie, with a date among the stages of the coming days.
_NEAR = """
UPDATE competences_bilanplan SET next_on = CASE WHEN worker_id %% %(one_in)s = 0
    THEN %(on)s::date + (worker_id / %(one_in)s %% 37)::int
    ELSE %(on)s::date + 200 + (worker_id %% 1000)::int END
"""


def bench(show: Show) -> None:
    """Prints the ratio, the time, the rows and the memory at each share of the people due."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE accounts_user CASCADE")
        for statement in (_PEOPLE, _WORKERS, _PLANS):
            cursor.execute(statement, {"people": PEOPLE, "on": ON})
    WRITTEN.make()
    try:
        for share in SHARES:
            with connection.cursor() as cursor:
                cursor.execute(_NEAR, {"one_in": round(1 / share), "on": ON})
                cursor.execute("VACUUM FULL ANALYZE competences_bilanplan")
                cursor.execute("VACUUM ANALYZE")
            _at_one_share(show, f"reminders among {PEOPLE:,} people, {share:.1%} due")
    finally:
        WRITTEN.drop()
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE accounts_user CASCADE")


def _at_one_share(show: Show, name: str) -> None:
    WRITTEN.empty()
    peak = alone.run("remind", on=ON.isoformat())["peak_mb"]
    counts = WRITTEN.keep_rows()
    pairs, again = [], []
    for _round in range(ROUNDS):
        WRITTEN.empty()
        ours, floor = timed(_refresh), timed(WRITTEN.write)
        assert WRITTEN.counts() == WRITTEN.counts("floor_") == counts
        pairs.append((ours, floor))
        again.append((timed(_refresh), floor))
        assert WRITTEN.counts() == counts
    show_ratio(show, name, pairs)
    show_ratio(show, f"{name}: a second run", again)
    show(f"{name}: messages", counts[0], "rows")
    show(f"{name}: peak memory of the process", peak, "MB")


def _refresh() -> None:
    refresh_reminders(actor=SYSTEM, kind="bilan_due", on=ON)
