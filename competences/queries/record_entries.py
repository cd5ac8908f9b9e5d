"""What a record's file tells of its statements, flags, proposals, jobs and bilans, entry by entry.

Rows come from the database in slices, through a cursor of the server: memory does not grow with the record.
The caller holds the right to read that record.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from django.db.models import Count, Max, Prefetch, Q, QuerySet, Sum

from accounts.models import Worker
from competences.enums import JobUse, ProposalState
from competences.models import (
    BilanPlan,
    Concept,
    Edition,
    RiskFlag,
    SkillRevision,
    SkillStatement,
    SuccessorProposal,
    WorkerJob,
)
from competences.queries.names import labels_of
from competences.record_parts import Entry

SLICE = 500
"""Rows held at a time."""

T = TypeVar("T")


def in_slices(rows: QuerySet[Any], size: int = SLICE) -> Iterator[list[Any]]:
    """The rows of a query in lists of at most `size`."""
    found = rows.iterator(chunk_size=size)
    while held := list(islice(found, size)):
        yield held


def mark_of(rows: QuerySet[Any], **aggregates: Any) -> str:
    """A text of the number of rows and of the aggregates. One query."""
    told = rows.order_by().aggregate(rows=Count("pk"), **aggregates)
    return ",".join(f"{name}={_instant(value)}" for name, value in sorted(told.items()))


def named(concept: Concept, edition: Edition, label: str) -> Entry:
    """A concept as a file names it: what its producer calls it, and the edition that was read."""
    return {
        "reference": concept.reference.slug,
        "kind": concept.kind,
        "id": concept.external_id,
        "edition": edition.number,
        "issue": edition.issue,
        "label": label,
    }


def _instant(value: Any) -> Any:
    """An instant in UTC and a day, as texts that sort; anything else as it is."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    return value.isoformat() if isinstance(value, dt.date) else value


def told(row: Any, names: Iterable[str]) -> Entry:
    """Those fields of a row, as JSON values."""
    return {name: _instant(getattr(row, name)) for name in names}


# Statements ------------------------------------------------------------------------------------------------

REVISION_FIELDS = (
    *("level", "scale", "wish", "sources", "context", "acquired_on", "practised_on", "is_practised"),
    *("confirmed_on", "start_at", "end_at"),
)


def statements(worker: Worker) -> QuerySet[SkillStatement]:
    """Every statement of a record, those taken out too, with all that was said of each."""
    revisions = SkillRevision.objects.order_by("start_at", "pk")
    return (
        SkillStatement.objects.filter(worker=worker)
        .select_related("concept__reference", "edition")
        .prefetch_related(Prefetch("revisions", revisions, to_attr="history"))
        .order_by("declared_at", "pk")
    )


def labelled(rows: QuerySet[SkillStatement]) -> Iterator[tuple[SkillStatement, str]]:
    """Each statement with its label; the person's own words where it has no place in a reference."""
    for held in in_slices(rows):
        labels = labels_of(row.concept_id for row in held if row.concept_id)
        for row in held:
            yield row, labels.get(row.concept_id, row.free_text)


def statement_entries(worker: Worker) -> Iterator[Entry]:
    """Statements with all their revisions, the oldest first."""
    for row, label in labelled(statements(worker)):
        yield {
            "id": str(row.public_id),
            "concept": named(row.concept, row.edition, label) if row.concept else None,
            "own_words": row.free_text,
            "by_person": row.author_id == worker.user_id,
            **told(row, ("declared_at", "removed_at", "version")),
            "revisions": [told(one, REVISION_FIELDS) for one in row.history],
        }


def statements_mark(worker: Worker) -> str:
    rows = SkillStatement.objects.filter(worker=worker)
    return mark_of(rows, versions=Sum("version"), last=Max("declared_at"), gone=Max("removed_at"))


def number_of_statements(worker: Worker) -> int:
    return SkillStatement.objects.filter(worker=worker).count()


def resume_basics(worker: Worker) -> Iterator[Entry]:
    """The job that the person has, as the title of their CV."""
    job = WorkerJob.objects.filter(worker=worker, use=JobUse.CURRENT, end_on=None).first()
    if job is not None:
        yield {"label": labels_of([job.title_id])[job.title_id]}


def resume_skills(worker: Worker) -> Iterator[Entry]:
    """The skills that stand, as JSON Resume tells them."""
    for row, label in labelled(statements(worker).filter(removed_at=None)):
        said = row.history[-1]
        entry: Entry = {"name": label}
        if said.level:
            entry["level"] = f"{said.level}/8 (DigComp)"
        keywords = [row.free_text] if row.concept and row.free_text else []
        if row.concept:
            keywords.append(f"{row.concept.reference.slug}:{row.concept.external_id}")
        if keywords:
            entry["keywords"] = keywords
        yield entry


# Flags and proposals ---------------------------------------------------------------------------------------


FLAG_FIELDS = (
    *("family", "rule", "opened_at", "closed_at", "closed_because"),
    *("hidden_until", "contested_at", "contest_reason", "contest_ended_at"),
)


def flag_entries(worker: Worker) -> Iterator[Entry]:
    """Flags on statements, open and closed: their rule, their source, and what the person answered."""
    rows = RiskFlag.objects.filter(statement__worker=worker).select_related("statement", "edition__reference")
    for held in in_slices(rows.order_by("opened_at", "pk")):
        for row in held:
            yield {
                "id": str(row.public_id),
                "statement": str(row.statement.public_id),
                "source": _edition(row.edition),
                **told(row, FLAG_FIELDS),
            }


def flags_mark(worker: Worker) -> str:
    rows = RiskFlag.objects.filter(statement__worker=worker)
    answers = {
        "hidden": Count("hidden_until"),
        "until": Max("hidden_until"),
        "contested": Max("contested_at"),
        "contests": Count("contested_at"),
        "ended": Max("contest_ended_at"),
    }
    return mark_of(rows, last=Max("opened_at"), closed=Max("closed_at"), **answers)


def number_of_flags(worker: Worker) -> int:
    return RiskFlag.objects.filter(statement__worker=worker).count()


def successor_entries(worker: Worker) -> Iterator[Entry]:
    """Successors that were proposed, and what the person answered."""
    rows = SuccessorProposal.objects.filter(statement__worker=worker).select_related(
        "statement", "successor__reference", "edition__reference"
    )
    for held in in_slices(rows.order_by("proposed_at", "pk")):
        labels = labels_of(row.successor_id for row in held)
        for row in held:
            yield {
                "id": str(row.public_id),
                "statement": str(row.statement.public_id),
                "successor": named(row.successor, row.edition, labels[row.successor_id]),
                **told(row, ("confidence", "reasons", "state", "proposed_at", "answered_at")),
            }


def successors_mark(worker: Worker) -> str:
    rows = SuccessorProposal.objects.filter(statement__worker=worker)
    waiting = Count("pk", filter=Q(state=ProposalState.WAITING))
    return mark_of(rows, last=Max("proposed_at"), answered=Max("answered_at"), waiting=waiting)


def number_of_successors(worker: Worker) -> int:
    return SuccessorProposal.objects.filter(statement__worker=worker).count()


def _edition(edition: Edition) -> Entry:
    return {"reference": edition.reference.slug, "edition": edition.number, "issue": edition.issue}


# Jobs and bilans -------------------------------------------------------------------------------------------


def job_entries(worker: Worker) -> Iterator[Entry]:
    """The jobs that the person has, had, wants or wanted."""
    rows = WorkerJob.objects.filter(worker=worker).select_related("title__reference", "edition")
    for held in in_slices(rows.order_by("start_on", "pk")):
        labels = labels_of(row.title_id for row in held)
        for row in held:
            yield {
                "id": str(row.public_id),
                "title": named(row.title, row.edition, labels[row.title_id]),
                **told(row, ("use", "start_on", "end_on")),
            }


def jobs_mark(worker: Worker) -> str:
    rows = WorkerJob.objects.filter(worker=worker)
    open_rows = Count("pk", filter=Q(end_on=None))
    return mark_of(rows, last=Max("pk"), ended=Max("end_on"), open=open_rows, read=Sum("edition_id"))


def number_of_jobs(worker: Worker) -> int:
    return WorkerJob.objects.filter(worker=worker).count()


def bilan_entries(worker: Worker) -> Iterator[Entry]:
    """The rhythm of bilans that the person wishes; one entry, or none."""
    for plan in BilanPlan.objects.filter(worker=worker):
        yield told(plan, ("last_on", "rhythm_months", "next_on"))


def bilans_mark(worker: Worker) -> str:
    return mark_of(BilanPlan.objects.filter(worker=worker), last=Max("updated_at"))


def number_of_bilans(worker: Worker) -> int:
    return BilanPlan.objects.filter(worker=worker).count()
