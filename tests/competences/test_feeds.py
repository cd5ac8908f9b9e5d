"""Feeds: the same entries in Atom and JSON, found from the pages, kept while nothing changes."""

import datetime as dt
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from competences.models import Edition
from tests.accounts.factories import OrganisationFactory
from tests.competences.reference_builder import Built

pytestmark = pytest.mark.django_db
ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def built():
    made = Built()
    made.job = made.concept("job", "M1805", ("Codage", "1", "2"), ("Développement", "2", None))
    made.link("uses", made.job, made.concept("skill", "100", "Écrire <b>en C</b> & relire"), "2")
    edition = made.editions["2"]
    nothing = dict.fromkeys(("before", "after", "added", "removed", "renamed", "cosmetic"), 0)
    edition.changes = {"counts": {"job": {**nothing, "added": 3, "renamed": 1}, "skill": nothing}}
    edition.published_on = dt.date(2026, 3, 1)
    edition.save()
    return made


def feed(client, path, **headers):
    return client.get(f"/referentiels/{path}", headers=headers)


def atom(response):
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(response.content)  # noqa: S314 - our own words


def texts(root, name):
    return [found.text for found in root.findall(f"a:{name}", ATOM)]


def test_the_editions_of_a_reference_newest_first_with_counts_in_words(built, client):
    root = atom(feed(client, "petit/flux.atom"))
    second, first = root.findall("a:entry", ATOM)
    assert texts(second, "id") == [built.editions["2"].public_id.urn]
    assert texts(second, "summary") == ["Métiers. 3 ajouts, 1 changement de nom."]
    assert "rien à comparer" in texts(first, "summary")[0]
    assert texts(second, "published") == ["2026-03-01T00:00:00+01:00"]
    assert second.find("a:link", ATOM).get("href").endswith("/referentiels/petit/editions/2/changements/")
    assert root.find("a:author/a:name", ATOM).text


def test_json_tells_the_same(built, client):
    response = feed(client, "petit/flux.json")
    assert response["Content-Type"] == "application/feed+json"
    told = response.json()
    assert told["version"] == "https://jsonfeed.org/version/1.1"
    root = atom(feed(client, "petit/flux.atom"))
    assert [item["id"] for item in told["items"]] == [
        entry.find("a:id", ATOM).text for entry in root.findall("a:entry", ATOM)
    ]
    assert told["items"][0]["content_text"] == "Métiers. 3 ajouts, 1 changement de nom."
    assert client.get(told["feed_url"]).content == response.content


def test_what_each_edition_did_to_a_job(built, client):
    second, first = feed(client, "petit/metiers/M1805/flux.json").json()["items"]
    assert second["content_text"].split("\n") == [
        "« Codage » devient « Développement ».",
        "+1 compétence : Écrire <b>en C</b> & relire",
    ]
    assert first["content_text"] == "Entre dans le référentiel."
    assert second["url"].endswith(f"{reverse('competences:job', args=['petit', 'M1805'])}?edition=2")
    entry = atom(feed(client, "petit/metiers/M1805/flux.atom")).find("a:entry", ATOM)
    assert texts(entry, "id") == [second["id"]]
    # In Atom the summary is HTML, where a sign of a label must not become an element.
    assert "&lt;b&gt;" in texts(entry, "summary")[0]


def test_identifiers_last_while_dates_move(built, client):
    before = feed(client, "petit/metiers/M1805/flux.json").json()["items"]
    late = Edition.objects.create(
        reference=built.reference, number="1.5", position=built.editions["1"].position + 1
    )
    after = feed(client, "petit/metiers/M1805/flux.json").json()["items"]
    assert [item["id"] for item in before] == [item["id"] for item in after]
    # The edition before it was imported later: what it changed was written again then.
    assert after[0]["date_modified"] == late.imported_at.isoformat() > before[0]["date_modified"]


@pytest.mark.parametrize("path", ["petit/flux.atom", "petit/flux.json", "petit/metiers/M1805/flux.json"])
def test_nothing_new_costs_one_query(built, client, path, django_assert_num_queries):
    first = feed(client, path)
    assert first["Last-Modified"]
    with django_assert_num_queries(1):
        again = feed(client, path, **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    english = feed(client, path, **{"If-None-Match": first["ETag"], "Accept-Language": "en"})
    assert english.status_code == 200
    Edition.objects.filter(pk=built.editions["1"].pk).update(content_revision=2)
    assert feed(client, path, **{"If-None-Match": first["ETag"]}).status_code == 200


def test_queries_do_not_grow_with_the_editions(client, django_assert_max_num_queries):
    for slug, numbers in (("peu", ("1",)), ("beaucoup", tuple(map(str, range(1, 12))))):
        made = Built(slug, slug, numbers)
        made.concept("job", "A1", "Métier")
        with django_assert_max_num_queries(2):
            feed(client, f"{slug}/flux.atom")
        with django_assert_max_num_queries(6):
            feed(client, f"{slug}/metiers/A1/flux.atom")


def test_pages_tell_readers_where_the_feeds_are(built, client):
    for page, path in (
        (reverse("competences:changes", args=["petit", "2"]), "petit"),
        (reverse("competences:references"), "petit"),
        (reverse("competences:job", args=["petit", "M1805"]), "petit/metiers/M1805"),
    ):
        html = client.get(page).content.decode()
        assert 'type="application/atom+xml" title="' in html
        for format in ("atom", "json"):
            assert f'href="/referentiels/{path}/flux.{format}"' in html


@pytest.mark.parametrize(
    "path",
    [
        "petit/flux.rss",
        "jamais-vu/flux.atom",
        "petit/metiers/M9999/flux.atom",
        "petit/metiers/M%0005/flux.atom",
        "maison/flux.atom",
        "maison/metiers/X1/flux.json",
    ],
)
def test_what_is_absent_or_a_neighbours_is_not_found(built, client, path):
    made = Built("maison", "Maison")
    made.reference.owner = OrganisationFactory()
    made.reference.save()
    made.concept("job", "X1", "Secret")
    assert feed(client, path).status_code == 404
