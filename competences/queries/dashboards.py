"""What the three dashboards show, each with a constant number of queries."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Organisation, Worker
from competences.enums import ChangeKind, LinkKind
from competences.models import (
    BilanPlan,
    Change,
    Concept,
    ConceptLink,
    ConceptRevision,
    ConceptTranslation,
    Edition,
    OrganisationJob,
    RiskFlag,
    SkillLevel,
    SkillStatement,
    WorkerJob,
)
from competences.queries.names import reader_language
from competences.queries.readable import Reader, hidden_references
from competences.rules.clocks import NextBilan, next_bilan

TITLE_CHANGES = (ChangeKind.MOVED, ChangeKind.REMOVED)
"""What may happen to a title that its job's own changes do not tell."""


@dataclass(slots=True)
class NamedJob:
    """A job named by its title, with what the newest edition makes of it.

    `is_readable` is whether the reader may open the reference: a name stays in a record after that.
    """

    row: WorkerJob | OrganisationJob
    label: str
    is_readable: bool
    job: Concept | None
    job_label: str
    changes: list[tuple[Change, str]] = field(default_factory=list)


def labels_of(concepts: Iterable[int]) -> dict[int, str]:
    """The last known label of each concept, in the reader's language where it had one. One query."""
    rows = ConceptRevision.objects.filter(concept__in=set(concepts)).order_by("concept_id", "since")
    translations = ConceptTranslation.objects.filter(
        concept=OuterRef("concept"),
        language=reader_language(),
        since__lt=OuterRef("until"),
        until__gte=OuterRef("until"),
    )
    label = Coalesce(Subquery(translations.values("label")[:1]), "label")
    return dict(rows.values_list("concept_id", label))


def statements_of(worker: Worker) -> QuerySet[SkillStatement]:
    """The skills that stand in a record, with level, open flags and concept, the latest first."""
    return (
        SkillStatement.objects.standing()
        .filter(worker=worker)
        .select_related("concept__reference", "edition")
        .prefetch_related(
            Prefetch("levels", SkillLevel.objects.filter(end_at=None), to_attr="current"),
            Prefetch(
                "flags", RiskFlag.objects.open().select_related("edition__reference"), to_attr="open_flags"
            ),
        )
        .order_by("-declared_at", "-pk")
    )


def flagged(statements: QuerySet[SkillStatement]) -> QuerySet[SkillStatement]:
    """Those of the statements that an open flag names."""
    return statements.filter(pk__in=RiskFlag.objects.open().values("statement_id"))


def with_labels(statements: Iterable[SkillStatement], *, actor: Reader, on: dt.date) -> list[SkillStatement]:
    """The same statements, each with its `label`, its `level` and whether it `is_readable`: whether the actor
    may open its reference that day. A record keeps the names of an own reference whoever reads it.
    """
    found = list(statements)
    hidden = hidden_references(actor, (s.concept.reference for s in found), on=on)
    labels = labels_of(s.concept_id for s in found)
    for statement in found:
        statement.label = labels[statement.concept_id]
        statement.level = statement.current[0].level
        statement.is_readable = statement.concept.reference_id not in hidden
    return found


def worker_jobs(worker: Worker, on: dt.date, *, actor: Reader) -> list[NamedJob]:
    """The jobs a person has and wants, as the actor reads them."""
    rows = WorkerJob.objects.in_force(on).filter(worker=worker)
    return _named(rows.select_related("title__reference"), actor, on)


def bilan_plan(worker: Worker) -> BilanPlan | None:
    return BilanPlan.objects.filter(worker=worker).first()


def due_bilan(worker: Worker, on: dt.date) -> NextBilan | None:
    """The next bilan that the worker wishes, with its reasons; None without a plan."""
    plan = bilan_plan(worker)
    return next_bilan(plan.last_on, plan.rhythm_months, on) if plan else None


def organisation_jobs(organisation: Organisation, on: dt.date, *, actor: Reader) -> list[NamedJob]:
    """The jobs of an organisation, each with what the newest edition changed for it; `actor` reads them."""
    rows = OrganisationJob.objects.in_force(on).filter(organisation=organisation)
    named = _named(rows.select_related("title__reference"), actor, on)
    newest = Edition.objects.in_history().order_by("reference_id", "-position").distinct("reference_id")
    codes = [n.job.pk for n in named if n.job] + [n.row.title_id for n in named]
    found = Change.objects.filter(concept__in=codes, edition__in=list(newest)).order_by("kind", "pk")
    changes = list(found.select_related("edition"))
    labels = labels_of(c.other_id for c in changes if c.other_id)
    by_concept: dict[int, list[tuple[Change, str]]] = defaultdict(list)
    for change in changes:
        by_concept[change.concept_id].append((change, labels.get(change.other_id, "")))
    for one in named:
        if not one.is_readable:
            continue
        own = by_concept[one.job.pk] if one.job else []
        of_title = [pair for pair in by_concept[one.row.title_id] if pair[0].kind in TITLE_CHANGES]
        one.changes = [*of_title, *own]
    return named


def followed(workers: QuerySet[Worker]) -> QuerySet[Worker]:
    """The people an adviser follows, each with `skills` and `flags` counted."""
    standing = Q(statements__removed_at=None)
    return (
        workers.select_related("user")
        .annotate(
            skills=Count("statements", filter=standing, distinct=True),
            flags=Count(
                "statements__flags", filter=standing & Q(statements__flags__closed_at=None), distinct=True
            ),
        )
        .order_by("-flags", "user__name", "pk")
    )


def _named(rows: Iterable[Any], actor: Reader, on: dt.date) -> list[NamedJob]:
    found = list(rows)
    hidden = hidden_references(actor, (row.title.reference for row in found), on=on)
    links = ConceptLink.objects.open().filter(
        kind=LinkKind.TITLE_OF, source__in=[row.title_id for row in found]
    )
    jobs = {link.source_id: link.target for link in links.select_related("target__reference")}
    labels = labels_of([row.title_id for row in found] + [job.pk for job in jobs.values()])
    return [
        NamedJob(
            row=row,
            label=labels[row.title_id],
            is_readable=row.title.reference_id not in hidden,
            job=(job := jobs.get(row.title_id)),
            job_label=labels[job.pk] if job else "",
        )
        for row in found
    ]
