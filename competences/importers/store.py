"""Writing a plan: new rows by COPY, changed rows by one statement each."""

import json
from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from operator import attrgetter
from typing import Any

from django.db import connection

from competences.importers.bulk import NULL, copy_rows, text
from competences.importers.plan import EditionPlan, LinkPlans
from competences.models import Edition
from competences.rules.edition_diff import ConceptChange, ConceptState
from competences.rules.intervals import IntervalPlan
from competences.rules.labels import fold

FOREIGN_KEYS = {
    "competences_concept": {"reference_id": "competences_reference"},
    "competences_conceptrevision": {"concept_id": "competences_concept"},
    "competences_concepttranslation": {"concept_id": "competences_concept"},
    "competences_conceptlink": {"source_id": "competences_concept", "target_id": "competences_concept"},
    "competences_change": {
        "edition_id": "competences_edition",
        "concept_id": "competences_concept",
        "other_id": "competences_concept",
    },
}
"""The foreign keys of the tables that an import writes in bulk (importers/bulk.py)."""

_encode = json.JSONEncoder(ensure_ascii=False).encode
_NAMING = "label, folded, alternatives, description, since, until"


def write_plan(plan: EditionPlan, planned_links: Callable[[], LinkPlans], edition: Edition) -> None:
    """Writes concepts, names and links, inside the caller's transaction.

    Links come before names: they are the server's work more than Python's, and the comparison runs beside.
    """
    copy_rows(
        "competences_concept (id, reference_id, kind, external_id)",
        (
            f"{identity}\t{edition.reference_id}\t{key.kind}\t{text(key.external_id)}\n"
            for key, identity in plan.new_concepts.items()
        ),
    )
    here = edition.position
    _move_ends("competences_conceptrevision", here, plan.revisions)
    _move_ends("competences_concepttranslation", here, plan.translations)
    links = planned_links()
    _move_ends("competences_conceptlink", here, *links.values())
    copy_rows(
        "competences_conceptlink (kind, source_id, target_id, flag, since, until)",
        (
            f"{kind}\t{source}\t{target}\t{text(flag)}\t{since}\t{until}\n"
            for kind, rows in links.items()
            for (source, target), flag, since, until in rows.add
        ),
    )
    attributes = _Attributes()
    copy_rows(
        f"competences_conceptrevision (concept_id, attributes, {_NAMING})",
        (
            f"{concept}\t{attributes.written(state.attributes)}\t{_naming(state, since, until)}"
            for concept, state, since, until in plan.revisions.add
        ),
    )
    copy_rows(
        f"competences_concepttranslation (concept_id, language, {_NAMING})",
        (
            f"{concept}\t{other}\t{_naming(state, since, until)}"
            for (concept, other), state, since, until in plan.translations.add
        ),
    )


def write_changes(edition: Edition, changes: Iterable[ConceptChange[int]]) -> None:
    """Writes what an edition changed against the one before, in the place of what was written before."""
    edition.change_rows.all().delete()
    copy_rows(
        "competences_change"
        " (edition_id, kind, concept_kind, concept_id, other_id, before, after, confidence, reasons)",
        (
            f"{edition.pk}\t{c.kind}\t{c.concept_kind}\t{c.concept}\t{NULL if c.other is None else c.other}"
            f"\t{text(c.before)}\t{text(c.after)}\t{_guess(c)}\n"
            for c in changes
        ),
    )


def _move_ends(table: str, here: int, *plans: IntervalPlan[Any, Any]) -> None:
    # The table is one of three names of ours, never a text from outside.
    for part, change in (
        ("end", f"UPDATE {table} SET until = %(here)s"),  # noqa: S608
        ("start_earlier", f"UPDATE {table} SET since = %(here)s"),  # noqa: S608
        ("drop", f"DELETE FROM {table}"),  # noqa: S608
    ):
        if rows := list(chain.from_iterable(map(attrgetter(part), plans))):
            with connection.cursor() as cursor:
                cursor.execute(f"{change} WHERE id = ANY(%(rows)s)", {"here": here, "rows": rows})


class _Attributes:
    """Attributes as COPY reads them; a set that many concepts share is put into words once.

    It lives no longer than the states that it is asked for: sets are told apart by where they are.
    """

    def __init__(self) -> None:
        self._known: dict[int, str] = {}

    def written(self, attributes: Mapping[str, Any]) -> str:
        if not attributes:
            return "{}"
        known = self._known.get(id(attributes))
        if known is None:
            known = self._known[id(attributes)] = text(_encode(attributes))
        return known


def _naming(state: ConceptState, since: int, until: int) -> str:
    texts = f"{text(state.label)}\t{fold(state.label)}\t{text(state.alternatives)}\t{text(state.description)}"
    return f"{texts}\t{since}\t{until}\n"


def _guess(change: ConceptChange[int]) -> str:
    """Confidence and reasons of a successor."""
    if change.confidence is None:
        return f"{NULL}\t{NULL}"
    return f"{change.confidence}\t{_encode(change.reasons)}"
