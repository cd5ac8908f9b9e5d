"""What this app adds to the register of consents: review requests, bilans, documents kept; nobody else's."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import consents
from accounts.services.mandates import withdraw_mandate
from competences.bilan_texts import BILAN_TEXTS
from competences.enums import BilanState, KeptReason
from competences.models import BilanDocument
from competences.review_texts import REVIEW_TEXTS
from competences.services.attestations import decline_review, take_review
from competences.services.review_requests import withdraw_review
from tests.accounts.factories import UserFactory
from tests.competences import bilan_builder
from tests.competences.record_builder import add, ask, reader, reviewer, skill

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 3, 12, 9, 30, tzinfo=dt.UTC)
TODAY = NOW.date()


@pytest.fixture
def user():
    return UserFactory(name="Nadia")


def told(user, on=TODAY):
    return [(str(one.what), str(one.ended)) for one in consents.given_by(user.worker, on)]


def test_a_review_request_is_a_consent_with_its_scope_and_its_sentence(user):
    mine = skill(user)
    piece = add(user, mine, title="Ma photo")
    review = ask(user, mine, email="alex@exemple.fr", evidence=[piece], question="Et ceci ?", now=NOW)
    (consent,) = consents.given_by(user.worker, TODAY)
    assert consent.whom == "alex@exemple.fr"
    assert all(words in consent.scope for words in ("cochées\xa0: 1", "Et ceci ?"))
    assert (str(consent.text), consent.text_version) == (str(REVIEW_TEXTS["1"]), "1")
    assert consent.given_at == NOW
    assert str(review.public_id) in consent.url
    assert told(UserFactory()) == []


@pytest.mark.parametrize("end", ["withdraw", "decline", "time", ""])
def test_what_became_of_a_request_is_told(user, end):
    alex = reader("alex@exemple.fr")
    review = ask(user, email=alex.email, now=NOW)
    on = TODAY
    if end == "withdraw":
        withdraw_review(actor=user, review=review, now=NOW)
    elif end == "decline":
        decline_review(actor=alex, review=take_review(actor=alex, review=review, now=NOW), now=NOW)
    elif end == "time":
        on = TODAY + dt.timedelta(days=400)
    (consent,) = consents.given_by(user.worker, on)
    assert bool(consent.ended) is bool(end)
    assert (consent.ended_at is not None) is (end in ("withdraw", "decline"))
    assert bool(consent.url) is not bool(end)


def test_the_yes_to_a_bilan_and_a_document_kept_longer(user):
    bilan = bilan_builder.bilan(person=user, consented_at=NOW, consent_version="1")
    BilanDocument.objects.create(
        worker=user.worker,
        bilan=bilan,
        kind="synthesis",
        title="Ma synthèse",
        author_name="Yann",
        created_at=NOW,
        kept_for=KeptReason.FOLLOW_UP,
        agreed_at=NOW,
        agreement_version="1",
        destroy_on=dt.date(2029, 3, 12),
    )
    by_what = {str(one.text_version) + str(one.what): one for one in consents.given_by(user.worker, TODAY)}
    begun = next(one for one in by_what.values() if str(one.text) == str(BILAN_TEXTS["1"]))
    kept = next(one for one in by_what.values() if "Ma synthèse" in one.scope)
    assert begun.ended == ""
    assert kept.end_on == dt.date(2029, 3, 12)
    bilan.state, bilan.ended_on, bilan.moved_at = BilanState.ABANDONED, TODAY, NOW
    bilan.save()
    ended = next(
        one for one in consents.given_by(user.worker, TODAY) if str(one.text) == str(BILAN_TEXTS["1"])
    )
    assert (ended.ended, ended.ended_at, ended.url) == ("abandonné", NOW, "")


def test_a_mandate_taken_back_stays_written(user):
    mandate = reviewer(user)
    withdraw_mandate(actor=user, mandate=mandate)
    (consent,) = consents.given_by(user.worker, TODAY)
    assert consent.ended_at is not None


def test_the_register_asks_one_question_a_source(user):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            consents.given_by(user.worker, TODAY)
        return len(queries)

    ask(user, email="a0@exemple.fr", now=NOW)
    first = asked()
    for n in range(1, 5):
        ask(user, email=f"a{n}@exemple.fr", now=NOW)
        reviewer(user)
    assert asked() == first == 5
