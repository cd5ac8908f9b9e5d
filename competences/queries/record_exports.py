"""The files of one record: its statements as a list, as JSON Resume, and the whole of it, signed.

A JSON file is a list whose rows are pieces of its text, so that all files are written the same way: at once
while they are short, by a job in constant memory beyond.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Worker
from competences.enums import ExportKind, SkillWish, StatementSource
from competences.models import SkillRevision, SkillStatement
from competences.queries.catalogue import mark_of_all
from competences.queries.record_entries import labelled, statements
from competences.record_parts import Entries, in_order, parts
from competences.record_signatures import schema_address, signer
from competences.rules.cvs import RESUME_SCHEMA
from competences.rules.signed_json import ALGORITHM, canonical

RESUME_SECTIONS = ("work", "volunteer", "education", "certificates", "skills")
"""The lists of JSON Resume that parts of the record may fill, in the order in which they are written."""

Row = tuple[str | int | None, ...]
Listed = tuple[str, Row, int, str, Iterator[Row]]
"""A name, the heading, the number of rows, the mark and the rows: an ExportedList (queries/exports.py)."""


def record_list(kind: str, worker: Worker, now: dt.datetime | None = None) -> Listed:
    """The file of that kind of one record. `now` is what the file says of its day."""
    mark = record_mark(worker)
    if kind == ExportKind.STATEMENTS:
        total = SkillStatement.objects.standing().filter(worker=worker).count()
        return _("mes-competences"), statement_columns(), total, mark, _statement_rows(worker)
    if kind == ExportKind.STATEMENT_HISTORY:
        total = SkillRevision.objects.filter(statement__worker=worker).count()
        columns = (*statement_columns(), _("Dit à partir du"), _("Dit jusqu’au"), _("Retirée le"))
        return _("mes-competences-histoire"), columns, total, mark, _history_rows(worker)
    if kind == ExportKind.RESUME:
        # What stands around the skills: the head, and the two ends of each section.
        around = 2 + 2 * len(RESUME_SECTIONS)
        total = SkillStatement.objects.standing().filter(worker=worker).count() + around
        return _("mon-cv"), ("",), total, mark, _resume(worker)
    total = sum(part.number(worker) + 2 for part in parts) + 2
    return _("mon-dossier"), ("",), total, mark, _record(worker, now or timezone.now())


def record_mark(worker: Worker) -> str:
    """The state of everything that the files of a record tell; a few queries a part."""
    told = [f"{part.name}:{part.mark(worker)}" for part in parts]
    state = json.dumps([worker.user.name, worker.user.email, mark_of_all(), *told])
    return hashlib.blake2b(state.encode(), digest_size=24).hexdigest()


# Lists of statements ---------------------------------------------------------------------------------------


def statement_columns() -> tuple[str, ...]:
    """The headings of a list of statements, in the language in force: importers know them again."""
    return (
        _("Compétence"),
        _("Niveau"),
        _("Sources"),
        _("Envie"),
        _("Contexte"),
        _("Depuis le"),
        _("Dernière pratique"),
        _("Encore pratiquée"),
        _("Confirmée le"),
        _("Référentiel"),
        _("Édition"),
        _("Identifiant"),
        _("Avec mes mots"),
    )


def _statement_rows(worker: Worker) -> Iterator[Row]:
    current = Prefetch("revisions", SkillRevision.objects.current(), to_attr="history")
    rows = (
        SkillStatement.objects.standing()
        .filter(worker=worker)
        .select_related("concept__reference", "edition")
        .prefetch_related(current)
        .order_by("-declared_at", "-pk")
    )
    for row, label in labelled(rows):
        yield _row(row, label, row.history[0])


def _history_rows(worker: Worker) -> Iterator[Row]:
    for row, label in labelled(statements(worker)):
        for said in row.history:
            gone = _day(row.removed_at)
            yield (*_row(row, label, said), _day(said.start_at), _day(said.end_at), gone)


def _row(row: SkillStatement, label: str, said: SkillRevision) -> Row:
    return (
        label,
        said.level,
        ", ".join(str(StatementSource(source).label) for source in said.sources),
        str(SkillWish(said.wish).label) if said.wish else "",
        said.context,
        _day(said.acquired_on),
        _day(said.practised_on),
        _("oui") if said.is_practised else _("non"),
        _day(said.confirmed_on),
        row.concept.reference.slug if row.concept else "",
        row.edition.name if row.edition else "",
        row.concept.external_id if row.concept else "",
        row.free_text,
    )


def _day(value: dt.date | dt.datetime | None) -> str:
    """A day as 2026-03-12; that of an instant is the one on a wall clock here."""
    if isinstance(value, dt.datetime):
        value = timezone.localdate(value)
    return value.isoformat() if value else ""


# JSON, piece by piece --------------------------------------------------------------------------------------


def _resume(worker: Worker) -> Iterator[Row]:
    """JSON Resume 1.0.0, as https://jsonresume.org/schema says."""
    basics: dict[str, Any] = {"name": worker.user.name, "email": worker.user.email}
    for told in _of_section("basics"):
        for entry in told(worker):
            basics |= entry
    yield (f'{{"$schema":{canonical(RESUME_SCHEMA)},\n"basics":{canonical(basics)}',)
    for section in RESUME_SECTIONS:
        yield (f',\n"{section}":[',)
        comma = "\n"
        for told in _of_section(section):
            for entry in told(worker):
                yield (comma + canonical(entry),)
                comma = ",\n"
        yield ("]",)
    yield ("}\n",)


def _of_section(section: str) -> list[Entries]:
    return [part.resume[section] for part in in_order() if section in part.resume]


def _record(worker: Worker, now: dt.datetime) -> Iterator[Row]:
    """The record and its schema in their one way of writing, which is what is signed, then the signature.

    The line ends between entries are for people: they are in no text, and no reader of JSON sees them.
    """
    signed = signer()
    exported_at = canonical(now.astimezone(dt.UTC).isoformat())
    yield (signed.add(f'{{"record":{{"exported_at":{exported_at},"parts":{{'),)
    before = ""
    for part in parts:
        yield (signed.add(f"{before}{canonical(part.name)}:[") + "\n",)
        comma = ""
        for entry in part.entries(worker):
            yield (signed.add(comma + canonical(entry)) + "\n",)
            comma = ","
        yield (signed.add("]"),)
        before = ","
    person = canonical({"id": str(worker.public_id), "name": worker.user.name})
    end = f'}},"person":{person}}},"schema":{canonical(schema_address())}'
    # The closing brace is signed where the signature itself will stand.
    signed.add(end + "}")
    signature = canonical({"algorithm": ALGORITHM, "value": signed.value()})
    yield (f'{end},\n"signature":{signature}}}\n',)
