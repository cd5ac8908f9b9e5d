"""Organisations and memberships: kept by the staff, never overlapping."""

from datetime import date, timedelta

import pytest

from accounts.access import SYSTEM
from accounts.enums import ROLE_OF_KIND, MembershipRole, OrganisationKind
from accounts.errors import DomainError, NotFound, Refused
from accounts.models import Membership
from accounts.services.organisations import (
    create_organisation,
    end_membership,
    rename_organisation,
    start_membership,
)
from tests.accounts.factories import (
    TODAY,
    TOMORROW,
    YESTERDAY,
    MembershipFactory,
    OrganisationFactory,
    UserFactory,
)
from tests.accounts.side_by_side import side_by_side


def _start(membership, **fields):
    """Asks for the same membership again, with other dates."""
    return start_membership(
        **{
            "actor": SYSTEM,
            "user": membership.user,
            "organisation": membership.organisation,
            "role": membership.role,
            "start_on": TODAY,
            **fields,
        }
    )


@pytest.mark.django_db
def test_the_staff_creates_and_renames():
    chief = UserFactory(staff=True)
    body = create_organisation(actor=chief, name="  Cap   Métiers ", kind=OrganisationKind.ADVISER_BODY)
    assert body.name == "Cap Métiers"
    assert rename_organisation(actor=chief, organisation=body, name="Cap 2").name == "Cap 2"
    with pytest.raises(Refused) as caught:
        rename_organisation(actor=chief, organisation=body, name="  ")
    assert caught.value.field == "name"


@pytest.mark.django_db
def test_nobody_else_does():
    neighbour, organisation = MembershipFactory().user, OrganisationFactory()
    membership = MembershipFactory()
    with pytest.raises(NotFound):
        create_organisation(actor=neighbour, name="x", kind=OrganisationKind.EMPLOYER)
    with pytest.raises(NotFound):
        rename_organisation(actor=neighbour, organisation=organisation, name="x")
    with pytest.raises(NotFound):
        _start(membership, actor=neighbour)
    with pytest.raises(NotFound):
        end_membership(actor=neighbour, membership=membership, end_on=TODAY)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", list(OrganisationKind))
@pytest.mark.parametrize("role", list(MembershipRole))
def test_a_role_belongs_to_a_kind_of_organisation(kind, role):
    request = {
        "actor": SYSTEM,
        "user": UserFactory(),
        "organisation": OrganisationFactory(kind=kind),
        "role": role,
        "start_on": TODAY,
    }
    if ROLE_OF_KIND[kind] == role:
        assert start_membership(**request).role == role
    else:
        with pytest.raises(Refused) as caught:
            start_membership(**request)
        assert caught.value.field == "role"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("existing", "asked", "accepted"),
    [
        ((YESTERDAY, None), (TODAY, None), False),
        ((YESTERDAY, TODAY), (TODAY, None), True),  # half-open: they touch and do not overlap
        ((TOMORROW, None), (TODAY, TOMORROW), True),
        ((TOMORROW, None), (TODAY, None), False),
        ((YESTERDAY, TOMORROW), (TODAY, TODAY + timedelta(days=9)), False),
        ((TODAY, TOMORROW), (YESTERDAY, TODAY + timedelta(days=9)), False),
    ],
)
def test_memberships_never_overlap(existing, asked, accepted):
    membership = MembershipFactory(start_on=existing[0], end_on=existing[1])
    if accepted:
        assert _start(membership, start_on=asked[0], end_on=asked[1]).pk
    else:
        with pytest.raises(Refused) as caught:
            _start(membership, start_on=asked[0], end_on=asked[1])
        assert caught.value.code == "membership_overlap"


@pytest.mark.django_db
def test_another_organisation_is_another_membership():
    membership = MembershipFactory()
    assert _start(membership, organisation=OrganisationFactory()).pk


@pytest.mark.django_db
def test_a_membership_lasts_at_least_a_day():
    with pytest.raises(Refused) as caught:
        _start(MembershipFactory(ended=True), end_on=TODAY)
    assert caught.value.field == "end_on"


@pytest.mark.django_db
def test_ending_and_prolonging():
    membership = MembershipFactory()
    assert end_membership(actor=SYSTEM, membership=membership, end_on=TODAY).end_on == TODAY
    assert not Membership.objects.in_force(TODAY).exists()
    assert Membership.objects.in_force(YESTERDAY).exists()
    assert end_membership(actor=SYSTEM, membership=membership, end_on=None).end_on is None
    with pytest.raises(Refused):
        end_membership(actor=SYSTEM, membership=membership, end_on=membership.start_on)


@pytest.mark.django_db
def test_prolonging_over_another_membership_is_refused():
    first = MembershipFactory(ended=True)
    MembershipFactory(user=first.user, organisation=first.organisation, start_on=TOMORROW)
    with pytest.raises(Refused):
        end_membership(actor=SYSTEM, membership=first, end_on=None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("end_on", [None, date(2026, 12, 31)])
def test_two_writers_at_once_make_one_membership(end_on):
    organisation, user = OrganisationFactory(), UserFactory()

    def start():
        return start_membership(
            actor=SYSTEM,
            user=user,
            organisation=organisation,
            role=MembershipRole.ADVISER,
            start_on=TODAY,
            end_on=end_on,
        )

    results = side_by_side(start, start, start)
    assert sum(isinstance(result, Membership) for result in results) == 1
    assert sum(isinstance(result, DomainError) for result in results) == 2
    assert Membership.objects.count() == 1
