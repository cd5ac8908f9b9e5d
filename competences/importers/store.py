"""Writing a plan: new rows by COPY, changed rows by one statement each."""

import json
from collections.abc import Iterable

from django.db import connection

from competences.importers.plan import EditionPlan
from competences.models import Edition, Reference
from competences.rules.edition_diff import ConceptChange, ConceptState
from competences.rules.labels import fold, stems

CHUNK = 2_000
NULL = r"\N"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def write_plan(plan: EditionPlan, reference: Reference, here: int) -> None:
    """Writes concepts, revisions and links, inside the caller's transaction."""
    _copy(
        "competences_concept (id, reference_id, kind, external_id)",
        (
            f"{identity}\t{reference.pk}\t{key.kind}\t{_text(key.external_id)}\n"
            for key, identity in plan.new_concepts.items()
        ),
    )
    for table, rows in (("conceptrevision", plan.revisions), ("conceptlink", plan.links)):
        with connection.cursor() as cursor:
            # One of the two names above, never a text from outside.
            name = f"competences_{table}"
            if rows.end:
                cursor.execute(
                    f"UPDATE {name} SET until = %s WHERE id = ANY(%s)",  # noqa: S608
                    [here, rows.end],
                )
            if rows.start_earlier:
                cursor.execute(
                    f"UPDATE {name} SET since = %s WHERE id = ANY(%s)",  # noqa: S608
                    [here, rows.start_earlier],
                )
    _copy(
        "competences_conceptrevision"
        " (concept_id, label, folded, alternatives, description, attributes, words, since, until)",
        (_revision(concept, state, since, until) for concept, state, since, until in plan.revisions.add),
    )
    _copy(
        "competences_conceptlink (kind, source_id, target_id, flag, since, until)",
        (
            f"{kind}\t{source}\t{target}\t{_text(flag)}\t{since}\t{until}\n"
            for (kind, source, target), flag, since, until in plan.links.add
        ),
    )


def write_changes(edition: Edition, changes: Iterable[ConceptChange[int]]) -> None:
    """Writes what an edition changed against the one before, in the place of what was written before."""
    edition.change_rows.all().delete()
    _copy(
        "competences_change (edition_id, kind, concept_kind, concept_id, other_id, before, after)",
        (
            f"{edition.pk}\t{c.kind}\t{c.concept_kind}\t{c.concept}\t{NULL if c.other is None else c.other}"
            f"\t{_text(c.before)}\t{_text(c.after)}\n"
            for c in changes
        ),
    )


def _revision(concept: int, state: ConceptState, since: int, until: int) -> str:
    # Without its empty values an attribute set is small: written as the database will give it back.
    attributes = json.dumps(state.attributes, ensure_ascii=False) if state.attributes else "{}"
    folded = fold(state.label)
    words = stems(f"{folded} {fold(state.alternatives)}" if state.alternatives else folded)
    found = " ".join(f"'{word}'" for word in words)
    texts = f"{_text(state.label)}\t{folded}\t{_text(state.alternatives)}\t{_text(state.description)}"
    return f"{concept}\t{texts}\t{_text(attributes)}\t{found}\t{since}\t{until}\n"


def _text(value: str) -> str:
    """A text as COPY reads it."""
    return value.translate(_ESCAPES) if "\\" in value or not value.isprintable() else value


def _copy(target: str, lines: Iterable[str]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as copy:
        batch: list[str] = []
        for line in lines:
            batch.append(line)
            if len(batch) == CHUNK:
                copy.write("".join(batch))
                batch.clear()
        copy.write("".join(batch))
