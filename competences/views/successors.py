"""Where a person answers the successors proposed for their skills: yes, no, later, and back."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.posting import posted_from
from competences.queries.successors import Proposed, own_proposal
from competences.services.successors import accept_successor, refuse_successor, undo_answer

LATER = "successors_left_for_later"
MOST_LATER = 200
"""Proposals that a session remembers; beyond, the oldest come back."""


def _shown(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The page of the skill, where the proposal is answered."""
    return _page_of(own_proposal(request.user, public_id, on=timezone.localdate()))


@login_required
@posted_from(_shown)
def accept(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The successor takes the place of the skill; the next page offers to undo it."""
    proposed = own_proposal(request.user, public_id, on=timezone.localdate())
    try:
        accept_successor(actor=request.user, proposal=proposed.proposal)
    except Refused as refusal:
        return _back(request, proposed, refusal)
    return _answered(request, proposed, accepted=True)


@login_required
@posted_from(_shown)
def refuse(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The record stays as it is; the next page offers to think again."""
    proposed = own_proposal(request.user, public_id, on=timezone.localdate())
    try:
        refuse_successor(actor=request.user, proposal=proposed.proposal)
    except Refused as refusal:
        return _back(request, proposed, refusal)
    return _answered(request, proposed, accepted=False)


@login_required
@posted_from(_shown)
def later(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The first screen stops showing it until the next sign-in; the page of the skill still does."""
    proposed = own_proposal(request.user, public_id, on=timezone.localdate())
    kept = [known for known in request.session.get(LATER, []) if known != str(public_id)]
    request.session[LATER] = [*kept, str(public_id)][-MOST_LATER:]
    messages.info(request, _("« %s » reste proposée sur la page de votre compétence.") % proposed.label)
    return redirect("competences:dashboard")


@login_required
@posted_from(_shown)
def undo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The answer is taken back, and the proposal waits again."""
    proposed = own_proposal(request.user, public_id, on=timezone.localdate())
    try:
        undo_answer(actor=request.user, proposal=proposed.proposal)
    except Refused as refusal:
        messages.warning(request, refusal.message)
        return redirect("competences:statements")
    messages.success(request, _("Votre réponse est annulée : votre dossier est comme avant."))
    return redirect("competences:statement", proposed.proposal.statement.public_id)


def _answered(request: HttpRequest, proposed: Proposed, *, accepted: bool) -> HttpResponse:
    context = {"proposed": proposed, "accepted": accepted}
    return render(request, "competences/successor_answered.html", context)


def _back(request: HttpRequest, proposed: Proposed, refusal: Refused) -> HttpResponse:
    messages.warning(request, refusal.message)
    return _page_of(proposed)


def _page_of(proposed: Proposed) -> HttpResponse:
    statement = proposed.proposal.statement
    if statement.removed_at is not None:
        return redirect("competences:statements")
    return redirect("competences:statement", statement.public_id)
