"""The imports of one person, and the proposals of one of them, as their pages show them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from accounts.errors import NotFound
from accounts.models import Worker
from competences.enums import ImportedState
from competences.models import ImportedSkill, RecordImport, SkillStatement


def imports_of(worker: Worker) -> QuerySet[RecordImport]:
    """What a person brought, the latest first, with how many proposals `wait` and how many were `added`."""
    return (
        RecordImport.objects.filter(worker=worker)
        .defer("content", "restored")
        .annotate(
            wait=Count("proposals", filter=Q(proposals__state=ImportedState.WAITING)),
            added=Count("proposals", filter=Q(proposals__state=ImportedState.DECLARED)),
        )
        .order_by("-sent_at", "-pk")
    )


def import_of(worker: Worker, public_id: object) -> RecordImport:
    """One import of that person's. Raises NotFound, for somebody else's too."""
    found = RecordImport.objects.defer("content").filter(worker=worker, public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class Tally:
    """How many proposals of an import there are, wait, are ticked, were added, and may be taken out again."""

    total: int
    waiting: int
    ticked: int
    added: int
    undoable: int
    matched: int


def tally(record_import: RecordImport, since: dt.datetime) -> Tally:
    """Counts of an import; `since`: the instant before which an addition is no longer undone. One query."""
    is_waiting, is_added = Q(state=ImportedState.WAITING), Q(state=ImportedState.DECLARED)
    told = record_import.proposals.aggregate(
        total=Count("pk"),
        waiting=Count("pk", filter=is_waiting),
        ticked=Count("pk", filter=is_waiting & Q(is_ticked=True)),
        added=Count("pk", filter=is_added),
        undoable=Count("pk", filter=is_added & Q(answered_at__gt=since, statement__isnull=False)),
        matched=Count("pk", filter=Q(is_matched=True)),
    )
    return Tally(**told)


@dataclass(frozen=True, slots=True)
class Shown:
    """A proposal on its page: `is_held` says that the record holds the skill chosen, or these words;
    `is_withdrawn` that its reference no longer lists that skill."""

    row: ImportedSkill
    is_held: bool
    is_withdrawn: bool


def shown(worker: Worker, rows: Sequence[ImportedSkill]) -> list[Shown]:
    """The proposals with what the record says of them. One query."""
    concepts = [row.concept_id for row in rows if row.concept_id]
    texts = [row.text for row in rows if not row.concept_id]
    standing = SkillStatement.objects.standing().filter(worker=worker)
    held: set[Any] = set()
    for concept, text in standing.filter(
        Q(concept__in=concepts) | Q(concept=None, free_text__in=texts)
    ).values_list("concept_id", "free_text"):
        held.add(concept or text)
    return [Shown(row, (row.concept_id or row.text) in held, _is_withdrawn(row)) for row in rows]


def _is_withdrawn(row: ImportedSkill) -> bool:
    chosen = (choice for choice in row.choices if choice["concept"] == row.concept_id)
    return any(choice.get("withdrawn", False) for choice in chosen)
