"""The access log: written at each opening of somebody else's file, kept one year."""

import logging
from datetime import datetime, timedelta

from django.db import Error as DatabaseError

from accounts.actors import Actor, require_system
from accounts.enums import Purpose
from accounts.errors import Unavailable
from accounts.models import FileOpening, User, Worker
from accounts.rules.access_table import Thing

logger = logging.getLogger(__name__)

#: How long an opening is kept: long enough to answer "who looked this year?", no longer.
KEPT = timedelta(days=365)


def record_opening(
    *,
    actor: User | None,
    worker: Worker,
    mandate_id: int | None,
    purpose: Purpose,
    now: datetime,
    thing: Thing | None = None,
    share_id: int | None = None,
) -> FileOpening:
    """Writes that `actor` opens the file of `worker`; the only write a GET request may do.

    `mandate_id` is None where a registered grant opened it, and no mandate; `actor` where a share by link was
    read by whoever typed the code sent to its address. `thing`: the part opened.
    It goes through a connection of its own and is kept even when the caller's transaction is rolled back.
    Raises `Unavailable` when it cannot be written: the caller must then show nothing.
    """
    try:
        return FileOpening.objects.create(
            actor_id=actor.pk if actor else None,
            worker_id=worker.pk,
            mandate_id=mandate_id,
            share_id=share_id,
            purpose=purpose,
            thing=thing or "",
            opened_at=now,
        )
    except DatabaseError as error:
        logger.exception("The access log cannot be written; the file stays closed.")
        raise Unavailable from error


def prune_openings(*, actor: Actor, now: datetime) -> int:
    """Deletes the openings older than a year and says how many. Safe to run twice."""
    require_system(actor)
    deleted, _by_model = FileOpening.objects.older_than(now - KEPT).delete()
    return deleted
