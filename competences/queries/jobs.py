"""The jobs of people and organisations, with what the newest edition makes of them."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from accounts.models import Organisation, Worker
from competences.enums import ChangeKind, LinkKind
from competences.models import Change, Concept, ConceptLink, Edition, OrganisationJob, WorkerJob
from competences.queries.names import LabelOf, labels_of
from competences.queries.readable import Reader, hidden_references

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


def worker_jobs(worker: Worker, on: dt.date, *, actor: Reader) -> list[NamedJob]:
    """The jobs a person has and wants, as the actor reads them."""
    rows = WorkerJob.objects.in_force(on).filter(worker=worker)
    return _named(rows, actor, on)


def organisation_jobs(organisation: Organisation, on: dt.date, *, actor: Reader) -> list[NamedJob]:
    """The jobs of an organisation, each with what the newest edition changed for it; `actor` reads them."""
    rows = OrganisationJob.objects.in_force(on).filter(organisation=organisation)
    named = _named(rows, actor, on)
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


def _named(rows: QuerySet[Any], actor: Reader, on: dt.date) -> list[NamedJob]:
    whole = rows.select_related("title__reference", "edition").annotate(label=LabelOf("title"))
    found = list(whole.defer("edition__anomalies", "edition__changes"))
    hidden = hidden_references(actor, (row.title.reference for row in found), on=on)
    links = ConceptLink.objects.open().filter(
        kind=LinkKind.TITLE_OF, source__in=[row.title_id for row in found]
    )
    named = links.select_related("target__reference").annotate(label=LabelOf("target"))
    jobs = {link.source_id: (link.target, link.label) for link in named}
    return [
        NamedJob(
            row=row,
            label=row.label,
            is_readable=row.title.reference_id not in hidden,
            job=jobs[row.title_id][0] if row.title_id in jobs else None,
            job_label=jobs[row.title_id][1] if row.title_id in jobs else "",
        )
        for row in found
    ]
