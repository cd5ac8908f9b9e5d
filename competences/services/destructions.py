"""Destroying documents of bilans: bytes first, then rows; the fact alone is kept (C. trav. R6313-7)."""

import datetime as dt
from collections import Counter

from django.db import transaction
from django.utils import timezone

from accounts.actors import Actor, require_system
from accounts.errors import NotFound
from competences.enums import DestroyedFor
from competences.models import BilanDocument, DestroyedDocument
from competences.rules.bilans import STOPPED
from competences.services.evidence_files import erase_file
from competences.services.ownership import require_own

BATCH = 200


def destroy_due_documents(*, actor: Actor, now: dt.datetime, limit: int = BATCH) -> Counter[str]:
    """Destroys the documents whose day has come, and says how many of each kind and how many bytes.

    One transaction a document, so that a fault stops one and not the others. Safe twice: a document that
    another worker holds is left to it, one that is gone is not found.
    """
    require_system(actor)
    today = timezone.localdate(now)
    counts: Counter[str] = Counter()
    due = BilanDocument.objects.to_destroy(today).order_by("destroy_on", "pk")
    for key in list(due.values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            rows = BilanDocument.objects.to_destroy(today).select_for_update(of=("self",), skip_locked=True)
            document = rows.select_related("bilan").filter(pk=key).first()
            if document is not None:
                reason = DestroyedFor.DATE if document.kept_for else DestroyedFor.END
                counts.update({document.kind: 1, "bytes": document.size or 0})
                _destroy(document, reason, now)
    return counts


@transaction.atomic
def destroy_document(
    *, actor: Actor, document: BilanDocument, now: dt.datetime | None = None
) -> DestroyedDocument:
    """The person has a document of theirs destroyed before its day. It cannot be undone."""
    rows = BilanDocument.objects.select_for_update(of=("self",)).select_related("bilan", "worker")
    found = rows.filter(pk=document.pk).first()
    if found is None:
        raise NotFound
    require_own(actor, found.worker)
    return _destroy(found, DestroyedFor.REQUEST, now or timezone.now())


def _destroy(document: BilanDocument, reason: str, now: dt.datetime) -> DestroyedDocument:
    """The bytes go before the row: a process that dies between the two finds the row again, and ends."""
    if document.stored_as is not None:
        erase_file(document.stored_as, document.file_kind)
    fact = DestroyedDocument.objects.create(
        public_id=document.public_id,
        worker_id=document.worker_id,
        bilan_id=document.bilan_id,
        kind=document.kind,
        reason=reason,
        destroyed_at=now,
    )
    # Of a bilan that the person stopped, others learn nothing any more: not even that a paper was destroyed.
    if document.bilan.adviser_id is not None and document.bilan.state not in STOPPED:
        fact.readers.add(document.bilan.adviser_id)
    document.delete()
    return fact
