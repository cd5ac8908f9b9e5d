"""The rows that a reference holds already, read for the plan of an import."""

import json
import sys
from array import array
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db import connection

from competences.importers.base import Key
from competences.models import Reference
from competences.rules.edition_diff import NO_ATTRIBUTES, ConceptState
from competences.rules.intervals import Held

Pair = tuple[int, int]
NamingKey = tuple[int, str]
NOTHING_HELD: Held[Any, Any] = Held({}, (), ())


class Stored(NamedTuple):
    """What a reference holds at a place: the id of every concept it ever had, and how concepts and the links
    of each kind stand there."""

    ids: dict[Key, int]
    revisions: Held[int, ConceptState]
    links: dict[str, Held[Pair, str]]


_decode = json.JSONDecoder().raw_decode

# The rows that start at places `first` to `last` and still hold at `last`.
_HELD = (
    " WHERE c.reference_id = %(reference)s AND r.since BETWEEN %(first)s AND %(last)s AND r.until > %(last)s"
)


def read_stored(reference: Reference, last: int) -> Stored:
    """What the reference holds at the place `last`."""
    # The longest question first: it leaves the processor to the threads beside.
    links = held_links(reference, 0, last)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, external_id, id FROM competences_concept WHERE reference_id = %s", [reference.pk]
        )
        ids = {Key(kind, external): identity for kind, external, identity in cursor.fetchall()}
    return Stored(ids, held_revisions(reference, 0, last), links)


def _rows(select: str, reference: Reference, first: int, last: int, end: str = "") -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(select + _HELD + end, {"reference": reference.pk, "first": first, "last": last})
        return cursor.fetchall()


def held_revisions(reference: Reference, first: int, last: int) -> Held[int, ConceptState]:
    """How concepts stand, by id: rows that start at places `first` to `last` and still hold at `last`."""
    rows = _rows(
        "SELECT r.id, r.until, c.id, c.kind, r.label, r.description, r.attributes::text, r.alternatives"
        " FROM competences_conceptrevision r JOIN competences_concept c ON c.id = r.concept_id",
        reference,
        first,
        last,
    )
    # Many concepts bear the same few attributes: each text is read once.
    read: dict[str, Mapping[str, Any]] = {"{}": NO_ATTRIBUTES}
    values = {}
    for _row, _until, concept, kind, label, description, attributes, alternatives in rows:
        known = read.get(attributes)
        if known is None:
            known = read[attributes] = _decode(attributes)[0]
        values[concept] = ConceptState(kind, label, description, known, alternatives)
    return Held(values, [row[0] for row in rows], [row[1] for row in rows])


def held_translations(reference: Reference, first: int, last: int) -> Held[NamingKey, ConceptState]:
    """The same for names in other languages, by concept and language."""
    rows = _rows(
        "SELECT r.id, r.until, c.id, r.language, c.kind, r.label, r.description, r.alternatives"
        " FROM competences_concepttranslation r JOIN competences_concept c ON c.id = r.concept_id",
        reference,
        first,
        last,
    )
    values = {
        (concept, language): ConceptState(kind, label, description, alternatives=alternatives)
        for _row, _until, concept, language, kind, label, description, alternatives in rows
    }
    return Held(values, [row[0] for row in rows], [row[1] for row in rows])


def held_links(reference: Reference, first: int, last: int) -> dict[str, Held[Pair, str]]:
    """The same for the links of each kind.

    They are many: their numbers come as columns of bytes, eight a number, and not as a row each.
    """
    columns = ("r.id", "r.until", "r.source_id", "r.target_id")
    packed = ", ".join(f"string_agg(int8send({column}), '')" for column in columns)
    kinds = _rows(
        f"SELECT r.kind, array_agg(r.flag), {packed}"  # noqa: S608 - columns of ours
        " FROM competences_conceptlink r JOIN competences_concept c ON c.id = r.source_id",
        reference,
        first,
        last,
        " GROUP BY r.kind",
    )
    found = {}
    for kind, flags, *numbers in kinds:
        ids, untils, sources, targets = map(_unpacked, numbers)
        found[kind] = Held(dict(zip(zip(sources, targets, strict=True), flags, strict=True)), ids, untils)
    return found


def _unpacked(numbers: bytes) -> "array[int]":
    """The numbers that `int8send` wrote one after the other, most significant byte first."""
    unpacked = array("q", numbers)
    if sys.byteorder == "little":
        unpacked.byteswap()
    return unpacked
