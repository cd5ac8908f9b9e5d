"""Appointments: the person's pages and the adviser's, which show the same and lead back each to its own."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Action, Thing, access_object, files_open_to
from accounts.errors import NotFound, Refused
from accounts.models import Mandate, Worker
from accounts.posting import posted_from
from accounts.rates import refuse_too_often
from competences.bilan_words import duration_words
from competences.calendars import hour_calendar
from competences.enums import AppointmentState
from competences.forms.appointments import AppointmentForm, said_as
from competences.models import Appointment, Bilan
from competences.queries.appointments import (
    appointments_of,
    given_appointment,
    meeting_mandates,
    own_appointment,
    to_settle,
)
from competences.queries.bilans import accompanied_bilans, own_bilan
from competences.services import appointments as services

A_PAGE = 50
form_page = require_http_methods(["GET", "HEAD", "POST"])

ACTIONS = {
    "annuler": services.cancel_appointment,
    "fait": services.hold_appointment,
    "manque": services.miss_appointment,
}
"""What is pressed on the page of an appointment."""


@dataclass(frozen=True, slots=True)
class Side:
    """The pages of one side: of the person, or of an adviser towards the file `worker_id`."""

    worker_id: UUID | None = None

    @property
    def is_own(self) -> bool:
        return self.worker_id is None

    def find(self, request: HttpRequest, public_id: UUID) -> Appointment:
        """The appointment, where that side may see it. Raises NotFound."""
        if self.worker_id is None:
            return own_appointment(request.user, public_id)
        return given_appointment(request.user, self.worker_id, public_id, on=timezone.localdate())

    def address(self, name: str, *arguments: Any) -> str:
        """The address of a page of that side, by the name of the person's."""
        if self.worker_id is None:
            return reverse(f"competences:{name}", args=arguments)
        return reverse(f"competences:adviser_{name}", args=[self.worker_id, *arguments])

    def back(self, bilan: Bilan | None) -> str:
        """The page that holds the list of appointments."""
        if bilan is not None:
            return self.address("bilan", bilan.public_id)
        return reverse("competences:appointments" if self.is_own else "competences:adviser_bilans")


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """My appointments: those to come, those of which nobody said whether they took place, all others."""
    now = timezone.now()
    rows = appointments_of(request.user.worker)
    past = rows.exclude(pk__in=rows.to_come(now).values("pk")).order_by("-starts_at", "-pk")
    context = {
        "coming": rows.to_come(now),
        "to_settle": to_settle(rows, now),
        "page": Paginator(past, A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "competences/appointments.html", context)


@login_required
@form_page
def add(request: HttpRequest, worker_id: UUID | None = None) -> HttpResponse:
    """Plans an appointment: in the bilan that the address names, or outside one."""
    side = Side(worker_id)
    bilan = _bilan(request, side)
    worker = bilan.worker if bilan else _worker(request, side)
    mandates = _mandates(request, side, worker) if bilan is None else []
    form = AppointmentForm(
        request.POST or None,
        mandates=mandates if side.is_own else [],
        may_work=side.is_own and bilan is not None,
    )
    if request.method == "POST" and form.is_valid():
        try:
            refuse_too_often("appointment", request.user)
            services.plan_appointment(
                actor=request.user,
                worker=worker,
                bilan=bilan,
                mandate=form.chosen() if side.is_own else (mandates[0] if mandates else None),
                said=form.said(),
            )
        except Refused as refusal:
            refusal.add_to(form)
        else:
            messages.success(request, _("C’est noté. L’autre personne en est avertie, s’il y en a une."))
            return redirect(side.back(bilan))
    if bilan is None and not mandates:
        return render(request, "competences/appointment_nobody.html", {"cancel_url": side.back(None)})
    context = {"form": form, "bilan": bilan, "cancel_url": side.back(bilan), "worker": worker, "side": side}
    return render(request, "competences/appointment_form.html", context)


@login_required
@never_cache
@require_safe
def page(request: HttpRequest, public_id: UUID, worker_id: UUID | None = None) -> HttpResponse:
    """One appointment, and what may be done with it."""
    side = Side(worker_id)
    found = side.find(request, public_id)
    _open(request, side, found)
    now = timezone.now()
    context = {
        "appointment": found,
        "length": duration_words(found.minutes),
        "side": side,
        "is_planned": found.state == AppointmentState.PLANNED,
        "is_cancelled": found.state == AppointmentState.CANCELLED,
        "has_begun": found.starts_at <= now,
        "edit_url": side.address("appointment_edit", public_id),
        "calendar_url": side.address("appointment_calendar", public_id),
        "actions": {name: side.address("appointment_action", public_id, name) for name in ACTIONS},
        "back_url": side.back(found.bilan),
    }
    return render(request, "competences/appointment.html", context)


@login_required
@form_page
def edit(request: HttpRequest, public_id: UUID, worker_id: UUID | None = None) -> HttpResponse:
    """Moves an appointment; a second tab is told what is noted now and keeps what was typed."""
    side = Side(worker_id)
    found = side.find(request, public_id)
    form = AppointmentForm(request.POST or None, initial=said_as(found))
    now_noted = None
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            refuse_too_often("appointment", request.user)
            services.move_appointment(
                actor=request.user, appointment=found, version=version, said=form.said()
            )
        except Refused as refusal:
            refusal.add_to(form)
            if refusal.code == "changed_since":
                now_noted = side.find(request, public_id)
                form.data = request.POST.copy()
                form.data["version"] = now_noted.version
        else:
            messages.success(request, _("Le rendez-vous est à jour. L’autre personne en est avertie."))
            return redirect(side.address("appointment", public_id))
    # What is noted is shown to whoever sent an old page too.
    _open(request, side, found)
    context = {
        "form": form,
        "appointment": found,
        "now_noted": now_noted,
        "bilan": found.bilan,
        "worker": found.worker,
        "side": side,
        "cancel_url": side.address("appointment", public_id),
    }
    return render(request, "competences/appointment_form.html", context)


def _back(request: HttpRequest, public_id: UUID, name: str, worker_id: UUID | None = None) -> HttpResponse:
    return redirect(Side(worker_id).address("appointment", public_id))


@login_required
@posted_from(_back)
def act(request: HttpRequest, public_id: UUID, name: str, worker_id: UUID | None = None) -> HttpResponse:
    """Calls it off, or says whether it took place."""
    side = Side(worker_id)
    if name not in ACTIONS:
        raise NotFound
    try:
        done = ACTIONS[name](actor=request.user, appointment=side.find(request, public_id))
    except Refused as refusal:
        messages.warning(request, refusal.message)
    else:
        told = {
            AppointmentState.CANCELLED: _("Le rendez-vous est annulé. L’autre personne en est avertie."),
            AppointmentState.HELD: _("Noté : ce rendez-vous a eu lieu. Sa durée compte."),
            AppointmentState.MISSED: _("Noté : ce rendez-vous n’a pas eu lieu. Sa durée ne compte pas."),
        }
        messages.success(request, told[AppointmentState(done.state)])
    return redirect(side.address("appointment", public_id))


@login_required
@never_cache
@require_safe
def calendar(request: HttpRequest, public_id: UUID, worker_id: UUID | None = None) -> HttpResponse:
    """The appointment as an entry for a calendar, whose words say nothing of why one meets."""
    side = Side(worker_id)
    found = side.find(request, public_id)
    _open(request, side, found)
    content = hour_calendar(
        uid=f"rendez-vous-{found.public_id}@perenne",
        starts_at=found.starts_at,
        minutes=found.minutes,
        title=_("Rendez-vous"),
        text=_("Les détails sont dans votre espace Pérenne."),
        place=found.place,
        url=f"{settings.BASE_URL}{side.address('appointment', public_id)}",
        version=found.version,
        is_cancelled=found.state == AppointmentState.CANCELLED,
        now=timezone.now(),
    )
    headers = {
        "Content-Type": "text/calendar; charset=utf-8",
        "Content-Disposition": 'attachment; filename="rendez-vous.ics"',
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(content, headers=headers)


def _open(request: HttpRequest, side: Side, appointment: Appointment) -> None:
    """Somebody else's file is opened through the door, which writes it down."""
    if side.worker_id is not None:
        thing = Thing.APPOINTMENT if appointment.bilan_id is None else Thing.BILAN
        access_object(request.user, side.worker_id, thing, on=timezone.localdate())


def _bilan(request: HttpRequest, side: Side) -> Bilan | None:
    """The bilan that the address names. Raises NotFound for one that is not theirs to plan in."""
    try:
        asked = UUID(request.GET.get("bilan", "")) if "bilan" in request.GET else None
    except ValueError as error:
        raise NotFound from error
    if asked is None:
        return None
    if side.is_own:
        return own_bilan(request.user, asked)
    rows = accompanied_bilans(request.user, timezone.localdate())
    found = rows.filter(public_id=asked, worker__public_id=side.worker_id).first()
    if found is None:
        raise NotFound
    return found


def _worker(request: HttpRequest, side: Side) -> Worker:
    if side.worker_id is None:
        return request.user.worker
    files = files_open_to(request.user, Thing.APPOINTMENT, Action.WRITE, on=timezone.localdate())
    found = files.exclude(user=request.user).filter(public_id=side.worker_id).select_related("user").first()
    if found is None:
        raise NotFound
    return found


def _mandates(request: HttpRequest, side: Side, worker: Worker) -> list[Mandate]:
    """With whom: one mandate an adviser and organisation; an adviser's own."""
    found = meeting_mandates(worker, timezone.localdate())
    if not side.is_own:
        found = found.filter(adviser=request.user)
    seen: dict[tuple[int, int], Mandate] = {}
    for mandate in found:
        seen.setdefault((mandate.adviser_id, mandate.organisation_id), mandate)
    return list(seen.values())
