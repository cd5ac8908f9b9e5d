"""Concepts as the API reads them: one with its links and its history, and lists of them by key.

The same telling as the sheet of a page (queries/sheets.py), read by hand-written SQL: a page can afford
what the ORM costs, a hundred thousand readings a day of an API cannot.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection

from accounts.errors import NotFound
from competences.queries.catalogue import PublicPast
from competences.queries.sheets import (
    MAX_LISTED,
    EditionEvents,
    Labels,
    Link,
    Name,
    Named,
    events,
    links_as_of,
)


@dataclass(slots=True)
class ConceptReading:
    """A concept as of one edition. `language` is that of its label, alternatives and description: the one
    asked for when the reference names the concept in it, else the edition's own."""

    kind: str
    external_id: str
    is_present: bool
    language: str
    label: str
    alternatives: list[str]
    description: str
    attributes: dict[str, Any]
    links: dict[str, list[Named]]
    totals: dict[str, int]
    names: list[Name]
    history: list[EditionEvents]


class _Labels(Labels):
    """Names read in one query, and a second for another language, which then comes first."""

    def __init__(self, past: PublicPast, concepts: set[int], own: int, language: str) -> None:
        self.position = past.position
        self.names = defaultdict(list)
        self.own_rest: dict[int, tuple[str, str, str]] = {}
        self.translated: dict[int, tuple[str, str, str]] = {}
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT concept_id, label, since, until, attributes->>'classification',"
                " CASE WHEN concept_id = %(own)s THEN description END,"
                " CASE WHEN concept_id = %(own)s THEN attributes::text END,"
                " CASE WHEN concept_id = %(own)s THEN alternatives END"
                " FROM competences_conceptrevision WHERE concept_id = ANY(%(concepts)s)"
                " ORDER BY concept_id, since",
                {"own": own, "concepts": list(concepts)},
            )
            for concept, label, since, until, rank, description, attributes, others in cursor.fetchall():
                self.names[concept].append(Name(concept, label, since, until, rank, description, None))
                if concept == own:
                    self.own_rest[since] = (description, attributes, others)
            if language != past.shown.language:
                cursor.execute(
                    "SELECT concept_id, label, alternatives, description"
                    " FROM competences_concepttranslation WHERE concept_id = ANY(%s) AND language = %s"
                    " AND since <= %s AND until > %s",
                    [list(concepts), language, past.position, past.position],
                )
                self.translated = {row[0]: row[1:] for row in cursor.fetchall()}

    def named(self, concept: int, kind: str, external_id: str, flag: str = "") -> Named:
        """The concept with its name in the language asked for, where it has one."""
        found = super().named(concept, kind, external_id, flag)
        if concept in self.translated:
            return Named(kind, external_id, self.translated[concept][0], flag, found.is_main)
        return found


def concept_reading(past: PublicPast, kind: str, external_id: str, language: str) -> ConceptReading:
    """A concept as of the edition shown, by the identifier its producer gave it. Three queries, four when
    `language` is not the edition's own.

    Raises NotFound when the reference never had it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM competences_concept WHERE reference_id = %s AND kind = %s AND external_id = %s",
            [past.reference_id, kind, external_id],
        )
        found = cursor.fetchone()
        if found is None:
            raise NotFound
        (own,) = found
        cursor.execute(_LINKS, {"own": own})
        rows = [Link(*row) for row in cursor.fetchall()]
    known = _Labels(past, {own, *(row.other for row in rows)}, own, language)
    name = known.of(own)
    if name is None:
        raise NotFound
    description, attributes, others = known.own_rest[name.since]
    translated = known.translated.get(own)
    if translated is not None:
        _label, others, description = translated
    links = links_as_of(past.position, rows, known)
    return ConceptReading(
        kind=kind,
        external_id=external_id,
        is_present=name.since <= past.position < name.until,
        language=language if translated is not None else past.shown.language,
        label=translated[0] if translated is not None else name.label,
        alternatives=others.split("\n") if others else [],
        description=description,
        attributes=json.loads(attributes),
        links={role: named[:MAX_LISTED] for role, named in links.items()},
        totals={role: len(named) for role, named in links.items()},
        names=known.names[own],
        history=events(past, known.names[own], rows, known),
    )


_LINKS = (
    "SELECT l.kind, l.flag, l.since, l.until, true, c.id, c.kind, c.external_id"
    " FROM competences_conceptlink l"
    " JOIN competences_concept c ON c.id = l.target_id WHERE l.source_id = %(own)s"
    " UNION ALL"
    " SELECT l.kind, l.flag, l.since, l.until, false, c.id, c.kind, c.external_id"
    " FROM competences_conceptlink l"
    " JOIN competences_concept c ON c.id = l.source_id WHERE l.target_id = %(own)s"
)


# Lists -----------------------------------------------------------------------------------------------------


class ConceptLine(NamedTuple):
    """A concept in a list; (kind, external_id) is also its key, which no import moves."""

    kind: str
    external_id: str
    label: str


def concept_lines(
    past: PublicPast, *, kinds: Iterable[str], language: str, after: tuple[str, str] | None, limit: int
) -> list[ConceptLine]:
    """The concepts of the edition shown, by kind and identifier, from the key after `after`. One query."""
    kinds = list(kinds)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.kind, c.external_id, coalesce(t.label, r.label)"  # noqa: S608 - texts of this file
            " FROM competences_concept c"
            " JOIN competences_conceptrevision r"
            " ON r.concept_id = c.id AND r.since <= %(at)s AND r.until > %(at)s"
            " LEFT JOIN competences_concepttranslation t ON t.concept_id = c.id AND t.language = %(language)s"
            " AND t.since <= %(at)s AND t.until > %(at)s"
            " WHERE c.reference_id = %(reference)s"
            + (" AND c.kind = ANY(%(kinds)s)" if kinds else "")
            + (" AND (c.kind, c.external_id) > (%(kind)s, %(external_id)s)" if after else "")
            + " ORDER BY c.kind, c.external_id LIMIT %(limit)s",
            {
                "reference": past.reference_id,
                "at": past.position,
                "language": language,
                "kinds": kinds,
                "kind": after[0] if after else "",
                "external_id": after[1] if after else "",
                "limit": limit,
            },
        )
        return [ConceptLine(*row) for row in cursor.fetchall()]
