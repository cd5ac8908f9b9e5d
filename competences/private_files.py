"""The files that jobs make, and the short-lived addresses by which they are fetched.

An address holds the identifier of a file and its format, signed: never a path, so that nothing outside the
folder can be asked for, and nothing at all without this house's signature.
"""

import uuid
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core import signing
from django.utils.http import content_disposition_header

from competences.enums import ExportFormat
from competences.spreadsheets import MEDIA_TYPES

SALT = "competences.private_files"
VALID_SECONDS = 300
FOLDER = "exports"


def exports_folder() -> Path:
    """Where the files of exports are."""
    return Path(settings.PRIVATE_ROOT) / FOLDER


@dataclass(frozen=True, slots=True)
class PrivateFile:
    """A file to hand over: where it is, and what the browser is told of it."""

    path: Path
    headers: dict[str, str]


def private_file(public_id: uuid.UUID, format: str, name: str) -> PrivateFile:
    """The file with that identifier; `name` is what the browser calls it."""
    kept = ExportFormat(format)
    return PrivateFile(
        path=exports_folder() / f"{uuid.UUID(str(public_id))}.{kept.value}",
        headers={
            "Content-Type": MEDIA_TYPES[kept],
            "Content-Disposition": content_disposition_header(True, name) or "attachment",
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )


def signed(public_id: uuid.UUID, format: str, name: str) -> str:
    """The end of an address that holds for five minutes."""
    return signing.TimestampSigner(salt=SALT).sign_object([str(public_id), format, name])


def opened(text: str) -> PrivateFile | None:
    """The file that an address names; None when it was not signed here, or too long ago."""
    try:
        public_id, format, name = signing.TimestampSigner(salt=SALT).unsign_object(
            text, max_age=VALID_SECONDS
        )
        return private_file(uuid.UUID(public_id), format, name)
    except (signing.BadSignature, ValueError):
        return None
