"""The pages on which an edition is sent, looked at and applied: an employer's own, or any by the staff.

The staff sends tables of signals on the same pages.

Each view serves both: with the id of an organisation, its members and its own reference; without, the staff.
"""

import datetime as dt
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import access_organisation
from accounts.actors import require_staff
from accounts.enums import OrganisationKind
from accounts.errors import NotFound, Refused
from accounts.models import Organisation
from accounts.posting import posted_from
from competences.enums import UploadState
from competences.forms.uploads import MendForm, OwnUploadForm, StaffUploadForm
from competences.importers.own_table import template as table_template
from competences.models import Upload
from competences.queries.uploads import access_upload, uploads_of
from competences.services.uploads import apply_upload, create_upload, failed_rows, mend_upload
from competences.words import CHANGE_NOUNS, KIND_PLURALS, UPLOAD_BADGES, UPLOAD_WORDS, change_noun

A_PAGE = 20
SHOWN_ANOMALIES = 200


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest, public_id: UUID | None = None) -> HttpResponse:
    """Sends an edition, and lists those that were sent."""
    organisation = _organisation(request, public_id)
    form_class = OwnUploadForm if organisation else StaffUploadForm
    form = form_class(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            upload = create_upload(
                actor=request.user,
                organisation=organisation,
                on=timezone.localdate(),
                **form.cleaned_data,
            )
        except Refused as refusal:
            refusal.add_to(form)
        else:
            return redirect(_address("page", organisation, upload))
    page = Paginator(uploads_of(organisation), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "organisation": organisation,
        "form": form,
        "page": page,
        "rows": [
            (
                upload,
                _title(upload),
                _address("page", organisation, upload),
                UPLOAD_WORDS[upload.state],
                UPLOAD_BADGES.get(upload.state, ""),
            )
            for upload in page.object_list
        ],
        "template_url": _address("template", organisation),
    }
    return render(request, "competences/uploads.html", context)


@login_required
@require_safe
def template(request: HttpRequest, public_id: UUID | None = None) -> HttpResponse:
    """An empty table to fill in."""
    _organisation(request, public_id)
    return _csv(table_template(), "modele-referentiel.csv")


@login_required
@require_safe
def page(request: HttpRequest, upload_id: UUID, public_id: UUID | None = None) -> HttpResponse:
    """One upload: how far it is, what was found in it, what can be done."""
    organisation, upload = _upload(request, public_id, upload_id)
    return render(request, "competences/upload.html", _context(organisation, upload, MendForm()))


@login_required
@require_safe
def state(request: HttpRequest, upload_id: UUID, public_id: UUID | None = None) -> HttpResponse:
    """What changes on that page while a job is at work: asked again and again by the page itself."""
    organisation, upload = _upload(request, public_id, upload_id)
    return render(request, "competences/_upload.html", _context(organisation, upload, MendForm()))


@login_required
@require_safe
def errors(request: HttpRequest, upload_id: UUID, public_id: UUID | None = None) -> HttpResponse:
    """The failed rows of a table, as a file to mend."""
    _organisation_found, upload = _upload(request, public_id, upload_id)
    text = failed_rows(actor=request.user, upload=upload, on=timezone.localdate())
    response = _csv(text, "lignes-a-corriger.csv")
    # Rows of an organisation: no cache on the way keeps them.
    response["Cache-Control"] = "no-store"
    return response


def _shown(request: HttpRequest, upload_id: UUID, public_id: UUID | None = None) -> HttpResponse:
    """The page of the upload, which holds the forms."""
    organisation, upload = _upload(request, public_id, upload_id)
    return redirect(_address("page", organisation, upload))


@login_required
@posted_from(_shown)
def mend(request: HttpRequest, upload_id: UUID, public_id: UUID | None = None) -> HttpResponse:
    """Sends the mended rows; what they were taken from is completed with them."""
    organisation, upload = _upload(request, public_id, upload_id)
    form = MendForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            [file] = form.cleaned_data["files"][:1]
            made = mend_upload(actor=request.user, upload=upload, file=file, on=timezone.localdate())
        except Refused as refusal:
            refusal.add_to(form)
        else:
            return redirect(_address("page", organisation, made))
    return render(request, "competences/upload.html", _context(organisation, upload, form))


@login_required
@posted_from(_shown)
def apply(request: HttpRequest, upload_id: UUID, public_id: UUID | None = None) -> HttpResponse:
    """Asks for what was read to be written."""
    organisation, upload = _upload(request, public_id, upload_id)
    try:
        apply_upload(actor=request.user, upload=upload, on=timezone.localdate())
    except Refused as refusal:
        messages.warning(request, refusal.message)
    return redirect(_address("page", organisation, upload))


def _organisation(request: HttpRequest, public_id: UUID | None) -> Organisation | None:
    """The employer whose member is asking; None for the staff. Raises NotFound to everybody else."""
    if public_id is None:
        require_staff(request.user)
        return None
    organisation = access_organisation(request.user, public_id, on=timezone.localdate())
    if organisation.kind != OrganisationKind.EMPLOYER:
        raise NotFound
    return organisation


def _upload(
    request: HttpRequest, public_id: UUID | None, upload_id: UUID
) -> tuple[Organisation | None, Upload]:
    organisation = _organisation(request, public_id)
    upload = access_upload(request.user, upload_id, on=timezone.localdate())
    if upload.organisation_id != (organisation.pk if organisation else None):
        raise NotFound
    return organisation, upload


def _address(name: str, organisation: Organisation | None, upload: Upload | None = None) -> str:
    prefix = "employer_upload" if organisation else "staff_upload"
    arguments = [organisation.public_id] if organisation else []
    if upload is not None:
        arguments.append(upload.public_id)
    return reverse(f"competences:{prefix}_{name}", args=arguments)


def _context(organisation: Organisation | None, upload: Upload, form: MendForm) -> dict[str, Any]:
    report = upload.report or {}
    urls = {name: _address(name, organisation) for name in ("index", "template")}
    urls |= {
        name: _address(name, organisation, upload) for name in ("page", "state", "errors", "mend", "apply")
    }
    title = _title(upload)
    return {
        "organisation": organisation,
        "upload": upload,
        "form": form,
        "urls": urls,
        "title": title,
        "state_words": UPLOAD_WORDS[upload.state],
        "rows": _rows(report),
        "signal": _signal(upload, report),
        "links": (report.get("changes") or {}).get("links"),
        "already": report.get("already_imported", False),
        "is_first": report.get("changes") is None,
        "shown": upload.anomalies[:SHOWN_ANOMALIES],
        "can_mend": upload.state == UploadState.REFUSED and upload.failed_rows > 0,
        "crumbs": [(_("Envois"), urls["index"]), (title, "")],
    }


def _title(upload: Upload) -> str:
    """An employer has one reference, which needs no name; those of the staff bear theirs, as tables do."""
    if upload.is_signal:
        return upload.get_format_display()
    name = upload.number or (upload.report or {}).get("edition", "")
    told = _("Édition %s") % name if name else _("Édition")
    return told if upload.organisation_id else f"{told}, {upload.reference_slug}"


def _rows(report: dict[str, Any]) -> list[dict[str, Any]]:
    """What the edition holds of each kind, and what it changes against the edition before it, in words."""
    changes = (report.get("changes") or {}).get("counts", {})
    return [
        {
            "label": KIND_PLURALS[kind],
            "number": number,
            "changes": [
                (change_noun(name, happened), happened)
                for name in CHANGE_NOUNS
                if (happened := changes.get(kind, {}).get(name))
            ],
        }
        for kind, number in report.get("counts", {}).items()
        if kind in KIND_PLURALS
    ]


def _signal(upload: Upload, report: dict[str, Any]) -> dict[str, Any] | None:
    """What was found in a table of signals, its day read back from JSON."""
    if not (upload.is_signal and report):
        return None
    return report | {"published_on": dt.date.fromisoformat(report["published_on"])}


def _csv(text: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
