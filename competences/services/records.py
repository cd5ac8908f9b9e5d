"""What a person declares: skills with their level, and jobs by title. Only the person writes it."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access import access_organisation
from accounts.actors import Actor, System
from accounts.enums import OrganisationKind
from accounts.errors import NotFound, Refused
from accounts.models import Organisation, Worker
from competences.enums import ConceptKind, JobUse, StatementSource
from competences.models import (
    Concept,
    Edition,
    OrganisationJob,
    SkillLevel,
    SkillStatement,
    WorkerJob,
)
from competences.models.records import LEVELS
from competences.rules.clocks import FIRST_DAY
from competences.services.risks import review_statements

DECLARABLE = (ConceptKind.SKILL, ConceptKind.KNOWLEDGE)


@transaction.atomic
def declare_skill(
    *,
    actor: Actor,
    worker: Worker,
    concept: Concept,
    edition: Edition,
    level: int,
    source: StatementSource,
    acquired_on: dt.date | None = None,
    practised_on: dt.date | None = None,
    now: dt.datetime | None = None,
) -> SkillStatement:
    """Adds a skill or a knowledge to a record, as the edition read names it, and looks for its flags.

    `level` is 1 to 8 (DigComp). Raises Refused with the field at fault: a future date, a practice before
    the learning, a level off the scale, a concept that the record holds already or cannot hold.
    """
    _require_own(actor, worker)
    now = now or timezone.now()
    _refuse_bad_dates(acquired_on, practised_on, timezone.localdate(now))
    _refuse_bad_level(level)
    if concept.kind not in DECLARABLE or concept.reference_id != edition.reference_id:
        raise Refused(
            "not_declarable", _("Choisissez une compétence ou un savoir dans la liste."), field="concept"
        )
    _refuse_not_held(concept, edition, field="concept")
    try:
        with transaction.atomic():
            statement = SkillStatement.objects.create(
                worker=worker,
                concept=concept,
                edition=edition,
                source=source,
                acquired_on=acquired_on,
                practised_on=practised_on,
                author=None if isinstance(actor, System) else actor,
                declared_at=now,
                confirmed_on=timezone.localdate(now),
            )
    except IntegrityError as error:
        message = _("Cette compétence est déjà dans votre dossier.")
        raise Refused("already_declared", message, field="concept") from error
    SkillLevel.objects.create(statement=statement, level=level, start_at=now)
    review_statements(actor=actor, statement_ids=[statement.pk], now=now)
    return statement


@transaction.atomic
def change_level(
    *, actor: Actor, statement: SkillStatement, level: int, now: dt.datetime | None = None
) -> SkillStatement:
    """Closes the level in force and opens another; the same level again only confirms the skill."""
    now = now or timezone.now()
    statement = _own_statement(actor, statement)
    _refuse_bad_level(level)
    current = statement.levels.get(end_at=None)
    if current.level != level:
        current.end_at = max(now, current.start_at + dt.timedelta(microseconds=1))
        current.save(update_fields=["end_at"])
        SkillLevel.objects.create(statement=statement, level=level, start_at=current.end_at)
    statement.confirmed_on = timezone.localdate(now)
    statement.save(update_fields=["confirmed_on"])
    return statement


@transaction.atomic
def remove_skill(
    *, actor: Actor, statement: SkillStatement, now: dt.datetime | None = None
) -> SkillStatement:
    """Takes a skill out of the record; its history stays, its flags are closed. `restore_skill` undoes it."""
    now = now or timezone.now()
    statement = _own_statement(actor, statement)
    statement.removed_at = now
    statement.save(update_fields=["removed_at"])
    review_statements(actor=actor, statement_ids=[statement.pk], now=now)
    return statement


@transaction.atomic
def restore_skill(
    *, actor: Actor, statement: SkillStatement, now: dt.datetime | None = None
) -> SkillStatement:
    """Puts back a skill that was taken out; refused when the record holds it again meanwhile."""
    now = now or timezone.now()
    statement = _own_statement(actor, statement, standing=False)
    twin = SkillStatement.objects.standing().filter(worker=statement.worker, concept=statement.concept)
    if twin.exists():
        raise Refused("already_declared", _("Cette compétence est déjà dans votre dossier."))
    statement.removed_at = None
    statement.save(update_fields=["removed_at"])
    review_statements(actor=actor, statement_ids=[statement.pk], now=now)
    return statement


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
    _require_own(actor, worker)
    now = now or timezone.now()
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
    _require_own(actor, job.worker)
    if job.end_on is None:
        job.end_on = max(timezone.localdate(now), job.start_on)
        job.save(update_fields=["end_on"])
        _review_all(actor, job.worker, now)
    return job


@transaction.atomic
def add_organisation_job(
    *, actor: Actor, organisation: Organisation, title: Concept, edition: Edition, on: dt.date
) -> OrganisationJob:
    """Names a job of an employer's teams, by its title. Members in force only."""
    _require_employer(actor, organisation, on)
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


def _require_own(actor: Actor, worker: Worker) -> None:
    """A record is written by its person; the machine writes the demonstration's."""
    if not isinstance(actor, System) and worker.user_id != actor.pk:
        raise NotFound


def _require_employer(actor: Actor, organisation: Organisation, on: dt.date) -> None:
    if access_organisation(actor, organisation.public_id, on=on).kind != OrganisationKind.EMPLOYER:
        raise NotFound


def _own_statement(actor: Actor, statement: SkillStatement, *, standing: bool = True) -> SkillStatement:
    """The statement, locked, for its own person; a statement taken out is as absent as another's."""
    rows = SkillStatement.objects.select_for_update(of=("self",)).select_related("worker")
    found = rows.filter(pk=statement.pk, removed_at__isnull=standing).first()
    if found is None:
        raise NotFound
    _require_own(actor, found.worker)
    return found


def _review_all(actor: Actor, worker: Worker, now: dt.datetime) -> None:
    standing = SkillStatement.objects.standing().filter(worker=worker).order_by("pk")
    review_statements(actor=actor, statement_ids=list(standing.values_list("pk", flat=True)), now=now)


def _refuse_not_title(title: Concept, edition: Edition) -> None:
    if title.kind != ConceptKind.TITLE or title.reference_id != edition.reference_id:
        raise Refused("not_a_title", _("Choisissez un métier dans la liste."), field="title")
    _refuse_not_held(title, edition, field="title")


def _refuse_not_held(concept: Concept, edition: Edition, *, field: str) -> None:
    """A person declares what they read: a concept that the edition did not hold was not there to read."""
    if not concept.revisions.as_of(edition.position).exists():
        raise Refused(
            "not_in_edition", _("Cette édition du référentiel ne contient pas ce choix."), field=field
        )


def _refuse_bad_level(level: int) -> None:
    if not 1 <= level <= LEVELS:
        raise Refused("bad_level", _("Choisissez un niveau de 1 à 8."), field="level")


def _refuse_bad_dates(acquired_on: dt.date | None, practised_on: dt.date | None, today: dt.date) -> None:
    for field, day in (("acquired_on", acquired_on), ("practised_on", practised_on)):
        if day and day > today:
            raise Refused("future_date", _("Cette date est dans le futur."), field=field)
        if day and day < FIRST_DAY:
            raise Refused("old_date", _("Vérifiez l’année de cette date."), field=field)
    if acquired_on and practised_on and practised_on < acquired_on:
        message = _("La dernière pratique ne peut pas précéder l’apprentissage.")
        raise Refused("practised_before", message, field="practised_on")
