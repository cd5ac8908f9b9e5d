"""What anybody may read: the references that no organisation owns, their editions, and marks of their state.

A mark is a short text that changes whenever an answer about a reference may change: it covers the edition
shown (its public id and content revision) and the list of its reference's editions with theirs, for a
history speaks of them all. Written by hand in SQL: every answer of the API begins here.
"""

import datetime as dt
import hashlib
import uuid
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value

from accounts.errors import NotFound
from competences.enums import EditionStatus
from competences.models import Edition, Reference


def edition_name(number: str, issue: int) -> str:
    """The number of an edition, with its issue when the producer published the number again."""
    return number if issue == 1 else f"{number}.{issue}"


@dataclass(frozen=True, slots=True)
class PublicEdition:
    """An edition in the history of a public reference, as an answer names it."""

    pk: int
    public_id: uuid.UUID
    number: str
    issue: int
    position: int
    published_on: dt.date | None
    language: str
    content_revision: int
    links: int | None

    @property
    def name(self) -> str:
        """The number, with its issue when the producer published the number again."""
        return edition_name(self.number, self.issue)

    @property
    def counts(self) -> dict[str, int | None]:
        """What the import counted, as far as the history of a concept asks for it."""
        return {"links": self.links}


@dataclass(frozen=True, slots=True)
class PublicPast:
    """The history of a public reference, oldest edition first, looking at one of them."""

    reference_id: int
    slug: str
    name: str
    editions: list[PublicEdition]
    shown: PublicEdition

    @property
    def position(self) -> int:
        """The place of the edition shown."""
        return self.shown.position

    def at(self, position: int) -> PublicEdition | None:
        """The first edition at that place or after it; None past the newest."""
        place = bisect_left([e.position for e in self.editions], position)
        return self.editions[place] if place < len(self.editions) else None

    @property
    def mark(self) -> str:
        """The state of the reference as seen from the edition shown."""
        others = ",".join(f"{e.pk}.{e.content_revision}" for e in self.editions)
        return _mark(self.shown.public_id, self.shown.content_revision, others, self.name)


def _mark(*parts: object) -> str:
    text = "\x1f".join(map(str, parts))
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def public_past(slug: str, number: str | None = None) -> PublicPast:
    """The history of a public reference at edition `number` ("60", "60.1") or at the newest. One query.

    Raises NotFound for a reference that does not exist, has no edition or has an owner, alike, and for an
    edition that is not in its history.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id, r.slug, r.name, e.id, e.public_id, e.number, e.issue, e.position, e.published_on,"
            " e.language, e.content_revision, (e.counts->>'links')::int"
            " FROM competences_edition e JOIN competences_reference r ON r.id = e.reference_id"
            " WHERE r.slug = %s AND r.owner_id IS NULL AND e.status = 'current' ORDER BY e.position",
            [slug],
        )
        rows = cursor.fetchall()
    editions = [PublicEdition(*row[3:]) for row in rows]
    if number is None:
        named = editions
    else:
        named = [e for e in editions if number in (e.number, f"{e.number}.{e.issue}")]
    if not named:
        raise NotFound
    reference_id, slug, name = rows[0][:3]
    return PublicPast(reference_id, slug, name, editions, named[-1])


def mark_of(edition_id: int) -> str | None:
    """The same mark from the primary key of the edition; None when it is not public. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.public_id, e.content_revision,"
            " (SELECT string_agg(o.id || '.' || o.content_revision, ',' ORDER BY o.position)"
            " FROM competences_edition o"
            " WHERE o.reference_id = e.reference_id AND o.status = 'current'), r.name"
            " FROM competences_edition e JOIN competences_reference r ON r.id = e.reference_id"
            " WHERE e.id = %s AND r.owner_id IS NULL",
            [edition_id],
        )
        row = cursor.fetchone()
    return None if row is None else _mark(*row)


def mark_of_all() -> str:
    """The state of every public reference, for answers that speak of several. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(r.id || ' ' || r.name || ' ' || e.id || '.' || e.content_revision, ','"
            " ORDER BY e.id) FROM competences_edition e"
            " JOIN competences_reference r ON r.id = e.reference_id"
            " WHERE r.owner_id IS NULL AND e.status = 'current'"
        )
        return _mark(*cursor.fetchone())


def without_owner(slugs: Iterable[str]) -> set[str]:
    """Those of the references that anybody may read. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT slug FROM competences_reference WHERE owner_id IS NULL AND slug = ANY(%s)", [list(slugs)]
        )
        return {slug for (slug,) in cursor.fetchall()}


# Lists -----------------------------------------------------------------------------------------------------


class PublicReference(NamedTuple):
    """A reference that has a history, and the name of its newest edition."""

    slug: str
    name: str
    format: str
    editions: int
    newest: str


def references(*, slug: str | None = None, after: str = "", limit: int) -> list[PublicReference]:
    """The public references that have a history, by slug. One query."""
    rows = Reference.objects.public().filter(slug__gt=after)
    if slug is not None:
        rows = rows.filter(slug=slug)
    newest = Edition.objects.in_history().filter(reference=OuterRef("pk")).order_by("-position")
    counted = Count("editions", filter=Q(editions__status=EditionStatus.CURRENT))
    rows = rows.annotate(
        number_of_editions=counted,
        newest_number=Subquery(newest.values("number")[:1]),
        newest_issue=Subquery(newest.values("issue")[:1]),
    )
    names = ("slug", "name", "format", "number_of_editions", "newest_number", "newest_issue")
    found = rows.filter(number_of_editions__gt=0).order_by("slug").values_list(*names)[:limit]
    return [PublicReference(*row, edition_name(number, issue)) for *row, number, issue in found]


class EditionSheet(NamedTuple):
    """All that is told of an edition. `languages` begins with its own."""

    pk: int
    public_id: uuid.UUID
    reference: str
    number: str
    issue: int
    title: str
    published_on: dt.date | None
    language: str
    content_revision: int
    counts: dict[str, int]
    changes: dict[str, Any] | None
    imported_at: dt.datetime
    languages: list[str]

    @property
    def name(self) -> str:
        """The number, with its issue when the producer published the number again."""
        return edition_name(self.number, self.issue)


_SHEET = ("pk", "public_id", "reference__slug", "number", "issue", "title", "published_on", "language")
_SHEET += ("content_revision", "counts", "changes", "imported_at")


def editions(*, slug: str | None = None, after: int = 0, limit: int) -> list[EditionSheet]:
    """Editions in a public history, in the order of their import. One query."""
    rows = Edition.objects.in_history().public().filter(pk__gt=after).order_by("pk")
    if slug is not None:
        rows = rows.filter(reference__slug=slug)
    return [_sheet(row) for row in _with_languages(rows)[:limit]]


def edition(public_id: uuid.UUID) -> EditionSheet:
    """One edition. One query. Raises NotFound for one that is retired, owned or absent, alike."""
    rows = Edition.objects.in_history().public().filter(public_id=public_id)
    row = _with_languages(rows).first()
    if row is None:
        raise NotFound
    return _sheet(row)


def _with_languages(rows: QuerySet[Edition]) -> QuerySet[Edition, tuple[Any, ...]]:
    with_words = Q(sources__language__gt="")
    spoken = ArrayAgg("sources__language", distinct=True, filter=with_words, default=Value([]))
    return rows.annotate(spoken=spoken).values_list(*_SHEET, "spoken")


def _sheet(row: tuple[Any, ...]) -> EditionSheet:
    *told, spoken = row
    own = told[_SHEET.index("language")]
    return EditionSheet(*told, [own, *(language for language in spoken if language != own)])
