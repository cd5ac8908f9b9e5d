"""Reading a table of skills that a person brings, in CSV or XLSX: every row, with what is wrong in it."""

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override
from openpyxl.utils import get_column_letter

from accounts.rules.csv_cells import plain_cell
from competences.enums import ExportFormat, ImportFormat
from competences.importers import record_rows
from competences.importers.own_table import decoded, separator
from competences.importers.record_rows import LANGUAGES, MAX_ROWS, ReadFile, ReadSkill, Unreadable
from competences.importers.source import BrokenSource
from competences.importers.workbook import Workbook
from competences.queries.record_exports import statement_columns
from competences.rules.labels import fold
from competences.spreadsheets import sheet

MAX_UNPACKED_BYTES = 20 * 2**20
"""A table of 10,000 rows is less than half of that once unpacked."""

MAX_LINES = 4 * MAX_ROWS
"""Lines looked at, empty ones among them."""

LEFT_ASIDE = ""
FIELDS = (
    *("text", "level", "sources", "wish", "context", "acquired_on", "practised_on", "is_practised"),
    *(LEFT_ASIDE, "reference", LEFT_ASIDE, "code", "own_words"),
)
"""What each column of our own lists (statement_columns) is to a reader."""

ENDED = "ended"
"""A column that says that the row is about the past: it proposes nothing."""

OTHER_NAMES = {
    "text": ("nom", "intitule", "competences", "skill", "skills", "name", "skill name"),
    "level": ("niveau sur 8", "level", "level out of 8"),
    "sources": ("source", "origine", "ou vous l avez appris", "sources"),
    "wish": ("envie d utilisation", "wish"),
    "context": ("cadre", "dans quel cadre", "context"),
    "acquired_on": ("depuis", "acquise le", "since", "acquired on"),
    "practised_on": ("derniere utilisation", "last practised", "last practiced", "last used"),
    "is_practised": ("pratiquee", "still practised", "still practiced"),
    "reference": ("reference", "framework"),
    "code": ("code", "id", "identifier"),
    "own_words": ("avec vos mots", "in my own words", "own words"),
    ENDED: ("dit jusqu au", "retiree le", "said until", "taken out on"),
}

Cells = list[str | Unreadable]
"""The texts of a line; in the place of one that is no text, what is wrong with it."""


def read_csv(file: str, content: bytes, today: dt.date) -> ReadFile:
    """A table in UTF-8 or Windows-1252, parted by semicolons, commas or tabs.

    Raises BrokenSource, with line and column, when no row can be told from another or no column names skills.
    """
    text, _is_windows = decoded(file, content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator(text), strict=True)
    try:
        return _read(file, ImportFormat.CSV, _csv_lines(reader), today)
    except csv.Error as error:
        message = _("ligne illisible : un guillemet n’est pas fermé ou pas à sa place")
        raise BrokenSource.at(file, "malformed", message, reader.line_num) from error


def read_xlsx(file: str, content: bytes, today: dt.date) -> ReadFile:
    """The first sheet of a workbook: no macro, no formula, no bomb. Raises BrokenSource."""
    return _read(file, ImportFormat.XLSX, SentWorkbook(file, content).lines(), today)


def template(format: str) -> bytes:
    """An empty table to fill in, with two rows that show how."""
    columns = statement_columns()
    shown = [place for place, name in enumerate(FIELDS) if name]
    examples: list[dict[str, Any]] = [
        {
            "text": _("Utiliser un tableur"),
            "level": 4,
            "sources": _("un emploi"),
            "acquired_on": "2021-09-01",
        },
        {"text": _("Animer une réunion à distance"), "context": _("au sein d’une association")},
    ]
    target = io.BytesIO()
    written = sheet(ExportFormat(format), target)
    written.add([columns[place] for place in shown])
    for example in examples:
        written.add([example.get(FIELDS[place]) for place in shown])
    written.close()
    return target.getvalue()


class SentWorkbook(Workbook):
    """A workbook that somebody sends: small, and read from memory."""

    def __init__(self, name: str, content: bytes) -> None:
        self.name = name
        self.content = content
        self._refuse_what_is_not_a_plain_workbook()
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(member.file_size for member in archive.infolist()) > MAX_UNPACKED_BYTES:
                message = _("le classeur est anormalement grand une fois déplié")
                raise BrokenSource.at(name, "zip_bomb", message)

    def lines(self) -> Iterator[tuple[int, Cells]]:
        """The cells of each line of the first sheet."""
        for line, cells in self._lines(self.name, None):
            yield line, [_cell(cell, line, column) for column, cell in enumerate(cells, start=1)]


def _cell(cell: Any, line: int, column: int) -> str | Unreadable:
    value = cell.value
    where = f"{get_column_letter(column)}{line}"
    if value is None:
        return ""
    if cell.data_type == "f":
        return Unreadable(_("la cellule %s est une formule : collez sa valeur.") % where)
    if cell.data_type == "e":
        return Unreadable(_("la cellule %s contient une erreur de calcul.") % where)
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()[:10]
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, str | int | float):
        return plain_cell(str(value))
    return Unreadable(_("la cellule %s n’est ni un texte, ni un nombre, ni une date.") % where)


def _csv_lines(reader: Any) -> Iterator[tuple[int, Cells]]:
    start = 1
    for cells in reader:
        yield start, [plain_cell(cell) for cell in cells]
        start = reader.line_num + 1


def _read(file: str, format: ImportFormat, lines: Iterable[tuple[int, Cells]], today: dt.date) -> ReadFile:
    found = ReadFile(format.value)
    places: dict[str, int] = {}
    rows = 0
    for line, cells in lines:
        if line > MAX_LINES:
            raise BrokenSource.at(file, "too_many_rows", _("le fichier a trop de lignes"), line)
        if not any(isinstance(cell, Unreadable) or cell.strip() for cell in cells):
            continue
        if not places:
            places = _places(file, line, cells)
            continue
        rows += 1
        if rows > MAX_ROWS:
            message = _("le fichier a plus de %s lignes") % MAX_ROWS
            raise BrokenSource.at(file, "too_many_rows", message, line)
        _read_row(found, line, cells, places, today)
    if not rows:
        message = _("il n’y a aucune ligne sous l’en-tête") if places else _("le fichier est vide")
        raise BrokenSource.at(file, "no_row", message, 1)
    return found


def _places(file: str, line: int, cells: Sequence[str | Unreadable]) -> dict[str, int]:
    """Where each field stands, from the cells of the header."""
    names = _names()
    places: dict[str, int] = {}
    for place, cell in enumerate(cells):
        name = names.get(fold(cell)) if isinstance(cell, str) else None
        if not name:
            continue
        if name in places and name != ENDED:
            raise BrokenSource.at(
                file, "duplicate_column", _("colonne en double : %s") % cell, line, place + 1
            )
        # One of the columns that end a row is enough: the last revision of a skill taken out has both.
        places.setdefault(name if name != ENDED else f"{ENDED}{place}", place)
    if "text" not in places and "own_words" not in places:
        wanted = str(statement_columns()[0])
        message = _("il manque la colonne « %s », qui nomme les compétences") % wanted
        raise BrokenSource.at(file, "missing_column", message, line, 1)
    return places


def _names() -> dict[str, str]:
    """The field that each folded heading names: ours in each language, and those that others use."""
    names = {other: name for name, others in OTHER_NAMES.items() for other in others}
    for language in LANGUAGES:
        with override(language):
            for heading, name in zip(statement_columns(), FIELDS, strict=True):
                names[fold(str(heading))] = name
    return names


READERS: dict[str, Callable[..., Any]] = {
    "level": record_rows.level,
    "sources": record_rows.sources,
    "wish": record_rows.wish,
    "context": record_rows.context,
    "is_practised": record_rows.yes,
    "reference": record_rows.clean,
    "code": record_rows.clean,
}
DAYS = ("acquired_on", "practised_on")


def _read_row(
    found: ReadFile, line: int, cells: Sequence[str | Unreadable], places: dict[str, int], today: dt.date
) -> None:
    def told(name: str) -> str:
        place = places.get(name, len(cells))
        cell = cells[place] if place < len(cells) else ""
        if isinstance(cell, Unreadable):
            raise cell
        return cell

    where = _("ligne %s") % line
    values: dict[str, Any] = {}
    name = "text"
    try:
        if any(told(ended).strip() for ended in places if ended.startswith(ENDED)):
            return
        own_words = told("own_words")
        text = record_rows.skill_text(told("text") or own_words)
        for name, reader in READERS.items():
            values[name] = reader(told(name))
        for name in DAYS:
            values[name] = record_rows.day(told(name), today)
        read = ReadSkill(text=text, where=where, **values)
        record_rows.in_order(read)
    except Unreadable as error:
        place = places.get(name)
        column = _(", colonne %s") % get_column_letter(place + 1) if place is not None else ""
        found.fault(f"{where}{column}", str(error))
        return
    if len(read.code) > 500 or len(read.reference) > 50:
        read.code = read.reference = ""
    found.skills.append(read)
