"""What the page of messages says under those of this app, and what it leaves out."""

import pytest
from django.urls import reverse

from accounts.notifications import get
from competences.enums import EditionStatus
from tests.accounts.factories import (
    TODAY,
    MembershipFactory,
    NotificationFactory,
    OrganisationFactory,
    UserFactory,
)
from tests.competences.reference_builder import Built
from tests.competences.upload_builder import member_of

pytestmark = pytest.mark.django_db


def detail_of(row):
    return get(row.kind).details([row], row.recipient, TODAY).get(row.pk)


@pytest.mark.parametrize("kind", ["reference_changed", "edition_retired"])
def test_the_edition_is_named(kind):
    edition = Built(name="Petit").editions["2"]
    row = NotificationFactory(kind=kind, payload={"edition": edition.pk})
    detail = detail_of(row)
    assert ("Petit" in detail.text, "2" in detail.text) == (True, True)
    assert reverse(detail.page, args=detail.arguments) == "/mon-espace/"
    edition.status = EditionStatus.RETIRED
    edition.save()
    assert len(detail_of(row).text) > len(detail.text)


def test_an_own_reference_is_named_to_its_members_alone():
    organisation = OrganisationFactory(employer=True)
    built = Built(name="Maison")
    built.reference.owner = organisation
    built.reference.save()
    payload = {"edition": built.editions["2"].pk}
    for recipient, is_told in ((member_of(organisation), True), (UserFactory(), False)):
        row = NotificationFactory(kind="reference_changed", recipient=recipient, payload=payload)
        assert ("Maison" in detail_of(row).text) == is_told


def test_the_organisation_is_named_to_its_members_in_force():
    organisation = OrganisationFactory(employer=True, name="Atelier")
    payload = {"edition": Built(name="Petit").editions["2"].pk, "organisation": organisation.pk}
    kind = "organisation_jobs_changed"
    detail = detail_of(NotificationFactory(kind=kind, recipient=member_of(organisation), payload=payload))
    assert ("Atelier" in detail.text, "Petit" in detail.text) == (True, True)
    assert reverse(detail.page, args=detail.arguments) == reverse(
        "competences:employer", args=[organisation.public_id]
    )
    neighbour = MembershipFactory(employer=True).user
    former = member_of(organisation, end_on=TODAY)
    for other in (neighbour, former, UserFactory(staff=True)):
        assert detail_of(NotificationFactory(kind=kind, recipient=other, payload=payload)) is None


def test_the_day_of_a_reminder_is_told():
    row = NotificationFactory(kind="bilan_due", payload={"plan": 1, "day": "2026-04-01"})
    assert "1er avril 2026" in detail_of(row).text


@pytest.mark.parametrize(
    ("kind", "queries"),
    [("reference_changed", 1), ("edition_retired", 1), ("organisation_jobs_changed", 2), ("bilan_due", 0)],
)
def test_fifty_rows_cost_what_one_does(kind, queries, django_assert_num_queries):
    user = UserFactory()
    organisation = OrganisationFactory(employer=True)
    editions = Built(numbers=[str(n) for n in range(1, 12)]).editions.values()
    rows = [
        NotificationFactory(
            kind=kind,
            recipient=user,
            payload={"edition": one.pk, "organisation": organisation.pk, "plan": 1, "day": "2026-04-01"},
        )
        for one in editions
    ]
    for some in (rows[:1], rows):
        with django_assert_num_queries(queries):
            get(kind).details(some, user, TODAY)
