"""What somebody may read of the references, by the one filter: `visible_to` of models/references.py."""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.utils import timezone

from accounts.actors import Actor
from competences.models import Reference

Reader = Actor | AnonymousUser
"""Who reads (`request.user`, or SYSTEM in jobs and commands)."""


class Readable(NamedTuple):
    """A reference that may be read. `state` changes whenever what its editions say changes."""

    pk: int
    slug: str
    name: str
    state: str


def hidden_references(actor: Reader, references: Iterable[Reference], *, on: dt.date) -> frozenset[int]:
    """Those of the references that the actor may not read, for lists that name what they hold without a way
    to it. One query; none where nobody owns any of them.
    """
    owned = {reference.pk for reference in references if reference.owner_id is not None}
    if not owned:
        return frozenset()
    seen = Reference.objects.visible_to(actor, on=on).filter(pk__in=owned)
    return frozenset(owned.difference(seen.values_list("pk", flat=True)))


def readable_states(reader: Reader | None) -> list[Readable]:
    """The references that `reader` may read today, by slug, with the state of each; the published ones for
    None. One query, two for a person.
    """
    owned: list[int] = []
    if reader is not None and not isinstance(reader, AnonymousUser):
        seen = Reference.objects.visible_to(reader, on=timezone.localdate())
        owned = list(seen.exclude(owner=None).values_list("pk", flat=True))
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
