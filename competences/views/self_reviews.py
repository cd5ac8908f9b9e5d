"""Ma revue: one skill a screen or all in a list, then what changed and the next date."""

import datetime as dt
from collections.abc import Mapping
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
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.errors import NotFound, Refused
from accounts.posting import posted_from
from competences.calendars import day_calendar
from competences.forms.records import LEVEL_WORDS
from competences.forms.self_reviews import RhythmForm
from competences.models import SelfReview, SkillStatement
from competences.models.records import LEVELS
from competences.queries.self_reviews import (
    Progress,
    closed_on,
    due_self_review,
    latest_self_review,
    named_statements,
    outcome,
    own_self_review,
    progress,
    self_review_plan,
    was_left,
)
from competences.services import self_reviews as services
from competences.services.ownership import UNDO_WITHIN
from competences.words import SELF_REVIEW_COUNTS, self_review_rule

A_PAGE = 50
NAMED = 20
"""Skills of one answer that the end of a review names; their number is always told."""

LISTED = "liste"
"""What a form sends when it was opened from the list, to come back to it."""


@login_required
@never_cache
@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """The skill to answer now, or the one of the address; without a review in progress, the way to start."""
    review = latest_self_review(request.user.worker)
    if review is None or review.closed_at or was_left(review, timezone.now()):
        return _start_page(request, review)
    state = progress(review, timezone.localdate())
    if not state.waiting:
        return _start_page(request, review, nothing_left=True)
    key = state.keys.get(_uuid(request.GET.get("competence", ""))) or next(iter(state.waiting))
    named, undoable = _named(request, state, [key])
    context = {
        "review": review,
        "state": state,
        "statement": named[0],
        "levels": list(LEVEL_WORDS.items()),
        "listed": LISTED if request.GET.get("retour") == LISTED else "",
        "undoable": undoable,
    }
    return render(request, "competences/self_review.html", context)


@login_required
@never_cache
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """All that is still to be answered, fifty a page, to tick."""
    review = latest_self_review(request.user.worker)
    state = (
        None if review is None or was_left(review, timezone.now()) else progress(review, timezone.localdate())
    )
    if review is None or review.closed_at or state is None or not state.waiting:
        return redirect("competences:self_review")
    page = Paginator(list(state.waiting), A_PAGE).get_page(request.GET.get("page"))
    named, undoable = _named(request, state, list(page.object_list))
    context = {
        "review": review,
        "state": state,
        "page": page,
        "statements": named,
        "undoable": undoable,
        "listed": LISTED,
    }
    return render(request, "competences/self_review_list.html", context)


@login_required
@posted_from("competences:self_review")
def start(request: HttpRequest) -> HttpResponse:
    """Starts a review, or goes on with the one in progress."""
    try:
        services.start_self_review(actor=request.user, worker=request.user.worker)
    except Refused as refusal:
        messages.warning(request, refusal.message)
    return redirect("competences:self_review")


@login_required
@posted_from("competences:self_review")
def answer(request: HttpRequest, public_id: UUID, statement_id: UUID) -> HttpResponse:
    """One answer for one skill: `answer` says which, or `level` the level chosen."""
    review = own_self_review(request.user, public_id)
    statement = SkillStatement.objects.filter(worker=request.user.worker, public_id=statement_id).first()
    if statement is None:
        raise NotFound
    if statement.removed_at is not None:
        messages.warning(
            request, _("Cette compétence n’est plus dans votre dossier : il n’y a rien à répondre.")
        )
        return _go_on(request, review)
    place: dict[str, Any] = {
        "actor": request.user,
        "review": review,
        "statement": statement,
        "version": _number(request.POST.get("version")),
    }
    try:
        _write_answer(request.POST, place)
    except Refused as refusal:
        messages.warning(request, refusal.message)
        if refusal.code == "changed_since":
            return redirect(f"{reverse('competences:self_review')}?competence={statement_id}")
    return _go_on(request, review)


@login_required
@posted_from("competences:self_review")
def confirm(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Confirms the skills that are ticked, or all that are still to be answered."""
    review = own_self_review(request.user, public_id)
    state = progress(review, timezone.localdate())
    versions = dict(state.waiting) if "all" in request.POST else _ticked(request, state)
    if not versions:
        messages.warning(request, _("Cochez au moins une compétence à confirmer."))
        return _go_on(request, review)
    try:
        number = services.confirm_rest(actor=request.user, review=review, versions=versions)
    except Refused as refusal:
        messages.warning(request, refusal.message)
    else:
        words = ngettext("%d compétence est confirmée.", "%d compétences sont confirmées.", number)
        messages.success(request, words % number)
    return _go_on(request, review)


@login_required
@posted_from("competences:self_review")
def undo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Takes back the last answer, or those of the last press."""
    review = own_self_review(request.user, public_id)
    try:
        taken = services.undo_answer(actor=request.user, review=review)
    except Refused as refusal:
        messages.warning(request, refusal.message)
    else:
        words = ngettext(
            "%d réponse est annulée. Rien n’a changé dans votre dossier.",
            "%d réponses sont annulées. Rien n’a changé dans votre dossier.",
            len(taken),
        )
        messages.success(request, words % len(taken) if "%d" in words else words)
    return _go_on(request, review)


@login_required
@posted_from("competences:self_review")
def finish(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ends the review here."""
    review = own_self_review(request.user, public_id)
    try:
        services.finish_self_review(actor=request.user, review=review)
    except Refused as refusal:
        messages.warning(request, refusal.message)
    return _go_on(request, review)


@login_required
@never_cache
@require_safe
def done(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What a review changed, the next date with its rule, and its rhythm."""
    review = own_self_review(request.user, public_id)
    if review.closed_at is None:
        return redirect("competences:self_review")
    found = outcome(review)
    told = [
        (words % {"number": found.counts[kind]}, found.labels[kind][:NAMED], kind)
        for kind, words in SELF_REVIEW_COUNTS.items()
        if found.counts[kind]
    ]
    is_undoable = not was_left(review, timezone.now()) and _is_recent(found.last)
    context = {
        "review": review,
        "told": told,
        "undoable": found.last[0] if found.last and is_undoable else "",
        **_next_date(request),
    }
    return render(request, "competences/self_review_done.html", context)


@login_required
@posted_from("competences:self_review")
def rhythm(request: HttpRequest) -> HttpResponse:
    """How often I wish to be asked."""
    form = RhythmForm(request.POST)
    if not form.is_valid():
        review = latest_self_review(request.user.worker)
        return _start_page(request, review, form=form)
    plan = services.set_self_review_plan(
        actor=request.user, worker=request.user.worker, rhythm_months=form.cleaned_data["rhythm_months"]
    )
    if plan.next_on is None:
        messages.success(request, _("C’est noté : plus de date ni de rappel. Vous pouvez en remettre."))
    else:
        messages.success(request, _("Votre prochaine date est calculée."))
    return redirect("competences:self_review")


@login_required
@never_cache
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """The next date as an entry for a calendar. It says nothing of what is in the record."""
    plan = self_review_plan(request.user.worker)
    if plan is None or plan.next_on is None:
        raise NotFound
    content = day_calendar(
        uid=f"revue-{request.user.worker.public_id}@perenne",
        day=plan.next_on,
        title=_("Pérenne : relire mon dossier"),
        text=_("Six minutes pour dire ce qui est toujours vrai."),
        url=f"{settings.BASE_URL}{reverse('competences:self_review')}",
        now=timezone.now(),
    )
    headers = {
        "Content-Type": "text/calendar; charset=utf-8",
        "Content-Disposition": 'attachment; filename="revue.ics"',
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(content, headers=headers)


def _start_page(
    request: HttpRequest,
    review: SelfReview | None,
    *,
    nothing_left: bool = False,
    form: RhythmForm | None = None,
) -> HttpResponse:
    left = was_left(review, timezone.now())
    context = {
        "total": SkillStatement.objects.standing().filter(worker=request.user.worker).count(),
        "left": review if left else None,
        "left_on": closed_on(review) if left and review else None,
        "last": review if review and review.closed_at and not left else None,
        "emptied": review if nothing_left else None,
        **_next_date(request),
    }
    if form is not None:
        context["form"] = form
    return render(request, "competences/self_review_start.html", context)


def _next_date(request: HttpRequest) -> dict[str, Any]:
    plan = self_review_plan(request.user.worker)
    due = due_self_review(plan, timezone.localdate())
    return {
        "plan": plan,
        "due": due,
        "rule": self_review_rule(due) if due else "",
        "form": RhythmForm(initial={"rhythm_months": plan.rhythm_months}) if plan else None,
    }


def _write_answer(posted: Mapping[str, str], place: dict[str, Any]) -> None:
    """Calls the service that the form asks for. Raises NotFound for a form that we did not make."""
    level = posted.get("level", "")
    if level:
        number = _number(level)
        services.level_answer_of(**place, level=number if number <= LEVELS else 0)
        return
    services_of = {
        "confirm": services.confirm_answer,
        "stop": services.stop_answer,
        "skip": services.skip_answer,
    }
    if posted.get("answer") not in services_of:
        raise NotFound
    services_of[posted["answer"]](**place)


def _go_on(request: HttpRequest, review: SelfReview) -> HttpResponse:
    """Where the review stands now: the next skill or the list, else its end."""
    review.refresh_from_db(fields=["closed_at"])
    if review.closed_at is not None:
        return redirect("competences:self_review_done", review.public_id)
    is_listed = request.POST.get("retour") == LISTED
    return redirect("competences:self_review_list" if is_listed else "competences:self_review")


def _ticked(request: HttpRequest, state: Progress) -> dict[int, int]:
    """The versions of the skills ticked ("key:version"); what is no longer to be answered is left out."""
    pairs = (value.partition(":") for value in request.POST.getlist("skill"))
    ticked = {_number(key): _number(version) for key, _colon, version in pairs}
    return {key: version for key, version in ticked.items() if key in state.waiting}


def _number(text: str | None) -> int:
    """A whole number that a form of ours sends; 0, which is none of them, for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _named(request: HttpRequest, state: Progress, keys: list[int]) -> tuple[list[SkillStatement], str]:
    """The skills that a page shows, in order, and the name of the last answer while it may be taken back."""
    last = state.last[0] if state.last and _is_recent(state.last) else None
    found = named_statements(request.user.worker, [*keys, *([last] if last else [])], timezone.localdate())
    return [found[key] for key in keys if key in found], found[last].label if last in found else ""


def _is_recent(last: tuple[Any, dt.datetime] | None) -> bool:
    return last is not None and timezone.now() - last[1] <= UNDO_WITHIN
