"""How many queries the pages of a reference ask for a visitor: the same for a small job and for a large one.

Every page is asked for twice and the larger number counts; the target is 8.
"""

import re
from collections.abc import Iterator

from django.db import connection
from django.db.models import Count
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from competences.enums import ChangeKind, ConceptKind, LinkKind
from competences.models import OPEN, Concept, Edition
from tests.benchmarks.imports import load_real
from tests.benchmarks.measures import Show


def bench(show: Show) -> None:
    """Prints the number of queries of each page."""
    load_real()
    visitor = Client()
    for name, address in _pages():
        counts = []
        for _time in range(2):
            with CaptureQueriesContext(connection) as queries:
                response = visitor.get(address)
            assert response.status_code == 200, address
            counts.append(len(queries))
        show(f"queries of {name}", max(counts), "queries")


def _pages() -> Iterator[tuple[str, str]]:
    jobs = (
        Concept.objects.filter(
            reference__slug="rome",
            kind=ConceptKind.JOB,
            links_out__kind=LinkKind.USES,
            links_out__until=OPEN,
        )
        .annotate(skills=Count("links_out"))
        .order_by("skills", "pk")
    )
    for name, job in (("smallest", jobs.first()), ("largest", jobs.last())):
        address = reverse("competences:job", args=["rome", job.external_id])
        yield f"the sheet of the {name} job, {job.skills} skills", address
    newest = Edition.objects.in_history().filter(reference__slug="rome").last()
    address = reverse("competences:changes", args=["rome", newest.number])
    yield f"the change page of ROME {newest.number}", address
    filtered = f"{address}?change={ChangeKind.LINKED}"
    [after] = re.findall(r"after=(\d+)", Client().get(filtered).content.decode())[:1]
    yield "the second page of its new links", f"{filtered}&after={after}"
