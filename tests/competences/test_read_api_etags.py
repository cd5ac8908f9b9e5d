"""What a reader of the API may keep, and when it must ask again."""

import pytest

from competences.enums import EditionStatus
from competences.models import Edition
from tests.accounts.factories import OrganisationFactory, UserFactory
from tests.competences.reference_builder import Built

pytestmark = pytest.mark.django_db

ADDRESSES = [
    "/api/v1/concepts/petit/job/M1805",
    "/api/v1/concepts/petit/job/M1805?edition=1",
    "/api/v1/concepts?reference=petit&kind=job",
    "/api/v1/changes?reference=petit&edition=2",
    "/api/v1/references/petit",
]
OF_ALL = ["/api/v1/references", "/api/v1/editions", "/api/v1/concepts?q=metier"]


@pytest.fixture
def built():
    made = Built()
    made.concept("job", "M1805", "Métier")
    return made


def again(client, address, etag, **headers):
    return client.get(address, headers={"If-None-Match": etag, **headers})


@pytest.mark.parametrize("address", [*ADDRESSES, *OF_ALL])
def test_nothing_changed_costs_one_query(built, client, address, django_assert_num_queries):
    first = client.get(address)
    assert first["Cache-Control"] == "public, max-age=300, must-revalidate"
    with django_assert_num_queries(1) as made:
        response = again(client, address, first["ETag"])
    assert (response.status_code, response.content) == (304, b"")
    assert response["ETag"] == first["ETag"]
    assert response["Cache-Control"] == first["Cache-Control"]
    if address in ADDRESSES:
        assert "WHERE e.id = " in made.captured_queries[0]["sql"]


def raise_revision(built):
    Edition.objects.filter(pk=built.editions["1"].pk).update(content_revision=2)


def add_edition(built):
    Edition.objects.create(reference=built.reference, number="3", position=built.editions["2"].position + 1)


def insert_edition(built):
    Edition.objects.create(reference=built.reference, number="1.5", position=built.editions["1"].position + 1)


def retire(built):
    Edition.objects.filter(pk=built.editions["1"].pk).update(status=EditionStatus.RETIRED)


def own(built):
    built.reference.owner = OrganisationFactory()
    built.reference.save()


@pytest.mark.parametrize("event", [raise_revision, add_edition, insert_edition, retire, own])
@pytest.mark.parametrize("address", [*ADDRESSES, *OF_ALL])
def test_whatever_may_change_the_answer_changes_the_etag(built, client, address, event):
    first = client.get(address)
    event(built)
    assert again(client, address, first["ETag"]).status_code != 304


def test_another_reference_changes_nothing(built, client):
    first = client.get(ADDRESSES[0])
    Built("autre", "Autre")
    assert again(client, ADDRESSES[0], first["ETag"]).status_code == 304


@pytest.mark.parametrize("other", ["?edition=1", "?language=en", "?edition=2&language=en"])
def test_an_etag_is_that_of_one_address(built, client, other):
    here = client.get(ADDRESSES[0])
    there = client.get(ADDRESSES[0] + other)
    assert here["ETag"] != there["ETag"]
    assert again(client, ADDRESSES[0] + other, here["ETag"]).status_code == 200


def test_of_several_etags_ours_is_found(built, client):
    etag = client.get(ADDRESSES[0])["ETag"]
    several = f'"abc", {client.get(ADDRESSES[2])["ETag"]}, {etag}'
    assert again(client, ADDRESSES[0], several).status_code == 304
    strong = etag.removeprefix("W/")
    assert again(client, ADDRESSES[0], strong).status_code == 304


@pytest.mark.parametrize("given", ['""', "*", "W/", '"1-2-3"', '"' + "9" * 40 + '-0-0"', "é", "\udcff"])
def test_an_etag_that_is_not_ours_is_an_ordinary_request(built, client, given):
    assert (
        again(client, ADDRESSES[0], given.encode("utf-8", "surrogateescape").decode("latin-1")).status_code
        == 200
    )


def test_an_answer_is_the_same_for_everybody(built, client):
    visitor = client.get(ADDRESSES[0])
    client.force_login(UserFactory())
    person = client.get(ADDRESSES[0])
    assert person.content == visitor.content
    assert "Cookie" not in person["Vary"]
    assert not person.cookies
