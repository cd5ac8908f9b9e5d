"""The pages of a person's record: the list of their skills, and one of them."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import NotFound, Refused
from accounts.models import User
from accounts.posting import posted_from
from competences.forms.records import DayForm, SkillForm, initial_of
from competences.models import SkillStatement
from competences.queries.additions import proposed
from competences.queries.attestations import with_recognition
from competences.queries.names import labels_of
from competences.queries.record_lists import (
    FILTERS,
    SORTS,
    Listed,
    declared_at,
    end_of_day,
    said_in,
    statements_in,
    with_labels_as_of,
)
from competences.queries.records import history_of, with_labels
from competences.queries.references import named_concept
from competences.queries.standing import with_durability
from competences.queries.successors import with_proposals
from competences.services.ownership import UNDO_WITHIN
from competences.services.records import (
    DECLARABLE,
    Said,
    attach_skill,
    change_skill,
    remove_skill,
    restore_skill,
)

A_PAGE = 50
FOUND = 12
MAX_TEXT = 100

form_page = require_http_methods(["GET", "HEAD", "POST"])


def typed(values: QueryDict, name: str) -> str:
    """A text of an address, without what no label holds."""
    return values.get(name, "").replace("\x00", "").strip()[:MAX_TEXT]


def instant(text: str) -> dt.datetime | None:
    """An instant of an address; None for what is not one."""
    try:
        at = parse_datetime(text)
    except ValueError:
        return None
    return at if at and timezone.is_aware(at) else None


# The list --------------------------------------------------------------------------------------------------


@login_required
@require_safe
def statements(request: HttpRequest) -> HttpResponse:
    """My skills, fifty a page: all, or some; as they are or as they were; and the field that adds others."""
    day = DayForm(request.GET) if request.GET.get("au") else DayForm()
    if day.is_bound and day.is_valid():
        return _as_of(request, day)
    text = typed(request.GET, "q")
    if text:
        return _search(request, text)
    context = list_context(request, QueryDict() if day.is_bound else request.GET)
    at = instant(request.GET.get("ajout", ""))
    if at and timezone.now() - at < UNDO_WITHIN:
        context["added"] = declared_at(request.user.worker, at)
        context["added_at"] = at.isoformat()
    return render(request, "competences/statements.html", {**context, "day": day, "text": ""})


def _search(request: HttpRequest, text: str) -> HttpResponse:
    """What a search finds to add, in the place of the list."""
    person = request.user.worker
    context = {
        "text": text,
        "total": SkillStatement.objects.standing().filter(worker=person).count(),
        "found": proposed(text, person, kinds=DECLARABLE, limit=FOUND, readable=request.user),
    }
    return render(request, "competences/statements.html", context)


def list_context(request: HttpRequest, asked: QueryDict) -> dict[str, Any]:
    """What the list shows: a page of the skills that a filter and a search keep, and the filters."""
    today = timezone.localdate()
    chosen = asked.get("filtre", "") if asked.get("filtre", "") in FILTERS else ""
    order = asked.get("tri", "") if asked.get("tri", "") in SORTS else ""
    inside = typed(asked, "dans")
    reading = {"actor": request.user, "on": today}
    listed = Listed(request.user.worker, chosen=chosen, order=order, inside=inside, **reading)
    counts = listed.counts
    page = Pages(listed, A_PAGE, counts[chosen]).get_page(asked.get("page"))
    here = {"filtre": chosen, "tri": order, "dans": inside}
    return {
        "page": page,
        "statements": with_durability(page.object_list),
        "total": None if inside else counts[""],
        "kept": page.paginator.count,
        "chosen": here,
        "filters": [
            {
                "label": words,
                "count": counts[name],
                "url": _address({**here, "filtre": name}),
                "current": name == chosen,
            }
            for name, words in FILTERS.items()
            if not name or counts[name] or name == chosen
        ],
        "sorts": [(name, words, name == order) for name, words in SORTS.items()],
    }


class Pages(Paginator):
    """Pages of a list whose length is known already."""

    def __init__(self, rows: Any, size: int, known: int) -> None:
        super().__init__(rows, size)
        self.known = known

    @cached_property
    def count(self) -> int:
        """How many rows there are."""
        return self.known


def _address(chosen: dict[str, str]) -> str:
    query = urlencode({name: value for name, value in chosen.items() if value})
    return f"{reverse('competences:statements')}{'?' if query else ''}{query}"


def _as_of(request: HttpRequest, day: DayForm) -> HttpResponse:
    """The record as it stood at the end of a day."""
    on: dt.date = day.cleaned_data["au"]
    at = min(end_of_day(on), timezone.now())
    rows = said_in(request.user.worker, at=at)
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    found = with_labels_as_of(statements_in(page.object_list), at)
    context = {"page": page, "statements": found, "on": on, "day": day}
    return render(request, "competences/statements_as_of.html", context)


# One skill -------------------------------------------------------------------------------------------------


@login_required
@form_page
def statement(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One skill: what is said of it now, the form that changes it, and what was said before."""
    reading = {"actor": request.user, "on": timezone.localdate()}
    try:
        own = own_statement(request.user, public_id)
    except NotFound:
        if removed := lately_removed(request.user, public_id):
            return render(request, "competences/statement_removed.html", removed)
        raise
    [found] = with_labels([own], **reading)
    if request.method == "POST":
        form = SkillForm(request.POST)
        if form.is_valid() and _changed(request, found, form):
            messages.success(request, _("« %s » est à jour.") % found.label)
            return redirect("competences:statement", public_id)
        if form.has_error(NON_FIELD_ERRORS, "changed_since"):
            # What was typed stays in the form; the page shows what is noted now, and the next press is
            # made against it.
            [found] = with_labels([own_statement(request.user, public_id)], **reading)
            form.data = request.POST.copy()
            form.data["version"] = found.version
    else:
        form = SkillForm(initial=initial_of(found.said, found.version))
    [found] = with_proposals([found], **reading)
    text = "" if found.concept_id else typed(request.GET, "q")
    if not text:
        [found] = with_recognition([found], own=True, on=reading["on"])
    history = history_of(found)
    context = {
        "form": form,
        "statement": found,
        "history": history,
        "corrects_until": _corrects_until(history[0].start_at),
        "text": text,
        "found": proposed(text, request.user.worker, kinds=DECLARABLE, limit=FOUND, readable=request.user)
        if text
        else [],
    }
    return render(request, "competences/statement.html", context)


def _changed(request: HttpRequest, found: SkillStatement, form: SkillForm) -> bool:
    """Writes what the form says; False when it is refused, with the reason on the form."""
    try:
        change_skill(
            actor=request.user,
            statement=found,
            version=form.cleaned_data["version"] or 0,
            said=form.said(),
        )
    except Refused as refusal:
        field = refusal.field if refusal.field in form.fields else None
        form.add_error(field, ValidationError(str(refusal.message), code=refusal.code))
        return False
    return True


def _corrects_until(start_at: dt.datetime) -> dt.datetime | None:
    """Until when a change corrects what is noted, without a line in the history; None once that is over."""
    end = start_at + UNDO_WITHIN
    return end if timezone.now() < end else None


@login_required
@posted_from("competences:statement", "public_id")
def confirm(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The person says the same again, in one tap, of what the page showed them."""
    [found] = with_labels(
        [own_statement(request.user, public_id)], actor=request.user, on=timezone.localdate()
    )
    try:
        change_skill(
            actor=request.user,
            statement=found,
            version=_posted_version(request),
            said=Said.of(found.said),
        )
    except Refused as refusal:
        messages.warning(request, refusal.message)
    else:
        messages.success(request, _("« %s » est confirmée aujourd’hui.") % found.label)
    return redirect("competences:statement", public_id)


@login_required
@posted_from("competences:statement", "public_id")
def attach(request: HttpRequest, public_id: UUID, concept_id: int) -> HttpResponse:
    """Gives a skill in the person's own words its place in a reference."""
    found = own_statement(request.user, public_id)
    concept, edition, label = named_concept(
        concept_id, DECLARABLE, actor=request.user, on=timezone.localdate()
    )
    try:
        attach_skill(
            actor=request.user,
            statement=found,
            concept=concept,
            edition=edition,
            version=_posted_version(request),
        )
    except Refused as refusal:
        messages.warning(request, refusal.message)
    else:
        messages.success(request, _("Elle porte maintenant le nom « %s ». Vos mots sont gardés.") % label)
    return redirect("competences:statement", public_id)


@login_required
@posted_from("competences:statements")
def remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Takes a skill out of the record; the next page offers to put it back."""
    [found] = with_labels(
        [own_statement(request.user, public_id)], actor=request.user, on=timezone.localdate()
    )
    remove_skill(actor=request.user, statement=found)
    return render(request, "competences/statement_removed.html", {"statement": found, "label": found.label})


@login_required
@posted_from("competences:statements")
def restore(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Puts a skill back."""
    gone = SkillStatement.objects.filter(worker=request.user.worker, public_id=public_id).first()
    if gone is None:
        raise NotFound
    try:
        restore_skill(actor=request.user, statement=gone)
    except Refused as refusal:
        messages.warning(request, refusal.message)
    else:
        messages.success(request, _("La compétence est de nouveau dans votre dossier."))
    return redirect("competences:statements")


def _posted_version(request: HttpRequest) -> int:
    """The version that a form of ours sends; 0, which none has, for anything else."""
    version = request.POST.get("version", "")
    return int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else 0


def lately_removed(user: User, public_id: UUID) -> dict[str, Any] | None:
    """A skill that its person may still put back, with its label, for the page that offers it; None else."""
    since = timezone.now() - UNDO_WITHIN
    rows = SkillStatement.objects.filter(worker__user=user, public_id=public_id, removed_at__gte=since)
    found = rows.first()
    if found is None:
        return None
    labels = labels_of([found.concept_id] if found.concept_id else [])
    return {"statement": found, "label": labels.get(found.concept_id, found.free_text)}


def own_statement(user: User, public_id: UUID) -> SkillStatement:
    """A skill that stands in the reader's own record. Raises NotFound."""
    rows = said_in(user.worker).filter(statement__public_id=public_id)
    for found in statements_in(rows):
        return found
    raise NotFound
