"""An own reference is read by the members of its owner alone; to everybody else it looks absent.

The addresses are walked, so that a page added later is looked at too: it must say here who reads it.
"""

import importlib
import inspect
import pkgutil
import re

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from accounts.errors import NotFound
from competences import queries
from competences.enums import ConceptKind
from competences.models import Concept, Edition, Reference
from competences.queries.changes import change_page
from competences.queries.comparisons import compare_job
from competences.queries.neighbours import neighbour_page
from competences.queries.readable import hidden_references
from competences.queries.references import named_concept
from competences.queries.search import search
from competences.queries.sheets import history, latest_change, references_with_editions, sheet
from tests.competences.owned_builder import ABSENT, OWN, PUBLISHED, SECRET, WHO, House, sign_in
from tests.competences.test_reference_pages import text_of

pytestmark = pytest.mark.django_db

FILLED = {"code": "M1", "kind": "skill", "external_id": "C1", "number": "2"}
MEMBERS_READ = {"job", "concept", "changes", "job_comparison", "job_neighbours", "job_ticks"}
SIGNED_IN = {"competences:job_ticks"}
"""Pages of a reference that ask who is there, whatever the reference."""

PUBLISHED_ALONE = {
    "reference_feed",
    "job_feed",
    "job_skills_file",
    "changes_file",
    "api-reference",
    "api-concept",
}
LISTS_FOR_MEMBERS = {"home", "references", "search", "suggest", "statements"}
QUERIES_OF_THE_PUBLISHED = {"catalogue"}
"""Modules whose every read leaves own references out; `slug` needs no actor there."""


def patterns(resolver=None, space=""):
    """(name with its space, names of its parameters) of every address but the administration's."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            if pattern.name:
                yield f"{space}{pattern.name}", frozenset(pattern.pattern.regex.groupindex)
        elif pattern.namespace != "admin":
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from patterns(pattern, inner)


PATTERNS = sorted(set(patterns()), key=lambda found: (found[0], sorted(found[1])))
OF_A_REFERENCE = [(name, taken) for name, taken in PATTERNS if taken & {"slug", "reference"}]
LISTS = [name for name, taken in PATTERNS if not taken and not name.startswith("account_")]


def address(name, taken, slug):
    filled = {"slug": slug, "reference": slug, "format": "atom" if name.endswith("feed") else "csv", **FILLED}
    return reverse(name, kwargs={parameter: filled[parameter] for parameter in taken})


@pytest.fixture
def house():
    return House()


@pytest.fixture(params=WHO)
def seen(request, house, client):
    """Somebody who looks: (actor, signed-in client, whether they read the own reference)."""
    make, reads = WHO[request.param]
    actor = make(house)
    return actor, sign_in(client, actor), reads


def test_the_walk_finds_the_pages_and_each_says_who_reads_it():
    found = {name.removeprefix("competences:") for name, _taken in OF_A_REFERENCE}
    assert found == MEMBERS_READ | PUBLISHED_ALONE


@pytest.mark.parametrize(("name", "taken"), OF_A_REFERENCE)
def test_every_page_of_a_reference(seen, name, taken):
    actor, client, reads = seen
    if name in SIGNED_IN and not actor.is_authenticated:
        assert {client.get(address(name, taken, slug)).status_code for slug in (PUBLISHED, OWN)} == {302}
        return
    assert client.get(address(name, taken, PUBLISHED)).status_code == 200
    own, absent = (client.get(address(name, taken, slug)) for slug in (OWN, ABSENT))
    assert absent.status_code == 404
    if reads and name.removeprefix("competences:") in MEMBERS_READ:
        assert own.status_code == 200
        assert SECRET in text_of(own)
    else:
        assert own.status_code == 404
        assert own.headers["Content-Type"] == absent.headers["Content-Type"]
        assert without_marks(own).replace(OWN, ABSENT) == without_marks(absent)


def without_marks(response):
    """A page without what differs at each reading: the mark of its forms, and of what may run in it."""
    return re.sub(r'(csrfmiddlewaretoken" value|nonce)="[^"]*"', "", response.content.decode())


@pytest.mark.parametrize("name", LISTS)
def test_every_list(seen, name):
    _actor, client, reads = seen
    query = {"q": "brasage", "reference": OWN, "kind": "skill", "edition": "2"}
    for chosen in ({}, {"q": "brasage"}, query):
        response = client.get(reverse(name), chosen)
        if not reads:
            assert SECRET not in response.content.decode()
    short = name.removeprefix("competences:")
    if reads and short in LISTS_FOR_MEMBERS:
        told = "Référentiel" if short in ("home", "references") else "Brasage"
        assert f"{told} {SECRET}" in text_of(client.get(reverse(name), {"q": "brasage"}))


POINTED_AT = [
    ("statement_add", "skill", {}, 200),
    ("worker_job_add", "title", {"use": "current"}, 302),
]


@pytest.mark.parametrize(("name", "what", "posted", "done"), POINTED_AT)
def test_nobody_declares_what_they_may_not_read(seen, house, name, what, posted, done):
    actor, client, reads = seen
    ask = client.post if posted else client.get

    def status(made):
        return ask(reverse(f"competences:{name}", args=[getattr(made, what).pk]), posted).status_code

    if not actor.is_authenticated:
        # Sent to sign in, whatever the number.
        assert status(house.published) == status(house.own) == 302
    else:
        assert status(house.published) == done
        assert status(house.own) == (done if reads else 404)


def read(actor, made):
    """Every query of the pages on a reference, by name."""
    slug = made.reference.slug
    who = {"actor": actor, "on": timezone.localdate()}
    return {
        "history": lambda: history(slug=slug, **who),
        "sheet": lambda: sheet(slug=slug, kind="job", external_id="M1", **who),
        "compare_job": lambda: compare_job(slug=slug, code="M1", **who),
        "neighbour_page": lambda: neighbour_page(slug=slug, code="M1", **who),
        "change_page": lambda: change_page(slug=slug, number="2", **who),
        "named_concept": lambda: named_concept(made.skill.pk, (ConceptKind.SKILL,), **who),
    }


def test_every_query(seen, house):
    actor, _client, reads = seen
    for ask in read(actor, house.published).values():
        assert ask()
    for name, ask in read(actor, house.own).items():
        if reads:
            assert ask(), name
        else:
            with pytest.raises(NotFound):
                ask()


def test_lists_of_queries(seen, house):
    actor, _client, reads = seen
    who = {"actor": actor, "on": timezone.localdate()}
    own, published = house.own.reference, house.published.reference
    listed = {reference.slug for reference, _editions in references_with_editions(**who)}
    assert (own.slug in listed, published.slug in listed) == (reads, True)
    # The own one was imported last.
    assert latest_change(**who).reference == (own if reads else last_published(actor))
    assert any(hit.reference == OWN for hit in search("brasage", readable=actor)) == reads
    assert hidden_references(actor, [own, published], on=who["on"]) == (frozenset() if reads else {own.pk})
    for rows, path in ((Reference, "slug"), (Edition, "reference__slug"), (Concept, "reference__slug")):
        slugs = set(rows.objects.visible_to(actor, on=who["on"]).values_list(path, flat=True))
        assert (OWN in slugs, PUBLISHED in slugs) == (reads, True)


def last_published(actor):
    own = Reference.objects.visible_to(actor, on=timezone.localdate()).exclude(owner=None).first()
    return own or Reference.objects.get(slug=PUBLISHED)


def test_a_query_on_a_reference_asks_who_reads():
    """By what they take: a function that looks a reference up has no way to be called without a reader."""
    looked_at = set()
    for module in pkgutil.iter_modules(queries.__path__):
        if module.name in QUERIES_OF_THE_PUBLISHED:
            continue
        found = importlib.import_module(f"competences.queries.{module.name}")
        for name, function in inspect.getmembers(found, inspect.isfunction):
            taken = inspect.signature(function).parameters
            if function.__module__ == found.__name__ and "slug" in taken and not name.startswith("_"):
                looked_at.add(name)
                assert taken["actor"].default is inspect.Parameter.empty, name
                assert taken["on"].default is inspect.Parameter.empty, name
    assert {"history", "sheet", "compare_job", "neighbour_page", "change_page"} <= looked_at


def test_a_reader_costs_no_query(house, django_assert_num_queries):
    member = house.member()
    for name, ask in read(member, house.published).items():
        with django_assert_num_queries(count_of(read(WHO["visitor"][0](house), house.published)[name])):
            ask()
    with django_assert_num_queries(0):
        hidden_references(member, [house.published.reference] * 3, on=timezone.localdate())
    with django_assert_num_queries(1):
        hidden_references(member, [house.own.reference] * 3, on=timezone.localdate())


def count_of(ask):
    with CaptureQueriesContext(connection) as made:
        ask()
    return len(made)


def test_a_members_pages_lead_to_no_file_or_feed_that_is_absent(house, client):
    client.force_login(house.member())
    pages = [reverse("competences:job", args=[OWN, "M1"]), reverse("competences:changes", args=[OWN, "2"])]
    for page in [*pages, reverse("competences:references")]:
        leads = set(re.findall(rf'href="(/referentiels/{OWN}/[^"]*)"', client.get(page).content.decode()))
        assert leads
        for lead in leads:
            assert client.get(lead.replace("&amp;", "&")).status_code == 200, lead


def test_an_organisation_that_owns_a_reference_stays(house):
    with pytest.raises(models.ProtectedError):
        house.owner.delete()
    assert Reference.objects.get(slug=OWN).owner == house.owner
