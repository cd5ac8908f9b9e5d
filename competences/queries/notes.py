"""Notes as each reader sees them: the author, the person, and who accompanies them for the same purpose."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.errors import NotFound
from accounts.models import HandoverPart, Mandate, User, Worker
from accounts.models.mandates import MandateQuerySet
from accounts.rules import access_table
from competences.enums import NoteVisibility
from competences.models import Note

WRITING = access_table.purposes_for(access_table.Thing.SHARED_NOTE, access_table.Action.WRITE)


@dataclass(frozen=True, slots=True)
class PersonNotes:
    """What an adviser's page of a person shows: own private notes, shared notes, and whether to add one."""

    private: list[Note]
    shared: list[Note]
    may_write: bool


def note_mandates(adviser: User, worker: Worker, on: dt.date) -> MandateQuerySet:
    """The mandates under which this adviser may write a note about this person, oldest first.

    They are those that `accounts.rules.access_table` lets write one: to review alone gives no such right.
    """
    return (
        Mandate.objects.effective(on)
        .filter(adviser=adviser, worker=worker, purpose__in=WRITING)
        .select_related("organisation")
        .order_by("pk")
    )


def readable_notes(adviser: User, on: dt.date) -> QuerySet[Note]:
    """The notes that this adviser may read on the day `on`: their own private ones and shared ones, about
    people who gave them a mandate for the purpose of the note, in the organisation it was written for."""
    mandates = Mandate.objects.effective(on).filter(
        adviser=adviser,
        worker=OuterRef("worker"),
        purpose=OuterRef("purpose"),
        organisation=OuterRef("organisation"),
    )
    seen = Q(visibility=NoteVisibility.SHARED) | Q(visibility=NoteVisibility.PRIVATE, author=adviser)
    return Note.objects.filter(seen, Exists(mandates))


def person_notes(adviser: User, worker: Worker, on: dt.date) -> PersonNotes:
    """The notes about one person, for the page of that person. Two queries."""
    rows = list(readable_notes(adviser, on).filter(worker=worker).select_related("organisation"))
    return PersonNotes(
        private=[row for row in rows if row.visibility == NoteVisibility.PRIVATE],
        shared=[row for row in rows if row.visibility == NoteVisibility.SHARED],
        may_write=note_mandates(adviser, worker, on).exists(),
    )


def notes_after_handover(adviser: User, worker: Worker, parts: list[HandoverPart]) -> list[Note]:
    """What the former adviser of these parts still reads: their shared notes, and one’s own private ones."""
    handed = Q(pk__in=[])
    for part in parts:
        handed |= Q(purpose=part.purpose, organisation=part.handover.organisation_id)
    seen = Q(visibility=NoteVisibility.SHARED) | Q(visibility=NoteVisibility.PRIVATE, author=adviser)
    return list(Note.objects.filter(seen, handed, worker=worker).select_related("organisation"))


def own_note(adviser: User, public_id: UUID, on: dt.date) -> Note:
    """A note that this adviser wrote, while the mandate it was written under holds; else `NotFound`."""
    notes = readable_notes(adviser, on).filter(author=adviser).select_related("organisation", "worker__user")
    note = notes.filter(public_id=public_id).first()
    if note is None:
        raise NotFound
    return note


def notes_shared_with(worker: Worker) -> QuerySet[Note]:
    """The shared notes about oneself, the latest first, whoever wrote them and whatever became of them."""
    return Note.objects.filter(worker=worker, visibility=NoteVisibility.SHARED).select_related("organisation")
