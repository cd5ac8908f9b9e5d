"""The bytes of evidence: received, looked at, kept under a random name, erased.

A file is written under a name of its own beside its place, looked at, then moved there whole: what is in its
place was checked. No database transaction is open meanwhile. What a dead process left behind, or a row that
went with its account, is swept by a job.
"""

import logging
import os
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require_system
from accounts.errors import Refused
from competences.models import BilanDocument, Evidence
from competences.models.kept_files import FILE_BYTES
from competences.private_files import evidence_folder
from competences.rules.file_kinds import BadFile, checked
from competences.rules.texts import file_name
from competences.services.upload_files import Incoming

logger = logging.getLogger(__name__)

SWEPT_AFTER = timedelta(days=1)
"""A file that no row knows is left for a day: the row may be on its way."""

REFUSALS = {
    "empty": _("Ce fichier est vide. Choisissez-en un autre."),
    "large": _("Ce fichier dépasse 10 Mo. Envoyez-en une version plus légère, ou un lien."),
    "unknown": _(
        "Ce fichier n’est ni un PDF, ni une image JPEG, PNG ou WebP, quoi qu’en dise son nom. Enregistrez-le"
        " dans l’un de ces formats."
    ),
    "broken": _("Ce fichier est incomplet ou abîmé. Ouvrez-le, enregistrez-le de nouveau, puis envoyez-le."),
    "double": _("Ce fichier cache autre chose qu’un PDF. Imprimez-le en PDF, puis envoyez cette copie."),
    "huge": _("Cette image est trop grande : réduisez ses dimensions, puis envoyez-la."),
    "suspect": _("L’antivirus a refusé ce fichier. Rien n’a été gardé."),
    "unchecked": _("L’antivirus n’a pas répondu. Rien n’a été gardé : réessayez dans quelques minutes."),
}


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in its place: the random name, the kind found in its content, its cleaned name, its bytes."""

    stored_as: uuid.UUID
    file_kind: str
    file_name: str
    size: int


def file_path(stored_as: uuid.UUID, kind: str) -> Path:
    """Where a file is."""
    return evidence_folder() / f"{uuid.UUID(str(stored_as))}.{kind}"


def store_file(file: Incoming) -> Stored:
    """Keeps a file that was looked at. Raises Refused on the field `file`; nothing is left of it then."""
    folder = evidence_folder()
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    name = uuid.uuid4()
    beside = folder / f"{name}.part"
    try:
        _receive(file, beside)
        try:
            found = checked(beside.read_bytes())
        except BadFile as bad:
            raise _refused(bad.reason) from bad
        _write(beside, [found.content])
        _scan(beside)
        beside.replace(file_path(name, found.kind))
    finally:
        beside.unlink(missing_ok=True)
    return Stored(
        stored_as=name,
        file_kind=found.kind,
        file_name=file_name(file.name or "", found.kind),
        size=len(found.content),
    )


def keep_bytes(content: bytes, kind: str, name: str) -> Stored:
    """Keeps a file that the house made, under a random name; `name` is what it is called, without ending."""
    folder = evidence_folder()
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    stored_as = uuid.uuid4()
    beside = folder / f"{stored_as}.part"
    try:
        _write(beside, [content])
        beside.replace(file_path(stored_as, kind))
    finally:
        beside.unlink(missing_ok=True)
    return Stored(stored_as, kind, file_name(f"{name}.{kind}", kind), len(content))


def erase_file(stored_as: uuid.UUID, kind: str) -> None:
    """Erases the bytes of a file; once is enough, twice does no harm."""
    file_path(stored_as, kind).unlink(missing_ok=True)


def sweep_files(*, actor: Actor, now: datetime) -> int:
    """Erases the files of more than a day that no evidence and no document knows, and says how many. Safe
    twice."""
    require_system(actor)
    folder, swept = evidence_folder(), 0
    holders = (Evidence.objects.with_file(), BilanDocument.objects.with_file())
    known = {str(one) for rows in holders for one in rows.values_list("stored_as", flat=True)}
    for path in folder.glob("*") if folder.is_dir() else ():
        is_old = path.stat().st_mtime < (now - SWEPT_AFTER).timestamp()
        if is_old and path.name.split(".", 1)[0] not in known:
            path.unlink(missing_ok=True)
            swept += 1
    return swept


def _receive(file: Incoming, path: Path) -> None:
    """Writes what comes, and stops at the first byte too many, whatever size was told."""
    if not file.size:
        raise _refused("empty")
    if file.size > FILE_BYTES:
        raise _refused("large")
    _write(path, _counted(file.chunks()))


def _counted(chunks: Iterable[bytes]) -> Iterable[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > FILE_BYTES:
            raise _refused("large")
        yield chunk


def _write(path: Path, chunks: Iterable[bytes]) -> None:
    with path.open("wb") as target:
        for chunk in chunks:
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())


def _scan(path: Path) -> None:
    """Has the antivirus of the settings look at the file; one that fails refuses."""
    if not settings.EVIDENCE_SCANNER:
        return
    scan: Callable[[Path], bool] = import_string(settings.EVIDENCE_SCANNER)
    try:
        is_clean = scan(path)
    except Exception as error:
        logger.exception("The antivirus of EVIDENCE_SCANNER failed.")
        raise _refused("unchecked") from error
    if is_clean is not True:
        raise _refused("suspect")


def _refused(reason: str) -> Refused:
    return Refused(f"{reason}_file", REFUSALS[reason], field="file")
