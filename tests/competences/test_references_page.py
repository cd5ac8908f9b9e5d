"""The list of references: whose they are, in which languages, and what each edition did."""

import datetime as dt

import pytest
from django.urls import reverse

from competences.models import EditionSource
from tests.accounts.factories import MembershipFactory
from tests.competences.reference_builder import Built
from tests.competences.test_reference_pages import text_of

pytestmark = pytest.mark.django_db
URL = reverse("competences:references")
MOST_QUERIES = 4


def source(edition, role, language):
    EditionSource.objects.create(edition=edition, role=role, language=language, sha256="0" * 64, name="a.zip")


@pytest.mark.parametrize(
    ("slug", "format", "told"),
    [
        ("rome", "rome", "Source : France Travail, ROME · Licence Ouverte (Etalab)"),
        ("esco", "esco", "This service uses the ESCO classification of the European Commission."),
        ("digcomp", "digcomp", "Source : Commission européenne, DigComp · CC BY 4.0"),
        ("demo", "rome", "Inventé pour la démonstration"),
        ("maison", "own", "Source non précisée."),
    ],
)
def test_each_reference_says_where_it_comes_from(client, slug, format, told):
    Built(slug, slug, format=format)
    response = client.get(URL)
    assert told in text_of(response)
    assert (slug == "esco") == ('<span lang="en">This service' in response.content.decode())
    assert (slug == "rome") == ("France Travail" in text_of(response))


def test_an_own_reference_names_its_organisation(client):
    made = Built("maison", "Nos métiers", format="own")
    member = MembershipFactory(employer=True, organisation__name="Les Ateliers")
    made.reference.owner = member.organisation
    made.reference.save()
    client.force_login(member.user)
    assert "Référentiel propre de Les Ateliers." in text_of(client.get(URL))


def test_dates_and_languages_are_told(client):
    made = Built("esco", "ESCO", format="esco", language="en")
    made.editions["1"].published_on = dt.date(2024, 5, 1)
    made.editions["1"].save()
    source(made.editions["1"], "classification", "en")
    source(made.editions["1"], "classification", "fr")
    source(made.editions["1"], "relations", "")
    words = text_of(client.get(URL))
    assert "1er mai 2024 · anglais, français" in words
    assert "date non précisée · anglais" in words


def test_figures_are_told_for_every_kind_of_concept(client):
    made = Built()
    edition = made.editions["2"]
    edition.changes = {
        "counts": {"job": {"added": 0}, "group": {"added": 1234, "replaced": 2}, "skill": {"orphaned": 3}}
    }
    edition.save()
    words = text_of(client.get(URL))
    assert "Groupes : 1 234 ajouts, 2 remplacements" in words
    assert "Compétences : 3 abandons par tous les métiers" in words
    assert "Métiers :" not in words
    assert "Première édition que nous avons" in words


def test_queries_do_not_grow_with_the_references(client, django_assert_max_num_queries):
    Built()
    with django_assert_max_num_queries(MOST_QUERIES) as few:
        client.get(URL)
    for number in range(5):
        made = Built(f"autre{number}", f"Autre {number}")
        source(made.editions["1"], "full", "fr")
    with django_assert_max_num_queries(len(few)):
        assert "Autre 4" in text_of(client.get(URL))
