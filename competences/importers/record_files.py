"""Which reader takes a file that a person brings: its bytes say so, not its name."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from competences.importers.record_documents import read_document
from competences.importers.record_pdfs import attached_resume
from competences.importers.record_rows import MAX_BYTES, MAX_RECORD_BYTES, ReadFile
from competences.importers.record_tables import read_csv, read_xlsx
from competences.importers.source import BrokenSource
from competences.record_signatures import is_as_we_wrote_it

TOO_LARGE = gettext_lazy(
    "ce fichier dépasse %(most)s Mo. Seul un dossier emporté d’ici, tel quel, peut peser plus : %(record)s Mo"
)

OTHER_KINDS = {
    b"\xd0\xcf\x11\xe0": "xls",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
    b"<?xml": "XML",
}


def read_file(file: str, content: bytes, today: dt.date) -> ReadFile:
    """What a file holds. Raises BrokenSource, with the place of the fault, for one that cannot be read."""
    if len(content) > MAX_BYTES and not is_as_we_wrote_it(content):
        sizes = {"most": MAX_BYTES // 2**20, "record": MAX_RECORD_BYTES // 2**20}
        raise BrokenSource.at(file, "too_large", TOO_LARGE % sizes)
    if not content.strip():
        raise BrokenSource.at(file, "empty_file", _("le fichier est vide"))
    for start, kind in OTHER_KINDS.items():
        if content.startswith(start):
            message = _("ce fichier est au format %s, que nous ne savons pas lire") % kind
            raise BrokenSource.at(file, "other_kind", message)
    if content.startswith(b"%PDF"):
        return read_document(file, attached_resume(file, content), today)
    if content.startswith(b"PK"):
        return read_xlsx(file, content, today)
    if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        return read_document(file, content, today)
    if b"\x00" in content:
        raise BrokenSource.at(file, "not_text", _("ce fichier n’est pas un texte"))
    return read_csv(file, content, today)
