"""The pages on which a person writes their record: skills, jobs, rhythm of bilans."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.errors import NotFound, Refused
from accounts.models import User
from competences.enums import ConceptKind, JobUse
from competences.forms.records import BilanForm, LevelForm, SkillForm
from competences.models import SkillStatement, WorkerJob
from competences.queries.dashboards import bilan_plan, labels_of, statements_of, with_labels, worker_jobs
from competences.queries.job_reviews import job_reviews
from competences.queries.references import named_concept
from competences.queries.search import search
from competences.queries.standing import with_durability
from competences.queries.successors import with_proposals
from competences.services.bilans import set_bilan_plan
from competences.services.records import (
    DECLARABLE,
    add_worker_job,
    change_level,
    declare_skill,
    end_worker_job,
    remove_skill,
    restore_skill,
)
from competences.views.remapping import undoable

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
                **form.cleaned_data,
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
    [statement] = with_proposals(own, **reading)
    form = LevelForm(request.POST or None, initial={"level": statement.level})
    if request.method == "POST" and form.is_valid():
        change_level(actor=request.user, statement=statement, level=form.cleaned_data["level"])
        messages.success(request, _("« %s » est à jour.") % statement.label)
        return redirect("competences:statements")
    context = {
        "form": form,
        "label": statement.label,
        "statement": statement,
        "levels": statement.levels.order_by("-start_at"),
    }
    return render(request, "competences/statement_form.html", context)


@login_required
@require_POST
def statement_remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Takes a skill out of the record; the next page offers to put it back."""
    statement = remove_skill(actor=request.user, statement=_own_statement(request.user, public_id))
    label = labels_of([statement.concept_id])[statement.concept_id]
    return render(request, "competences/statement_removed.html", {"statement": statement, "label": label})


@login_required
@require_POST
def statement_restore(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Puts a skill back."""
    statement = SkillStatement.objects.filter(worker=request.user.worker, public_id=public_id).first()
    if statement is None:
        raise NotFound
    restore_skill(actor=request.user, statement=statement)
    messages.success(request, _("La compétence est de nouveau dans votre dossier."))
    return redirect("competences:statements")


@login_required
@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    """The jobs I have and want, and the field that looks for a title."""
    text = request.GET.get("q", "")
    named = worker_jobs(request.user.worker, timezone.localdate(), actor=request.user)
    held = {(job.row.title_id, job.row.use) for job in named}
    reviews = job_reviews([job.row for job in named if job.is_readable])
    found = search(text, kinds=[ConceptKind.TITLE], limit=FOUND, readable=request.user) if text else []
    context = {
        "jobs": named,
        "to_review": [(job, reviews[job.row.pk]) for job in named if job.row.pk in reviews],
        "undoable": undoable(request),
        "text": text,
        "found": [
            (hit, [use for use in JobUse.choices if (hit.concept_id, use[0]) not in held]) for hit in found
        ],
    }
    return render(request, "competences/worker_jobs.html", context)


@login_required
@require_POST
def job_add(request: HttpRequest, concept_id: int) -> HttpResponse:
    """Names a job by its title."""
    title, edition, label = named_concept(
        concept_id, (ConceptKind.TITLE,), actor=request.user, on=timezone.localdate()
    )
    use = request.POST.get("use", "")
    if use not in JobUse.values:
        raise NotFound
    try:
        add_worker_job(
            actor=request.user, worker=request.user.worker, title=title, edition=edition, use=JobUse(use)
        )
        messages.success(request, _("« %s » est dans votre dossier.") % label)
    except Refused as refusal:
        messages.warning(request, refusal.message)
    return redirect("competences:worker_jobs")


@login_required
@require_POST
def job_end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The person no longer has, or wants, this job."""
    job = WorkerJob.objects.filter(worker=request.user.worker, public_id=public_id).first()
    if job is None:
        raise NotFound
    end_worker_job(actor=request.user, job=job)
    messages.success(request, _("Ce métier n’est plus dans vos métiers du moment."))
    return redirect("competences:worker_jobs")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def bilan(request: HttpRequest) -> HttpResponse:
    """The last bilan and the wished rhythm."""
    plan = bilan_plan(request.user.worker)
    initial = {"last_on": plan.last_on, "rhythm_months": plan.rhythm_months} if plan else None
    form = BilanForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            set_bilan_plan(
                actor=request.user, worker=request.user.worker, on=timezone.localdate(), **form.cleaned_data
            )
        except Refused as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            messages.success(request, _("Votre prochaine date est calculée."))
            return redirect("competences:dashboard")
    return render(request, "competences/bilan.html", {"form": form, "plan": plan})


def _own_statement(user: User, public_id: UUID) -> SkillStatement:
    statement = statements_of(user.worker).filter(public_id=public_id).first()
    if statement is None:
        raise NotFound
    return statement
