"""The pages of the account: settings, who can see what, giving and taking back."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.enums import Category, Purpose
from accounts.models import FileOpening, Mandate, NotificationPreference, User
from accounts.queries.file_access import former_mandates, grantees, one_year_after, opening_days
from accounts.queries.preferences import switched_off_by
from tests.accounts.factories import (
    NOW,
    TODAY,
    TOMORROW,
    MandateFactory,
    MembershipFactory,
    OrganisationFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    """The pages read the clock; the cookie of the session must outlive the journey."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def user(client):
    """A signed-in worker."""
    user = UserFactory(name="Nadia Le Goff")
    client.force_login(user)
    return user


def _opening(worker, actor, opened_at=NOW, purpose=Purpose.FOLLOW_UP):
    return FileOpening.objects.create(
        actor_id=actor.pk, worker_id=worker.pk, mandate_id=1, purpose=purpose, opened_at=opened_at
    )


@pytest.mark.parametrize("name", ["profile", "access", "grant"])
def test_a_visitor_signs_in_first(client, name):
    response = client.get(reverse(f"accounts:{name}"))
    assert response.url == f"{reverse('account_login')}?next={reverse(f'accounts:{name}')}"


@pytest.mark.parametrize("length", [254, 255])
def test_an_address_too_long_to_be_kept_is_refused_and_never_cut(client, length):
    typed = f"marie@{'a' * 60}.{'b' * 60}.{'c' * 60}.{'d' * (length - 192)}.fr"
    assert len(typed) == length
    page = client.post(reverse("account_signup"), {"email": typed, "password1": "une phrase assez longue"})
    if length > 254:
        assert "email" in page.context["form"].errors
        assert typed in page.content.decode()
    assert [user.email for user in User.objects.all()] == ([typed] if length == 254 else [])


def test_profile_keeps_name_language_and_families(client, user):
    page = client.get(reverse("accounts:profile"))
    assert page.context["form"]["category_mandates"].value() is True
    response = client.post(reverse("accounts:profile"), {"name": "Nadia", "language": "en"})
    assert response.url == reverse("accounts:profile")
    user.refresh_from_db()
    assert (user.name, user.language) == ("Nadia", "en")
    assert Category.MANDATES in switched_off_by(user)
    assert response.cookies["django_language"].value == "en"
    page = client.get(reverse("accounts:profile"))
    assert page.context["form"]["category_mandates"].value() is False
    assert '<html lang="en"' in page.content.decode()


def test_profile_says_what_is_wrong_and_keeps_what_was_typed(client, user):
    page = client.post(reverse("accounts:profile"), {"name": "N" * 151, "language": "de"})
    assert page.status_code == 200
    assert set(page.context["form"].errors) == {"name", "language"}
    assert "N" * 151 in page.content.decode()
    assert not NotificationPreference.objects.exists()


def test_access_page_of_a_newcomer_teaches(client, user):
    page = client.get(reverse("accounts:access")).content.decode()
    assert "Personne d’autre que vous ne peut ouvrir votre dossier" in page
    assert reverse("accounts:grant") in page


def test_access_page_says_who_may_who_did_and_who_no_longer_can(client, user):
    mandate = MandateFactory(worker=user.worker, adviser__name="Yann Kerlo", end_on=TOMORROW)
    MandateFactory(worker=user.worker, adviser__name="Soizic Morvan", withdrawn=True)
    _opening(user.worker, mandate.adviser)
    _opening(user.worker, mandate.adviser, NOW + timedelta(hours=1))
    page = client.get(reverse("accounts:access"))
    text = page.content.decode()
    assert [grantee.adviser.name for grantee in page.context["grantees"]] == ["Yann Kerlo"]
    assert [former.adviser.name for former in page.context["former"]] == ["Soizic Morvan"]
    (opening,) = page.context["openings"]
    assert (opening.who, opening.times, opening.on) == (mandate.adviser.display_name, 2, TODAY)
    assert "11:30" in text  # the last time, on a clock in France
    assert reverse("accounts:withdraw", args=[mandate.public_id]) in text


def test_access_page_shows_nothing_of_a_neighbour(client, user):
    neighbour = MandateFactory(adviser__name="Yann Kerlo")
    _opening(neighbour.worker, neighbour.adviser)
    assert "Yann Kerlo" not in client.get(reverse("accounts:access")).content.decode()


def test_an_erased_account_stays_in_the_log_without_a_name(client, user):
    _opening(user.worker, UserFactory.build(pk=999_999))
    assert "compte effacé" in client.get(reverse("accounts:access")).content.decode()


def test_days_follow_the_clock_of_france(user):
    _opening(user.worker, user, NOW.replace(hour=23, minute=30) - timedelta(days=1))
    assert opening_days(user.worker).get()["on"] == TODAY


def test_access_page_costs_the_same_however_many(
    client, user, django_assert_num_queries, django_assert_max_num_queries
):
    def fill(number):
        for n in range(number):
            mandate = MandateFactory(worker=user.worker)
            MandateFactory(worker=user.worker, withdrawn=True)
            _opening(user.worker, mandate.adviser, NOW - timedelta(days=n))

    fill(2)
    with django_assert_max_num_queries(14) as first:
        client.get(reverse("accounts:access"))
    fill(5)
    with django_assert_num_queries(len(first)):
        client.get(reverse("accounts:access"))


@pytest.mark.parametrize(
    ("fields", "given", "former"),
    [
        ({}, True, False),
        ({"end_on": TOMORROW}, True, False),
        ({"future": True}, True, False),
        ({"ended": True}, False, True),
        ({"withdrawn": True}, False, True),
        ({"member__end_on": TODAY}, False, True),
    ],
)
def test_a_mandate_is_on_one_list_and_one_only(fields, given, former):
    mandate = MandateFactory(**fields)
    listed = [row for grantee in grantees(mandate.worker, TODAY) for row in grantee.mandates]
    assert (mandate in listed) is given
    assert (mandate in former_mandates(mandate.worker, TODAY)) is former


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2026, 3, 12), date(2027, 3, 12)), (date(2028, 2, 29), date(2029, 3, 1))],
)
def test_one_year_after(day, expected):
    assert one_year_after(day) == expected


def _grant(client, organisation=None, **fields):
    query = f"?organisation={organisation.public_id}" if organisation else ""
    data = {"purposes": ["follow_up"], "end_on": "2027-03-12", **fields}
    return client.post(reverse("accounts:grant") + query, data)


def test_giving_access_by_the_list_of_an_organisation(client, user):
    membership = MembershipFactory(user__name="Yann Kerlo")
    url = reverse("accounts:grant")
    assert membership.organisation.name in client.get(url).content.decode()
    page = client.get(url, {"organisation": membership.organisation.public_id}).content.decode()
    assert "Yann Kerlo" in page
    assert "2027-03-12" in page  # the end proposed
    response = _grant(client, membership.organisation, adviser=membership.pk, purposes=["follow_up", "bilan"])
    assert response.url == reverse("accounts:access")
    mandates = Mandate.objects.filter(worker=user.worker)
    assert {mandate.purpose for mandate in mandates} == {"follow_up", "bilan"}
    assert {mandate.end_on for mandate in mandates} == {date(2027, 3, 12)}
    assert "Yann Kerlo" in client.get(response.url).content.decode()


def test_giving_access_by_an_address(client, user):
    membership = MembershipFactory()
    assert _grant(client, email=membership.user.email.upper()).status_code == 302
    assert Mandate.objects.get().organisation == membership.organisation


def _world():
    adviser = MembershipFactory()
    twice = MembershipFactory()
    MembershipFactory(user=twice.user)
    return {
        "": "",
        "adviser": adviser.user.email,
        "nobody": "inconnue@exemple.fr",
        "worker": UserFactory().email,
        "former": MembershipFactory(ended=True).user.email,
        "employer": MembershipFactory(employer=True).user.email,
        "closed": MembershipFactory(user__closed=True).user.email,
        "twice": twice.user.email,
    }


def test_an_address_that_advises_nowhere_says_the_same_as_one_nobody_has(client, user):
    emails = _world()
    said = {
        who: _grant(client, email=emails[who]).context["form"].errors["email"]
        for who in ("nobody", "worker", "former", "employer", "closed")
    }
    assert len({str(errors) for errors in said.values()}) == 1
    assert "plusieurs organismes" in str(
        _grant(client, email=emails["twice"]).context["form"].errors["email"]
    )
    assert set(_grant(client).context["form"].errors) == {"email"}
    assert not Mandate.objects.exists()


def test_refusals_of_the_list_and_of_the_service_are_beside_their_field(client, user):
    membership = MembershipFactory()
    body = membership.organisation
    elsewhere = MembershipFactory()
    cases = [
        ({}, "adviser"),
        ({"adviser": membership.pk, "email": membership.user.email}, "email"),
        ({"adviser": elsewhere.pk}, "adviser"),
        ({"email": elsewhere.user.email}, "email"),
        ({"adviser": membership.pk, "purposes": []}, "purposes"),
        ({"adviser": membership.pk, "purposes": ["curiosity"]}, "purposes"),
        ({"adviser": membership.pk, "end_on": "2026-03-12"}, "end_on"),
        ({"adviser": membership.pk, "end_on": "bientôt"}, "end_on"),
    ]
    for fields, field in cases:
        page = _grant(client, body, **fields)
        assert list(page.context["form"].errors) == [field], fields
        assert 'name="purposes"' in page.content.decode()
    assert not Mandate.objects.exists()
    MandateFactory(worker=user.worker, adviser=membership.user, organisation=body)
    assert "purposes" in _grant(client, body, adviser=membership.pk).context["form"].errors


def test_an_adviser_cannot_take_herself_as_adviser(client, user):
    MembershipFactory(user=user)
    page = _grant(client, email=user.email)
    assert not Mandate.objects.exists()
    assert "votre propre dossier" in page.content.decode()


def test_the_list_shows_no_address_and_no_organisation_without_adviser(client, user):
    nameless = MembershipFactory(user__nameless=True)
    OrganisationFactory(name="Organisme vide")
    OrganisationFactory(name="Employeur", employer=True)
    page = client.get(reverse("accounts:grant"), {"organisation": nameless.organisation.public_id})
    text = page.content.decode()
    assert nameless.user.email not in text
    assert "Organisme vide" not in text
    assert [str(body) for body in page.context["choice"].fields["organisation"].queryset] == [
        nameless.organisation.name
    ]


@pytest.mark.parametrize("organisation", ["x", "00000000-0000-0000-0000-000000000000"])
def test_an_organisation_that_does_not_exist_is_an_error_of_the_form(client, user, organisation):
    page = client.get(reverse("accounts:grant"), {"organisation": organisation})
    assert page.status_code == 200
    assert "organisation" in page.context["choice"].errors


def test_taking_back_is_one_click_and_stops_access_at_once(client, user):
    mandate = MandateFactory(worker=user.worker)
    url = reverse("accounts:withdraw", args=[mandate.public_id])
    assert client.get(url).url == reverse("accounts:access")
    assert Mandate.objects.effective(TODAY).exists()
    assert client.post(url).url == reverse("accounts:access")
    assert not Mandate.objects.effective(TODAY).exists()
    assert client.post(url).status_code == 302  # twice is once


def test_taking_back_somebody_elses_mandate_is_like_one_that_does_not_exist(client, user):
    MandateFactory(worker=user.worker)
    neighbours = MandateFactory()
    pages = [
        client.post(reverse("accounts:withdraw", args=[public_id]))
        for public_id in (neighbours.public_id, UserFactory().public_id)
    ]
    assert [page.status_code for page in pages] == [404, 404]
    neighbours.refresh_from_db()
    assert neighbours.withdrawn_at is None
