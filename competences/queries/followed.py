"""One person's page, as their adviser reads it: only what the purposes in force open, each logged."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from accounts.access import access_worker, mandates_held
from accounts.enums import MANDATE_PURPOSES, Purpose
from accounts.errors import NotFound
from accounts.models import Mandate, User, Worker
from competences.models import Appointment, Bilan, BilanDocument, ReviewRequest, SelfReview
from competences.queries.attestations import reviews_for
from competences.queries.bilans import hours_of
from competences.queries.contacts import MEETING, with_contacts
from competences.queries.documents import documents_of
from competences.queries.gaps import WantedJob, wanted_jobs_of
from competences.queries.self_reviews import latest_self_review
from competences.rules.bilans import Hours


@dataclass(frozen=True, slots=True)
class RunningBilan:
    """A bilan that this adviser accompanies, its hours and its documents."""

    bilan: Bilan
    hours: Hours
    documents: Sequence[BilanDocument]


@dataclass(frozen=True, slots=True)
class Followed:
    """What the top of the page tells. Parts that no purpose opens are empty.

    `last_contact_at` and `next_appointment` are with this adviser.
    """

    person: Worker
    purposes: tuple[Purpose, ...]
    mandates: Sequence[Mandate]
    next_appointment: Appointment | None
    last_contact_at: dt.datetime | None
    bilan: RunningBilan | None
    wanted: Sequence[WantedJob]
    review: SelfReview | None
    asked: Sequence[ReviewRequest]

    @property
    def follows(self) -> bool:
        return Purpose.FOLLOW_UP in self.purposes

    @property
    def reviews(self) -> bool:
        return Purpose.REVIEW in self.purposes

    @property
    def accompanies(self) -> bool:
        return Purpose.BILAN in self.purposes

    @property
    def meets(self) -> bool:
        return any(purpose in self.purposes for purpose in MEETING)


def followed(adviser: User, public_id: UUID, *, now: dt.datetime, on: dt.date) -> Followed:
    """The page of one person, opened through the door for each purpose that it shows: one line of the log a
    purpose. Raises NotFound when no mandate opens it."""
    purposes, person = [], None
    for purpose in MANDATE_PURPOSES:
        try:
            person = access_worker(adviser, public_id, purpose, on=on)
        except NotFound:
            continue
        purposes.append(purpose)
    if person is None or person.user_id == adviser.pk:
        raise NotFound
    held = mandates_held(adviser, on=on).filter(worker=person)
    follows, bilans = Purpose.FOLLOW_UP in purposes, Purpose.BILAN in purposes
    meets = any(purpose in purposes for purpose in MEETING)
    contacts = with_contacts(Worker.objects.filter(pk=person.pk), adviser, now).get() if meets else None
    return Followed(
        person=person,
        purposes=tuple(purposes),
        mandates=list(held.select_related("organisation").order_by("purpose", "pk")),
        next_appointment=_next(adviser, person, now) if meets else None,
        last_contact_at=contacts.last_contact_at if contacts else None,
        bilan=_running(adviser, person) if bilans else None,
        wanted=wanted_jobs_of(person, on, reader=adviser) if follows else [],
        review=latest_self_review(person) if follows else None,
        asked=list(reviews_for(adviser, on).filter(worker=person)),
    )


def _next(adviser: User, person: Worker, now: dt.datetime) -> Appointment | None:
    rows = Appointment.objects.to_come(now).filter(adviser=adviser, worker=person)
    return rows.order_by("starts_at").first()


def _running(adviser: User, person: Worker) -> RunningBilan | None:
    """The bilan of this person that this adviser accompanies. Three queries at most."""
    bilan = Bilan.objects.accompanied_by(adviser).running().filter(worker=person).first()
    if bilan is None:
        return None
    return RunningBilan(bilan, hours_of(bilan), documents_of(bilan))
