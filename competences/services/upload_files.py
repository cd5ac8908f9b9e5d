"""The files of an upload: kept in pieces in the database, and laid out in a folder for an import to read.

In the database, because the page that receives them and the worker that reads them may be two machines.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from django.utils.translation import gettext as _

from accounts.errors import Refused
from competences.enums import ReferenceFormat
from competences.importers import own_table, workbook
from competences.models import Upload, UploadFile, UploadPart

MAX_FILES = 6
MAX_FILE_BYTES = 64 * 2**20
PART_BYTES = 2**20
NAME_LENGTH = 120
NAME_BYTES = 255
"""What a folder takes as a name, in UTF-8: an ideogram is three bytes."""


class Incoming(Protocol):
    """A file that somebody sends, as Django hands it over."""

    @property
    def name(self) -> str | None: ...

    @property
    def size(self) -> int | None: ...

    def chunks(self) -> Iterable[bytes]:
        """Its content, piece by piece."""


class TextFile:
    """A file that we make ourselves, sent on like one that came from outside."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self._content = text.encode()
        self.size = len(self._content)

    def chunks(self) -> Iterator[bytes]:
        """Its content, in one piece."""
        yield self._content


def store_files(upload: Upload, files: Sequence[Incoming]) -> None:
    """Keeps the files of an upload, in the caller's transaction. Raises Refused on the field `files`."""
    _refuse_bad_files(upload, files)
    for place, file in enumerate(files, start=1):
        name = plain_name(file.name or "")
        kept = UploadFile.objects.create(upload=upload, place=place, name=name, size=file.size or 0)
        size = 0
        for number, content in enumerate(_in_parts(file.chunks()), start=1):
            size += len(content)
            if size > MAX_FILE_BYTES:
                raise _too_large(name, MAX_FILE_BYTES)
            UploadPart.objects.create(file=kept, place=number, content=content)


@contextmanager
def files_of(upload: Upload) -> Iterator[list[Path]]:
    """The files of an upload in a folder of their own, each under the name it had; gone afterwards."""
    with TemporaryDirectory(prefix="perenne-upload-") as folder:
        paths = []
        for file in upload.files.order_by("place"):
            # Two files may bear the same name.
            path = Path(folder, str(file.place), file.name)
            path.parent.mkdir()
            with path.open("wb") as out:
                for content in file.parts.order_by("place").values_list("content", flat=True).iterator(4):
                    out.write(content)
            paths.append(path)
        yield paths


def plain_name(name: str) -> str:
    """A file's name without folder nor sign that a path, a header or a page could stumble over."""
    base = re.split(r"[/\\]", name)[-1]
    stem, dot, ending = re.sub(r"[^\w.()-]+", "_", base).strip("._").rpartition(".")
    if not dot:
        stem, ending = ending, ""
    ending = f"{dot}{ending[:10]}"
    stem = stem[:NAME_LENGTH].encode()[: NAME_BYTES - len(ending.encode())].decode(errors="ignore")
    return f"{stem or 'fichier'}{ending}"


def _in_parts(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of PART_BYTES."""
    rest = b""
    for chunk in chunks:
        rest += chunk
        while len(rest) >= PART_BYTES:
            yield rest[:PART_BYTES]
            rest = rest[PART_BYTES:]
    if rest:
        yield rest


def _refuse_bad_files(upload: Upload, files: Sequence[Incoming]) -> None:
    is_table = upload.format == ReferenceFormat.OWN
    most, largest = MAX_FILES, MAX_FILE_BYTES
    if is_table:
        most, largest = 1, own_table.MAX_BYTES
    elif upload.is_signal:
        most, largest = 1, workbook.MAX_FILE_BYTES
    if not files:
        raise Refused("no_file", _("Choisissez un fichier."), field="files")
    if len(files) > most:
        raise Refused("too_many_files", _("Au plus %s fichier(s) à la fois.") % most, field="files")
    for file in files:
        name = plain_name(file.name or "")
        if not file.size:
            raise Refused("empty_file", _("Le fichier « %s » est vide.") % name, field="files")
        if file.size > largest:
            raise _too_large(name, largest)
        if is_table and not name.lower().endswith(".csv"):
            raise Refused("not_csv", _("Envoyez un fichier CSV, dont le nom finit par .csv."), field="files")
        if upload.is_signal and not name.lower().endswith(".xlsx"):
            message = _("Envoyez un classeur dont le nom finit par .xlsx.")
            raise Refused("not_xlsx", message, field="files")


def _too_large(name: str, largest: int) -> Refused:
    values = {"name": name, "size": largest // 2**20}
    return Refused("too_large", _("Le fichier « %(name)s » dépasse %(size)s Mo.") % values, field="files")
