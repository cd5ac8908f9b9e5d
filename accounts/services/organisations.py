"""Organisations and memberships, kept by the staff of the site."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require_staff
from accounts.constraints import constraints_as_refusals
from accounts.enums import ROLE_OF_KIND, MembershipRole, OrganisationKind
from accounts.errors import Refused
from accounts.models import Membership, Organisation, User
from accounts.models.organisations import MembershipQuerySet

_FIELDS = {
    "membership_end_after_start": "end_on",
    "membership_one_open": "user",
    "organisation_named": "name",
}


@transaction.atomic
def create_organisation(*, actor: Actor, name: str, kind: OrganisationKind) -> Organisation:
    """A new adviser body or employer."""
    require_staff(actor)
    with constraints_as_refusals(Organisation, fields=_FIELDS):
        return Organisation.objects.create(name=" ".join(name.split()), kind=OrganisationKind(kind))


@transaction.atomic
def rename_organisation(*, actor: Actor, organisation: Organisation, name: str) -> Organisation:
    """Another name for the same organisation. Its kind never changes: it decides its members' roles."""
    require_staff(actor)
    organisation = _locked(organisation)
    organisation.name = " ".join(name.split())
    with constraints_as_refusals(Organisation, fields=_FIELDS):
        organisation.save(update_fields=["name"])
    return organisation


@transaction.atomic
def start_membership(
    *,
    actor: Actor,
    user: User,
    organisation: Organisation,
    role: MembershipRole,
    start_on: date,
    end_on: date | None = None,
) -> Membership:
    """Makes `user` a member during `[start_on, end_on)`; no end means until further notice.

    Raises `Refused` when the role is not one of this kind of organisation, when the end is not after the
    start, or when the person already holds the role on one of those days.
    """
    require_staff(actor)
    organisation = _locked(organisation)
    if ROLE_OF_KIND[OrganisationKind(organisation.kind)] != role:
        raise Refused(
            "role_not_of_kind", _("Ce rôle ne se tient pas dans ce genre d’organisation."), field="role"
        )
    _refuse_bad_period(start_on, end_on)
    same = Membership.objects.filter(user=user, organisation=organisation, role=role)
    _refuse_overlap(same, start_on, end_on)
    with constraints_as_refusals(Membership, fields=_FIELDS):
        return Membership.objects.create(
            user=user, organisation=organisation, role=role, start_on=start_on, end_on=end_on
        )


@transaction.atomic
def end_membership(*, actor: Actor, membership: Membership, end_on: date | None) -> Membership:
    """Sets the first day on which the person is no longer a member; None takes the end away.

    The mandates given to that adviser in that organisation stop opening files on the same day.
    """
    require_staff(actor)
    organisation = _locked(membership.organisation)
    membership = Membership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    _refuse_bad_period(membership.start_on, end_on)
    same = Membership.objects.filter(
        user_id=membership.user_id, organisation=organisation, role=membership.role
    ).exclude(pk=membership.pk)
    _refuse_overlap(same, membership.start_on, end_on)
    membership.end_on = end_on
    with constraints_as_refusals(Membership, fields=_FIELDS):
        membership.save(update_fields=["end_on"])
    return membership


def _locked(organisation: Organisation) -> Organisation:
    """The organisation, held until the end of the transaction: two writers of memberships queue up."""
    return Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=organisation.pk)


def _refuse_bad_period(start_on: date, end_on: date | None) -> None:
    if end_on is not None and end_on <= start_on:
        raise Refused("membership_end_after_start", _("La fin vient après le premier jour."), field="end_on")


def _refuse_overlap(memberships: MembershipQuerySet, start_on: date, end_on: date | None) -> None:
    if memberships.overlapping(start_on, end_on).exists():
        raise Refused(
            "membership_overlap",
            _("Cette personne tient déjà ce rôle dans cette organisation à ces dates."),
            field="start_on",
        )
