"""The worker's side of review requests: asking, following, taking back; and hiding what was answered."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import NotFound, Refused
from accounts.posting import posted_from
from competences.forms.attestations import AskForm
from competences.models import Attestation
from competences.queries.attestations import (
    answers_of,
    asked_statements,
    own_request,
    review_mandates,
)
from competences.queries.evidence import evidence_of, offered_statements
from competences.review_texts import CURRENT_VERSION, REVIEW_TEXTS
from competences.services.attestations import hide_attestation
from competences.services.review_requests import MOST_SKILLS, ask_review, close_review, withdraw_review
from competences.views.evidence import SEARCHED, chosen_of, words_of
from competences.words import REVIEW_BADGES

PIECES = 30
"""Evidence offered to be shown: the latest."""


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Asks somebody for a view; `competence` in the address ticks a skill."""
    form = _ask_form(request)
    if form.is_bound and form.is_valid():
        try:
            review = ask_review(
                actor=request.user,
                worker=request.user.worker,
                asked=form.asked(),
                statements=form.chosen(),
                evidence=form.shown(),
                question=form.cleaned_data["question"],
            )
        except Refused as refusal:
            refusal.add_to(form)
        else:
            told = _("Votre demande est partie. Vous la suivez ici, et vous pouvez la retirer à tout moment.")
            messages.success(request, told)
            return redirect("competences:review_request", review.public_id)
    context = {
        "form": form,
        "consent": REVIEW_TEXTS[CURRENT_VERSION],
        "most": MOST_SKILLS,
        "text": words_of(request),
    }
    return render(request, "competences/review_ask.html", context)


@login_required
@require_safe
def request_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One request: to whom, what was shown, what happened when, what was answered."""
    review = own_request(request.user, public_id, on=timezone.localdate())
    statements = asked_statements(review, actor=request.user, on=timezone.localdate())
    answers = answers_of(review)
    for statement in statements:
        statement.attestations_shown = answers.get(statement.pk, [])
    context = {
        "review": review,
        "badge": REVIEW_BADGES.get(review.state, ""),
        "statements": statements,
        "moves": review.moves.all(),
        "consent": REVIEW_TEXTS.get(review.text_version, ""),
    }
    return render(request, "competences/review_request.html", context)


@login_required
@posted_from("competences:review_request", "public_id")
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Takes a request back: its reader sees nothing more."""
    review = own_request(request.user, public_id, on=timezone.localdate())
    try:
        withdraw_review(actor=request.user, review=review)
    except Refused as refusal:
        messages.warning(request, refusal.message)
    else:
        told = _("Votre demande est retirée : %s n’en voit plus rien.") % review.reader_name
        messages.success(request, told)
    return redirect("competences:review_request", public_id)


@login_required
@posted_from("competences:review_request", "public_id")
def close(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Shuts what a reader who answered could still read again."""
    review = own_request(request.user, public_id, on=timezone.localdate())
    try:
        close_review(actor=request.user, review=review)
    except Refused as refusal:
        messages.warning(request, refusal.message)
    else:
        messages.success(request, _("C’est fermé : %s n’en voit plus rien.") % review.reader_name)
    return redirect("competences:review_request", public_id)


@login_required
@posted_from("competences:evidence")
def hide(request: HttpRequest, public_id: UUID, hidden: bool) -> HttpResponse:
    """Hides a view from what I share, or shows it again."""
    rows = Attestation.objects.standing().select_related("statement")
    view = rows.filter(public_id=public_id, statement__worker=request.user.worker).first()
    if view is None:
        raise NotFound
    hide_attestation(actor=request.user, attestation=view, hidden=hidden)
    if hidden:
        told = _("Cet avis n’est plus montré à personne. Il reste dans votre dossier, tel qu’il a été donné.")
    else:
        told = _("Cet avis est de nouveau montré avec cette compétence.")
    messages.success(request, told)
    return redirect("competences:statement", view.statement.public_id)


def _ask_form(request: HttpRequest) -> AskForm:
    """The form, bound to what was sent, but for a search of more skills."""
    today = timezone.localdate()
    worker = request.user.worker
    chosen = chosen_of(request, [])
    given = {
        "offered": offered_statements(request.user, on=today, chosen=chosen, text=words_of(request)),
        "mandates": review_mandates(worker, today),
        "pieces": evidence_of(worker)[:PIECES],
    }
    if request.method == "POST" and SEARCHED not in request.POST:
        return AskForm(request.POST, **given)
    typed = {name: request.POST[name] for name in ("reader", "email", "question") if name in request.POST}
    initial = {**typed, "statements": chosen, "evidence": request.POST.getlist("evidence")}
    return AskForm(initial=initial, **given)
