"""Who is told of a bilan that moved, and of an appointment: the other side, never in the words of a mail."""

from django.utils import timezone

from accounts.access import Thing, may
from accounts.actors import Actor
from accounts.models import User
from accounts.services.notifications import enqueue
from competences.models import Appointment, Bilan
from competences.rules.bilans import PERSON

BILAN_MOVED = "bilan_moved"
APPOINTMENT_CHANGED = "appointment_changed"


def tell_bilan(*, actor: Actor, bilan: Bilan, by: str) -> None:
    """Tells the person what somebody else did, and the adviser what the person did.

    An adviser who may not see the bilan is told nothing.
    """
    recipient = bilan.adviser if by == PERSON else bilan.worker.user
    if recipient is None or (by == PERSON and not _sees(recipient, bilan)):
        return
    moment = bilan.moved_at.strftime("%Y%m%d%H%M%S%f")
    enqueue(
        actor=actor,
        kind=BILAN_MOVED,
        recipient=recipient,
        dedupe_key=f"{BILAN_MOVED}:{bilan.public_id}:{moment}:{recipient.pk}",
        payload={"bilan": bilan.pk},
    )


def tell_appointment(*, actor: Actor, appointment: Appointment) -> None:
    """Tells the other side that an appointment was planned, moved or called off."""
    person = appointment.worker.user
    is_person = isinstance(actor, User) and actor.pk == person.pk
    recipient = appointment.adviser if is_person else person
    if recipient is None or not recipient.is_active or recipient == actor:
        return
    enqueue(
        actor=actor,
        kind=APPOINTMENT_CHANGED,
        recipient=recipient,
        dedupe_key=f"{APPOINTMENT_CHANGED}:{appointment.public_id}:{appointment.version}",
        payload={"appointment": appointment.pk, "version": appointment.version},
    )


def _sees(adviser: User, bilan: Bilan) -> bool:
    return may(adviser, bilan.worker, Thing.BILAN, on=timezone.localdate())
