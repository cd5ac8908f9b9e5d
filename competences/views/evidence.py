"""The pages of a person's evidence, and the list of the views they asked for."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import NotFound, Refused
from competences.enums import EvidenceKind
from competences.forms.evidence import CHANGE_FORMS, NEW_FORMS, EvidenceForm
from competences.models import Evidence
from competences.private_files import way_to
from competences.queries.attestations import requests_of, reviews_for
from competences.queries.evidence import evidence_of, offered_statements, own_evidence, was_read, with_ties
from competences.services.evidence import add_evidence, change_evidence, remove_evidence
from competences.words import REVIEW_BADGES

A_PAGE = 30
"""A piece is told with its skills and its dates: more of them would weigh more than a page may."""

KIND_TITLES = {
    EvidenceKind.FILE: gettext_lazy("Ajouter un fichier"),
    EvidenceKind.LINK: gettext_lazy("Ajouter un lien"),
    EvidenceKind.CERTIFICATE: gettext_lazy("Ajouter un certificat"),
}
SEARCHED = "find"
"""The button of a form that looks for more skills to tick, and the field of its words."""


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """My evidence, what I asked others, and what others ask me."""
    today = timezone.localdate()
    worker = request.user.worker
    page = Paginator(evidence_of(worker), A_PAGE).get_page(request.GET.get("page"))
    reviews = Paginator(requests_of(worker), A_PAGE).get_page(request.GET.get("demandes"))
    context = {
        "page": page,
        "pieces": with_ties(page.object_list, on=today),
        "reviews_page": reviews,
        "reviews": [(review, REVIEW_BADGES.get(review.state, "")) for review in reviews.object_list],
        "asked_of_me": reviews_for(request.user, today).count(),
    }
    return render(request, "competences/evidence.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, kind: str) -> HttpResponse:
    """Adds a piece of one kind; `competence` in the address ticks a skill."""
    kind = {"fichier": "file", "lien": "link", "certificat": "certificate"}[kind]
    form = _form(request, NEW_FORMS[kind])
    if form.is_bound and form.is_valid():
        try:
            made = add_evidence(
                actor=request.user,
                worker=request.user.worker,
                kind=kind,
                described=form.described(),
                statements=form.chosen(),
                file=form.cleaned_data.get("file"),
            )
        except Refused as refusal:
            refusal.add_to(form)
        else:
            messages.success(
                request, _("« %s » est dans vos preuves. Personne d’autre que vous ne la voit.") % made.title
            )
            return redirect("competences:evidence")
    context = {"form": form, "title": KIND_TITLES[EvidenceKind(kind)], "text": words_of(request)}
    return render(request, "competences/evidence_form.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One piece: what it is, what it proves, its file; and the form that changes it."""
    piece = own_evidence(request.user, public_id)
    with_ties([piece], on=timezone.localdate())
    is_fixed = was_read(piece)
    form = _form(request, CHANGE_FORMS[piece.kind], piece)
    if is_fixed:
        form.fix(piece)
    if form.is_bound and form.is_valid():
        try:
            change_evidence(
                actor=request.user, evidence=piece, described=form.described(), statements=form.chosen()
            )
        except Refused as refusal:
            refusal.add_to(form)
        else:
            messages.success(request, _("« %s » est à jour.") % piece.title)
            return redirect("competences:evidence")
    context = {"form": form, "title": piece.title, "piece": piece, "is_fixed": is_fixed}
    context["text"] = words_of(request)
    return render(request, "competences/evidence_form.html", context)


@never_cache
@login_required
@require_safe
def file(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The way to the file of a piece, for its person."""
    piece = own_evidence(request.user, public_id)
    if piece.stored_as is None:
        raise NotFound
    return way_to(piece.stored_as, piece.file_kind, piece.file_name)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Erases a piece for good, once the person has confirmed it."""
    piece = own_evidence(request.user, public_id)
    if request.method == "POST":
        remove_evidence(actor=request.user, evidence=piece)
        told = _("« %s » et son fichier sont effacés.") if piece.stored_as else _("« %s » est effacée.")
        messages.success(request, told % piece.title)
        return redirect("competences:evidence")
    context = {"piece": piece, "danger": True, "cancel_url": reverse("competences:evidence")}
    return render(request, "competences/evidence_remove.html", context)


def _form(
    request: HttpRequest, form_class: type[EvidenceForm], piece: Evidence | None = None
) -> EvidenceForm:
    """The form, with the skills to tick: bound to what was sent, but for a search of more skills."""
    initial: dict[str, Any] = {}
    if piece is not None:
        names = form_class.base_fields.keys() - {"statements"}
        initial = {name: getattr(piece, name) for name in names}
        initial["statements"] = [str(one.public_id) for one in piece.tied]  # type: ignore[attr-defined]
    chosen = chosen_of(request, initial.get("statements", []))
    offered = offered_statements(request.user, on=timezone.localdate(), chosen=chosen, text=words_of(request))
    if request.method == "POST" and SEARCHED not in request.POST:
        return form_class(request.POST, request.FILES, offered=offered)
    typed = {name: value for name, value in request.POST.items() if name in form_class.base_fields}
    return form_class(initial={**initial, **typed, "statements": chosen}, offered=offered)


def chosen_of(request: HttpRequest, otherwise: list[str]) -> list[str]:
    """Public ids of the skills ticked in what was sent, or named by the address."""
    given: QueryDict = request.POST if request.method == "POST" else request.GET
    name = "statements" if request.method == "POST" else "competence"
    return given.getlist(name) or ([] if request.method == "POST" else otherwise)


def words_of(request: HttpRequest) -> str:
    return request.POST.get("words", "")[:100] if request.method == "POST" else ""
