"""The jobs that people and organisations name by title, and what the reference changed for them."""

import datetime as dt
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access import access_organisation
from accounts.actors import Actor
from accounts.enums import OrganisationKind
from accounts.errors import NotFound, Refused
from accounts.models import Organisation, Worker
from competences.enums import ConceptKind, JobUse
from competences.models import Concept, Edition, OrganisationJob, SkillStatement, WorkerJob
from competences.services.ownership import UNDO_WITHIN, refuse_not_held, require_own, require_readable
from competences.services.risks import review_statements

J = TypeVar("J", OrganisationJob, WorkerJob)


@transaction.atomic
def add_worker_job(
    *,
    actor: Actor,
    worker: Worker,
    title: Concept,
    edition: Edition,
    use: JobUse,
    start_on: dt.date | None = None,
    now: dt.datetime | None = None,
) -> WorkerJob:
    """Names a job that the person has or wants, by its title, and looks again at their skills."""
    require_own(actor, worker)
    now = now or timezone.now()
    require_readable(actor, title, now)
    _refuse_not_title(title, edition)
    if start_on and start_on > timezone.localdate(now):
        raise Refused("future_date", _("Cette date est dans le futur."), field="start_on")
    try:
        with transaction.atomic():
            job = WorkerJob.objects.create(
                worker=worker,
                title=title,
                edition=edition,
                use=use,
                start_on=start_on or timezone.localdate(now),
            )
    except IntegrityError as error:
        raise Refused("already_named", _("Ce métier est déjà dans votre dossier."), field="title") from error
    _review_all(actor, worker, now)
    return job


@transaction.atomic
def end_worker_job(*, actor: Actor, job: WorkerJob, now: dt.datetime | None = None) -> WorkerJob:
    """The person no longer has, or no longer wants, this job."""
    now = now or timezone.now()
    job = WorkerJob.objects.select_for_update(of=("self",)).select_related("worker").get(pk=job.pk)
    require_own(actor, job.worker)
    if job.end_on is None:
        job.end_on = max(timezone.localdate(now), job.start_on)
        job.save(update_fields=["end_on"])
        _review_all(actor, job.worker, now)
    return job


@transaction.atomic
def add_organisation_job(
    *, actor: Actor, organisation: Organisation, title: Concept, edition: Edition, on: dt.date
) -> OrganisationJob:
    """Names a job of an employer's teams, by its title. Members in force only.

    Raises NotFound for a title that another organisation owns: every member of this one reads the list.
    """
    _require_employer(actor, organisation, on)
    if title.reference.owner_id not in (None, organisation.pk):
        raise NotFound
    _refuse_not_title(title, edition)
    try:
        with transaction.atomic():
            return OrganisationJob.objects.create(
                organisation=organisation, title=title, edition=edition, start_on=on
            )
    except IntegrityError as error:
        raise Refused("already_named", _("Ce métier est déjà dans votre liste."), field="title") from error


@transaction.atomic
def end_organisation_job(*, actor: Actor, job: OrganisationJob, on: dt.date) -> OrganisationJob:
    """The organisation no longer has this job."""
    job = (
        OrganisationJob.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=job.pk)
    )
    _require_employer(actor, job.organisation, on)
    if job.end_on is None:
        job.end_on = max(on, job.start_on)
        job.save(update_fields=["end_on"])
    return job


# What the reference changed for a named job: confirming it, naming another, taking that back ----------------


@dataclass(frozen=True, slots=True)
class Remapping(Generic[J]):
    """A job confirmed or named anew, with what it takes to undo it.

    `job` is the row that stands and `edition_id` the edition it now names; `former` is the row that stood
    before (the same one for a job that was confirmed) and `former_edition_id` the edition that it named.
    """

    job: J
    edition_id: int
    former: J
    former_edition_id: int
    at: dt.datetime


@transaction.atomic
def confirm_organisation_job(
    *, actor: Actor, job: OrganisationJob, now: dt.datetime | None = None
) -> Remapping[OrganisationJob]:
    """The title still names what the teams do: the newest edition is noted beside it.

    Raises Refused when the newest edition no longer lists the title.
    """
    now = now or timezone.now()
    return _confirm(_open_organisation_job(actor, job, now), now)


@transaction.atomic
def replace_organisation_job(
    *, actor: Actor, job: OrganisationJob, title: Concept, edition: Edition, now: dt.datetime | None = None
) -> Remapping[OrganisationJob]:
    """Names another title in the place of one: the former row ends and is kept.

    Raises Refused when the list holds the new title already or the edition does not.
    """
    now = now or timezone.now()
    former = _open_organisation_job(actor, job, now)
    on = timezone.localdate(now)
    made = add_organisation_job(
        actor=actor, organisation=former.organisation, title=title, edition=edition, on=on
    )
    former.end_on = max(on, former.start_on)
    former.save(update_fields=["end_on"])
    return Remapping(made, made.edition_id, former, former.edition_id, now)


@transaction.atomic
def undo_organisation_job(
    *, actor: Actor, remapping: Remapping[OrganisationJob], now: dt.datetime | None = None
) -> OrganisationJob:
    """Takes back a confirmation or a new name, within 24 hours and as long as nothing else changed the job.

    Raises Refused otherwise. Gives the row that stands again.
    """
    now = now or timezone.now()
    _refuse_late(remapping.at, now)
    job = _open_organisation_job(actor, remapping.job, now)
    former = _locked_organisation_job(remapping.former)
    if former.organisation_id != job.organisation_id:
        raise NotFound
    if former == job:
        return _take_back(job, remapping)
    _refuse_changed(job, remapping)
    job.end_on = job.start_on
    job.save(update_fields=["end_on"])
    former.end_on = None
    try:
        with transaction.atomic():
            former.save(update_fields=["end_on"])
    except IntegrityError as error:
        raise Refused("already_named", _("Ce métier est déjà dans votre liste.")) from error
    return former


@transaction.atomic
def confirm_worker_job(
    *, actor: Actor, job: WorkerJob, now: dt.datetime | None = None
) -> Remapping[WorkerJob]:
    """The title still names what the person does or wants: the newest edition is noted beside it.

    Raises Refused when the newest edition no longer lists the title.
    """
    return _confirm(_open_worker_job(actor, job), now or timezone.now())


@transaction.atomic
def undo_worker_job(
    *, actor: Actor, remapping: Remapping[WorkerJob], now: dt.datetime | None = None
) -> WorkerJob:
    """Takes back a confirmation, within 24 hours and as long as nothing else changed the job."""
    _refuse_late(remapping.at, now or timezone.now())
    return _take_back(_open_worker_job(actor, remapping.job), remapping)


def _confirm(job: J, now: dt.datetime) -> Remapping[J]:
    former_edition_id = job.edition_id
    newest = Edition.objects.in_history().filter(reference=job.title.reference_id).last()
    if newest is None or not job.title.revisions.as_of(newest.position).exists():
        message = _("Le référentiel ne liste plus ce nom. Nommez un autre métier, ou retirez celui-ci.")
        raise Refused("title_withdrawn", message)
    if newest.pk == former_edition_id:
        raise Refused("up_to_date", _("Ce métier est déjà lu dans la dernière édition."))
    job.edition = newest
    job.save(update_fields=["edition"])
    return Remapping(job, newest.pk, job, former_edition_id, now)


def _take_back(job: J, remapping: Remapping[J]) -> J:
    _refuse_changed(job, remapping)
    job.edition_id = remapping.former_edition_id
    job.save(update_fields=["edition"])
    return job


def _refuse_changed(job: J, remapping: Remapping[J]) -> None:
    if job.edition_id != remapping.edition_id:
        raise Refused("changed_since", _("Ce métier a changé depuis : il n’y a plus rien à annuler."))


def _refuse_late(at: dt.datetime, now: dt.datetime) -> None:
    if now - at > UNDO_WITHIN:
        raise Refused("too_late", _("Le délai de 24 heures est passé."))


def _locked_organisation_job(job: OrganisationJob) -> OrganisationJob:
    rows = OrganisationJob.objects.select_for_update(of=("self",)).select_related("organisation", "title")
    found: OrganisationJob = rows.get(pk=job.pk)
    return found


def _open_organisation_job(actor: Actor, job: OrganisationJob, now: dt.datetime) -> OrganisationJob:
    """The row, locked, for a member of its organisation; one that ended is refused."""
    found = _locked_organisation_job(job)
    _require_employer(actor, found.organisation, timezone.localdate(now))
    return _refuse_ended(found)


def _open_worker_job(actor: Actor, job: WorkerJob) -> WorkerJob:
    rows = WorkerJob.objects.select_for_update(of=("self",)).select_related("worker", "title")
    found: WorkerJob = rows.get(pk=job.pk)
    require_own(actor, found.worker)
    return _refuse_ended(found)


def _refuse_ended(job: J) -> J:
    if job.end_on is not None:
        raise Refused("changed_since", _("Ce métier n’est plus dans votre liste."))
    return job


def _require_employer(actor: Actor, organisation: Organisation, on: dt.date) -> None:
    if access_organisation(actor, organisation.public_id, on=on).kind != OrganisationKind.EMPLOYER:
        raise NotFound


def _review_all(actor: Actor, worker: Worker, now: dt.datetime) -> None:
    standing = SkillStatement.objects.standing().filter(worker=worker).order_by("pk")
    review_statements(actor=actor, statement_ids=list(standing.values_list("pk", flat=True)), now=now)


def _refuse_not_title(title: Concept, edition: Edition) -> None:
    if title.kind != ConceptKind.TITLE or title.reference_id != edition.reference_id:
        raise Refused("not_a_title", _("Choisissez un métier dans la liste."), field="title")
    refuse_not_held(title, edition, field="title")
