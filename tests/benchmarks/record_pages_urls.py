"""The addresses of the site, and beside each page of a record the floor that it is measured against: a bare
view that renders the same template from memory, with neither query nor session.
"""

import os
from typing import Any
from unittest import mock

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone

from accounts.models import User
from accounts.queries.roles import Roles
from competences.queries.coordination import coordinated
from competences.views import caseload, dashboards, records
from config.urls import urlpatterns as site


def organisation(request: HttpRequest) -> HttpResponse:
    """The page of the organisation that this person coordinates."""
    [found] = coordinated(request.user, timezone.localdate())
    return caseload.organisation(request, found.public_id)


PAGES = {
    "dashboard": (dashboards, dashboards.worker),
    "statements": (records, records.statements),
    "caseload": (caseload, caseload.people),
    "today": (caseload, caseload.today),
    "organisation": (caseload, organisation),
}

PEOPLE = "PERENNE_BENCH_PEOPLE"
"""The variable that tells the served site whose pages are held: the keys of their accounts."""

_kept: dict[tuple[str, int], tuple[str, dict[str, Any], User]] = {}


def floor(request: HttpRequest, name: str, user: int) -> HttpResponse:
    """The page of that person from what it held the first time that this process was asked for it. Then the
    pages of the others that the bench looks at are held too, so that none is read while it counts."""
    if (name, user) not in _kept:
        named = [int(pk) for pk in os.environ.get(PEOPLE, "").split()]
        for one in User.objects.filter(pk__in={user, *named}):
            _kept[name, one.pk] = _captured(request, name, one)
    template, context, request.user = _kept[name, user]
    # What the header asks of the database, in memory too.
    request._nav_roles, request._unread_messages = Roles(), 0  # type: ignore[attr-defined]
    return render(request, template, context)


def _captured(request: HttpRequest, name: str, user: User) -> tuple[str, dict[str, Any], User]:
    """The template and the context that the real view gives to that person, read once and held."""
    module, view = PAGES[name]
    request.user = user
    with mock.patch.object(module, "render", return_value=HttpResponse()) as rendered:
        view(request)
    _request, template, context = rendered.call_args.args
    return template, context, user


urlpatterns = [path("floor/<str:name>/<int:user>/", floor), *site]
