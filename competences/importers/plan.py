"""What an edition changes in the rows that are stored: read, compared, nothing written."""

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import count
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple, TypeVar

from django.db import connection
from django.utils.translation import gettext as _

from competences.importers.base import Key, Links, ParsedEdition
from competences.importers.held import (
    NOTHING_HELD,
    NamingKey,
    Pair,
    Stored,
    held_links,
    held_revisions,
    held_translations,
)
from competences.importers.source import Anomaly
from competences.models import Edition, Reference
from competences.queries.references import languages, snapshot
from competences.rules import edition_diff, intervals
from competences.rules.edition_diff import USES, ConceptChange, ConceptState, Snapshot
from competences.rules.intervals import Held, IntervalPlan
from competences.rules.successors import successors

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
LinkPlans = dict[str, IntervalPlan[Pair, str]]
Compared = tuple[list[ConceptChange[int]], dict[str, Any]]


class Place(NamedTuple):
    """Where an edition comes: its position, the edition before it (None: there is none) and those after it.

    `completes`: the edition is there already, and another source adds to it.
    """

    here: int
    before: Edition | None
    later: Sequence[Edition]
    completes: bool = False

    @property
    def following(self) -> int | None:
        return self.later[0].position if self.later else None

    @property
    def last(self) -> int:
        """The last place whose rows the import starts from."""
        return self.here if self.completes else self.here - 1


@dataclass(slots=True)
class EditionPlan:
    """Everything an import will write.

    `links` gives the plan of each kind of link; `compared` the changes since the edition before and their
    figures, None where there is nothing to compare. Neither asks the database anything: both may run
    beside the writing of the rest.
    """

    new_concepts: dict[Key, int]
    revisions: IntervalPlan[int, ConceptState]
    translations: IntervalPlan[NamingKey, ConceptState]
    links: Callable[[], LinkPlans]
    compared: Callable[[], Compared] | None


def plan_edition(parsed: ParsedEdition, reference: Reference, place: Place, stored: Stored) -> EditionPlan:
    """The plan of an import at `place`. What a source does not state stays as it was.

    `stored` is what the reference holds at `place.last`.
    """
    held, linked = stored.revisions, stored.links
    new_concepts = _new_identities(parsed, stored.ids)
    ids = stored.ids | new_concepts
    unsaid = parsed.unstated_scopes or parsed.unstated_links or any(e.unsaid for e in place.later)
    scopes = {identity: key.scope for key, identity in ids.items()} if unsaid else {}
    stated = {ids[key]: state for key, state in parsed.concepts.items()}
    _keep_unstated_attributes(stated, held.values, parsed.unstated_attributes)
    following_of = next_places(place.later, lambda concept: scopes[concept], "scopes")
    revisions = _planned(
        place,
        held,
        _starting_next(lambda at: held_revisions(reference, at, at), place, following_of),
        stated,
        lambda concept: bool(parsed.concepts) and scopes.get(concept) not in parsed.unstated_scopes,
        "conceptrevision",
        following_of,
    )
    listed = held.values.keys() | stated.keys() if place.completes else stated.keys()

    @cache
    def stated_links() -> Mapping[str, Mapping[Pair, str]]:
        return _by_id(_known_links(parsed, ids, listed) if place.completes else parsed.links, ids)

    def links() -> LinkPlans:
        return _planned_links(parsed, reference, place, scopes, stated_links(), linked)

    if place.completes or place.later:  # Then a plan of links reads more rows: not beside anything.
        links = cache(links)
        links()
    compared = None
    if place.before is not None and not place.completes:
        old = Snapshot(held.values, {k: rows.values for k, rows in linked.items()}, place.before.language)
        stands = partial(_as_it_stands, parsed, scopes, stated, stated_links, old)
        compared = _comparison(old, stands, parsed, place.before, ids)
    translations = _translations(parsed, reference, place, ids, listed)
    return EditionPlan(new_concepts, revisions, translations, links, compared)


def _by_id(links: Links, ids: Mapping[Key, int]) -> dict[str, dict[Pair, str]]:
    """The links with the ids of the concepts for their keys."""
    id_of, source, target = ids.__getitem__, itemgetter(0), itemgetter(1)
    return {
        kind: dict(
            zip(
                zip(map(id_of, map(source, pairs)), map(id_of, map(target, pairs)), strict=True),
                pairs.values(),
                strict=True,
            )
        )
        for kind, pairs in links.items()
    }


def _as_it_stands(
    parsed: ParsedEdition,
    scopes: Mapping[int, str],
    stated: Mapping[int, ConceptState],
    stated_links: Callable[[], Mapping[str, Mapping[Pair, str]]],
    old: Snapshot[int],
) -> tuple[Mapping[int, ConceptState], Mapping[str, Mapping[Pair, str]]]:
    """The concepts and links of the new edition: what it states, and what it leaves unsaid as it was."""
    links = stated_links()
    if parsed.unstated_scopes:
        left = {c: s for c, s in old.concepts.items() if scopes[c] in parsed.unstated_scopes}
        stated = {**left, **stated}
    if parsed.unstated_links:
        unstated = parsed.unstated_links
        as_they_were = {
            kind: {
                (source, target): flag
                for (source, target), flag in old.linked(kind).items()
                if (kind, scopes[source], scopes[target]) in unstated
            }
            for kind in {kind for kind, _source, _target in unstated}
        }
        links = {**links, **{kind: {**left, **links.get(kind, {})} for kind, left in as_they_were.items()}}
    return stated, links


def _planned_links(
    parsed: ParsedEdition,
    reference: Reference,
    place: Place,
    scopes: Mapping[int, str],
    stated: Mapping[str, Mapping[Pair, str]],
    held: Mapping[str, Held[Pair, str]],
) -> LinkPlans:
    """The plan of each kind of link."""
    unstated = parsed.unstated_links
    starting = {at.position: held_links(reference, at.position, at.position) for at in place.later[:1]}

    def links_of(kind: str, at: int) -> Held[Pair, str]:
        if at not in starting:
            starting[at] = held_links(reference, at, at)
        return starting[at].get(kind, NOTHING_HELD)

    def following_of(kind: str) -> Callable[[Pair], int | None] | None:
        return next_places(place.later, lambda pair: (kind, scopes[pair[0]], scopes[pair[1]]), "links")

    def is_stated(kind: str) -> Callable[[Pair], bool]:
        if not any(kind == named for named, _source, _target in unstated):
            return lambda _pair: True
        return lambda pair: (kind, scopes[pair[0]], scopes[pair[1]]) not in unstated

    return {
        kind: _planned(
            place,
            held.get(kind, NOTHING_HELD),
            _starting_next(partial(links_of, kind), place, following_of(kind)),
            stated.get(kind, {}),
            is_stated(kind),
            "conceptlink",
            following_of(kind),
        )
        for kind in dict.fromkeys((*held, *stated))
    }


def _comparison(
    old: Snapshot[int],
    stands: Callable[[], tuple[Mapping[int, ConceptState], Mapping[str, Mapping[Pair, str]]]],
    parsed: ParsedEdition,
    before: Edition,
    ids: Mapping[Key, int],
) -> Callable[[], Compared]:
    """The comparison with the edition before, of labels in a language that both have, if there is one.

    `stands` gives the concepts and links of the new edition.
    """
    language, named = parsed.language, {}
    if old.language != parsed.language:
        if parsed.language in languages(before):
            old = snapshot(before, language=parsed.language)
        elif old.language in parsed.translations:
            language = old.language
            named = {ids[key]: state for key, state in parsed.translations[language].items() if key in ids}
    old = Snapshot(old.concepts, old.links, old.language, says_links=bool(old.linked(USES)))
    declared = {ids[was]: ids[now] for was, now in parsed.successors.items() if was in ids and now in ids}

    def compared() -> Compared:
        concepts, links = stands()
        if named:
            concepts = {
                c: state._replace(label=named[c].label) if c in named else state
                for c, state in concepts.items()
            }
        new = Snapshot(concepts, links, language)
        found = edition_diff.changes(old, new, same_identifier=_same_identifier(ids))
        found += successors(old, new, found, declared=declared)
        return found, edition_diff.counts(old, new, found)

    return compared


def _same_identifier(ids: Mapping[Key, int]) -> Iterator[tuple[int, int]]:
    """Pairs of concepts to which the producer gives one identifier under two kinds, both ways round."""
    if len(set(map(attrgetter("external_id"), ids))) == len(ids):
        return
    first: dict[str, Key] = {}
    for key in ids:
        other = first.setdefault(key.external_id, key)
        if other is not key:
            yield ids[other], ids[key]
            yield ids[key], ids[other]


def next_places(
    later: Sequence[Edition], scope_of: Callable[[K], Any], part: str
) -> Callable[[K], int | None] | None:
    """Of each key, the place of the first of these editions whose sources speak of its scope; None where all
    speak of all. `part` of what they leave unsaid: "scopes" or "links"."""
    unsaid = [
        (edition.position, {tuple(s) if part == "links" else s for s in edition.unsaid.get(part, ())})
        for edition in later
    ]
    if not any(left for _place, left in unsaid):
        return None

    @cache
    def of_scope(scope: Any) -> int | None:
        return next((place for place, left in unsaid if scope not in left), None)

    return lambda key: of_scope(scope_of(key))


def _starting_next(
    read: Callable[[int], Held[K, V]], place: Place, following_of: Callable[[K], int | None] | None
) -> Held[K, V]:
    """The rows that start with the next edition that speaks of their key; `read(place)` gives those of one
    place."""
    if place.following is None:
        return NOTHING_HELD
    if following_of is None:
        return read(place.following)
    values: dict[K, V] = {}
    ids: list[int] = []
    untils: list[int] = []
    for edition in place.later:
        held = read(edition.position)
        for (key, value), row, until in zip(held.values.items(), held.ids, held.untils, strict=True):
            if following_of(key) == edition.position:
                values[key] = value
                ids.append(row)
                untils.append(until)
    return Held(values, ids, untils)


def _planned(
    place: Place,
    held: Held[K, V],
    following: Held[K, V],
    stated: Mapping[K, V],
    is_stated: Callable[[K], bool],
    table: str,
    following_of: Callable[[K], int | None] | None = None,
) -> IntervalPlan[K, V]:
    starting_here: set[int] = set()
    if place.completes:
        with connection.cursor() as cursor:
            # One of three names of ours, never a text from outside.
            cursor.execute(f"SELECT id FROM competences_{table} WHERE since = %s", [place.here])  # noqa: S608
            starting_here = {row[0] for row in cursor.fetchall()}
    return intervals.plan(
        covering=held,
        starting_next=following,
        stated=stated,
        is_stated=is_stated,
        here=place.here,
        following=place.following,
        starting_here=starting_here,
        following_of=following_of,
    )


def _translations(
    parsed: ParsedEdition,
    reference: Reference,
    place: Place,
    ids: Mapping[Key, int],
    listed: Collection[int],
) -> IntervalPlan[NamingKey, ConceptState]:
    """Names of the listed concepts in other languages; a language that is not given stays as it was."""
    if not parsed.translations:
        return IntervalPlan()
    stated = {
        (ids[key], language): state._replace(attributes=edition_diff.NO_ATTRIBUTES)
        for language, names in parsed.translations.items()
        for key, state in names.items()
        if ids.get(key) in listed
    }
    unknown = sum(len(names) for names in parsed.translations.values()) - len(stated)
    if unknown:
        message = _("%d noms de concepts que l’édition ne contient pas : laissés de côté") % unknown
        parsed.anomalies.append(Anomaly(parsed.sources[-1].name, 0, 0, "unknown_id", message))
    following = place.following
    return _planned(
        place,
        held_translations(reference, 0, place.last),
        held_translations(reference, following, following) if following else NOTHING_HELD,
        stated,
        lambda key: key[1] in parsed.translations,
        "concepttranslation",
    )


def _known_links(parsed: ParsedEdition, ids: Mapping[Key, int], listed: Collection[int]) -> Links:
    """The links between concepts that the edition lists; the others are counted in an anomaly.

    A source of links alone may not know the kind of a concept: its identifier then tells which it is.
    """
    present = {key: key for key, identity in ids.items() if identity in listed}
    named = {key.external_id: key for key in present}
    known: Links = {}
    unknown = 0
    for kind, pairs in parsed.links.items():
        kept = known[kind] = {}
        for ends, flag in pairs.items():
            source, target = (present.get(end) or named.get(end.external_id) for end in ends)
            if source and target:
                kept[source, target] = flag
            else:
                unknown += 1
    if unknown:
        message = _("%d liens vers des concepts que l’édition ne contient pas : laissés de côté") % unknown
        parsed.anomalies.append(Anomaly(parsed.sources[-1].name, 0, 0, "unknown_id", message))
    return known


def _new_identities(parsed: ParsedEdition, stored: Mapping[Key, int]) -> dict[Key, int]:
    """The ids of concepts that are not stored yet, taken from the table's own sequence."""
    new = [key for key in parsed.concepts if key not in stored]
    with connection.cursor() as cursor:
        # The lock of imports keeps others from adding concepts: the ids that follow the first are free too.
        cursor.execute(
            "SELECT setval(sequence, nextval(sequence) + %s)"
            " FROM pg_get_serial_sequence('competences_concept', 'id') sequence",
            [len(new)],
        )
        last = cursor.fetchone()[0]
    return dict(zip(new, count(last - len(new) + 1), strict=False))


def _keep_unstated_attributes(
    stated: dict[int, ConceptState],
    held: Mapping[int, ConceptState],
    unstated: Mapping[str, set[str]],
) -> None:
    """What an absent file would have said of a concept keeps the value it had."""
    if not unstated:
        return
    for concept, state in stated.items():
        names = unstated.get(state.kind)
        was = held.get(concept)
        if names and was is not None:
            kept = {name: was.attributes[name] for name in names if name in was.attributes}
            description = was.description if "description" in names else state.description
            stated[concept] = state._replace(description=description, attributes={**state.attributes, **kept})
