"""What a contact is, in one place: an interview that took place, a message sent, a note shared.

A contact is between a person and one adviser. What the person does with another adviser is not told here, not
even as a date; what an adviser did is their own to remember, and is shown while a mandate to meet the person
(`MEETING`) is in force.
"""

import datetime as dt
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Greatest
from django.utils import timezone

from accounts.enums import Purpose
from accounts.models import User, Worker
from competences.enums import NoteVisibility
from competences.models import AdviserMessage, Appointment, Note

MEETING = (Purpose.FOLLOW_UP, Purpose.BILAN)
"""Purposes of a mandate for which an adviser meets a person."""


def with_contacts(workers: QuerySet[Worker], adviser: User, now: dt.datetime) -> QuerySet[Worker]:
    """The same people, each with `last_contact_at` and `next_appointment_at` with that adviser, or None."""
    mine = {"worker": OuterRef("pk")}
    held = _held(adviser).filter(**mine).order_by("-starts_at").values("starts_at")
    sent = _sent(adviser).filter(**mine).order_by("-sent_at").values("sent_at")
    shared = _shared(adviser).filter(**mine).order_by("-created_at").values("created_at")
    to_come = planned(adviser, now).filter(**mine).order_by("starts_at").values("starts_at")
    return workers.annotate(
        last_contact_at=Greatest(Subquery(held[:1]), Subquery(sent[:1]), Subquery(shared[:1])),
        next_appointment_at=Subquery(to_come[:1]),
    )


def met_after(adviser: User, day: dt.date) -> list[QuerySet[Any]]:
    """The contacts of that adviser after that day, each with its `worker`."""
    after = timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min))
    return [
        _held(adviser).filter(starts_at__gte=after),
        _sent(adviser).filter(sent_at__gte=after),
        _shared(adviser).filter(created_at__gte=after),
    ]


def planned(adviser: User, now: dt.datetime) -> QuerySet[Appointment]:
    """The appointments to come with that adviser."""
    return Appointment.objects.to_come(now).filter(adviser=adviser)


def _held(adviser: User) -> QuerySet[Appointment]:
    return Appointment.objects.held().filter(adviser=adviser)


def _sent(adviser: User) -> QuerySet[AdviserMessage]:
    return AdviserMessage.objects.filter(author=adviser)


def _shared(adviser: User) -> QuerySet[Note]:
    return Note.objects.filter(author=adviser, visibility=NoteVisibility.SHARED)
