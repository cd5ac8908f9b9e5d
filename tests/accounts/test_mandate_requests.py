"""Mandate requests: who asks, who answers, once; and what an adviser never learns."""

from datetime import timedelta

import pytest
import time_machine

from accounts.access import SYSTEM, access_mandate_request, is_visible
from accounts.email_rendering import render
from accounts.enums import Purpose
from accounts.errors import NotFound, Refused
from accounts.models import Mandate, MandateRequest, Notification
from accounts.notifications import get
from accounts.queries.mandate_requests import already_given, waiting_for
from accounts.services.deliveries import deliver_batch
from accounts.services.mandate_requests import (
    KEPT_WITHOUT_YES,
    MOST_A_DAY,
    MOST_AN_ADDRESS,
    MOST_RECEIVED,
    QUIET_AFTER_NO,
    accept_request,
    ask_mandate,
    decline_request,
    prune_mandate_requests,
    take_back_request,
)
from tests.accounts.factories import (
    NOW,
    TODAY,
    TOMORROW,
    MandateFactory,
    MandateRequestFactory,
    MembershipFactory,
    UserFactory,
)
from tests.accounts.side_by_side import side_by_side

DAY = timedelta(days=1)
END = TODAY + 180 * DAY


def ask(place=None, **fields):
    """What an adviser asks by default: two purposes, for six months, today."""
    place = place or MembershipFactory()
    asked = {
        "actor": place.user,
        "organisation": place.organisation,
        "email": "nadia@exemple.fr",
        "purposes": [Purpose.BILAN, Purpose.FOLLOW_UP],
        "reason": "  Préparer   votre bilan ",
        "end_on": END,
        "now": NOW,
    }
    return ask_mandate(**{**asked, **fields})


def yes(request, person, **fields):
    return accept_request(
        **{
            "actor": person,
            "request": request,
            "purposes": [Purpose.FOLLOW_UP],
            "end_on": TOMORROW,
            "now": NOW,
            **fields,
        }
    )


@pytest.fixture(autouse=True)
def _today():
    """The outbox reads the clock."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def nadia(db):
    return UserFactory(email="nadia@exemple.fr", name="Nadia")


@pytest.mark.django_db
def test_an_adviser_asks_and_a_person_gives_less_than_was_asked(nadia):
    request = ask(email="Nadia@Exemple.FR")
    assert (request.email, request.reason) == ("nadia@exemple.fr", "Préparer votre bilan")
    assert request.purposes == [Purpose.FOLLOW_UP, Purpose.BILAN]
    assert list(waiting_for(nadia, TODAY)) == [request]
    assert not is_visible(request.adviser, nadia.worker, Purpose.FOLLOW_UP, on=TODAY)
    (mandate,) = yes(request, nadia)
    assert (mandate.purpose, mandate.end_on, mandate.reason) == ("follow_up", TOMORROW, request.reason)
    assert (mandate.request, mandate.text_version != "") == (request, True)
    assert is_visible(request.adviser, nadia.worker, Purpose.FOLLOW_UP, on=TODAY)
    assert not is_visible(request.adviser, nadia.worker, Purpose.BILAN, on=TODAY)
    request.refresh_from_db()
    assert (request.state, request.worker, request.finished_at) == ("accepted", nadia.worker, NOW)
    assert not waiting_for(nadia, TODAY).exists()


@pytest.mark.django_db
def test_what_an_adviser_sees_is_the_same_with_and_without_an_account(nadia, mailoutbox):
    place = MembershipFactory()
    known, unknown = ask(place), ask(place, email="inconnue@exemple.fr")
    columns = ("state", "worker_id", "purposes", "reason", "end_on", "organisation_id")
    assert [getattr(known, name) for name in columns] == [getattr(unknown, name) for name in columns]
    rows = {row.payload["request"]: row for row in Notification.objects.all()}
    assert [rows[one.pk].recipient for one in (known, unknown)] == [nadia, place.user]
    # The row of the unknown address is nothing that the adviser reads on a page.
    assert not get(rows[unknown.pk].kind).on_page
    deliver_batch(actor=SYSTEM, now=NOW + timedelta(minutes=1))
    assert {mail.to[0] for mail in mailoutbox} == {"nadia@exemple.fr", "inconnue@exemple.fr"}
    texts = {
        mail.body.replace(str(known.public_id), "ID").replace(str(unknown.public_id), "ID")
        for mail in mailoutbox
    }
    assert len(texts) == 1
    # Every refusal depends on the adviser's own requests alone.
    for email in ("nadia@exemple.fr", "inconnue@exemple.fr"):
        with pytest.raises(Refused) as caught:
            ask(place, email=email)
        assert caught.value.code == "mandate_request_one_waiting"


@pytest.mark.django_db
def test_the_message_names_nobody(nadia):
    place = MembershipFactory(user__name="Yann Kerlo", organisation__name="Cap Métiers")
    ask(place)
    row = Notification.objects.get()
    message = render(row, get(row.kind))
    told = f"{message.subject} {message.body} {message.alternatives[0][0]}"
    assert not any(word in told for word in ("Yann", "Cap Métiers", "Préparer", "bilan", "Nadia"))
    (detail,) = get(row.kind).details([row], nadia, TODAY).values()
    assert "Yann Kerlo" in detail.text
    assert get(row.kind).details([row], UserFactory(), TODAY) == {}


@pytest.mark.django_db
def test_a_request_for_an_address_waits_for_the_account_that_confirms_it():
    request = ask()
    unsure = UserFactory(email="nadia@exemple.fr", unverified=True)
    assert not waiting_for(unsure, TODAY).exists()
    with pytest.raises(NotFound):
        access_mandate_request(unsure, request.public_id)
    unsure.emailaddress_set.update(verified=True)
    assert access_mandate_request(unsure, request.public_id) == request
    assert yes(request, unsure)


def _employer():
    return MembershipFactory(employer=True)


def _left():
    return MembershipFactory(ended=True)


@pytest.mark.django_db
@pytest.mark.parametrize("place", [_employer, _left])
def test_only_an_adviser_of_that_organisation_asks(place):
    with pytest.raises(NotFound):
        ask(place())
    with pytest.raises(NotFound):
        ask(MembershipFactory(), organisation=MembershipFactory().organisation)
    assert not Notification.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"email": "nadia"}, "bad_email", "email"),
        ({"purposes": []}, "request_without_purpose", "purposes"),
        ({"purposes": [Purpose.ANSWER]}, "mandate_purpose_known", "purposes"),
        ({"reason": "  "}, "request_without_reason", "reason"),
        ({"reason": "x" * 201}, "long_reason", "reason"),
        ({"end_on": TODAY}, "mandate_end_after_start", "end_on"),
        ({"end_on": TODAY + 4 * 366 * DAY}, "request_too_long", "end_on"),
    ],
)
def test_refusals_say_why_beside_the_field(fields, code, field):
    with pytest.raises(Refused) as caught:
        ask(**fields)
    assert (caught.value.code, caught.value.field) == (code, field)
    assert not MandateRequest.objects.exists()


@pytest.mark.django_db
def test_nobody_asks_oneself_nor_without_a_name():
    place = MembershipFactory()
    with pytest.raises(Refused, match="asks_oneself"):
        ask(place, email=place.user.email)
    with pytest.raises(Refused, match="no_name"):
        ask(MembershipFactory(user__nameless=True))


@pytest.mark.django_db
def test_limits_of_a_day():
    place = MembershipFactory()
    for _time in range(MOST_AN_ADDRESS):
        take_back_request(actor=place.user, request=ask(place), now=NOW)
    with pytest.raises(Refused, match="too_many_to_one"):
        ask(place)
    for n in range(MOST_A_DAY - MOST_AN_ADDRESS):
        ask(place, email=f"n{n}@exemple.fr")
    with pytest.raises(Refused, match="too_many_requests"):
        ask(place, email="encore@exemple.fr")
    assert ask(place, email="encore@exemple.fr", now=NOW + DAY)
    for _other in range(MOST_RECEIVED - MOST_AN_ADDRESS):
        ask()
    with pytest.raises(Refused, match="too_many_received"):
        ask()


@pytest.mark.django_db
def test_after_a_no_the_person_has_the_next_word(nadia):
    place = MembershipFactory()
    decline_request(actor=nadia, request=ask(place), now=NOW)
    with pytest.raises(Refused, match="asked_after_no"):
        ask(place, now=NOW + QUIET_AFTER_NO - DAY)
    assert ask(MembershipFactory(), now=NOW + DAY)  # another adviser may
    assert ask(place, now=NOW + QUIET_AFTER_NO + DAY)


@pytest.mark.django_db
def test_two_advisers_are_answered_one_by_one(nadia):
    first, second = ask(), ask()
    yes(first, nadia)
    decline_request(actor=nadia, request=second, now=NOW)
    assert Mandate.objects.get().adviser == first.adviser
    assert not is_visible(second.adviser, nadia.worker, Purpose.FOLLOW_UP, on=TODAY)


@pytest.mark.django_db
def test_who_else_may_not_answer(nadia):
    request, neighbour = ask(), UserFactory(email="autre@exemple.fr")
    ask(email=neighbour.email)
    for actor in (neighbour, request.adviser, UserFactory(staff=True), SYSTEM):
        for answer in (yes, lambda one, who: decline_request(actor=who, request=one, now=NOW)):
            with pytest.raises(NotFound):
                answer(request, actor)
    with pytest.raises(NotFound):
        take_back_request(actor=nadia, request=request)
    with pytest.raises(NotFound):
        take_back_request(actor=MandateRequestFactory().adviser, request=request)
    request.refresh_from_db()
    assert request.state == "waiting"
    assert not Mandate.objects.exists()


def _accepted(request, person):
    yes(request, person)


def _declined(request, person):
    decline_request(actor=person, request=request, now=NOW)


def _taken_back(request, person):
    take_back_request(actor=request.adviser, request=request, now=NOW)


def _expired(request, person):
    MandateRequest.objects.filter(pk=request.pk).update(asked_at=NOW - 30 * DAY)


@pytest.mark.django_db
@pytest.mark.parametrize("before", [_accepted, _declined, _taken_back, _expired])
def test_what_is_over_is_told_in_words_and_changes_nothing(nadia, before):
    request = ask()
    before(request, nadia)
    kept = Mandate.objects.count()
    # Taken back or expired, the person still reads what became of it at the address of the message.
    assert access_mandate_request(nadia, request.public_id) == request
    state = request.state_on(TODAY) if before is not _expired else "expired"
    request.refresh_from_db()
    code = f"request_{request.state_on(TODAY)}"
    assert state is not None
    for answer in (yes, lambda one, who: decline_request(actor=who, request=one, now=NOW)):
        with pytest.raises(Refused) as caught:
            answer(request, nadia)
        assert caught.value.code == code
        assert len(str(caught.value.message)) > 30
    with pytest.raises(Refused):
        take_back_request(actor=request.adviser, request=request, now=NOW)
    assert Mandate.objects.count() == kept


@pytest.mark.django_db
def test_an_adviser_who_left_meanwhile_gets_nothing(nadia):
    request = ask()
    request.adviser.memberships.update(end_on=TODAY)
    assert not waiting_for(nadia, TODAY).exists()
    with pytest.raises(Refused) as caught:
        yes(request, nadia)
    assert caught.value.code == "adviser_left"
    assert caught.value.field is None
    assert not Mandate.objects.exists()


@pytest.mark.django_db
def test_only_what_was_asked_and_is_not_given_may_be_given(nadia):
    request = ask()
    with pytest.raises(Refused, match="purpose_not_asked"):
        yes(request, nadia, purposes=[Purpose.REVIEW])
    MandateFactory(worker=nadia.worker, adviser=request.adviser, organisation=request.organisation)
    assert already_given(request, nadia, TODAY) == [Purpose.FOLLOW_UP]
    with pytest.raises(Refused, match="mandate_overlap"):
        yes(request, nadia)
    request.refresh_from_db()
    assert request.state == "waiting"
    assert yes(request, nadia, purposes=[Purpose.BILAN])


@pytest.mark.django_db
def test_a_request_that_expired_leaves_room_for_another_and_old_ones_go(nadia):
    place = MembershipFactory()
    old = ask(place)
    later = NOW + 31 * DAY
    assert ask(place, now=later).pk != old.pk
    old.refresh_from_db()
    assert old.state == "expired"
    accepted = MandateRequestFactory(accepted=True)
    assert prune_mandate_requests(actor=SYSTEM, now=later) == 0
    gone = later + KEPT_WITHOUT_YES + DAY
    assert prune_mandate_requests(actor=SYSTEM, now=gone) == 1
    assert prune_mandate_requests(actor=SYSTEM, now=gone) == 0
    assert accepted in MandateRequest.objects.all()
    with pytest.raises(NotFound):
        prune_mandate_requests(actor=place.user, now=gone)


@pytest.mark.django_db
@pytest.mark.parametrize("over", [_declined, _taken_back])
def test_a_message_about_a_request_that_is_over_does_not_leave(nadia, mailoutbox, over):
    over(ask(), nadia)
    counts = deliver_batch(actor=SYSTEM, now=NOW + timedelta(minutes=1))
    assert (counts.cancelled, mailoutbox) == (1, [])


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_make_one():
    nadia = UserFactory(email="nadia@exemple.fr")
    request = ask()
    calls = [lambda: yes(request, nadia)] * 2 + [
        lambda: decline_request(actor=nadia, request=request, now=NOW),
        lambda: take_back_request(actor=request.adviser, request=request, now=NOW),
    ]
    results = side_by_side(*calls)
    assert sum(isinstance(result, Refused) for result in results) == 3, results
    request.refresh_from_db()
    assert Mandate.objects.count() == (1 if request.state == "accepted" else 0)


@pytest.mark.django_db(transaction=True)
def test_two_questions_at_once_make_one():
    place = MembershipFactory()
    results = side_by_side(*[lambda: ask(place)] * 3)
    assert sum(isinstance(result, MandateRequest) for result in results) == 1, results
    assert MandateRequest.objects.count() == Notification.objects.count() == 1
