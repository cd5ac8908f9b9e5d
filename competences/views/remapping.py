"""Jobs that the reference changed: confirming them, naming others, and taking that back within a day.

What may be undone is kept in the session of the person who did it: {id of the job: what stood before}.
"""

import datetime as dt
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import access_organisation
from accounts.enums import OrganisationKind
from accounts.errors import NotFound, Refused
from accounts.models import Organisation
from accounts.posting import posted_from
from competences.enums import ConceptKind
from competences.models import OrganisationJob, WorkerJob
from competences.queries.references import named_concept
from competences.services.jobs import (
    Remapping,
    confirm_organisation_job,
    confirm_worker_job,
    replace_organisation_job,
    undo_organisation_job,
    undo_worker_job,
)
from competences.services.ownership import UNDO_WITHIN

REMAPPED = "remapped_jobs"
MOST_REMEMBERED = 100


def undoable(request: HttpRequest) -> set[str]:
    """The ids of the jobs whose last answer this person may still take back."""
    now = timezone.now()
    told: dict[str, dict[str, Any]] = request.session.get(REMAPPED, {})
    return {key for key, kept in told.items() if now - dt.datetime.fromisoformat(kept["at"]) <= UNDO_WITHIN}


def employer_of(request: HttpRequest, public_id: UUID) -> Organisation:
    """An employer's organisation, for its members in force."""
    organisation = access_organisation(request.user, public_id, on=timezone.localdate())
    if organisation.kind != OrganisationKind.EMPLOYER:
        raise NotFound
    return organisation


@login_required
@posted_from("competences:employer", "public_id")
def employer_confirm(request: HttpRequest, public_id: UUID, job_id: UUID) -> HttpResponse:
    """The title still names what the teams do."""
    organisation = employer_of(request, public_id)
    job = _found(OrganisationJob.objects.filter(organisation=organisation), job_id)
    try:
        _remember(request, confirm_organisation_job(actor=request.user, job=job))
        messages.success(request, _("C’est noté : ce métier garde son nom, lu dans la dernière édition."))
    except Refused as refusal:
        messages.warning(request, refusal.message)
    return redirect("competences:employer", public_id)


@login_required
@posted_from("competences:employer", "public_id")
def employer_replace(request: HttpRequest, public_id: UUID, job_id: UUID, concept_id: int) -> HttpResponse:
    """Another title takes the place of this one."""
    organisation = employer_of(request, public_id)
    job = _found(OrganisationJob.objects.filter(organisation=organisation), job_id)
    title, edition, label = named_concept(
        concept_id, (ConceptKind.TITLE,), actor=request.user, on=timezone.localdate()
    )
    try:
        _remember(
            request, replace_organisation_job(actor=request.user, job=job, title=title, edition=edition)
        )
        messages.success(request, _("« %s » a pris sa place dans votre liste.") % label)
    except Refused as refusal:
        messages.warning(request, refusal.message)
    return redirect("competences:employer", public_id)


@login_required
@posted_from("competences:employer", "public_id")
def employer_undo(request: HttpRequest, public_id: UUID, job_id: UUID) -> HttpResponse:
    """The last answer about a job is taken back."""
    organisation = employer_of(request, public_id)
    remapping = _remembered(request, OrganisationJob.objects.filter(organisation=organisation), job_id)
    try:
        undo_organisation_job(actor=request.user, remapping=remapping)
        messages.success(request, _("C’est annulé : votre liste est comme avant."))
    except Refused as refusal:
        messages.warning(request, refusal.message)
    _forget(request, job_id)
    return redirect("competences:employer", public_id)


@login_required
@posted_from("competences:worker_jobs")
def worker_confirm(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The title still names what the person does or wants."""
    job = _found(WorkerJob.objects.filter(worker__user=request.user), public_id)
    try:
        _remember(request, confirm_worker_job(actor=request.user, job=job))
        messages.success(request, _("C’est noté : ce métier garde son nom, lu dans la dernière édition."))
    except Refused as refusal:
        messages.warning(request, refusal.message)
    return redirect("competences:worker_jobs")


@login_required
@posted_from("competences:worker_jobs")
def worker_undo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The confirmation of a job is taken back."""
    remapping = _remembered(request, WorkerJob.objects.filter(worker__user=request.user), public_id)
    try:
        undo_worker_job(actor=request.user, remapping=remapping)
        messages.success(request, _("C’est annulé : vos métiers sont comme avant."))
    except Refused as refusal:
        messages.warning(request, refusal.message)
    _forget(request, public_id)
    return redirect("competences:worker_jobs")


def _found(rows: QuerySet[Any], public_id: UUID | str) -> Any:
    job = rows.filter(public_id=public_id).first()
    if job is None:
        raise NotFound
    return job


def _remember(request: HttpRequest, remapping: Remapping[Any]) -> None:
    told = dict(request.session.get(REMAPPED, {}))
    told[str(remapping.job.public_id)] = {
        "edition": remapping.edition_id,
        "former": str(remapping.former.public_id),
        "former_edition": remapping.former_edition_id,
        "at": remapping.at.isoformat(),
    }
    request.session[REMAPPED] = dict(list(told.items())[-MOST_REMEMBERED:])


def _remembered(request: HttpRequest, rows: QuerySet[Any], public_id: UUID) -> Remapping[Any]:
    """What was done to a job, from this session. Raises NotFound for anything else."""
    kept = request.session.get(REMAPPED, {}).get(str(public_id))
    if kept is None:
        raise NotFound
    return Remapping(
        job=_found(rows, public_id),
        edition_id=kept["edition"],
        former=_found(rows, kept["former"]),
        former_edition_id=kept["former_edition"],
        at=dt.datetime.fromisoformat(kept["at"]),
    )


def _forget(request: HttpRequest, public_id: UUID) -> None:
    told = request.session.get(REMAPPED, {})
    request.session[REMAPPED] = {key: kept for key, kept in told.items() if key != str(public_id)}
