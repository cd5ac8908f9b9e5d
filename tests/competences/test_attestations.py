"""Review requests and views: the moves, what the reader leaves, and what the worker may do of it."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.constraints import broken_constraint
from accounts.enums import Purpose
from accounts.errors import NotFound, Refused
from accounts.models import Notification
from accounts.queries.messages import messages_of
from competences.enums import AttestationKind, Capacity, ReviewState
from competences.models import Attestation, ReviewMove, ReviewRequest
from competences.queries.attestations import with_recognition
from competences.review_texts import CURRENT_VERSION, REVIEW_TEXTS
from competences.rules import attestations as rules
from competences.services.attestations import (
    View,
    answer_review,
    decline_review,
    hide_attestation,
    take_review,
    withdraw_attestation,
)
from competences.services.review_requests import MOST_A_DAY, MOST_SKILLS, close_review, withdraw_review
from tests.accounts.factories import MembershipFactory, UserFactory
from tests.accounts.side_by_side import side_by_side
from tests.competences.record_builder import add, answered_request, ask, held, reader, reviewer, skill

DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)
OBSERVED = View(kind=AttestationKind.OBSERVED, level=5, comment=" Je l’ai vue\r\nfaire. ")


@pytest.fixture
def user(db):
    return UserFactory(name="Nadia")


def moves(review):
    return list(review.moves.values_list("before", "after", "actor_name"))


# The rules -------------------------------------------------------------------------------------------------


def test_the_table_of_moves_is_whole_and_ends():
    assert set(rules.UNFINISHED) | {"answered", "closed", "withdrawn", "declined"} == set(ReviewState.values)
    told = {(name, state): rules.may(name, state) for name in rules.MOVES for state in ReviewState.values}
    assert {pair for pair, is_allowed in told.items() if is_allowed} == {
        ("take", "waiting"),
        ("answer", "in_review"),
        ("decline", "waiting"),
        ("decline", "in_review"),
        ("withdraw", "waiting"),
        ("withdraw", "in_review"),
        ("close", "answered"),
    }


ASKED = dt.date(2026, 3, 1)
OPEN = [
    ("waiting", ASKED + DAY * 364, True),
    ("in_review", ASKED + DAY * 365, False),
    ("answered", ASKED + DAY * 39, True),
    ("answered", ASKED + DAY * 40, False),
    ("closed", ASKED + DAY * 11, False),
    ("withdrawn", ASKED + DAY * 10, False),
    ("declined", ASKED + DAY * 10, False),
]


@pytest.mark.parametrize(("state", "on", "expected"), OPEN)
def test_a_request_is_open_as_long_as_the_rule_says_and_the_filter_agrees(user, state, on, expected):
    moved = ASKED + DAY * 10
    assert rules.is_open(state, ASKED, moved, on) is expected
    review = ask(user)
    noon = dt.time(12, tzinfo=dt.UTC)
    ReviewRequest.objects.filter(pk=review.pk).update(
        state=state, asked_at=dt.datetime.combine(ASKED, noon), moved_at=dt.datetime.combine(moved, noon)
    )
    assert ReviewRequest.objects.open_on(on).exists() is expected


# Asking ----------------------------------------------------------------------------------------------------


def test_an_adviser_is_asked_under_a_mandate_and_told_once(user):
    mandate = reviewer(user)
    piece = add(user)
    review = ask(user, mandate=mandate, evidence=[piece], question="  Suis-je\u202e prête ?\n")
    assert (review.reader, review.organisation, review.reader_email) == (
        mandate.adviser,
        mandate.organisation,
        "",
    )
    assert (review.question, review.purpose, review.state) == ("Suis-je prête ?", Purpose.ANSWER, "waiting")
    assert review.text_version == CURRENT_VERSION in REVIEW_TEXTS
    assert (list(review.statements.all()), list(review.evidence.all())) == (held(user), [piece])
    assert moves(review) == [("", "waiting", "Nadia")]
    row = Notification.objects.get(kind="review_asked")
    assert (row.recipient, row.address, row.payload) == (mandate.adviser, "", {"request": review.pk})


def test_a_stranger_is_written_to_at_the_address_and_an_account_as_itself(user):
    ask(user, email=" Inconnu@Exemple.FR ")
    known, unconfirmed = reader("connue@exemple.fr"), reader("floue@exemple.fr", unverified=True)
    ask(user, email=known.email)
    ask(user, email=unconfirmed.email, capacity=Capacity.EMPLOYER_MEMBER)
    told = Notification.objects.order_by("pk")
    assert [(row.kind, row.recipient, row.address) for row in told] == [
        ("review_asked_outside", user, "inconnu@exemple.fr"),
        ("review_asked", known, ""),
        ("review_asked_outside", user, "floue@exemple.fr"),
    ]
    assert not messages_of(user, timezone.now()).exists()
    assert messages_of(known, timezone.now()).count() == 1


def refused(user, *statements, **values):
    with pytest.raises(Refused) as refusal:
        ask(user, *statements, **values)
    return refusal.value.field


def test_a_bad_request_names_its_field_and_writes_to_nobody(user):
    mine = skill(user)
    assert refused(user, email="pas une adresse") == "email"
    assert refused(user, email=user.email.upper()) == "email"
    assert refused(user, capacity="friend") == "reader"
    assert refused(user, question="x" * 501) == "question"
    assert refused(user, capacity=Capacity.ADVISER) == "reader"
    neighbour = UserFactory()
    bad = [reviewer(neighbour), reviewer(user, withdrawn=True), reviewer(user, orphan=True)]
    follower = reviewer(user)
    type(follower).objects.filter(pk=follower.pk).update(purpose=Purpose.FOLLOW_UP)
    for mandate in [*bad, follower]:
        assert refused(user, mandate=mandate) == "reader"
    other = skill(user, "Souder")
    assert refused(user, mine, evidence=[add(user, other)]) == "evidence"
    assert not ReviewRequest.objects.exists()
    assert not Notification.objects.exists()


def test_only_ones_own_skills_and_evidence_are_shown(user):
    neighbour = UserFactory()
    theirs, piece = skill(neighbour), add(neighbour)
    mine = skill(user)
    for statements, evidence in (([mine, theirs], []), ([mine], [piece])):
        with pytest.raises(NotFound):
            ask(user, *statements, evidence=evidence)
    with pytest.raises(NotFound):
        ask(user, mine, actor=neighbour)
    for number in range(MOST_SKILLS):
        skill(user, f"Compétence {number}")
    assert refused(user) == "statements"


def test_the_same_person_is_not_asked_twice_at_once(user):
    mandate = reviewer(user)
    for values in ({"mandate": mandate}, {"email": "alex@exemple.fr"}):
        review = ask(user, **values)
        assert refused(user, **values) == "reader"
        withdraw_review(actor=user, review=review)
        ask(user, **values)
    ask(UserFactory(), email="alex@exemple.fr")


def test_so_many_requests_a_day_withdrawn_ones_too(user):
    now = dt.datetime(2026, 3, 12, 9, tzinfo=dt.UTC)
    for number in range(MOST_A_DAY):
        withdraw_review(actor=user, review=ask(user, email=f"a{number}@exemple.fr", now=now), now=now)
    assert refused(user, email="encore@exemple.fr", now=now + HOUR * 23) is None
    ask(user, email="encore@exemple.fr", now=now + HOUR * 24)


# Answering -------------------------------------------------------------------------------------------------


def test_a_reader_takes_then_answers_under_their_own_name(user):
    now = dt.datetime.now(dt.UTC)
    statement = skill(user)
    alex = reader(name="Alex Martin")
    review = ask(user, now=now)
    with pytest.raises(Refused) as refusal:
        answer_review(actor=alex, review=review, views={statement.pk: OBSERVED})
    assert refusal.value.code == "review_waiting"
    for _ in range(2):
        taken = take_review(actor=alex, review=review, now=now + HOUR)
    assert (taken.reader, taken.state) == (alex, "in_review")
    [view] = answer_review(actor=alex, review=review, views={statement.pk: OBSERVED}, now=now + HOUR * 2)
    alex.name = "Alex Dupont"
    alex.save()
    view.refresh_from_db()
    assert (view.kind, view.level, view.comment) == ("observed", 5, "Je l’ai vue\nfaire.")
    assert (view.author, view.author_name, view.author_capacity, view.author_organisation) == (
        alex,
        "Alex Martin",
        Capacity.PEER,
        "",
    )
    assert view.given_at == now + HOUR * 2
    assert moves(review) == [
        ("", "waiting", "Nadia"),
        ("waiting", "in_review", "Alex Martin"),
        ("in_review", "answered", "Alex Martin"),
    ]
    assert statement.revisions.get().level == 3
    assert Notification.objects.get(kind="review_answered").recipient == user


def test_views_bear_the_role_that_holds_that_day(user):
    statement = skill(user)
    mandate = reviewer(user)
    mandate.adviser.name = "Camille"
    mandate.adviser.save()
    review = ask(user, mandate=mandate)
    take_review(actor=mandate.adviser, review=review)
    [view] = answer_review(actor=mandate.adviser, review=review, views={statement.pk: OBSERVED})
    assert (view.author_capacity, view.author_organisation) == (Capacity.ADVISER, mandate.organisation.name)
    boss = reader("chef@exemple.fr", name="Sacha")
    firm = MembershipFactory(user=boss, employer=True).organisation
    elsewhere = MembershipFactory(employer=True).organisation
    review = ask(user, email=boss.email, capacity=Capacity.EMPLOYER_MEMBER)
    take_review(actor=boss, review=review)
    with pytest.raises(NotFound):
        answer_review(actor=boss, review=review, views={statement.pk: OBSERVED}, organisation=elsewhere)
    [view] = answer_review(actor=boss, review=review, views={statement.pk: OBSERVED}, organisation=firm)
    assert (view.author_capacity, view.author_organisation) == (Capacity.EMPLOYER_MEMBER, firm.name)
    former = reader("ancien@exemple.fr", name="Dominique")
    review = ask(user, email=former.email, capacity=Capacity.EMPLOYER_MEMBER)
    take_review(actor=former, review=review)
    [view] = answer_review(actor=former, review=review, views={statement.pk: OBSERVED})
    assert (view.author_capacity, view.author_organisation) == (Capacity.PEER, "")


def test_a_view_is_of_the_list_and_of_what_was_asked(user):
    statement = skill(user)
    other = skill(user, "Souder")
    alex = reader(name="Alex")
    review = take_review(actor=alex, review=ask(user, statement))
    bad = [{}, *({statement.pk: View(kind=k, level=n, comment=c)} for k, n, c in BAD_VIEWS)]
    for views in bad:
        with pytest.raises(Refused):
            answer_review(actor=alex, review=review, views=views)
    for key in (other.pk, skill(UserFactory()).pk):
        with pytest.raises(NotFound):
            answer_review(actor=alex, review=review, views={key: OBSERVED})
    assert not Attestation.objects.exists()


BAD_VIEWS = [("liked", None, ""), ("observed", 9, ""), ("observed", 0, ""), ("observed", None, "x" * 501)]


def test_a_view_bears_a_name(user):
    nameless = reader(nameless=True)
    review = ask(user)
    with pytest.raises(Refused) as refusal:
        take_review(actor=nameless, review=review)
    assert refusal.value.code == "no_name"


def test_a_second_answer_is_refused_and_changes_nothing(user):
    alex, review, [view] = answered_request(user)
    for act in (
        lambda: answer_review(actor=alex, review=review, views={held(user)[0].pk: View(kind="confirmed")}),
        lambda: take_review(actor=alex, review=review),
        lambda: decline_review(actor=alex, review=review),
        lambda: withdraw_review(actor=user, review=review),
    ):
        with pytest.raises(Refused) as refusal:
            act()
        assert refusal.value.code == "review_answered"
        assert "déjà sa réponse" in str(refusal.value.message)
    assert Attestation.objects.get() == view
    assert review.moves.count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_leave_one():
    user, alex = UserFactory(), reader(name="Alex")
    statement = skill(user)
    review = take_review(actor=alex, review=ask(user, statement))
    answers = [
        lambda level=level: answer_review(
            actor=alex, review=review, views={statement.pk: View(kind="observed", level=level)}
        )
        for level in (2, 3, 4)
    ]
    results = side_by_side(*answers)
    refusals = [one for one in results if isinstance(one, Refused)]
    assert [one.code for one in refusals] == ["review_answered"] * 2
    assert Attestation.objects.count() == 1
    assert ReviewMove.objects.filter(after="answered").count() == 1
    assert Notification.objects.filter(kind="review_answered").count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_answer_and_a_withdrawal_at_once_leave_one_of_them():
    user, alex = UserFactory(), reader(name="Alex")
    statement = skill(user)
    review = take_review(actor=alex, review=ask(user, statement))
    results = side_by_side(
        lambda: answer_review(actor=alex, review=review, views={statement.pk: OBSERVED}),
        lambda: withdraw_review(actor=user, review=review),
    )
    assert sum(isinstance(one, Refused) for one in results) == 1
    review.refresh_from_db()
    assert Attestation.objects.exists() is (review.state == "answered")


def test_a_request_is_declined_or_withdrawn_once(user):
    alex = reader(name="Alex")
    review = ask(user)
    decline_review(actor=alex, review=review)
    assert moves(review)[-1] == ("waiting", "declined", "Alex")
    assert Notification.objects.get(kind="review_answered").recipient == user
    for act in (decline_review, take_review):
        with pytest.raises(Refused) as refusal:
            act(actor=alex, review=review)
        assert refusal.value.code == "review_declined"
    again = take_review(actor=alex, review=ask(user))
    withdraw_review(actor=user, review=again)
    assert moves(again)[-1] == ("in_review", "withdrawn", "Nadia")
    with pytest.raises(Refused) as refusal:
        answer_review(actor=alex, review=again, views={held(user)[0].pk: OBSERVED})
    assert "retiré sa demande" in str(refusal.value.message)
    with pytest.raises(NotFound):
        withdraw_review(actor=alex, review=ask(user, email="b@exemple.fr"))


def test_a_worker_closes_an_answered_request_once_its_author_may_no_longer_take_it_back(user):
    alex, review, [view] = answered_request(user)
    with pytest.raises(Refused) as refusal:
        close_review(actor=user, review=review)
    assert refusal.value.code == "too_early"
    later = review.moved_at + HOUR * 25
    with pytest.raises(NotFound):
        close_review(actor=alex, review=review, now=later)
    close_review(actor=user, review=review, now=later)
    assert moves(review)[-1] == ("answered", "closed", "Nadia")
    assert not ReviewRequest.objects.for_reader(alex, later.date()).exists()
    assert with_recognition(held(user), own=False, on=timezone.localdate())[0].attestations_shown == [view]
    for act in (close_review, withdraw_review):
        with pytest.raises(Refused):
            act(actor=user, review=review, now=later)
    waiting = ask(user)
    with pytest.raises(Refused):
        close_review(actor=user, review=waiting, now=later)


# What was said ---------------------------------------------------------------------------------------------


def test_an_author_takes_a_view_back_within_a_day_and_nobody_else_does(user):
    alex, _review, [view] = answered_request(user)
    for actor in (user, reader("autre@exemple.fr"), UserFactory(staff=True)):
        with pytest.raises(NotFound):
            withdraw_attestation(actor=actor, attestation=view)
    with pytest.raises(Refused) as refusal:
        withdraw_attestation(actor=alex, attestation=view, now=view.given_at + HOUR * 25)
    assert refusal.value.code == "too_late"
    for _ in range(2):
        gone = withdraw_attestation(actor=alex, attestation=view, now=view.given_at + HOUR * 24)
    assert gone.withdrawn_at == view.given_at + HOUR * 24
    assert with_recognition(held(user), own=True, on=timezone.localdate())[0].attestations_shown == []
    with pytest.raises(NotFound):
        hide_attestation(actor=user, attestation=view, hidden=True)


def test_a_worker_hides_a_view_from_others_and_changes_nothing_of_it(user):
    alex, _review, [view] = answered_request(user)
    for actor in (alex, reader("autre@exemple.fr")):
        with pytest.raises(NotFound):
            hide_attestation(actor=actor, attestation=view, hidden=True)
    before = Attestation.objects.values().get()
    hide_attestation(actor=user, attestation=view, hidden=True)
    after = Attestation.objects.values().get()
    assert {name for name in before if before[name] != after[name]} == {"hidden_at"}
    assert with_recognition(held(user), own=False, on=timezone.localdate())[0].attestations_shown == []
    assert with_recognition(held(user), own=True, on=timezone.localdate())[0].attestations_shown == [view]
    hide_attestation(actor=user, attestation=view, hidden=False)
    assert with_recognition(held(user), own=False, on=timezone.localdate())[0].attestations_shown == [view]


def test_a_view_outlives_the_account_of_its_author(user):
    alex, review, [view] = answered_request(user)
    alex.delete()
    view.refresh_from_db()
    review.refresh_from_db()
    assert (view.author, view.author_name, review.reader) == (None, "Alex Martin", None)
    assert moves(review)[-1] == ("in_review", "answered", "Alex Martin")


def test_recognition_costs_the_same_whatever_it_holds(user, django_assert_num_queries):
    statements = [skill(user, f"Compétence {n}") for n in range(MOST_SKILLS)]
    for one in statements:
        add(user, one)
    for number in range(3):
        answered_request(user, f"a{number}@exemple.fr")
    with django_assert_num_queries(2):
        found = with_recognition(statements, own=True, on=timezone.localdate())
    assert len(found[0].attestations_shown) == 3
    assert [len(one.evidence_shown) for one in found] == [1] * MOST_SKILLS


# Constraints -----------------------------------------------------------------------------------------------

VIEW_BREAKERS = {
    "attestation_level_on_the_scale": {"level": 9},
    "attestation_kind_known": {"kind": "liked"},
    "attestation_is_signed": {"author_name": ""},
    "attestation_withdrawn_after_given": {"withdrawn_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)},
}
REQUEST_BREAKERS = {
    "review_state_known": {"state": "lost"},
    "review_names_its_reader": {"reader_email": ""},
}


def broken_by(act):
    with pytest.raises(IntegrityError) as broken, transaction.atomic():
        act()
    return broken_constraint(broken.value)


def test_each_constraint_holds_and_says_why(user):
    _alex, review, [view] = answered_request(user)
    for name, columns in VIEW_BREAKERS.items():
        assert broken_by(lambda columns=columns: Attestation.objects.update(**columns)) == name
    for name, columns in REQUEST_BREAKERS.items():
        assert broken_by(lambda columns=columns: ReviewRequest.objects.update(**columns)) == name

    def again(row):
        row.pk, row._state.adding, row.public_id = None, True, None
        row.public_id = UserFactory().public_id
        row.save()

    assert broken_by(lambda: again(view)) == "attestation_one_a_statement"
    [move] = review.moves.filter(after="answered")
    assert broken_by(lambda: again(move)) == "review_move_once_a_state"
    waiting = ask(user)
    assert broken_by(lambda: again(waiting)) == "review_one_unfinished_an_address"
    asked = ask(user, mandate=reviewer(user))
    assert broken_by(lambda: again(asked)) == "review_one_unfinished_an_adviser"
    for model in (Attestation, ReviewRequest, ReviewMove):
        assert all(one.violation_error_message for one in model._meta.constraints)
