"""The lists that may be taken away as files: which columns and rows each has, in the language in force.

Lists of public data are anybody's; the files of a record are its person's, and the list of the people that an
adviser accompanies is that adviser's: the caller knows whose it is.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.errors import NotFound
from accounts.models import Worker
from competences.enums import (
    OWN_EXPORTS,
    ChangeKind,
    ConceptKind,
    CoreFlag,
    ExportFormat,
    ExportKind,
)
from competences.models import Export
from competences.queries.caseload_exports import caseload_list, caseload_mark
from competences.queries.catalogue import mark_of_all, public_past
from competences.queries.public_changes import ChangeLine, all_change_lines, number_of_changes
from competences.queries.public_concepts import concept_reading
from competences.queries.readable import Reader
from competences.queries.record_exports import record_list
from competences.queries.search_results import KINDS, MOST, results
from competences.spreadsheets import Cell
from competences.words import change_tag, tags_in_words

BATCH = 1000
Row = tuple[Cell, ...]
Parameters = Mapping[str, str]
SKILL_ROLES = ("skill", "knowledge", "context")
PLACES = (ChangeKind.LINKED, ChangeKind.UNLINKED, ChangeKind.REFLAGGED)


@dataclass(frozen=True, slots=True)
class ExportedList:
    """A list to be written. `rows` may be read once; `total` is their number before the first is read,
    `mark` the state of what they tell. `most_at_once` is how many of them somebody may wait for, where they
    cost more than rows of a list."""

    name: str
    columns: Row
    total: int
    mark: str
    rows: Iterator[Row]
    most_at_once: int | None = None


FORMATS = {
    **dict.fromkeys(ExportKind, (ExportFormat.CSV, ExportFormat.XLSX)),
    ExportKind.RESUME: (ExportFormat.JSON,),
    ExportKind.RECORD: (ExportFormat.JSON,),
}

MOST_ENTRIES_AT_ONCE = 2_000
"""Entries of a record that a request writes: each is read from several tables."""


def exported_list(kind: str, parameters: Parameters, worker: Worker | None = None) -> ExportedList:
    """The list of that kind; one that belongs to a person needs their `worker`.

    Raises NotFound for what does not exist or has an owner, alike.
    """
    if (kind in OWN_EXPORTS) != (worker is not None):
        raise NotFound
    if worker is None:
        return _LISTS[ExportKind(kind)](parameters)
    if kind == ExportKind.CASELOAD:
        return ExportedList(*caseload_list(worker.user, parameters), most_at_once=0)
    return ExportedList(*record_list(kind, worker), most_at_once=MOST_ENTRIES_AT_ONCE)


def may_be_fetched(found: Export) -> bool:
    """Whether its person still holds the rights under which a file was written.

    A mandate that ended since, or that was given, closes the list of the people one accompanies. The files of
    one's own record never close.
    """
    if found.kind != ExportKind.CASELOAD or found.worker is None:
        return True
    return found.mark == caseload_mark(found.worker.user)


def export(public_id: object, reader: Reader) -> Export:
    """A file by its identifier. Raises NotFound, for the file of somebody else too."""
    found = Export.objects.select_related("worker__user").filter(public_id=public_id).first()
    if found is None or (found.worker is not None and found.worker.user_id != getattr(reader, "pk", None)):
        raise NotFound
    return found


def _changes(asked: Parameters) -> ExportedList:
    change, kind = asked.get("change", ""), asked.get("kind", "")
    if (change and change not in ChangeKind) or (kind and kind not in ConceptKind):
        raise NotFound
    past = public_past(asked["slug"], asked["number"])
    return ExportedList(
        name=slugify(f"{past.slug}-{past.shown.name.replace('.', '-')}-changements"),
        columns=(
            _("Ce qui est arrivé"),
            _("Sorte"),
            _("Identifiant"),
            _("Nom"),
            _("Sorte de l’autre"),
            _("Identifiant de l’autre"),
            _("Nom de l’autre"),
            _("Avant"),
            _("Après"),
            _("Confiance sur 100"),
        ),
        total=number_of_changes(past, change=change, kind=kind),
        mark=past.mark,
        rows=map(_change_row, all_change_lines(past, change=change, kind=kind, batch=BATCH)),
    )


def _change_row(line: ChangeLine) -> Row:
    before, after = line.before, line.after
    if line.kind in PLACES:
        before, after = _place(before, line.kind != "linked"), _place(after, line.kind != "unlinked")
    elif line.kind == ChangeKind.RETAGGED:
        before, after = tags_in_words(before), tags_in_words(after)
    return (
        change_tag(line.kind),
        str(ConceptKind(line.concept_kind).label),
        line.external_id,
        line.label,
        str(ConceptKind(line.other_kind).label) if line.other_kind else "",
        line.other_external_id,
        line.other_label,
        before,
        after,
        line.confidence,
    )


def _place(flag: str, is_told: bool) -> str:
    if not is_told:
        return flag
    return str(CoreFlag(flag).label) if flag in CoreFlag else flag


def _search(asked: Parameters) -> ExportedList:
    mark = mark_of_all()
    kind = asked.get("kind")
    found = results(
        text=asked["q"],
        kind=kind if kind in KINDS else None,
        reference=asked.get("reference"),
        limit=MOST,
        limit_a_kind=MOST,
    )
    rows: list[Row] = [
        (
            line.reference,
            str(ConceptKind(line.kind).label),
            line.external_id,
            line.label,
            _("oui") if line.in_force else _("non"),
            line.former or line.also,
            line.job_code,
            line.job_label,
        )
        for lines in found.groups.values()
        for line in lines
    ]
    columns = (
        _("Référentiel"),
        _("Sorte"),
        _("Identifiant"),
        _("Nom"),
        _("Dans la dernière édition"),
        _("Autre nom trouvé"),
        _("Code du métier"),
        _("Métier"),
    )
    return ExportedList("recherche", columns, len(rows), mark, iter(rows))


def _job_skills(asked: Parameters) -> ExportedList:
    past = public_past(asked["slug"], asked.get("edition") or None)
    job = concept_reading(past, ConceptKind.JOB.value, asked["code"], past.shown.language, most=None)
    rows: list[Row] = [
        (
            str(ConceptKind(named.kind).label),
            named.external_id,
            named.label,
            _place(named.flag, True),
        )
        for role in SKILL_ROLES
        for named in job.links.get(role, [])
    ]
    return ExportedList(
        name=slugify(f"{past.slug}-{past.shown.name.replace('.', '-')}-{asked['code'][-40:]}-competences"),
        columns=(_("Sorte"), _("Identifiant"), _("Nom"), _("Place dans le métier")),
        total=len(rows),
        mark=past.mark,
        rows=iter(rows),
    )


_LISTS: dict[ExportKind, Callable[[Parameters], ExportedList]] = {
    ExportKind.CHANGES: _changes,
    ExportKind.SEARCH: _search,
    ExportKind.JOB_SKILLS: _job_skills,
}
