"""What a person may do today, for the navigation."""

from dataclasses import dataclass
from datetime import date

from accounts.enums import MembershipRole
from accounts.models import Membership, Organisation, User
from accounts.models.organisations import MembershipQuerySet
from accounts.written import written


@dataclass(frozen=True)
class Roles:
    """Whether the person advises, and the employers the person is a member of, by name."""

    adviser: bool = False
    employers: tuple[Organisation, ...] = ()


def roles_of(user: User, on: date) -> Roles:
    """The person's roles on the day `on`, in one query."""
    memberships = _memberships(user=user.pk, on=on)
    by_role = [(membership.role, membership.organisation) for membership in memberships]
    return Roles(
        adviser=any(role == MembershipRole.ADVISER for role, _organisation in by_role),
        employers=tuple(
            organisation for role, organisation in by_role if role == MembershipRole.EMPLOYER_MEMBER
        ),
    )


@written
def _memberships(*, user: int, on: date) -> MembershipQuerySet:
    rows = Membership.objects.in_force(on).filter(user=user)
    return rows.select_related("organisation").order_by("organisation__name", "organisation__pk")
