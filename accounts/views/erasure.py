"""Erasing one's account: what goes, when, and changing one's mind."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from accounts.actors import require_person
from accounts.errors import Refused
from accounts.models import ErasureRequest
from accounts.posting import posted_from
from accounts.services.erasure import DAYS_TO_CHANGE, cancel_erasure, request_erasure
from accounts.templatetags.components import in_words


@login_required
@reauthentication_required
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest) -> HttpResponse:
    """Asks for the erasure; shows the day once it is asked. The password is asked again first."""
    person = require_person(request.user)
    if request.method == "POST":
        try:
            asked = request_erasure(actor=person)
        except Refused as refusal:
            messages.warning(request, refusal.message)
        else:
            told = gettext("Votre compte sera effacé le %(day)s. Jusque-là, vous pouvez changer d’avis ici.")
            messages.success(request, told % {"day": in_words(asked.due_on)})
        return redirect("accounts:erase")
    context = {
        "asked": ErasureRequest.objects.filter(user=person).first(),
        "days": DAYS_TO_CHANGE,
    }
    return render(request, "accounts/erase.html", context)


@login_required
@posted_from("accounts:erase")
def keep(request: HttpRequest) -> HttpResponse:
    """Calls the erasure off."""
    if cancel_erasure(actor=require_person(request.user)):
        messages.success(request, gettext("L’effacement est annulé : rien n’a été effacé."))
    return redirect("accounts:erase")
