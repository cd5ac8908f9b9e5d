"""Reminders as a desired state: the outbox is made to look like what is due.

What is due is streamed, a few thousand matters at a time, into a table that lasts as long as the transaction;
the outbox is then compared with it in four statements. Memory does not grow with the population, and the cost
follows what is due (docs/performance.md).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, time
from itertools import islice
from json import dumps
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts import notifications, reminders
from accounts.actors import Actor, require_system
from accounts.enums import NotificationReason, NotificationState
from accounts.locks import LockSpace, take_lock
from accounts.models import KindSwitch, Snooze
from accounts.models.notifications import EMAIL
from accounts.reminders import Candidate, ReminderKind
from accounts.rules.outbox import payload_faults
from accounts.rules.reminders import Wanted, wanted_messages
from accounts.services.notifications import enqueue_select

#: Messages are written this long before they leave, so that an adviser or the staff can see them coming.
HORIZON_DAYS = 30
#: Hour, on the person's own wall clock, from which a reminder may leave.
LEAVING_AT = time(8)
BATCH = 2000

_CREATE = """
CREATE TEMPORARY TABLE wanted_reminder (
    dedupe_key text, channel text, recipient_id bigint, subject_key text, due_on date, stage smallint,
    leaving_on date, payload jsonb
) ON COMMIT DROP
"""

# A message leaves at that hour of the person's day, wherever they live.
_DUE = """
SELECT wanted.*, (wanted.leaving_on + %(leaving_at)s::time)
    AT TIME ZONE coalesce(chosen.time_zone, %(time_zone)s) AS not_before
FROM wanted_reminder wanted LEFT JOIN accounts_deliverysettings chosen ON chosen.user_id = wanted.recipient_id
"""
_FILLED = ("channel", "subject_key", "due_on", "stage", "not_before")

# What an earlier refresh called off comes back when it is wanted again: a person's own refusal stays.
_CALLED_OFF = "outbox.state = %(cancelled)s AND outbox.reason = %(obsolete)s"

# A row that a worker took in the meantime has its own last check. The state is written as the index has it.
_NO_LONGER_WANTED = """
outbox.kind = %(kind)s AND outbox.state = 'waiting' AND outbox.stage IS NOT NULL
    AND starts_with(outbox.dedupe_key, %(prefix)s)
    AND NOT EXISTS (SELECT FROM wanted_reminder wanted WHERE wanted.dedupe_key = outbox.dedupe_key)
"""

_REVIVE = f"""
UPDATE accounts_notification outbox SET state = %(waiting)s, reason = '', finished_at = NULL
FROM wanted_reminder wanted WHERE wanted.dedupe_key = outbox.dedupe_key AND {_CALLED_OFF}
"""  # noqa: S608 - texts of ours

_CALL_OFF = f"""
UPDATE accounts_notification outbox SET state = %(cancelled)s, reason = %(obsolete)s, finished_at = %(now)s
WHERE {_NO_LONGER_WANTED}
"""  # noqa: S608 - texts of ours

# The same questions, asked without writing.
_COUNT = f"""
SELECT count(*) FILTER (WHERE outbox.id IS NULL), count(*) FILTER (WHERE {_CALLED_OFF}),
    (SELECT count(*) FROM accounts_notification outbox WHERE {_NO_LONGER_WANTED})
FROM wanted_reminder wanted LEFT JOIN accounts_notification outbox USING (dedupe_key)
"""  # noqa: S608 - texts of ours

_LEAVING = f"""
CREATE TEMPORARY TABLE leaving_reminder ON COMMIT DROP AS
SELECT wanted.* FROM wanted_reminder wanted LEFT JOIN accounts_notification outbox USING (dedupe_key)
WHERE outbox.id IS NULL OR outbox.state = %(waiting)s OR ({_CALLED_OFF})
"""  # noqa: S608 - texts of ours

_BY_DAY = "SELECT leaving_on, count(*) FROM leaving_reminder GROUP BY 1 ORDER BY 1"

_FIRST = """
SELECT (SELECT public_id FROM accounts_user WHERE id = recipient_id), subject_key, due_on, stage, leaving_on
FROM leaving_reminder ORDER BY leaving_on, recipient_id, dedupe_key LIMIT %(limit)s
"""


@dataclass(frozen=True)
class ReminderCounts:
    """What one refresh did: rows created, wanted again after having been called off, called off."""

    created: int = 0
    revived: int = 0
    cancelled: int = 0

    def as_dict(self) -> dict[str, int]:
        """For the journal of jobs."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class ComingReminder:
    """A message that would leave; `recipient` is the public id of an account (a UUID), never a name."""

    recipient: object
    subject_key: str
    due_on: date
    stage: int
    leaving_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderPlan:
    """What a refresh of `kind` would do on a day, and how many messages would leave on which day.

    `is_on` is False while the staff stopped the kind: then nothing would be written.
    """

    kind: str
    is_on: bool
    counts: ReminderCounts
    leaving: dict[date, int]
    first: list[ComingReminder]


@transaction.atomic
def refresh_reminders(*, actor: Actor, kind: str, on: date) -> ReminderCounts:
    """Makes the outbox look like what the reminders of this kind call for on the day `on`.

    What is missing is created, what is wanted again is revived, what waits and is no longer wanted is called
    off. Running it twice, late, or on several workers at once changes nothing more: runs of a kind queue up.
    A kind that the staff stopped is left as it is.
    """
    require_system(actor)
    reminder_kind = reminders.get(kind)
    if not _is_on(reminder_kind):
        return ReminderCounts()
    take_lock(LockSpace.REMINDERS, reminder_kind.name)
    with _wanted_table(reminder_kind, on) as ask:
        return ReminderCounts(
            # In this order: a row that was just created is nobody's to revive.
            revived=ask(_REVIVE).rowcount,
            created=_create(actor, reminder_kind),
            cancelled=ask(_CALL_OFF).rowcount,
        )


@transaction.atomic
def plan_reminders(*, actor: Actor, kind: str, on: date, limit: int = 10) -> ReminderPlan:
    """What `refresh_reminders` would do on the day `on`, nothing written, with the first `limit` to leave."""
    require_system(actor)
    reminder_kind = reminders.get(kind)
    with _wanted_table(reminder_kind, on) as ask:
        created, revived, cancelled = ask(_COUNT).fetchone()
        ask(_LEAVING)
        plan = ReminderPlan(
            kind=kind,
            is_on=_is_on(reminder_kind),
            counts=ReminderCounts(created=created, revived=revived, cancelled=cancelled),
            leaving=dict(ask(_BY_DAY).fetchall()),
            first=[ComingReminder(*row) for row in ask(_FIRST, limit=limit).fetchall()],
        )
        ask("DROP TABLE leaving_reminder")
    return plan


def _create(actor: Actor, kind: ReminderKind) -> int:
    """Writes what is missing."""
    return enqueue_select(
        actor=actor,
        kind=kind.notification_kind,
        select=_DUE,
        params={"leaving_at": LEAVING_AT, "time_zone": settings.TIME_ZONE},
        columns=_FILLED,
    )


def _is_on(kind: ReminderKind) -> bool:
    return not KindSwitch.objects.filter(kind=kind.notification_kind, is_on=False).exists()


@contextmanager
def _wanted_table(kind: ReminderKind, on: date) -> Iterator[Callable[..., Any]]:
    """The messages that should be there, in a table of this transaction; gives how to ask about it."""
    words: dict[str, Any] = {
        "kind": kind.notification_kind,
        "prefix": f"{kind.name}:",
        "waiting": NotificationState.WAITING.value,
        "cancelled": NotificationState.CANCELLED.value,
        "obsolete": NotificationReason.OBSOLETE.value,
        "now": timezone.now(),
    }
    with connection.cursor() as cursor:

        def ask(statement: str, **more: Any) -> Any:
            cursor.execute(statement, {**words, **more})
            return cursor

        ask(_CREATE)
        candidates = iter(kind.candidates(on, HORIZON_DAYS))
        while batch := list(islice(candidates, BATCH)):
            _copy(cursor, kind, batch, on)
        # Without it a table of twenty thousand rows is taken for an empty one.
        ask("ANALYZE wanted_reminder")
        yield ask
        ask("DROP TABLE wanted_reminder")


def _copy(cursor: Any, kind: ReminderKind, batch: list[Candidate], on: date) -> None:
    """Adds to the table the messages that these matters call for, one a channel."""
    snoozed = _snoozed(kind, batch)
    channels = notifications.get(kind.notification_kind).channels
    # Django's own wrapper, in development, knows no COPY.
    with cursor.cursor.copy("COPY wanted_reminder FROM STDIN") as copy:
        for candidate in batch:
            until = snoozed.get((candidate.recipient_id, candidate.subject_key))
            for wanted in wanted_messages(
                candidate.due_on, kind.stages, on, HORIZON_DAYS, snoozed_until=until
            ):
                for channel in channels:
                    copy.write_row(_row(kind, candidate, wanted, channel))


def _row(kind: ReminderKind, candidate: Candidate, wanted: Wanted, channel: str) -> tuple[object, ...]:
    """Raises ValueError for a payload that holds anything but ids."""
    if faults := payload_faults(candidate.payload):
        raise ValueError(f"Payload of {kind.name}: {'; '.join(faults)}.")
    key = f"{kind.name}:{candidate.subject_key}:{candidate.due_on}:{wanted.suffix}"
    return (
        key if channel == EMAIL else f"{key}:{channel}",
        channel,
        candidate.recipient_id,
        candidate.subject_key,
        candidate.due_on,
        wanted.stage,
        wanted.leaving_on,
        dumps(candidate.payload),
    )


def _snoozed(kind: ReminderKind, batch: list[Candidate]) -> dict[tuple[int, str], date]:
    """The days to which people put these matters off, in one query."""
    rows = Snooze.objects.filter(
        kind=kind.notification_kind, user_id__in={candidate.recipient_id for candidate in batch}
    )
    return {
        (user, subject): until
        for user, subject, until in rows.values_list("user_id", "subject_key", "until_on")
    }
