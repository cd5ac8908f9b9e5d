"""Mandate requests: an adviser asks and sees what became of it; the person reads who asks, and answers."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import access_mandate_request
from accounts.actors import require_person
from accounts.enums import MandateRequestState, Purpose
from accounts.errors import NotFound, Refused
from accounts.forms.mandate_requests import AnswerForm, AskForm
from accounts.mandate_texts import CURRENT_VERSION, MANDATE_TEXTS
from accounts.models import MandateRequest, User
from accounts.posting import posted_from
from accounts.queries.advisers import bodies_of, is_adviser
from accounts.queries.mandate_requests import already_given, asked_by, lines, own_request
from accounts.services.mandate_requests import (
    ALREADY,
    accept_request,
    ask_mandate,
    decline_request,
    take_back_request,
)

A_PAGE = 30


# The adviser -----------------------------------------------------------------------------------------------


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What I asked, and what became of it; for whoever advises today, or once asked."""
    adviser, today = require_person(request.user), timezone.localdate()
    may_ask = bodies_of(adviser, today).exists()
    page = Paginator(asked_by(adviser), A_PAGE).get_page(request.GET.get("page"))
    if not may_ask and not page.object_list:
        raise NotFound
    context = {"page": page, "lines": lines(list(page.object_list), today), "may_ask": may_ask}
    return render(request, "accounts/mandate_requests.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Asks a person, by e-mail address; what is answered never tells whether that address has an account."""
    adviser, today = require_person(request.user), timezone.localdate()
    bodies = list(bodies_of(adviser, today))
    if not bodies:
        raise NotFound
    form = AskForm(request.POST or None, on=today, bodies=bodies)
    if request.method == "POST" and form.is_valid():
        try:
            made = ask_mandate(actor=adviser, **form.cleaned_data)
        except Refused as refusal:
            refusal.add_to(form)
        else:
            said = _("Votre demande est partie à %(email)s. Elle attend 30 jours ; la réponse se lira ici.")
            messages.success(request, said % {"email": made.email})
            return redirect("accounts:mandate_requests")
    context = {"form": form, "body": bodies[0] if len(bodies) == 1 else None}
    return render(request, "accounts/mandate_request_ask.html", context)


@login_required
@posted_from("accounts:mandate_requests")
def take_back(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Takes a question back before its answer."""
    adviser = require_person(request.user)
    found = own_request(adviser, public_id)
    if found is None:
        raise NotFound
    try:
        take_back_request(actor=adviser, request=found)
    except Refused as refusal:
        messages.warning(request, refusal.message)
    else:
        messages.success(request, _("Votre demande est reprise. La personne ne peut plus y répondre."))
    return redirect("accounts:mandate_requests")


# The person ------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Who asks, in whose name, for what and why; the person ticks purpose by purpose, or says no."""
    person, today = require_person(request.user), timezone.localdate()
    asked = access_mandate_request(person, public_id)
    given = already_given(asked, person, today)
    form = AnswerForm(request.POST or None, on=today, request=asked, given=given)
    state = asked.state_on(today)
    if request.method == "POST" and state != MandateRequestState.WAITING:
        return _told(request, ALREADY[state])
    if request.method == "POST" and form.is_valid():
        answer = _accepted(request, person, asked, form)
        if answer is not None:
            return answer
    context = {
        "asked": asked,
        "form": form,
        "given": given,
        "rest": len(asked.purposes) - len(given),
        "is_waiting": state == MandateRequestState.WAITING,
        "has_left": not is_adviser(asked.adviser, asked.organisation, today),
        "already": ALREADY.get(state, ""),
        "consent": MANDATE_TEXTS[CURRENT_VERSION],
    }
    return render(request, "accounts/mandate_request.html", context)


@login_required
@posted_from("accounts:mandate_request", "public_id")
def decline(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Says no, in one click and without a reason."""
    person = require_person(request.user)
    try:
        decline_request(actor=person, request=access_mandate_request(person, public_id))
    except Refused as refusal:
        return _told(request, refusal.message)
    messages.success(request, _("Vous avez répondu non. Rien n’est ouvert, et aucune raison n’est demandée."))
    return redirect("accounts:access")


def _accepted(
    request: HttpRequest, person: User, asked: MandateRequest, form: AnswerForm
) -> HttpResponse | None:
    """Says yes; None when something is to be corrected in the form."""
    purposes = [Purpose(value) for value in form.cleaned_data["purposes"]]
    try:
        mandates = accept_request(
            actor=person, request=asked, purposes=purposes, end_on=form.cleaned_data["end_on"]
        )
    except Refused as refusal:
        if refusal.field is None:
            return _told(request, refusal.message)
        refusal.add_to(form)
        return None
    said = ngettext(
        "%(name)s peut maintenant ouvrir votre dossier, pour un but.",
        "%(name)s peut maintenant ouvrir votre dossier, pour %(number)d buts.",
        len(mandates),
    )
    messages.success(request, said % {"name": asked.adviser.display_name, "number": len(mandates)})
    return redirect("accounts:access")


def _told(request: HttpRequest, message: object) -> HttpResponse:
    """What became of the request meanwhile, on the page that shows who can see what."""
    messages.warning(request, str(message))
    return redirect("accounts:access")
