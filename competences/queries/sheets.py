"""One concept through the editions of its reference, as its sheet shows it.

References that nobody owns are for everybody, an own one for the members of its owner: whatever looks a
reference up takes the `actor` and the day, and to the others an own one is absent. The number of queries
never depends on the number of rows: each function says how many it makes.
"""

import datetime as dt
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

from django.db.models import Case, Prefetch, Q, Value, When

from accounts.errors import NotFound
from competences.enums import ChangeKind, ConceptKind, CoreFlag, LinkKind
from competences.models import OPEN, Change, Concept, ConceptLink, Edition, EditionSource, Reference
from competences.queries.names import Labels, Name, Named
from competences.queries.readable import Reader

__all__ = ["History", "Labels", "Name", "Named", "Sheet", "history", "sheet"]

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

    def labels(
        self, concepts: Iterable[int], *, edition: Edition | None = None, told_whole: int | None = None
    ) -> Labels:
        """The names of concepts as of the edition shown, or of another one. One query, or two."""
        return Labels(edition or self.shown, concepts, editions=self.editions, told_whole=told_whole)

    @property
    def number(self) -> str:
        """What an address says to stay at the edition shown; empty for the newest, which needs no saying."""
        return "" if self.shown == self.latest else self.shown.exact_name

    @property
    def before(self) -> Edition | None:
        """The edition just before the one shown."""
        place = self.editions.index(self.shown)
        return self.editions[place - 1] if place else None

    def find(self, number: str) -> Edition:
        """The edition with that number ("60", its latest issue, or "60.1"). Raises NotFound."""
        named = [e for e in self.editions if number in (e.number, e.exact_name)]
        if not named:
            raise NotFound
        return named[-1]

    def at(self, position: int) -> Edition | None:
        """The first edition at that place or after it; None past the newest."""
        place = bisect_left([e.position for e in self.editions], position)
        return self.editions[place] if place < len(self.editions) else None


def history(*, actor: Reader, on: dt.date, slug: str, number: str | None = None) -> History:
    """The history of a reference, looking at edition `number` ("60", "60.1") or at the newest. One query.

    Raises NotFound for a reference without editions, one that the actor may not read that day, and an
    edition that is not in its history, alike.
    """
    rows = Edition.objects.in_history().visible_to(actor, on=on).filter(reference__slug=slug)
    editions = list(rows.select_related("reference").defer("anomalies"))
    if not editions:
        raise NotFound
    past = History(editions[0].reference, editions, editions[-1])
    return past if number is None else replace(past, shown=past.find(number))


def references_with_editions(*, actor: Reader, on: dt.date) -> list[tuple[Reference, list[Edition]]]:
    """The references that the actor may read and that have a history, by name, each with its editions,
    newest first. Two queries.

    Each edition has its `languages`: its own first, then those of its translations.
    """
    found: dict[Reference, list[Edition]] = defaultdict(list)
    seen = Edition.objects.in_history().visible_to(actor, on=on)
    rows = seen.select_related("reference__owner").defer("anomalies")
    sources = EditionSource.objects.only("edition_id", "language").order_by("language")
    for edition in rows.prefetch_related(Prefetch("sources", sources)):
        read = [source.language for source in edition.sources.all() if source.language]
        edition.languages = list(dict.fromkeys([edition.language, *read]))
        found[edition.reference].insert(0, edition)
    return sorted(found.items(), key=lambda pair: pair[0].name)


def latest_change(*, actor: Reader, on: dt.date) -> Edition | None:
    """The edition imported last among those that the actor may read and that are compared with one before
    them. One query."""
    compared = Edition.objects.in_history().visible_to(actor, on=on).filter(changes__isnull=False)
    return compared.select_related("reference").order_by("-imported_at", "-position").first()


# The sheet -------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class EditionEvents:
    """What one edition did to a concept, against the edition before it.

    `lang` is the language of the two names where it is not the reader's. Names in two languages are not
    compared.
    """

    edition: Edition
    appeared: bool = False
    withdrawn: bool = False
    renamed_from: str = ""
    renamed_to: str = ""
    lang: str = ""
    gained: dict[str, list[Named]] = field(default_factory=dict)
    lost: dict[str, list[Named]] = field(default_factory=dict)
    reflagged: list[tuple[Named, str]] = field(default_factory=list)
    says_links: bool = True

    @property
    def says_something(self) -> bool:
        """Whether the edition did anything to the concept."""
        return bool(
            self.appeared or self.withdrawn or self.renamed_from or self.gained or self.lost or self.reflagged
        )


@dataclass(frozen=True, slots=True)
class Replacement:
    """A concept that took the place of another, as an edition declared it or as we propose it.

    `confidence` is 0 to 100; `reasons` are the codes of models.Change.
    """

    edition: Edition
    other: Named
    confidence: int
    reasons: list[str]


@dataclass(slots=True)
class Sheet:
    """One concept as of one edition, and its life through the editions.

    `is_present` is False when the concept is not in the edition shown: `label` and `description` are then
    the last known before it, else the first after it. `links` holds, by role, the concepts linked to it in
    that edition: titles, skill, knowledge, context, neighbours, needs, needed_by, part_of, parts, tags,
    jobs; at most MAX_LISTED of a role, except the parts, which the page cuts itself; `totals` tells how
    many there are. `was_used` is whether a job has asked for it in any edition up to the one shown.

    `lang` and `description_lang` are the languages of those texts where they are not the reader's, else
    empty; `own_lang` that of the edition's own texts.
    """

    history: History
    concept: Concept
    is_present: bool
    label: str
    lang: str
    description: str
    description_lang: str
    own_lang: str
    alternatives: list[str]
    attributes: dict[str, Any]
    links: dict[str, list[Named]]
    totals: dict[str, int]
    was_used: bool
    events: list[EditionEvents]
    successors: list[Replacement]
    replaces: list[Replacement]


def sheet(
    *, actor: Reader, on: dt.date, slug: str, kind: str, external_id: str, number: str | None = None
) -> Sheet:
    """The sheet of a concept. Five queries, whatever its links; six in another language than the edition's.

    Raises NotFound when the reference, the edition or the concept is absent, or not for the actor that day.
    """
    past = history(actor=actor, on=on, slug=slug, number=number)
    concept = find_concept(past, kind, external_id)
    rows = links_of(concept)
    swaps = _replacements(past, concept)
    others = {row.other for row in rows} | {other.pk for _change, other in swaps}
    known = past.labels({concept.pk, *others}, told_whole=concept.pk)
    own = known.of(concept.pk)
    if own is None:
        raise NotFound
    links = links_as_of(past.position, rows, known)
    replaced = [
        (change.concept_id == concept.pk, _replacement(past, change, other, known)) for change, other in swaps
    ]
    return Sheet(
        history=past,
        concept=concept,
        is_present=own.since <= past.position < own.until,
        **_own_texts(own, known),
        attributes=own.attributes or {},
        links={role: found if role == "parts" else found[:MAX_LISTED] for role, found in links.items()},
        totals={role: len(found) for role, found in links.items()},
        was_used=any(row.role == "jobs" and row.since <= past.position for row in rows),
        events=events(past, known.names[concept.pk], rows, known),
        successors=[row for is_left, row in replaced if is_left],
        replaces=[row for is_left, row in replaced if not is_left],
    )


def find_concept(past: History, kind: str, external_id: str) -> Concept:
    """A concept of the reference. One query. Raises NotFound."""
    concept = Concept.objects.filter(reference=past.reference, kind=kind, external_id=external_id).first()
    if concept is None:
        raise NotFound
    return concept


def _own_texts(own: Name, known: Labels) -> dict[str, Any]:
    """The texts of the concept of a sheet, each in the reader's language where the reference has it."""
    translation = known.translation(own)
    shown = translation or own
    described = translation if translation and translation.description else own
    own_lang = known.lang_of(own)
    return {
        "label": shown.label,
        "lang": "" if translation else own_lang,
        "description": described.description or "",
        "description_lang": "" if described is translation else own_lang,
        "own_lang": own_lang,
        "alternatives": (shown.alternatives or "").splitlines(),
    }


def _replacements(past: History, concept: Concept) -> list[tuple[Change, Concept]]:
    """What replaced the concept, and what it replaced, in any edition; each with the other concept."""
    rows = Change.objects.filter(edition__in=[e.pk for e in past.editions], kind=ChangeKind.REPLACED)
    own = rows.filter(Q(concept=concept) | Q(other=concept), other__isnull=False)
    found = own.select_related("concept", "other").order_by("-confidence", "pk")
    return [(row, row.other if row.concept_id == concept.pk else row.concept) for row in found]


def _replacement(past: History, change: Change, other: Concept, known: Labels) -> Replacement:
    return Replacement(
        edition=next(e for e in past.editions if e.pk == change.edition_id),
        other=known.named(other.pk, other.kind, other.external_id),
        confidence=change.confidence or 0,
        reasons=change.reasons or [],
    )


# Plain texts: a job has hundreds of links, and a member of an enum is slow to look up.
ROLES: dict[str, tuple[str, str]] = {
    LinkKind.USES.value: ("", "jobs"),  # outward, the kind of the other end
    LinkKind.TITLE_OF.value: ("jobs", "titles"),
    LinkKind.NEIGHBOUR.value: ("neighbours", ""),
    LinkKind.NEEDS.value: ("needs", "needed_by"),
    LinkKind.PART_OF.value: ("part_of", "parts"),
}
TAGGED, JOB = LinkKind.TAGGED.value, ConceptKind.JOB.value
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
        if self.kind == TAGGED:
            return "tags" if self.is_outward else "jobs" if self.other_kind == JOB else "parts"
        outward, inward = ROLES[self.kind]
        return (outward or self.other_kind) if self.is_outward else inward


def at_other_end(known: Labels, link: Link, position: int | None = None) -> Named:
    """The concept at the other end of a link, with the link's flag."""
    return known.named(link.other, link.other_kind, link.external_id, link.flag, position)


def links_of(concept: Concept) -> list[Link]:
    """Every link the concept has had, both ways. One query; tuples, for a context has a thousand jobs."""
    rows = ConceptLink.objects.filter(Q(source=concept) | Q(target=concept))
    outward = Q(source=concept)
    columns = (
        Case(When(outward, then=f"target__{name}"), default=f"source__{name}")
        for name in ("pk", "kind", "external_id")
    )
    shared = ("kind", "flag", "since", "until", Case(When(outward, then=Value(True)), default=Value(False)))
    return [Link(*row) for row in rows.values_list(*shared, *columns)]


CORE_ORDER: dict[str, int] = {
    CoreFlag.CORE: 0,
    CoreFlag.ESSENTIAL: 0,
    CoreFlag.EMERGING: 1,
    CoreFlag.NONE: 2,
    CoreFlag.OPTIONAL: 3,
}


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
            links[row.role].append(at_other_end(known, row))
    for role, found in links.items():
        found.sort(key=partial(_order, role))
    return dict(links)


# Its life through the editions -----------------------------------------------------------------------------


def says_links(edition: Edition) -> bool:
    """Whether the sources of an edition say what jobs ask for; taken as yes where it was not counted."""
    return edition.counts.get("links") != 0


EventsAt = Callable[[int], EditionEvents | None]


def events(past: History, life: list[Name], rows: Iterable[Link], known: Labels) -> list[EditionEvents]:
    """What each edition did to the concept, newest first; editions that did nothing are left out."""
    found: dict[int, EditionEvents] = {e.pk: EditionEvents(e) for e in past.editions}
    # Where one of two editions leaves out what jobs ask for, nothing came or went between them.
    for before, after in pairwise(past.editions):
        found[after.pk].says_links = says_links(before) and says_links(after)

    def at(position: int) -> EditionEvents | None:
        edition = past.at(position)
        return found[edition.pk] if edition else None

    _life_events(life, known, at)
    # Links that came or went with the concept itself say no more than that it came or went.
    starts, ends = {r.since for r in life}, {r.until for r in life}
    _link_events(rows, known, at, came=starts - ends, went=ends - starts)
    return [found[e.pk] for e in reversed(past.editions) if found[e.pk].says_something]


def _life_events(life: list[Name], known: Labels, at: EventsAt) -> None:
    before: Name | None = None
    for revision in life:
        event = at(revision.since)
        continues = before is not None and before.until == revision.since
        if event and not continues:
            event.appeared = True
        elif event and before is not None and before.label != revision.label:
            was, now = (known.language_of(name, revision.since) for name in (before, revision))
            if was == now:
                event.renamed_from, event.renamed_to = before.label, revision.label
                event.lang = known.lang_of(revision, revision.since)
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

    def told(row: Link, position: int) -> EditionEvents | None:
        event = at(position)
        return event if event and (event.says_links or row.kind != LinkKind.USES) else None

    for (role, _other), life in by_other.items():
        starting = {row.since: row for row in life}
        ends = {row.until for row in life}
        for row in life:
            followed = starting.get(row.until)
            if followed is not None:
                if event := told(row, row.until):
                    event.reflagged.append((at_other_end(known, followed), row.flag))
            elif row.until != OPEN and row.until not in went and (event := told(row, row.until)):
                event.lost.setdefault(role, []).append(at_other_end(known, row))
            if row.since not in ends and row.since not in came and (event := told(row, row.since)):
                event.gained.setdefault(role, []).append(at_other_end(known, row))
