"""How skills stand: what the editions and the imported signals say of them, and what the rules make of it.

Everything is as of the newest edition of each reference. The number of queries is the same for one concept
and for two thousand; each function says how many it makes.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import FilteredRelation, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform

from accounts.written import is_any_of, written
from competences.enums import LinkKind, ReferenceFormat, SignalKind
from competences.models import (
    OPEN,
    Concept,
    ConceptLink,
    CrosswalkRow,
    Edition,
    ExposureScore,
    SignalSource,
    SkillStatement,
)
from competences.rules.durability import Durability, DurabilityFacts, durability
from competences.rules.exposure import BANDS, Exposure, ExposureFacts, JobScore, SourceExposure, exposure
from competences.rules.fragility import Fragility, FragilityFacts, fragility
from competences.rules.risks import Span

ISCO = "iscoGroup"
"""The attribute of a job that bears its own ISCO-08 code (ESCO)."""

PARENT = "code_rome_parent"
"""The attribute of a job that bears the older code it came from (ROME), which the crosswalk knows."""

PARENT_SCHEME, SCORED_SCHEME = "rome3", "isco08"
DIGITAL = "transition_num"


@dataclass(frozen=True, slots=True)
class Standing:
    """What the rules say of one skill: three findings that stay apart."""

    durability: Durability
    exposure: Exposure
    fragility: Fragility | None


def standings(concepts: Iterable[int]) -> dict[int, Standing]:
    """How each of these concepts stands. Three queries, none for no concept; unknown ids are left out."""
    wanted = set(concepts)
    if not wanted:
        return {}
    pasts = _pasts(wanted)
    uses = _uses(wanted)
    scores = _scores({use.job for found in uses.values() for use in found})
    return {pk: _standing(past, uses.get(pk, []), scores) for pk, past in pasts.items()}


def with_durability(statements: Iterable[SkillStatement]) -> list[SkillStatement]:
    """The same statements, each with its `durability`, None for the person's own words. Three queries, none
    for no statement."""
    found = list(statements)
    known = standings(statement.concept_id for statement in found if statement.concept_id)
    for statement in found:
        standing = known.get(statement.concept_id)
        statement.durability = standing.durability if standing else None
    return found


# What a page tells of exposure -----------------------------------------------------------------------------


class Score(NamedTuple):
    """What a source says of one job. `parent` is the code through which it was inherited, empty else."""

    source: str
    isco: str
    mean_2025: Decimal
    mean_2023: Decimal | None
    class_2025: str
    parent: str


class ToldBlock(NamedTuple):
    """What one source says, with the source. `detail` is its row for the one job that is told, None for
    several jobs."""

    finding: SourceExposure
    source: SignalSource
    detail: Score | None


@dataclass(frozen=True, slots=True)
class ToldExposure:
    """An exposure with the sources it comes from.

    `crosswalk`: the table through which scores were inherited, None when none was. `has_source` is False
    when no table of scores was imported.
    """

    exposure: Exposure
    blocks: list[ToldBlock]
    crosswalk: SignalSource | None
    has_source: bool


NO_DETAILS: Mapping[str, Score] = MappingProxyType({})


def told_exposure(found: Exposure, details: Mapping[str, Score] = NO_DETAILS) -> ToldExposure:
    """The exposure with its sources. One query."""
    sources = {source.slug: source for source in SignalSource.objects.in_use()}
    inherited = any(r.code == "inherited" for block in found.blocks for r in block.reasons)
    crosswalks = [s for s in sources.values() if s.kind == SignalKind.CROSSWALK]
    return ToldExposure(
        exposure=found,
        blocks=[
            ToldBlock(block, sources[block.source], details.get(block.source))
            for block in found.blocks
            if block.source in sources
        ],
        crosswalk=crosswalks[0] if inherited and crosswalks else None,
        has_source=any(s.kind == SignalKind.EXPOSURE for s in sources.values()),
    )


def job_exposure(attributes: Mapping[str, Any]) -> ToldExposure:
    """The exposure of one job, from the attributes of its sheet. Two queries."""
    job = Job(0, "", attributes.get(ISCO) or "", attributes.get(PARENT) or "", attributes.get(DIGITAL) or "")
    found = _scores({job})[job]
    facts = _exposure_facts([job], {job: found})
    return told_exposure(exposure(facts), {score.source: score for score in found})


# Facts -----------------------------------------------------------------------------------------------------


class Job(NamedTuple):
    """A job as its newest edition has it: its codes elsewhere, and the tag of the digital transition."""

    pk: int
    code: str
    isco: str
    parent: str
    digital: str


class Use(NamedTuple):
    """One job that asks for a skill, and where."""

    job: Job
    span: Span


@dataclass(slots=True)
class Past:
    """A concept in its reference: where it is listed, and the places of the editions, one a number."""

    format: str
    places: list[int]
    listed: list[Span]


def _pasts(concepts: set[int]) -> dict[int, Past]:
    """One query. Of the issues of one number the last alone counts: an issue is not one more year."""
    found: dict[int, Past] = {}
    for pk, format, its_places, since, until in _listings(concepts=list(concepts)):
        past = found.setdefault(pk, Past(format, sorted(its_places), []))
        if since is not None:
            past.listed.append(Span(since, until))
    return found


@written
def _listings(*, concepts: list[int]) -> QuerySet[Concept]:
    numbers = Edition.objects.in_history().filter(reference=OuterRef("reference"))
    places = numbers.order_by("number", "-issue").distinct("number").values("position")
    rows = Concept.objects.filter(is_any_of("pk", concepts)).annotate(places=ArraySubquery(places))
    return rows.values_list("pk", "reference__format", "places", "revisions__since", "revisions__until")


@written
def _asked(*, concepts: list[int]) -> QuerySet[ConceptLink]:
    rows = ConceptLink.objects.filter(is_any_of("target", concepts), kind=LinkKind.USES).annotate(
        now=FilteredRelation("source__revisions", condition=Q(source__revisions__until=OPEN))
    )
    attributes = [KeyTextTransform(name, "now__attributes") for name in (ISCO, PARENT, DIGITAL)]
    return rows.values_list("target_id", "since", "until", "source_id", "source__external_id", *attributes)


def _uses(concepts: set[int]) -> dict[int, list[Use]]:
    """Every job that ever asked for each concept, named as it is now. One query."""
    found: dict[int, list[Use]] = defaultdict(list)
    for target, since, until, job, code, isco, parent, digital in _asked(concepts=list(concepts)):
        found[target].append(Use(Job(job, code, isco or "", parent or "", digital or ""), Span(since, until)))
    return found


def _scores(jobs: set[Job]) -> dict[Job, list[Score]]:
    """What each source in use says of each job. One query.

    A job's own ISCO-08 code comes first; through its parent code it only inherits.
    """
    own = {job.isco for job in jobs if job.isco}
    parents = {job.parent for job in jobs if job.parent and not job.isco}
    by_isco: dict[str, list[Score]] = defaultdict(list)
    by_parent: dict[str, list[Score]] = defaultdict(list)
    for *told, its_parents in _scored(own=list(own), parents=list(parents), sources=list(BANDS)):
        by_isco[told[1]].append(Score(*told, parent=""))
        for parent in its_parents:
            by_parent[parent].append(Score(*told, parent=parent))
    return {job: by_isco[job.isco] if job.isco else by_parent[job.parent] for job in jobs}


@written
def _scored(*, own: list[str], parents: list[str], sources: list[str]) -> QuerySet[ExposureScore]:
    crosswalk = CrosswalkRow.objects.in_use().filter(
        is_any_of("from_code", parents), from_scheme=PARENT_SCHEME, to_scheme=SCORED_SCHEME
    )
    inherited = crosswalk.filter(to_code=OuterRef("isco")).values("from_code")
    return (
        ExposureScore.objects.in_use()
        .filter(
            Q(is_any_of("isco", own)) | Q(isco__in=crosswalk.values("to_code")),
            is_any_of("source__slug", sources),
        )
        .annotate(parents=ArraySubquery(inherited))
        .values_list("source__slug", "isco", "mean_2025", "mean_2023", "class_2025", "parents")
    )


def _standing(past: Past, uses: list[Use], scores: Mapping[Job, list[Score]]) -> Standing:
    places = [p for p in past.places if _holds(past.listed, p)]
    newest = past.places[-1] if past.places else None
    is_listed = newest is not None and newest in places
    jobs = list({use.job for use in uses if is_listed and use.span.holds(newest)})
    found = exposure(_exposure_facts(jobs, scores))
    facts = DurabilityFacts(
        jobs=len(jobs),
        areas=_areas(past.format, jobs),
        editions=len(past.places),
        asked_in=sum(_holds((use.span for use in uses), place) for place in places),
        exposure=found,
    )
    return Standing(durability(facts), found, fragility(FragilityFacts(len(jobs))))


def _exposure_facts(jobs: list[Job], scores: Mapping[Job, list[Score]]) -> ExposureFacts:
    by_source: dict[str, list[JobScore]] = defaultdict(list)
    for job in jobs:
        for score in scores[job]:
            by_source[score.source].append(JobScore(score.mean_2025, is_inherited=bool(score.parent)))
    return ExposureFacts(
        jobs=len(jobs),
        scores=by_source,
        digital=sum(job.digital == "O" for job in jobs),
        not_digital=sum(job.digital == "N" for job in jobs),
    )


def _areas(format: str, jobs: list[Job]) -> int | None:
    """How many areas the jobs belong to, None where the reference has none.

    ROME's codes begin with the letter of one of its 14 domains, ISCO-08's with the figure of one of its ten
    major groups.
    """
    if format == ReferenceFormat.ROME:
        return len({job.code[:1] for job in jobs})
    if format == ReferenceFormat.ESCO:
        return len({job.isco[:1] for job in jobs if job.isco})
    return None


def _holds(spans: Iterable[Span], place: int) -> bool:
    return any(span.holds(place) for span in spans)
