"""A right that ended an hour ago opens nothing, by no page, not even from one that was open already."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Purpose
from accounts.models import FileOpening
from accounts.services.mandates import withdraw_mandate
from competences.models import Attestation, ReviewRequest
from competences.private_files import OTHERS_VALID_SECONDS, opened
from tests.accounts.factories import NOW, MandateFactory, MembershipFactory, UserFactory
from tests.competences.record_builder import add, ask, reviewer, sent, skill

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def user():
    return UserFactory(name="Nadia")


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def withdrawn(mandate):
    withdraw_mandate(actor=mandate.worker.user, mandate=mandate)


def left(mandate):
    """The adviser leaves the organisation today."""
    mandate.adviser.memberships.update(end_on=timezone.localdate())


def ended(mandate):
    """The last day was yesterday."""
    mandate.end_on = timezone.localdate()
    mandate.save()


ENDS = [withdrawn, left, ended]


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("purpose", [Purpose.FOLLOW_UP, Purpose.REVIEW])
def test_the_record_closes(clock, user, end, purpose):
    skill(user)
    mandate = MandateFactory(worker=user.worker, purpose=purpose)
    # The adviser keeps a right over somebody else, in the same body: it opens nothing of Nadia.
    MandateFactory(adviser=mandate.adviser, organisation=mandate.organisation, purpose=purpose)
    adviser = signed_in(mandate.adviser)
    page = reverse("competences:adviser_worker", args=[user.worker.public_id])
    assert adviser.get(page).status_code == 200
    end(mandate)
    clock.shift(HOUR)
    assert adviser.get(page).status_code == 404
    assert adviser.head(page).status_code == 404
    assert FileOpening.objects.filter(worker_id=user.worker.pk).count() == 1


@pytest.mark.parametrize("end", ENDS)
def test_what_is_sent_from_a_page_opened_before_is_refused(clock, user, end):
    skill(user)
    mandate = reviewer(user)
    # A colleague, whose own mandate holds, gives no right to the one whose mandate ended.
    MembershipFactory(user=reviewer(user).adviser, organisation=mandate.organisation)
    review = ask(user, mandate=mandate)
    adviser = signed_in(mandate.adviser)
    page = reverse("competences:review", args=[review.public_id])
    assert adviser.get(page).status_code == 200
    taken = adviser.post(reverse("competences:review_take", args=[review.public_id]))
    assert taken.url == page
    fields = adviser.get(page).content.decode()
    (statement,) = review.statements.all()
    name = f"{statement.public_id.hex}-kind"
    assert name in fields
    end(mandate)
    clock.shift(HOUR)
    posts = [
        (page, {name: "observed"}),
        (reverse("competences:review_take", args=[review.public_id]), {}),
        (reverse("competences:review_decline", args=[review.public_id]), {}),
    ]
    for address, data in posts:
        answer = adviser.post(address, data)
        assert answer.status_code == 404, address
        assert "Réparer" not in answer.content.decode()
    assert not Attestation.objects.exists()
    assert ReviewRequest.objects.get().state == "in_review"
    assert adviser.get(page).status_code == 404


@pytest.mark.parametrize("end", ENDS)
def test_a_file_and_its_address_close_within_seconds(clock, user, end, settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path
    settings.PRIVATE_FILES_ACCEL = ""
    mine = skill(user)
    piece = add(user, mine, title="Ma photo", kind="file", file=sent())
    mandate = reviewer(user)
    review = ask(user, mine, mandate=mandate, evidence=[piece])
    adviser = signed_in(mandate.adviser)
    adviser.post(reverse("competences:review_take", args=[review.public_id]))
    address = reverse("competences:review_file", args=[review.public_id, piece.public_id])
    way = adviser.get(address).url.rpartition("/")[2]
    assert opened(way) is not None
    assert FileOpening.objects.order_by("pk").last().thing == "evidence_file"
    end(mandate)
    clock.shift(dt.timedelta(seconds=OTHERS_VALID_SECONDS + 1))
    assert opened(way) is None
    assert adviser.get(address).status_code == 404
