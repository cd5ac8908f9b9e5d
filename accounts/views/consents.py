"""Mes consentements: what I agreed to, the sentence I read, what became of it; on screen and as a file."""

import json
from collections.abc import Iterable

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from accounts.actors import require_person
from accounts.consents import Consent, given_by
from accounts.errors import NotFound
from accounts.files import as_file
from accounts.rules.csv_cells import csv_text

A_PAGE = 25

COLUMNS = {
    "what": gettext_lazy("accord"),
    "whom": gettext_lazy("personne"),
    "organisation": gettext_lazy("organisme"),
    "scope": gettext_lazy("portée"),
    "given_at": gettext_lazy("donné le"),
    "start_on": gettext_lazy("premier jour"),
    "end_on": gettext_lazy("fin (jour non compris)"),
    "ended": gettext_lazy("ce qui y a mis fin"),
    "ended_at": gettext_lazy("arrêté le"),
    "text_version": gettext_lazy("version du texte"),
    "text": gettext_lazy("texte accepté"),
}


@login_required
@require_safe
def consents(request: HttpRequest) -> HttpResponse:
    """The register: the latest first."""
    worker = require_person(request.user).worker
    page = Paginator(given_by(worker, timezone.localdate()), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/consents.html", {"page": page})


@login_required
@require_safe
def download(request: HttpRequest, format: str) -> HttpResponse:
    """The whole register as CSV or JSON, instants in ISO 8601."""
    worker = require_person(request.user).worker
    if format not in ("csv", "json"):
        raise NotFound
    given = given_by(worker, timezone.localdate())
    name = gettext("mes-consentements")
    if format == "json":
        rows = [dict(zip(COLUMNS, _cells(consent), strict=True)) for consent in given]
        text = json.dumps(rows, ensure_ascii=False, indent=2)
        return as_file(text, "application/json", name, format)
    header: Iterable[str] = (str(words) for words in COLUMNS.values())
    return as_file(csv_text(header, map(_cells, given)), "text/csv; charset=utf-8", name, format)


def _cells(consent: Consent) -> list[str]:
    """The consent in the order of the columns, texts alone."""
    cells: list[str] = []
    for name in COLUMNS:
        value = getattr(consent, name)
        if value is None:
            cells.append("")
        elif name.endswith("_at"):
            cells.append(timezone.localtime(value).isoformat(timespec="seconds"))
        else:
            cells.append(value.isoformat() if name.endswith("_on") else str(value))
    return cells
