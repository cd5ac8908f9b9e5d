"""Who opens which review request, when: the door, the list, the page and the files agree."""

import datetime as dt
import uuid

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.access import SYSTEM, is_visible
from accounts.actors import Actor
from accounts.email_rendering import render
from accounts.enums import MANDATE_PURPOSES, Category, NotificationState, Purpose
from accounts.errors import NotFound
from accounts.models import FileOpening, Notification, User
from accounts.notifications import get
from accounts.services.deliveries import deliver_batch
from accounts.services.mandates import withdraw_mandate
from accounts.services.people import set_preferences
from accounts.services.reminders import refresh_reminders
from competences.models import ReviewRequest
from competences.queries.attestations import (
    access_review,
    answered_by,
    asked_statements,
    opened_requests,
    reviews_for,
    shown_evidence,
)
from competences.services import review_requests
from competences.services.attestations import View, answer_review, decline_review, take_review
from competences.services.records import remove_skill
from competences.services.review_requests import withdraw_review
from tests.accounts.factories import MandateFactory, MembershipFactory, UserFactory
from tests.competences.file_builder import pdf
from tests.competences.record_builder import add, ask, reader, reviewer, sent, skill

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 3, 12, 9, 30, tzinfo=dt.UTC)
TODAY = NOW.date()
DAY = dt.timedelta(days=1)


@pytest.fixture
def user():
    return UserFactory(name="Nadia")


def answer(review, actor, now=NOW):
    taken = take_review(actor=actor, review=review, now=now)
    [statement] = taken.statements.all()
    return answer_review(actor=actor, review=taken, views={statement.pk: View(kind="observed")}, now=now)


def ended_mandate(user):
    mandate = reviewer(user)
    review = ask(user, mandate=mandate, now=NOW)
    withdraw_mandate(actor=user, mandate=mandate, now=NOW)
    return mandate.adviser, review


@pytest.fixture
def world(user, monkeypatch):
    """(actor, request, whether it opens) by name; the neighbours all have rights over somebody."""
    monkeypatch.setattr(review_requests, "MOST_A_DAY", 30)
    skill(user)
    other = UserFactory(name="Yann")
    skill(other)
    adviser = reviewer(user)
    neighbour = reviewer(other).adviser
    peer, stranger = reader(name="Alex"), reader("autre@exemple.fr", name="Autre")
    to_adviser, to_peer = ask(user, mandate=adviser, now=NOW), ask(user, email=peer.email, now=NOW)
    ask(other, email=stranger.email, now=NOW)
    follower = MandateFactory(worker=user.worker, purpose=Purpose.FOLLOW_UP).adviser
    second = reviewer(user)
    colleague = MembershipFactory(organisation=adviser.organisation).user
    taken, done, old, gone, no = (reader(f"r{n}@exemple.fr", name=f"R{n}") for n in range(5))
    requests = {one: ask(user, email=one.email, now=NOW) for one in (taken, done, old, gone, no)}
    take_review(actor=taken, review=requests[taken], now=NOW)
    answer(requests[done], done)
    answer(requests[old], old)
    withdraw_review(actor=user, review=requests[gone], now=NOW)
    decline_review(actor=no, review=requests[no], now=NOW)
    closed = reader("ferme@exemple.fr", closed=True)
    unsure = reader("floue@exemple.fr", unverified=True)
    mandate_gone, was_adviser = ended_mandate(user)
    year = ask(user, email="an@exemple.fr", now=NOW)
    return {
        "the adviser asked": (adviser.adviser, to_adviser, True),
        "the person asked by e-mail": (peer, to_peer, True),
        "who took it": (taken, requests[taken], True),
        "who answered, on day 29": (done, requests[done], True),
        "an adviser with rights over someone else": (neighbour, to_adviser, False),
        "another adviser of the same person": (second.adviser, to_adviser, False),
        "an adviser who follows the same person": (follower, to_adviser, False),
        "a colleague of the adviser": (colleague, to_adviser, False),
        "the adviser, for a request to a peer": (adviser.adviser, to_peer, False),
        "a reader of another request": (stranger, to_peer, False),
        "a reader of the same person, for another's": (taken, requests[done], False),
        "the same reader after a withdrawal": (gone, requests[gone], False),
        "the same reader once declined": (no, requests[no], False),
        "the adviser whose mandate was taken back": (mandate_gone, was_adviser, False),
        "an address that was not confirmed": (unsure, ask(user, email=unsure.email, now=NOW), False),
        "a closed account": (closed, ask(user, email=closed.email, now=NOW), False),
        "a request of another address": (reader("b@exemple.fr"), year, False),
        "the worker, through the reader's way": (user, to_peer, False),
        "the staff": (UserFactory(staff=True), to_peer, False),
        "a visitor": (AnonymousUser(), to_peer, False),
        "nobody": (None, to_peer, False),
        "the machine": (SYSTEM, to_peer, False),
    }


def opens(actor: Actor, review: ReviewRequest, on=TODAY) -> bool:
    """Whether page, lists and door let this actor in; they must agree."""
    try:
        found = access_review(actor, review.public_id, on=on)
    except NotFound:
        listed = False
    else:
        assert found == review
        listed = True
    if isinstance(actor, User):
        mine = {*reviews_for(actor, on), *answered_by(actor, on)}
        assert (review in mine) is listed
    return listed


def test_permission_table(world):
    assert {name for name, (actor, review, _told) in world.items() if opens(actor, review)} == {
        name for name, (_actor, _review, expected) in world.items() if expected
    }


def test_a_request_opens_no_file_for_the_purposes_of_mandates(world, user):
    peer, _review, _told = world["the person asked by e-mail"]
    assert is_visible(peer, user.worker, Purpose.ANSWER, on=TODAY)
    for purpose in MANDATE_PURPOSES:
        assert not is_visible(peer, user.worker, purpose, on=TODAY), purpose


def test_rights_end_on_their_day(world, user):
    done, review, _told = world["who answered, on day 29"]
    peer, waiting, _told = world["the person asked by e-mail"]
    assert (opens(done, review, TODAY + 29 * DAY), opens(done, review, TODAY + 30 * DAY)) == (True, False)
    assert (opens(peer, waiting, TODAY + 364 * DAY), opens(peer, waiting, TODAY + 365 * DAY)) == (True, False)


def test_a_request_taken_by_an_account_is_no_other_accounts(user):
    skill(user)
    alex = reader(name="Alex")
    review = take_review(actor=alex, review=ask(user, now=NOW), now=NOW)
    alex.email = "ailleurs@exemple.fr"
    alex.save()
    alex.emailaddress_set.update(email=alex.email)
    successor = reader("alex@exemple.fr", name="Autre Alex")
    assert (opens(alex, review), opens(successor, review)) == (True, False)
    alex.delete()
    review.refresh_from_db()
    assert not opens(successor, review)


def test_forbidden_and_absent_raise_the_same_after_one_query(world):
    neighbour, review, _told = world["a reader of another request"]
    told = []
    for public_id in (review.public_id, uuid.uuid4()):
        with CaptureQueriesContext(connection) as queries, pytest.raises(NotFound) as caught:
            access_review(neighbour, public_id, on=TODAY)
        told.append((str(caught.value), len(queries)))
    assert told[0] == told[1] == (str(NotFound()), 1)


def test_each_opening_is_written_down_and_refusals_are_not(world, user):
    for name in ("the adviser asked", "the person asked by e-mail", "a reader of another request"):
        actor, review, _told = world[name]
        opens(actor, review)
    rows = FileOpening.objects.filter(worker_id=user.worker.pk).order_by("pk")
    assert [(row.actor_id, row.purpose, row.mandate_id) for row in rows] == [
        (world["the adviser asked"][0].pk, Purpose.ANSWER, None),
        (world["the person asked by e-mail"][0].pk, Purpose.ANSWER, None),
    ]


def test_the_reader_sees_what_was_ticked_and_nothing_else(user, settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path
    mine, untold, gone = skill(user), skill(user, "Souder"), skill(user, "Télécopier")
    shown, hidden = (
        add(user, mine, kind="file", file=sent(pdf())),
        add(user, mine, kind="file", file=sent(pdf())),
    )
    link = add(user, mine, untold)
    review = ask(user, mine, gone, evidence=[shown, link], now=NOW)
    remove_skill(actor=user, statement=gone)
    alex = reader(name="Alex")
    [statement] = asked_statements(review, actor=alex, on=TODAY)
    assert (statement, statement.label, set(statement.proofs)) == (mine, "Réparer des vélos", {shown, link})
    assert shown_evidence(review, shown.public_id) == shown
    for piece in (hidden, link):
        with pytest.raises(NotFound):
            shown_evidence(review, piece.public_id)


def test_the_worker_sees_who_may_open_what(world, user):
    found = {
        review.reader_name: (review.skills, review.pieces) for review in opened_requests(user.worker, TODAY)
    }
    gone = world["the adviser whose mandate was taken back"][0]
    assert {"Alex", "R0", "R1", "R2", world["the adviser asked"][0].name} <= {*found, "Alex"}
    assert not {"R3", "R4", gone.name} & set(found)
    assert set(found.values()) == {(1, 0)}


# Messages --------------------------------------------------------------------------------------------------


def test_the_message_to_a_stranger_says_nothing_of_anybody(user, mailoutbox):
    review = ask(user, email="inconnue@exemple.fr", question="Suis-je prête ?")
    set_preferences(actor=user, choices={category: False for category in Category if category != "security"})
    now = dt.datetime.now(dt.UTC)
    deliver_batch(actor=SYSTEM, now=now)
    [message] = mailoutbox
    assert message.to == ["inconnue@exemple.fr"]
    [(html, _type)] = message.alternatives
    for text in (message.subject, message.body, html):
        assert not any(word in text for word in ("Nadia", user.email, "Suis-je", "vélos", "profil"))
    assert f"/avis/{review.public_id}/" in message.body
    assert Notification.objects.get().address == ""


@pytest.mark.parametrize("kind", ["review_answered", "review_waiting"])
def test_messages_to_the_worker_say_come(user, kind):
    review = ask(user)
    row = Notification(kind=kind, recipient=user, payload={"request": review.pk}, dedupe_key=kind)
    message = render(row, get(kind))
    assert "Réparer" not in message.body
    assert "http://testserver/mon-espace/" in message.body


def test_a_message_that_is_no_longer_true_does_not_leave(user, mailoutbox):
    withdraw_review(actor=user, review=ask(user))
    deliver_batch(actor=SYSTEM, now=dt.datetime.now(dt.UTC))
    assert mailoutbox == []
    assert Notification.objects.get().state == NotificationState.CANCELLED


def test_an_unanswered_request_is_recalled_to_the_worker_after_two_weeks(user, mailoutbox):
    alex = reader(name="Alex")
    first, second = ask(user, now=NOW), ask(user, email="b@exemple.fr", now=NOW)

    def refresh(day):
        refresh_reminders(actor=SYSTEM, kind="review_waiting", on=TODAY + day * DAY)
        rows = Notification.objects.filter(kind="review_waiting").order_by("pk")
        return [(row.payload["request"], row.state, (row.not_before.date() - TODAY).days) for row in rows]

    waiting = [(first.pk, "waiting", 14), (second.pk, "waiting", 14)]
    assert refresh(0) == refresh(13) == waiting
    answer(first, alex)
    withdraw_review(actor=user, review=second)
    assert [state for _pk, state, _day in refresh(13)] == ["cancelled", "cancelled"]
    assert Notification.objects.filter(kind="review_waiting", recipient=user).count() == 2
