"""The person's bilans: the list with the rhythm, and one bilan from the wish to the follow-up."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import NotFound, Refused
from accounts.posting import posted_from
from competences.bilan_pages import MOVE_WORDS, bilan_context
from competences.bilan_texts import BILAN_TEXTS, CURRENT_VERSION
from competences.enums import BilanState
from competences.forms.bilans import (
    BilanForm,
    ConsentForm,
    ConventionForm,
    DescribeForm,
    WishForm,
    described_as,
)
from competences.queries.bilans import (
    bilan_mandates,
    bilan_plan,
    bilans_of,
    employer_of_path,
    own_bilan,
    running_bilan,
)
from competences.rules.bilans import MOVES, PERSON, PHASES, RUNNING, STOPPED
from competences.services import bilan_moves
from competences.services.bilan_details import (
    consent_to_bilan,
    describe_bilan,
    set_convention,
    withdraw_consent,
)
from competences.services.bilans import set_bilan_plan

form_page = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """My bilans, those that are over too, and the rhythm I wish."""
    worker = request.user.worker
    plan = bilan_plan(worker)
    bilans = list(bilans_of(worker))
    context = {
        "bilans": bilans,
        "running": next((bilan for bilan in bilans if bilan.state in RUNNING), None),
        "plan": plan,
        "form": BilanForm(initial=_rhythm(plan)),
    }
    return render(request, "competences/bilans.html", context)


@login_required
@form_page
def plan(request: HttpRequest) -> HttpResponse:
    """The last bilan and the wished rhythm."""
    plan = bilan_plan(request.user.worker)
    form = BilanForm(request.POST or None, initial=_rhythm(plan))
    if request.method == "POST" and form.is_valid():
        try:
            set_bilan_plan(
                actor=request.user, worker=request.user.worker, on=timezone.localdate(), **form.cleaned_data
            )
        except Refused as refusal:
            refusal.add_to(form)
        else:
            messages.success(request, _("Votre prochaine date est calculée."))
            return redirect("competences:dashboard")
    return render(request, "competences/bilan_plan.html", {"form": form, "plan": plan})


@login_required
@form_page
def wish(request: HttpRequest) -> HttpResponse:
    """A new wish; while a bilan runs, that one."""
    form = WishForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            bilan = bilan_moves.wish_bilan(
                actor=request.user, worker=request.user.worker, need=form.cleaned_data["need"]
            )
        except Refused as refusal:
            refusal.add_to(form)
        else:
            messages.success(
                request, _("Votre souhait est noté. Personne d’autre que vous ne le voit encore.")
            )
            return redirect("competences:bilan", bilan.public_id)
    running = running_bilan(request.user.worker)
    if running is not None and request.method != "POST":
        messages.info(request, _("Vous avez déjà un bilan en cours : le voici."))
        return redirect("competences:bilan", running.public_id)
    return render(request, "competences/bilan_wish.html", {"form": form})


@login_required
@require_safe
def page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One bilan: how far it is, what is missing, hours, checks, appointments, documents, consent, log."""
    bilan = own_bilan(request.user, public_id)
    context = bilan_context(bilan, PERSON, request.user, timezone.now())
    context["consent_form"] = ConsentForm(initial={"version": CURRENT_VERSION})
    return render(request, "competences/bilan.html", context)


@login_required
@form_page
def describe(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Need, provider, funder, price."""
    bilan = own_bilan(request.user, public_id)
    today = timezone.localdate()
    mandates = list(bilan_mandates(bilan.worker, today))
    form = DescribeForm(
        request.POST or None,
        mandates=mandates,
        is_begun=bilan.state in PHASES,
        initial=described_as(bilan, mandates, employer_of_path(bilan.worker, today)),
    )
    if request.method == "POST" and form.is_valid():
        try:
            describe_bilan(actor=request.user, bilan=bilan, described=form.described())
        except Refused as refusal:
            refusal.add_to(form)
        else:
            messages.success(request, _("C’est noté. La page dit ce qui manque encore."))
            return redirect("competences:bilan", public_id)
    return render(
        request, "competences/bilan_describe.html", {"form": form, "bilan": bilan, "mandates": mandates}
    )


@login_required
@form_page
def consent(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The person gives their consent, on the words of the day."""
    bilan = own_bilan(request.user, public_id)
    form = ConsentForm(request.POST or None, initial={"version": CURRENT_VERSION})
    if request.method == "POST" and form.is_valid():
        try:
            consent_to_bilan(actor=request.user, bilan=bilan, version=form.cleaned_data["version"])
        except Refused as refusal:
            refusal.add_to(form)
        else:
            messages.success(request, _("Votre accord est noté, avec son texte et sa date."))
            return redirect("competences:bilan", public_id)
    context = {"form": form, "bilan": bilan, "text": BILAN_TEXTS[CURRENT_VERSION]}
    return render(request, "competences/bilan_consent.html", context)


@login_required
@posted_from("competences:bilan", "public_id")
def consent_withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The person takes their consent back before the first phase."""
    try:
        withdraw_consent(actor=request.user, bilan=own_bilan(request.user, public_id))
    except Refused as refusal:
        messages.warning(request, refusal.message)
    else:
        messages.success(request, _("Votre accord est retiré : ce bilan ne peut pas commencer."))
    return redirect("competences:bilan", public_id)


@login_required
@form_page
def convention(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The day the convention came, and the answer."""
    bilan = own_bilan(request.user, public_id)
    initial = {
        "sent_on": bilan.convention_sent_on,
        "answer": bilan.convention_answer,
        "answered_on": bilan.convention_answered_on,
    }
    form = ConventionForm(request.POST or None, is_own=True, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            set_convention(actor=request.user, bilan=bilan, **form.cleaned_data)
        except Refused as refusal:
            refusal.add_to(form)
        else:
            messages.success(request, _("C’est noté."))
            return redirect("competences:bilan", public_id)
    context = {"form": form, "bilan": bilan, "cancel_url": reverse("competences:bilan", args=[public_id])}
    return render(request, "competences/bilan_convention.html", context)


@login_required
@form_page
def move(request: HttpRequest, public_id: UUID, name: str) -> HttpResponse:
    """One step, confirmed on its own page: what is missing first, then the button."""
    bilan = own_bilan(request.user, public_id)
    return step(request, bilan, PERSON, name, reverse("competences:bilan", args=[public_id]))


@login_required
@posted_from("competences:bilan", "public_id")
def undo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The last step is taken back."""
    return step_back(
        request, own_bilan(request.user, public_id), reverse("competences:bilan", args=[public_id])
    )


def step(request: HttpRequest, bilan: Any, role: str, name: str, back: str) -> HttpResponse:
    """A step of a bilan by either side; `back` is the page of the bilan. Raises NotFound for no step."""
    if name not in MOVE_WORDS or role not in MOVES[name].by:
        raise NotFound
    if request.method == "POST":
        try:
            moved = getattr(bilan_moves, f"{name}_bilan")(actor=request.user, bilan=bilan)
        except Refused as refusal:
            messages.warning(request, refusal.message)
        else:
            messages.success(request, moved_words(moved.state))
        return redirect(back)
    context = bilan_context(bilan, role, request.user, timezone.now())
    shown = next((one for one in context["next"] if one["move"] == name), None)
    if shown is None and not (name in ("abandon", "refuse") and bilan.state in RUNNING):
        messages.info(request, _("Ce bilan n’est pas à cette étape."))
        return redirect(back)
    context |= {"step": shown, "name": name, "label": MOVE_WORDS[name], "cancel_url": back}
    return render(request, "competences/bilan_move.html", context)


def step_back(request: HttpRequest, bilan: Any, back: str) -> HttpResponse:
    """The last step taken back by who made it."""
    try:
        bilan_moves.undo_move(actor=request.user, bilan=bilan)
    except Refused as refusal:
        messages.warning(request, refusal.message)
    else:
        messages.success(request, _("L’étape est reprise : le bilan est de nouveau où il était."))
    return redirect(back)


def moved_words(state: str) -> str:
    """What is said once a bilan has moved."""
    if state in STOPPED:
        return _(
            "C’est fait. Personne d’autre que vous ne voit plus ce bilan. Vous pouvez revenir dessus pendant"
            " 24 heures."
        )
    return _("C’est noté. Étape du bilan : %(state)s.") % {"state": BilanState(state).label}


def _rhythm(plan: Any) -> dict[str, Any] | None:
    return {"last_on": plan.last_on, "rhythm_months": plan.rhythm_months} if plan else None
