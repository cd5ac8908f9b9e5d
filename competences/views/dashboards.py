"""The three first screens: the worker's, the adviser's, the employer's."""

from itertools import chain
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.errors import NotFound, Refused
from accounts.models import Worker
from accounts.posting import posted_from
from competences.enums import BilanState, ConceptKind
from competences.models import OrganisationJob
from competences.queries.bilans import due_bilan
from competences.queries.first_screens import with_accompaniment
from competences.queries.first_use import invites
from competences.queries.job_reviews import count_reviews, job_reviews
from competences.queries.jobs import organisation_jobs, worker_jobs
from competences.queries.record_lists import first_screen
from competences.queries.references import named_concept
from competences.queries.search import search
from competences.queries.self_reviews import due_self_review, with_open_review
from competences.services.jobs import add_organisation_job, end_organisation_job
from competences.views.remapping import employer_of, undoable
from competences.views.successors import LATER
from competences.words import bilan_rule, self_review_rule

A_PAGE = 50
FOUND = 12


@login_required
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Next dates, what waits for me, what changed for me, my skills, my jobs."""
    now = timezone.now()
    today = timezone.localdate(now)
    reading = {"actor": request.user, "on": today}
    people = with_open_review(Worker.objects.select_related("bilan_plan", "self_review_plan"))
    person = with_accompaniment(people, request.user, now, today).get(user=request.user)
    due = due_bilan(person, today)
    skills = first_screen(person, left_for_later=request.session.get(LATER, []), **reading)
    jobs = worker_jobs(person, today, actor=request.user)
    read = [job for job in jobs if job.is_readable]
    context = {
        "person": person,
        "bilan_state": BilanState(person.running_state).label if person.running_id else "",
        "due": due,
        "rule": bilan_rule(due) if due else "",
        "review_due": (review_due := due_self_review(getattr(person, "self_review_plan", None), today)),
        "review_rule": self_review_rule(review_due) if review_due else "",
        "review_is_open": person.has_open_review,
        "touched": skills.touched,
        "touched_total": skills.touched_total,
        "statements": skills.statements,
        "total": skills.total,
        "jobs": jobs,
        "first_use_invites": skills.total == 0 and invites(person),
        "jobs_to_review": count_reviews(
            [job.row for job in read], chain.from_iterable(job.homes for job in read)
        ),
    }
    return render(request, "competences/dashboard.html", context)


@login_required
@require_safe
def employer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What changed for the jobs of an organisation; nothing about anybody."""
    organisation = employer_of(request, public_id)
    text = request.GET.get("q", "")
    named = organisation_jobs(organisation, timezone.localdate(), actor=request.user)
    held = {job.row.title_id for job in named}
    found = search(text, kinds=[ConceptKind.TITLE], limit=FOUND, readable=request.user) if text else []
    reviews = job_reviews([job.row for job in named if job.is_readable])
    replaced = request.GET.get("remplacer", "")
    replacing = next((job for job in named if str(job.row.public_id) == replaced), None)
    context = {
        "organisation": organisation,
        "jobs": named,
        "to_review": [(job, reviews[job.row.pk]) for job in named if job.row.pk in reviews],
        "undoable": undoable(request),
        "replacing": replacing,
        "hidden": [("remplacer", replaced)] if replacing else [],
        "text": text,
        "found": [(hit, hit.concept_id in held) for hit in found],
    }
    return render(request, "competences/employer.html", context)


@login_required
@posted_from("competences:employer", "public_id")
def employer_job_add(request: HttpRequest, public_id: UUID, concept_id: int) -> HttpResponse:
    """Names a job of the organisation by its title."""
    organisation = employer_of(request, public_id)
    title, edition, _label = named_concept(
        concept_id, (ConceptKind.TITLE,), actor=request.user, on=timezone.localdate()
    )
    try:
        add_organisation_job(
            actor=request.user,
            organisation=organisation,
            title=title,
            edition=edition,
            on=timezone.localdate(),
        )
    except Refused as refusal:
        messages.warning(request, refusal.message)
    return redirect("competences:employer", public_id)


@login_required
@posted_from("competences:employer", "public_id")
def employer_job_end(request: HttpRequest, public_id: UUID, job_id: UUID) -> HttpResponse:
    """The organisation no longer has this job."""
    organisation = employer_of(request, public_id)
    job = OrganisationJob.objects.filter(organisation=organisation, public_id=job_id).first()
    if job is None:
        raise NotFound
    end_organisation_job(actor=request.user, job=job, on=timezone.localdate())
    return redirect("competences:employer", public_id)
