"""What an adviser keeps of their own space; and who coordinates an organisation, which the staff decides."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access import organisations_of
from accounts.actors import Actor, require_person, require_staff
from accounts.constraints import constraints_as_refusals
from accounts.enums import MembershipRole, OrganisationKind
from accounts.errors import NotFound, Refused
from accounts.models import Membership, User
from competences.models import CaseloadVisit, Coordinator, SavedFilter
from competences.models.caseload import FILTER_NAME_LENGTH
from competences.queries.caseload import Choice
from competences.rules.texts import one_line

MOST_FILTERS = 20
"""Filters that an adviser keeps at a time: a list that one still reads."""

OLDEST_PAGE = dt.timedelta(days=366)
"""How long ago a page on which one says "seen" may have been made."""

LONGEST_COORDINATION = dt.timedelta(days=366)
"""A right over others' names is given anew each year, or ends."""


@transaction.atomic
def save_filter(
    *, actor: Actor, name: str, choice: Choice, on: dt.date, now: dt.datetime | None = None
) -> SavedFilter:
    """Keeps a choice of the list under a name of this adviser's; the same name takes the new choice.

    What is searched by name is not kept: a filter outlives the right to know somebody. Raises NotFound to
    whoever advises nowhere; Refused without a name, for a choice that leaves nobody out, beyond
    `MOST_FILTERS`.
    """
    adviser = _adviser(actor, on)
    # Two tabs queue up here: the number and the name are looked at by one at a time.
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=adviser.pk)
    name = one_line(name)[:FILTER_NAME_LENGTH]
    asked = {key: value for key, value in choice.parameters().items() if key != "q"}
    if not name:
        raise Refused("saved_filter_is_named", _("Donnez un nom à ce filtre."), field="name")
    if not asked:
        raise Refused("nothing_to_keep", _("Choisissez d’abord un filtre ou un tri, puis gardez-le."))
    kept = SavedFilter.objects.filter(adviser=adviser)
    found = kept.filter(name=name).first()
    if found is None and kept.count() >= MOST_FILTERS:
        message = _("Vous gardez déjà %(most)s filtres. Retirez-en un, puis recommencez.")
        raise Refused("too_many", message % {"most": MOST_FILTERS})
    found = found or SavedFilter(adviser=adviser, name=name, created_at=now or timezone.now())
    found.asked = asked
    with constraints_as_refusals(SavedFilter, fields={"saved_filter_one_name": "name"}):
        found.save()
    return found


@transaction.atomic
def remove_filter(*, actor: Actor, saved: SavedFilter) -> None:
    """Takes a filter away. Raises NotFound to anybody but the adviser who kept it."""
    if saved.adviser_id != require_person(actor).pk:
        raise NotFound
    saved.delete()


@transaction.atomic
def mark_seen(*, actor: Actor, until: dt.datetime, on: dt.date) -> CaseloadVisit:
    """This adviser has seen what others changed up to that instant; never earlier than they said before."""
    adviser = _adviser(actor, on)
    now = timezone.now()
    # The page says when it was made; an older instant than any page is no instant of ours.
    until = max(min(until, now), now - OLDEST_PAGE)
    visit, is_new = CaseloadVisit.objects.select_for_update(of=("self",)).get_or_create(
        adviser=adviser, defaults={"seen_until": until}
    )
    if not is_new and visit.seen_until < until:
        visit.seen_until = until
        visit.save(update_fields=["seen_until"])
    return visit


@transaction.atomic
def start_coordination(
    *, actor: Actor, membership: Membership, start_on: dt.date, end_on: dt.date
) -> Coordinator:
    """The staff lets an adviser see who accompanies whom in the adviser's organisation, for a year at most.

    Raises NotFound to anybody but the staff; Refused where the member is no adviser of an adviser body, or
    for a period that is empty or longer than a year.
    """
    require_staff(actor)
    is_adviser = membership.role == MembershipRole.ADVISER
    if not is_adviser or membership.organisation.kind != OrganisationKind.ADVISER_BODY:
        message = _("Seul un conseiller ou une conseillère peut coordonner son organisme.")
        raise Refused("not_an_adviser", message, field="membership")
    if end_on - start_on > LONGEST_COORDINATION:
        raise Refused("too_long", _("Une coordination dure un an au plus."), field="end_on")
    with constraints_as_refusals(Coordinator, fields={"coordinator_end_after_start": "end_on"}):
        return Coordinator.objects.create(membership=membership, start_on=start_on, end_on=end_on)


@transaction.atomic
def end_coordination(*, actor: Actor, coordinator: Coordinator, end_on: dt.date) -> Coordinator:
    """Brings the end of a coordination forward. Raises NotFound to anybody but the staff, Refused for a later
    end."""
    require_staff(actor)
    found = Coordinator.objects.select_for_update(of=("self",)).get(pk=coordinator.pk)
    if end_on > found.end_on:
        raise Refused(
            "too_long", _("Une coordination ne se prolonge pas : donnez-en une autre."), field="end_on"
        )
    found.end_on = end_on
    with constraints_as_refusals(Coordinator, fields={"coordinator_end_after_start": "end_on"}):
        found.save(update_fields=["end_on"])
    return found


def _adviser(actor: Actor, on: dt.date) -> User:
    person = require_person(actor)
    if not organisations_of(person, OrganisationKind.ADVISER_BODY, on=on).exists():
        raise NotFound
    return person
