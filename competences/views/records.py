"""The pages on which a person writes their record: skills, jobs, rhythm of bilans."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import NotFound, Refused
from accounts.models import User
from accounts.posting import posted_from
from competences.forms.records import LevelForm, SkillForm
from competences.models import SkillStatement
from competences.queries.attestations import with_recognition
from competences.queries.names import labels_of
from competences.queries.records import statements_of, with_labels
from competences.queries.references import named_concept
from competences.queries.search import search
from competences.queries.standing import with_durability
from competences.queries.successors import with_proposals
from competences.services.records import DECLARABLE, change_level, declare_skill, remove_skill, restore_skill

A_PAGE = 50
FOUND = 12


@login_required
@require_safe
def statements(request: HttpRequest) -> HttpResponse:
    """My skills, fifty a page, with the field that looks for another."""
    page = Paginator(statements_of(request.user.worker), A_PAGE).get_page(request.GET.get("page"))
    text = request.GET.get("q", "")
    found = search(text, kinds=DECLARABLE, limit=FOUND, readable=request.user) if text else []
    held = {s.concept_id for s in SkillStatement.objects.standing().filter(worker=request.user.worker)}
    context = {
        "page": page,
        "statements": with_durability(
            with_labels(page.object_list, actor=request.user, on=timezone.localdate())
        ),
        "text": text,
        "found": [(hit, hit.concept_id in held) for hit in found],
    }
    return render(request, "competences/statements.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def statement_add(request: HttpRequest, concept_id: int) -> HttpResponse:
    """Declares one skill: level, source, dates."""
    concept, edition, label = named_concept(
        concept_id, DECLARABLE, actor=request.user, on=timezone.localdate()
    )
    form = SkillForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            declare_skill(
                actor=request.user,
                worker=request.user.worker,
                concept=concept,
                edition=edition,
                said=form.said(),
            )
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, _("« %s » est dans votre dossier.") % label)
            return redirect("competences:statements")
    return render(request, "competences/statement_form.html", {"form": form, "label": label, "adding": True})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def statement_level(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Changes a level, or confirms it; the former level stays in the history."""
    reading = {"actor": request.user, "on": timezone.localdate()}
    own = with_labels([_own_statement(request.user, public_id)], **reading)
    [statement] = with_recognition(with_proposals(own, **reading), own=True)
    form = LevelForm(request.POST or None, initial={"level": statement.said.level})
    if request.method == "POST" and form.is_valid():
        change_level(actor=request.user, statement=statement, level=form.cleaned_data["level"])
        messages.success(request, _("« %s » est à jour.") % statement.label)
        return redirect("competences:statements")
    context = {
        "form": form,
        "label": statement.label,
        "statement": statement,
        "revisions": statement.revisions.order_by("-start_at"),
    }
    return render(request, "competences/statement_form.html", context)


@login_required
@posted_from("competences:statements")
def statement_remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Takes a skill out of the record; the next page offers to put it back."""
    statement = remove_skill(actor=request.user, statement=_own_statement(request.user, public_id))
    label = labels_of([statement.concept_id])[statement.concept_id]
    return render(request, "competences/statement_removed.html", {"statement": statement, "label": label})


@login_required
@posted_from("competences:statements")
def statement_restore(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Puts a skill back."""
    statement = SkillStatement.objects.filter(worker=request.user.worker, public_id=public_id).first()
    if statement is None:
        raise NotFound
    restore_skill(actor=request.user, statement=statement)
    messages.success(request, _("La compétence est de nouveau dans votre dossier."))
    return redirect("competences:statements")


def _own_statement(user: User, public_id: UUID) -> SkillStatement:
    statement = statements_of(user.worker).filter(public_id=public_id).first()
    if statement is None:
        raise NotFound
    return statement
