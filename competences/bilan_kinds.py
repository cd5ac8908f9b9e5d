"""What a person and their adviser are told of bilans and appointments: by mail, only that there is something.

Registered with the other kinds of the app (competences/reminders.py).
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import notifications, reminders
from accounts.enums import Category
from accounts.notifications import NotificationKind
from accounts.reminders import Candidate, ReminderKind
from competences.queries import bilan_messages

APPOINTMENT_STAGES = (-7, -1)
"""Days before an appointment on which the person is reminded."""

ANSWER_STAGES = (-3, 0)
"""The same before the last day to answer a convention, whose silence is a refusal."""


def register() -> None:
    """Called once, when the applications are ready."""
    notifications.register(
        NotificationKind(
            name="bilan_moved",
            category=Category.BILANS,
            title=_("Du nouveau dans un bilan"),
            template="bilan_moved",
            details=bilan_messages.bilan_moved,
        )
    )
    notifications.register(
        NotificationKind(
            name="appointment_changed",
            category=Category.BILANS,
            title=_("Un rendez-vous est prévu, déplacé ou annulé"),
            template="appointment_changed",
            details=bilan_messages.appointment,
            is_obsolete=_said_otherwise,
        )
    )
    notifications.register(
        NotificationKind(
            name="appointment_near",
            category=Category.BILANS,
            title=_("Un rendez-vous approche"),
            template="appointment_near",
            details=bilan_messages.appointment,
            is_obsolete=_not_that_day,
        )
    )
    notifications.register(
        NotificationKind(
            name="convention_due",
            category=Category.BILANS,
            title=_("Une convention attend ma réponse"),
            template="convention_due",
            details=bilan_messages.convention_due,
            is_obsolete=_answered,
        )
    )
    reminders.register(
        ReminderKind(
            name="appointment_near",
            notification_kind="appointment_near",
            stages=APPOINTMENT_STAGES,
            candidates=_appointments_near,
        )
    )
    reminders.register(
        ReminderKind(
            name="convention_due",
            notification_kind="convention_due",
            stages=ANSWER_STAGES,
            candidates=_conventions_due,
        )
    )


def _said_otherwise(notification: Any) -> bool:
    """The appointment was changed again, which has its own message, or is gone."""
    from competences.models import Appointment

    payload = notification.payload
    return not Appointment.objects.filter(pk=payload["appointment"], version=payload["version"]).exists()


def _not_that_day(notification: Any) -> bool:
    """The appointment was called off, or moved to another day."""
    from competences.models import Appointment

    found = Appointment.objects.to_come(timezone.now()).filter(pk=notification.payload["appointment"]).first()
    return found is None or timezone.localdate(found.starts_at).isoformat() != notification.payload["day"]


def _answered(notification: Any) -> bool:
    """The convention was answered, its day changed, or the bilan is over."""
    return not bilan_messages.waiting_conventions().filter(pk=notification.payload["bilan"]).exists()


def _appointments_near(on: dt.date, horizon_days: int) -> Iterator[Candidate]:
    """Appointments that stand, near enough for a stage to be reached."""
    from competences.models import Appointment

    last = on + dt.timedelta(days=horizon_days - min(APPOINTMENT_STAGES))
    rows = Appointment.objects.to_come(timezone.now()).filter(starts_at__date__range=(on, last))
    for row in rows.select_related("worker").order_by("pk").iterator():
        day = timezone.localdate(row.starts_at)
        yield Candidate(
            recipient_id=row.worker.user_id,
            subject_key=f"appointment-{row.pk}",
            due_on=day,
            payload={"appointment": row.pk, "day": day.isoformat()},
        )


def _conventions_due(on: dt.date, horizon_days: int) -> Iterator[Candidate]:
    """Conventions that wait for an answer, by the last day to give it."""
    for bilan, last in bilan_messages.conventions_to_answer():
        if on <= last <= on + dt.timedelta(days=horizon_days - min(ANSWER_STAGES)):
            yield Candidate(
                recipient_id=bilan.worker.user_id,
                subject_key=f"bilan-{bilan.pk}",
                due_on=last,
                payload={"bilan": bilan.pk, "day": last.isoformat()},
            )
