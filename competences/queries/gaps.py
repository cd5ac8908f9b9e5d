"""What a person holds of the jobs they want. The caller is that person, or who follows them.

Skills are compared within one reference: one declared in another does not count, and the page says so.
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Exists, OuterRef

from accounts.errors import NotFound
from accounts.models import User, Worker
from competences.enums import ConceptKind, JobUse, LinkKind
from competences.models import ConceptLink, RiskFlag, SkillRevision, WorkerJob
from competences.queries.jobs import NamedJob, worker_jobs
from competences.queries.names import Named
from competences.queries.neighbours import links_out, sharing_most
from competences.queries.sheets import History, history
from competences.rules.ageing import AgeingFacts, ageing
from competences.rules.gaps import Asked, Gap, Share, gap
from competences.rules.labels import fold

COMPARABLE = (ConceptKind.SKILL, ConceptKind.KNOWLEDGE)
MOST_NEIGHBOURS = 10
"""Neighbours that are compared: a list that one still reads."""


class Mine(NamedTuple):
    """The concepts of a record, and those of them to refresh."""

    held: frozenset[int]
    stale: frozenset[int]


@dataclass(frozen=True, slots=True)
class WantedJob:
    """A job that a person named, with what they hold of it; `gap` is None where no edition lists the job."""

    named: NamedJob
    gap: Gap | None


@dataclass(frozen=True, slots=True)
class Near:
    """A job near the wanted one: what is held of it now, and with what would be learned."""

    job: Named
    now: Share
    then: Share


@dataclass(frozen=True, slots=True)
class GapPage:
    """A wanted job against a record: `now` as it is, `then` with what would be learned; names by concept."""

    named: NamedJob
    history: History
    now: Gap
    then: Gap
    neighbours: Sequence[Near]
    names: Mapping[int, Named]
    learned: frozenset[int]


def wanted_jobs(user: User, on: dt.date) -> list[WantedJob]:
    """The jobs that a person wants, those of which they hold most first. Constant number of queries."""
    return wanted_jobs_of(user.worker, on, reader=user)


def wanted_jobs_of(worker: Worker, on: dt.date, *, reader: User) -> list[WantedJob]:
    """The same for a reader, who may be an adviser that holds the right to follow this person: a job of a
    reference that the reader may not open has a name, and no gap."""
    named = [one for one in worker_jobs(worker, on, actor=reader) if one.row.use == JobUse.WANTED]
    readable = [one.job.pk for one in named if one.job and one.is_readable]
    asked = _asked_now(readable)
    mine = _mine(worker.user, on)
    found = [
        WantedJob(one, gap(asked[one.job.pk], *mine) if one.job and one.job.pk in asked else None)
        for one in named
    ]
    return sorted(found, key=lambda one: (-_percent(one.gap), fold(one.named.label)))


def gap_page(user: User, public_id: uuid.UUID, *, learned: Collection[str], on: dt.date) -> GapPage:
    """A job of the record against the skills of the record, with what they would be if some more were
    `learned` (identifiers of concepts of the job; others are not looked at).

    Raises NotFound for another person's job, one that ended, and one that the newest edition does not list.
    """
    own = WorkerJob.objects.in_force(on).filter(worker__user=user, public_id=public_id).first()
    titled = ConceptLink.objects.open().filter(kind=LinkKind.TITLE_OF, source=own.title_id if own else None)
    link = titled.select_related("target__reference").first()
    if own is None or link is None:
        raise NotFound
    job = link.target
    past = history(actor=user, on=on, slug=job.reference.slug)
    rows = links_out(past.position, [job.pk], [LinkKind.USES, LinkKind.NEIGHBOUR])[job.pk]
    asked = [Asked(row[0], row[3]) for row in rows if row[1] in COMPARABLE]
    near = [row for row in rows if row[1] == ConceptKind.JOB]
    near = near or sharing_most(past.position, job.pk, [one.concept for one in asked])
    near = near[:MOST_NEIGHBOURS]
    theirs = links_out(past.position, [row[0] for row in near], [LinkKind.USES])
    labels = past.labels({own.title_id, job.pk, *(row[0] for row in rows), *(row[0] for row in near)})
    named = NamedJob(
        row=own,
        label=labels.named(own.title_id, ConceptKind.TITLE, "").label,
        is_readable=True,
        job=job,
        job_label=labels.named(job.pk, job.kind, job.external_id).label,
        homes=[link],
    )
    names = {row[0]: labels.named(*row) for row in (*rows, *near)}
    chosen = frozenset(
        pk for pk, one in names.items() if one.external_id in learned and one.kind in COMPARABLE
    )
    held, stale = _mine(user, on)
    by_name = sorted(asked, key=lambda one: names[one.concept].folded)
    neighbours = [
        _near(names[row[0]], [Asked(r[0], r[3]) for r in theirs[row[0]] if r[1] in COMPARABLE], held, chosen)
        for row in near
    ]
    return GapPage(
        named=named,
        history=past,
        now=gap(by_name, held, stale),
        then=gap(by_name, held, stale, chosen),
        neighbours=sorted(neighbours, key=lambda one: (-one.then.percent, -one.now.percent, one.job.folded)),
        names=names,
        learned=chosen,
    )


def _near(job: Named, asked: Sequence[Asked], held: Collection[int], learned: Collection[int]) -> Near:
    return Near(job, gap(asked, held, ()).share, gap(asked, held, (), learned).share)


def _asked_now(jobs: Iterable[int]) -> dict[int, list[Asked]]:
    """What each job asks for in the newest edition. One query."""
    found: dict[int, list[Asked]] = defaultdict(list)
    links = ConceptLink.objects.open().filter(
        source__in=list(jobs), kind=LinkKind.USES, target__kind__in=COMPARABLE
    )
    for job, concept, flag in links.values_list("source_id", "target_id", "flag"):
        found[job].append(Asked(concept, flag))
    return found


def _mine(user: User, on: dt.date) -> Mine:
    """What the record holds. To refresh: no longer practised, or not confirmed or practised for long
    (rules/ageing.py), or left behind by the reference. One query."""
    rows = SkillRevision.objects.current().filter(
        statement__worker__user=user, statement__removed_at=None, statement__concept__isnull=False
    )
    is_flagged = Exists(RiskFlag.objects.open().filter(statement=OuterRef("statement")))
    held, stale = set(), set()
    columns = ("statement__concept_id", "is_practised", "confirmed_on", "practised_on")
    for concept, is_practised, confirmed_on, practised_on, flagged in rows.values_list(*columns, is_flagged):
        held.add(concept)
        if flagged or not is_practised or ageing(AgeingFacts(confirmed_on, practised_on), on):
            stale.add(concept)
    return Mine(frozenset(held), frozenset(stale))


def _percent(found: Gap | None) -> int:
    return found.share.percent if found else -1
