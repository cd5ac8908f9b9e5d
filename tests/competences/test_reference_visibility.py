"""Who sees a reference: everybody a published one, the members of its owner an own one."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.actors import SYSTEM
from accounts.enums import MembershipRole
from competences.models import Edition, Reference
from tests.accounts.factories import TODAY, MembershipFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db


def member(organisation, **dates):
    user = UserFactory()
    MembershipFactory(user=user, organisation=organisation, role=MembershipRole.EMPLOYER_MEMBER, **dates)
    return user


@pytest.fixture
def owner():
    return OrganisationFactory(employer=True)


@pytest.fixture
def references(owner):
    for slug, whose in (("public", None), ("own", owner), ("neighbour", OrganisationFactory(employer=True))):
        reference = Reference.objects.create(slug=slug, name=slug, format="own", owner=whose)
        Edition.objects.create(reference=reference, number="1", position=1)


WHO = {
    "the machine": (lambda owner: SYSTEM, {"public", "own", "neighbour"}),
    "a visitor": (lambda owner: AnonymousUser(), {"public"}),
    "somebody": (lambda owner: UserFactory(), {"public"}),
    "the staff": (lambda owner: UserFactory(staff=True), {"public"}),
    "a member": (member, {"public", "own"}),
    "a former member": (lambda owner: member(owner, end_on=TODAY), {"public"}),
    "a member to come": (lambda owner: member(owner, start_on=TODAY + timedelta(days=1)), {"public"}),
}


@pytest.mark.parametrize("who", WHO)
def test_a_reference_and_its_editions_are_seen_alike(references, owner, who, django_assert_num_queries):
    actor_of, expected = WHO[who]
    actor = actor_of(owner)
    with django_assert_num_queries(2):
        seen = {r.slug for r in Reference.objects.visible_to(actor, on=TODAY)}
        editions = Edition.objects.visible_to(actor, on=TODAY).values_list("reference__slug", flat=True)
        assert (seen, sorted(editions)) == (expected, sorted(expected))


def test_a_closed_account_sees_what_a_visitor_sees(references, owner):
    user = member(owner)
    user.is_active = False
    assert {r.slug for r in Reference.objects.visible_to(user, on=TODAY)} == {"public"}
