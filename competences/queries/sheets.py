"""One concept through the editions of its reference, as its sheet shows it.

Everything here is public: no actor, no access door. The number of queries never depends on the number of
rows: each function says how many it makes.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from django.db.models import Case, Q, Value, When

from accounts.errors import NotFound
from competences.enums import CoreFlag, LinkKind
from competences.models import OPEN, Concept, ConceptLink, ConceptRevision, Edition, Reference
from competences.rules.labels import fold

MAX_LISTED = 200
"""Links of one kind shown on the sheet of a concept; their number is always told."""


@dataclass(frozen=True, slots=True)
class History:
    """The editions of a reference that count, oldest first, and the one a page looks at."""

    reference: Reference
    editions: list[Edition]
    shown: Edition

    @property
    def position(self) -> int:
        """The place of the edition shown."""
        return self.shown.position

    @property
    def latest(self) -> Edition:
        """The newest edition."""
        return self.editions[-1]

    @property
    def before(self) -> Edition | None:
        """The edition just before the one shown."""
        place = self.editions.index(self.shown)
        return self.editions[place - 1] if place else None

    def at(self, position: int) -> Edition | None:
        """The first edition at that place or after it; None past the newest."""
        place = bisect_left([e.position for e in self.editions], position)
        return self.editions[place] if place < len(self.editions) else None


def history(*, slug: str, number: str | None = None) -> History:
    """The history of a reference, looking at edition `number` ("60", "60.1") or at the newest. One query.

    Raises NotFound for a reference without editions or an edition that is not in its history.
    """
    rows = Edition.objects.in_history().filter(reference__slug=slug).select_related("reference")
    editions = list(rows.defer("anomalies"))
    if number is not None:
        named = [e for e in editions if number in (e.number, f"{e.number}.{e.issue}")]
    else:
        named = editions
    if not named:
        raise NotFound
    return History(editions[0].reference, editions, named[-1])


def references_with_editions() -> list[tuple[Reference, list[Edition]]]:
    """Every reference that has a history, by name, with its editions, newest first. One query."""
    found: dict[Reference, list[Edition]] = defaultdict(list)
    for edition in Edition.objects.in_history().select_related("reference").defer("anomalies"):
        found[edition.reference].insert(0, edition)
    return sorted(found.items(), key=lambda pair: pair[0].name)


def latest_change() -> Edition | None:
    """The edition imported last among those that are compared with an edition before them. One query."""
    compared = Edition.objects.in_history().filter(changes__isnull=False).select_related("reference")
    return compared.order_by("-imported_at", "-position").first()


# The sheet -------------------------------------------------------------------------------------------------


class Named(NamedTuple):
    """A concept as a page names it: `label` is its last known name at the edition shown. `is_main` marks the
    title that gives its name to a job, `folded` is what it is sorted by."""

    kind: str
    external_id: str
    label: str
    flag: str = ""
    is_main: bool = False
    folded: str = ""


@dataclass(slots=True)
class EditionEvents:
    """What one edition did to a concept, against the edition before it."""

    edition: Edition
    appeared: bool = False
    withdrawn: bool = False
    renamed_from: str = ""
    renamed_to: str = ""
    gained: dict[str, list[Named]] = field(default_factory=dict)
    lost: dict[str, list[Named]] = field(default_factory=dict)
    reflagged: list[tuple[Named, str]] = field(default_factory=list)

    @property
    def says_something(self) -> bool:
        """Whether the edition did anything to the concept."""
        return bool(
            self.appeared or self.withdrawn or self.renamed_from or self.gained or self.lost or self.reflagged
        )


@dataclass(slots=True)
class Sheet:
    """One concept as of one edition, and its life through the editions.

    `is_present` is False when the concept is not in the edition shown: `label` and `description` are then
    the last known before it, else the first after it. `links` holds, by role, the concepts linked to it in
    that edition: titles, skill, knowledge, context, neighbours, part_of, parts, tags, jobs; at most
    MAX_LISTED of a role, `totals` tells how many there are.
    """

    history: History
    concept: Concept
    is_present: bool
    label: str
    description: str
    attributes: dict[str, Any]
    links: dict[str, list[Named]]
    totals: dict[str, int]
    events: list[EditionEvents]


def sheet(*, slug: str, kind: str, external_id: str, number: str | None = None) -> Sheet:
    """The sheet of a concept. Four queries, whatever its links.

    Raises NotFound when the reference, the edition or the concept does not exist.
    """
    past = history(slug=slug, number=number)
    concept = Concept.objects.filter(reference=past.reference, kind=kind, external_id=external_id).first()
    if concept is None:
        raise NotFound
    rows = _links(concept)
    known = Labels(past.position, {concept.pk, *(row.other for row in rows)}, told_whole=concept.pk)
    own = known.of(concept.pk)
    if own is None:
        raise NotFound
    links = links_as_of(past.position, rows, known)
    return Sheet(
        history=past,
        concept=concept,
        is_present=own.since <= past.position < own.until,
        label=own.label,
        description=own.description or "",
        attributes=own.attributes or {},
        links={role: found[:MAX_LISTED] for role, found in links.items()},
        totals={role: len(found) for role, found in links.items()},
        events=events(past, known.names[concept.pk], rows, known),
    )


class Name(NamedTuple):
    """How a concept was named during an interval of editions. Description and attributes (None elsewhere)
    are read for the concept of the sheet alone: a context has a thousand jobs."""

    concept: int
    label: str
    folded: str
    since: int
    until: int
    classification: str | None
    description: str | None
    attributes: dict[str, Any] | None


class Labels:
    """The names of some concepts, read once: as of a place, and their past. One query."""

    def __init__(self, position: int, concepts: Iterable[int], *, told_whole: int | None = None) -> None:
        self.position = position
        self.names: dict[int, list[Name]] = defaultdict(list)
        whole = Q(concept=told_whole)
        rows = (
            ConceptRevision.objects.filter(concept__in=concepts)
            .order_by("concept_id", "since")
            .values_list(
                "concept_id",
                "label",
                "folded",
                "since",
                "until",
                "attributes__classification",
                Case(When(whole, then="description")),
                Case(When(whole, then="attributes")),
            )
        )
        for row in rows:
            self.names[row[0]].append(Name(*row))

    def of(self, concept: int) -> Name | None:
        """The name that holds at the place, else the last before it, else the first after it."""
        rows = self.names.get(concept, [])
        return next((n for n in reversed(rows) if n.since <= self.position), rows[0] if rows else None)

    def named(self, concept: int, kind: str, external_id: str, flag: str = "") -> Named:
        """The concept with its name as of the place; its identifier when it never had a name."""
        name = self.of(concept)
        if name is None:
            return Named(kind, external_id, external_id, flag, False, fold(external_id))
        return Named(kind, external_id, name.label, flag, name.classification == "PRINCIPALE", name.folded)

    def at_other_end(self, link: "Link") -> Named:
        """The concept at the other end of a link, with the link's flag."""
        return self.named(link.other, link.other_kind, link.external_id, link.flag)


# Plain texts: a job has hundreds of links, and a member of an enum is slow to look up.
ROLES: dict[str, tuple[str, str]] = {
    LinkKind.USES.value: ("", "jobs"),  # outward, the kind of the other end
    LinkKind.TITLE_OF.value: ("jobs", "titles"),
    LinkKind.NEIGHBOUR.value: ("neighbours", ""),
    LinkKind.PART_OF.value: ("part_of", "parts"),
}
TOLD_BY_HISTORY = frozenset({LinkKind.USES.value, LinkKind.TITLE_OF.value})


class Link(NamedTuple):
    """A link of a concept during an interval of editions, seen from that concept."""

    kind: str
    flag: str
    since: int
    until: int
    is_outward: bool
    other: int
    other_kind: str
    external_id: str

    @property
    def role(self) -> str:
        """What the other end is to the concept; empty when its sheet does not tell it."""
        outward, inward = ROLES.get(self.kind, ("tags", "jobs"))
        return (outward or self.other_kind) if self.is_outward else inward


def _links(concept: Concept) -> list[Link]:
    """Every link the concept has had, both ways. One query; tuples, for a context has a thousand jobs."""
    rows = ConceptLink.objects.filter(Q(source=concept) | Q(target=concept))
    outward = Q(source=concept)
    columns = (
        Case(When(outward, then=f"target__{name}"), default=f"source__{name}")
        for name in ("pk", "kind", "external_id")
    )
    shared = ("kind", "flag", "since", "until", Case(When(outward, then=Value(True)), default=Value(False)))
    return [Link(*row) for row in rows.values_list(*shared, *columns)]


CORE_ORDER: dict[str, int] = {CoreFlag.CORE.value: 0, CoreFlag.EMERGING.value: 1, CoreFlag.NONE.value: 2}


def _order(role: str, named: Named) -> tuple[Any, ...]:
    """Neighbours in the producer's order; titles with the main one first; the rest by place, then name."""
    if role == "neighbours":
        return (int(named.flag) if named.flag.isdigit() else 99, named.folded)
    if role == "titles":
        return (not named.is_main, named.folded)
    return (CORE_ORDER.get(named.flag, 2), named.folded)


def links_as_of(position: int, rows: Iterable[Link], known: Labels) -> dict[str, list[Named]]:
    links: dict[str, list[Named]] = defaultdict(list)
    for row in rows:
        if row.role and row.since <= position < row.until:
            links[row.role].append(known.at_other_end(row))
    for role, found in links.items():
        found.sort(key=partial(_order, role))
    return dict(links)


# Its life through the editions -----------------------------------------------------------------------------

EventsAt = Callable[[int], EditionEvents | None]


def events(past: History, life: list[Name], rows: Iterable[Link], known: Labels) -> list[EditionEvents]:
    """What each edition did to the concept, newest first; editions that did nothing are left out."""
    found: dict[int, EditionEvents] = {e.pk: EditionEvents(e) for e in past.editions}

    def at(position: int) -> EditionEvents | None:
        edition = past.at(position)
        return found[edition.pk] if edition else None

    _life_events(life, at)
    # Links that came or went with the concept itself say no more than that it came or went.
    starts, ends = {r.since for r in life}, {r.until for r in life}
    _link_events(rows, known, at, came=starts - ends, went=ends - starts)
    return [found[e.pk] for e in reversed(past.editions) if found[e.pk].says_something]


def _life_events(life: list[Name], at: EventsAt) -> None:
    before: Name | None = None
    for revision in life:
        event = at(revision.since)
        continues = before is not None and before.until == revision.since
        if event and not continues:
            event.appeared = True
        elif event and before is not None and before.label != revision.label:
            event.renamed_from, event.renamed_to = before.label, revision.label
        if before is not None and not continues and (gone := at(before.until)):
            gone.withdrawn = True
        before = revision
    if before is not None and before.until != OPEN and (gone := at(before.until)):
        gone.withdrawn = True


def _link_events(
    rows: Iterable[Link], known: Labels, at: EventsAt, *, came: set[int], went: set[int]
) -> None:
    by_other: dict[tuple[str, int], list[Link]] = defaultdict(list)
    for row in rows:
        if row.kind in TOLD_BY_HISTORY:
            by_other[row.role, row.other].append(row)
    for (role, _other), life in by_other.items():
        starting = {row.since: row for row in life}
        ends = {row.until for row in life}
        for row in life:
            followed = starting.get(row.until)
            if followed is not None:
                if event := at(row.until):
                    event.reflagged.append((known.at_other_end(followed), row.flag))
            elif row.until != OPEN and row.until not in went and (event := at(row.until)):
                event.lost.setdefault(role, []).append(known.at_other_end(row))
            if row.since not in ends and row.since not in came and (event := at(row.since)):
                event.gained.setdefault(role, []).append(known.at_other_end(row))
