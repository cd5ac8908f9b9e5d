"""What this app does before the rows of an account go: bytes, own notes, addresses that it was asked at."""

import uuid

from accounts import erasure
from accounts.erasure import ErasurePart
from accounts.models import User


def register() -> None:
    """Registers the part; called once, when the applications are ready."""
    erasure.register(ErasurePart(name="record", erase=_erase))


def _erase(user: User) -> int:
    from accounts.queries.addresses import addresses_of
    from competences.enums import NoteVisibility
    from competences.models import BilanDocument, Evidence, Export, Note, ReviewRequest
    from competences.private_files import exports_folder
    from competences.services.evidence_files import erase_file
    from competences.services.exports import export_path

    files = 0
    for rows in (Evidence.objects.with_file(), BilanDocument.objects.with_file()):
        for stored_as, kind in rows.filter(worker__user=user).values_list("stored_as", "file_kind"):
            erase_file(stored_as, kind)
            files += 1
    for export in Export.objects.filter(worker__user=user):
        path = export_path(exports_folder(), export.public_id, export.format)
        files += path.is_file()
        path.unlink(missing_ok=True)
    Note.objects.filter(author=user, visibility=NoteVisibility.PRIVATE).delete()
    # The request is its worker's; the address it was sent to is this person's.
    for asked in ReviewRequest.objects.filter(reader_email__in=addresses_of(user)):
        asked.reader_email = f"{uuid.uuid4()}@exemple.invalid"
        asked.save(update_fields=["reader_email"])
    return files
