"""What other tables say of a job's codes: ROME to ISCO-08, and the ILO's scores of exposure.

Both are read from the producer's own .xlsx. Columns, sizes and traps were read on the files of 2025;
docs/rules/exposure.md says what is made of them.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from competences.enums import SignalKind, UploadFormat
from competences.importers.source import Anomalies, Anomaly
from competences.importers.workbook import Cell, Workbook

ROME_SHEET = "ROME to ISCO-08"
ROME_CODE, ISCO_CODE = "Code ROME", "Code ISCO08"
# The table's third column, "ISCO08 14SI4", is a coarser code that differs in most rows: it is not read.

ILO_SHEET = "Sheet1"
ILO_CODE, ILO_TASK = "ISCO_08", "taskID"
ILO_TASK_SCORES = {"mean_2025": "score_2025", "mean_2023": "score_2023"}
ILO_MEANS = {"mean_2025": "mean_score_2025", "mean_2023": "mean_score_2023"}
ILO_CLASSES = {"class_2025": "potential25", "class_2023": "potential23"}

ROUNDING = Decimal("0.0051")
"""The ILO prints means with two decimals: further than that from the mean of the tasks is worth a note."""


@dataclass(slots=True)
class ParsedCrosswalk:
    """Codes and what stands for them; every code has one answer."""

    rows: dict[str, str] = field(default_factory=dict)
    from_scheme: str = "rome3"
    to_scheme: str = "isco08"
    notes: list[Anomaly] = field(default_factory=list)


@dataclass(slots=True)
class Scores:
    """What the ILO says of one occupation."""

    line: int
    mean_2025: Decimal
    mean_2023: Decimal | None
    class_2025: str
    class_2023: str


@dataclass(slots=True)
class ParsedScores:
    """Scores by ISCO-08 code, and how many tasks they were read from."""

    rows: dict[str, Scores] = field(default_factory=dict)
    tasks: int = 0
    tasks_without_2023: int = 0
    notes: list[Anomaly] = field(default_factory=list)


Parsed = ParsedCrosswalk | ParsedScores


@dataclass(frozen=True, slots=True)
class SignalFormat:
    """A kind of file: what its source is called, what its scores mean, its terms, and how it is read."""

    slug: str
    kind: SignalKind
    name: Promise
    scale: Promise | str
    licence: Promise
    parse: Callable[[Workbook], Parsed]


def parse_rome_isco(book: Workbook) -> ParsedCrosswalk:
    """The ISCO-08 code of each ROME 3 code.

    Raises BrokenSource with every error found, each with its file and sheet, line and column.
    """
    anomalies, place = Anomalies(), f"{book.name}/{ROME_SHEET}"
    found = ParsedCrosswalk()
    for row in book.rows(ROME_SHEET, (ROME_CODE, ISCO_CODE), anomalies):
        code, isco = row[ROME_CODE], _isco(row[ISCO_CODE], place, anomalies)
        if not re.fullmatch(r"[A-N]\d{4}", code.text):
            message = _("« %s » n’est pas un code ROME (une lettre et quatre chiffres)") % code.text
            anomalies.error(place, "bad_code", message, code.line, code.column)
        elif code.text in found.rows:
            message = _("code déjà rencontré : %s") % code.text
            anomalies.error(place, "duplicate_id", message, code.line, code.column)
        elif isco:
            found.rows[code.text] = isco
    _refuse_nothing(found.rows, place, anomalies)
    anomalies.stop_on_errors()
    return found


def parse_ilo(book: Workbook) -> ParsedScores:
    """The exposure of each ISCO-08 occupation, from one row a task that repeats the occupation's figures.

    Raises BrokenSource with every error found, each with its file and sheet, line and column.
    """
    anomalies, place = Anomalies(), f"{book.name}/{ILO_SHEET}"
    columns = (
        *(ILO_CODE, ILO_TASK),
        *ILO_TASK_SCORES.values(),
        *ILO_MEANS.values(),
        *ILO_CLASSES.values(),
    )
    found = ParsedScores()
    tasks: dict[str, dict[str, Mapping[str, Decimal | None]]] = {}
    for row in book.rows(ILO_SHEET, columns, anomalies):
        isco = _isco(row[ILO_CODE], place, anomalies)
        scores = {name: _score(row[column], place, anomalies) for name, column in ILO_TASK_SCORES.items()}
        own = _occupation(row, place, anomalies)
        if not isco or own is None:
            continue
        task = row[ILO_TASK]
        if task.text in tasks.setdefault(isco, {}):
            message = _("tâche %(task)s du métier %(isco)s déjà rencontrée") % {
                "task": task.text,
                "isco": isco,
            }
            anomalies.error(place, "duplicate_id", message, task.line, task.column)
            continue
        tasks[isco][task.text] = scores
        _keep(found, isco, own, row[ILO_CODE], place, anomalies)
    _refuse_nothing(found.rows, place, anomalies)
    anomalies.stop_on_errors()
    _check_means(found, tasks, place, anomalies)
    found.tasks = sum(len(of_one) for of_one in tasks.values())
    found.tasks_without_2023 = sum(
        s["mean_2023"] is None for of_one in tasks.values() for s in of_one.values()
    )
    found.notes = anomalies.all_notes()
    return found


def _occupation(row: Mapping[str, Cell], place: str, anomalies: Anomalies) -> Scores | None:
    """What a row says of the whole occupation; None, with an error, when the mean of 2025 is missing."""
    cell = row[ILO_MEANS["mean_2025"]]
    if cell.value is None:
        anomalies.error(place, "empty_cell", _("il manque le score"), cell.line, cell.column)
        return None
    means = {name: _score(row[column], place, anomalies) for name, column in ILO_MEANS.items()}
    if means["mean_2025"] is None:
        return None
    classes = {name: row[column].text for name, column in ILO_CLASSES.items()}
    return Scores(cell.line, means["mean_2025"], means["mean_2023"], **classes)


def _keep(found: ParsedScores, isco: str, own: Scores, cell: Cell, place: str, anomalies: Anomalies) -> None:
    """Keeps the figures of an occupation; its rows must all say the same."""
    first = found.rows.setdefault(isco, own)
    told = [(s.mean_2025, s.mean_2023, s.class_2025, s.class_2023) for s in (first, own)]
    if told[0] != told[1]:
        values = {"isco": isco, "line": first.line}
        message = _("le métier %(isco)s a d’autres chiffres qu’à la ligne %(line)d") % values
        anomalies.error(place, "contradiction", message, own.line, cell.column)


def _check_means(
    found: ParsedScores,
    tasks: Mapping[str, Mapping[str, Mapping[str, Decimal | None]]],
    place: str,
    anomalies: Anomalies,
) -> None:
    """Notes the means that are not those of the tasks: the producer's figure is kept, and the doubt told."""
    for isco, own in found.rows.items():
        for name, column in ILO_MEANS.items():
            scores = [score for task in tasks[isco].values() if (score := task[name]) is not None]
            stated = getattr(own, name)
            if scores and stated is not None and abs(sum(scores) / len(scores) - stated) > ROUNDING:
                message = _("%(column)s du métier %(isco)s n’est pas la moyenne de ses tâches")
                values = {"column": column, "isco": isco}
                anomalies.note(place, "other_mean", message % values, own.line)


def _isco(cell: Cell, place: str, anomalies: Anomalies) -> str:
    """An ISCO-08 code on four digits: read as a number, 0110 lost its zero. Empty, with an error, else."""
    text = cell.text
    if re.fullmatch(r"\d{1,4}", text, re.ASCII) and (len(text) == 4 or not isinstance(cell.value, str)):
        return text.zfill(4)
    message = _("« %s » n’est pas un code ISCO-08 (quatre chiffres)") % text
    anomalies.error(place, "bad_code", message, cell.line, cell.column)
    return ""


def _score(cell: Cell, place: str, anomalies: Anomalies) -> Decimal | None:
    """A score from 0 to 1, None where the cell is empty, or, with an error, not a score."""
    if cell.value is None:
        return None
    if isinstance(cell.value, str):
        message = _("« %s » n’est pas un nombre") % cell.text
        anomalies.error(place, "not_a_number", message, cell.line, cell.column)
        return None
    if not 0 <= cell.value <= 1:
        message = _("le score %s n’est pas entre 0 et 1") % cell.text
        anomalies.error(place, "out_of_scale", message, cell.line, cell.column)
        return None
    return round(Decimal(str(cell.value)), 4)


def _refuse_nothing(rows: Mapping[str, object], place: str, anomalies: Anomalies) -> None:
    if not rows and not anomalies.errors:
        anomalies.error(place, "no_rows", _("la feuille n’a aucune ligne sous son en-tête"))


FORMATS: Mapping[str, SignalFormat] = {
    format.slug: format
    for format in (
        SignalFormat(
            slug=UploadFormat.ROME_ISCO.value,
            kind=SignalKind.CROSSWALK,
            name=UploadFormat.ROME_ISCO.label,
            scale="",
            licence=gettext_lazy("Table officielle, apportée par la personne qui l’a importée."),
            parse=parse_rome_isco,
        ),
        SignalFormat(
            slug=UploadFormat.ILO.value,
            kind=SignalKind.EXPOSURE,
            name=UploadFormat.ILO.label,
            scale=gettext_lazy(
                "de 0 (pas du tout) à 1 (entièrement) : jusqu’où une IA générative pourrait faire les tâches "
                "du métier, en moyenne"
            ),
            licence=gettext_lazy(
                "Sans licence connue : le fichier a été apporté par la personne qui l’a importé, "
                "il n’est pas redistribué."
            ),
            parse=parse_ilo,
        ),
    )
}
"""The files that are read, by the slug of their source."""
