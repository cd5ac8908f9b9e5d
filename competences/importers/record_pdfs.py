"""The CVs that this house printed: a PDF that carries the same data as JSON Resume (docs/adr/0012)."""

import io

from django.utils.translation import gettext as _
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from competences.importers.source import BrokenSource

ATTACHED = "resume.json"
"""The name under which a CV carries its data."""


def attached_resume(file: str, content: bytes) -> bytes:
    """The JSON that a CV carries. Raises BrokenSource for a PDF that carries none, or that is damaged."""
    try:
        found = PdfReader(io.BytesIO(content)).attachments.get(ATTACHED) or []
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError) as error:
        raise BrokenSource.at(file, "bad_pdf", _("ce PDF est abîmé : il ne se lit pas")) from error
    if not found:
        message = _("ce PDF ne porte pas ses données : seuls les CV faits ici se relisent")
        raise BrokenSource.at(file, "other_kind", message)
    return bytes(found[0])
