"""What the first steps of a person show them. The caller is that person."""

import datetime as dt
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Value, When

from accounts.models import Membership, User, Worker
from competences.enums import ConceptKind, CoreFlag, JobUse, LinkKind, ReferenceFormat
from competences.models import (
    OPEN,
    Concept,
    ConceptLink,
    ConceptRevision,
    Edition,
    FirstUse,
    SkillStatement,
    WorkerJob,
)
from competences.queries.names import MAIN_TITLE, labels_of
from competences.queries.standing import DIGITAL
from competences.rules.first_use import MOST, Candidate, proposed

SECTORS = (ConceptKind.GROUP, ConceptKind.AREA)
DECLARABLE = (ConceptKind.SKILL, ConceptKind.KNOWLEDGE)
CORE = (CoreFlag.CORE, CoreFlag.ESSENTIAL)

ESCO_DIGITAL = "6c930acd-c104-4ece-acf7-f44fd7333036"
"""The end of the address of ESCO's collection of digital skills."""

POPULAR = 60
"""Skills asked by the most jobs among which proposals are drawn, and as many digital ones."""

ASKED = 1_000
"""Skills asked by the most jobs among which digital ones are looked for."""

POPULAR_FOR = 24 * 3600
"""Seconds for which they are kept: they change with an edition."""

HIGHEST = 6
"""Steps from a job up to its sector: four in ESCO, two in ROME."""


@dataclass(frozen=True, slots=True)
class Proposals:
    """Skills proposed to a person: from their job of that name, or, where it is empty, from all jobs."""

    skills: list[Candidate]
    job: str


@dataclass(frozen=True, slots=True)
class Sector:
    """A part of the tree of jobs: the sectors below it, or the names of its jobs. `key`, `label` pairs."""

    label: str
    sectors: list[tuple[int, str]]
    titles: list[tuple[int, str]]


def first_use_of(worker: Worker) -> FirstUse | None:
    """What the person answered; None when they were never asked."""
    return FirstUse.objects.filter(worker=worker).first()


def invites(worker: Worker) -> bool:
    """Whether an empty record shows the questions: until they were put away or gone through. One query."""
    known = first_use_of(worker)
    return known is None or not (known.left_at or known.finished_at)


def is_empty(worker: Worker, on: dt.date) -> bool:
    """Whether the record holds neither a skill nor a job. Two queries at most."""
    jobs = WorkerJob.objects.in_force(on).filter(worker=worker)
    return not SkillStatement.objects.standing().filter(worker=worker).exists() and not jobs.exists()


def is_led(user: User, on: dt.date) -> bool:
    """Whether a person who signs in is led to the questions: an empty record, never asked, and somebody who
    comes for themselves rather than for an organisation."""
    worker = user.worker
    if FirstUse.objects.filter(worker=worker).exists() or not is_empty(worker, on):
        return False
    return not Membership.objects.in_force(on).filter(user=user).exists()


def proposals(user: User, on: dt.date, *, ease: str = "") -> Proposals:
    """Ten skills from the person's present jobs, none that the record holds; completed, or replaced where
    there is no job, by those that the most jobs ask for. A constant number of queries."""
    own = WorkerJob.objects.in_force(on).filter(worker=user.worker, use=JobUse.CURRENT)
    titles = list(own.values_list("title_id", flat=True))
    held = set(
        SkillStatement.objects.standing()
        .filter(worker=user.worker, concept__isnull=False)
        .values_list("concept_id", flat=True)
    )
    jobs = ConceptLink.objects.open().filter(kind=LinkKind.TITLE_OF, source__in=titles).values("target")
    seen = Concept.objects.visible_to(user, on=on).filter(kind__in=DECLARABLE)
    uses = ConceptLink.objects.open().filter(kind=LinkKind.USES, source__in=jobs, target__in=seen)
    core: dict[int, bool] = {}
    for target, flag in uses.exclude(target__in=held).values_list("target", "flag"):
        core[target] = core.get(target, False) or flag in CORE
    popular = _popular(user, on) if len(core) < MOST else {}
    concepts = {key: False for key in popular if key not in held} | core
    digital = dict(
        Concept.objects.filter(pk__in=concepts, revisions__until=OPEN)
        .annotate(is_digital=Case(When(_digital_condition(), then=Value(True)), default=Value(False)))
        .values_list("pk", "is_digital")
    )
    labels = labels_of([*digital, *titles])
    found = {
        key: Candidate(key, labels[key], concepts[key], is_digital, popular.get(key, 0))
        for key, is_digital in digital.items()
    }
    own_skills = proposed([one for key, one in found.items() if key in core], ease=ease)
    others = [one for key, one in found.items() if key not in core]
    more = proposed(others, ease=ease, most=MOST - len(own_skills))
    job = next((labels[title] for title in titles if title in labels), "") if own_skills else ""
    return Proposals([*own_skills, *more], job)


def browsed_edition(user: User, on: dt.date) -> Edition | None:
    """The newest edition of the reference of jobs that a newcomer browses: ROME, else another in its format,
    else the first one that is not of skills alone. One query."""
    rows = Edition.objects.in_history().visible_to(user, on=on).filter(reference__owner=None)
    rows = rows.exclude(reference__format=ReferenceFormat.DIGCOMP).select_related("reference")
    return min(
        rows.defer("anomalies"),
        key=lambda one: (
            one.reference.slug != "rome",
            one.reference.format != ReferenceFormat.ROME,
            one.reference_id,
            -one.position,
        ),
        default=None,
    )


def sector(user: User, on: dt.date, key: int | None) -> Sector | None:
    """The tree of jobs from its top, or below one of its parts; None without a reference, or without that
    part. A bounded number of queries."""
    edition = browsed_edition(user, on)
    if edition is None:
        return None
    reference = edition.reference
    parts = ConceptLink.objects.open().filter(kind=LinkKind.PART_OF, target__reference=reference)
    if key is None:
        return Sector("", _by_name(labels_of(_tops(parts))), [])
    here = Concept.objects.filter(reference=reference, pk=key, kind__in=SECTORS).first()
    if here is None:
        return None
    below = list(parts.filter(target=here).values_list("source", "source__kind"))
    labels = labels_of([key, *(pk for pk, kind in below if kind in SECTORS)])
    label = labels.pop(key, "")
    return Sector(
        label, _by_name(labels), _main_titles([pk for pk, kind in below if kind == ConceptKind.JOB])
    )


def _tops(parts: QuerySet[ConceptLink]) -> set[int]:
    """The groups above every job that have nothing above them."""
    here = set(parts.filter(source__kind=ConceptKind.JOB).values_list("target", flat=True))
    tops: set[int] = set()
    for _step in range(HIGHEST):
        up = parts.filter(source__in=here, target__kind__in=SECTORS)
        above = dict(up.values_list("source", "target"))
        tops |= here - above.keys()
        here = set(above.values())
        if not here:
            break
    return tops


def _by_name(labels: dict[int, str]) -> list[tuple[int, str]]:
    return sorted(labels.items(), key=lambda pair: pair[1])


def _main_titles(jobs: list[int]) -> list[tuple[int, str]]:
    """The main name of each job, else one of its names, with the key of that title."""
    if not jobs:
        return []
    links = ConceptLink.objects.open().filter(kind=LinkKind.TITLE_OF, target__in=jobs)
    of_job = dict(links.values_list("source", "target"))
    rows = ConceptRevision.objects.filter(concept__in=of_job, until=OPEN)
    chosen: dict[int, tuple[bool, str, int]] = {}
    for key, label, rank in rows.values_list("concept", "label", "attributes__classification"):
        job, found = of_job[key], (rank != MAIN_TITLE, label, key)
        chosen[job] = min(chosen.get(job, found), found)
    return sorted(((key, label) for _rank, label, key in chosen.values()), key=lambda pair: pair[1])


def _popular(user: User, on: dt.date) -> dict[int, int]:
    """How many jobs of the reference ask for each of its most asked skills, digital ones apart so that there
    are some. One query, three when it is not in the cache."""
    edition = browsed_edition(user, on)
    if edition is None:
        return {}
    name = f"popular-skills:{edition.pk}:{edition.content_revision}"
    counts: dict[int, int] | None = cache.get(name)
    if counts is None:
        uses = ConceptLink.objects.open().filter(
            kind=LinkKind.USES, source__reference=edition.reference_id, target__kind__in=DECLARABLE
        )
        by_use = uses.values("target").annotate(jobs=Count("pk")).order_by("-jobs", "target")
        most = dict(by_use.values_list("target", "jobs")[:ASKED])
        digital = set(Concept.objects.filter(_digital_condition(), pk__in=most).values_list("pk", flat=True))
        counts = dict(list(most.items())[:POPULAR])
        counts |= dict([(key, jobs) for key, jobs in most.items() if key in digital][:POPULAR])
        cache.set(name, counts, POPULAR_FOR)
    return counts


def _digital_condition() -> Q:
    """Digital by its own reference: ROME's tag of the digital transition, or ESCO's collection."""
    tagged = ConceptLink.objects.open().filter(
        kind=LinkKind.TAGGED, target__external_id__endswith=ESCO_DIGITAL, source=OuterRef("pk")
    )
    revisions = ConceptRevision.objects.filter(
        **{f"attributes__{DIGITAL}": "O"}, until=OPEN, concept=OuterRef("pk")
    )
    return Q(Exists(revisions)) | Q(Exists(tagged))
