"""A record that its person took away, put back as it was: from a file that this house signed for them."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import NotFound, Refused
from accounts.models import Worker
from competences.enums import ImportState
from competences.models import RecordImport, SkillStatement
from competences.record_parts import Restoration, in_order
from competences.record_signatures import is_ours, is_record_file, read_record
from competences.rules.strict_json import NotJson
from competences.services.ownership import UNDO_WITHIN, require_own
from competences.services.risks import review_statements


def belongs_to(document: Any, worker: Worker) -> bool:
    """Whether the document is a record that this house signed for that person."""
    if not is_record_file(document) or not is_ours(document):
        return False
    return bool(document["record"]["person"]["id"] == str(worker.public_id))


@transaction.atomic
def restore_record(
    *, actor: Actor, record_import: RecordImport, now: dt.datetime | None = None
) -> RecordImport:
    """Puts back what the file tells and the record lacks, with its history; what is there stays as it is.

    Raises Refused, and writes nothing, for a file that was put back or given up already, whose signature no
    longer holds, or that names what this house does not know. `undo_restoration` takes it back.
    """
    now = now or timezone.now()
    found = own_import(actor, record_import)
    if found.restored is not None:
        raise Refused("restored", _("Ce dossier est déjà remis."))
    document = _signed_document(found)
    back = Restoration(found.worker, now)
    told: Mapping[str, Any] = document["record"]["parts"]
    written = {}
    for part in in_order():
        tokens = part.restore(back, told.get(part.name, []))
        if tokens:
            written[part.name] = tokens
    standing = SkillStatement.objects.standing().filter(pk__in=back.fresh)
    review_statements(actor=actor, statement_ids=list(standing.values_list("pk", flat=True)), now=now)
    found.restored, found.restored_at = written, now
    found.content = None
    found.state, found.ended_at = ImportState.DONE, now
    found.save(update_fields=["restored", "restored_at", "content", "state", "ended_at"])
    return found


@transaction.atomic
def undo_restoration(*, actor: Actor, record_import: RecordImport, now: dt.datetime | None = None) -> int:
    """Takes out again what was put back, within 24 hours; says how many rows stayed, for they had changed.

    Raises Refused later than that, and when nothing was put back.
    """
    now = now or timezone.now()
    found = own_import(actor, record_import)
    if found.restored is None or found.restored_at is None:
        raise Refused("not_restored", _("Il n’y a rien à annuler."))
    if now - found.restored_at > UNDO_WITHIN:
        raise Refused("too_late", _("Le délai de 24 heures est passé."))
    stayed = 0
    for part in reversed(in_order()):
        stayed += part.withdraw(found.worker, found.restored.get(part.name, []))
    found.restored = found.restored_at = None
    found.save(update_fields=["restored", "restored_at"])
    return stayed


def own_import(actor: Actor, record_import: RecordImport) -> RecordImport:
    """The import, locked after its record, for its own person; absent for anybody else."""
    worker = Worker.objects.select_for_update(of=("self",)).filter(imports=record_import.pk).first()
    if worker is None:
        raise NotFound
    require_own(actor, worker)
    rows = RecordImport.objects.select_for_update(of=("self",)).select_related("worker__user")
    return rows.get(pk=record_import.pk)


def _signed_document(found: RecordImport) -> Mapping[str, Any]:
    message = _("Ce fichier n’est plus gardé : envoyez-le de nouveau.")
    if found.content is None:
        raise Refused("content_gone", message)
    try:
        document = read_record(bytes(found.content))
    except (NotJson, UnicodeDecodeError) as error:
        raise Refused("content_gone", message) from error
    if not belongs_to(document, found.worker):
        raise Refused("not_signed", _("Ce fichier n’est pas signé par nous pour vous : rien n’est écrit."))
    return document  # type: ignore[no-any-return] # read_record gives any JSON value, belongs_to says which
