"""The places in the references that a skill read in a file may have, best first, with how sure each is."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from competences.enums import ConceptKind
from competences.models import OPEN, Concept, ConceptRevision
from competences.queries.names import labels_of
from competences.queries.readable import Reader
from competences.queries.record_names import concepts_by_key
from competences.queries.search import Hit, search
from competences.rules.labels import fold

KINDS = (ConceptKind.SKILL, ConceptKind.KNOWLEDGE)
MOST = 4
SURE, OTHER_NAME, BEST_GUESS = 100, 90, 85
"""The same code or name; another name that the producer gives, or gave; the most that a likeness is worth."""

FULL_SCORE = 108.0
"""What the search gives a name that is written as the text is (rules/name_search.py)."""


@dataclass(slots=True)
class Match:
    """The concepts that may be meant, each {concept, label, reference}, with {withdrawn} where its reference
    no longer lists it; how sure the first is, 0 to 100."""

    choices: list[dict[str, Any]]
    confidence: int


def matches(
    rows: Sequence[Any], *, reader: Reader, on: dt.date, held: Collection[int | None] = ()
) -> list[Match]:
    """For each row (`text`, `reference`, `code`), the concepts that it may mean and `reader` may read.

    Of several that bear the very name, one that the record has (`held`) comes first. A skill that its
    reference has withdrawn is meant by its very name or its code alone.
    """
    by_code = _by_code(rows, reader, on)
    labels = labels_of(by_code.values())
    listed = _listed(by_code.values())
    found = []
    for row in rows:
        concept = by_code.get((row.reference, row.code)) if row.code else None
        if concept is not None:
            choice = _choice(concept, labels[concept], row.reference, concept not in listed)
            found.append(Match([choice], SURE))
        else:
            hits = search(row.text, kinds=KINDS, limit=MOST * 2, readable=reader)
            found.append(_match(row.text, _likely(row.text, hits, held)))
    return found


def _likely(text: str, hits: Iterable[Hit], held: Collection[int | None]) -> list[Hit]:
    """Those of the hits that may be meant, best first. What was taken away as a CV or a record comes back to
    where it was: the search alone would send back who declared a withdrawn skill to what looks like it.
    """
    exact = [hit for hit in hits if fold(text) in (fold(hit.label), fold(hit.matched))]
    exact.sort(key=lambda hit: (hit.concept_id not in held, hit.withdrawn))
    named = {hit.concept_id for hit in exact}
    return [*exact, *(hit for hit in hits if not hit.withdrawn and hit.concept_id not in named)][:MOST]


def _match(text: str, hits: Sequence[Hit]) -> Match:
    choices = [_choice(hit.concept_id, hit.label, hit.reference, hit.withdrawn) for hit in hits]
    return Match(choices, max((_confidence(text, hit) for hit in hits[:1]), default=0))


def _choice(concept: int, label: str, reference: str, is_withdrawn: bool) -> dict[str, Any]:
    choice: dict[str, Any] = {"concept": concept, "label": label, "reference": reference}
    return {**choice, "withdrawn": True} if is_withdrawn else choice


def _listed(concepts: Iterable[int]) -> set[int]:
    """Those of the concepts that the last edition of their reference lists. One query, none for none."""
    wanted = set(concepts)
    if not wanted:
        return set()
    rows = ConceptRevision.objects.filter(concept__in=wanted, until=OPEN)
    return set(rows.values_list("concept_id", flat=True))


def _confidence(text: str, hit: Hit) -> int:
    if fold(hit.label) == fold(text):
        return SURE
    if fold(hit.matched) == fold(text):
        return OTHER_NAME
    return max(1, min(BEST_GUESS, round(hit.score / FULL_SCORE * BEST_GUESS)))


def _by_code(rows: Iterable[Any], reader: Reader, on: dt.date) -> Mapping[tuple[str, str], int]:
    keys = {(row.reference, kind.value, row.code) for row in rows if row.code for kind in KINDS}
    if not keys:
        return {}
    named = {(reference, code): pk for (reference, _kind, code), pk in concepts_by_key(keys).items()}
    seen = Concept.objects.visible_to(reader, on=on).filter(pk__in=named.values())
    readable = set(seen.values_list("pk", flat=True))
    return {key: pk for key, pk in named.items() if pk in readable}
