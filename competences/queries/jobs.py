"""The jobs of people and organisations, with what the newest edition makes of them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from accounts.models import Organisation, Worker
from accounts.written import is_any_of, written
from competences.enums import ChangeKind, LinkKind
from competences.models import OPEN, Change, Concept, ConceptLink, Edition, OrganisationJob, WorkerJob
from competences.queries.names import LabelOf, labels_of
from competences.queries.readable import Reader, hidden_references

TITLE_CHANGES = (ChangeKind.MOVED, ChangeKind.REMOVED)
"""What may happen to a title that its job's own changes do not tell."""


@dataclass(slots=True)
class NamedJob:
    """A job named by its title, with what the newest edition makes of it.

    `is_readable` is whether the reader may open the reference: a name stays in a record after that. `homes`
    are the links to the jobs that its title has ever had.
    """

    row: WorkerJob | OrganisationJob
    label: str
    is_readable: bool
    job: Concept | None
    job_label: str
    homes: list[ConceptLink]
    changes: list[tuple[Change, str]] = field(default_factory=list)


def worker_jobs(worker: Worker, on: dt.date, *, actor: Reader) -> list[NamedJob]:
    """The jobs a person has and wants, as the actor reads them."""
    return _named(_jobs_of(worker=worker.pk, on=on), actor, on)


def organisation_jobs(organisation: Organisation, on: dt.date, *, actor: Reader) -> list[NamedJob]:
    """The jobs of an organisation, each with what the newest edition changed for it; `actor` reads them."""
    rows = OrganisationJob.objects.in_force(on).filter(organisation=organisation)
    named = _named(_whole(rows), actor, on)
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


@written
def _jobs_of(*, worker: int, on: dt.date) -> QuerySet[WorkerJob]:
    return _whole(WorkerJob.objects.in_force(on).filter(worker=worker))


def _whole(rows: QuerySet[Any]) -> QuerySet[Any]:
    whole = rows.select_related("title__reference", "edition").annotate(label=LabelOf("title"))
    return whole.defer("edition__anomalies", "edition__changes")


@written
def _homes_of(*, titles: list[int]) -> QuerySet[ConceptLink]:
    links = ConceptLink.objects.filter(is_any_of("source", titles), kind=LinkKind.TITLE_OF)
    return links.select_related("target__reference").annotate(label=LabelOf("target"))


def _named(rows: Iterable[Any], actor: Reader, on: dt.date) -> list[NamedJob]:
    found = list(rows)
    hidden = hidden_references(actor, (row.title.reference for row in found), on=on)
    links = _homes_of(titles=[row.title_id for row in found]) if found else []
    jobs = {link.source_id: (link.target, link.label) for link in links if link.until == OPEN}
    homes: dict[int, list[ConceptLink]] = defaultdict(list)
    for link in links:
        homes[link.source_id].append(link)
    return [
        NamedJob(
            row=row,
            label=row.label,
            is_readable=row.title.reference_id not in hidden,
            job=jobs[row.title_id][0] if row.title_id in jobs else None,
            job_label=jobs[row.title_id][1] if row.title_id in jobs else "",
            homes=homes[row.title_id],
        )
        for row in found
    ]
