"""The jobs a person wants: what they hold of each, what is missing, and what learning some of it would do."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from competences.queries.gaps import gap_page, wanted_jobs

MOST_LEARNED = 50
"""Skills that one may suppose learned at a time: an address stays short."""


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The jobs I want, those I am nearest to first."""
    jobs = wanted_jobs(request.user, timezone.localdate())
    return render(request, "competences/wanted_jobs.html", {"jobs": jobs})


@login_required
@require_safe
def page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One job against my record; `?apprendre=` supposes skills learned."""
    supposed = request.GET.getlist("apprendre")[:MOST_LEARNED]
    found = gap_page(request.user, public_id, learned=supposed, on=timezone.localdate())
    return render(request, "competences/wanted_job.html", {"page": found})
