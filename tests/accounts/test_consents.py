"""The register of consents, and who opened one's file: on screen, as files, at a fixed cost."""

import csv
import io
import json
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts import consents
from accounts.consents import Consent, ConsentSource
from accounts.enums import Purpose
from accounts.mandate_texts import CURRENT_VERSION, MANDATE_TEXTS
from accounts.models import FileOpening, Mandate
from accounts.services.mandates import withdraw_mandate
from tests.accounts.factories import (
    LONG_AGO,
    NOW,
    TODAY,
    TOMORROW,
    MandateFactory,
    MembershipFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

PAGE = "/compte/consentements/"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def user(client):
    user = UserFactory(name="Nadia")
    client.force_login(user)
    return user


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff")), delimiter=";"))


def _opening(worker, actor, **fields):
    values = {"mandate_id": None, "purpose": Purpose.FOLLOW_UP, "opened_at": NOW, **fields}
    return FileOpening.objects.create(actor_id=actor.pk, worker_id=worker.pk, **values)


def test_the_register_of_a_newcomer_teaches(client, user):
    assert "Vous n’avez donné aucun accord" in client.get(PAGE).content.decode()
    assert rows_of(client.get(PAGE.rstrip("/") + ".csv").content.decode()) == []
    assert Client().get(PAGE).status_code == 302


@pytest.mark.parametrize(
    ("fields", "ended"),
    [
        ({}, ""),
        ({"future": True}, ""),
        ({"ended": True}, "terminé"),
        ({"withdrawn": True}, "retiré"),
        ({"member__end_on": TODAY}, "suspendu"),
    ],
)
def test_each_mandate_is_told_with_its_text_and_what_became_of_it(user, fields, ended):
    mandate = MandateFactory(worker=user.worker, adviser__name="Yann Kerlo", reason="Mon bilan", **fields)
    (consent,) = consents.given_by(user.worker, TODAY)
    assert (consent.whom, consent.organisation) == ("Yann Kerlo", mandate.organisation.name)
    assert "Mon bilan" in consent.scope
    assert str(consent.text) == str(MANDATE_TEXTS[mandate.text_version])
    assert str(consent.ended).startswith(ended)
    assert bool(consent.ended) is bool(ended)
    assert bool(consent.url) is not bool(ended)
    assert consent.ended_at == mandate.withdrawn_at


def test_the_register_is_ones_own(client, user):
    MandateFactory(adviser__name="Yann Kerlo")
    MandateFactory(adviser=user)
    for address in (PAGE, "/compte/consentements.csv", "/compte/consentements.json"):
        assert "Yann Kerlo" not in client.get(address).content.decode()
    assert json.loads(client.get("/compte/consentements.json").content) == []
    assert client.get("/compte/consentements.xml").status_code == 404


def test_the_files_hold_what_the_page_shows(client, user):
    mandate = MandateFactory(worker=user.worker, adviser__name="=Yann", end_on=TOMORROW)
    withdraw_mandate(actor=user, mandate=mandate)
    page = client.get(PAGE)
    assert [one.whom for one in page.context["page"]] == ["=Yann"]
    (told,) = json.loads(client.get("/compte/consentements.json").content)
    assert (told["whom"], told["end_on"], told["text_version"]) == ("=Yann", f"{TOMORROW}", CURRENT_VERSION)
    assert told["ended_at"].startswith("2026-03-12T10:30:00")
    response = client.get("/compte/consentements.csv")
    assert response["Cache-Control"] == "private, no-store"
    (row,) = rows_of(response.content.decode())
    assert row["personne"] == "'=Yann"  # no spreadsheet runs it
    assert row["texte accepté"] == str(MANDATE_TEXTS["1"])


def test_a_higher_app_adds_its_own(client, user):
    made = Consent(
        what="Garder un document",
        whom="",
        scope="la synthèse",
        text="J’accepte.",
        text_version="3",
        given_at=NOW,
    )
    consents.register(
        ConsentSource(name="test", given_by=lambda worker, on: [made] if worker == user.worker else [])
    )
    try:
        page = client.get(PAGE).content.decode()
        assert "Garder un document" in page
        assert "J’accepte." in page
        assert "version 3" in page
    finally:
        consents.unregister("test")


def test_the_register_costs_the_same_however_many(client, user, django_assert_num_queries):
    def fill(number):
        for _time in range(number):
            MandateFactory(worker=user.worker)
            MandateFactory(worker=user.worker, withdrawn=True)

    fill(1)
    with django_assert_num_queries(9):
        client.get(PAGE)
    fill(8)
    with django_assert_num_queries(9):
        client.get(PAGE)


# Who opened my file ----------------------------------------------------------------------------------------


def test_an_opening_says_for_whom_why_and_what(client, user):
    mandate = MandateFactory(
        worker=user.worker, adviser__name="Yann", organisation__name="Cap Métiers", reason="Mon reclassement"
    )
    _opening(user.worker, mandate.adviser, mandate_id=mandate.pk, thing="career")
    _opening(user.worker, mandate.adviser, mandate_id=mandate.pk, thing="career")
    _opening(user.worker, mandate.adviser, mandate_id=mandate.pk)
    page = client.get(reverse("accounts:access"))
    told = {str(row.thing): row for row in page.context["openings"]}
    assert {words: row.times for words, row in told.items()} == {"Mon parcours": 2, "": 1}
    assert {(row.organisation, row.reason) for row in told.values()} == {("Cap Métiers", "Mon reclassement")}
    assert "Mon reclassement" in page.content.decode()


def test_openings_are_filtered_by_person_and_taken_away(client, user):
    yann, soizic = (MandateFactory(worker=user.worker, adviser__name=name) for name in ("Yann", "Soizic"))
    for mandate, number in ((yann, 2), (soizic, 1)):
        for n in range(number):
            _opening(
                user.worker, mandate.adviser, mandate_id=mandate.pk, opened_at=NOW - n * timedelta(days=1)
            )
    _opening(MandateFactory().worker, UserFactory(name="Autre"))
    address = reverse("accounts:access")
    whole = client.get(address)
    assert [(item["label"], item["count"]) for item in whole.context["openers"]] == [
        ("Tout le monde", 3),
        ("Soizic", 1),
        ("Yann", 2),
    ]
    one = client.get(address, {"personne": yann.adviser.public_id})
    assert {row.who for row in one.context["openings"]} == {"Yann"}
    assert one.context["query"] in one.content.decode()
    # What names nobody of the list shows the whole list: it is not an address to try accounts with.
    for unknown in ("x", str(UserFactory().public_id)):
        assert len(client.get(address, {"personne": unknown}).context["openings"]) == 3
    csv_address = reverse("accounts:openings_csv")
    everybody = rows_of(client.get(csv_address).content.decode())
    assert sorted(row["personne"] for row in everybody) == ["Soizic", "Yann", "Yann"]
    filtered = client.get(csv_address, {"personne": yann.adviser.public_id}).content.decode()
    assert {row["personne"] for row in rows_of(filtered)} == {"Yann"}
    assert {row["organisme"] for row in rows_of(filtered)} == {yann.organisation.name}
    assert Client().get(csv_address).status_code == 302


# Giving access: the first day and the reason ---------------------------------------------------------------


def _grant(client, **fields):
    membership = fields.pop("membership", None) or MembershipFactory()
    data = {"email": membership.user.email, "purposes": ["follow_up"], "end_on": "2027-03-12", **fields}
    return client.post(reverse("accounts:grant"), data)


def test_an_access_may_begin_later_with_its_reason(client, user):
    membership = MembershipFactory()
    response = _grant(client, membership=membership, start_on=f"{TOMORROW}", reason=" Mon  bilan ")
    assert response.status_code == 302
    mandate = Mandate.objects.get()
    assert (mandate.start_on, mandate.reason) == (TOMORROW, "Mon bilan")
    assert not Mandate.objects.effective(TODAY).exists()
    assert Mandate.objects.effective(TOMORROW).exists()
    page = client.get(reverse("accounts:access")).content.decode()
    assert "à partir du" in page
    assert "Mon bilan" in page
    # The adviser is told on the first day, not before.
    told = membership.user.notifications.get()
    assert told.not_before.date() == TODAY  # midnight in France, the evening before in UTC
    assert told.not_before > NOW


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"start_on": f"{LONG_AGO}"}, "start_on"),
        ({"start_on": "2029-01-01", "end_on": ""}, "start_on"),
        ({"start_on": f"{TOMORROW}", "end_on": f"{TOMORROW}"}, "end_on"),
        ({"start_on": "demain"}, "start_on"),
        ({"reason": "x" * 201}, "reason"),
    ],
)
def test_a_bad_day_or_reason_is_told_beside_its_field(client, user, fields, field):
    page = _grant(client, **fields)
    assert list(page.context["form"].errors) == [field]
    assert not Mandate.objects.exists()
