"""The first steps: three questions, each of which may be skipped, then skills to tick."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import NotFound, Refused
from accounts.posting import posted_from
from competences.enums import ConceptKind
from competences.forms.first_use import LATER, AimForm, EaseForm, SinceForm, WordsForm, ticked
from competences.forms.records import LEVEL_WORDS
from competences.models import Concept, Edition
from competences.queries.first_use import first_use_of, is_led, proposals, sector
from competences.queries.references import named_concept
from competences.queries.search import Hit, search
from competences.services import first_use as services
from competences.services.first_use import MOST_AT_ONCE, Chosen
from competences.services.records import DECLARABLE

FOUND = 8
MAX_TEXT = 100
SHORTEST_TEXT = 2

form_page = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@never_cache
@require_safe
def arrive(request: HttpRequest) -> HttpResponse:
    """Where a person lands when they sign in: their space, or the first questions on their first visit."""
    is_first = is_led(request.user, timezone.localdate())
    return redirect("competences:first_use" if is_first else "competences:dashboard")


@login_required
@never_cache
@form_page
def job(request: HttpRequest) -> HttpResponse:
    """Question 1: my job, by its name, by its sector, or in my own words."""
    chosen = _chosen_title(request)
    since, words = SinceForm(prefix="since"), WordsForm(prefix="own")
    if request.method == "POST":
        since = SinceForm(request.POST if chosen else None, prefix="since")
        words = WordsForm(request.POST if "own-words" in request.POST else None, prefix="own")
        form: Form = since if chosen else words
        if "skip" in request.POST:
            services.answer_job(actor=request.user, worker=request.user.worker)
            return redirect("competences:first_use_aim")
        if form.is_valid() and _write(form, services.answer_job, request, chosen):
            return redirect("competences:first_use_aim")
    text = _text(request)
    browsed = request.GET.get("secteur")
    context = {
        **_steps(1),
        "chosen": chosen,
        "text": text,
        "found": _titles(request, text),
        "since": since,
        "words": words,
        "sector": None
        if chosen or browsed is None
        else sector(request.user, timezone.localdate(), _key(browsed)),
        "known": first_use_of(request.user.worker),
        "suggest_url": f"{reverse('competences:first_use_suggest')}?pour=first_use",
    }
    return render(request, "competences/first_use_job.html", context)


@login_required
@never_cache
@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """The first names of jobs, as links back to the question, while one types."""
    text = _text(request)
    if len(text) < SHORTEST_TEXT:
        return HttpResponse("")
    page = request.GET.get("pour")
    name = page if page in ("first_use", "first_use_aim") else "first_use"
    url = reverse(f"competences:{name}")
    items = [
        {"label": hit.label, "note": "", "url": f"{url}?titre={hit.concept_id}"}
        for hit in _titles(request, text)
    ]
    return render(request, "components/suggestions.html", {"items": items})


@login_required
@never_cache
@form_page
def aim(request: HttpRequest) -> HttpResponse:
    """Question 2: what I want, with the job that I wish for if I have one in mind."""
    chosen = _chosen_title(request)
    known = first_use_of(request.user.worker)
    form = AimForm(request.POST or None, initial={"aim": "change" if chosen else known.aim if known else ""})
    if request.method == "POST":
        if "skip" in request.POST:
            services.answer_aim(actor=request.user, worker=request.user.worker)
            return redirect("competences:first_use_ease")
        if form.is_valid() and _write(form, services.answer_aim, request, chosen):
            return redirect("competences:first_use_ease")
    text = _text(request)
    context = {
        **_steps(2),
        "chosen": chosen,
        "form": form,
        "text": text,
        "found": _titles(request, text),
        "suggest_url": f"{reverse('competences:first_use_suggest')}?pour=first_use_aim",
    }
    return render(request, "competences/first_use_aim.html", context)


@login_required
@never_cache
@form_page
def ease(request: HttpRequest) -> HttpResponse:
    """Question 3: how at ease I am with digital tools."""
    known = first_use_of(request.user.worker)
    form = EaseForm(request.POST or None, initial={"ease": known.ease if known else ""})
    if request.method == "POST":
        if "skip" in request.POST:
            services.answer_ease(actor=request.user, worker=request.user.worker)
            return redirect("competences:first_use_skills")
        if form.is_valid() and _write(form, services.answer_ease, request, None):
            return redirect("competences:first_use_skills")
    return render(request, "competences/first_use_ease.html", {**_steps(3), "form": form})


@login_required
@never_cache
@form_page
def skills(request: HttpRequest) -> HttpResponse:
    """Ten skills to tick; one press declares what is ticked and nothing else."""
    today = timezone.localdate()
    if request.method == "POST":
        return _declare(request)
    known = first_use_of(request.user.worker)
    context = {
        **_steps(4),
        "proposals": proposals(request.user, today, ease=known.ease if known else ""),
        "levels": range(1, len(LEVEL_WORDS) + 1),
        "level_words": LEVEL_WORDS,
        "later": LATER,
    }
    return render(request, "competences/first_use_skills.html", context)


@login_required
@posted_from("competences:first_use")
def leave(request: HttpRequest) -> HttpResponse:
    """Puts the questions away."""
    services.leave_first_use(actor=request.user, worker=request.user.worker)
    messages.success(request, _("C’est noté. Vous retrouverez ces questions dans « Mon espace »."))
    return redirect("competences:dashboard")


def _declare(request: HttpRequest) -> HttpResponse:
    """Declares what is ticked, says what was and what was not, and why."""
    chosen, labels = [], {}
    for key, level in list(ticked(request.POST).items())[:MOST_AT_ONCE]:
        try:
            concept, edition, label = named_concept(
                key, DECLARABLE, actor=request.user, on=timezone.localdate()
            )
        except NotFound:
            messages.warning(request, _("Une compétence n’est plus dans le référentiel : elle est laissée."))
            continue
        chosen.append(Chosen(concept, edition, level))
        labels[key] = label
    left = services.declare_chosen(actor=request.user, worker=request.user.worker, chosen=chosen)
    for key, reason in left.items():
        messages.warning(request, _("« %(name)s » : %(value)s") % {"name": labels[key], "value": reason})
    if number := len(chosen) - len(left):
        words = ngettext(
            "%d compétence est dans votre dossier. Vous pouvez la préciser quand vous voulez.",
            "%d compétences sont dans votre dossier. Vous pouvez les préciser quand vous voulez.",
            number,
        )
        messages.success(request, words % number)
        return redirect("competences:dashboard")
    messages.info(
        request,
        _("Rien n’est coché, rien n’est ajouté. Cherchez un mot de votre travail : une compétence suffit."),
    )
    return redirect("competences:statements")


def _write(
    form: Form, service: Any, request: HttpRequest, chosen: tuple[Concept, Edition, str] | None
) -> bool:
    """Writes an answer; a refusal goes to its field."""
    place = {"title": chosen[0], "edition": chosen[1]} if chosen else {}
    try:
        service(actor=request.user, worker=request.user.worker, **place, **form.cleaned_data)
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return False
    return True


def _chosen_title(request: HttpRequest) -> tuple[Concept, Edition, str] | None:
    """The title that the address or the form names. Raises NotFound for one that the person may not read."""
    key = _key(request.POST.get("titre") or request.GET.get("titre"))
    if key is None:
        return None
    return named_concept(key, (ConceptKind.TITLE,), actor=request.user, on=timezone.localdate())


def _titles(request: HttpRequest, text: str) -> list[Hit]:
    if not text:
        return []
    found = search(text, kinds=[ConceptKind.TITLE], limit=FOUND, readable=request.user)
    return [hit for hit in found if not hit.withdrawn]


def _text(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\x00", "").strip()[:MAX_TEXT]


def _key(text: str | None) -> int | None:
    """The key of a concept in an address; None for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else None


def _steps(current: int) -> dict[str, Any]:
    """The stepper: what is done leads back."""
    pages = ("first_use", "first_use_aim", "first_use_ease", "first_use_skills")
    names = (_("Mon métier"), _("Ce que je veux"), _("Les outils"), _("Mes compétences"))
    steps = []
    for place, (page, name) in enumerate(zip(pages, names, strict=True), start=1):
        state = "done" if place < current else "current" if place == current else "todo"
        url = reverse(f"competences:{page}") if place < current else ""
        steps.append({"label": name, "state": state, "note": "", "url": url})
    return {"steps": steps, "back_url": steps[current - 2]["url"] if current > 1 else ""}
