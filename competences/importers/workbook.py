"""Reading one sheet of an .xlsx workbook strictly: no macro, no formula, no bomb; a refusal says where.

Only the columns asked for are looked at. The size that a sheet claims is not believed: rows are read as they
come. Empty rows, formatted or not, are nothing.
"""

import hashlib
import io
import lzma
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from competences.importers.source import MAX_MEMBERS, MAX_RATIO, Anomalies, BrokenSource

MAX_FILE_BYTES = 32 * 2**20
MAX_UNPACKED_BYTES = 128 * 2**20
"""A workbook is XML held whole in memory, ten times as large: these are far above any table of codes."""

MAX_ROWS, MAX_COLUMNS = 100_000, 256
"""A row or a cell may claim any place; the reader would hand over as much emptiness before it."""

MACRO_MARKS = (b"macroEnabled", b"vbaProject", b"sheet.binary")
"""What [Content_Types].xml says of a workbook with macros, or in binary form, whatever the file's name."""

UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    DefusedXmlException,
    ParseError,
    EOFError,
    OSError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    AttributeError,
    IndexError,
    KeyError,
    TypeError,
    ValueError,
)
"""What the libraries below raise on bytes that are not the workbook they claim to be."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A value and where it stands. `value` is text without the blanks around it, a number, or None."""

    value: str | int | float | None
    line: int
    column: int

    @property
    def text(self) -> str:
        """The value as text; a whole number without a decimal point."""
        if self.value is None:
            return ""
        if isinstance(self.value, float) and self.value.is_integer():
            return str(int(self.value))
        return str(self.value)


class Workbook:
    """The bytes of one .xlsx file that holds nothing but values."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        try:
            if not path.is_file():
                raise BrokenSource.at(self.name, "absent", _("ce fichier n’existe pas"))
            if path.stat().st_size > MAX_FILE_BYTES:
                raise BrokenSource.at(self.name, "too_large", _("le fichier est trop grand pour une table"))
            self.content = path.read_bytes()
        except OSError as error:
            message = _("lecture impossible (%s)") % error.strerror
            raise BrokenSource.at(self.name, "unreadable", message) from error
        self._refuse_what_is_not_a_plain_workbook()

    @property
    def sha256(self) -> str:
        """The checksum of the bytes, as sha256sum prints it."""
        return hashlib.sha256(self.content).hexdigest()

    def rows(self, sheet: str, columns: Sequence[str], anomalies: Anomalies) -> list[Mapping[str, Cell]]:
        """The rows under the header (the first line) of a sheet that have a value in one of `columns`.

        A formula, an error, a date or a truth value in one of the columns is an error of `anomalies`, and
        its row is left out. Raises BrokenSource when the sheet or a column is missing, or a header is there
        twice.
        """
        place = f"{self.name}/{sheet}"
        places: dict[str, int] = {}
        found = []
        for line, cells in self._lines(place, sheet):
            if line == 1:
                places = _places(place, columns, cells)
            elif row := _row(place, line, places, cells, anomalies):
                found.append(row)
        if not places:
            message = _("la feuille est vide, il lui faut une ligne d’en-tête")
            raise BrokenSource.at(place, "empty_file", message)
        return found

    def _lines(self, place: str, sheet: str | None) -> Iterator[tuple[int, Sequence[Any]]]:
        """The cells of each line of a sheet (None: the first), empty lines too. What the library raises
        becomes a refusal."""
        try:
            with warnings.catch_warnings():
                # The library warns of styles and extensions that it does not read: neither do we.
                warnings.simplefilter("ignore")
                book = load_workbook(io.BytesIO(self.content), read_only=True, keep_links=False)
            names = {name.strip().casefold(): name for name in book.sheetnames}
            found = book.sheetnames[0] if sheet is None else names.get(sheet.casefold())
            if found is None:
                values = {"sheet": sheet, "known": ", ".join(book.sheetnames)}
                message = _("il manque la feuille « %(sheet)s » (feuilles trouvées : %(known)s)") % values
                raise BrokenSource.at(self.name, "missing_sheet", message)
            table = book[found]
            table.reset_dimensions()
            for line, cells in enumerate(table.iter_rows(max_col=MAX_COLUMNS), start=1):
                if line > MAX_ROWS:
                    raise BrokenSource.at(place, "too_many_rows", _("la feuille a trop de lignes"), line)
                yield line, cells
            book.close()
        except UNREADABLE as error:
            message = _("la feuille est illisible (%s)") % type(error).__name__
            raise BrokenSource.at(place, "malformed", message) from error

    def _refuse_what_is_not_a_plain_workbook(self) -> None:
        try:
            with zipfile.ZipFile(io.BytesIO(self.content)) as archive:
                members = archive.infolist()
                total = sum(m.file_size for m in members)
                if (
                    len(members) > MAX_MEMBERS
                    or total > MAX_UNPACKED_BYTES
                    or (total > 2**20 and total > MAX_RATIO * len(self.content))
                ):
                    message = _("le classeur est anormalement grand une fois déplié")
                    raise BrokenSource.at(self.name, "zip_bomb", message)
                types = archive.read("[Content_Types].xml")
                names = [m.filename.casefold() for m in members]
        except UNREADABLE as error:
            message = _("ce fichier n’est pas un classeur .xlsx")
            raise BrokenSource.at(self.name, "not_a_workbook", message) from error
        if any(mark in types for mark in MACRO_MARKS) or any(n.endswith("vbaproject.bin") for n in names):
            message = _(
                "ce classeur contient des macros, ou est d’une autre sorte que ce que dit son nom : "
                "enregistrez-le comme classeur .xlsx sans macro"
            )
            raise BrokenSource.at(self.name, "macro_file", message)


def _places(place: str, columns: Sequence[str], cells: Sequence[Any]) -> dict[str, int]:
    """Where each column stands, from the cells of the header."""
    header = [str(cell.value).strip() if cell.value is not None else "" for cell in cells]
    missing = [name for name in columns if name not in header]
    if missing:
        message = _("il manque la colonne : %s") % ", ".join(missing)
        raise BrokenSource.at(place, "missing_column", message, 1)
    twice = next((name for name in columns if header.count(name) > 1), None)
    if twice is not None:
        second = header.index(twice, header.index(twice) + 1) + 1
        message = _("la colonne « %s » est là deux fois") % twice
        raise BrokenSource.at(place, "duplicate_column", message, 1, second)
    return {name: header.index(name) for name in columns}


def _row(
    place: str, line: int, places: Mapping[str, int], cells: Sequence[Any], anomalies: Anomalies
) -> Mapping[str, Cell] | None:
    """The cells of one line by column; None when they are empty or one of them cannot be read."""
    row: dict[str, Cell] = {}
    is_sound = True
    for name, index in places.items():
        cell = cells[index] if index < len(cells) else None
        value = cell.value if cell is not None else None
        fault = _fault(cell, value)
        if fault:
            code, message = fault
            where = f"{get_column_letter(index + 1)}{line}"
            values = {"cell": where, "column": name}
            anomalies.error(place, code, message % values, line, index + 1)
            is_sound = False
        row[name] = Cell((value.strip() or None) if isinstance(value, str) else value, line, index + 1)
    if not is_sound or all(cell.value is None for cell in row.values()):
        return None
    return row


def _fault(cell: Any, value: Any) -> tuple[str, str] | None:
    """Why a cell cannot be read as it is: its code and a message with places for `cell` and `column`."""
    if value is None:
        return None
    if cell.data_type == "f":
        # What a formula gave when it was last worked out is not what its author vouches for.
        message = _("la cellule %(cell)s de « %(column)s » est une formule : collez sa valeur")
        return "formula", message
    if cell.data_type == "e":
        return "error_cell", _("la cellule %(cell)s de « %(column)s » contient une erreur de calcul")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return "wrong_type", _("la cellule %(cell)s de « %(column)s » n’est ni un texte ni un nombre")
    return None
