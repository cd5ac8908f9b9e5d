"""A person's CVs: the list, one of them, and its PDF."""

import json
from collections.abc import Collection
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import Refused
from accounts.files import as_file
from accounts.posting import posted_from
from accounts.rates import refuse_too_often
from competences.cv_documents import cv_document
from competences.forms.cvs import CvForm, initial_of
from competences.models import Cv
from competences.queries.cvs import choosable, cv_content, own_cv, own_cvs
from competences.rules.cvs import json_resume
from competences.services.cvs import change_cv, copy_cv, make_cv, remove_cv, restore_cv

REMOVED = "cv_removed"
"""The CV that the next list offers to put back."""

form_page = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """My CVs."""
    context = {"cvs": list(own_cvs(request.user)), "removed": request.session.pop(REMOVED, "")}
    return render(request, "competences/cvs.html", context)


@login_required
@form_page
def add(request: HttpRequest) -> HttpResponse:
    """A first CV, or another."""
    statements = choosable(request.user, timezone.localdate(), language=request.user.language)
    start = {"name": _("Mon CV"), "language": request.user.language}
    form = CvForm(request.POST or None, statements=statements, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            cv = make_cv(actor=request.user, worker=request.user.worker, choice=form.choice())
        except Refused as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            messages.success(request, _("« %s » est gardé.") % cv.name)
            return redirect("competences:cv", cv.public_id)
    return render(request, "competences/cv_form.html", {"form": form})


@login_required
@form_page
def edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One CV: what it says, what it prints, and the way to its PDF."""
    cv = own_cv(request.user, public_id)
    today = timezone.localdate()
    statements = choosable(request.user, today, language=cv.language)
    form = CvForm(request.POST or None, statements=statements, initial=initial_of(cv))
    if request.method == "POST" and form.is_valid():
        try:
            change_cv(
                actor=request.user,
                cv=cv,
                version=form.cleaned_data["version"] or 0,
                choice=form.choice(),
            )
        except Refused as refusal:
            form.add_error(refusal.field, refusal.message)
            if refusal.code == "changed_since":
                # What was typed stays; the next press is made against what is kept now.
                form.data = request.POST.copy()
                form.data["version"] = own_cv(request.user, public_id).version
        else:
            messages.success(request, _("« %s » est enregistré.") % form.cleaned_data["name"])
            return redirect("competences:cv", public_id)
    context = {
        "form": form,
        "cv": cv,
        "content": cv_content(cv, user=request.user, on=today, statements=statements),
    }
    return render(request, "competences/cv_form.html", context)


@login_required
@never_cache
@require_safe
def pdf(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The CV as an accessible PDF that holds the same data for machines."""
    cv = own_cv(request.user, public_id)
    try:
        refuse_too_often("cv_pdf", request.user)
    except Refused as refusal:
        messages.warning(request, refusal.message)
        return redirect("competences:cv", public_id)
    today = timezone.localdate()
    made = cv_document(cv_content(cv, user=request.user, on=today), language=cv.language, on=today)
    if made.unprintable:
        messages.warning(request, _unprintable(made.unprintable))
    return _file(made.content, "application/pdf", cv, "pdf")


@login_required
@never_cache
@require_safe
def resume(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The same CV as JSON Resume, for another service."""
    cv = own_cv(request.user, public_id)
    content = json_resume(cv_content(cv, user=request.user, on=timezone.localdate()))
    return _file(json.dumps(content, ensure_ascii=False, indent=2).encode(), "application/json", cv, "json")


@login_required
@posted_from("competences:cv", "public_id")
def copy(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Another CV that says the same, to be changed."""
    cv = own_cv(request.user, public_id)
    moment = timezone.localtime().strftime("%H:%M:%S")
    try:
        made = copy_cv(actor=request.user, cv=cv, name=_("Copie de %(moment)s") % {"moment": moment})
    except Refused as refusal:
        messages.warning(request, refusal.message)
        return redirect("competences:cvs")
    messages.success(request, _("La copie est gardée. Donnez-lui un nom, puis changez ce que vous voulez."))
    return redirect("competences:cv", made.public_id)


@login_required
@posted_from("competences:cv", "public_id")
def remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Takes a CV away; the list offers to put it back."""
    cv = remove_cv(actor=request.user, cv=own_cv(request.user, public_id))
    messages.success(request, _("« %s » n’est plus dans votre liste.") % cv.name)
    request.session[REMOVED] = str(cv.public_id)
    return redirect("competences:cvs")


@login_required
@posted_from("competences:cvs")
def restore(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Puts it back."""
    try:
        cv = restore_cv(actor=request.user, cv=own_cv(request.user, public_id, kept=False))
    except Refused as refusal:
        messages.warning(request, refusal.message)
        return redirect("competences:cvs")
    messages.success(request, _("« %s » est de nouveau dans votre liste.") % cv.name)
    return redirect("competences:cvs")


def _file(content: bytes, media_type: str, cv: Cv, ending: str) -> HttpResponse:
    """The file to keep, named after the CV."""
    return as_file(content, media_type, f"cv-{slugify(cv.name) or 'perenne'}", ending)


def _unprintable(signs: Collection[str]) -> str:
    words = ngettext(
        "Le PDF n’a pas pu imprimer %(number)s signe (%(signs)s) : il y met un point d’interrogation.",
        "Le PDF n’a pas pu imprimer %(number)s signes (%(signs)s) : il y met des points d’interrogation.",
        len(signs),
    )
    return words % {"number": len(signs), "signs": " ".join(sorted(signs)[:20])}
