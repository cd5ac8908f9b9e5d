"""Small workbooks written cell by cell, sound or broken."""

import io
import zipfile
from pathlib import Path

from openpyxl import Workbook

ROME_HEADER = ("Code ROME", "Libellé codes ROME", "ISCO08 14SI4", "Code ISCO08", "Libellé codes ISCO08")
ROME_ROWS = (
    ("A1101", "Engins", 8341, 8341, "Conduite"),
    ("K1703", "Défense", 0, 110, "Officiers"),
    ("M1805", "Informatique", 25, 2512, "Développement"),
)
ILO_HEADER = (
    *("ISCO_08", "taskID", "score_2023", "score_2025"),
    *("mean_score_2023", "mean_score_2025", "potential25", "potential23"),
)


def ilo_rows(isco="2512", scores=((0.5, 0.6), (0.7, 0.64)), class_2025="Exposed: Gradient 4", first=1):
    """One row a task, as the ILO writes them: the figures of the occupation are repeated."""
    means = [round(sum(s[year] for s in scores) / len(scores), 2) for year in (0, 1)]
    return [
        (isco, first + n, old, new, *means, class_2025, "Augmentation Potential")
        for n, (old, new) in enumerate(scores)
    ]


def write(path: Path, sheets: dict[str, list[tuple]]) -> Path:
    """A workbook with these sheets, each a list of rows."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def rome_isco(path: Path, rows=ROME_ROWS, header=ROME_HEADER, sheet="ROME to ISCO-08") -> Path:
    return write(path, {"Définition": [("La table",)], sheet: [header, *rows]})


def ilo(path: Path, rows=None, header=ILO_HEADER, sheet="Sheet1") -> Path:
    return write(path, {sheet: [header, *(ilo_rows() if rows is None else rows)]})


def rewrite(path: Path, member: str, change) -> Path:
    """The same archive with one member's bytes changed; None from `change` takes it out."""
    source = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            content = change(content) if name == member else content
            if content is not None:
                target.writestr(name, content)
    return path


def add(path: Path, member: str, content: bytes) -> Path:
    """The same archive with one member more."""
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, content)
    return path
