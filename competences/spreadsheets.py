"""Files written row by row: CSV and XLSX for spreadsheet programs, without formulas; JSON as it comes."""

import csv
import io
import re
from collections.abc import Sequence
from typing import BinaryIO, Protocol

from openpyxl import Workbook

from accounts.rules.csv_cells import safe_cell
from competences.enums import ExportFormat

Cell = str | int | None

MEDIA_TYPES = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.JSON: "application/json",
}
# What XML cannot hold, whatever the way of writing it.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


class Sheet(Protocol):
    """A list being written."""

    def add(self, row: Sequence[Cell]) -> None:
        """Write a row."""

    def close(self) -> None:
        """Write what is left; the target stays open."""

    def abandon(self) -> None:
        """Leave the list unfinished."""


class CsvSheet:
    """UTF-8 with its mark and semicolons: a spreadsheet program set to French opens it as it is."""

    def __init__(self, target: BinaryIO) -> None:
        self._text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=True)
        self._rows = csv.writer(self._text, delimiter=";", lineterminator="\r\n")

    def add(self, row: Sequence[Cell]) -> None:
        """Write a row."""
        self._rows.writerow([_cell(value) for value in row])

    def close(self) -> None:
        """Leave the target to whoever opened it."""
        self._text.detach()

    abandon = close


class XlsxSheet:
    """One sheet, written through a temporary file: memory does not grow with the rows."""

    def __init__(self, target: BinaryIO) -> None:
        self._target = target
        self._book = Workbook(write_only=True)
        self._sheet = self._book.create_sheet()

    def add(self, row: Sequence[Cell]) -> None:
        """Write a row."""
        self._sheet.append([_cell(value) for value in row])

    def close(self) -> None:
        """Pack the book into the target."""
        self._book.save(self._target)

    def abandon(self) -> None:
        """End the temporary file in good order."""
        self._sheet.close()


class TextSheet:
    """A text in UTF-8 whose rows are its pieces, each in one cell."""

    def __init__(self, target: BinaryIO) -> None:
        self._target = target

    def add(self, row: Sequence[Cell]) -> None:
        """Write a piece."""
        self._target.write("".join(str(value) for value in row).encode())

    def close(self) -> None:
        """Leave the target to whoever opened it."""

    abandon = close


SHEETS = {ExportFormat.CSV: CsvSheet, ExportFormat.XLSX: XlsxSheet, ExportFormat.JSON: TextSheet}


def _cell(value: Cell) -> str | int:
    if isinstance(value, int):
        return value
    return safe_cell(_UNWRITABLE.sub("", value or ""))


def sheet(format: str, target: BinaryIO) -> Sheet:
    """A sheet of that format, written into the target."""
    return SHEETS[ExportFormat(format)](target)


def size_of(row: Sequence[Cell]) -> int:
    """Bytes of the row's texts, separators included: what a row weighs before a format packs it."""
    return sum(len(str(value or "").encode(errors="replace")) + 1 for value in row)
