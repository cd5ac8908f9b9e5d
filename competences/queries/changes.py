"""What an edition changed, as a list with counts and filters, for who may read its reference."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count, Max, Min, Q, QuerySet

from accounts.errors import NotFound
from competences.enums import ChangeKind, ConceptKind
from competences.models import Change, Concept
from competences.queries.names import Labels, Named
from competences.queries.readable import Reader
from competences.queries.sheets import History, history

PAGE_SIZE = 50
MOST_DIGITS = 19
"""A key longer than this does not fit in the database's whole numbers."""


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change as a list shows it; `before`, `after` and `other` mean what the kind of change says.

    `confidence` (0 to 100) and `reasons` are those of a replacement, empty on other kinds.
    """

    kind: str
    concept: Named
    other: Named | None
    before: str
    after: str
    confidence: int
    reasons: list[str]


@dataclass(frozen=True, slots=True)
class ChangePage:
    """A page of the changes of an edition against the one before it.

    `by_kind` counts under the filter of concepts, `by_concept_kind` under the filter of changes, so that
    each choice tells what it would show. `first` is the place of the first row shown among the `total`,
    from 1. `next_after` and `previous_before` are the keys of the pages around, empty where there is none.
    `own_lang` is the language of the edition's own texts where it is not the reader's, else empty.
    """

    history: History
    rows: list[ChangeRow]
    by_kind: dict[str, int]
    by_concept_kind: dict[str, int]
    total: int
    first: int
    next_after: str
    previous_before: str
    own_lang: str

    @property
    def last(self) -> int:
        """The place of the last row shown."""
        return self.first + len(self.rows) - 1

    @property
    def page(self) -> int:
        """The number of this page, from 1."""
        return (self.first - 1) // PAGE_SIZE + 1

    @property
    def pages(self) -> int:
        """How many pages there are, one at least."""
        return max(1, -(-self.total // PAGE_SIZE))


class Group(NamedTuple):
    """How many changes of one kind an edition made to one kind of concept, and where their rows stand.

    `seen` counts those before the page asked for.
    """

    kind: str
    concept_kind: str
    count: int
    lowest: int
    highest: int
    seen: int


def change_page(
    *,
    actor: Reader,
    on: dt.date,
    slug: str,
    number: str,
    kind: str = "",
    concept_kind: str = "",
    after: str = "",
    before: str = "",
) -> ChangePage:
    """The changes that edition `number` brought, of one kind of change or of concept if given. Four queries;
    five in another language than the edition's.

    Jobs come first, then titles, skills, knowledge and contexts, in the order in which the import wrote them.
    `after` is the key of the last row already seen, `before` that of the first row of the page after; an
    unreadable key starts over.
    Raises NotFound for an edition that is unknown or not for the actor that day, and for a filter that is
    no kind at all.
    """
    if (kind and kind not in ChangeKind) or (concept_kind and concept_kind not in ConceptKind):
        raise NotFound
    past = history(actor=actor, on=on, slug=slug, number=number)
    changes = Change.objects.filter(edition=past.shown)
    key, end = _key(after), _key(before)
    groups = _groups(changes, Q(pk__lt=end or key + 1))
    chosen = [g for g in groups if kind in ("", g.kind) and concept_kind in ("", g.concept_kind)]
    total, seen = sum(g.count for g in chosen), sum(g.seen for g in chosen)
    if end and seen <= PAGE_SIZE:
        # What comes before fits in the first page.
        key = end = seen = 0
    wanted = {name: value for name, value in (("kind", kind), ("concept_kind", concept_kind)) if value}
    # Rows of an edition stand together: between these two ends there are few others.
    lowest, highest = min((g.lowest for g in chosen), default=0), max((g.highest for g in chosen), default=0)
    rows = changes.filter(pk__gte=lowest, pk__lte=highest, **wanted).select_related("concept", "other")
    if end:
        found = list(rows.filter(pk__lt=end).order_by("-pk")[:PAGE_SIZE])[::-1]
        seen -= len(found)
    else:
        found = list(rows.filter(pk__gt=key).order_by("pk")[:PAGE_SIZE])
    more = seen + len(found) < total
    by_kind, by_concept_kind = Counter[str](), Counter[str]()
    for group in groups:
        if concept_kind in ("", group.concept_kind):
            by_kind[group.kind] += group.count
        if kind in ("", group.kind):
            by_concept_kind[group.concept_kind] += group.count
    known = past.labels({pk for c in found for pk in (c.concept_id, c.other_id) if pk})
    return ChangePage(
        history=past,
        rows=[_row(known, change) for change in found],
        by_kind=dict(by_kind),
        by_concept_kind=dict(by_concept_kind),
        total=total,
        first=seen + 1,
        next_after=str(found[-1].pk) if found and more else "",
        previous_before=str(found[0].pk) if found and seen else "",
        own_lang=known.own_lang,
    )


def _groups(changes: QuerySet[Change], before_page: Q) -> list[Group]:
    """The counts of an edition, of every kind at once. One query, which the index of changes answers."""
    rows = changes.values_list("kind", "concept_kind").order_by()
    figures = rows.annotate(Count("pk"), Min("pk"), Max("pk"), seen=Count("pk", filter=before_page))
    return [Group(*row) for row in figures]


def _key(after: str) -> int:
    is_number = after.isascii() and after.isdigit() and len(after) < MOST_DIGITS
    return int(after) if is_number else 0


def _row(known: Labels, change: Change) -> ChangeRow:
    return ChangeRow(
        kind=change.kind,
        concept=_named(known, change.concept),
        other=_named(known, change.other) if change.other else None,
        before=change.before,
        after=change.after,
        confidence=change.confidence or 0,
        reasons=change.reasons or [],
    )


def _named(known: Labels, concept: Concept) -> Named:
    return known.named(concept.pk, concept.kind, concept.external_id)
