"""What an adviser's first screen lists, and the file of one person that it opens."""

import datetime as dt
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.access import Actor, Thing, access_object, workers_visible_to
from accounts.enums import Purpose
from accounts.errors import NotFound
from accounts.models import Worker

ADVISED = (Purpose.FOLLOW_UP, Purpose.REVIEW)
"""The purposes that put a person in their adviser's list, the widest first."""


PARTS = {Purpose.FOLLOW_UP: Thing.RECORD, Purpose.REVIEW: Thing.VIEWS}
"""The part of a file that each of them opens."""


def advised(actor: Actor, on: dt.date) -> QuerySet[Worker]:
    """The people who gave this adviser a mandate to follow them or to review their skills, each with `skills`
    counted, whether it `is_followed`, and its open `flags`, which are told to who follows alone.
    """
    followed, reviewed = (workers_visible_to(actor, purpose, on=on) for purpose in ADVISED)
    standing = Q(statements__removed_at=None)
    told = standing & Q(statements__flags__closed_at=None, pk__in=followed.values("pk"))
    return (
        (followed | reviewed)
        .select_related("user")
        .annotate(
            is_followed=Exists(followed.filter(pk=OuterRef("pk"))),
            skills=Count("statements", filter=standing, distinct=True),
            flags=Count("statements__flags", filter=told, distinct=True),
        )
        .order_by("-flags", "user__name", "pk")
    )


def opened(actor: Actor, public_id: UUID, *, on: dt.date) -> tuple[Worker, list[Purpose]]:
    """A person's file, through the door, and each purpose for which this adviser opens it: one line of the
    access log a purpose. Raises NotFound when there is none.
    """
    found: list[tuple[Worker, Purpose]] = []
    for purpose, thing in PARTS.items():
        try:
            found.append((access_object(actor, public_id, thing, on=on), purpose))
        except NotFound:
            continue
    if not found:
        raise NotFound
    return found[0][0], [purpose for _worker, purpose in found]
