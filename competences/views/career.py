"""A person's path: the timeline, and the periods they write."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import NotFound, Refused
from accounts.posting import posted_from
from competences.enums import CareerKind, ConceptKind
from competences.forms.career import PeriodForm, initial_of
from competences.models import CareerPeriod, Concept, Edition
from competences.queries.career import own_period, periods_of
from competences.queries.names import labels_of
from competences.queries.references import named_concept
from competences.queries.search import search
from competences.rules.career import months_by_kind, overlap_share, sheets, timeline
from competences.services.career import add_period, change_period, remove_period, restore_period

REMOVED = "career_period_removed"
"""The period that the next timeline offers to put back."""

FOUND = 6
"""Jobs of references that are offered beside a person's own words."""

A_SHEET = 30
"""Periods that a page of the timeline shows."""

form_page = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """My path, newest first, with what it adds up to."""
    today = timezone.localdate()
    periods = periods_of(request.user.worker)
    months = months_by_kind(periods, today)
    page = Paginator(sheets(timeline(periods, today), A_SHEET), 1).get_page(request.GET.get("page"))
    context = {
        "count": len(periods),
        "page": page,
        "years": [year for sheet in page.object_list for year in sheet],
        "totals": [(kind.label, months[kind]) for kind in CareerKind if kind in months],
        "overlap": round(100 * overlap_share(periods, today)),
        "kinds": CareerKind.choices,
        "removed": request.session.pop(REMOVED, ""),
    }
    return render(request, "competences/career.html", context)


@login_required
@form_page
def add(request: HttpRequest) -> HttpResponse:
    """Notes a period: first what it was (`nature`), then what is asked of that kind."""
    kind = _kind(request, "")
    if not kind:
        return render(
            request, "competences/career_kinds.html", {"kinds": CareerKind.choices, **_dates(request)}
        )
    form, chosen = _form(
        request, kind, None, {"first": request.GET.get("debut"), "last": request.GET.get("fin")}
    )
    if _is_saved(request, form):
        try:
            add_period(actor=request.user, worker=request.user.worker, said=form.said(chosen))
        except Refused as refusal:
            refusal.add_to(form)
        else:
            messages.success(request, _("Cette période est dans votre parcours."))
            return redirect("competences:career")
    return _form_page(request, form, kind)


@login_required
@form_page
def edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Says a period otherwise."""
    period = own_period(request.user, public_id)
    kind = _kind(request, period.kind)
    form, chosen = _form(request, kind, period, initial_of(period))
    if _is_saved(request, form):
        version = form.cleaned_data["version"] or 0
        try:
            change_period(actor=request.user, period=period, version=version, said=form.said(chosen))
        except Refused as refusal:
            refusal.add_to(form)
            if refusal.code == "changed_since":
                # What was typed stays; the next press is made against what is noted now.
                form.data = request.POST.copy()
                form.data["version"] = own_period(request.user, public_id).version
        else:
            messages.success(request, _("Cette période est à jour."))
            return redirect("competences:career")
    return _form_page(request, form, kind, period)


@login_required
@posted_from("competences:career")
def remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Takes a period out of the path; the timeline offers to put it back."""
    period = remove_period(actor=request.user, period=own_period(request.user, public_id))
    messages.success(request, _("Cette période n’est plus dans votre parcours."))
    request.session[REMOVED] = str(period.public_id)
    return redirect("competences:career")


@login_required
@posted_from("competences:career")
def restore(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Puts it back."""
    try:
        restore_period(actor=request.user, period=own_period(request.user, public_id, kept=False))
    except Refused as refusal:
        messages.warning(request, refusal.message)
    else:
        messages.success(request, _("Cette période est de nouveau dans votre parcours."))
    return redirect("competences:career")


def _kind(request: HttpRequest, default: str) -> str:
    """What the period was, as the address says it; the default for anything unknown."""
    asked = request.GET.get("nature", "")
    return asked if asked in CareerKind.values else default


def _dates(request: HttpRequest) -> dict[str, str]:
    """The dates that the address suggests, to be carried from one page to the next."""
    return {"start": request.GET.get("debut", ""), "end": request.GET.get("fin", "")}


def _form(
    request: HttpRequest, kind: str, period: CareerPeriod | None, initial: dict[str, Any]
) -> tuple[PeriodForm, tuple[Concept, Edition] | None]:
    """The form and the job of a reference that was chosen. A press on "search" keeps what was typed and
    offers the jobs that the words look like."""
    today = timezone.localdate()
    if request.method == "POST" and "search" in request.POST:
        typed = request.POST.dict()
        hits = search(
            typed.get("free_text", ""), kinds=[ConceptKind.TITLE], limit=FOUND, readable=request.user
        )
        if not hits:
            messages.info(request, _("Aucun métier ne ressemble à ces mots. Vos mots suffisent."))
        return PeriodForm(kind=kind, titles=[(h.concept_id, h.label) for h in hits], initial=typed), None
    asked = request.POST.get("title", "") if request.method == "POST" else ""
    chosen, titles = _chosen(request, period, asked, today)
    if chosen is None and period is not None and period.title_id:
        titles = [(period.title_id, labels_of([period.title_id])[period.title_id])]
    form = PeriodForm(request.POST or None, kind=kind, titles=titles, initial=initial)
    return form, chosen


def _chosen(
    request: HttpRequest, period: CareerPeriod | None, asked: str, today: dt.date
) -> tuple[tuple[Concept, Edition] | None, list[tuple[int, str]]]:
    """The job that was ticked, as the edition read names it: the one that the period names already stays as
    it was read. One that was withdrawn meanwhile, or that the person may not read, is no choice: the form
    says so."""
    if not asked.isdecimal() or len(asked) > len(str(2**63 - 1)) - 1:
        return None, []
    if period is not None and period.title_id == int(asked):
        return (period.title, period.edition), [
            (period.title_id, labels_of([period.title_id])[period.title_id])
        ]
    try:
        title, edition, label = named_concept(int(asked), (ConceptKind.TITLE,), actor=request.user, on=today)
    except NotFound:
        return None, [(0, _("ce métier n’est plus proposé"))]
    return (title, edition), [(title.pk, label)]


def _is_saved(request: HttpRequest, form: PeriodForm) -> bool:
    return request.method == "POST" and form.is_bound and form.is_valid()


def _form_page(
    request: HttpRequest, form: PeriodForm, kind: str, period: CareerPeriod | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "period": period,
        "kind_label": CareerKind(kind).label,
        "kinds": [choice for choice in CareerKind.choices if choice[0] != kind],
        "searchable": kind in (CareerKind.WORK, CareerKind.COOPERATIVE),
        **_dates(request),
    }
    return render(request, "competences/career_form.html", context)
