"""The outbox: writing rows, calling them off, marking them as read. Sending is in `services.deliveries`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import notifications as kinds
from accounts.actors import Actor, require_person, require_staff
from accounts.enums import NotificationReason, NotificationState
from accounts.errors import NotFound, Refused
from accounts.models import Notification, User
from accounts.models.notifications import EMAIL, NotificationQuerySet
from accounts.rules.outbox import payload_faults
from accounts.services.deliveries import DeliveryCounts, deliver_batch

__all__ = [
    "DeliveryCounts",
    "OutboxRow",
    "cancel",
    "deliver_batch",
    "enqueue",
    "enqueue_many",
    "enqueue_select",
    "mark_all_read",
    "mark_read",
    "requeue",
]

BATCH = 1000


@dataclass(frozen=True, kw_only=True)
class OutboxRow:
    """One row of `enqueue_many`; fields as in `Notification`."""

    recipient_id: int
    dedupe_key: str
    payload: Mapping[str, object] = field(default_factory=dict)
    not_before: datetime | None = None


def enqueue(
    *,
    actor: Actor,
    kind: str,
    recipient: User,
    dedupe_key: str,
    payload: Mapping[str, object],
    not_before: datetime | None = None,
    address: str = "",
) -> Notification:
    """Writes a message to send, in the caller's transaction; the row that has this key, when there is one.

    `address` only when the message must not go to the recipient's present address.
    Raises `ValueError` for a payload that holds anything but ids, `LookupError` for an unknown kind.
    """
    _require_transaction()
    row = OutboxRow(recipient_id=recipient.pk, dedupe_key=dedupe_key, payload=payload, not_before=not_before)
    new = _new_notification(kind, row, timezone.now())
    notification, _created = Notification.objects.get_or_create(
        dedupe_key=dedupe_key,
        defaults={
            "kind": new.kind,
            "recipient": recipient,
            "payload": new.payload,
            "priority": new.priority,
            "not_before": new.not_before,
            "address": address,
        },
    )
    return notification


def enqueue_many(*, actor: Actor, kind: str, rows: Iterable[OutboxRow]) -> int:
    """Writes many messages of one kind in the caller's transaction and says how many were new.

    Rows whose key exists are left as they are. Rows are read and written by thousands.
    """
    _require_transaction()
    now, written = timezone.now(), 0
    for batch in _batches(_new_notification(kind, row, now) for row in rows):
        Notification.objects.bulk_create(batch, ignore_conflicts=True)
        # The public ids were made here: those that are found are the ones that went in.
        written += Notification.objects.filter(public_id__in=[row.public_id for row in batch]).count()
    return written


def enqueue_select(
    *, actor: Actor, kind: str, select: str, params: Mapping[str, Any], columns: Sequence[str] = ()
) -> int:
    """Writes a message of one kind for each row of a query, in the caller's transaction; counts the new ones.

    For a whole population: no row passes through Python. `select` is a query of the house, never a text
    from outside; it gives `recipient_id`, `dedupe_key` and `payload` (jsonb, ids alone), and those of
    `columns`, other columns of the outbox that it fills itself.
    """
    _require_transaction()
    found = kinds.get(kind)
    values = {
        "public_id": "gen_random_uuid()",
        "kind": "%(_kind)s",
        "priority": "%(_priority)s",
        "channel": "%(_channel)s",
        "not_before": "%(_now)s",
        "state": "%(_state)s",
        "attempts": "0",
        "created_at": "%(_now)s",
        **dict.fromkeys(("address", "subject_key", "held_for", "provider_answer", "reason"), "''"),
        **{name: f"found.{name}" for name in ("recipient_id", "dedupe_key", "payload", *columns)},
    }
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Notification._meta.db_table} ({', '.join(values)})"  # noqa: S608
            f" SELECT {', '.join(values.values())} FROM ({select}) found ON CONFLICT (dedupe_key) DO NOTHING",
            {
                **params,
                "_kind": found.name,
                "_priority": int(found.priority),
                "_channel": EMAIL,
                "_state": NotificationState.WAITING.value,
                "_now": timezone.now(),
            },
        )
        return int(cursor.rowcount)


@transaction.atomic
def cancel(
    *, actor: Actor, notification: Notification, reason: NotificationReason = NotificationReason.REQUESTED
) -> Notification:
    """Calls off a row that nobody has taken yet, for its recipient, the staff or a job.

    Raises `Refused` when it is leaving or has left.
    """
    if not (isinstance(actor, User) and actor.pk == notification.recipient_id):
        require_staff(actor)
    moved = (
        Notification.objects.waiting()
        .filter(pk=notification.pk)
        .update(state=NotificationState.CANCELLED, reason=reason, finished_at=timezone.now(), address="")
    )
    if not moved:
        raise Refused("notification_left", _("Ce message est déjà parti, ou est en train de partir."))
    notification.refresh_from_db()
    return notification


@transaction.atomic
def requeue(*, actor: Actor, notification: Notification) -> Notification:
    """Sends again, on a person's decision, a row that failed or whose fate is not known.

    Raises `Refused` in any other state: a message never leaves twice by itself.
    """
    require_staff(actor)
    moved = Notification.objects.filter(
        pk=notification.pk, state__in=[NotificationState.FAILED, NotificationState.UNCERTAIN]
    ).update(
        state=NotificationState.WAITING,
        reason="",
        attempts=0,
        not_before=timezone.now(),
        claimed_at=None,
        handed_at=None,
        finished_at=None,
    )
    if not moved:
        raise Refused("notification_not_stuck", _("Seul un message refusé ou incertain peut être renvoyé."))
    notification.refresh_from_db()
    return notification


@transaction.atomic
def mark_read(*, actor: Actor, notification: Notification) -> Notification:
    """The recipient has read what the message is about. Marking twice keeps the first instant."""
    if notification.recipient_id != require_person(actor).pk:
        raise NotFound
    Notification.objects.unread().filter(pk=notification.pk).update(read_at=timezone.now())
    notification.refresh_from_db()
    return notification


@transaction.atomic
def mark_all_read(*, actor: Actor, rows: NotificationQuerySet) -> int:
    """The actor has read these rows, those of others left out; says how many were not read before."""
    unread = rows.unread().filter(recipient=require_person(actor)).order_by()
    return unread.update(read_at=timezone.now())


def _new_notification(kind_name: str, row: OutboxRow, now: datetime) -> Notification:
    """An unsaved row, checked."""
    kind = kinds.get(kind_name)
    faults = payload_faults(row.payload)
    if faults:
        raise ValueError(f"Payload of {kind_name}: {'; '.join(faults)}.")
    return Notification(
        kind=kind.name,
        recipient_id=row.recipient_id,
        dedupe_key=row.dedupe_key,
        payload=dict(row.payload),
        priority=kind.priority,
        not_before=row.not_before or now,
        created_at=now,
    )


def _require_transaction() -> None:
    """A message is written with what it announces, or not at all."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "Enqueue inside the transaction of the business write, so that both happen or neither."
        )


def _batches(rows: Iterable[Notification]) -> Iterator[list[Notification]]:
    """The rows by thousands."""
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH)):
        yield batch
