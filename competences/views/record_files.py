"""What a person takes away from their record, and what they bring to it."""

from pathlib import Path

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import NotFound
from competences.enums import ExportKind
from competences.record_signatures import VERSION
from competences.views.exports import file_response

SCHEMAS = Path(__file__).parents[1] / "schemas"

TAKEN = {
    "competences": ExportKind.STATEMENTS,
    "competences-et-histoire": ExportKind.STATEMENT_HISTORY,
    "json-resume": ExportKind.RESUME,
    "dossier": ExportKind.RECORD,
}
"""The files of a record, by what their addresses call them."""


@require_safe
def schema(request: HttpRequest, version: int) -> HttpResponse:
    """What a record file of that version may hold, for whoever reads one."""
    if version != VERSION:
        raise NotFound
    return HttpResponse(
        (SCHEMAS / f"record-{VERSION}.json").read_bytes(), content_type="application/schema+json"
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """What may be taken away, and what was brought."""
    return render(request, "competences/record_files.html", {})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def take(request: HttpRequest, what: str, format: str) -> HttpResponse:
    """A file of one's own record: at once while it is short."""
    if what not in TAKEN:
        raise NotFound
    return file_response(request, TAKEN[what], format, {}, worker=request.user.worker)
