"""What a person declares: skills with their level, and jobs by title. Only the person writes it."""

import datetime as dt
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, System
from accounts.errors import NotFound, Refused
from accounts.models import Worker
from competences.enums import ConceptKind, StatementSource
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
from competences.services.ownership import refuse_not_held, require_own, require_readable
from competences.services.risks import review_statements

DECLARABLE = (ConceptKind.SKILL, ConceptKind.KNOWLEDGE)

UNDO_WITHIN = dt.timedelta(hours=24)
"""How long what a person answered may be undone."""

J = TypeVar("J", OrganisationJob, WorkerJob)


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
    require_own(actor, worker)
    now = now or timezone.now()
    require_readable(actor, concept, now)
    _refuse_bad_dates(acquired_on, practised_on, timezone.localdate(now))
    _refuse_bad_level(level)
    if concept.kind not in DECLARABLE or concept.reference_id != edition.reference_id:
        raise Refused(
            "not_declarable", _("Choisissez une compétence ou un savoir dans la liste."), field="concept"
        )
    refuse_not_held(concept, edition, field="concept")
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


def _own_statement(actor: Actor, statement: SkillStatement, *, standing: bool = True) -> SkillStatement:
    """The statement, locked, for its own person; a statement taken out is as absent as another's."""
    rows = SkillStatement.objects.select_for_update(of=("self",)).select_related("worker")
    found = rows.filter(pk=statement.pk, removed_at__isnull=standing).first()
    if found is None:
        raise NotFound
    require_own(actor, found.worker)
    return found


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
