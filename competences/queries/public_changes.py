"""What an edition changed, line by line, by a key that serves pages of the API and files alike."""

from collections.abc import Iterator
from typing import NamedTuple

from django.db import connection

from competences.queries.catalogue import PublicPast

Key = tuple[str, str, int]
"""Kind of change, kind of concept, number of the row: the order of the table's index."""


class ChangeLine(NamedTuple):
    """One change; `before` and `after` mean what the kind of change says. Labels are as of the edition, or
    the last before it, or the first after it."""

    row: int
    kind: str
    concept_kind: str
    external_id: str
    label: str
    other_kind: str | None
    other_external_id: str | None
    other_label: str | None
    before: str
    after: str
    confidence: int | None

    @property
    def key(self) -> Key:
        """Where the line stands in the list."""
        return (self.kind, self.concept_kind, self.row)


def change_lines(
    past: PublicPast, *, change: str = "", kind: str = "", after: Key | None = None, limit: int
) -> list[ChangeLine]:
    """The changes that the edition shown brought, of one kind of change and of concept if given, from the
    key after `after`. One query, whose cost is that of the lines it returns."""
    values = {
        "edition": past.shown.pk,
        "at": past.position,
        "change": change,
        "kind": kind,
        "after_change": after[0] if after else "",
        "after_kind": after[1] if after else "",
        "after_row": after[2] if after else 0,
        "limit": limit,
    }
    chosen = (
        "SELECT * FROM competences_change WHERE edition_id = %(edition)s"  # noqa: S608 - texts of this file
        + (" AND kind = %(change)s" if change else "")
        + (" AND concept_kind = %(kind)s" if kind else "")
        + (
            " AND (kind, concept_kind, id) > (%(after_change)s, %(after_kind)s, %(after_row)s)"
            if after
            else ""
        )
        + " ORDER BY kind, concept_kind, id LIMIT %(limit)s"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ch.id, ch.kind, c.kind, c.external_id, n.label, o.kind, o.external_id, m.label,"  # noqa: S608
            f" ch.before, ch.after, ch.confidence FROM ({chosen}) ch"
            " JOIN competences_concept c ON c.id = ch.concept_id"
            f" LEFT JOIN LATERAL {_name('ch.concept_id')} n ON true"
            " LEFT JOIN competences_concept o ON o.id = ch.other_id"
            f" LEFT JOIN LATERAL {_name('ch.other_id')} m ON true"
            " ORDER BY ch.kind, ch.concept_kind, ch.id",
            values,
        )
        # What changed is told by its identifier when it never had a name.
        return [ChangeLine(*row[:4], row[4] or row[3], *row[5:]) for row in cursor.fetchall()]


def _name(concept: str) -> str:
    """The name of a concept as of the place: the newest that began by then, else the oldest of all."""
    return (
        f"(SELECT label FROM competences_conceptrevision WHERE concept_id = {concept}"  # noqa: S608
        " ORDER BY since > %(at)s, CASE WHEN since > %(at)s THEN since ELSE -since END LIMIT 1)"
    )


def all_change_lines(past: PublicPast, *, change: str, kind: str, batch: int) -> Iterator[ChangeLine]:
    """The same list whole, read `batch` lines at a time."""
    after = None
    while lines := change_lines(past, change=change, kind=kind, after=after, limit=batch):
        yield from lines
        after = lines[-1].key


def number_of_changes(past: PublicPast, *, change: str, kind: str) -> int:
    """How many lines the list has. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM competences_change WHERE edition_id = %(edition)s"
            " AND (%(change)s = '' OR kind = %(change)s) AND (%(kind)s = '' OR concept_kind = %(kind)s)",
            {"edition": past.shown.pk, "change": change, "kind": kind},
        )
        return int(cursor.fetchone()[0])
