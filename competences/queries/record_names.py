"""Concepts and editions found again by what their producers call them, many at once."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q

from competences.models import Concept, Edition
from competences.record_parts import Entry

ConceptKey = tuple[str, str, str]
"""The slug of a reference, a kind and an identifier."""

EditionKey = tuple[str, str, int]
"""The slug of a reference, a number and an issue."""

AT_ONCE = 1_000


class Named:
    """The concepts and editions that some entries name (queries/record_entries.py), by their keys."""

    def __init__(self, entries: Iterable[Mapping[str, Any]]) -> None:
        concepts, editions = set(), set()
        for entry in entries:
            editions.add(edition_key(entry))
            if "id" in entry:
                concepts.add(concept_key(entry))
        self.concepts = concepts_by_key(concepts)
        slugs = {key[0] for key in editions}
        rows = Edition.objects.filter(reference__slug__in=slugs).select_related("reference")
        found = {(row.reference.slug, row.number, row.issue): row.pk for row in rows}
        self.editions = {key: found[key] for key in editions if key in found}

    def concept(self, entry: Entry) -> int | None:
        """The row of the concept; None when this house does not know it."""
        return self.concepts.get(concept_key(entry))

    def edition(self, entry: Entry) -> int | None:
        """The row of the edition; None when this house does not know it."""
        return self.editions.get(edition_key(entry))


def concept_key(entry: Mapping[str, Any]) -> ConceptKey:
    return entry["reference"], entry["kind"], entry["id"]


def edition_key(entry: Mapping[str, Any]) -> EditionKey:
    return entry["reference"], entry["edition"], entry["issue"]


def concepts_by_key(keys: Iterable[ConceptKey]) -> dict[ConceptKey, int]:
    """The rows of the concepts with these keys. One query a thousand."""
    wanted = sorted(keys)
    found: dict[ConceptKey, int] = {}
    for start in range(0, len(wanted), AT_ONCE):
        held = set(wanted[start : start + AT_ONCE])
        rows = Concept.objects.filter(
            Q(reference__slug__in={key[0] for key in held}),
            kind__in={key[1] for key in held},
            external_id__in={key[2] for key in held},
        )
        for pk, *key in rows.values_list("pk", "reference__slug", "kind", "external_id"):
            if tuple(key) in held:
                found[key[0], key[1], key[2]] = pk
    return found
