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


class Life(NamedTuple):
    """How the concept itself stood during an interval of editions; `attributes` as stored JSON."""

    concept: int
    label: str
    folded: str
    since: int
    until: int
    alternatives: str
    description: str
    attributes: str


class _Labels(Labels):
    """The names of a concept and of those linked to it, in another language where there is one."""

    def __init__(self, past: PublicPast, life: list[Life], others: set[int], language: str) -> None:
        self.position = past.position
        self.editions = past.editions
        self.reader = language
        self.names = defaultdict(list)
        self.translations = defaultdict(list)
        own = life[0].concept
        for told in life:
            self.names[own].append(Name(own, *told[1:5], None, None, None, None))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT concept_id, label, folded, since, until, attributes->>'classification',"
                " NULL, NULL, NULL"
                " FROM competences_conceptrevision WHERE concept_id = ANY(%s) ORDER BY concept_id, since",
                [list(others - {own})],
            )
            for row in cursor.fetchall():
                self.names[row[0]].append(Name._make(row))
            if language != past.shown.language:
                cursor.execute(
                    "SELECT concept_id, label, folded, since, until, NULL, description, alternatives, NULL"
                    " FROM competences_concepttranslation WHERE concept_id = ANY(%s) AND language = %s",
                    [[own, *others], language],
                )
                for row in cursor.fetchall():
                    self.translations[row[0]].append(Name._make(row))


def concept_reading(
    past: PublicPast, kind: str, external_id: str, language: str, *, most: int | None = MAX_LISTED
) -> ConceptReading:
    """A concept as of the edition shown, by the identifier its producer gave it. Three queries, four when
    `language` is not the edition's own. `most`: links listed of a role, all of them when None.

    Raises NotFound when the reference never had it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LIFE, [past.reference_id, kind, external_id])
        life = [Life._make(row) for row in cursor.fetchall()]
        if not life:
            raise NotFound
        own = life[0].concept
        cursor.execute(_LINKS, {"own": own})
        rows = [Link._make(row) for row in cursor.fetchall()]
    known = _Labels(past, life, {row.other for row in rows}, language)
    # As everywhere: the name that holds at the place, else the last before it, else the first after it.
    then = next((told for told in reversed(life) if told.since <= past.position), life[0])
    label, others, description = then.label, then.alternatives, then.description
    named = known.of(own)
    translated = known.translation(named) if named else None
    if translated is not None:
        label = translated.label
        others, description = translated.alternatives or "", translated.description or ""
    links = links_as_of(past.position, rows, known)
    return ConceptReading(
        kind=kind,
        external_id=external_id,
        is_present=then.since <= past.position < then.until,
        language=language if translated is not None else past.shown.language,
        label=label,
        alternatives=others.split("\n") if others else [],
        description=description,
        attributes=json.loads(then.attributes),
        links={role: named[:most] for role, named in links.items()},
        totals={role: len(named) for role, named in links.items()},
        names=known.names[own],
        history=events(past, known.names[own], rows, known),
    )


_LIFE = (
    "SELECT c.id, r.label, r.folded, r.since, r.until, r.alternatives, r.description, r.attributes::text"
    " FROM competences_concept c JOIN competences_conceptrevision r ON r.concept_id = c.id"
    " WHERE c.reference_id = %s AND c.kind = %s AND c.external_id = %s ORDER BY r.since"
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
