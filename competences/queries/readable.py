"""Which references somebody may read: the published ones, and those of the organisations one belongs to."""

import datetime as dt
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.access import Actor, organisations_of
from accounts.enums import OrganisationKind
from competences.models import Reference

Reader = Actor | AnonymousUser | None
"""Who reads; None and a visitor read what is published."""


class Readable(NamedTuple):
    """A reference that may be read. `state` changes whenever what its editions say changes."""

    pk: int
    slug: str
    name: str
    state: str


def readable_references(reader: Reader, *, on: dt.date | None = None) -> QuerySet[Reference]:
    """The references that `reader` may read on the day `on` (today when left out).

    A reference that an organisation owns is for its members: the public never sees it.
    """
    allowed = Q(owner=None)
    if reader is not None and not isinstance(reader, AnonymousUser):
        for kind in OrganisationKind:
            allowed |= Q(owner__in=organisations_of(reader, kind, on=on or timezone.localdate()))
    return Reference.objects.filter(allowed)


def readable_states(reader: Reader) -> list[Readable]:
    """The same by slug with the state of each: one query, two for a person."""
    owned: list[int] = []
    if reader is not None and not isinstance(reader, AnonymousUser):
        owned = list(readable_references(reader).exclude(owner=None).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        # Every search asks this: the ORM would take longer to write it than the database to answer.
        cursor.execute(
            "SELECT f.id, f.slug, f.name, concat_ws('/', count(e.id), sum(e.content_revision),"
            " max(e.imported_at), count(e.id) FILTER (WHERE e.status = 'current'))"
            " FROM competences_reference f LEFT JOIN competences_edition e ON e.reference_id = f.id"
            " WHERE f.owner_id IS NULL OR f.id = ANY(%s) GROUP BY f.id ORDER BY f.slug",
            [owned],
        )
        return [Readable(*row) for row in cursor.fetchall()]
