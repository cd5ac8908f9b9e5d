"""What an edition changes in the rows that are stored: read, compared, nothing written."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from competences.importers.base import Key, ParsedEdition
from competences.models import Edition, Reference
from competences.rules import edition_diff, intervals
from competences.rules.edition_diff import ConceptChange, ConceptState, Snapshot
from competences.rules.intervals import Interval, IntervalPlan

LinkKey = tuple[str, int, int]


@dataclass(slots=True)
class EditionPlan:
    """Everything an import will write. `ids` names every concept of the reference, new ones included."""

    new_concepts: dict[Key, int]
    revisions: IntervalPlan[int, ConceptState]
    links: IntervalPlan[LinkKey, str]
    changes: list[ConceptChange[int]]
    counts: dict[str, Any] | None


def plan_edition(
    parsed: ParsedEdition, reference: Reference, here: int, before: Edition | None, after: Edition | None
) -> EditionPlan:
    """The plan of an import at place `here`, between the editions `before` and `after` (None: at an end)."""
    ids, new_concepts = _identities(parsed, reference)
    scopes = {identity: key.scope for key, identity in ids.items()}
    held = _revisions(reference, 0, here - 1)
    stated = {ids[key]: state for key, state in parsed.concepts.items()}
    _keep_unstated_attributes(stated, held, parsed.unstated_attributes)
    following = after.position if after else None
    revisions = intervals.plan(
        covering=held,
        starting_next=_revisions(reference, following, following) if following else {},
        stated=stated,
        is_stated=lambda concept: scopes[concept] not in parsed.unstated_scopes,
        here=here,
        following=following,
    )
    held_links = _links(reference, 0, here - 1)
    stated_links = {
        (kind, ids[source], ids[target]): flag
        for kind, pairs in parsed.links.items()
        for (source, target), flag in pairs.items()
    }
    unstated = parsed.unstated_links
    links = intervals.plan(
        covering=held_links,
        starting_next=_links(reference, following, following) if following else {},
        stated=stated_links,
        is_stated=lambda key: not unstated or (key[0], scopes[key[1]], scopes[key[2]]) not in unstated,
        here=here,
        following=following,
    )
    changes: list[ConceptChange[int]] = []
    counts = None
    if before is not None:
        old = Snapshot(
            {c: row.value for c, row in held.items()}, _by_kind((k, r.value) for k, r in held_links.items())
        )
        new = Snapshot(stated, _by_kind(stated_links.items()))
        changes = edition_diff.changes(old, new)
        counts = edition_diff.counts(old, new, changes)
    return EditionPlan(new_concepts, revisions, links, changes, counts)


def _identities(parsed: ParsedEdition, reference: Reference) -> tuple[dict[Key, int], dict[Key, int]]:
    """The id of every concept, stored or new; ids of new ones are taken from the table's own sequence."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, external_id, id FROM competences_concept WHERE reference_id = %s", [reference.pk]
        )
        ids = {Key(kind, external): identity for kind, external, identity in cursor.fetchall()}
        new = [key for key in parsed.concepts if key not in ids]
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('competences_concept', 'id')) FROM generate_series(1, %s)",
            [len(new)],
        )
        fresh = {key: row[0] for key, row in zip(new, cursor.fetchall(), strict=True)}
    return ids | fresh, fresh


def _revisions(reference: Reference, first: int, last: int) -> dict[int, Interval[ConceptState]]:
    """The rows that start at places `first` to `last` and still hold at `last`, by concept."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id, c.id, c.kind, r.label, r.description, r.attributes::text, r.alternatives, r.until"
            " FROM competences_conceptrevision r JOIN competences_concept c ON c.id = r.concept_id"
            " WHERE c.reference_id = %(reference)s AND r.since BETWEEN %(first)s AND %(last)s"
            " AND r.until > %(last)s",
            {"reference": reference.pk, "first": first, "last": last},
        )
        return {
            concept: Interval(
                row,
                ConceptState(kind, label, text, {} if attributes == "{}" else json.loads(attributes), others),
                until,
            )
            for row, concept, kind, label, text, attributes, others, until in cursor.fetchall()
        }


def _links(reference: Reference, first: int, last: int) -> dict[LinkKey, Interval[str]]:
    """The links that start at places `first` to `last` and still hold at `last`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.id, l.kind, l.source_id, l.target_id, l.flag, l.until"
            " FROM competences_conceptlink l JOIN competences_concept c ON c.id = l.source_id"
            " WHERE c.reference_id = %(reference)s AND l.since BETWEEN %(first)s AND %(last)s"
            " AND l.until > %(last)s",
            {"reference": reference.pk, "first": first, "last": last},
        )
        return {
            (kind, source, target): Interval(row, flag, until)
            for row, kind, source, target, flag, until in cursor.fetchall()
        }


def _keep_unstated_attributes(
    stated: dict[int, ConceptState],
    held: Mapping[int, Interval[ConceptState]],
    unstated: Mapping[str, set[str]],
) -> None:
    """What an absent file would have said of a concept keeps the value it had."""
    if not unstated:
        return
    for concept, state in stated.items():
        names = unstated.get(state.kind)
        was = held.get(concept)
        if names and was is not None:
            kept = {name: was.value.attributes[name] for name in names if name in was.value.attributes}
            description = was.value.description if "description" in names else state.description
            stated[concept] = replace(state, description=description, attributes={**state.attributes, **kept})


def _by_kind(rows: Iterator[tuple[LinkKey, str]] | Any) -> dict[str, dict[tuple[int, int], str]]:
    links: dict[str, dict[tuple[int, int], str]] = {}
    for (kind, source, target), flag in rows:
        links.setdefault(kind, {})[source, target] = flag
    return links
