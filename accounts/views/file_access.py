"""Who can see my file, who looked, and giving or taking back an access."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts import grants
from accounts.access import access_mandate
from accounts.actors import require_person
from accounts.errors import Refused
from accounts.forms.mandates import GrantForm, OrganisationChoiceForm
from accounts.mandate_texts import CURRENT_VERSION, MANDATE_TEXTS
from accounts.posting import posted_from
from accounts.queries.advisers import adviser_bodies
from accounts.queries.file_access import former_mandates, grantees, opening_days, with_actors
from accounts.services.mandates import grant_mandates, withdraw_mandate

DAYS_A_PAGE = 20


@login_required
@require_safe
def access(request: HttpRequest) -> HttpResponse:
    """Who can see what, and who looked."""
    today = timezone.localdate()
    worker = require_person(request.user).worker
    page = Paginator(opening_days(worker), DAYS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "grantees": grantees(worker, today),
        "granted": grants.listed(worker, today),
        "former": former_mandates(worker, today),
        "page": page,
        "openings": with_actors(list(page.object_list)),
        "today": today,
    }
    return render(request, "accounts/access.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def grant(request: HttpRequest) -> HttpResponse:
    """Gives access to an adviser: the organisation is chosen by GET, the rest is sent by POST."""
    today = timezone.localdate()
    choice = OrganisationChoiceForm(request.GET or None, organisations=adviser_bodies(today))
    organisation = choice.cleaned_data["organisation"] if choice.is_valid() else None
    form = GrantForm(request.POST or None, on=today, organisation=organisation)
    if request.method == "POST" and form.is_valid() and _granted(request, form):
        return redirect("accounts:access")
    context = {
        "choice": choice,
        "organisation": organisation,
        "form": form,
        "consent": MANDATE_TEXTS[CURRENT_VERSION],
    }
    return render(request, "accounts/grant.html", context)


def _granted(request: HttpRequest, form: GrantForm) -> bool:
    """Calls the service; a refusal goes beside its field."""
    person, place = require_person(request.user), form.place()
    try:
        mandates = grant_mandates(
            actor=person,
            worker=person.worker,
            adviser=place.user,
            organisation=place.organisation,
            purposes=form.cleaned_data["purposes"],
            on=form.on,
            end_on=form.cleaned_data["end_on"],
        )
    except Refused as refusal:
        refusal.add_to(form)
        return False
    messages.success(
        request,
        gettext("%(name)s peut maintenant ouvrir votre dossier.")
        % {"name": mandates[0].adviser.display_name},
    )
    return True


@login_required
@posted_from("accounts:access")
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Takes an access back, in one click."""
    person = require_person(request.user)
    mandate = withdraw_mandate(actor=person, mandate=access_mandate(person, public_id))
    messages.success(
        request,
        gettext("C’est fait : %(name)s n’a plus accès pour ce but.") % {"name": mandate.adviser.display_name},
    )
    return redirect("accounts:access")
