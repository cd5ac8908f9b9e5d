"""The documents of a bilan: writing the synthesis, handing it, keeping or destroying what is one's own."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import NotFound, Refused
from accounts.posting import posted_from
from accounts.typed import forget_typed, keep_and_sign_in, typed_before
from competences.document_texts import AGREEMENTS, CURRENT_VERSION, SECTION_TITLES
from competences.enums import DocumentKind, KeptReason
from competences.forms.documents import DocumentForm, SynthesisForm
from competences.models import BilanDocument
from competences.private_files import way_to
from competences.queries.documents import (
    destroyed_of,
    documents_of,
    open_bilan,
    open_document,
    synthesis_of,
    version_of,
)
from competences.rules.bilans import ENDED, PHASES
from competences.rules.documents import SECTIONS
from competences.services.destructions import destroy_document
from competences.services.documents import (
    Overtaken,
    add_document,
    agreement,
    hand_synthesis,
    keep_document,
    write_synthesis,
)

form_page = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@require_safe
def index(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The documents of a bilan, those that were destroyed, and what may be added."""
    opened = open_bilan(request.user, public_id, on=timezone.localdate())
    context = {
        "opened": opened,
        "bilan": opened.bilan,
        "documents": documents_of(opened.bilan),
        "destroyed": destroyed_of(opened.bilan),
        "may_write": opened.bilan.state in PHASES,
        "may_add": opened.bilan.state not in ENDED,
    }
    return render(request, "competences/documents.html", context)


@form_page
def synthesis(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Writing the synthesis, by the person or their adviser. What was typed survives another's save and the
    end of a session."""
    if not request.user.is_authenticated:
        return keep_and_sign_in(request, ["based_on", *SECTIONS])
    opened = open_bilan(request.user, public_id, on=timezone.localdate())
    document, last = synthesis_of(opened.bilan)
    number = last.number if last else 0
    context: dict[str, Any] = {"opened": opened, "bilan": opened.bilan, "document": document, "last": last}
    if request.method == "POST":
        form = SynthesisForm(request.POST)
        if form.is_valid():
            try:
                saved = write_synthesis(
                    actor=request.user,
                    bilan=opened.bilan,
                    content=form.content(),
                    based_on=form.cleaned_data["based_on"],
                )
            except Overtaken as overtaken:
                form = SynthesisForm(initial={**overtaken.mine, "based_on": overtaken.theirs.number})
                context |= {"overtaken": overtaken, "theirs": _parts(overtaken.theirs.content)}
            except Refused as refusal:
                refusal.add_to(form)
            else:
                forget_typed(request)
                told = _("La synthèse est enregistrée : version %(number)s.") % {"number": saved.number}
                messages.success(request, told)
                return redirect("competences:synthesis", public_id)
    else:
        typed = typed_before(request)
        content = typed or (last.content if last else {})
        form = SynthesisForm(initial={**content, "based_on": typed.get("based_on", number)})
        context["came_back"] = bool(typed)
    context |= {"form": form, "may_write": opened.bilan.state in PHASES}
    return render(request, "competences/synthesis.html", context)


@login_required
@require_safe
def page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One document: what it says, its versions, until when it is kept and why."""
    opened = open_document(request.user, public_id, on=timezone.localdate())
    document = opened.document
    version = version_of(document, request.GET.get("version", ""))
    context = {
        "opened": opened,
        "document": document,
        "bilan": document.bilan,
        "may_write": document.bilan.state in PHASES,
        "version": version,
        "parts": _parts(version.content) if version else [],
        "versions": list(document.versions.order_by("-number")) if version else [],
        "agreement": agreement(document),
        "agreements": _agreements(document),
    }
    return render(request, "competences/document.html", context)


@login_required
@posted_from("competences:document", "public_id")
def hand(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Hands the version that was read to the person."""
    opened = open_document(request.user, public_id, on=timezone.localdate())
    if opened.is_own:
        raise NotFound
    number = request.POST.get("number", "")
    is_number = number.isascii() and number.isdecimal() and len(number) < 10
    try:
        hand_synthesis(actor=request.user, document=opened.document, number=int(number) if is_number else -1)
    except Refused as refusal:
        messages.warning(request, refusal.message)
    else:
        messages.success(request, _("La synthèse est remise. La personne la trouve dans son bilan."))
    return redirect("competences:document", public_id)


@never_cache
@login_required
@require_safe
def file(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The way to the file of a document, for its person alone."""
    opened = open_document(request.user, public_id, on=timezone.localdate())
    document = opened.document
    if not opened.is_own or document.stored_as is None:
        raise NotFound
    return way_to(document.stored_as, document.file_kind, document.file_name)


@login_required
@form_page
def add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Adds a file to a bilan."""
    opened = open_bilan(request.user, public_id, on=timezone.localdate())
    form = DocumentForm(request.POST or None, request.FILES or None)
    if form.is_bound and form.is_valid():
        try:
            made = add_document(actor=request.user, bilan=opened.bilan, **form.cleaned_data)
        except Refused as refusal:
            refusal.add_to(form)
        else:
            messages.success(request, _("« %s » est dans les documents du bilan.") % made.title)
            return redirect("competences:documents", public_id)
    context = {"form": form, "bilan": opened.bilan, "opened": opened}
    return render(request, "competences/document_form.html", context)


@login_required
@posted_from("competences:document", "public_id")
def keep(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Agrees that a document is kept three years, or takes that back."""
    document = _own(request, public_id)
    reason = request.POST.get("kept_for", "")
    if reason and reason not in KeptReason.values:
        raise NotFound
    try:
        keep_document(actor=request.user, document=document, kept_for=reason)
    except Refused as refusal:
        messages.warning(request, refusal.message)
    else:
        if reason:
            told = _("Votre accord est gardé avec sa date. Vous pouvez le retirer à tout moment.")
        else:
            told = _("Votre accord est retiré : ce document sera détruit à la fin du bilan.")
        messages.success(request, told)
    return redirect("competences:document", public_id)


@login_required
@form_page
def destroy(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Has a document destroyed now, once the person has confirmed it."""
    document = _own(request, public_id)
    if request.method == "POST":
        destroy_document(actor=request.user, document=document)
        messages.success(
            request, _("« %s » est détruit : ses textes et son fichier sont effacés.") % document.title
        )
        return redirect("competences:documents", document.bilan.public_id)
    cancel_url = reverse("competences:document", args=[public_id])
    context = {"document": document, "danger": True, "cancel_url": cancel_url}
    return render(request, "competences/document_destroy.html", context)


def _own(request: HttpRequest, public_id: UUID) -> BilanDocument:
    """A document of the reader's own bilan. Raises NotFound to the adviser too, Gone once destroyed."""
    opened = open_document(request.user, public_id, on=timezone.localdate())
    if not opened.is_own:
        raise NotFound
    return opened.document


def _parts(content: dict[str, str]) -> list[tuple[str, str]]:
    """What is written, part by part, with its title."""
    return [(str(SECTION_TITLES[section]), content[section]) for section in SECTIONS if content.get(section)]


def _agreements(document: BilanDocument) -> list[tuple[str, str]]:
    """The reasons for which a person may have this document kept, with the sentence they would accept."""
    texts = AGREEMENTS[CURRENT_VERSION]
    return [
        (reason.value, str(texts[reason]))
        for reason in KeptReason
        if reason != KeptReason.CEP or document.kind == DocumentKind.SYNTHESIS
    ]
