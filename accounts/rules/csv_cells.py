"""Cells of the CSV files that we write: a text stays a text in every spreadsheet.

A spreadsheet runs a cell that begins with =, +, - or @ (full-width forms too), or with a tab or a line end,
as a formula (OWASP, "CSV Injection"). Such a cell is written behind an apostrophe, which says "text" to
spreadsheets; reading takes it off again, so that what we wrote and somebody sends back is the same. A plain
number ("-12", "+3,5") runs nothing and stays one.
"""

import csv
import io
import re
from collections.abc import Iterable

SEPARATOR = ";"
"""What spreadsheets in French expect."""

BYTE_ORDER_MARK = "\ufeff"
"""Tells spreadsheets that the file is in UTF-8."""

_RISKY = re.compile(r"'*(?:[\t\r\n]|\s*[=+\-@＝＋－＠])")
_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")


def safe_cell(text: str) -> str:
    """The text as a CSV cell that no spreadsheet runs."""
    return "'" + text if _RISKY.match(text) and not _NUMBER.fullmatch(text) else text


def plain_cell(cell: str) -> str:
    """The text that `safe_cell` was given: an apostrophe before what would run is taken off."""
    return cell[1:] if cell.startswith("'") and _RISKY.match(cell) else cell


def csv_text(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A CSV file: semicolons, CRLF, a byte order mark, texts made safe; numbers and None as they are."""
    out = io.StringIO(newline="")
    out.write(BYTE_ORDER_MARK)
    writer = csv.writer(out, delimiter=SEPARATOR, lineterminator="\r\n")
    writer.writerow(safe_cell(name) for name in header)
    writer.writerows([safe_cell(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return out.getvalue()
