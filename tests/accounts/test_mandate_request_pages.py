"""The pages of mandate requests: the adviser's, and the person's answer, in two tabs too."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Mandate, MandateRequest
from tests.accounts.factories import (
    NOW,
    TODAY,
    TOMORROW,
    MandateFactory,
    MandateRequestFactory,
    MembershipFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

LIST = "/demandes-d-acces/"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def nadia():
    return UserFactory(email="nadia@exemple.fr", name="Nadia")


@pytest.fixture
def asked(nadia):
    return MandateRequestFactory(
        email=nadia.email,
        membership__user__name="Yann Kerlo",
        membership__organisation__name="Cap Métiers",
    )


def page_of(request):
    return reverse("accounts:mandate_request", args=[request.public_id])


def answer(client, request, **fields):
    return client.post(page_of(request), {"purposes": ["follow_up"], "end_on": f"{TOMORROW}", **fields})


def test_an_adviser_asks_sees_and_takes_back(nadia):
    place = MembershipFactory()
    adviser = signed_in(place.user)
    empty = adviser.get(LIST).content.decode()
    assert "Vous n’avez rien demandé" in empty
    form = adviser.get(reverse("accounts:mandate_request_ask")).content.decode()
    assert place.organisation.name in form
    fields = {
        "organisation": str(place.organisation.public_id),
        "email": nadia.email,
        "purposes": ["follow_up", "bilan"],
        "reason": "Préparer votre bilan",
        "end_on": "2026-09-12",
    }
    assert adviser.post(reverse("accounts:mandate_request_ask"), fields).url == LIST
    request = MandateRequest.objects.get()
    shown = adviser.get(LIST).content.decode()
    assert nadia.email in shown
    assert "attend une réponse" in shown
    assert "Nadia" not in shown
    again = adviser.post(reverse("accounts:mandate_request_ask"), fields)
    assert list(again.context["form"].errors) == ["email"]
    back = reverse("accounts:mandate_request_take_back", args=[request.public_id])
    assert adviser.get(back).url == LIST
    assert signed_in(MembershipFactory().user).post(back).status_code == 404
    assert adviser.post(back).url == LIST
    assert "reprise" in adviser.get(LIST).content.decode()
    assert adviser.post(back).url == LIST  # twice is told, and changes nothing
    assert "terminée" in adviser.get(LIST).content.decode()


def test_an_adviser_of_two_bodies_chooses_one(nadia):
    place = MembershipFactory()
    second = MembershipFactory(user=place.user)
    other = MembershipFactory().organisation
    adviser = signed_in(place.user)
    fields = {"email": nadia.email, "purposes": ["bilan"], "reason": "Votre bilan", "end_on": "2026-09-12"}
    ask = reverse("accounts:mandate_request_ask")
    assert "organisation" in adviser.post(ask, fields).context["form"].errors
    refused = adviser.post(ask, {**fields, "organisation": str(other.public_id)})
    assert "organisation" in refused.context["form"].errors
    adviser.post(ask, {**fields, "organisation": str(second.organisation.public_id)})
    assert MandateRequest.objects.get().organisation == second.organisation


def test_those_who_do_not_advise_have_no_such_page():
    for person in (UserFactory(), MembershipFactory(employer=True).user, MembershipFactory(ended=True).user):
        client = signed_in(person)
        assert client.get(LIST).status_code == 404
        assert client.get(reverse("accounts:mandate_request_ask")).status_code == 404
    assert Client().get(LIST).status_code == 302
    # Somebody who left still sees what they had asked, and asks nothing more.
    past = MandateRequestFactory()
    past.adviser.memberships.update(end_on=TODAY)
    shown = signed_in(past.adviser).get(LIST).content.decode()
    assert past.email in shown
    assert "Demander un accès" not in shown


def test_the_list_of_an_adviser_costs_the_same_however_many(django_assert_num_queries):
    place = MembershipFactory()
    fields = {"adviser": place.user, "organisation": place.organisation}
    client = signed_in(place.user)

    def fill(number):
        for _time in range(number):
            request = MandateRequestFactory(**fields, accepted=True)
            MandateFactory(worker=request.worker, request=request, **fields)

    fill(1)
    with django_assert_num_queries(7):
        client.get(LIST)
    fill(6)
    with django_assert_num_queries(7):
        client.get(LIST)


def test_the_person_reads_who_asks_and_gives_one_purpose_of_two(nadia, asked):
    client = signed_in(nadia)
    access = client.get(reverse("accounts:access")).content.decode()
    assert "Yann Kerlo" in access
    assert page_of(asked) in access
    page = client.get(page_of(asked))
    text = page.content.decode()
    assert all(word in text for word in ("Yann Kerlo", "Cap Métiers", asked.reason))
    # Nothing is ticked beforehand; the end is the adviser's wish.
    assert "checked" not in text
    assert f"{asked.end_on}" in text
    nothing = client.post(page_of(asked), {"end_on": f"{TOMORROW}"})
    assert list(nothing.context["form"].errors) == ["purposes"]
    assert answer(client, asked).url == reverse("accounts:access")
    mandate = Mandate.objects.get()
    assert (mandate.purpose, mandate.end_on, mandate.adviser) == ("follow_up", TOMORROW, asked.adviser)
    assert "pour un but" in client.get(reverse("accounts:access")).content.decode()


def test_a_no_is_one_click(nadia, asked):
    client = signed_in(nadia)
    no = reverse("accounts:mandate_request_decline", args=[asked.public_id])
    assert client.get(no).url == page_of(asked)
    assert client.post(no).url == reverse("accounts:access")
    asked.refresh_from_db()
    assert (asked.state, Mandate.objects.count()) == ("declined", 0)
    assert "refusée" in signed_in(asked.adviser).get(LIST).content.decode()


@pytest.mark.parametrize("first", ["yes", "no", "taken back", "expired"])
def test_a_second_tab_is_told_in_words(nadia, asked, first):
    client, adviser = signed_in(nadia), signed_in(asked.adviser)
    assert client.get(page_of(asked)).context["is_waiting"]
    no = reverse("accounts:mandate_request_decline", args=[asked.public_id])
    if first == "yes":
        answer(client, asked)
    elif first == "no":
        client.post(no)
    elif first == "taken back":
        adviser.post(reverse("accounts:mandate_request_take_back", args=[asked.public_id]))
    else:
        MandateRequest.objects.update(asked_at=NOW - timedelta(days=30))
    client.get(reverse("accounts:access"))  # reads the message of the first tab
    kept = Mandate.objects.count()
    for second in (lambda: answer(client, asked, purposes=["bilan"]), lambda: client.post(no)):
        response = second()
        assert response.url == reverse("accounts:access")
        said = client.get(response.url).content.decode()
        words = {
            "yes": "déjà répondu oui",
            "no": "déjà répondu non",
            "taken back": "repris sa demande",
            "expired": "30 jours sans réponse",
        }[first]
        assert words in said
    assert Mandate.objects.count() == kept
    page = client.get(page_of(asked))
    assert page.status_code == 200
    assert not page.context["is_waiting"]
    assert '<form method="post">' not in page.content.decode()


def test_an_adviser_who_left_meanwhile_is_told_in_words(nadia, asked):
    client = signed_in(nadia)
    client.get(page_of(asked))
    asked.adviser.memberships.update(end_on=TODAY)
    assert answer(client, asked).url == reverse("accounts:access")
    assert "ne conseille plus" in client.get(reverse("accounts:access")).content.decode()
    assert "ne conseille plus" in client.get(page_of(asked)).content.decode()
    assert not Mandate.objects.exists()


def test_what_is_given_already_is_said_and_not_asked_again(nadia, asked):
    given = {"worker": nadia.worker, "adviser": asked.adviser, "organisation": asked.organisation}
    MandateFactory(**given)
    client = signed_in(nadia)
    page = client.get(page_of(asked))
    assert [value for value, _label in page.context["form"].fields["purposes"].choices] == ["bilan"]
    assert list(answer(client, asked).context["form"].errors) == ["purposes"]
    MandateFactory(**given, purpose="bilan")
    assert "rien de plus à donner" in client.get(page_of(asked)).content.decode()


def test_a_request_to_somebody_else_is_like_one_that_does_not_exist(asked):
    neighbour = UserFactory(email="autre@exemple.fr")
    MandateRequestFactory(email=neighbour.email)
    no = reverse("accounts:mandate_request_decline", args=[asked.public_id])
    for person in (neighbour, asked.adviser, UserFactory(staff=True)):
        client = signed_in(person)
        assert client.get(page_of(asked)).status_code == 404
        assert answer(client, asked).status_code == 404
        assert client.post(no).status_code == 404
        assert "Yann Kerlo" not in client.get(reverse("accounts:access")).content.decode()
    asked.refresh_from_db()
    assert asked.state == "waiting"
