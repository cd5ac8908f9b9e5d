"""What an edition does to a million declared skills, against writing the same rows and nothing else.

The floor (tests/benchmarks/floor.py) writes the very rows of flags and messages that the assessment wrote.
Ours and the floor run in turn, each time into empty tables; medians. Memory is that of a process of its own,
from its start, which does one assessment.
"""

import random

from django.db import connection, transaction

from accounts.actors import SYSTEM
from accounts.models import Notification
from competences.enums import ImpactState
from competences.models import Edition, RiskFlag
from competences.services.references import rewrite_changes
from competences.services.risks import assess_waiting_editions
from tests.benchmarks import alone, population
from tests.benchmarks.floor import Floor
from tests.benchmarks.measures import Show, empty_references, show_ratio, timed

SHARES = {"2": 0.01, "3": 0.05, "4": 0.20}
ROUNDS = 3
WRITTEN = Floor(RiskFlag, Notification)


def bench(show: Show) -> None:
    """Prints the ratio, the time and the memory at each share of the statements touched."""
    empty_references()
    people = population.load()
    skills = [skill for skill, count in people.declared.items() if count]
    random.Random(5).shuffle(skills)  # noqa: S311 - figures, not secrets
    before = people.reference.editions.get()
    WRITTEN.make()
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
        WRITTEN.drop()


def _at_one_share(show: Show, edition: Edition, name: str) -> None:
    _start_again(edition)
    peak = alone.run("assess")["peak_mb"]
    counts = WRITTEN.keep_rows()
    pairs = []
    for _round in range(ROUNDS):
        _start_again(edition)
        ours = timed(lambda: assess_waiting_editions(actor=SYSTEM, limit=1))
        assert WRITTEN.counts() == counts
        pairs.append((ours, timed(WRITTEN.write)))
        assert WRITTEN.counts("floor_") == counts
    show_ratio(show, name, pairs)
    show(f"{name}: flags", counts[0], "rows")
    show(f"{name}: messages", counts[1], "rows")
    show(f"{name}: peak memory of the process", peak, "MB")


def _start_again(edition: Edition) -> None:
    """Nothing was assessed: no flag, no proposal, no message."""
    WRITTEN.empty("competences_successorproposal")
    Edition.objects.filter(pk=edition.pk).update(impact=ImpactState.WAITING)
