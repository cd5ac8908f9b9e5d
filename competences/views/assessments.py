"""Self-assessments: one competence a screen, saved as one goes; then levels, comparison and proposals."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import NotFound, Refused
from accounts.posting import posted_from
from competences.models import SelfAssessment
from competences.models.records import LEVELS
from competences.queries.assessments import (
    compared,
    earlier,
    newest_instrument,
    next_question,
    open_assessment,
    own_assessment,
    own_assessments,
    proposals_of,
    said,
)
from competences.rules.instruments import ALONE, HELPED, NO
from competences.rules.pictures import radar
from competences.services.assessments import (
    accept_proposals,
    answer_assessment,
    erase_assessment,
    finish_assessment,
    start_assessment,
)

form_page = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """My self-assessments, and the way to go on or to begin one."""
    found = own_assessments(request.user.worker)
    instrument = newest_instrument()
    context = {
        "unfinished": next((one for one in found if one.finished_at is None), None),
        "finished": [one for one in found if one.finished_at],
        "questions": instrument.questions if instrument else None,
        "instrument": instrument,
    }
    return render(request, "competences/assessments.html", context)


@login_required
@posted_from("competences:assessments")
def start(request: HttpRequest) -> HttpResponse:
    """Begins one, or goes on with the one in progress."""
    instrument = newest_instrument()
    if instrument is None:
        raise NotFound
    made = start_assessment(actor=request.user, worker=request.user.worker, instrument=instrument)
    return redirect("competences:assessment", made.public_id)


@login_required
@form_page
def ask(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One competence: its statements, and how far one has come."""
    assessment = own_assessment(request.user, public_id)
    if assessment.finished_at is not None and request.method != "POST":
        return redirect("competences:assessment_results", public_id)
    if request.method == "POST":
        return _answered(request, assessment)
    code = request.GET.get("competence", "")
    if code and assessment.instrument.questions.competence(code) is None:
        raise NotFound
    return _question(request, assessment, code)


def _answered(request: HttpRequest, assessment: SelfAssessment) -> HttpResponse:
    """Saves the answers and goes to the next competence, or says what is missing beside what was answered."""
    code = request.POST.get("code", "")
    competence = assessment.instrument.questions.competence(code)
    if competence is None:
        raise NotFound
    typed = [request.POST.get(f"s{n}", "") for n in range(len(competence.statements))]
    if "skip" not in request.POST:
        try:
            answer_assessment(actor=request.user, assessment=assessment, code=code, answers=typed)
        except Refused as refusal:
            return _question(request, assessment, code, typed, str(refusal.message))
    codes = [one.code for one in assessment.instrument.questions.competences]
    place = codes.index(code) + 1
    address = reverse("competences:assessment", args=[assessment.public_id])
    if place == len(codes):
        return redirect("competences:assessment_end", assessment.public_id)
    return redirect(f"{address}?competence={codes[place]}")


def _question(
    request: HttpRequest,
    assessment: SelfAssessment,
    code: str,
    typed: list[str] | None = None,
    refusal: str = "",
) -> HttpResponse:
    competence, answered = next_question(assessment, code)
    competences = assessment.instrument.questions.competences
    place = competences.index(competence)
    given = typed or answered.get(competence.code, [])
    words = [(ALONE, _("oui, seul ou seule")), (HELPED, _("oui, avec de l’aide")), (NO, _("pas encore"))]
    context = {
        "assessment": assessment,
        "code": competence.code,
        "label": said(competence.label),
        "rows": [
            (f"s{n}", said(texts), given[n] if n < len(given) else "")
            for n, texts in enumerate(competence.statements)
        ],
        "words": words,
        "refusal": refusal,
        "place": place + 1,
        "total": len(competences),
        "answered": len(answered),
        "before": competences[place - 1].code if place else "",
    }
    return render(request, "competences/assessment.html", context)


@login_required
@form_page
def end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What is answered and what is not, before it ends."""
    assessment = own_assessment(request.user, public_id)
    if request.method == "POST":
        try:
            finish_assessment(actor=request.user, assessment=assessment)
        except Refused as refusal:
            messages.warning(request, refusal.message)
            return redirect("competences:assessment", public_id)
        return redirect("competences:assessment_results", public_id)
    if assessment.finished_at is not None:
        return redirect("competences:assessment_results", public_id)
    context = {"assessment": assessment, "areas": compared(assessment, None)}
    return render(request, "competences/assessment_end.html", context)


@login_required
@require_safe
def results(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Levels as a picture and a table, beside an earlier self-assessment (`avec`), and what it proposes."""
    assessment, is_own = open_assessment(request.user, public_id, on=timezone.localdate())
    if assessment.finished_at is None:
        return redirect("competences:assessment", public_id)
    others = earlier(assessment) if is_own else []
    chosen = request.GET.get("avec", "")
    other = next((one for one in others if str(one.public_id) == chosen), None)
    areas = compared(assessment, other)
    context = {
        "assessment": assessment,
        "is_own": is_own,
        "others": others,
        "other": other,
        "areas": areas,
        "radar": radar([area.now for area in areas], [area.then for area in areas], LEVELS),
        "proposals": proposals_of(assessment) if is_own else [],
    }
    return render(request, "competences/assessment_results.html", context)


@login_required
@posted_from("competences:assessment_results", "public_id")
def accept(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Writes the ticked levels in the record."""
    assessment = own_assessment(request.user, public_id)
    try:
        written = accept_proposals(
            actor=request.user, assessment=assessment, codes=set(request.POST.getlist("codes"))
        )
    except Refused as refusal:
        messages.warning(request, refusal.message)
        return redirect("competences:assessment_results", public_id)
    if written:
        told = ngettext(
            "%(number)s compétence de votre dossier est à jour.",
            "%(number)s compétences de votre dossier sont à jour.",
            written,
        )
        messages.success(request, told % {"number": written})
    else:
        messages.info(request, _("Rien n’était coché : votre dossier n’a pas changé."))
    return redirect("competences:assessment_results", public_id)


@login_required
@form_page
def erase(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Erases a self-assessment, once the person has confirmed it."""
    assessment = own_assessment(request.user, public_id)
    if request.method == "POST":
        erase_assessment(actor=request.user, assessment=assessment)
        messages.success(request, _("Cette auto-évaluation est effacée. Votre dossier n’a pas changé."))
        return redirect("competences:assessments")
    context = {"assessment": assessment, "danger": True, "cancel_url": reverse("competences:assessments")}
    return render(request, "competences/assessment_erase.html", context)
