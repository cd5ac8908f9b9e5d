"""Mandate requests as the person who is asked, and the adviser who asks, see them."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from accounts.enums import MandateRequestState, MembershipRole, Purpose
from accounts.models import Mandate, MandateRequest, Membership, User


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request of an adviser with its state on that day, and the mandates that a yes gave."""

    request: MandateRequest
    state: MandateRequestState
    mandates: tuple[Mandate, ...] = ()

    @property
    def is_waiting(self) -> bool:
        """Whether it may still be taken back."""
        return self.state == MandateRequestState.WAITING


def waiting_for(person: User, on: date) -> QuerySet[MandateRequest]:
    """What this person may answer that day, the oldest first; not what an adviser who has left had asked."""
    places = Membership.objects.in_force(on).filter(
        user=OuterRef("adviser"), organisation=OuterRef("organisation"), role=MembershipRole.ADVISER
    )
    rows = MandateRequest.objects.waiting(on).addressed_to(person)
    rows = rows.filter(Exists(places), adviser__is_active=True).select_related("adviser", "organisation")
    return rows.order_by("asked_at", "pk")


def asked_by(adviser: User) -> QuerySet[MandateRequest]:
    """What this adviser asked, the latest first, with the mandates that came of it."""
    mandates = Prefetch("mandates", Mandate.objects.order_by("pk"), to_attr="given")
    rows = MandateRequest.objects.filter(adviser=adviser).select_related("organisation")
    return rows.prefetch_related(mandates).order_by("-asked_at", "-pk")


def own_request(adviser: User, public_id: object) -> MandateRequest | None:
    """A request of this adviser."""
    return MandateRequest.objects.filter(adviser=adviser, public_id=public_id).first()


def lines(requests: list[MandateRequest], on: date) -> list[RequestLine]:
    """The rows of a page of `asked_by`; no query."""
    return [
        RequestLine(request, request.state_on(on), tuple(request.given))  # type: ignore[attr-defined]
        for request in requests
    ]


def already_given(request: MandateRequest, person: User, on: date) -> list[Purpose]:
    """The purposes asked for which that adviser has the person's mandate today or later."""
    held = Mandate.objects.not_withdrawn().overlapping(on, None)
    mine = held.filter(worker__user=person, adviser=request.adviser_id, purpose__in=request.purposes)
    found = set(mine.values_list("purpose", flat=True))
    return [purpose for purpose in Purpose if purpose in found]
