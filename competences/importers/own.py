"""An organisation's own reference: one table of jobs and their skills, in CSV.

Columns (own_table.COLUMNS, English names read too): job code, job, skill code, skill, core, and optionally
the skill code that this one replaces. docs/rules/own.md says what each cell may hold.
"""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from competences.importers import own_table
from competences.importers.base import Claim, Key, ParsedEdition, SourceMark, only_source
from competences.importers.own_table import JOB, JOB_CODE, REPLACES, SKILL, SKILL_CODE, Table
from competences.importers.source import MAX_ANOMALIES, Anomalies, Anomaly, BrokenSource, Source
from competences.rules.edition_diff import ConceptState

CORE = "principale"


def parse(sources: Sequence[Source], claim: Claim) -> ParsedEdition:
    """An edition of an own reference; its number and date are the caller's to say.

    Raises BrokenSource with every fault of every row (beyond MAX_ANOMALIES they are counted), each with its
    line and column.
    """
    source = only_source(sources)
    table = read(source)
    if claim.number is None:
        raise BrokenSource.at(
            table.file, "no_number", _("donnez le numéro de l’édition : le fichier ne le dit pas")
        )
    _stop_on_faults(table)
    edition = ParsedEdition(
        format="own",
        number=claim.number,
        published_on=claim.published_on,
        title="",
        sources=[SourceMark("full", "fr", source.sha256, source.name)],
    )
    _fill(edition, table)
    edition.anomalies = _notes(table).all_notes()
    return edition


def read(source: Source) -> Table:
    """The one CSV table of a source. Raises BrokenSource."""
    names = [name for name in source.files if name.lower().endswith(".csv")]
    if not names:
        raise BrokenSource.at(source.name, "not_csv", _("il faut un fichier CSV, dont le nom finit par .csv"))
    if len(names) > 1:
        raise BrokenSource.at(names[1], "too_many_sources", _("un seul fichier CSV à la fois"))
    return own_table.read(names[0], source.files[names[0]])


def _fill(edition: ParsedEdition, table: Table) -> None:
    title_of, uses = edition.links.setdefault("title_of", {}), edition.links.setdefault("uses", {})
    for row in table.rows:
        job, skill = Key("job", row.cells[JOB_CODE]), Key("skill", row.cells[SKILL_CODE])
        if job not in edition.concepts:
            # People name a job by a title: here the job's own name is its only one.
            title = Key("title", row.cells[JOB_CODE])
            edition.concepts[job] = ConceptState("job", row.cells[JOB])
            edition.concepts[title] = ConceptState(
                "title", row.cells[JOB], "", {"classification": "PRINCIPALE"}
            )
            title_of[title, job] = ""
        edition.concepts.setdefault(skill, ConceptState("skill", row.cells[SKILL]))
        uses[job, skill] = CORE if row.is_core else ""
        if old := row.cells[REPLACES]:
            edition.successors[Key("skill", old)] = skill


def _stop_on_faults(table: Table) -> None:
    faults = [
        Anomaly(table.file, row.line, fault.column, fault.code, fault.message)
        for row in table.failed
        for fault in row.faults
    ]
    if faults:
        rest = len(faults) - MAX_ANOMALIES
        told = [Anomaly("", 0, 0, "more", _("et %(count)d autres anomalies") % {"count": rest})]
        raise BrokenSource(faults[:MAX_ANOMALIES] + (told if rest > 0 else []))


def _notes(table: Table) -> Anomalies:
    notes = Anomalies()
    if table.is_windows:
        notes.note(table.file, "windows_1252", _("fichier lu en Windows-1252 : il n’est pas en UTF-8"))
    for name in table.unknown:
        notes.note(table.file, "unknown_column", _("colonne laissée de côté : %s") % name, 1)
    return notes
