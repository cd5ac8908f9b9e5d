"""The files that jobs make and those that people send, and the short-lived addresses that fetch them.

An address holds the identifier of a file and its ending, signed: never a path, so that nothing outside the
folders can be asked for, and nothing at all without this house's signature. A file is never shown inside a
page: the browser is told to keep it (attachment), to believe the type we say, and to run nothing.
"""

import uuid
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core import signing
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.http import content_disposition_header

from competences.enums import ExportFormat, FileKind
from competences.spreadsheets import MEDIA_TYPES

SALT = "competences.private_files"
VALID_SECONDS = 300
OTHERS_VALID_SECONDS = 15
"""For a file of somebody else: the time to follow the way shown by a click. A right ends at once, and no
address that was noted down outlives it by more. Behind the proxy of production there is no address at all.
"""
EXPORTS, EVIDENCE = "exports", "evidence"

EVIDENCE_TYPES = {
    FileKind.PDF: "application/pdf",
    FileKind.JPEG: "image/jpeg",
    FileKind.PNG: "image/png",
    FileKind.WEBP: "image/webp",
}


def exports_folder() -> Path:
    """Where the files of exports are."""
    return Path(settings.PRIVATE_ROOT) / EXPORTS


def evidence_folder() -> Path:
    """Where the files that people send as evidence are."""
    return Path(settings.PRIVATE_ROOT) / EVIDENCE


@dataclass(frozen=True, slots=True)
class PrivateFile:
    """A file to hand over: where it is, and what the browser is told of it."""

    path: Path
    headers: dict[str, str]


def private_file(public_id: uuid.UUID, format: str, name: str) -> PrivateFile:
    """The file with that identifier; `name` is what the browser calls it. The ending says the folder."""
    kept: FileKind | ExportFormat
    if format in FileKind:
        kept = FileKind(format)
        folder, media_type = evidence_folder(), EVIDENCE_TYPES[kept]
    else:
        kept = ExportFormat(format)
        folder, media_type = exports_folder(), MEDIA_TYPES[kept]
    return PrivateFile(
        path=folder / f"{uuid.UUID(str(public_id))}.{kept.value}",
        headers={
            "Content-Type": media_type,
            "Content-Disposition": content_disposition_header(True, name) or "attachment",
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )


def signed(public_id: uuid.UUID, format: str, name: str, *, of_another: bool = False) -> str:
    """The end of an address that holds for five minutes; for seconds when the file is somebody else's."""
    seconds = OTHERS_VALID_SECONDS if of_another else VALID_SECONDS
    return signing.TimestampSigner(salt=SALT).sign_object([str(public_id), format, name, seconds])


def opened(text: str) -> PrivateFile | None:
    """The file that an address names; None when it was not signed here, or too long ago."""
    try:
        signer = signing.TimestampSigner(salt=SALT)
        public_id, format, name, seconds = signer.unsign_object(text, max_age=VALID_SECONDS)
        signer.unsign_object(text, max_age=int(seconds))
        return private_file(uuid.UUID(public_id), format, name)
    except (signing.BadSignature, ValueError):
        return None


def way_to(public_id: uuid.UUID, format: str, name: str, *, of_another: bool = False) -> HttpResponse:
    """An answer that shows the way to a file: whoever hands it over, it is not a thread that serves pages.

    `of_another`: the file is somebody else's, and the way is open for a moment alone.
    """
    if settings.PRIVATE_FILES_ACCEL:
        file = private_file(public_id, format, name)
        response = HttpResponse(headers=file.headers)
        inner = file.path.relative_to(settings.PRIVATE_ROOT).as_posix()
        response["X-Accel-Redirect"] = f"{settings.PRIVATE_FILES_ACCEL}{inner}"
        return response
    end = signed(public_id, format, name, of_another=of_another)
    return HttpResponseRedirect(f"{settings.PRIVATE_FILES_ADDRESS}/{end}")
