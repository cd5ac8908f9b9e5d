"""What a person says they can do. Only the person writes it.

A statement is a skill of a reference, or the person's own words. What they say of it (level, wish, sources,
dates) is one revision an interval: it is closed and another opened, and nothing is overwritten but for a
correction within 24 hours. Two tabs cannot undo each other: each write names the version it was made against.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, System
from accounts.errors import NotFound, Refused
from accounts.models import Worker
from competences.enums import ConceptKind, SkillWish, StatementSource
from competences.models import Concept, Edition, SkillRevision, SkillStatement
from competences.models.records import CONTEXT_LENGTH, FREE_TEXT_LENGTH, LEVELS
from competences.rules.clocks import FIRST_DAY
from competences.rules.texts import one_line
from competences.services.ownership import UNDO_WITHIN, refuse_not_held, require_own, require_readable
from competences.services.risks import review_statements

DECLARABLE = (ConceptKind.SKILL, ConceptKind.KNOWLEDGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a person says of a skill. `level` is 1 to 8 (DigComp) or None while they have not said."""

    level: int | None = None
    sources: Sequence[str] = ()
    wish: str = ""
    context: str = ""
    acquired_on: dt.date | None = None
    practised_on: dt.date | None = None
    is_practised: bool = True

    @classmethod
    def of(cls, revision: SkillRevision) -> "Said":
        """What that revision holds."""
        return cls(**{one.name: getattr(revision, one.name) for one in fields(cls)})

    def columns(self) -> dict[str, Any]:
        """The same, as columns of a revision: sources in one order, each once."""
        held = {one.name: getattr(self, one.name) for one in fields(self)}
        order = StatementSource.values
        return {
            **held,
            "sources": sorted(set(self.sources), key=order.index),
            "context": one_line(self.context),
        }


@transaction.atomic
def declare_skill(
    *,
    actor: Actor,
    worker: Worker,
    concept: Concept,
    edition: Edition,
    said: Said,
    now: dt.datetime | None = None,
) -> SkillStatement:
    """Adds a skill or a knowledge to a record, as the edition read names it, and looks for its flags.

    Raises Refused with the field at fault: what `refuse_bad` refuses, a concept that the record holds
    already or cannot hold.
    """
    require_own(actor, worker)
    now = now or timezone.now()
    require_readable(actor, concept, now)
    refuse_bad(said, timezone.localdate(now))
    _refuse_not_declarable(concept, edition)
    made = SkillStatement(worker=worker, concept=concept, edition=edition)
    return _declare(actor, made, said, now)


@transaction.atomic
def declare_free_skill(
    *, actor: Actor, worker: Worker, text: str, said: Said, now: dt.datetime | None = None
) -> SkillStatement:
    """Adds a skill in the person's own words; `attach_skill` gives it a place in a reference later.

    Raises Refused with the field at fault: no text, a text too long or that the record holds already.
    """
    require_own(actor, worker)
    now = now or timezone.now()
    refuse_bad(said, timezone.localdate(now))
    text = one_line(text)
    if not text:
        raise Refused("no_text", _("Écrivez la compétence avec vos mots."), field="text")
    if len(text) > FREE_TEXT_LENGTH:
        raise Refused(
            "long_text",
            _("Ce texte est trop long : %(most)s caractères au plus.") % {"most": FREE_TEXT_LENGTH},
            field="text",
        )
    return _declare(actor, SkillStatement(worker=worker, free_text=text), said, now)


@transaction.atomic
def attach_skill(
    *,
    actor: Actor,
    statement: SkillStatement,
    concept: Concept,
    edition: Edition,
    version: int,
    now: dt.datetime | None = None,
) -> SkillStatement:
    """Gives a skill written in the person's own words its place in a reference. Their words stay beside it.

    Raises Refused when it has one already, when the record holds that concept already, and as
    `declare_skill` does.
    """
    now = now or timezone.now()
    statement = own_statement(actor, statement)
    _refuse_other_version(statement, version)
    require_readable(actor, concept, now)
    _refuse_not_declarable(concept, edition)
    if statement.concept_id is not None:
        raise Refused("attached", _("Cette compétence a déjà sa place dans un référentiel."), field="concept")
    statement.concept, statement.edition = concept, edition
    statement.version += 1
    _save_once(statement)
    review_statements(actor=actor, statement_ids=[statement.pk], now=now)
    return statement


@transaction.atomic
def change_skill(
    *, actor: Actor, statement: SkillStatement, version: int, said: Said, now: dt.datetime | None = None
) -> SkillStatement:
    """Closes what was said and opens what is said now, or corrects it within 24 hours; saying the same again
    confirms the skill.

    Raises Refused for what `refuse_bad` refuses, and when another tab wrote since `version`.
    """
    now = now or timezone.now()
    statement = own_statement(actor, statement)
    _refuse_other_version(statement, version)
    refuse_bad(said, timezone.localdate(now))
    _say(statement, said, now)
    return statement


@transaction.atomic
def confirm_skill(
    *, actor: Actor, statement: SkillStatement, now: dt.datetime | None = None
) -> SkillStatement:
    """The person says the same again."""
    now = now or timezone.now()
    statement = own_statement(actor, statement)
    _say(statement, Said.of(statement.revisions.current().get()), now)
    return statement


@transaction.atomic
def change_level(
    *, actor: Actor, statement: SkillStatement, level: int, now: dt.datetime | None = None
) -> SkillStatement:
    """Says another level and the rest again."""
    now = now or timezone.now()
    statement = own_statement(actor, statement)
    said = replace(Said.of(statement.revisions.current().get()), level=level)
    refuse_bad(said, timezone.localdate(now))
    _say(statement, said, now)
    return statement


@transaction.atomic
def confirm_skills(
    *, actor: Actor, worker: Worker, versions: Mapping[int, int], now: dt.datetime | None = None
) -> list[SkillStatement]:
    """The person says the same again of several skills at once, in six queries: `versions` by statement.

    Raises Refused, and writes nothing, when one of them changed or went since its version.
    """
    now = now or timezone.now()
    require_own(actor, worker)
    statements = _locked(worker, versions)
    current = SkillRevision.objects.current().filter(statement__in=statements)
    today, young, old, opened = timezone.localdate(now), [], [], []
    for revision in current:
        if now - revision.start_at < UNDO_WITHIN:
            young.append(revision.pk)
        else:
            old.append(revision.pk)
            said = Said.of(revision).columns()
            again = {"scale": revision.scale, "confirmed_on": today, "start_at": now, **said}
            opened.append(SkillRevision(statement_id=revision.statement_id, **again))
    SkillRevision.objects.filter(pk__in=young).update(confirmed_on=today)
    SkillRevision.objects.filter(pk__in=old).update(end_at=now)
    SkillRevision.objects.bulk_create(opened)
    _next_version(statements)
    return statements


@dataclass(frozen=True, slots=True)
class Former:
    """What was said of a skill before a write: `said`, confirmed on that day; the write gave `version`."""

    version: int
    said: Said
    confirmed_on: dt.date


@transaction.atomic
def take_back(
    *,
    actor: Actor,
    worker: Worker,
    former: Mapping[int, Former],
    said_at: dt.datetime,
    now: dt.datetime | None = None,
) -> list[SkillStatement]:
    """Takes back what was said at the instant `said_at`, within 24 hours: the skills, by their keys, are as
    if it had not been said.

    Raises Refused, and writes nothing, later than that and when one of them changed since.
    """
    now = now or timezone.now()
    require_own(actor, worker)
    if now - said_at > UNDO_WITHIN:
        raise Refused("too_late", _("Le délai de 24 heures est passé."))
    statements = _locked(worker, {key: one.version for key, one in former.items()})
    opened = SkillRevision.objects.filter(statement__in=statements, start_at=said_at, end_at=None)
    closed = SkillRevision.objects.filter(statement__in=statements, end_at=said_at)
    reopened = list(closed.values_list("statement_id", flat=True))
    opened.filter(statement__in=reopened).delete()
    closed.update(end_at=None)
    corrected = SkillRevision.objects.current().filter(statement__in=statements)
    for revision in (rows := list(corrected.exclude(statement__in=reopened))):
        one = former[revision.statement_id]
        for name, value in {**one.said.columns(), "confirmed_on": one.confirmed_on}.items():
            setattr(revision, name, value)
    SkillRevision.objects.bulk_update(rows, [*Said().columns(), "confirmed_on"])
    _next_version(statements)
    return statements


@transaction.atomic
def remove_skill(
    *, actor: Actor, statement: SkillStatement, now: dt.datetime | None = None
) -> SkillStatement:
    """Takes a skill out of the record; its history stays, its flags are closed. `restore_skill` undoes it."""
    now = now or timezone.now()
    statement = own_statement(actor, statement)
    statement.removed_at = now
    statement.version += 1
    statement.save(update_fields=["removed_at", "version"])
    review_statements(actor=actor, statement_ids=[statement.pk], now=now)
    return statement


@transaction.atomic
def restore_skill(
    *, actor: Actor, statement: SkillStatement, now: dt.datetime | None = None
) -> SkillStatement:
    """Puts back, within 24 hours, a skill that was taken out.

    Raises Refused later than that, and when the record holds it again meanwhile.
    """
    now = now or timezone.now()
    statement = own_statement(actor, statement, standing=False)
    if statement.removed_at and now - statement.removed_at > UNDO_WITHIN:
        message = _("Le délai de 24 heures est passé. Vous pouvez ajouter la compétence de nouveau.")
        raise Refused("too_late", message)
    statement.removed_at = None
    statement.version += 1
    _save_once(statement)
    review_statements(actor=actor, statement_ids=[statement.pk], now=now)
    return statement


def own_statement(actor: Actor, statement: SkillStatement, *, standing: bool = True) -> SkillStatement:
    """The statement, locked, for its own person; a statement taken out is as absent as another's."""
    rows = SkillStatement.objects.select_for_update(of=("self",)).select_related("worker")
    found = rows.filter(pk=statement.pk, removed_at__isnull=standing).first()
    if found is None:
        raise NotFound
    require_own(actor, found.worker)
    return found


def refuse_bad(said: Said, today: dt.date) -> None:
    """Raises Refused with the field at fault: a level off the scale, an unknown source or wish, a context too
    long, a day in the future or before anyone's birth, a practice before the learning."""
    if said.level is not None and not 1 <= said.level <= LEVELS:
        raise Refused("bad_level", _("Choisissez un niveau de 1 à 8."), field="level")
    if set(said.sources) - set(StatementSource.values):
        raise Refused("bad_source", _("Choisissez dans la liste."), field="sources")
    if said.wish and said.wish not in SkillWish.values:
        raise Refused("bad_wish", _("Choisissez dans la liste."), field="wish")
    if len(said.context.strip()) > CONTEXT_LENGTH:
        raise Refused(
            "long_context",
            _("Ce texte est trop long : %(most)s caractères au plus.") % {"most": CONTEXT_LENGTH},
            field="context",
        )
    for field, day in (("acquired_on", said.acquired_on), ("practised_on", said.practised_on)):
        if day and day > today:
            raise Refused("future_date", _("Cette date est dans le futur."), field=field)
        if day and day < FIRST_DAY:
            raise Refused("old_date", _("Vérifiez l’année de cette date."), field=field)
    if said.acquired_on and said.practised_on and said.practised_on < said.acquired_on:
        message = _("La dernière pratique ne peut pas précéder l’apprentissage.")
        raise Refused("practised_before", message, field="practised_on")


def _declare(actor: Actor, statement: SkillStatement, said: Said, now: dt.datetime) -> SkillStatement:
    statement.author = None if isinstance(actor, System) else actor
    statement.declared_at = now
    _save_once(statement)
    SkillRevision.objects.create(
        statement=statement, confirmed_on=timezone.localdate(now), start_at=now, **said.columns()
    )
    review_statements(actor=actor, statement_ids=[statement.pk], now=now)
    return statement


def _say(statement: SkillStatement, said: Said, now: dt.datetime) -> None:
    """Writes what is said now in the place of what was. The statement is locked.

    A revision of less than 24 hours is corrected in place: a slip of the finger leaves no history.
    """
    current = statement.revisions.current().get()
    values = {**said.columns(), "confirmed_on": timezone.localdate(now)}
    if now - current.start_at < UNDO_WITHIN:
        for name, value in values.items():
            setattr(current, name, value)
        current.save(update_fields=list(values))
    else:
        current.end_at = now
        current.save(update_fields=["end_at"])
        SkillRevision.objects.create(statement=statement, start_at=now, scale=current.scale, **values)
    statement.version += 1
    statement.save(update_fields=["version"])


def _save_once(statement: SkillStatement) -> None:
    """Saves a statement that must be the only one of its skill to stand in the record."""
    try:
        with transaction.atomic():
            statement.save()
    except IntegrityError as error:
        message = _("Cette compétence est déjà dans votre dossier.")
        raise Refused("already_declared", message, field="concept") from error


def _refuse_not_declarable(concept: Concept, edition: Edition) -> None:
    if concept.kind not in DECLARABLE or concept.reference_id != edition.reference_id:
        raise Refused(
            "not_declarable", _("Choisissez une compétence ou un savoir dans la liste."), field="concept"
        )
    refuse_not_held(concept, edition, field="concept")


def _refuse_other_version(statement: SkillStatement, version: int) -> None:
    if statement.version != version:
        raise _changed_since()


def _changed_since() -> Refused:
    message = _(
        "Cette compétence a changé entre-temps, dans un autre onglet ou sur un autre appareil."
        " Rien n’est perdu : relisez ce qui est noté maintenant, puis confirmez."
    )
    return Refused("changed_since", message)


def _locked(worker: Worker, versions: Mapping[int, int]) -> list[SkillStatement]:
    """The standing skills of the record with these keys, locked in one order, each at the version given."""
    rows = SkillStatement.objects.standing().select_for_update(of=("self",))
    statements = list(rows.filter(worker=worker, pk__in=versions).order_by("pk"))
    if {one.pk: one.version for one in statements} != dict(versions):
        raise _changed_since()
    return statements


def _next_version(statements: Sequence[SkillStatement]) -> None:
    """Counts one write more for each of the statements, which are locked."""
    SkillStatement.objects.filter(pk__in=[one.pk for one in statements]).update(version=F("version") + 1)
    for one in statements:
        one.version += 1
