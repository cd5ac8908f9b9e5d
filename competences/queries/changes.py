"""What an edition changed, as a list with counts and filters. Public: no actor, no access door."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count

from accounts.errors import NotFound
from competences.enums import ChangeKind, ConceptKind
from competences.models import Change, Concept
from competences.queries.sheets import History, Labels, Named, history

PAGE_SIZE = 50
MOST_DIGITS = 19
"""A key longer than this does not fit in the database's whole numbers."""


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change as a list shows it; `before` and `after` mean what the kind of change says."""

    kind: str
    concept: Named
    other: Named | None
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangePage:
    """A page of the changes of an edition against the one before it.

    `by_kind` counts under the filter of concepts, `by_concept_kind` under the filter of changes, so that
    each choice tells what it would show. `next_after` is the key of the next page, empty on the last.
    """

    history: History
    rows: list[ChangeRow]
    by_kind: dict[str, int]
    by_concept_kind: dict[str, int]
    total: int
    next_after: str


def change_page(
    *, slug: str, number: str, kind: str = "", concept_kind: str = "", after: str = ""
) -> ChangePage:
    """The changes that edition `number` brought, of one kind of change or of concept if given. Four queries.

    Jobs come first, then titles, skills, knowledge and contexts, in the order in which the import wrote them.
    `after` is the key of the last row already seen; an unreadable key starts over.
    Raises NotFound for an unknown edition, and for a filter that is no kind at all.
    """
    if (kind and kind not in ChangeKind) or (concept_kind and concept_kind not in ConceptKind):
        raise NotFound
    past = history(slug=slug, number=number)
    changes = Change.objects.filter(edition=past.shown)
    by_kind: dict[str, int] = defaultdict(int)
    by_concept_kind: dict[str, int] = defaultdict(int)
    total = 0
    groups = changes.values_list("kind", "concept_kind").annotate(number=Count("pk")).order_by()
    for of_kind, of_concept_kind, count in groups:
        if concept_kind in ("", of_concept_kind):
            by_kind[of_kind] += count
        if kind in ("", of_kind):
            by_concept_kind[of_concept_kind] += count
        if concept_kind in ("", of_concept_kind) and kind in ("", of_kind):
            total += count
    wanted = {name: value for name, value in (("kind", kind), ("concept_kind", concept_kind)) if value}
    chosen = changes.filter(pk__gt=_key(after), **wanted).select_related("concept", "other")
    found = list(chosen.order_by("pk")[: PAGE_SIZE + 1])
    rows, more = found[:PAGE_SIZE], len(found) > PAGE_SIZE
    return ChangePage(
        history=past,
        rows=_rows(past, rows),
        by_kind=dict(by_kind),
        by_concept_kind=dict(by_concept_kind),
        total=total,
        next_after=str(rows[-1].pk) if more else "",
    )


def _key(after: str) -> int:
    is_number = after.isascii() and after.isdigit() and len(after) < MOST_DIGITS
    return int(after) if is_number else 0


def _rows(past: History, changes: list[Change]) -> list[ChangeRow]:
    concepts = {c.concept_id for c in changes} | {c.other_id for c in changes if c.other_id}
    known = Labels(past.position, concepts)
    return [
        ChangeRow(
            kind=change.kind,
            concept=_named(known, change.concept),
            other=_named(known, change.other) if change.other else None,
            before=change.before,
            after=change.after,
        )
        for change in changes
    ]


def _named(known: Labels, concept: Concept) -> Named:
    return known.named(concept.pk, concept.kind, concept.external_id)
