"""The CVs that this house printed: a PDF that carries the same data as JSON Resume (docs/adr/0012)."""

import io

from django.utils.translation import gettext as _
from pypdf import PdfReader
from pypdf.errors import DependencyError, PyPdfError

from competences.importers.record_rows import MAX_BYTES
from competences.importers.source import BrokenSource

UNREADABLE = (
    PyPdfError,
    DependencyError,
    NotImplementedError,
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What the library raises on bytes that are not the document they claim to be, encrypted or in a filter that
it has no reader for."""

ATTACHED = "resume.json"
"""The name under which a CV carries its data."""


def attached_resume(file: str, content: bytes) -> bytes:
    """The JSON that a CV carries. Raises BrokenSource for a PDF that carries none, or that is damaged;
    and for one that carries more than a file may have: a kilobyte of PDF unfolds to tens of megabytes.
    """
    try:
        found = _first_attached(content)
    except UNREADABLE as error:
        raise BrokenSource.at(file, "bad_pdf", _("ce PDF est abîmé : il ne se lit pas")) from error
    if found is None:
        message = _("ce PDF ne porte pas ses données : seuls les CV faits ici se relisent")
        raise BrokenSource.at(file, "other_kind", message)
    if len(found) > MAX_BYTES:
        message = _("le fichier dépasse %s Mo") % (MAX_BYTES // 2**20)
        raise BrokenSource.at(file, "too_large", message)
    return found


def _first_attached(content: bytes) -> bytes | None:
    """The first attachment of our name: the library would unfold all that bear it, one after the other."""
    for one in PdfReader(io.BytesIO(content)).attachment_list:
        if ATTACHED in (one.name, one.alternative_name):
            return bytes(one.content)
    return None
