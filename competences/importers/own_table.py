"""The rows of an organisation's own table, each with what is wrong in it.

Nothing here stops at the first fault: a person mends all the rows of a file at once.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils.translation import gettext as _

from accounts.rules.csv_cells import csv_text, plain_cell
from competences.importers.source import BrokenSource
from competences.rules.labels import fold

JOB_CODE, JOB, SKILL_CODE, SKILL, CORE, REPLACES = range(6)
COLUMNS = ("code_metier", "metier", "code_competence", "competence", "coeur", "remplace")
REQUIRED = COLUMNS[:5]
PROBLEM = "probleme"
"""The last column of the file of failed rows; it is not read again."""

NAMES = {name: name for name in (*COLUMNS, PROBLEM)} | {
    "job_code": "code_metier",
    "job": "metier",
    "skill_code": "code_competence",
    "skill_id": "code_competence",
    "skill": "competence",
    "core": "coeur",
    "replaces": "remplace",
    "problem": PROBLEM,
}
"""Names of columns that are read, folded, with the name that we give them."""

CORE_WORDS = {
    **dict.fromkeys(("oui", "o", "x", "1", "vrai", "yes", "y", "true", "principale", "coeur"), True),
    **dict.fromkeys(("", "non", "n", "0", "faux", "no", "false"), False),
}
CODE_LENGTH, LABEL_LENGTH = 100, 500
CODE = re.compile(r"\w[\w .:+#-]*")
"""A code stands in addresses of pages: no slash, and no sign that would be read as something else."""

NO_TEXT = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""Controls, halves of surrogate pairs, and what is no character."""

UNSEEN = re.compile(
    r"[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
"""Marks that turn the direction of a text, and others that nobody sees: with one, two labels that read the
same are not, or a label reads otherwise than it is written. Joiners stay: some scripts need them."""

MAX_BYTES = 5 * 2**20
MAX_ROWS = 50_000
SEPARATORS = ";,\t"
MISREAD = {
    b"PK\x03\x04": "xlsx",
    b"\xd0\xcf\x11\xe0": "xls",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
"""First bytes of what is often sent in the place of a CSV."""


class Fault(NamedTuple):
    """What is wrong in a row; `column` starts at 1, in the file as it is."""

    column: int
    code: str
    message: str


class Checked(NamedTuple):
    """A cell's text, with the code and the message of what is wrong in it, empty when nothing is."""

    text: str
    code: str
    message: str


@dataclass(slots=True)
class Row:
    """A row: the line on which it starts, its cells in the order of COLUMNS, and its faults."""

    line: int
    cells: list[str]
    faults: list[Fault] = field(default_factory=list)

    @property
    def is_core(self) -> bool:
        return CORE_WORDS[fold(self.cells[CORE])]


@dataclass(slots=True)
class Table:
    """A table as it was read. `places` gives, for each of COLUMNS, its number in the file (0: absent)."""

    file: str
    rows: list[Row]
    places: list[int]
    is_windows: bool
    unknown: list[str]

    @property
    def failed(self) -> list[Row]:
        """The rows in which something is wrong."""
        return [row for row in self.rows if row.faults]


def read(file: str, content: bytes) -> Table:
    """Every row of a table in CSV, with its faults.

    The file is UTF-8 (with or without a mark) or Windows-1252, its cells are parted by semicolons, commas or
    tabs. Raises BrokenSource when no row can be told from another, or a column is missing.
    """
    text, is_windows = decoded(file, content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator(text), strict=True)
    try:
        header = next(reader, None)
        if not header:
            message = _("le fichier est vide, il lui faut une ligne d’en-tête")
            raise BrokenSource.at(file, "empty_file", message)
        places, unknown = _places(file, header)
        rows = list(_rows(file, reader, places, len(header)))
    except csv.Error as error:
        message = _("ligne illisible : un guillemet n’est pas fermé ou pas à sa place")
        raise BrokenSource.at(file, "malformed", message, reader.line_num) from error
    if not rows:
        raise BrokenSource.at(file, "no_row", _("aucune ligne sous l’en-tête"), 1)
    _check_together(rows, places)
    return Table(file, rows, places, is_windows, unknown)


def failed_rows(table: Table) -> str:
    """The rows in error as a CSV file, with what is wrong in a last column: to be mended and sent again."""
    rows = ([*row.cells, _(" ; ").join(f.message for f in row.faults)] for row in table.failed)
    return csv_text((*COLUMNS, PROBLEM), rows)


def mended(table: Table, mend: Table) -> str:
    """The whole table again: the rows that were good, and the mended rows in the place of the rest."""
    return csv_text(COLUMNS, (row.cells for row in (*(r for r in table.rows if not r.faults), *mend.rows)))


def template() -> str:
    """An empty table to fill in, with two rows that show how."""
    examples = [
        ["M1", _("Chef ou cheffe d’atelier"), "C1", _("Planifier une journée de travail"), _("oui"), ""],
        ["M1", _("Chef ou cheffe d’atelier"), "C2", _("Utiliser un tableur"), _("non"), ""],
    ]
    return csv_text(COLUMNS, examples)


def decoded(file: str, content: bytes) -> tuple[str, bool]:
    """The text of a CSV file, and whether it is in Windows-1252. Raises BrokenSource with the place."""
    if len(content) > MAX_BYTES:
        values = {"size": MAX_BYTES // 2**20}
        raise BrokenSource.at(file, "too_large", _("le fichier dépasse %(size)s Mo") % values)
    for start, kind in MISREAD.items():
        if content.startswith(start):
            message = _("ce fichier est au format %s : enregistrez-le en CSV (UTF-8)") % kind
            raise BrokenSource.at(file, "not_csv", message)
    try:
        return content.decode("utf-8-sig"), False
    except UnicodeDecodeError:
        try:
            return content.decode("cp1252"), True
        except UnicodeDecodeError as error:
            before = content[: error.start]
            place = (before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
            message = _("le fichier n’est ni en UTF-8 ni en Windows-1252 (octet 0x%02X)")
            raise BrokenSource.at(file, "encoding", message % content[error.start], *place) from error


def separator(text: str) -> str:
    """What parts the cells: the separator that the header has most of."""
    header = text.partition("\n")[0]
    return max(SEPARATORS, key=header.count)


def _places(file: str, header: Sequence[str]) -> tuple[list[int], list[str]]:
    """The number of each column in the file, and the columns that are not read."""
    found: dict[str, int] = {}
    unknown = []
    for number, title in enumerate(header, start=1):
        name = NAMES.get(fold(plain_cell(title)).replace(" ", "_"))
        if name is None:
            unknown += [title.strip()] if title.strip() else []
        elif name in found:
            raise BrokenSource.at(file, "duplicate_column", _("colonne en double : %s") % title, 1, number)
        else:
            found[name] = number
    missing = [name for name in REQUIRED if name not in found]
    if missing:
        names = ", ".join(missing)
        raise BrokenSource.at(file, "missing_column", _("il manque la colonne : %s") % names, 1)
    return [found.get(name, 0) for name in COLUMNS], unknown


def _rows(file: str, reader: Iterator[list[str]], places: list[int], width: int) -> Iterator[Row]:
    # Most cells say what the cells above said: each text is cleaned and checked once.
    known: list[dict[str, Checked]] = [{} for _name in COLUMNS]
    start = reader.line_num + 1  # type: ignore[attr-defined] # csv.reader has it, its protocol has not
    for number, cells in enumerate(reader):
        if number >= MAX_ROWS:
            message = _("le fichier a plus de %s lignes") % MAX_ROWS
            raise BrokenSource.at(file, "too_large", message, start)
        checked = [
            _checked(column, cells[place - 1] if 0 < place <= len(cells) else "", known[column])
            for column, place in enumerate(places)
        ]
        if any(text for text, _code, _message in checked):
            row = Row(start, [text for text, _code, _message in checked])
            if len(cells) != width:
                values = {"found": len(cells), "width": width}
                message = _("%(found)d cellules au lieu de %(width)d") % values
                row.faults.append(Fault(min(len(cells), width) + 1, "ragged_row", message))
            else:
                row.faults += [
                    Fault(place, code, message)
                    for place, (_text, code, message) in zip(places, checked, strict=True)
                    if code
                ]
            yield row
        start = reader.line_num + 1  # type: ignore[attr-defined]


def _checked(column: int, cell: str, known: dict[str, Checked]) -> Checked:
    found = known.get(cell)
    if found is None:
        # Blanks, line ends included, become one space each.
        text = " ".join(plain_cell(cell).split())
        found = known[cell] = Checked(text, *_fault(column, text))
    return found


def _fault(column: int, text: str) -> tuple[str, str]:
    """What is wrong in a cell by itself: a code and a message, both empty when nothing is."""
    name = COLUMNS[column]
    is_code = column in (JOB_CODE, SKILL_CODE, REPLACES)
    longest = CODE_LENGTH if is_code else LABEL_LENGTH
    if not text:
        if column in (CORE, REPLACES):
            return "", ""
        return "blank", _("la cellule « %s » est vide") % name
    if len(text) > longest:
        values = {"name": name, "longest": longest}
        return "too_long", _("la cellule « %(name)s » dépasse %(longest)s caractères") % values
    if NO_TEXT.search(text):
        return "bad_character", _("un caractère de « %s » n’est pas un texte") % name
    if unseen := UNSEEN.search(text):
        values = {"name": name, "code": f"U+{ord(unseen[0]):04X}"}
        message = _("« %(name)s » contient un caractère invisible (%(code)s) : retapez le texte à la main")
        return "unseen_character", message % values
    if is_code and not CODE.fullmatch(text):
        message = _("un code a des lettres, des chiffres, des espaces et les signes . : _ + # - : « %s »")
        return "bad_code", message % text
    if column == CORE and (not fold(text) or fold(text) not in CORE_WORDS):
        return "unknown_value", _("« %s » ne dit ni oui ni non") % text
    return "", ""


def _check_together(rows: Iterable[Row], places: list[int]) -> None:
    """What is wrong between rows; the first to say something is right."""
    labels: dict[tuple[int, str], tuple[str, int]] = {}
    pairs: dict[tuple[str, str], int] = {}
    for row in rows:
        if row.faults:
            continue
        for code, label in ((JOB_CODE, JOB), (SKILL_CODE, SKILL)):
            known, line = labels.setdefault((code, row.cells[code]), (row.cells[label], row.line))
            if known != row.cells[label]:
                values = {"code": row.cells[code], "label": known, "line": line}
                message = _("« %(code)s » s’appelle « %(label)s » à la ligne %(line)s") % values
                row.faults.append(Fault(places[label], "two_labels", message))
        first = pairs.setdefault((row.cells[JOB_CODE], row.cells[SKILL_CODE]), row.line)
        if first != row.line:
            message = _("cette compétence est déjà dans ce métier, à la ligne %s") % first
            row.faults.append(Fault(places[SKILL_CODE], "duplicate_row", message))
    _check_successors([row for row in rows if not row.faults], places)


def _check_successors(rows: Iterable[Row], places: list[int]) -> None:
    listed = {row.cells[SKILL_CODE] for row in rows}
    successor: dict[str, tuple[str, int]] = {}
    for row in rows:
        old, new = row.cells[REPLACES], row.cells[SKILL_CODE]
        if not old:
            continue
        known, line = successor.setdefault(old, (new, row.line))
        if old in listed:
            message = _("« %s » est encore dans ce fichier : elle n’est pas remplacée") % old
            row.faults.append(Fault(places[REPLACES], "still_listed", message))
        elif known != new:
            values = {"old": old, "new": known, "line": line}
            message = _("« %(old)s » est remplacée par « %(new)s » à la ligne %(line)s") % values
            row.faults.append(Fault(places[REPLACES], "two_successors", message))
