"""Lists and records as files: at once while they are short, else prepared by a job and fetched when ready."""

import uuid

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import NotFound
from accounts.models import Worker
from competences.enums import ExportFormat, ExportKind, ExportState
from competences.models import Export
from competences.private_files import way_to
from competences.queries.exports import FORMATS, export, exported_list, may_be_fetched
from competences.services.exports import ask_export, file_at_once
from competences.spreadsheets import MEDIA_TYPES

MAX_TEXT = 100
EVERY_SECONDS = 2
demands = require_http_methods(["GET", "HEAD", "POST"])


@demands
def changes(request: HttpRequest, slug: str, number: str, format: str) -> HttpResponse:
    """The changes of an edition, under the filters of their page."""
    asked = {"slug": slug, "number": number, **_given(request, "change", "kind")}
    return file_response(request, ExportKind.CHANGES, format, asked)


@demands
def search(request: HttpRequest, format: str) -> HttpResponse:
    """The answers of a search, all of them."""
    asked = {"q": "", **_given(request, "q", "kind", "reference")}
    return file_response(request, ExportKind.SEARCH, format, asked)


@demands
def job_skills(request: HttpRequest, slug: str, code: str, format: str) -> HttpResponse:
    """The skills, knowledge and contexts of a job as of an edition."""
    asked = {"slug": slug, "code": code, **_given(request, "edition")}
    return file_response(request, ExportKind.JOB_SKILLS, format, asked)


def _given(request: HttpRequest, *names: str) -> dict[str, str]:
    """Those parameters of the address that say something; the database takes no null character."""
    given = {name: request.GET.get(name, "").replace("\x00", "").strip()[:MAX_TEXT] for name in names}
    return {name: value for name, value in given.items() if value}


def file_response(
    request: HttpRequest, kind: ExportKind, format: str, asked: dict[str, str], worker: Worker | None = None
) -> HttpResponse:
    """The file, or the page that offers to prepare it; a POST has it prepared. `worker` is whose record."""
    if format not in FORMATS[kind] or any("\x00" in value for value in asked.values()):
        raise NotFound
    if request.method == "POST":
        made = ask_export(
            actor=request.user,
            kind=kind,
            format=format,
            language=get_language() or settings.LANGUAGE_CODE,
            parameters=asked,
            now=timezone.now(),
            worker=worker,
        )
        return redirect("competences:export", made.public_id)
    listed = exported_list(kind, asked, worker)
    content = file_at_once(listed, format)
    if content is None:
        return render(request, "competences/export_long.html", {"total": listed.total, "kind": kind})
    response = HttpResponse(content, content_type=MEDIA_TYPES[ExportFormat(format)])
    name = content_disposition_header(True, f"{listed.name}.{format}")
    response["Content-Disposition"] = name or "attachment"
    if worker is not None:
        response["Cache-Control"] = "private, no-store"
    return response


# Files that a job prepares ---------------------------------------------------------------------------------


@never_cache
@require_safe
def waiting(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """How far a file is; the link to it once it is ready."""
    return render(request, "competences/export.html", _shown(export(public_id, request.user)))


@never_cache
@require_safe
def progress(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The part of that page which moves: an enhancement, the page has a link that does the same."""
    return render(request, "competences/_export_progress.html", _shown(export(public_id, request.user)))


def _shown(found: Export) -> dict[str, object]:
    is_done = found.state == ExportState.DONE
    return {"export": found, "every": EVERY_SECONDS, "is_closed": is_done and not may_be_fetched(found)}


@never_cache
@require_safe
def fetch(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Shows the way to the file: whoever hands it over, it is not a thread that serves pages."""
    found = export(public_id, request.user)
    if found.state != ExportState.DONE or not may_be_fetched(found):
        raise NotFound
    return way_to(found.public_id, found.format, found.file_name)
