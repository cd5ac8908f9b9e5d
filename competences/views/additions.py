"""The ways to add skills to a record: one in a tap, one with all that may be said of it, one in one's own
words, and those of a job by ticks.

A request of htmx (`HX-Request`) is answered with the part of the page that changes; without JavaScript the
same addresses are pages and redirections.
"""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.errors import NotFound, Refused
from accounts.posting import posted_from
from competences.enums import StatementSource
from competences.forms.records import FreeSkillForm, QuickForm, SkillForm, TicksForm
from competences.models import Concept, Edition, SkillStatement
from competences.queries.additions import proposed, ticks_of_job
from competences.queries.names import labels_of
from competences.queries.record_lists import first_screen
from competences.queries.references import named_concept
from competences.services.additions import Batch, declare_skills, undo_batch
from competences.services.records import DECLARABLE, Said, declare_free_skill, declare_skill
from competences.skill_words import level_words
from competences.views.records import form_page, instant, list_context, typed

SUGGESTED = 6
SHORTEST_TEXT = 2
DASHBOARD, LIST = "tableau", "liste"


# The field that adds ---------------------------------------------------------------------------------------


@login_required
@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """What may be declared, as one types: skills and knowledge, then the words themselves."""
    text = typed(request.GET, "q")
    if len(text) < SHORTEST_TEXT:
        return HttpResponse("")
    context = {
        "text": text,
        "place": _place(request),
        "found": proposed(
            text, request.user.worker, kinds=DECLARABLE, limit=SUGGESTED, readable=request.user
        ),
    }
    return render(request, "competences/_skill_suggestions.html", context)


@login_required
@form_page
def add(request: HttpRequest, concept_id: int) -> HttpResponse:
    """Declares one skill: its level in one tap, or all that may be said of it."""
    on = timezone.localdate()
    try:
        concept, edition, label = named_concept(concept_id, DECLARABLE, actor=request.user, on=on)
    except NotFound:
        if request.method != "POST" or not typed(request.POST, "label"):
            raise
        return _gone(request)

    def declare(said: Said) -> SkillStatement:
        return declare_skill(
            actor=request.user, worker=request.user.worker, concept=concept, edition=edition, said=said
        )

    kept = {"label": label, "action": request.path}
    if request.method == "GET" and _is_part(request):
        return render(request, "competences/_quick_level.html", {**kept, "place": _place(request)})
    if "quick" in request.POST:
        return _quick(request, label, declare, concept)
    form = SkillForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            declare(form.said())
        except Refused as refusal:
            refusal.add_to(form)
        else:
            messages.success(request, _added_words(label, form.cleaned_data["level"]))
            _warn_of_withdrawn(request, concept)
            return redirect("competences:statements")
    return render(request, "competences/statement_form.html", {**kept, "form": form})


@login_required
@form_page
def add_own_words(request: HttpRequest) -> HttpResponse:
    """Declares a skill in the person's own words."""
    text = typed(request.GET, "texte")

    def declare(said: Said, named: str) -> SkillStatement:
        return declare_free_skill(actor=request.user, worker=request.user.worker, text=named, said=said)

    if request.method == "GET" and _is_part(request) and text:
        context = {"label": text, "action": request.path, "place": _place(request), "own_words": text}
        return render(request, "competences/_quick_level.html", context)
    if "quick" in request.POST:
        named = request.POST.get("text", "")
        return _quick(request, named, lambda said: declare(said, named))
    form = FreeSkillForm(request.POST or None, initial={"text": text})
    if request.method == "POST" and form.is_valid():
        try:
            made = declare(form.said(), form.cleaned_data["text"])
        except Refused as refusal:
            refusal.add_to(form)
        else:
            messages.success(request, _added_words(made.free_text, form.cleaned_data["level"]))
            return redirect("competences:statements")
    return render(request, "competences/statement_form.html", {"form": form, "own_words": text})


def _quick(request: HttpRequest, label: str, declare: Any, concept: Concept | None = None) -> HttpResponse:
    """A level in one tap: the part of the page with the skill in it and the way back, or the list."""
    form = QuickForm(request.POST)
    if not form.is_valid():
        raise NotFound
    level = form.cleaned_data["level"]
    try:
        made = declare(Said(level=level))
    except Refused as refusal:
        if _is_part(request):
            return part(request, {"warning": refusal.message})
        messages.warning(request, refusal.message)
        return redirect("competences:statements")
    words = _added_words(made.free_text or label, level)
    if _is_part(request):
        added = {"added_at": made.declared_at.isoformat()}
        return part(request, {"told": words, "note": _withdrawn_words(concept), **added})
    messages.success(request, words)
    _warn_of_withdrawn(request, concept)
    return redirect(_list_after(made.declared_at))


def part(request: HttpRequest, said: dict[str, Any]) -> HttpResponse:
    """The part of the page that an addition changes: the field, the number of skills and the list."""
    place = _place(request)
    if place == DASHBOARD:
        skills = first_screen(request.user.worker, actor=request.user, on=timezone.localdate())
        context: dict[str, Any] = {"statements": skills.statements, "total": skills.total}
    else:
        context = {**list_context(request, QueryDict()), "text": "", "found": []}
    template = "competences/_my_skills.html" if place == DASHBOARD else "competences/_record.html"
    return render(request, template, {**context, "place": place, "is_part": True, **said})


def _gone(request: HttpRequest) -> HttpResponse:
    """The concept went between the page and the post: its name becomes the person's own words, and what they
    typed stays."""
    data = request.POST.copy()
    data["text"] = typed(request.POST, "label")
    form = FreeSkillForm(data)
    form.is_valid()
    context = {"form": form, "own_words": data["text"], "gone": True}
    context["action"] = reverse("competences:statement_add_free")
    if _is_part(request):
        words = _(
            "« %s » n’est plus dans le référentiel depuis que cette page est ouverte. Vous pouvez l’ajouter"
            " avec vos mots."
        )
        return part(request, {"warning": words % data["text"]})
    return render(request, "competences/statement_form.html", context)


def _is_part(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _place(request: HttpRequest) -> str:
    """Which page the field stands on, as the form says it."""
    values = request.POST if request.method == "POST" else request.GET
    return DASHBOARD if values.get("place") == DASHBOARD else LIST


def _list_after(at: dt.datetime) -> str:
    """The list, which offers to take back what was declared at that instant."""
    return f"{reverse('competences:statements')}?{urlencode({'ajout': at.isoformat()})}"


def _added_words(label: str, level: int | None) -> str:
    if level is None:
        return _("« %s » est dans votre dossier. Vous direz son niveau plus tard.") % label
    values = {"label": label, "level": level_words(level)}
    return _("« %(label)s » est dans votre dossier, au niveau %(level)s.") % values


def _withdrawn_words(concept: Concept | None) -> str:
    """What to say of a skill that the newest edition no longer holds; empty else."""
    if concept is None:
        return ""
    newest = Edition.objects.in_history().filter(reference=concept.reference_id).last()
    if newest is None or concept.revisions.as_of(newest.position).exists():
        return ""
    return _(
        "La dernière édition du référentiel ne la liste plus. Elle compte quand même dans votre dossier, et"
        " un signal vous explique ce qui a changé."
    )


def _warn_of_withdrawn(request: HttpRequest, concept: Concept | None) -> None:
    if words := _withdrawn_words(concept):
        messages.info(request, words)


# Many at once ----------------------------------------------------------------------------------------------


@login_required
@form_page
def from_job(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """The skills of a job, to tick those that one knows: all of them are declared at once."""
    place = {"actor": request.user, "on": timezone.localdate(), "slug": slug, "code": code}
    form = TicksForm(request.POST or None)
    batch = None
    chosen: set[int] = set()
    if request.method == "POST":
        chosen = {int(pk) for pk in request.POST.getlist("concepts") if pk.isdecimal() and len(pk) < 19}
        batch = _declared(request, form, chosen)
        if batch and not batch.refused:
            return redirect(_list_after(batch.at))
    sheet, ticks = ticks_of_job(request.user.worker, **place)
    labels = labels_of(batch.refused) if batch else {}
    context = {
        "sheet": sheet,
        "ticks": ticks,
        "held": sum(tick.is_held for tick in ticks),
        "form": form,
        "chosen": set() if batch else chosen,
        "refused": [(labels.get(pk, ""), why) for pk, why in batch.refused.items()] if batch else [],
        "added": len(batch.made) if batch else 0,
        "added_at": batch.at.isoformat() if batch else "",
    }
    return render(request, "competences/job_ticks.html", context)


def _declared(request: HttpRequest, form: TicksForm, chosen: set[int]) -> Batch | None:
    """The batch of what was ticked; None when all of it is refused, with the reason on the form."""
    if not form.is_valid():
        return None
    if not chosen:
        form.add_error(None, _("Cochez au moins une compétence."))
        return None
    said = Said(level=form.cleaned_data["level"], sources=(StatementSource.JOB,))
    try:
        return declare_skills(
            actor=request.user, worker=request.user.worker, concepts=sorted(chosen), said=said
        )
    except Refused as refusal:
        refusal.add_to(form)
        return None


@login_required
@posted_from("competences:statements")
def undo(request: HttpRequest) -> HttpResponse:
    """Takes back what was added at one instant."""
    at = instant(request.POST.get("at", ""))
    if at is None:
        raise NotFound
    try:
        gone = undo_batch(actor=request.user, worker=request.user.worker, at=at)
    except Refused as refusal:
        messages.warning(request, refusal.message)
        return redirect("competences:statements")
    words = ngettext(
        "%(number)s compétence n’est plus dans votre dossier.",
        "%(number)s compétences ne sont plus dans votre dossier.",
        len(gone),
    ) % {"number": len(gone)}
    if _is_part(request):
        return part(request, {"told": words})
    messages.success(request, words)
    return redirect("competences:statements")
