"""What a person brings to their record: a file becomes proposals, and only those they tick become statements.

Nothing is written in the record before the person says so, and what they said may be undone within 24 hours.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor, require_person, require_system
from accounts.errors import Refused
from accounts.models import User, Worker
from competences.enums import ImportedState, ImportState
from competences.importers.record_files import read_file
from competences.importers.record_rows import MAX_RECORD_BYTES, MAX_ROWS, ReadFile, ReadSkill
from competences.importers.source import Anomaly, BrokenSource
from competences.models import ImportedSkill, RecordImport, SkillStatement
from competences.models.records import CONTEXT_LENGTH
from competences.queries.record_matches import SURE, matches
from competences.services.ownership import UNDO_WITHIN, require_own
from competences.services.record_batches import NewSkill, declare_skills, take_out_untouched
from competences.services.record_restores import belongs_to, own_import
from competences.services.records import Said
from competences.services.upload_files import Incoming, plain_name

MOST_UNFINISHED = 10
"""Imports of one person that wait for their answer."""

MATCHED_AT_ONCE = 40
"""Rows whose places are looked for while the person waits; a job looks for those of a longer file."""

NEAR = 75
"""From this confidence the concept that was found is the one proposed; below, the person's own words are: on
ROME, "Anglais" finds "Anglais maritime" at 72, "Permis de conduire B" finds its category at 79."""

BATCH = 250
"""Rows declared, or matched, in one transaction."""
SAID = ("level", "wish", "sources", "context", "acquired_on", "practised_on", "is_practised")


@dataclass(slots=True)
class Outcome:
    """How many proposals became statements, and how many were refused: their rows say why."""

    declared: int = 0
    refused: int = 0


@transaction.atomic
def send_import(
    *, actor: Actor, worker: Worker, file: Incoming, now: dt.datetime | None = None
) -> RecordImport:
    """Reads a file and keeps what it proposes; a record that this house signed for that person is kept whole.

    Raises Refused on the field `file`, with the place of the fault, and keeps nothing: a file that cannot be
    read, that is too large, or of which no skill could be read; too many imports that wait.
    """
    require_own(actor, worker)
    now = now or timezone.now()
    Worker.objects.select_for_update(of=("self",)).get(pk=worker.pk)
    if RecordImport.objects.unfinished().filter(worker=worker).count() >= MOST_UNFINISHED:
        message = _("Vous avez déjà %s fichiers à relire : terminez-en un, ou abandonnez-le.")
        raise Refused("too_many_imports", message % MOST_UNFINISHED, field="file")
    name, content = plain_name(file.name or ""), _content(file)
    try:
        read = read_file(name, content, timezone.localdate(now))
    except BrokenSource as broken:
        sentences = " ".join(sentence(anomaly) for anomaly in broken.anomalies[:3])
        raise Refused("unreadable", sentences, field="file") from broken
    is_own = read.document is not None and belongs_to(read.document, worker)
    if not is_own and not read.skills:
        told = _("%(name)s : %(value)s")
        faults = " ".join(told % {"name": one["where"], "value": one["message"]} for one in read.faults[:3])
        message = _("Nous n’avons trouvé aucune compétence dans ce fichier.")
        raise Refused("no_skill", f"{message} {faults}".strip(), field="file")
    if not is_own and len(read.skills) > MAX_ROWS:
        message = _("Ce fichier a plus de %s compétences : nous ne les proposons pas une par une.") % MAX_ROWS
        raise Refused("too_many_rows", message, field="file")
    made = RecordImport.objects.create(
        worker=worker,
        format=read.format,
        file_name=name[:200],
        state=ImportState.READY if is_own else ImportState.MATCHING,
        is_own_record=is_own,
        content=content if is_own else None,
        faults=[] if is_own else read.faults,
        summary=_summary(read.document) if read.document is not None and is_own else {},
        sent_at=now,
    )
    if not is_own:
        _keep_proposals(made, read, require_person(actor), now)
    return made


def sentence(anomaly: Anomaly) -> str:
    """What is wrong and where, as a sentence for the person who sent the file."""
    place = ""
    if anomaly.line and anomaly.column:
        place = _("Ligne %(line)s, colonne %(column)s : ") % {"line": anomaly.line, "column": anomaly.column}
    elif anomaly.line:
        place = _("Ligne %s : ") % anomaly.line
    told = f"{place}{anomaly.message}"
    return f"{told[:1].upper()}{told[1:].rstrip('.')}."


def _summary(document: Mapping[str, Any]) -> dict[str, Any]:
    """When a record was taken away, and how many lines each of its parts has."""
    told = document["record"]
    return {"at": told["exported_at"], "parts": {name: len(rows) for name, rows in told["parts"].items()}}


def _content(file: Incoming) -> bytes:
    """The bytes, of which no more are taken than a file may have."""
    held = bytearray()
    for chunk in file.chunks():
        held += chunk
        if len(held) > MAX_RECORD_BYTES:
            message = _("Ce fichier dépasse %s Mo.") % (MAX_RECORD_BYTES // 2**20)
            raise Refused("too_large", message, field="file")
    return bytes(held)


def _keep_proposals(made: RecordImport, read: ReadFile, person: User, now: dt.datetime) -> None:
    rows = [_row(made, place, skill) for place, skill in enumerate(read.skills, start=1)]
    if len(rows) <= MATCHED_AT_ONCE:
        _match(made, rows, person, now)
        made.state = ImportState.READY
        made.save(update_fields=["state"])
    ImportedSkill.objects.bulk_create(rows, batch_size=BATCH * 2)


def _row(made: RecordImport, place: int, skill: ReadSkill) -> ImportedSkill:
    return ImportedSkill(
        record_import=made,
        place=place,
        where=skill.where[:120],
        text=skill.text,
        code=skill.code,
        reference=skill.reference,
        unverified=skill.unverified,
        **{name: getattr(skill, name) for name in SAID},
    )


# The places of what was read -------------------------------------------------------------------------------


def match_imports(*, actor: Actor, limit: int, now: dt.datetime | None = None) -> dict[str, int]:
    """Looks for the places of rows that wait for one, at most `limit` of them; says how many were looked at.

    Safe twice: a slice is taken by one worker, and a row that was looked at is not any more.
    """
    require_system(actor)
    now = now or timezone.now()
    done = 0
    while done < limit and (rows := _match_slice(min(BATCH, limit - done), now)):
        done += rows
    return {"rows": done}


@transaction.atomic
def _match_slice(size: int, now: dt.datetime) -> int:
    """The next slice of the import that has waited longest; 0 when none waits."""
    waiting = RecordImport.objects.filter(state=ImportState.MATCHING).order_by("sent_at", "pk")
    found = waiting.select_for_update(of=("self",), skip_locked=True).select_related("worker__user").first()
    if found is None:
        return 0
    rows = list(found.proposals.filter(is_matched=False).order_by("place")[:size])
    _match(found, rows, found.worker.user, now)
    fields = ["choices", "confidence", "concept", "is_ticked", "is_matched"]
    ImportedSkill.objects.bulk_update(rows, fields, batch_size=BATCH)
    if not found.proposals.filter(is_matched=False).exists():
        found.state = ImportState.READY
        found.save(update_fields=["state"])
    return max(len(rows), 1)


def _match(made: RecordImport, rows: Sequence[ImportedSkill], person: User, now: dt.datetime) -> None:
    """Gives each row its choices. Ticked: those of which the very name or code was found, that the record
    does not hold and that no row before proposes."""
    standing = SkillStatement.objects.standing().filter(worker=made.worker).exclude(concept=None)
    held: set[int | None] = set(standing.values_list("concept_id", flat=True))
    taken = held | set(made.proposals.exclude(concept=None).values_list("concept_id", flat=True))
    found = matches(rows, reader=person, on=timezone.localdate(now), held=held)
    for row, match in zip(rows, found, strict=True):
        row.choices, row.confidence, row.is_matched = match.choices, match.confidence, True
        row.concept_id = match.choices[0]["concept"] if match.confidence >= NEAR else None
        row.is_ticked = match.confidence == SURE and row.concept_id not in taken
        taken.add(row.concept_id)


# What the person answers -----------------------------------------------------------------------------------


@transaction.atomic
def keep_ticks(
    *,
    actor: Actor,
    record_import: RecordImport,
    shown: Iterable[int],
    ticked: Iterable[int],
    chosen: Mapping[int, int | None],
) -> RecordImport:
    """Keeps what was ticked and chosen among the rows shown, by their places: `chosen` gives a concept, or
    None for the person's own words. A concept that was not proposed for its row is left aside."""
    found = _ready_import(actor, record_import)
    wanted = set(ticked)
    rows = list(found.proposals.waiting().filter(place__in=set(shown)))
    for row in rows:
        row.is_ticked = row.place in wanted
        offered = {choice["concept"] for choice in row.choices}
        concept = chosen.get(row.place, row.concept_id)
        if concept is None or concept in offered:
            row.concept_id = concept
    ImportedSkill.objects.bulk_update(rows, ["is_ticked", "concept"], batch_size=BATCH)
    return found


@transaction.atomic
def tick_all(*, actor: Actor, record_import: RecordImport, is_ticked: bool) -> RecordImport:
    """Ticks every proposal that waits, or none."""
    found = _ready_import(actor, record_import)
    found.proposals.waiting().update(is_ticked=is_ticked)
    return found


def declare_ticked(*, actor: Actor, record_import: RecordImport, now: dt.datetime | None = None) -> Outcome:
    """Adds the ticked proposals to the record, a batch a transaction; `undo_import` takes them out again.

    A proposal that is refused is no longer ticked, and its row says why. Safe twice: an answered proposal is
    not answered again.
    """
    now = now or timezone.now()
    outcome = Outcome()
    last = 0
    while True:
        with transaction.atomic():
            found = _ready_import(actor, record_import)
            rows = list(found.proposals.ticked().filter(place__gt=last).order_by("place")[:BATCH])
            if rows:
                _declare_batch(actor, found.worker, rows, now, outcome)
                last = rows[-1].place
                continue
            if not found.proposals.waiting().exists():
                found.state, found.ended_at = ImportState.DONE, now
                found.save(update_fields=["state", "ended_at"])
            return outcome


def _declare_batch(
    actor: Actor, worker: Worker, rows: Sequence[ImportedSkill], now: dt.datetime, outcome: Outcome
) -> None:
    asked = [NewSkill(concept=row.concept_id, text=row.text, said=_said(row)) for row in rows]
    made = declare_skills(actor=actor, worker=worker, asked=asked, now=now)
    both = list(zip(rows, made, strict=True))
    declared = [(row.pk, one.pk) for row, one in both if isinstance(one, SkillStatement)]
    refused = [(row.pk, str(one.message)[:300]) for row, one in both if isinstance(one, Refused)]
    outcome.declared += len(declared)
    outcome.refused += len(refused)
    with connection.cursor() as cursor:
        # One value a row, many rows: the ORM would take longer to write this than all the rest takes.
        cursor.execute(_KEEP_DECLARED, {"now": now, **_columns(declared)})
        cursor.execute(_KEEP_REFUSED, _columns(refused))


def _columns(pairs: Sequence[tuple[int, Any]]) -> dict[str, list[Any]]:
    return {"rows": [pair[0] for pair in pairs], "values": [pair[1] for pair in pairs]}


_KEEP_DECLARED = """
    UPDATE competences_importedskill p SET statement_id = u.statement, state = 'declared',
        answered_at = %(now)s, is_ticked = false, problem = ''
    FROM unnest(%(rows)s::bigint[], %(values)s::bigint[]) u (id, statement) WHERE p.id = u.id
"""
_KEEP_REFUSED = """
    UPDATE competences_importedskill p SET problem = u.problem, is_ticked = false
    FROM unnest(%(rows)s::bigint[], %(values)s::text[]) u (id, problem) WHERE p.id = u.id
"""


def _said(row: ImportedSkill) -> Said:
    """What the row says; what others would have said stands in the context, as nobody has shown it."""
    told = {name: getattr(row, name) for name in SAID}
    if row.unverified:
        unverified = _("Déclaré, non vérifié : %s") % row.unverified
        told["context"] = " · ".join(filter(None, [row.context, unverified]))[:CONTEXT_LENGTH].strip()
    return Said(**told)


@transaction.atomic
def undo_import(
    *, actor: Actor, record_import: RecordImport, now: dt.datetime | None = None
) -> tuple[int, int]:
    """Takes out what the import added within 24 hours: how many skills went, and how many stayed because the
    person said something of them since. The proposals wait again.

    Raises Refused when there is nothing to undo, or no longer.
    """
    now = now or timezone.now()
    found = own_import(actor, record_import)
    rows = found.proposals.filter(state=ImportedState.DECLARED, answered_at__gt=now - UNDO_WITHIN)
    statements = dict(rows.exclude(statement=None).values_list("statement_id", "pk"))
    if not statements:
        raise Refused("nothing_to_undo", _("Il n’y a rien à annuler, ou le délai de 24 heures est passé."))
    out = take_out_untouched(actor=actor, worker=found.worker, statement_ids=list(statements), now=now)
    again = ImportedSkill.objects.filter(pk__in=[statements[pk] for pk in out])
    again.update(state=ImportedState.WAITING, answered_at=None, statement=None, is_ticked=False)
    if out:
        found.state, found.ended_at = ImportState.READY, None
        found.save(update_fields=["state", "ended_at"])
    return len(out), len(statements) - len(out)


@transaction.atomic
def leave_import(
    *, actor: Actor, record_import: RecordImport, now: dt.datetime | None = None
) -> RecordImport:
    """Gives up what is left to answer. What was added stays."""
    now = now or timezone.now()
    found = own_import(actor, record_import)
    if found.state in (ImportState.READY, ImportState.MATCHING):
        _end([found.pk], ImportState.DONE, ImportedState.LEFT, now)
        found.refresh_from_db()
    return found


@transaction.atomic
def expire_imports(*, actor: Actor, now: dt.datetime | None = None) -> dict[str, int]:
    """Ends the imports that their person left for 30 days. Safe twice: the second time finds none."""
    require_system(actor)
    now = now or timezone.now()
    rows = RecordImport.objects.forgotten(now).select_for_update(of=("self",), skip_locked=True)
    found = list(rows.values_list("pk", flat=True))
    _end(found, ImportState.EXPIRED, ImportedState.EXPIRED, now)
    return {"imports": len(found)}


def _end(imports: Sequence[int], state: ImportState, answer: ImportedState, now: dt.datetime) -> None:
    rows = ImportedSkill.objects.waiting().filter(record_import__in=imports)
    rows.update(state=answer, answered_at=now, is_ticked=False)
    RecordImport.objects.filter(pk__in=imports).update(state=state, ended_at=now, content=None)


def _ready_import(actor: Actor, record_import: RecordImport) -> RecordImport:
    """The import, locked, whose proposals may be answered."""
    found = own_import(actor, record_import)
    if found.state != ImportState.READY:
        message = _("Ce fichier n’attend pas de réponse : il est encore lu, ou il est terminé.")
        raise Refused("not_ready", message)
    return found
