"""The pages on which a person reads what their file proposes, and ticks what they want in their record."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.errors import NotFound, Refused
from competences.models import RecordImport
from competences.queries.record_imports import import_of, shown, tally
from competences.services.ownership import UNDO_WITHIN
from competences.services.record_imports import (
    declare_ticked,
    keep_ticks,
    leave_import,
    tick_all,
    undo_import,
)
from competences.services.record_restores import restore_record, undo_restoration
from competences.words import match_word

A_PAGE = 50
MOST_DIGITS = 18


@login_required
@require_safe
def page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What a file proposes, fifty rows a page."""
    found = import_of(request.user.worker, public_id)
    return render(request, "competences/record_import.html", _context(request, found))


@login_required
@require_safe
def state(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The part of that page which moves while a job looks for the places of the rows."""
    found = import_of(request.user.worker, public_id)
    return render(request, "competences/_record_import_state.html", _state(found))


@login_required
@require_POST
def answer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Keeps the ticks of the page, then does what the button says: adds what is ticked, ticks all or none."""
    found = import_of(request.user.worker, public_id)
    number = request.POST.get("page", "1")
    back = f"{reverse('competences:record_import', args=[public_id])}?page={number}"
    do = request.POST.get("do", "keep")
    try:
        keep_ticks(actor=request.user, record_import=found, **_answers(request.POST))
        if do == "declare":
            outcome = declare_ticked(actor=request.user, record_import=found)
            _tell_outcome(request, outcome.declared, outcome.refused)
        elif do in ("all", "none"):
            tick_all(actor=request.user, record_import=found, is_ticked=do == "all")
        elif do == "next":
            back = f"{reverse('competences:record_import', args=[public_id])}?page={_number(number) + 1}"
    except Refused as refusal:
        messages.warning(request, refusal.message)
    return redirect(back if number.isdigit() else reverse("competences:record_import", args=[public_id]))


@login_required
@require_POST
def undo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Takes out what the import added, or put back."""
    found = import_of(request.user.worker, public_id)
    try:
        if found.restored_at is not None:
            stayed = undo_restoration(actor=request.user, record_import=found)
            messages.success(request, _("Ce qui avait été remis n’est plus dans votre dossier."))
        else:
            _gone, stayed = undo_import(actor=request.user, record_import=found)
            messages.success(request, _("Ce que cet import avait ajouté n’est plus dans votre dossier."))
        if stayed:
            told = ngettext(
                "%d ligne a changé depuis : elle reste dans votre dossier.",
                "%d lignes ont changé depuis : elles restent dans votre dossier.",
                stayed,
            )
            messages.info(request, told % stayed)
    except Refused as refusal:
        messages.warning(request, refusal.message)
    return redirect("competences:record_import", public_id)


@login_required
@require_POST
def leave(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Gives up what is left of an import."""
    leave_import(actor=request.user, record_import=import_of(request.user.worker, public_id))
    messages.success(request, _("Ce fichier est abandonné. Ce que vous en aviez ajouté reste."))
    return redirect("competences:record_files")


@login_required
@require_POST
def restore(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Puts a record back as its file tells it."""
    found = import_of(request.user.worker, public_id)
    try:
        restore_record(actor=request.user, record_import=found)
        messages.success(request, _("Votre dossier est remis, avec son histoire."))
    except Refused as refusal:
        messages.warning(request, refusal.message)
    return redirect("competences:record_import", public_id)


def _answers(posted: QueryDict) -> dict[str, Any]:
    """The rows that were on the page, those ticked, and what was chosen for each: a concept, or own words."""
    rows = [_number(place) for place in posted.getlist("row")[:A_PAGE]]
    chosen: dict[int, int | None] = {}
    for place in rows:
        told = posted.get(f"c{place}")
        if told is not None:
            chosen[place] = _number(told) if told else None
    return {"shown": rows, "ticked": [_number(one) for one in posted.getlist("tick")], "chosen": chosen}


def _number(text: str) -> int:
    """A whole number that the database takes. Raises NotFound: no page of ours sends anything else."""
    if not (text.isascii() and text.isdigit()) or len(text) > MOST_DIGITS:
        raise NotFound
    return int(text)


def _tell_outcome(request: HttpRequest, declared: int, refused: int) -> None:
    if declared:
        told = ngettext(
            "%d compétence est dans votre dossier.", "%d compétences sont dans votre dossier.", declared
        )
        messages.success(request, told % declared)
    if refused:
        told = ngettext(
            "%d ligne n’a pas pu être ajoutée : elle dit pourquoi.",
            "%d lignes n’ont pas pu être ajoutées : chacune dit pourquoi.",
            refused,
        )
        messages.warning(request, told % refused)
    if not declared and not refused:
        messages.info(request, _("Rien n’était coché : cochez d’abord ce que vous voulez ajouter."))


def _state(found: RecordImport) -> Mapping[str, Any]:
    return {"one": found, "tally": tally(found, timezone.now() - UNDO_WITHIN)}


def _context(request: HttpRequest, found: RecordImport) -> Mapping[str, Any]:
    rows = found.proposals.select_related("statement").order_by("place")
    listed = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    held = shown(request.user.worker, list(listed.object_list))
    can_undo = found.restored_at is not None and timezone.now() - found.restored_at <= UNDO_WITHIN
    return {
        **_state(found),
        "page": listed,
        "rows": [(one.row, one.is_held, one.is_withdrawn, match_word(one.row)) for one in held],
        "crumbs": [(_("Mes fichiers"), reverse("competences:record_files")), (found.file_name, "")],
        "can_undo_restoration": can_undo,
        "taken_at": parse_datetime(found.summary["at"]) if found.summary else None,
    }
