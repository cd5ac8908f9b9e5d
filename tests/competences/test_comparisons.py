"""One job in any two editions: the page says what the whole editions, compared, say of it."""

import itertools
import random

import pytest
from django.urls import reverse

from competences.queries.comparisons import compare_job
from competences.queries.references import snapshot
from competences.rules import edition_diff
from tests.competences.readers import ANYBODY
from tests.competences.reference_builder import Built
from tests.competences.test_reference_pages import MOST_QUERIES, text_of

pytestmark = pytest.mark.django_db
NUMBERS = ("1", "2", "3", "4")
ITEMS = ("skill", "knowledge", "context")


def lives(chance, values):
    """A random life through the editions: (value, since, until) rows, None where nothing holds."""
    told = [chance.choice(values) for _number in NUMBERS]
    rows = []
    for value, group in itertools.groupby(zip(NUMBERS, told, strict=True), key=lambda pair: pair[1]):
        held = [number for number, _value in group]
        end = NUMBERS.index(held[-1]) + 1
        if value is not None:
            rows.append((value, held[0], NUMBERS[end] if end < len(NUMBERS) else None))
    return rows


def random_reference(seed):
    """Three jobs whose names, tags, skills and titles come, go, change and move at random."""
    chance = random.Random(seed)  # noqa: S311 - tests
    made = Built(numbers=NUMBERS)
    names = ["Accueil", "accueil", "Conseil", "Vente"]
    made.jobs = [made.concept("job", f"A100{n}") for n in range(3)]
    for job in made.jobs:
        for (label, tag), since, until in lives(chance, [(n, t) for n in names for t in ("", "O")]):
            made.revision(job, label, since, until, attributes={"transition_num": tag} if tag else {})
    for kind in ITEMS:
        for number in range(4):
            item = made.concept(kind, f"{kind}{number}", f"{kind} {number}")
            for job in made.jobs:
                for flag, since, until in lives(chance, [None, "", "principale"]):
                    made.link("uses", job, item, since, until, flag=flag)
    for number in range(5):
        title = made.concept("title", f"{number}")
        for job, since, until in lives(chance, [None, *made.jobs]):
            made.revision(title, f"titre {number}", since, until)
            made.link("title_of", title, job, since, until)
    return made


def pairs(changes, kind, job):
    return {(c.other, c.before, c.after) for c in changes if c.kind == kind and c.concept == job.pk}


@pytest.mark.parametrize("seed", range(6))
def test_any_two_editions_in_any_order_agree_with_the_editions_compared_whole(seed):
    made = random_reference(seed)
    for first, second in itertools.permutations(NUMBERS, 2):
        old, new = (snapshot(made.editions[n]) for n in (first, second))
        changes = edition_diff.changes(old, new)
        for job in made.jobs:
            found = compare_job(**ANYBODY, slug="petit", code=job.external_id, first=first, second=second)
            items = found.items.values()
            assert {(n.pk, "", n.flag) for i in items for n in i.gained} == pairs(changes, "linked", job)
            assert {(n.pk, n.flag, "") for i in items for n in i.lost} == pairs(changes, "unlinked", job)
            assert {(n.pk, was, n.flag) for i in items for n, was in i.moved} == pairs(
                changes, "reflagged", job
            )
            kinds = {c.kind for c in changes if c.concept == job.pk}
            assert found.is_renamed == ("renamed" in kinds)
            assert found.is_respelt == ("cosmetic" in kinds)
            assert found.is_recycled == ("recycled" in kinds)
            assert (found.took_label_of is not None) == ("took_label_of_other" in kinds)
            assert bool(found.tags) == ("retagged" in kinds)
            left = {(m.title.pk, m.job.pk) for m in found.titles_left if m.job}
            came = {(m.title.pk, m.job.pk) for m in found.titles_arrived if m.job}
            homes = [dict(s.linked("title_of").keys()) for s in (old, new)]
            moved = {c.concept for c in changes if c.kind == "moved"}
            assert left == {(t, homes[1][t]) for t in moved if homes[0][t] == job.pk}
            assert came == {(t, homes[0][t]) for t in moved if homes[1][t] == job.pk}
            gone = {m.title.pk for m in found.titles_left if not m.is_listed}
            removed = {c.concept for c in changes if c.kind == "removed" and c.concept_kind == "title"}
            assert gone == {t for t in removed if homes[0].get(t) == job.pk}


@pytest.fixture
def recycled():
    """A code given to another job: its former titles went to a sibling, or away."""
    made = Built(numbers=NUMBERS)
    made.job = made.concept(
        "job", "M1805", ("Études informatiques", "1", "3"), ("Conseil en données", "3", None)
    )
    made.sibling = made.concept("job", "M1899", ("Études informatiques", "3", None))
    moved, gone, new = (made.concept("title", str(n)) for n in range(3))
    made.revision(moved, "Programmeuse", "1")
    made.revision(gone, "Perforatrice", "1", "2")
    made.revision(new, "Conseillère en données", "3")
    made.link("title_of", moved, made.job, "1", "3")
    made.link("title_of", moved, made.sibling, "3")
    made.link("title_of", gone, made.job, "1", "2")
    made.link("title_of", new, made.job, "3")
    return made


def url(code="M1805", **query):
    return reverse("competences:job_comparison", args=["petit", code], query=query)


def test_a_code_given_to_another_job_says_so_and_where_its_names_went(recycled, client):
    words = text_of(client.get(url(de="1", a="4")))
    assert "Ce code désigne maintenant un autre métier" in words
    assert "Il s’appelait « Études informatiques », il s’appelle « Conseil en données »" in words
    assert "Programmeuse passé à Études informatiques (M1899)" in words
    assert "Perforatrice retiré : absent de l’édition 4" in words
    assert "Conseillère en données absent de l’édition 1" in words


def test_the_name_of_another_job_is_told(recycled, client):
    words = text_of(client.get(url("M1899", de="1", a="4")))
    assert "L’édition 1 ne contient pas ce métier" in words
    words = text_of(client.get(url(de="4", a="1")))
    assert "ce nom était celui d’un autre métier : M1899" in words


def test_without_a_choice_the_newest_is_compared_with_the_one_before(recycled, client):
    found = client.get(url()).context["found"]
    assert (found.before.edition.number, found.after.edition.number) == ("3", "4")
    assert not found.says_something
    assert "Rien n’a changé" in text_of(client.get(url()))
    assert client.get(url(a="1")).context["found"].before.edition.number == "2"


def test_the_job_sheet_leads_to_the_comparison(recycled, client):
    sheet = client.get(reverse("competences:job", args=["petit", "M1805"])).content.decode()
    assert f'href="{url()}"' in sheet


def test_one_edition_alone_says_there_is_nothing_to_compare(client):
    made = Built(numbers=("1",))
    made.concept("job", "M1805", "Un métier")
    assert "Nous n’avons qu’une édition" in text_of(client.get(url()))


@pytest.mark.parametrize("query", [{"de": "9"}, {"a": "zut"}, {"de": "1", "a": "1.7"}])
def test_an_edition_that_does_not_exist_is_not_found(recycled, client, query):
    assert client.get(url(**query)).status_code == 404
    assert client.get(url("M9999")).status_code == 404


def test_queries_do_not_grow_with_what_changed(recycled, client, django_assert_max_num_queries):
    with django_assert_max_num_queries(MOST_QUERIES) as few:
        client.get(url(de="1", a="4"))
    for number in range(40):
        title = recycled.concept("title", f"9{number}", f"Titre {number}")
        recycled.link("title_of", title, recycled.job, "1", "2")
        recycled.link("title_of", title, recycled.concept("job", f"B{number}", f"Métier {number}"), "2")
        skill = recycled.concept("skill", f"8{number}", f"Faire {number}")
        recycled.link("uses", recycled.job, skill, "1", "2")
    with django_assert_max_num_queries(len(few)):
        assert "Titre 39 passé à Métier 39" in text_of(client.get(url(de="1", a="4")))


def test_other_names_are_compared_where_a_job_has_no_titles(client):
    made = Built(format="esco", language="en")
    job = made.concept("job", "http://europe.test/occupation/1")
    made.revision(job, "developer", "1", "2", alternatives="coder\nprogrammer")
    made.revision(job, "developer", "2", None, alternatives="Coder\nsoftware builder")
    words = text_of(client.get(url("http://europe.test/occupation/1", de="1", a="2")))
    assert "arrivés software builder partis programmer" in words
