"""What people type, on the real ROME 58 and 60 and ESCO 1.1.1 together: the concept they want comes first.

One import for the module; docs/rules/search.md tells the scores.
"""

import datetime as dt
from pathlib import Path

import pytest
from django.db import connection

from accounts.actors import SYSTEM
from competences.importers.base import Claim
from competences.queries.search import find, search
from competences.services.references import import_edition
from tests.competences.judged_queries import JUDGED, JUDGED_LATER

DATA = Path(__file__).parents[2].parent / "shared" / "data"
SEEN_FIRST = 3
WANTED_SHARE = 0.95

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.shared_data,
    pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not beside the checkout"),
]


@pytest.fixture(scope="module")
def imported(django_db_setup, django_db_blocker):
    """ROME and ESCO, once for the module; the database is as it was afterwards."""
    with django_db_blocker.unblock():
        try:
            for version in (458, 460):
                path = DATA / "rome" / f"rome_v{version}_csv_utf8.zip"
                import_edition(actor=SYSTEM, format="rome", paths=[path], apply=True)
            paths = sorted((DATA / "esco").glob("ESCO dataset - v1.1.1*.zip"))
            claim = Claim(number="1.1.1", published_on=dt.date(2022, 12, 15))
            import_edition(actor=SYSTEM, format="esco", paths=paths, claim=claim, apply=True)
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("TRUNCATE competences_reference CASCADE")


def missed(judged):
    """The queries whose wanted concepts are not among the first, with what came instead."""
    found = {}
    for text, wanted in judged:
        hits = search(text, limit=SEEN_FIRST)
        names = [f"{hit.reference} {hit.external_id.rsplit('/', 1)[-1]}" for hit in hits]
        if not set(names) & set(wanted.split(", ")):
            found[text] = [hit.label for hit in hits]
    return found


@pytest.mark.parametrize("judged", [JUDGED, JUDGED_LATER], ids=["judged first", "judged later"])
@pytest.mark.usefixtures("imported")
def test_the_wanted_concept_is_among_the_first(judged):
    faults = missed(judged)
    assert len(faults) <= (1 - WANTED_SHARE) * len(judged), faults


def test_the_judged_queries_are_many_and_each_is_asked_once():
    texts = [text for text, _wanted in JUDGED + JUDGED_LATER]
    assert len(texts) == len(set(texts)) >= 60


@pytest.mark.usefixtures("imported")
@pytest.mark.parametrize("sign", ["c", "c++", "c#"])
@pytest.mark.parametrize("form", ["{}", "langage {}", "LANGAGE {}"])
def test_c_is_neither_of_the_others(sign, form):
    first = search(form.format(sign))[0]
    assert set(first.matched.lower().split()) & {"c", "c++", "c#"} == {sign}


@pytest.mark.usefixtures("imported")
def test_a_filter_shows_what_its_count_said():
    found = find("developpeur web", limit=500)
    assert found.by_kind
    for kind, count in found.by_kind.items():
        assert find("developpeur web", kind=kind, limit=500).total == count
    for slug, count in found.by_reference.items():
        assert find("developpeur web", reference=slug, limit=500).total == count
    assert sum(found.by_reference.values()) == found.of_any_kind == found.total == len(found.hits)
