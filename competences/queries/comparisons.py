"""One job in two editions of its reference, whichever they are and in either order.

Everything comes from the intervals: the rows of changes only speak of editions that follow each other.
For who may read the reference.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import Q

from accounts.errors import NotFound
from competences.enums import ConceptKind, LinkKind
from competences.models import Concept, ConceptLink, ConceptRevision, Edition
from competences.queries.names import Labels, Name, Named
from competences.queries.readable import Reader
from competences.queries.sheets import (
    CORE_ORDER,
    History,
    Link,
    at_other_end,
    find_concept,
    history,
    links_of,
    says_links,
)
from competences.rules.edition_diff import TAGS
from competences.rules.labels import fold

ITEMS = (ConceptKind.SKILL, ConceptKind.KNOWLEDGE, ConceptKind.CONTEXT)


@dataclass(slots=True)
class ItemChanges:
    """What a job asks for, of one kind, in two editions: `moved` holds (item, its place before)."""

    gained: list[Named] = field(default_factory=list)
    lost: list[Named] = field(default_factory=list)
    moved: list[tuple[Named, str]] = field(default_factory=list)
    same: int = 0

    def __bool__(self) -> bool:
        return bool(self.gained or self.lost or self.moved or self.same)


@dataclass(frozen=True, slots=True)
class TitleMove:
    """A title that a job lost or received. `job` is where it stands in the other edition, None where it has
    no job there; `is_listed` is whether that edition holds the title at all."""

    title: Named
    job: Named | None
    is_listed: bool


@dataclass(frozen=True, slots=True)
class Side:
    """The job in one of the two editions; its texts are the nearest known where it is absent there.

    `language` is that of the texts, `lang` the same where it is not the reader's, else empty.
    """

    edition: Edition
    is_present: bool
    label: str
    lang: str
    language: str
    description: str
    alternatives: list[str]
    attributes: dict[str, str]


@dataclass(frozen=True, slots=True)
class JobComparison:
    """What happened to a job from one edition to another.

    `is_recycled`: renamed, and none of the titles it had is still under it. `took_label_of` is the job that
    bore, in the first edition, the name that this one bears in the second. `untold` are the editions that do
    not say what jobs ask for: nothing is then compared in `items`.
    """

    history: History
    concept: Concept
    shown: Named
    before: Side
    after: Side
    is_renamed: bool
    is_respelt: bool
    is_recycled: bool
    took_label_of: Named | None
    tags: list[tuple[str, str, str]]
    untold: list[Edition]
    items: dict[str, ItemChanges]
    titles_left: list[TitleMove]
    titles_arrived: list[TitleMove]
    titles_kept: int
    names_left: list[str]
    names_arrived: list[str]

    @property
    def speaks_one_language(self) -> bool:
        """Whether the texts of the two editions can be compared."""
        return self.before.language == self.after.language

    @property
    def is_redescribed(self) -> bool:
        """Whether the text that describes the job changed."""
        return self.speaks_one_language and self.before.description != self.after.description

    @property
    def says_something(self) -> bool:
        """Whether anything at all differs."""
        return bool(
            self.before.is_present != self.after.is_present
            or self.is_renamed
            or self.is_respelt
            or self.tags
            or self.titles_left
            or self.titles_arrived
            or self.names_left
            or self.names_arrived
            or self.is_redescribed
            or any(kind.gained or kind.lost or kind.moved for kind in self.items.values())
        )


def compare_job(
    *, actor: Reader, on: dt.date, slug: str, code: str, first: str = "", second: str = ""
) -> JobComparison | None:
    """A job from edition `first` to edition `second`; the newest and the one before it where not said.

    Five queries, one more for a renamed job and one more in another language than the edition's. None
    for a reference that has one edition alone. Raises NotFound for a reference, edition or job that is
    unknown or not for the actor that day.
    """
    past = history(actor=actor, on=on, slug=slug)
    concept = find_concept(past, ConceptKind.JOB, code)
    if len(past.editions) < 2:
        return None
    after = past.find(second) if second else past.latest
    before = past.find(first) if first else _default_first(past, after)
    rows = links_of(concept)
    had, has = _titles_at(rows, before), _titles_at(rows, after)
    homes = _homes(had.keys() ^ has.keys(), before, after)
    jobs = {home.job for lived in homes.values() for home in lived}
    wanted = {concept.pk, *(row.other for row in rows), *jobs}
    known = past.labels(wanted, edition=after, told_whole=concept.pk)
    old, new = _sides(concept, before, after, known)
    both = old.is_present and new.is_present
    differs = both and old.language == new.language and old.label != new.label
    is_respelt = differs and fold(old.label) == fold(new.label)
    is_renamed = differs and not is_respelt
    untold = [edition for edition in (before, after) if not says_links(edition)]
    return JobComparison(
        history=past,
        concept=concept,
        shown=known.named(concept.pk, concept.kind, concept.external_id),
        before=old,
        after=new,
        is_renamed=is_renamed,
        is_respelt=is_respelt,
        is_recycled=bool(is_renamed and had and not had.keys() & has.keys()),
        took_label_of=_former_bearer(concept, new.label, before) if is_renamed else None,
        tags=_tags(old, new) if both else [],
        untold=untold,
        items={} if untold else _items(rows, before, after, known),
        titles_left=_moves(had, has, homes, before, after, known),
        titles_arrived=_moves(has, had, homes, after, before, known),
        titles_kept=len(had.keys() & has.keys()),
        names_left=_without(old, new),
        names_arrived=_without(new, old),
    )


def _default_first(past: History, after: Edition) -> Edition:
    """The edition before this one; the one after it where it is the first that we have."""
    place = past.editions.index(after)
    return past.editions[place - 1] if place else past.editions[1]


def _sides(concept: Concept, before: Edition, after: Edition, known: Labels) -> tuple[Side, Side]:
    """The job in both editions, in the language of both; else in the reader's where both have it."""
    own = [known.of(concept.pk, edition.position) for edition in (before, after)]
    if own[0] is None or own[1] is None:
        raise NotFound
    sides = []
    languages = [known.language_of(name, e.position) for name, e in zip(own, (before, after), strict=True)]
    for name, edition, language in zip(own, (before, after), languages, strict=True):
        translation = known.translation(name, edition.position) if len(set(languages)) > 1 else None
        shown, spoken = (translation, known.reader) if translation else (name, language)
        is_present = _holds(name, edition)
        sides.append(
            Side(
                edition=edition,
                is_present=is_present,
                label=shown.label,
                lang="" if spoken == known.reader else spoken,
                language=spoken,
                description=shown.description or "",
                alternatives=(shown.alternatives or "").splitlines() if is_present else [],
                attributes=name.attributes or {},
            )
        )
    return sides[0], sides[1]


def _holds(name: Name | None, edition: Edition) -> bool:
    return name is not None and name.since <= edition.position < name.until


def _former_bearer(concept: Concept, label: str, before: Edition) -> Named | None:
    """The other job that bore a name in an edition. One query."""
    rows = ConceptRevision.objects.as_of(before.position).filter(
        concept__reference=concept.reference_id, concept__kind=ConceptKind.JOB, folded=fold(label)
    )
    found = rows.exclude(concept=concept).order_by("concept__external_id")
    first = found.values_list("concept__external_id", "label", "concept_id").first()
    return Named(ConceptKind.JOB, first[0], first[1], pk=first[2]) if first else None


def _tags(old: Side, new: Side) -> list[tuple[str, str, str]]:
    """The tags that differ: (name, value before, value after)."""
    pairs = [(name, old.attributes.get(name, ""), new.attributes.get(name, "")) for name in TAGS]
    return [tag for tag in pairs if tag[1] != tag[2]]


def _without(side: Side, other: Side) -> list[str]:
    """The other names of one side that the other side has not, however they are spelt."""
    if side.language != other.language:
        return []
    folded = {fold(name) for name in other.alternatives}
    return [name for name in side.alternatives if fold(name) not in folded]


# What the job asks for -------------------------------------------------------------------------------------


def _items(rows: list[Link], before: Edition, after: Edition, known: Labels) -> dict[str, ItemChanges]:
    old, new = _used_at(rows, before), _used_at(rows, after)
    found = {kind: ItemChanges() for kind in ITEMS}
    for item, link in new.items():
        changes = found.get(link.other_kind)
        if changes is None:
            continue
        if item not in old:
            changes.gained.append(at_other_end(known, link))
        elif old[item].flag != link.flag:
            changes.moved.append((at_other_end(known, link), old[item].flag))
        else:
            changes.same += 1
    for item, link in old.items():
        if item not in new and link.other_kind in found:
            found[link.other_kind].lost.append(at_other_end(known, link, before.position))
    for changes in found.values():
        changes.gained.sort(key=_by_place)
        changes.lost.sort(key=_by_place)
        changes.moved.sort(key=lambda pair: _by_place(pair[0]))
    return {kind: changes for kind, changes in found.items() if changes}


def _used_at(rows: list[Link], edition: Edition) -> dict[int, Link]:
    return {
        row.other: row
        for row in rows
        if row.kind == LinkKind.USES and row.is_outward and row.since <= edition.position < row.until
    }


def _by_place(named: Named) -> tuple[int, str]:
    return (CORE_ORDER.get(named.flag, 2), fold(named.label))


# Its titles ------------------------------------------------------------------------------------------------


class Home(NamedTuple):
    """The job of a title during an interval of editions."""

    job: int
    kind: str
    external_id: str
    since: int
    until: int


def _titles_at(rows: list[Link], edition: Edition) -> dict[int, Link]:
    return {
        row.other: row
        for row in rows
        if row.kind == LinkKind.TITLE_OF and not row.is_outward and row.since <= edition.position < row.until
    }


def _homes(titles: Iterable[int], before: Edition, after: Edition) -> dict[int, list[Home]]:
    """Where titles stand in the two editions. One query."""
    in_either = Q()
    for edition in (before, after):
        in_either |= Q(since__lte=edition.position, until__gt=edition.position)
    rows = ConceptLink.objects.filter(in_either, kind=LinkKind.TITLE_OF, source__in=list(titles))
    found: dict[int, list[Home]] = defaultdict(list)
    columns = ("source_id", "target_id", "target__kind", "target__external_id", "since", "until")
    for title, *home in rows.order_by("source_id", "since").values_list(*columns):
        found[title].append(Home(*home))
    return found


def _moves(
    titles: dict[int, Link],
    others: dict[int, Link],
    homes: dict[int, list[Home]],
    here: Edition,
    there: Edition,
    known: Labels,
) -> list[TitleMove]:
    """The titles of the job in one edition that it has not in the other, and where that one puts them."""
    found = []
    for title, link in titles.items():
        if title in others:
            continue
        home = next((h for h in homes.get(title, ()) if h.since <= there.position < h.until), None)
        found.append(
            TitleMove(
                title=at_other_end(known, link, here.position),
                job=known.named(home.job, home.kind, home.external_id, "", there.position) if home else None,
                is_listed=_holds(known.of(title, there.position), there),
            )
        )
    return sorted(found, key=lambda move: fold(move.title.label))
