"""Who may be chosen as an adviser."""

from datetime import date

from django.db.models import QuerySet

from accounts.enums import MembershipRole, OrganisationKind
from accounts.models import Membership, Organisation, User
from accounts.models.organisations import MembershipQuerySet
from accounts.models.people import normalised_email


def adviser_bodies(on: date) -> QuerySet[Organisation]:
    """The adviser bodies that have an adviser on the day `on`."""
    return Organisation.objects.of_kind(OrganisationKind.ADVISER_BODY).with_member_in_force(
        on, role=MembershipRole.ADVISER
    )


def named_advisers(organisation: Organisation, on: date) -> MembershipQuerySet:
    """Memberships of the advisers one may choose in a list, by name.

    An adviser who gave no name is not listed: the list would show the address instead. Giving that address
    still finds the person.
    """
    return _advisers(on).filter(organisation=organisation).exclude(user__name="").order_by("user__name", "pk")


def advisers_by_email(email: str, on: date) -> MembershipQuerySet:
    """Memberships as an adviser of the account that has this address."""
    return _advisers(on).filter(user__email=normalised_email(email)).order_by("organisation__name", "pk")


def is_adviser(user: User, organisation: Organisation, on: date) -> bool:
    """Whether this account is open and advises in that organisation on the day `on`."""
    return _advisers(on).filter(user=user, organisation=organisation).exists()


def bodies_of(user: User, on: date) -> QuerySet[Organisation]:
    """The organisations in which that person advises on the day `on`, by name."""
    places = _advisers(on).filter(user=user)
    return Organisation.objects.filter(pk__in=places.values("organisation")).order_by("name", "pk")


def _advisers(on: date) -> MembershipQuerySet:
    return (
        Membership.objects.in_force(on)
        .advisers()
        .filter(user__is_active=True)
        .select_related("user", "organisation")
    )
