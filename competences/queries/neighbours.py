"""The jobs near a job: the skills and knowledge that both ask for, and those that only the other asks for.

The producer's own neighbours where it names some; else the jobs of the same reference that share most skills
and knowledge. For who may read the reference; `held` are the concepts that the reader's own record holds.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q

from accounts.errors import NotFound
from accounts.models import User
from competences.enums import ConceptKind, LinkKind
from competences.models import Concept, ConceptLink, SkillStatement
from competences.queries.names import Labels, Named
from competences.queries.readable import Reader
from competences.queries.sheets import CORE_ORDER, History, Sheet, find_concept, history
from competences.rules.labels import fold

SHARED = (ConceptKind.SKILL, ConceptKind.KNOWLEDGE)
MOST_COMPUTED = 10
"""Neighbours that we work out ourselves."""

Row = tuple[int, str, str, str]
"""A concept at the end of a link: its row, kind, identifier, and the flag of the link."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A job near another: how many skills and knowledge both ask for, and how many only this one does."""

    job: Named
    common: int
    missing: int


@dataclass(frozen=True, slots=True)
class Nearness:
    """The lists of one neighbour: what both ask for, what it alone asks for, what it does not ask for."""

    neighbour: Neighbour
    common: list[Named]
    missing: list[Named]
    left: list[Named]


@dataclass(frozen=True, slots=True)
class NeighbourPage:
    """A job, its neighbours, and the lists of one of them (None where there is no neighbour).

    `is_computed` is whether we worked the neighbours out because the producer names none; `held` are the
    concepts that the reader's own record holds among those that are missing.
    """

    history: History
    concept: Concept
    shown: Named
    neighbours: list[Neighbour]
    is_computed: bool
    chosen: Nearness | None
    held: frozenset[int]


def sheet_neighbours(sheet: Sheet) -> tuple[list[Neighbour], bool]:
    """The neighbours of a job whose sheet was read, and whether we worked them out. One query for the
    producer's own; three when we work them out, four in another language than the edition's."""
    position = sheet.history.position
    asked = [named.pk for kind in SHARED for named in sheet.links.get(kind, [])]
    if jobs := sheet.links.get("neighbours", []):
        return _counted(position, jobs, asked), False
    rows = sharing_most(position, sheet.concept.pk, asked)
    known = sheet.history.labels([row[0] for row in rows])
    return _counted(position, [known.named(*row) for row in rows], asked), True


def neighbour_page(
    *, actor: Reader, on: dt.date, slug: str, code: str, number: str | None = None, chosen: str = ""
) -> NeighbourPage:
    """The neighbours of a job as of an edition, and the lists of the neighbour whose code is `chosen`, or of
    the first one.

    Six queries; one more each for neighbours that we work out, for a reader who is signed in, and in
    another language than the edition's. Raises NotFound for what does not exist or is not for the actor that
    day, and for a job that is not a neighbour.
    """
    past = history(actor=actor, on=on, slug=slug, number=number)
    concept = find_concept(past, ConceptKind.JOB, code)
    links = links_out(past.position, [concept.pk], [LinkKind.USES, LinkKind.NEIGHBOUR])[concept.pk]
    own = [row for row in links if row[1] in SHARED]
    near = sorted((row for row in links if row[1] == ConceptKind.JOB), key=_in_the_producers_order)
    asked = [row[0] for row in own]
    is_computed = not near
    if is_computed:
        near = sharing_most(past.position, concept.pk, asked)
    picked = next((row for row in near if row[2] == chosen), near[0] if near and not chosen else None)
    if picked is None and chosen:
        raise NotFound
    theirs = links_out(past.position, [picked[0]], [LinkKind.USES])[picked[0]] if picked else []
    theirs = [row for row in theirs if row[1] in SHARED]
    known = past.labels({concept.pk} | {row[0] for row in (*own, *near, *theirs)})
    neighbours = _counted(past.position, [known.named(*row) for row in near], asked)
    lists = None
    if picked:
        place = near.index(picked)
        lists = _nearness(neighbours[place], own, theirs, known)
    return NeighbourPage(
        history=past,
        concept=concept,
        shown=known.named(concept.pk, concept.kind, concept.external_id),
        neighbours=neighbours,
        is_computed=is_computed,
        chosen=lists,
        held=_held(actor, lists.missing) if isinstance(actor, User) and lists else frozenset(),
    )


def _in_the_producers_order(row: Row) -> tuple[int, str]:
    return (int(row[3]) if row[3].isdigit() else 99, row[2])


def links_out(position: int, sources: Iterable[int], kinds: Iterable[str]) -> dict[int, list[Row]]:
    """What concepts are tied to in an edition, by concept. One query."""
    found: dict[int, list[Row]] = {source: [] for source in sources}
    rows = ConceptLink.objects.as_of(position).filter(source__in=list(found), kind__in=list(kinds))
    columns = ("source_id", "target_id", "target__kind", "target__external_id", "flag")
    for source, *row in rows.order_by("source_id", "target_id").values_list(*columns):
        found[source].append(tuple(row))
    return found


def sharing_most(position: int, job: int, asked: list[int]) -> list[Row]:
    """The jobs that ask for most of the same things. One query, on the index of what links lead to."""
    rows = ConceptLink.objects.as_of(position).filter(
        kind=LinkKind.USES, target__in=asked, source__kind=ConceptKind.JOB
    )
    columns = ("source_id", "source__kind", "source__external_id")
    shared = rows.exclude(source=job).values_list(*columns).annotate(common=Count("pk"))
    return [(*row[:3], "") for row in shared.order_by("-common", "source_id")[:MOST_COMPUTED]]


def _counted(position: int, jobs: list[Named], asked: list[int]) -> list[Neighbour]:
    """Each job with its counts, in the same order. One query."""
    rows = ConceptLink.objects.as_of(position).filter(
        source__in=[job.pk for job in jobs], kind=LinkKind.USES, target__kind__in=SHARED
    )
    in_common = Count("pk", filter=Q(target__in=asked))
    figures = rows.values_list("source_id").order_by("source_id").annotate(Count("pk"), common=in_common)
    counts = {job: (common, total - common) for job, total, common in figures}
    return [Neighbour(job, *counts.get(job.pk, (0, 0))) for job in jobs]


def _nearness(neighbour: Neighbour, own: list[Row], theirs: list[Row], known: Labels) -> Nearness:
    mine = {row[0] for row in own}
    asked = {row[0] for row in theirs}

    def names(rows: Iterable[Row]) -> list[Named]:
        return sorted((known.named(*row) for row in rows), key=_by_place)

    return Nearness(
        neighbour=neighbour,
        common=names(row for row in theirs if row[0] in mine),
        missing=names(row for row in theirs if row[0] not in mine),
        left=names(row for row in own if row[0] not in asked),
    )


def _by_place(named: Named) -> tuple[bool, int, str]:
    """Skills before knowledge, the first places first, then by name."""
    return (named.kind != ConceptKind.SKILL, CORE_ORDER.get(named.flag, 2), fold(named.label))


def _held(reader: User, missing: list[Named]) -> frozenset[int]:
    """Which of these the reader's own record holds. One query."""
    own = SkillStatement.objects.standing().filter(worker__user=reader)
    return frozenset(own.filter(concept__in=[m.pk for m in missing]).values_list("concept_id", flat=True))
