"""Who can see my file, who looked, and giving or taking back an access."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts import grants
from accounts.access import access_mandate
from accounts.actors import require_person
from accounts.errors import Refused
from accounts.files import as_file
from accounts.forms.mandates import GrantForm, OrganisationChoiceForm
from accounts.mandate_texts import CURRENT_VERSION, MANDATE_TEXTS
from accounts.models import User
from accounts.posting import posted_from
from accounts.queries.advisers import adviser_bodies
from accounts.queries.file_access import (
    Opener,
    OpeningDay,
    former_mandates,
    grantees,
    openers,
    opening_days,
    with_readers,
)
from accounts.queries.mandate_requests import waiting_for
from accounts.rules.csv_cells import csv_text
from accounts.services.mandates import grant_mandates, withdraw_mandate
from accounts.templatetags.components import in_words

DAYS_A_PAGE = 20
MOST_LINES = 5_000
"""Lines of the file: more than a year of openings by a dozen people, less than a page may weigh."""

OPENING_COLUMNS = (
    gettext_lazy("jour"),
    gettext_lazy("personne"),
    gettext_lazy("organisme"),
    gettext_lazy("but"),
    gettext_lazy("partie du dossier"),
    gettext_lazy("raison donnée avec l’accord"),
    gettext_lazy("fois"),
    gettext_lazy("dernière heure"),
)


@login_required
@require_safe
def access(request: HttpRequest) -> HttpResponse:
    """Who can see what, and who looked."""
    today = timezone.localdate()
    worker = require_person(request.user).worker
    people = openers(worker)
    chosen = _chosen(request, people)
    page = Paginator(opening_days(worker, chosen), DAYS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "requests": waiting_for(worker.user, today),
        "openers": _filters(people, chosen) if len(people) > 1 else [],
        "query": f"personne={chosen.public_id}" if chosen else "",
        "grantees": grantees(worker, today),
        "granted": grants.listed(worker, today),
        "former": former_mandates(worker, today),
        "page": page,
        "openings": with_readers(list(page.object_list)),
        "today": today,
    }
    return render(request, "accounts/access.html", context)


@login_required
@require_safe
def openings_csv(request: HttpRequest) -> HttpResponse:
    """Who looked, as a file: one line a day, a person, a purpose and a part of the file."""
    worker = require_person(request.user).worker
    chosen = _chosen(request, openers(worker))
    rows = with_readers(list(opening_days(worker, chosen)[:MOST_LINES]))
    header = [str(word) for word in OPENING_COLUMNS]
    text = csv_text(header, (_cells(row) for row in rows))
    return as_file(text, "text/csv; charset=utf-8", gettext("consultations"), "csv")


def _cells(row: OpeningDay) -> list[object]:
    who = row.who or gettext("compte effacé")
    last = timezone.localtime(row.last_at)
    return [
        row.on.isoformat(),
        who,
        row.organisation,
        str(row.purpose.label),
        str(row.thing),
        row.reason,
        row.times,
        f"{last:%H:%M}",
    ]


def _chosen(request: HttpRequest, people: list[Opener]) -> User | None:
    """The person whose openings alone are wanted; None for a text that names nobody of the list."""
    asked = request.GET.get("personne", "")
    return next((one.user for one in people if str(one.user.public_id) == asked), None)


def _filters(people: list[Opener], chosen: User | None) -> list[dict[str, object]]:
    """The links of the filter: everybody, then each person."""
    everybody = {
        "label": gettext("Tout le monde"),
        "count": sum(one.times for one in people),
        "url": "?#t-openings",
        "current": chosen is None,
    }
    return [everybody] + [
        {
            "label": one.user.display_name,
            "count": one.times,
            "url": f"?personne={one.user.public_id}#t-openings",
            "current": one.user == chosen,
        }
        for one in people
    ]


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
            start_on=form.cleaned_data["start_on"],
            end_on=form.cleaned_data["end_on"],
            reason=form.cleaned_data["reason"],
        )
    except Refused as refusal:
        refusal.add_to(form)
        return False
    given = mandates[0]
    said = (
        gettext("%(name)s pourra ouvrir votre dossier à partir du %(day)s.")
        if given.start_on > form.on
        else gettext("%(name)s peut maintenant ouvrir votre dossier.")
    )
    words = {"name": given.adviser.display_name, "day": in_words(given.start_on)}
    messages.success(request, said % words)
    return True


@login_required
@posted_from("accounts:access")
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Takes an access back, in one click."""
    person = require_person(request.user)
    mandate = withdraw_mandate(actor=person, mandate=access_mandate(person, public_id))
    messages.success(
        request,
        gettext("C’est fait : %(name)s n’a plus accès pour ce but.") % {"name": mandate.adviser.display_name},
    )
    return redirect("accounts:access")
