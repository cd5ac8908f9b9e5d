"""What pages and services read of handovers."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.errors import NotFound
from accounts.models import Handover, HandoverPart, Mandate, Membership, Organisation, User, Worker
from accounts.models.handovers import HandoverPartQuerySet, HandoverQuerySet
from accounts.models.mandates import MandateQuerySet
from accounts.rules.handovers import MOVED, PROPOSED
from law.queries import law_on


@dataclass(frozen=True)
class HandoverLaw:
    """The parameters of handovers on one day; `silence` is "moves" or "stays". None is fixed by a text."""

    silence: str
    objection_days: int
    reading_days: int


def handover_law(on: date) -> HandoverLaw:
    """The parameters in force on the day `on`. One query."""
    law = law_on(on)
    return HandoverLaw(
        silence=law["handover.silence"].value,
        objection_days=int(law["handover.objection"].value),
        reading_days=int(law["handover.former_reader"].value),
    )


def movable_mandates(adviser: User, organisation: Organisation, on: date) -> MandateQuerySet:
    """The mandates that this adviser may propose to hand over: those that open a file through that body."""
    return Mandate.objects.effective(on).filter(adviser=adviser, organisation=organisation)


def colleagues_of(adviser: User, on: date) -> QuerySet[Membership]:
    """Memberships of the advisers of the same organisations, by organisation and name.

    As in the list of advisers that a person chooses from, one without a name is not shown.
    """
    bodies = Membership.objects.in_force(on).advisers().filter(user=adviser).values("organisation")
    return (
        Membership.objects.in_force(on)
        .advisers()
        .filter(organisation__in=bodies, user__is_active=True)
        .exclude(user=adviser)
        .exclude(user__name="")
        .select_related("user", "organisation")
        .order_by("organisation__name", "user__name", "pk")
    )


def held_mandates(adviser: User, workers: QuerySet[Worker] | list[Worker], on: date) -> MandateQuerySet:
    """All that this adviser holds today over these people, in any organisation."""
    return (
        Mandate.objects.effective(on)
        .filter(adviser=adviser, worker__in=workers)
        .select_related("organisation", "worker__user")
        .order_by("worker__user__name", "worker_id", "pk")
    )


def handovers_of(adviser: User) -> HandoverQuerySet:
    """Handovers that this adviser proposed or would take over, the latest first, with their counts."""
    return (
        Handover.objects.of_adviser(adviser)
        .select_related("from_adviser", "to_adviser", "organisation")
        .annotate(
            people=Count("parts__worker", distinct=True),
            waiting=Count("parts", filter=Q(parts__state=PROPOSED)),
            moved=Count("parts", filter=Q(parts__state__in=MOVED)),
            total=Count("parts"),
        )
        .order_by("-proposed_at", "-pk")
    )


def handover_for_adviser(adviser: User, public_id: UUID) -> Handover:
    """A handover of `handovers_of`; `NotFound` to anybody else."""
    handover = handovers_of(adviser).filter(public_id=public_id).first()
    if handover is None:
        raise NotFound
    return handover


def told_parts(handover: Handover, reader: User) -> HandoverPartQuerySet:
    """The parts that a page names to that adviser: all to who proposed, to the colleague what moved alone.

    Before, the colleague has no right to know who is accompanied, nor for what.
    """
    parts = handover.parts.select_related("worker__user").order_by("worker__user__name", "worker_id", "pk")
    return parts if reader.pk == handover.from_adviser_id else parts.filter(state__in=MOVED)


def parts_of_worker(worker: Worker) -> HandoverPartQuerySet:
    """The parts about one person, with what their pages name, the latest first."""
    return (
        HandoverPart.objects.filter(worker=worker)
        .select_related("handover__from_adviser", "handover__to_adviser", "handover__organisation", "mandate")
        .order_by("-handover__proposed_at", "pk")
    )


def handover_for_worker(worker: Worker, public_id: UUID) -> list[HandoverPart]:
    """The parts of one handover that ask this person; `NotFound` when none does."""
    parts = list(parts_of_worker(worker).filter(handover__public_id=public_id))
    if not parts:
        raise NotFound
    return parts


def own_part(worker: Worker, public_id: UUID) -> HandoverPart:
    """One part about this person; `NotFound` for anybody else's."""
    part = parts_of_worker(worker).filter(public_id=public_id).first()
    if part is None:
        raise NotFound
    return part


def reading_parts(on: date) -> HandoverPartQuerySet:
    """Parts whose former adviser may still read on the day `on`, as a member of the same organisation."""
    members = Membership.objects.in_force(on).advisers()
    still_there = members.filter(
        user=OuterRef("handover__from_adviser"), organisation=OuterRef("handover__organisation")
    )
    return (
        HandoverPart.objects.read_after(on)
        .filter(Exists(still_there))
        .select_related("handover__from_adviser", "handover__to_adviser", "worker__user")
        .order_by("worker__user__name", "worker_id", "pk")
    )
