"""Bilans as their person and their adviser see them, and what the checks need to know of one."""

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from accounts.access import Action, Thing, files_open_to
from accounts.actors import Actor
from accounts.enums import OrganisationKind, Purpose
from accounts.errors import NotFound
from accounts.models import Mandate, Membership, User, Worker
from competences.enums import AppointmentState, CareerKind
from competences.models import Appointment, Bilan, BilanPlan, CareerPeriod
from competences.queries.legal import figures_on
from competences.rules.bilan_checks import BilanFacts, EarlierBilan
from competences.rules.bilans import ENDED, STOPPED, Hours, counted
from competences.rules.clocks import NextBilan, next_bilan
from competences.rules.legal import Figure

STANDING = (AppointmentState.PLANNED, AppointmentState.HELD)


def bilan_plan(worker: Worker) -> BilanPlan | None:
    """No query where the worker was read with it."""
    return getattr(worker, "bilan_plan", None)


def due_bilan(worker: Worker, on: dt.date) -> NextBilan | None:
    """The next bilan that the worker wishes, with its reasons; None without a plan."""
    plan = bilan_plan(worker)
    return next_bilan(plan.last_on, plan.rhythm_months, on) if plan else None


# The person ------------------------------------------------------------------------------------------------


def bilans_of(worker: Worker) -> QuerySet[Bilan]:
    """Every bilan of a worker, the latest first."""
    return Bilan.objects.filter(worker=worker).select_related("organisation", "adviser")


def running_bilan(worker: Worker) -> Bilan | None:
    """The bilan of a worker that is not over: there is one at most."""
    return bilans_of(worker).running().first()


def own_bilan(user: User, public_id: UUID) -> Bilan:
    """A bilan of the reader's own. Raises NotFound."""
    rows = Bilan.objects.filter(worker__user=user, public_id=public_id)
    found = rows.select_related("worker__user", "organisation", "adviser").first()
    if found is None:
        raise NotFound
    return found


def employer_of_path(worker: Worker, on: dt.date) -> str:
    """The employer that the person's path names that day, the latest, "" without one: a proposal."""
    named = _working(worker.pk, on).order_by("-start_on", "-pk").values_list("organisation", flat=True)
    return named.first() or ""


def bilan_mandates(worker: Worker, on: dt.date) -> QuerySet[Mandate]:
    """The mandates for bilans that hold that day: the advisers who may be chosen."""
    mandates = Mandate.objects.effective(on).filter(worker=worker, purpose=Purpose.BILAN)
    return mandates.select_related("adviser", "organisation").order_by("adviser__name", "pk")


# The adviser -----------------------------------------------------------------------------------------------


def accompanied_bilans(actor: Actor, on: dt.date, action: Action = Action.READ) -> QuerySet[Bilan]:
    """The bilans that an account accompanies and may see that day, or write in.

    Those that the person stopped are not there: nobody else learns anything of them any more. A list names
    people; it opens no file.
    """
    if not isinstance(actor, User):
        return Bilan.objects.none()
    people = files_open_to(actor, Thing.BILAN, action, on=on).exclude(user=actor)
    rows = Bilan.objects.accompanied_by(actor).filter(worker__in=people)
    return rows.select_related("worker__user", "organisation", "adviser")


def accompanied_bilan(actor: Actor, worker_id: UUID, public_id: UUID, *, on: dt.date) -> Bilan:
    """One of them, of that file. Raises NotFound. Reading it opens the file: ask the door first."""
    found = accompanied_bilans(actor, on).filter(worker__public_id=worker_id, public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


# What is known of one --------------------------------------------------------------------------------------


def hours_of(bilan: Bilan) -> Hours:
    """The hours of a bilan, held and to come. One query."""
    return _counted(standing_appointments(bilan), bilan)


def standing_appointments(bilan: Bilan) -> QuerySet[Appointment]:
    """What was held in a bilan or is planned in it."""
    return Appointment.objects.filter(bilan=bilan, state__in=STANDING)


def _counted(appointments: Iterable[Appointment], bilan: Bilan) -> Hours:
    """An interview after the last day, the follow-up, is not of the hours."""
    return counted(
        (row.kind, row.state == AppointmentState.HELD, row.minutes)
        for row in appointments
        if bilan.ended_on is None or timezone.localdate(row.starts_at) <= bilan.ended_on
    )


def standing_minutes(bilan: Bilan, *, apart: int | None = None) -> int:
    """Minutes held or planned in a bilan, of any kind, but for one appointment. One query."""
    rows = standing_appointments(bilan).exclude(pk=apart)
    return rows.aggregate(all=Sum("minutes"))["all"] or 0


def asked_on(bilan: Bilan) -> dt.date:
    """The day of a bilan's law: that of its request to the funder, else that of the wish."""
    return bilan.requested_on or timezone.localdate(bilan.created_at)


def figures_of(bilan: Bilan) -> dict[str, Figure]:
    """The law of a bilan. One query."""
    return figures_on(asked_on(bilan))


def facts_of(bilan: Bilan, on: dt.date) -> BilanFacts:
    """What the checks need to know of a bilan on the day `on`. Five queries, six with an adviser."""
    employers = Membership.objects.in_force(on).filter(
        user=bilan.worker.user_id, organisation__kind=OrganisationKind.EMPLOYER
    )
    named = dict(employers.values_list("organisation", "organisation__name"))
    appointments = list(standing_appointments(bilan))
    planned = [row for row in appointments if row.state == AppointmentState.PLANNED]
    plan = BilanPlan.objects.filter(worker=bilan.worker_id).first()
    colleagues = Membership.objects.in_force(on).filter(user=bilan.adviser_id, organisation__in=named)
    return BilanFacts(
        state=bilan.state,
        requested_on=bilan.requested_on or on,
        need=bilan.need,
        provider=bilan.organisation.name if bilan.organisation else bilan.provider_name,
        employers=tuple(filter(None, (bilan.employer_name, *named.values()))),
        perhaps_employers=_worked_for(bilan, on),
        shares_employer=bool(named and bilan.adviser_id and colleagues.exists()),
        is_certified=bilan.is_certified,
        funder=bilan.funder,
        cost=bilan.cost,
        has_consent=bilan.consented_at is not None,
        sent_on=bilan.convention_sent_on,
        answer=bilan.convention_answer,
        hours=_counted(appointments, bilan),
        planned_appointments=len(planned),
        earlier=_earlier(bilan),
        last_noted_on=plan.last_on if plan else None,
    )


def _worked_for(bilan: Bilan, on: dt.date) -> tuple[str, ...]:
    """Employers or clients of the person's path that day."""
    named = _working(bilan.worker_id, on).order_by("pk").values_list("organisation", flat=True)
    return tuple(named)


def _working(worker_id: int, on: dt.date) -> QuerySet[CareerPeriod]:
    """The works of a path that run that day and name somebody."""
    periods = CareerPeriod.objects.kept().filter(worker=worker_id, kind=CareerKind.WORK)
    now = periods.filter(Q(end_on=None) | Q(end_on__gt=on), start_on__lte=on)
    return now.exclude(organisation="")


def _earlier(bilan: Bilan) -> tuple[EarlierBilan, ...]:
    """The bilans of the same person that began here and are over."""
    rows = Bilan.objects.filter(worker=bilan.worker_id, state__in=ENDED, ended_on__isnull=False)
    rows = rows.exclude(pk=bilan.pk).exclude(started_on=None)
    return tuple(
        EarlierBilan(
            funder=row.funder,
            requested_on=asked_on(row),
            ended_on=row.ended_on,
            was_stopped=row.state in STOPPED,
        )
        for row in rows
    )
