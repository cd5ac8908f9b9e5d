"""Handovers: proposed and followed by advisers, answered by each person."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Thing, access_worker, may, organisations_of
from accounts.enums import HandoverState, OrganisationKind, Purpose
from accounts.errors import NotFound, Refused
from accounts.models import HandoverPart
from accounts.posting import posted_from
from accounts.queries.handovers import (
    colleagues_of,
    handover_for_adviser,
    handover_for_worker,
    handover_law,
    handovers_of,
    held_mandates,
    own_part,
    reading_parts,
    told_parts,
)
from accounts.rules.handovers import MOVED, in_time
from accounts.services import handovers as services
from competences.forms.handovers import AnswerForm, HandoverForm
from competences.queries.adviser_messages import ticked_people
from competences.queries.jobs import worker_jobs
from competences.queries.notes import notes_after_handover
from competences.queries.records import statements_of, with_labels
from competences.views.adviser_messages import posted_people
from competences.views.signed_out import keeps_text
from law.queries import law_on

A_PAGE = 50
PAGES = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@never_cache
@require_safe
def handovers(request: HttpRequest) -> HttpResponse:
    """The handovers I proposed or would take over, and the files I may still read."""
    today = timezone.localdate()
    if not organisations_of(request.user, OrganisationKind.ADVISER_BODY, on=today).exists():
        raise NotFound
    page = Paginator(handovers_of(request.user), A_PAGE).get_page(request.GET.get("page"))
    reading = reading_parts(today).filter(handover__from_adviser=request.user)
    people = {part.worker_id: part for part in reading}
    context = {"page": page, "reading": list(people.values())}
    return render(request, "competences/handovers.html", context)


@keeps_text("note")
@login_required
@never_cache
@PAGES
def handover_new(request: HttpRequest) -> HttpResponse:
    """Who is proposed to whom; `preview` says what would happen to each person, `propose` asks them."""
    today = timezone.localdate()
    asked = posted_people(request)
    people = ticked_people(request.user, asked, Thing.HANDOVER, today)
    colleagues = colleagues_of(request.user, today)
    context: dict[str, Any] = {
        "people": people,
        "unknown": len(asked) - len(people),
        "has_colleagues": colleagues.exists(),
        "law": handover_law(today),
    }
    if not people:
        return render(request, "competences/handover_new.html", context)
    is_sent = "preview" in request.POST or "propose" in request.POST
    form = HandoverForm(request.POST if is_sent else None, colleagues=colleagues)
    if is_sent and form.is_valid():
        place = form.cleaned_data["colleague"]
        if "propose" in request.POST:
            answer = _proposed(request, form, place, people)
            if answer is not None:
                return answer
        else:
            context |= _previewed(request, place, people)
    return render(request, "competences/handover_new.html", context | {"form": form})


def _proposed(request: HttpRequest, form: HandoverForm, place: Any, people: list) -> HttpResponse | None:  # type: ignore[type-arg]
    try:
        done = services.propose_handover(
            actor=request.user,
            to_adviser=place.user,
            organisation=place.organisation,
            workers=people,
            note=form.cleaned_data["note"],
            key=form.cleaned_data["key"],
        )
    except Refused as refusal:
        refusal.add_to(form)
        return None
    messages.success(request, _("Votre proposition est partie. Rien ne change avant les réponses."))
    for worker, reason in done.left_out:
        messages.warning(request, f"{worker.user.display_name} : {reason}.")
    return redirect("competences:handover", done.handover.public_id)


def _previewed(request: HttpRequest, place: Any, people: list) -> dict[str, Any]:  # type: ignore[type-arg]
    """What would be asked of each person, and who would be left out."""
    today = timezone.localdate()
    chosen, left_out = services.sorted_out(request.user, place.user, place.organisation, people, today)
    rows = [(worker, [one for one in chosen if one.worker_id == worker.pk]) for worker in people]
    return {
        "previewed": True,
        "place": place,
        "rows": [(worker, mandates) for worker, mandates in rows if mandates],
        "left_out": left_out,
        "unused": held_mandates(request.user, people, today).exclude(organisation=place.organisation),
    }


@login_required
@never_cache
@require_safe
def handover(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How far a handover has come: every answer for who proposed, what moved for the colleague."""
    row = handover_for_adviser(request.user, public_id)
    is_proposer = request.user.pk == row.from_adviser_id
    page = Paginator(told_parts(row, request.user), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "handover": row,
        "page": page,
        "is_proposer": is_proposer,
        "may_withdraw": is_proposer and row.waiting and in_time(row.proposed_at, timezone.now()),  # type: ignore[attr-defined]
    }
    return render(request, "competences/handover.html", context)


@login_required
@posted_from("competences:handover", "public_id")
def handover_withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Takes back what nobody has answered yet."""
    row = handover_for_adviser(request.user, public_id)
    try:
        number = services.withdraw_handover(actor=request.user, handover=row)
    except Refused as refusal:
        messages.warning(request, refusal.message)
    else:
        words = ngettext("%d question est retirée.", "%d questions sont retirées.", number)
        messages.success(request, words % number)
    return redirect("competences:handover", public_id)


@login_required
@never_cache
@require_safe
def former_person(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What a former adviser still reads of one person, and nothing to write: opened through the door."""
    today = timezone.localdate()
    person = access_worker(request.user, public_id, Purpose.HANDOVER, on=today)
    reading = reading_parts(today).filter(handover__from_adviser=request.user, worker=person)
    parts = list(reading.select_related("handover__organisation"))
    if not parts:  # One's own file, which has its own pages.
        raise NotFound
    context: dict[str, Any] = {
        "person": person,
        "until": max(part.reads_until for part in parts if part.reads_until),
        "notes": notes_after_handover(request.user, person, parts),
    }
    # What the purpose that moved let them read, and nothing more: a bilan alone opens no record.
    if may(request.user, person, Thing.RECORD, on=today):
        page = Paginator(statements_of(person), A_PAGE).get_page(request.GET.get("page"))
        context |= {
            "page": page,
            "statements": with_labels(page.object_list, actor=request.user, on=today),
            "jobs": worker_jobs(person, today, actor=request.user),
        }
    return render(request, "competences/former_person.html", context)


@login_required
@never_cache
@PAGES
def handover_answer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The person's own page of a handover: the questions, what was answered, and the ways back."""
    today = timezone.localdate()
    worker = request.user.worker
    parts = handover_for_worker(worker, public_id)
    open_keys = set(HandoverPart.objects.to_answer(today).filter(worker=worker).values_list("pk", flat=True))
    waiting = [part for part in parts if part.pk in open_keys]
    form = AnswerForm(request.POST or None, parts=waiting)
    if any(part.public_id.hex in request.POST for part in parts if part not in waiting):
        # Sent from a page that was opened before: answered in another tab, withdrawn, or over since.
        messages.warning(request, _("Une de ces questions n’est plus ouverte. Rien n’a changé pour elle."))
        return redirect("competences:handover_answer", public_id)
    if request.method == "POST" and form.is_valid():
        try:
            changed = services.answer_handover(
                actor=request.user, handover=parts[0].handover, answers=form.answers()
            )
        except Refused as refusal:
            messages.warning(request, refusal.message)
        else:
            _tell(request, changed)
        return redirect("competences:handover_answer", public_id)
    context = {
        "handover": parts[0].handover,
        "form": form,
        "questions": [(form[part.public_id.hex], part) for part in waiting],
        "answered": [_ways_back(part) for part in parts if part.pk not in open_keys],
        "law": handover_law(today),
        "silence": law_on(today)["handover.silence"],
    }
    return render(request, "competences/handover_answer.html", context)


@login_required
@posted_from("competences:accompaniment")
def part_act(request: HttpRequest, public_id: UUID, act: str) -> HttpResponse:
    """Undoes a move, takes a no back, or ends what the former adviser reads."""
    part = own_part(request.user.worker, public_id)
    calls: dict[str, Any] = {
        "annuler": (services.undo_handover, _("C’est annulé : votre suivi est comme avant.")),
        "revenir": (services.reopen_answer, _("Votre non est retiré. La question est de nouveau ouverte.")),
        "fermer": (services.end_reading, _("C’est fait : cette personne ne lit plus votre dossier.")),
    }
    call, words = calls[act]
    try:
        call(actor=request.user, part=part)
    except Refused as refusal:
        messages.warning(request, refusal.message)
    else:
        messages.success(request, words)
    return redirect("competences:handover_answer", part.handover.public_id)


def _ways_back(part: HandoverPart) -> dict[str, Any]:
    """What the person may still do about a part that was answered, and what the former adviser reads."""
    now = timezone.now()
    is_moved = part.state in MOVED
    return {
        "part": part,
        "may_undo": is_moved and part.moved_at is not None and in_time(part.moved_at, now),
        "may_reopen": part.state == HandoverState.DECLINED
        and part.answered_at is not None
        and in_time(part.answered_at, now),
        "reads": is_moved
        and part.reads_until is not None
        and part.reads_until > timezone.localdate(now)
        and part.reading_ended_at is None,
        "is_over": part.state == HandoverState.PROPOSED,
    }


def _tell(request: HttpRequest, changed: list[HandoverPart]) -> None:
    """What the answers did, in words."""
    if not changed:
        messages.info(request, _("C’est noté : vous répondrez plus tard. Rien ne change."))
    for part in changed:
        values = {"purpose": part.get_purpose_display(), "name": part.handover.to_adviser.display_name}
        if part.state == HandoverState.ACCEPTED:
            messages.success(request, _("« %(purpose)s » : %(name)s prend le relais.") % values)
        else:
            messages.success(request, _("« %(purpose)s » : votre non est noté, rien ne change.") % values)
