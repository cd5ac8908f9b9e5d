"""Rights that higher apps register: the door asks them, for their purpose alone, and refuses as ever."""

import uuid

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import grants
from accounts.access import SYSTEM, access_worker, is_visible, workers_visible_to
from accounts.enums import MANDATE_PURPOSES, Purpose
from accounts.errors import NotFound, Refused
from accounts.grants import Grant, Granted
from accounts.models import FileOpening, Worker
from accounts.services.mandates import grant_mandates
from tests.accounts.factories import TODAY, TOMORROW, MandateFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def given():
    """Who may answer whom until when: (actor, worker) pairs, as a higher app would keep them."""
    pairs = {}

    def workers(actor, on):
        return Worker.objects.filter(
            pk__in=[w.pk for (a, w), until in pairs.items() if a == actor and on < until]
        )

    def listed(worker, on):
        return [
            Granted(who=a.display_name, what="deux compétences", until=until, url="/ici/")
            for (a, w), until in pairs.items()
            if w == worker and on < until
        ]

    grants.register(Grant(name="test", purpose=Purpose.ANSWER, workers=workers, listed=listed))
    yield pairs
    grants.unregister("test")


@pytest.fixture
def world(given):
    nadia, yann = UserFactory(name="Nadia").worker, UserFactory(name="Yann").worker
    reader, neighbour, past = (UserFactory() for _ in range(3))
    closed = UserFactory(closed=True)
    given |= {
        (reader, nadia): TOMORROW,
        (neighbour, yann): TOMORROW,
        (past, nadia): TODAY,
        (closed, nadia): TOMORROW,
    }
    actors = {
        "reader of nadia": reader,
        "reader of yann": neighbour,
        "reader whose right ended today": past,
        "closed account": closed,
        "adviser of nadia": MandateFactory(worker=nadia, purpose=Purpose.REVIEW).adviser,
        "staff": UserFactory(staff=True),
        "visitor": AnonymousUser(),
        "nobody": None,
        "machine": SYSTEM,
    }
    return nadia, yann, actors


RIGHTS = {"reader of nadia": (True, False), "reader of yann": (False, True), "machine": (True, True)}


def test_permission_table_in_both_directions(world):
    nadia, yann, actors = world
    for name, actor in actors.items():
        for worker, expected in zip((nadia, yann), RIGHTS.get(name, (False, False)), strict=True):
            listed = workers_visible_to(actor, Purpose.ANSWER, on=TODAY).filter(pk=worker.pk).exists()
            assert listed is expected, (name, worker)
            assert is_visible(actor, worker, Purpose.ANSWER, on=TODAY) is listed, (name, worker)
            if listed:
                assert access_worker(actor, worker.public_id, Purpose.ANSWER, on=TODAY) == worker
            else:
                with pytest.raises(NotFound):
                    access_worker(actor, worker.public_id, Purpose.ANSWER, on=TODAY)


def test_a_grant_opens_nothing_for_the_purposes_of_mandates(world):
    nadia, _yann, actors = world
    for purpose in MANDATE_PURPOSES:
        assert not is_visible(actors["reader of nadia"], nadia, purpose, on=TODAY), purpose


def test_forbidden_and_absent_raise_the_same_after_one_query(world):
    nadia, _yann, actors = world
    told = []
    for public_id in (nadia.public_id, uuid.uuid4()):
        with CaptureQueriesContext(connection) as queries, pytest.raises(NotFound) as caught:
            access_worker(actors["reader of yann"], public_id, Purpose.ANSWER, on=TODAY)
        told.append((str(caught.value), len(queries)))
    assert told[0] == told[1] == (str(NotFound()), 1)


def test_an_opening_under_a_grant_is_logged_without_a_mandate_and_shown(world, client):
    nadia, _yann, actors = world
    reader = actors["reader of nadia"]
    access_worker(reader, nadia.public_id, Purpose.ANSWER, on=TODAY)
    opening = FileOpening.objects.get(worker_id=nadia.pk)
    assert (opening.actor_id, opening.mandate_id, opening.purpose) == (reader.pk, None, Purpose.ANSWER)
    client.force_login(nadia.user)
    page = client.get(reverse("accounts:access"))
    assert [row.purpose for row in page.context["openings"]] == [Purpose.ANSWER]


def test_the_page_says_who_may_open_what_under_a_grant(given, client):
    user = UserFactory()
    reader = UserFactory(name="Alex Martin")
    client.force_login(user)
    assert client.get(reverse("accounts:access")).context["granted"] == []
    given[reader, user.worker] = TOMORROW.replace(year=2999)
    page = client.get(reverse("accounts:access")).content.decode()
    assert "Alex Martin" in page
    assert "deux compétences" in page
    assert 'href="/ici/"' in page


def test_a_grant_cannot_have_the_purpose_of_a_mandate_nor_a_mandate_that_of_a_grant():
    with pytest.raises(ValueError, match="whole files"):
        Grant(
            name="x", purpose=Purpose.REVIEW, workers=lambda *_: Worker.objects.none(), listed=lambda *_: []
        )
    membership, user = MembershipFactory(), UserFactory()
    with pytest.raises(Refused) as refusal:
        grant_mandates(
            actor=user,
            worker=user.worker,
            adviser=membership.user,
            organisation=membership.organisation,
            purposes=[Purpose.ANSWER],
            on=TODAY,
        )
    assert refusal.value.field == "purposes"
