"""The adviser's space: today, the people they accompany, one person's page, and an organisation's list."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import organisations_of
from accounts.enums import MANDATE_PURPOSES, OrganisationKind, Purpose
from accounts.errors import NotFound, Refused
from accounts.posting import posted_from
from competences.enums import BilanState, ExportKind
from competences.forms.caseload import SavedFilterForm
from competences.models import SavedFilter
from competences.queries import today as todays
from competences.queries.attestations import reviewed_statements, with_recognition
from competences.queries.caseload import FILTERS, PHASES, SORTS, Caseload, Choice, Counts
from competences.queries.coordination import coordinated, coordinated_organisation, loads, pairs, shared
from competences.queries.followed import followed
from competences.queries.jobs import worker_jobs
from competences.queries.notes import person_notes
from competences.queries.records import flagged, statements_of, with_labels
from competences.queries.standing import with_durability
from competences.services.caseload import mark_seen, remove_filter, save_filter
from competences.views.exports import file_response
from competences.views.records import instant

A_PAGE = 50
MAX_TEXT = 100

ASK_FOR_ACCESS = "accounts:mandate_request_ask"
"""The page on which an adviser asks a person for access."""


@never_cache
@login_required
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """What waits, the oldest first; what the last edition touched; what others changed."""
    _require_adviser(request)
    now = timezone.now()
    context = {
        "today": todays.today(request.user, now=now),
        "now": now.isoformat(),
        "organisations": coordinated(request.user, timezone.localdate(now)),
        "ask_url": reverse(ASK_FOR_ACCESS),
    }
    return render(request, "competences/caseload_today.html", context)


@login_required
@posted_from("competences:adviser")
def seen(request: HttpRequest) -> HttpResponse:
    """The adviser has read what others changed, up to the instant at which the page was made."""
    until = instant(request.POST.get("until", "")[:40])
    if until is None:
        raise NotFound
    mark_seen(actor=request.user, until=until, on=timezone.localdate())
    messages.success(request, _("C’est noté. Les prochains changements s’afficheront ici."))
    return redirect("competences:adviser")


@never_cache
@login_required
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """The people one accompanies, chosen, counted, sorted, searched."""
    _require_adviser(request)
    choice = _choice(request.GET)
    caseload = Caseload(request.user, now=timezone.now())
    counts = caseload.counts(choice)
    paginator = Paginator(caseload.people(choice), A_PAGE)
    paginator.count = counts.chosen  # Counted already, with all the others.
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": caseload.lines(page.object_list) if counts.chosen else [],
        "choice": choice,
        "asked": choice.parameters(),
        # A search keeps the filters, and starts from the first page.
        "kept": [pair for pair in choice.parameters().items() if pair[0] != "q"],
        "is_empty": not choice.parameters() and not counts.chosen,
        "groups": _groups(choice, counts, caseload),
        "sorts": _links(choice, "tri", SORTS, {}),
        "saved": request.user.saved_filters.all(),
        "form": SavedFilterForm(),
        "ask_url": reverse(ASK_FOR_ACCESS),
    }
    return render(request, "competences/caseload.html", context)


@login_required
@posted_from("competences:caseload")
def filter_save(request: HttpRequest) -> HttpResponse:
    """Keeps the choice of the page under a name."""
    choice = _choice(request.POST)
    try:
        saved = save_filter(
            actor=request.user, name=request.POST.get("name", ""), choice=choice, on=timezone.localdate()
        )
    except Refused as refusal:
        messages.warning(request, refusal.message)
    else:
        messages.success(request, _("Le filtre « %(name)s » est gardé.") % {"name": saved.name})
    return redirect(_address(choice))


@login_required
@posted_from("competences:caseload")
def filter_remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Takes a saved filter away."""
    saved = SavedFilter.objects.filter(adviser=request.user, public_id=public_id).first()
    if saved is None:
        raise NotFound
    remove_filter(actor=request.user, saved=saved)
    messages.success(request, _("Le filtre « %(name)s » est retiré.") % {"name": saved.name})
    return redirect("competences:caseload")


@login_required
@posted_from("competences:caseload")
def file(request: HttpRequest, format: str) -> HttpResponse:
    """Has the list prepared as a file, by a job, for this adviser alone."""
    _require_adviser(request)
    asked = _choice(request.POST).parameters()
    try:
        return file_response(request, ExportKind.CASELOAD, format, asked, worker=request.user.worker)
    except Refused as refusal:
        messages.warning(request, refusal.message)
        return redirect("competences:caseload")


@login_required
@require_safe
def person(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One person on one screen, opened through the door, which writes it down; then their record."""
    now = timezone.now()
    on = timezone.localdate(now)
    reading = {"actor": request.user, "on": on}
    found = followed(request.user, public_id, now=now, on=on)
    context: dict[str, Any] = {
        "person": found.person,
        "followed": found,
        "follows": found.follows,
        "notes": person_notes(request.user, found.person, on),
    }
    if found.follows or found.reviews:
        rows = statements_of(found.person) if found.follows else reviewed_statements(found.person)
        page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
        statements = with_labels(page.object_list, **reading)
        if found.follows:
            statements = with_durability(statements)
        if found.reviews:
            statements = with_recognition(statements, own=False, on=on)
        context |= {
            "page": page,
            "statements": statements,
            "reviews": found.reviews,
            "flagged": with_labels(flagged(rows), **reading) if found.follows else [],
            "jobs": worker_jobs(found.person, on, actor=request.user) if found.follows else [],
        }
    return render(request, "competences/caseload_person.html", context)


@never_cache
@login_required
@require_safe
def organisation(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Who accompanies whom in an organisation, for its coordinators: no file is opened from here."""
    on = timezone.localdate()
    found = coordinated_organisation(request.user, public_id, on=on)
    text, adviser = _text(request.GET.get("q", "")), request.GET.get("conseiller", "")
    try:
        chosen = str(UUID(adviser)) if adviser else ""
    except ValueError:
        chosen = ""
    page = Paginator(pairs(found, text=text, adviser=chosen, on=on), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "organisation": found,
        "organisations": coordinated(request.user, on),
        "page": page,
        "lines": shared(page.object_list),
        "loads": loads(found, on),
        "text": text,
        "adviser": chosen,
    }
    return render(request, "competences/caseload_organisation.html", context)


# What an address asks --------------------------------------------------------------------------------------


def _require_adviser(request: HttpRequest) -> None:
    today = timezone.localdate()
    if not organisations_of(request.user, OrganisationKind.ADVISER_BODY, on=today).exists():
        raise NotFound


def _text(text: str) -> str:
    return text.replace("\x00", "").strip()[:MAX_TEXT]


def _choice(asked: Mapping[str, str]) -> Choice:
    return Choice.of({name: _text(str(asked.get(name, ""))) for name in Choice.__dataclass_fields__})


def _address(choice: Choice, **changed: str) -> str:
    """The address of the list for a choice, with some of it changed."""
    asked = {**choice.parameters(), **changed}
    told = urlencode({name: value for name, value in asked.items() if value})
    return f"{reverse('competences:caseload')}{'?' if told else ''}{told}"


def _links(choice: Choice, name: str, words: Mapping[str, Any], counts: Mapping[str, int]) -> list[Any]:
    """The links of one group of filters, for components/filters."""
    return [
        {
            "label": label,
            "count": counts.get(value),
            "url": _address(choice, **{name: value}),
            "current": getattr(choice, name) == value,
        }
        for value, label in words.items()
    ]


def _groups(choice: Choice, counts: Counts, caseload: Caseload) -> list[tuple[Any, list[Any]]]:
    """The groups of filters that say something of this list: (what they choose, links)."""
    groups = [(_("Ce qui demande mon attention"), _links(choice, "vue", FILTERS, counts.filters))]
    if counts.filters["bilan"] or choice.phase:
        phases = {"": _("Toutes les étapes"), **{phase: BilanState(phase).label for phase in PHASES}}
        groups.append((_("Étape du bilan"), _links(choice, "phase", phases, counts.phases)))
    purposes = {"": _("Tous les accès"), **{p.value: _purpose(p) for p in MANDATE_PURPOSES}}
    groups.append((_("But de l’accès"), _links(choice, "but", purposes, counts.purposes)))
    bodies = caseload.bodies()
    if len(bodies) > 1 or choice.organisme:
        named = {"": _("Tous les organismes"), **{str(one.public_id): one.name for one in bodies}}
        groups.append((_("Organisme"), _links(choice, "organisme", named, {})))
    return groups


def _purpose(purpose: Purpose) -> str:
    """What a mandate is for, as its adviser says it."""
    return {
        Purpose.FOLLOW_UP: _("suivi"),
        Purpose.REVIEW: _("relecture"),
        Purpose.BILAN: _("bilan"),
    }[purpose]
