"""Reading what a producer published: a zip or a folder of files, with every refusal saying where.

Nothing is extracted to disk. A zip and the folder it unpacks to are the same source and have the same
checksum.
"""

import csv
import hashlib
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import count
from operator import itemgetter
from pathlib import Path, PurePosixPath
from typing import Self

from django.utils.translation import gettext as _

from accounts.errors import DomainError

MAX_MEMBERS = 500
MAX_MEMBER_BYTES = 256 * 2**20
MAX_TOTAL_BYTES = 768 * 2**20
MAX_RATIO = 200
"""A zip whose members unpack to more than this many times their size is a bomb, not a reference."""

HEADER_BYTES = 2**16

MAX_ANOMALIES = 200
"""Anomalies listed by name; more of them are counted in one closing line."""

MAX_CELL = 16 * 2**20
csv.field_size_limit(MAX_CELL)


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Something wrong or odd in a source. `line` and `column` start at 1; 0 means the whole file."""

    file: str
    line: int
    column: int
    code: str
    message: str

    def as_dict(self) -> dict[str, str | int]:
        return asdict(self)

    def __str__(self) -> str:
        place = (
            self.file + (f":{self.line}" if self.line else "") + (f":{self.column}" if self.column else "")
        )
        return f"{place}: {self.message} [{self.code}]"


class BrokenSource(DomainError):
    """The source cannot be imported. Nothing was written; `anomalies` says what is wrong and where."""

    def __init__(self, anomalies: list[Anomaly]) -> None:
        super().__init__("broken_source", "\n".join(str(a) for a in anomalies))
        self.anomalies = anomalies

    @classmethod
    def at(cls, file: str, code: str, message: str, line: int = 0, column: int = 0) -> Self:
        return cls([Anomaly(file, line, column, code, message)])


class Anomalies:
    """The anomalies met while reading. Errors stop the import once the whole source was read."""

    def __init__(self) -> None:
        self.notes: list[Anomaly] = []
        self.errors: list[Anomaly] = []
        self._uncounted = 0

    def note(self, file: str, code: str, message: str, line: int = 0, column: int = 0) -> None:
        """Something to know, with which the import goes on."""
        if len(self.notes) < MAX_ANOMALIES:
            self.notes.append(Anomaly(file, line, column, code, message))
        else:
            self._uncounted += 1

    def error(self, file: str, code: str, message: str, line: int = 0, column: int = 0) -> None:
        """Something that makes the source unusable."""
        if len(self.errors) < MAX_ANOMALIES:
            self.errors.append(Anomaly(file, line, column, code, message))

    def stop_on_errors(self) -> None:
        """Raises BrokenSource when an error was met."""
        if self.errors:
            raise BrokenSource(self.errors)

    def all_notes(self) -> list[Anomaly]:
        if not self._uncounted:
            return self.notes
        rest = Anomaly("", 0, 0, "more", _("et %(count)d autres anomalies") % {"count": self._uncounted})
        return [*self.notes, rest]


SINGLE_FILES = (".csv", ".json", ".jsonld", ".xlsx")
"""Endings of files that are a source by themselves; any other file is read as a zip."""


class Source:
    """The files of a zip or a folder, or one file by itself, by base name."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        try:
            self.files = _read(path)
        except OSError as error:
            raise BrokenSource.at(
                path.name, "unreadable", _("lecture impossible (%s)") % error.strerror
            ) from error
        if not self.files:
            raise BrokenSource.at(path.name, "empty", _("aucun fichier à lire"))

    @cached_property
    def sha256(self) -> str:
        """The checksum of the sorted names and contents."""
        return self.checksum(self.files)

    def checksum(self, names: Iterable[str]) -> str:
        """That of some of the files alone: a part has the same one wherever it was found."""
        total = hashlib.sha256()
        for name in sorted(names):
            total.update(name.encode() + b"\0" + hashlib.sha256(self.files[name]).digest())
        return total.hexdigest()

    def text(self, file: str, fallback: str | None = None) -> str:
        """A file's text: UTF-8, or `fallback` when it is not UTF-8 and one is named.

        Raises BrokenSource with the line and column of the first byte that does not fit.
        """
        content = self.files[file]
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            if fallback:
                return content.decode(fallback)
            before = content[: error.start]
            raise BrokenSource.at(
                file,
                "encoding",
                _("le fichier n’est pas en UTF-8 (octet 0x%02X)") % content[error.start],
                before.count(b"\n") + 1,
                error.start - before.rfind(b"\n"),
            ) from error

    def table(
        self, file: str, columns: tuple[str, ...], anomalies: Anomalies, fallback: str | None = None
    ) -> Iterator[Sequence[str]]:
        """The cells of the named columns, a record at a time; a ragged one is an error, a blank line nothing.

        Raises BrokenSource when the file is empty, not text, or lacks a column.
        """
        for row in self.rows(file, columns, anomalies, fallback):
            yield row[1]

    def columns(
        self, file: str, columns: tuple[str, ...], anomalies: Anomalies, fallback: str | None = None
    ) -> list[Sequence[str]]:
        """Like `table`, a column at a time: what is done alike to every record is then left to C."""
        if quoted := _all_quoted(self.text(file, fallback)):
            header, cells = quoted
            return [cells[place] for place in _places(file, header, columns)]
        records = list(self.table(file, columns, anomalies, fallback))
        return [list(map(itemgetter(place), records)) for place in range(len(columns))]

    def header(self, file: str) -> list[str]:
        """The column names of a file, as far as they can be read: `rows` is what refuses a bad file."""
        first = self.files[file][:HEADER_BYTES].decode("utf-8-sig", errors="replace")
        return next(csv.reader(first.splitlines()[:1]), [])

    def rows(
        self,
        file: str,
        columns: tuple[str, ...],
        anomalies: Anomalies,
        fallback: str | None = None,
        *,
        padded: bool = False,
    ) -> Iterator[tuple[int, Sequence[str]]]:
        """Like `table`, each record with the line on which it ends.

        With `padded` a short record is one whose last cells are empty, as its producer drops them.
        """
        text = self.text(file, fallback)
        if quoted := _all_quoted(text):
            header, cells = quoted
            return zip(count(2), zip(*(cells[p] for p in _places(file, header, columns)), strict=True))
        reader = csv.reader(_lines(text), strict=True)
        try:
            header = next(reader, None)
            if not header:
                raise BrokenSource.at(
                    file, "empty_file", _("le fichier est vide, il lui faut une ligne d’en-tête")
                )
            places = _places(file, header, columns)
            records = list(reader)
        except csv.Error as error:
            message = _("ligne illisible (%s)") % error
            raise BrokenSource.at(file, "malformed", message, reader.line_num) from error
        width = len(header)
        choose = _chooser(places) if header != list(columns) else None
        if reader.line_num == len(records) + 1 and {width}.issuperset(map(len, records)):
            # A record a line, each as wide as the header: the common case, read at the speed of C.
            return zip(count(2), map(choose, records) if choose else records)
        numbered = _whole_records(text, width, file, anomalies, padded=padded)
        return ((line, choose(cells)) for line, cells in numbered) if choose else numbered


def _all_quoted(text: str) -> tuple[list[str], list[list[str]]] | None:
    """The header and, for each of its columns, the cells of a text in the plainest form of CSV there is:
    every cell quoted, none with a quote or a line end inside. None for any other text.

    The same cells as the csv module's, in less than half of its time.
    """
    width = text.partition("\n")[0].count('"') // 2
    if not width or "\r" in text or len(text) > MAX_CELL:
        return None
    # Every other piece is a cell; after a cell comes a comma, after the last of a record a line feed.
    pieces = text.split('"')
    step = 2 * width
    ends = pieces[step::step]
    if pieces[0] or len(pieces) != step * len(ends) + 1 or ends[-1] not in ("", "\n"):
        return None
    if not len(ends) - (ends[-1] == "") == ends.count("\n") == text.count("\n"):
        return None
    if any(pieces[place:-1:step].count(",") != len(ends) for place in range(2, step, 2)):
        return None
    return pieces[1:step:2], [pieces[place::step] for place in range(step + 1, 2 * step, 2)]


def _places(file: str, header: list[str], columns: tuple[str, ...]) -> list[int]:
    """Where the columns are. Raises BrokenSource when one is missing."""
    if missing := [c for c in columns if c not in header]:
        names = ", ".join(missing)
        raise BrokenSource.at(file, "missing_column", _("il manque la colonne : %s") % names, 1)
    return [header.index(c) for c in columns]


def _chooser(places: list[int]) -> Callable[[Sequence[str]], Sequence[str]]:
    """What takes the cells at these places of a record."""
    if len(places) == 1:
        [place] = places
        return lambda cells: (cells[place],)
    return itemgetter(*places)


def _whole_records(
    text: str, width: int, file: str, anomalies: Anomalies, *, padded: bool
) -> Iterator[tuple[int, Sequence[str]]]:
    """The records as wide as the header, each with its line; a blank line is nothing, others are errors."""
    reader = csv.reader(_lines(text), strict=True)
    next(reader)
    for cells in reader:
        if padded and 0 < len(cells) < width:
            cells += [""] * (width - len(cells))
        if len(cells) == width:
            yield reader.line_num, cells
        elif cells:
            _ragged(anomalies, file, reader.line_num, len(cells), width)


def _lines(text: str) -> Iterator[str]:
    """The lines of a text with their ends, whatever the ends are, mixed ones included.

    A text buffer finds lone carriage returns too, but it is twice as slow and holds four bytes a character.
    """
    if text.count("\r") != text.count("\r\n"):
        yield from io.StringIO(text, newline="")
        return
    start = 0
    while end := text.find("\n", start) + 1:
        yield text[start:end]
        start = end
    if start < len(text):
        yield text[start:]


def _ragged(anomalies: Anomalies, file: str, line: int, found: int, width: int) -> None:
    message = _("%(found)d cellules au lieu de %(width)d") % {"found": found, "width": width}
    anomalies.error(file, "ragged_row", message, line, min(found, width) + 1)


def _kept(name: str) -> bool:
    """Whether a member is part of what the producer published, and not the litter of an operating system."""
    path = PurePosixPath(name)
    return not path.name.startswith(".") and "__MACOSX" not in path.parts


def _read(path: Path) -> dict[str, bytes]:
    if not path.is_file():
        return _read_folder(path)
    if path.suffix.lower() not in SINGLE_FILES:
        return _read_zip(path)
    if path.stat().st_size > MAX_MEMBER_BYTES:
        raise BrokenSource.at(path.name, "too_large", _("la source est trop grande pour un référentiel"))
    return {path.name: path.read_bytes()}


def _read_folder(path: Path) -> dict[str, bytes]:
    if not path.is_dir():
        raise BrokenSource.at(path.name, "absent", _("ce fichier ou ce dossier n’existe pas"))
    files: dict[str, bytes] = {}
    for child in sorted(p for p in path.rglob("*") if p.is_file() and _kept(p.relative_to(path).as_posix())):
        if len(files) >= MAX_MEMBERS or child.stat().st_size > MAX_MEMBER_BYTES:
            raise BrokenSource.at(child.name, "too_large", _("la source est trop grande pour un référentiel"))
        _keep(files, child.name, child.read_bytes())
    return files


def _read_zip(path: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [m for m in archive.infolist() if not m.is_dir()]
            _refuse_traps(members, path.name)
            files: dict[str, bytes] = {}
            for member in members:
                if _kept(member.filename):
                    _keep(files, PurePosixPath(member.filename).name, archive.read(member))
            return files
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        message = _("ce fichier n’est pas une archive zip lisible")
        raise BrokenSource.at(path.name, "not_a_zip", message) from error


def _keep(files: dict[str, bytes], name: str, content: bytes) -> None:
    if name in files:
        raise BrokenSource.at(name, "duplicate_file", _("deux fichiers portent ce nom"))
    files[name] = content


def _refuse_traps(members: list[zipfile.ZipInfo], archive: str) -> None:
    """Paths that leave the archive, and archives that unpack to far more than they are."""
    for member in members:
        parts = PurePosixPath(member.filename.replace("\\", "/"))
        if parts.is_absolute() or ".." in parts.parts or ":" in parts.parts[0]:
            raise BrokenSource.at(
                archive, "path_outside", _("un chemin sort de l’archive : %s") % member.filename
            )
    total = sum(m.file_size for m in members)
    packed = sum(m.compress_size for m in members)
    bomb = any(m.file_size > MAX_MEMBER_BYTES for m in members) or total > MAX_TOTAL_BYTES
    if bomb or len(members) > MAX_MEMBERS or (total > 2**20 and total > MAX_RATIO * max(packed, 1)):
        raise BrokenSource.at(archive, "zip_bomb", _("l’archive est anormalement grande une fois dépliée"))
