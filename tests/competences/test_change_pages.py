"""The change page on very many changes, and on the kinds that other references than ROME bring."""

import pytest
from django.db import connection
from django.urls import reverse

from competences.enums import ChangeKind
from competences.queries.changes import PAGE_SIZE, change_page
from tests.competences.readers import ANYBODY
from tests.competences.reference_builder import Built
from tests.competences.test_reference_pages import text_of

pytestmark = pytest.mark.django_db
MANY = 100_800
KINDS = ("job", "title", "skill", "knowledge")


def fill(built, number, rows, kinds=("added", "linked", "unlinked", "renamed")):
    """`rows` changes of an edition, kind after kind as an import writes them, on a few hundred concepts."""
    concepts = [
        built.concept(kind, f"{number}-{place}", f"{kind} {place}") for kind in KINDS for place in range(100)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO competences_change"
            " (edition_id, kind, concept_kind, concept_id, other_id, before, after)"
            " SELECT %(edition)s, k.kind, c.kind, c.id, c.id, '', ''"
            " FROM unnest(%(kinds)s::text[]) WITH ORDINALITY AS k(kind, rank),"
            " generate_series(1, %(turns)s) n, competences_concept c"
            " WHERE c.id = ANY(%(concepts)s) ORDER BY k.rank, n, c.id",
            {
                "edition": built.editions[number].pk,
                "kinds": list(kinds),
                "turns": rows // len(concepts) // len(kinds),
                "concepts": [c.pk for c in concepts],
            },
        )
        cursor.execute("ANALYZE competences_change")


@pytest.fixture
def many():
    """Three editions that changed much; the one in the middle is looked at."""
    built = Built(numbers=("1", "2", "3", "4"))
    for number, rows in (("2", MANY // 2), ("3", MANY), ("4", MANY // 2)):
        fill(built, number, rows)
    return built


def queries_of(client, django_assert_max_num_queries, **query):
    with django_assert_max_num_queries(8) as done:
        assert client.get(reverse("competences:changes", args=["petit", "3"]), query).status_code == 200
    return len(done)


def test_a_page_of_very_many_changes_costs_the_same_everywhere(many, client, django_assert_max_num_queries):
    middle = change_page(**ANYBODY, slug="petit", number="3", kind="unlinked", concept_kind="title")
    asked = [
        {},
        {"change": "renamed"},
        {"kind": "knowledge"},
        {"change": "unlinked", "kind": "title", "after": middle.next_after},
        {"kind": "job", "before": middle.next_after},
    ]
    costs = {queries_of(client, django_assert_max_num_queries, **query) for query in asked}
    assert len(costs) == 1
    page = change_page(**ANYBODY, slug="petit", number="3")
    assert (page.total, page.pages, page.page) == (MANY, MANY // PAGE_SIZE, 1)


@pytest.mark.parametrize("filters", [{}, {"kind": "linked"}, {"concept_kind": "skill"}])
def test_pages_forth_and_back_show_each_change_once(filters):
    built = Built()
    fill(built, "2", 3_200, kinds=("added", "linked"))
    forth, after = [], ""
    while True:
        page = change_page(**ANYBODY, slug="petit", number="2", after=after, **filters)
        forth.append(page)
        if not (after := page.next_after):
            break
    assert sum(len(page.rows) for page in forth) == page.total
    assert [p.page for p in forth] == list(range(1, page.pages + 1))
    back = [page]
    while before := back[-1].previous_before:
        back.append(change_page(**ANYBODY, slug="petit", number="2", before=before, **filters))
    assert [(p.first, p.last, p.rows) for p in reversed(back)] == [(p.first, p.last, p.rows) for p in forth]


def test_the_page_says_where_it_is_and_leads_both_ways(client):
    built = Built()
    fill(built, "2", 1_600, kinds=("added",))
    url = reverse("competences:changes", args=["petit", "2"])
    first = client.get(url)
    assert "Lignes 1 à 50 sur 1 600, page 1 sur 32" in text_of(first)
    assert 'rel="prev"' not in first.content.decode()
    second = client.get(url, {"after": first.context["page"].next_after})
    assert "Lignes 51 à 100 sur 1 600, page 2 sur 32" in text_of(second)
    assert 'rel="prev"' in second.content.decode()
    assert "Revenir au début" in text_of(second)
    again = client.get(url, {"before": second.context["page"].previous_before})
    assert again.context["page"].rows == first.context["page"].rows


def test_a_key_before_everything_is_the_first_page():
    built = Built()
    built.change("2", "added", built.concept("job", "A1", "Un métier"))
    assert len(change_page(**ANYBODY, slug="petit", number="2", before="1").rows) == 1


@pytest.mark.parametrize(
    ("confidence", "reasons", "told"),
    [
        (100, ["declared"], "À sa place : Neuve , déclaré par le producteur"),
        (
            80,
            ["same_label", "same_parent"],
            "proposé par Pérenne, confiance 80 %, parce que : c’est le même nom sous un autre identifiant, "
            "c’est la même famille",
        ),
        (60, None, "proposé par Pérenne, confiance 60 %"),
        (70, ["a_reason_of_tomorrow"], "proposé par Pérenne, confiance 70 %"),
    ],
)
def test_a_replacement_says_who_says_it_and_why(client, confidence, reasons, told):
    built = Built()
    old = built.concept("skill", "1", ("Ancienne", "1", "2"))
    new = built.concept("skill", "2", ("Neuve", "2", None))
    built.change("2", "replaced", old, new, confidence=confidence, reasons=reasons)
    assert told in text_of(client.get(reverse("competences:changes", args=["petit", "2"])))


def test_a_concept_that_changed_its_nature_says_what_it_was(client):
    built = Built()
    was = built.concept("group", "G1", ("Chercher", "1", "2"))
    now = built.concept("skill", "G1", ("Chercher", "2", None))
    built.change("2", "retyped", now, was)
    words = text_of(client.get(reverse("competences:changes", args=["petit", "2"])))
    assert "groupe → compétence" in words
    assert "Changement de nature 1" in words


@pytest.mark.parametrize("kind", list(ChangeKind))
def test_every_kind_of_change_and_of_concept_has_words(client, kind):
    built = Built()
    concepts = [
        built.concept(k, f"{k}1", f"Nom {k}") for k in ("level", "statement", "group", "area", "skill")
    ]
    for concept in concepts:
        built.change("2", kind, concept, concepts[0])
    edition = built.editions["2"]
    edition.changes = {"counts": {c.kind: {"before": 1, "after": 2, kind: 7} for c in concepts}}
    edition.save()
    words = text_of(client.get(reverse("competences:changes", args=["petit", "2"])))
    for title in ("Niveaux", "Énoncés", "Groupes", "Domaines", "Compétences"):
        assert f"{title} 1 2" in words
        assert f"{title} 1 " in words.split("Les changements un par un")[1]
