"""Appointments as the person and the adviser see them."""

import datetime as dt
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.access import Action, Thing, files_open_to
from accounts.actors import Actor
from accounts.enums import Purpose
from accounts.errors import NotFound
from accounts.models import Mandate, User, Worker
from competences.enums import AppointmentState
from competences.models import Appointment
from competences.rules.bilans import STOPPED

MEETING_PURPOSES = (Purpose.FOLLOW_UP, Purpose.BILAN)
"""Purposes of a mandate for which one meets."""


def appointments_of(worker: Worker) -> QuerySet[Appointment]:
    """Every appointment of a worker, the first to come first."""
    rows = Appointment.objects.filter(worker=worker)
    return rows.select_related("adviser", "organisation", "bilan").order_by("starts_at", "pk")


def own_appointment(user: User, public_id: UUID) -> Appointment:
    """An appointment of the reader's own. Raises NotFound."""
    rows = Appointment.objects.filter(worker__user=user, public_id=public_id)
    found = rows.select_related("worker__user", "adviser", "organisation", "bilan").first()
    if found is None:
        raise NotFound
    return found


def given_appointments(actor: Actor, on: dt.date, action: Action = Action.READ) -> QuerySet[Appointment]:
    """The appointments that an account gives and may see that day, or write in.

    One of a bilan asks for a mandate for bilans, and is not there once the person stopped that bilan; one
    outside a bilan asks for any mandate to meet.
    """
    if not isinstance(actor, User):
        return Appointment.objects.none()
    inside = Q(bilan__isnull=False, worker__in=files_open_to(actor, Thing.BILAN, action, on=on).values("pk"))
    outside = Q(bilan=None, worker__in=files_open_to(actor, Thing.APPOINTMENT, action, on=on).values("pk"))
    inside &= ~Q(bilan__state__in=STOPPED)
    rows = Appointment.objects.filter(inside | outside, adviser=actor).exclude(worker__user=actor)
    return rows.select_related("worker__user", "adviser", "organisation", "bilan").order_by("starts_at", "pk")


def given_appointment(actor: Actor, worker_id: UUID, public_id: UUID, *, on: dt.date) -> Appointment:
    """One of them, of that file. Raises NotFound."""
    rows = given_appointments(actor, on).filter(worker__public_id=worker_id, public_id=public_id)
    found = rows.first()
    if found is None:
        raise NotFound
    return found


def to_settle(appointments: QuerySet[Appointment], now: dt.datetime) -> QuerySet[Appointment]:
    """Those of them that have begun and of which nobody said whether they took place."""
    return appointments.filter(state=AppointmentState.PLANNED, starts_at__lt=now)


def meeting_mandates(worker: Worker, on: dt.date) -> QuerySet[Mandate]:
    """The mandates with whose adviser a worker may meet that day."""
    mandates = Mandate.objects.effective(on).filter(worker=worker, purpose__in=MEETING_PURPOSES)
    return mandates.select_related("adviser", "organisation").order_by("adviser__name", "adviser_id", "pk")
