"""Reminders as a desired state: the outbox is made to look like what is due."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, time

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import reminders
from accounts.actors import Actor, require_system
from accounts.enums import NotificationReason, NotificationState
from accounts.locks import LockSpace, take_lock
from accounts.models import Notification
from accounts.reminders import ReminderKind
from accounts.rules.reminders import desired_stages, leaving_on
from accounts.services.notifications import OutboxRow, enqueue_many

#: Messages are written this long before they leave, so that an adviser or the staff can see them coming.
HORIZON_DAYS = 30
#: Hour, on a wall clock in France, from which a reminder may leave.
LEAVING_AT = time(8)
BATCH = 1000


@dataclass(frozen=True)
class ReminderCounts:
    """What one refresh did: rows created, wanted again after having been called off, called off."""

    created: int = 0
    revived: int = 0
    cancelled: int = 0

    def as_dict(self) -> dict[str, int]:
        """For the journal of jobs."""
        return asdict(self)


@transaction.atomic
def refresh_reminders(*, actor: Actor, kind: str, on: date) -> ReminderCounts:
    """Makes the outbox look like what the reminders of this kind call for on the day `on`.

    What is missing is created, what is wanted again is revived, what waits and is no longer wanted is called
    off. Running it twice, late, or on several workers at once changes nothing more: runs of a kind queue up.
    """
    require_system(actor)
    reminder_kind = reminders.get(kind)
    take_lock(LockSpace.REMINDERS, reminder_kind.name)
    wanted = {row.dedupe_key: row for row in _wanted_rows(reminder_kind, on)}
    known = _states(list(wanted))
    created = enqueue_many(
        actor=actor,
        kind=reminder_kind.notification_kind,
        rows=(row for key, row in wanted.items() if key not in known),
    )
    called_off = [key for key, state in known.items() if state == NotificationState.CANCELLED]
    unwanted = [key for key in _waiting_keys(reminder_kind) if key not in wanted]
    return ReminderCounts(created=created, revived=_revive(called_off), cancelled=_call_off(unwanted))


def _wanted_rows(kind: ReminderKind, on: date) -> Iterator[OutboxRow]:
    """The rows that should be there on the day `on`: sent already, or waiting."""
    for candidate in kind.candidates(on, HORIZON_DAYS):
        for stage in desired_stages(candidate.due_on, kind.stages, on, HORIZON_DAYS):
            yield OutboxRow(
                recipient_id=candidate.recipient_id,
                dedupe_key=f"{kind.name}:{candidate.subject_key}:{candidate.due_on}:{stage}",
                payload=candidate.payload,
                not_before=_morning(leaving_on(candidate.due_on, stage, on)),
                subject_key=candidate.subject_key,
                due_on=candidate.due_on,
                stage=stage,
            )


def _states(keys: list[str]) -> dict[str, str]:
    """State of the rows that already have these keys, asked by thousands."""
    states: dict[str, str] = {}
    for batch in _batches(keys):
        rows = Notification.objects.filter(dedupe_key__in=batch).order_by()
        states.update(rows.values_list("dedupe_key", "state"))
    return states


def _waiting_keys(kind: ReminderKind) -> list[str]:
    """Keys of the rows of this kind that wait; they begin with its name."""
    rows = Notification.objects.waiting().filter(
        kind=kind.notification_kind, dedupe_key__startswith=f"{kind.name}:"
    )
    return list(rows.order_by().values_list("dedupe_key", flat=True))


def _revive(keys: list[str]) -> int:
    """Puts back to waiting the rows that an earlier refresh had called off, and no others."""
    obsolete = Q(state=NotificationState.CANCELLED, reason=NotificationReason.OBSOLETE)
    return _update(keys, obsolete, state=NotificationState.WAITING, reason="", finished_at=None)


def _call_off(keys: list[str]) -> int:
    """Cancels waiting rows; one that a worker took in the meantime has its own last check."""
    return _update(
        keys,
        Q(state=NotificationState.WAITING),
        state=NotificationState.CANCELLED,
        reason=NotificationReason.OBSOLETE,
        finished_at=timezone.now(),
    )


def _update(keys: list[str], condition: Q, **columns: object) -> int:
    """Changes, by thousands, the rows of these keys that still meet the condition."""
    return sum(
        Notification.objects.filter(condition, dedupe_key__in=batch).update(**columns)
        for batch in _batches(keys)
    )


def _batches(keys: list[str]) -> Iterator[list[str]]:
    """The keys by thousands."""
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]


def _morning(day: date) -> datetime:
    """The hour of reminders on that day, in the time zone of the settings."""
    return timezone.make_aware(datetime.combine(day, LEAVING_AT))
