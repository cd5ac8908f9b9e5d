"""The jobs a person has and wants."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.errors import NotFound, Refused
from accounts.posting import posted_from
from competences.enums import ConceptKind, JobUse
from competences.models import WorkerJob
from competences.queries.job_reviews import job_reviews
from competences.queries.jobs import worker_jobs
from competences.queries.references import named_concept
from competences.queries.search import search
from competences.services.jobs import add_worker_job, end_worker_job
from competences.views.remapping import undoable

FOUND = 12


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
@posted_from("competences:worker_jobs")
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
        messages.success(request, _("« %s » est dans votre dossier.") % label)
    except Refused as refusal:
        messages.warning(request, refusal.message)
    return redirect("competences:worker_jobs")


@login_required
@posted_from("competences:worker_jobs")
def job_end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The person no longer has, or wants, this job."""
    job = WorkerJob.objects.filter(worker=request.user.worker, public_id=public_id).first()
    if job is None:
        raise NotFound
    end_worker_job(actor=request.user, job=job)
    messages.success(request, _("Ce métier n’est plus dans vos métiers du moment."))
    return redirect("competences:worker_jobs")
