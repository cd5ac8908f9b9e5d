"""Mandates: the worker alone gives and takes back; none covers a day twice."""

from datetime import date, timedelta

import pytest

from accounts.access import SYSTEM, is_visible
from accounts.enums import MANDATE_PURPOSES, Purpose
from accounts.errors import NotFound, Refused
from accounts.mandate_texts import CURRENT_VERSION, MANDATE_TEXTS
from accounts.models import Mandate, Notification
from accounts.services.mandates import grant_mandate, grant_mandates, withdraw_mandate
from tests.accounts.factories import (
    NOW,
    TODAY,
    TOMORROW,
    MandateFactory,
    MembershipFactory,
    UserFactory,
)
from tests.accounts.side_by_side import side_by_side


def _request(**fields):
    """What a worker asks for by default: one purpose, from today, without end."""
    membership = fields.pop("membership", None) or MembershipFactory()
    worker = fields.pop("worker", None) or UserFactory().worker
    return {
        "actor": worker.user,
        "worker": worker,
        "adviser": membership.user,
        "organisation": membership.organisation,
        "purpose": Purpose.FOLLOW_UP,
        "on": TODAY,
        **fields,
    }


@pytest.mark.django_db
def test_a_worker_lets_an_adviser_in_for_some_purposes():
    request = _request(end_on=TOMORROW, reason="  Mon   bilan ")
    request.pop("purpose")
    mandates = grant_mandates(**request, purposes=["review", "follow_up", "review"])
    assert [mandate.purpose for mandate in mandates] == [Purpose.FOLLOW_UP, Purpose.REVIEW]
    assert {(m.start_on, m.end_on, m.reason, m.text_version) for m in mandates} == {
        (TODAY, TOMORROW, "Mon bilan", CURRENT_VERSION)
    }
    adviser, worker = request["adviser"], request["worker"]
    assert is_visible(adviser, worker, Purpose.REVIEW, on=TODAY)
    assert not is_visible(adviser, worker, Purpose.BILAN, on=TODAY)
    assert not is_visible(adviser, worker, Purpose.REVIEW, on=TOMORROW)


@pytest.mark.django_db
def test_the_adviser_is_told_once_and_without_a_name():
    request = _request()
    request.pop("purpose")
    grant_mandates(**request, purposes=list(MANDATE_PURPOSES))
    notification = Notification.objects.get()
    assert (notification.kind, notification.recipient) == ("mandate_granted", request["adviser"])
    assert set(notification.payload) == {"mandate_id"}


@pytest.mark.django_db
@pytest.mark.parametrize("actor", ["adviser", "neighbour", "staff"])
def test_nobody_gives_access_to_somebody_elses_file(actor):
    request = _request()
    request["actor"] = {
        "adviser": request["adviser"],
        "neighbour": MandateFactory().worker.user,
        "staff": UserFactory(staff=True),
    }[actor]
    with pytest.raises(NotFound):
        grant_mandate(**request)
    assert not Mandate.objects.filter(worker=request["worker"]).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "field", "change"),
    [
        ("mandate_end_after_start", "end_on", lambda request: {"end_on": TODAY}),
        ("mandate_to_oneself", "adviser", lambda request: {"adviser": request["worker"].user}),
        ("not_an_adviser_there", "adviser", lambda request: {"adviser": UserFactory()}),
        (
            "not_an_adviser_there",
            "adviser",
            lambda request: {"organisation": MembershipFactory().organisation},
        ),
        ("not_an_adviser_there", "adviser", lambda request: _former_adviser()),
        ("not_an_adviser_there", "adviser", lambda request: _closed_adviser()),
        ("not_an_adviser_there", "adviser", lambda request: _employers_member()),
    ],
)
def test_refusals_say_why_beside_the_field(code, field, change):
    request = _request()
    with pytest.raises(Refused) as caught:
        grant_mandate(**{**request, **change(request)})
    assert (caught.value.code, caught.value.field) == (code, field)
    assert not Mandate.objects.exists()
    assert not Notification.objects.exists()


def _place(membership):
    return {"adviser": membership.user, "organisation": membership.organisation}


def _former_adviser():
    return _place(MembershipFactory(ended=True))


def _closed_adviser():
    return _place(MembershipFactory(user__closed=True))


def _employers_member():
    return _place(MembershipFactory(employer=True))


@pytest.mark.django_db
def test_a_mandate_needs_a_purpose():
    request = _request()
    request.pop("purpose")
    with pytest.raises(Refused) as caught:
        grant_mandates(**request, purposes=[])
    assert caught.value.field == "purposes"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("existing", "accepted"),
    [
        ({}, False),
        ({"end_on": TOMORROW}, False),
        ({"future": True}, False),
        ({"ended": True}, True),
        ({"withdrawn": True}, True),
        ({"withdrawn": True, "end_on": TOMORROW}, True),
        ({"purpose": Purpose.BILAN}, True),
    ],
)
def test_a_day_is_covered_once_for_one_purpose(existing, accepted):
    mandate = MandateFactory(**existing)
    request = _request(
        worker=mandate.worker,
        actor=mandate.worker.user,
        adviser=mandate.adviser,
        organisation=mandate.organisation,
    )
    if existing.get("purpose"):
        assert grant_mandate(**request).pk
    elif accepted:
        assert grant_mandate(**request).start_on == TODAY
    else:
        with pytest.raises(Refused) as caught:
            grant_mandate(**request)
        assert caught.value.code == "mandate_overlap"


@pytest.mark.django_db
def test_withdrawing_shuts_the_file_at_once_and_twice_is_once():
    mandate = MandateFactory()
    first = withdraw_mandate(actor=mandate.worker.user, mandate=mandate, now=NOW)
    again = withdraw_mandate(actor=mandate.worker.user, mandate=mandate, now=NOW + timedelta(days=1))
    assert first.withdrawn_at == again.withdrawn_at == NOW
    assert not is_visible(mandate.adviser, mandate.worker, Purpose.FOLLOW_UP, on=TODAY)


@pytest.mark.django_db
def test_withdrawing_the_day_it_was_given_leaves_nothing_open():
    request = _request()
    mandate = grant_mandate(**request, granted_at=NOW)
    withdraw_mandate(actor=request["actor"], mandate=mandate, now=NOW)
    assert not Mandate.objects.effective(TODAY).exists()
    assert grant_mandate(**request, granted_at=NOW).pk


@pytest.mark.django_db
def test_only_the_worker_takes_back():
    mandate = MandateFactory()
    for actor in (mandate.adviser, MandateFactory().worker.user, UserFactory(staff=True)):
        with pytest.raises(NotFound):
            withdraw_mandate(actor=actor, mandate=mandate)
    mandate.refresh_from_db()
    assert mandate.withdrawn_at is None
    assert withdraw_mandate(actor=SYSTEM, mandate=mandate).withdrawn_at


def test_the_sentence_of_consent_of_each_version_is_kept():
    assert CURRENT_VERSION in MANDATE_TEXTS
    assert all(str(text) for text in MANDATE_TEXTS.values())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("end_on", [None, date(2026, 12, 31)])
def test_two_grants_at_once_make_one_mandate(end_on):
    request = _request(end_on=end_on)
    results = side_by_side(*[lambda: grant_mandate(**request)] * 3)
    assert sum(isinstance(result, Mandate) for result in results) == 1
    assert sum(isinstance(result, Refused) for result in results) == 2
    assert Mandate.objects.count() == Notification.objects.count() == 1
