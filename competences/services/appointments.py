"""Appointments: planned, moved, called off, held or missed; by the person or by the adviser whom it is with.

Each is written against the version that was seen: of two tabs, the second is told and loses nothing. The
other side is told by a message that says only that there is something to read. Locks are taken in the order
worker, bilan, appointment.
"""

import datetime as dt
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access import Action
from accounts.actors import Actor, System
from accounts.errors import NotFound, Refused
from accounts.models import Mandate, User, Worker
from competences.enums import AppointmentKind, AppointmentState
from competences.models import Appointment, Bilan
from competences.models.appointments import MINUTES, PLACE_LENGTH
from competences.queries.appointments import MEETING_PURPOSES, given_appointments
from competences.queries.bilans import accompanied_bilans, figures_of, standing_minutes
from competences.rules.bilan_readiness import has_room
from competences.rules.bilans import FOLLOW_UP, RUNNING, STOPPED
from competences.rules.clocks import add_months
from competences.rules.texts import one_line
from competences.services.bilan_notices import tell_appointment

FURTHEST_MONTHS = 24
"""How far ahead or back an appointment may be."""

COUNTED = RUNNING
"""States of a bilan whose appointments count in its hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentSaid:
    """What is said of an appointment: what it is, when it begins (an instant), its length, where or by which
    link."""

    kind: str
    starts_at: dt.datetime
    minutes: int
    place: str = ""


@transaction.atomic
def plan_appointment(
    *,
    actor: Actor,
    worker: Worker,
    said: AppointmentSaid,
    bilan: Bilan | None = None,
    mandate: Mandate | None = None,
    now: dt.datetime | None = None,
) -> Appointment:
    """Plans an interview, or notes time of personal work in a bilan.

    `mandate` is that of the adviser of an interview outside a bilan; in a bilan the adviser is the bilan's.
    Personal work is the person's alone, and done at once when it is in the past.
    Raises NotFound to whoever is neither the person nor that adviser; Refused for a bad time, length or
    place, a bilan that is over, or hours beyond the greatest length of a bilan.
    """
    now = now or timezone.now()
    worker = (
        Worker.objects.select_for_update(of=("self",), no_key=True).select_related("user").get(pk=worker.pk)
    )
    said = _fitting(said, now)
    if bilan is not None:
        bilan = Bilan.objects.select_for_update(of=("self",)).get(pk=bilan.pk, worker=worker)
        _require_writer(actor, worker, bilan, now)
        adviser, organisation = bilan.adviser, bilan.organisation
        _refuse_over(bilan)
        _refuse_too_long(bilan, said.minutes)
    else:
        mandate = _meeting(actor, worker, mandate, now)
        adviser, organisation = mandate.adviser, mandate.organisation
    appointment = Appointment(
        worker=worker, bilan=bilan, adviser=adviser, organisation=organisation, created_at=now
    )
    if said.kind == AppointmentKind.PERSONAL_WORK:
        _refuse_personal_work(actor, worker, bilan)
        appointment.adviser = None
        if said.starts_at <= now:
            appointment.state = AppointmentState.HELD
    _say(appointment, said)
    if appointment.state == AppointmentState.PLANNED and said.starts_at > now:
        tell_appointment(actor=actor, appointment=appointment)
    return appointment


@transaction.atomic
def move_appointment(
    *,
    actor: Actor,
    appointment: Appointment,
    version: int,
    said: AppointmentSaid,
    now: dt.datetime | None = None,
) -> Appointment:
    """Says a planned appointment otherwise: day, hour, length, place. Its kind stays.

    Raises Refused as `plan_appointment` does, when it is no longer planned, and when somebody wrote since
    `version`.
    """
    now = now or timezone.now()
    found = held_appointment(actor, appointment, now)
    _refuse_changed(found, version)
    _refuse_not_planned(found)
    said = _fitting(replace(said, kind=found.kind), now)
    if found.bilan is not None:
        _refuse_too_long(found.bilan, said.minutes, apart=found.pk)
    is_same = (found.starts_at, found.minutes, found.place) == (said.starts_at, said.minutes, said.place)
    if is_same:
        return found
    found.version += 1
    _say(found, said)
    if said.starts_at > now:
        tell_appointment(actor=actor, appointment=found)
    return found


@transaction.atomic
def cancel_appointment(
    *, actor: Actor, appointment: Appointment, now: dt.datetime | None = None
) -> Appointment:
    """Calls an appointment off, by either side, without a reason. Twice changes nothing."""
    now = now or timezone.now()
    found = held_appointment(actor, appointment, now)
    if found.state == AppointmentState.CANCELLED:
        return found
    _refuse_not_planned(found)
    return _cancel(actor, found, now)


@transaction.atomic
def hold_appointment(
    *, actor: Actor, appointment: Appointment, now: dt.datetime | None = None
) -> Appointment:
    """It took place: its minutes count. Raises Refused before it began, and once it was called off."""
    return _settle(actor, appointment, AppointmentState.HELD, now)


@transaction.atomic
def miss_appointment(
    *, actor: Actor, appointment: Appointment, now: dt.datetime | None = None
) -> Appointment:
    """It did not take place. Raises Refused as `hold_appointment` does. Held and missed may be corrected."""
    return _settle(actor, appointment, AppointmentState.MISSED, now)


def cancel_to_come(*, actor: Actor, bilan: Bilan, now: dt.datetime) -> int:
    """Calls off what a locked bilan has to come, and says how many. The adviser is told of each."""
    rows = Appointment.objects.select_for_update(of=("self",)).to_come(now).filter(bilan=bilan)
    found = list(rows.select_related("worker__user", "adviser").order_by("pk"))
    for appointment in found:
        _cancel(actor, appointment, now)
    return len(found)


def held_appointment(actor: Actor, appointment: Appointment, now: dt.datetime) -> Appointment:
    """The appointment, locked after its worker and bilan, for its person and the adviser whom it is with.

    Raises NotFound to everybody else: an adviser whose mandate ended, or whose person stopped the bilan, too.
    """
    Worker.objects.select_for_update(of=("self",), no_key=True).get(pk=appointment.worker_id)
    if appointment.bilan_id is not None:
        Bilan.objects.select_for_update(of=("self",)).get(pk=appointment.bilan_id)
    rows = Appointment.objects.select_for_update(of=("self",))
    found = rows.select_related("worker__user", "adviser", "bilan__worker").filter(pk=appointment.pk).first()
    if found is None:
        raise NotFound
    on = timezone.localdate(now)
    given = given_appointments(actor, on, Action.WRITE)
    if not (_is_own(actor, found.worker) or given.filter(pk=found.pk).exists()):
        raise NotFound
    return found


def _settle(
    actor: Actor, appointment: Appointment, state: AppointmentState, now: dt.datetime | None
) -> Appointment:
    now = now or timezone.now()
    found = held_appointment(actor, appointment, now)
    if found.state == state:
        return found
    if found.state == AppointmentState.CANCELLED:
        raise Refused("appointment_off", _("Ce rendez-vous est annulé. Planifiez-en un autre."))
    if found.starts_at > now:
        raise Refused("appointment_to_come", _("Ce rendez-vous n’a pas encore eu lieu."))
    if state == AppointmentState.HELD and found.bilan is not None:
        _refuse_too_long(found.bilan, found.minutes, apart=found.pk)
    found.state = state
    found.version += 1
    found.save(update_fields=["state", "version"])
    return found


def _cancel(actor: Actor, appointment: Appointment, now: dt.datetime) -> Appointment:
    appointment.state = AppointmentState.CANCELLED
    appointment.version += 1
    appointment.save(update_fields=["state", "version"])
    if appointment.starts_at > now:
        tell_appointment(actor=actor, appointment=appointment)
    return appointment


def _say(appointment: Appointment, said: AppointmentSaid) -> None:
    appointment.kind, appointment.starts_at = said.kind, said.starts_at
    appointment.minutes, appointment.place = said.minutes, said.place
    appointment.save()


def _is_own(actor: Actor, worker: Worker) -> bool:
    """The person; the machine writes the demonstration's."""
    return isinstance(actor, System) or (isinstance(actor, User) and worker.user_id == actor.pk)


def _require_writer(actor: Actor, worker: Worker, bilan: Bilan, now: dt.datetime) -> None:
    written = accompanied_bilans(actor, timezone.localdate(now), Action.WRITE)
    if not (_is_own(actor, worker) or written.filter(pk=bilan.pk).exists()):
        raise NotFound


def _meeting(actor: Actor, worker: Worker, mandate: Mandate | None, now: dt.datetime) -> Mandate:
    """The mandate of an interview outside a bilan, in force and seen anew.

    Raises NotFound to whoever is neither the person nor its adviser.
    """
    mandates = Mandate.objects.effective(timezone.localdate(now)).filter(
        worker=worker, purpose__in=MEETING_PURPOSES
    )
    if isinstance(actor, User) and not _is_own(actor, worker):
        mandates = mandates.filter(adviser=actor)
    if mandate is not None:
        mandates = mandates.filter(pk=mandate.pk)
    elif _is_own(actor, worker):
        raise Refused("no_adviser", _("Choisissez avec qui vous avez rendez-vous."), field="mandate")
    found = mandates.select_related("adviser", "organisation").order_by("pk").first()
    if found is None:
        raise NotFound
    return found


def _fitting(said: AppointmentSaid, now: dt.datetime) -> AppointmentSaid:
    """The same with a clean place. Raises Refused with the field at fault."""
    place = one_line(said.place)
    if said.kind not in AppointmentKind.values:
        raise Refused("bad_kind", _("Choisissez dans la liste."), field="kind")
    if not MINUTES[0] <= said.minutes <= MINUTES[1]:
        raise Refused("bad_minutes", _("Un rendez-vous dure de 15 minutes à 8 heures."), field="minutes")
    if len(place) > PLACE_LENGTH:
        message = _("Ce texte est trop long : %(most)s caractères au plus.") % {"most": PLACE_LENGTH}
        raise Refused("long_text", message, field="place")
    today, day = timezone.localdate(now), timezone.localdate(said.starts_at)
    if not add_months(today, -FURTHEST_MONTHS) <= day <= add_months(today, FURTHEST_MONTHS):
        raise Refused("far_day", _("Choisissez un jour à moins de deux ans d’aujourd’hui."), field="day")
    return replace(said, place=place)


def _refuse_personal_work(actor: Actor, worker: Worker, bilan: Bilan | None) -> None:
    if bilan is None:
        message = _("Le travail personnel se note dans un bilan.")
        raise Refused("no_bilan", message, field="kind")
    if not _is_own(actor, worker):
        message = _("Seule la personne note son travail personnel.")
        raise Refused("not_yours", message, field="kind")


def _refuse_over(bilan: Bilan) -> None:
    """After a closed bilan there is the follow-up interview; after a bilan that was stopped, nothing."""
    if bilan.state in (*STOPPED, FOLLOW_UP):
        message = _("Ce bilan est fini. Vous pouvez prévoir un rendez-vous hors bilan.")
        raise Refused("bilan_over", message)


def _refuse_too_long(bilan: Bilan, minutes: int, *, apart: int | None = None) -> None:
    """A bilan lasts 24 hours at most (C. trav. L6313-4); the follow-up interview comes after it."""
    if bilan.state not in COUNTED:
        return
    if not has_room(standing_minutes(bilan, apart=apart), minutes, figures_of(bilan)):
        message = _(
            "Un bilan dure 24 heures au plus, travail personnel compris (article L6313-4 du Code du travail)."
            " Rien n’est noté. Raccourcissez ce rendez-vous, ou prévoyez-le hors bilan."
        )
        raise Refused("bilan_too_long", message, field="minutes")


def _refuse_changed(appointment: Appointment, version: int) -> None:
    if appointment.version != version:
        message = _(
            "Ce rendez-vous a changé entre-temps, dans un autre onglet ou par l’autre personne. Rien n’est"
            " perdu : relisez ce qui est noté maintenant, puis enregistrez."
        )
        raise Refused("changed_since", message)


def _refuse_not_planned(appointment: Appointment) -> None:
    if appointment.state != AppointmentState.PLANNED:
        raise Refused("not_planned", _("Ce rendez-vous n’est plus prévu. Rien n’a changé."))
