"""What a person takes away from their record, and the file that they bring to it."""

from pathlib import Path

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import NotFound, Refused
from accounts.rates import refuse_too_often
from competences.enums import ExportFormat, ExportKind
from competences.forms.record_imports import RecordImportForm
from competences.importers.record_tables import template as table_template
from competences.queries.record_imports import imports_of
from competences.record_signatures import VERSION
from competences.services.record_imports import send_import
from competences.spreadsheets import MEDIA_TYPES
from competences.views.exports import file_response
from competences.words import IMPORT_BADGES

SCHEMAS = Path(__file__).parents[1] / "schemas"
A_PAGE = 20

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
    """What may be taken away, what was brought, and the field that brings a file."""
    form = RecordImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            refuse_too_often("record_import", request.user, field="file")
            made = send_import(actor=request.user, worker=request.user.worker, file=form.cleaned_data["file"])
        except Refused as refusal:
            refusal.add_to(form)
        else:
            messages.success(request, _("Nous avons lu votre fichier. Rien n’est encore dans votre dossier."))
            return redirect("competences:record_import", made.public_id)
    page = Paginator(imports_of(request.user.worker), A_PAGE).get_page(request.GET.get("page"))
    rows = [(one, IMPORT_BADGES.get(one.state, "")) for one in page.object_list]
    context = {"form": form, "page": page, "rows": rows}
    return render(request, "competences/record_files.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def take(request: HttpRequest, what: str, format: str) -> HttpResponse:
    """A file of one's own record: at once while it is short."""
    if what not in TAKEN:
        raise NotFound
    return file_response(request, TAKEN[what], format, {}, worker=request.user.worker)


@login_required
@require_safe
def template(request: HttpRequest, format: str) -> HttpResponse:
    """An empty table to fill in."""
    if format not in (ExportFormat.CSV, ExportFormat.XLSX):
        raise NotFound
    response = HttpResponse(table_template(format), content_type=MEDIA_TYPES[ExportFormat(format)])
    response["Content-Disposition"] = f'attachment; filename="modele-competences.{format}"'
    return response
