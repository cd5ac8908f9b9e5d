"""Sending the outbox: take rows, hand each over once, write the answer down.

A row goes waiting → sending (taken, committed) → handed (committed, just before the mail server sees it) →
its answer (committed). Whatever dies in between is told apart afterwards: taken and not handed, the row waits
again; handed without an answer, it is uncertain and stays so until a person decides. No database transaction
is open while the network is used, and any number of workers may run side by side.
"""

import logging
import random
import smtplib
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from time import monotonic

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Exists, F, Q

from accounts import notifications as kinds
from accounts.actors import Actor, require_system
from accounts.email_rendering import render
from accounts.enums import NotificationReason, NotificationState
from accounts.mail import Answer, fault_words, hand_over
from accounts.models import Notification, NotificationPreference
from accounts.models.notifications import NotificationQuerySet
from accounts.notifications import NotificationKind
from accounts.queries.addresses import verified_address_of
from accounts.rules.outbox import CLAIM_TIMEOUT, MAX_ATTEMPTS, Verdict, retry_delay

logger = logging.getLogger(__name__)

#: A run gives back what it has not sent after this long, well before its rows count as a dead worker's.
BUDGET = CLAIM_TIMEOUT / 3

Move = dict[str, object]


@dataclass
class DeliveryCounts:
    """What one run did, row by row; `released` are the rows of dead workers that wait again."""

    claimed: int = 0
    sent: int = 0
    retried: int = 0
    failed: int = 0
    uncertain: int = 0
    cancelled: int = 0
    released: int = 0

    def as_dict(self) -> dict[str, int]:
        """For the journal of jobs."""
        return asdict(self)


@dataclass
class _Batch:
    """The rows of one run, and its line to the mail server, opened for the first message only."""

    now: datetime
    jitter: Callable[[], float]
    deadline: float
    counts: DeliveryCounts = field(default_factory=DeliveryCounts)
    connection: BaseEmailBackend | None = None
    line_fault: Answer | None = None


def deliver_batch(
    *, actor: Actor, limit: int = 100, now: datetime, jitter: Callable[[], float] = random.random
) -> DeliveryCounts:
    """Sends up to `limit` messages that are due, through one connection.

    Safe to run twice, late, or on several workers at once. `jitter` gives numbers in [0, 1).
    """
    require_system(actor)
    batch = _Batch(now=now, jitter=jitter, deadline=monotonic() + BUDGET.total_seconds())
    _release_dead(batch)
    rows = _claim(limit, now)
    batch.counts.claimed = len(rows)
    switched_off = _switched_off(rows)
    try:
        for row in rows:
            _deliver(batch, row, switched_off)
    finally:
        if batch.connection is not None:
            batch.connection.close()
    return batch.counts


def _release_dead(batch: _Batch) -> None:
    """Rows that a dead worker held: handed to the server they are uncertain, else they wait again."""
    dead = Notification.objects.claimed_before(batch.now - CLAIM_TIMEOUT)
    batch.counts.uncertain += dead.filter(handed_at__isnull=False).update(
        **_finished(batch.now, NotificationState.UNCERTAIN, NotificationReason.NO_ANSWER)
    )
    batch.counts.released = dead.filter(handed_at__isnull=True).update(
        state=NotificationState.WAITING, claimed_at=None
    )


@transaction.atomic(durable=True)
def _claim(limit: int, now: datetime) -> list[Notification]:
    """Takes rows that are due and that nobody else holds, security first; committed when it returns.

    A row whose recipient's address is not verified is left waiting, however long.
    """
    early = [kind.name for kind in kinds.kinds() if kind.before_verification]
    rows = list(
        Notification.objects.due(now)
        .filter(Q(kind__in=early) | Exists(verified_address_of("recipient")))
        .select_related("recipient")
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("priority", "not_before", "id")[:limit]
    )
    Notification.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=NotificationState.SENDING, claimed_at=now, handed_at=None
    )
    for row in rows:
        row.state, row.claimed_at = NotificationState.SENDING, now
    return rows


def _deliver(batch: _Batch, row: Notification, switched_off: set[tuple[int, str]]) -> None:
    """Sends one row, or says why not. A fault in one row never stops the others."""
    if monotonic() > batch.deadline:
        batch.counts.released += _held(row).update(state=NotificationState.WAITING, claimed_at=None)
        return
    if batch.line_fault is not None:
        _record(batch, row, batch.line_fault, tried=False)
        return
    try:
        kind = kinds.get(row.kind)
        called_off = _called_off(row, kind, switched_off)
        message = None if called_off else render(row, kind)
    except Exception:
        logger.exception("Notification %s of kind %s cannot be written.", row.public_id, row.kind)
        _finish(batch, row, NotificationState.FAILED, NotificationReason.NOT_RENDERED)
        return
    if called_off is not None or message is None:
        _finish(batch, row, NotificationState.CANCELLED, called_off or NotificationReason.NO_RECIPIENT)
        return
    _send(batch, row, message)


def _called_off(
    row: Notification, kind: NotificationKind, switched_off: set[tuple[int, str]]
) -> NotificationReason | None:
    """Why the message should not leave after all; None when it should."""
    if not row.recipient.is_active:
        return NotificationReason.NO_RECIPIENT
    # What goes to another address is not the recipient's to switch off.
    is_own = not row.address
    if is_own and not kind.security and (row.recipient_id, kind.category.value) in switched_off:
        return NotificationReason.PREFERENCE
    if kind.is_obsolete(row):
        return NotificationReason.OVERTAKEN
    if not kind.address(row):
        return NotificationReason.NO_RECIPIENT
    return None


def _send(batch: _Batch, row: Notification, message: EmailMultiAlternatives) -> None:
    """Marks the row as handed, hands it over, records the answer."""
    connection = _open(batch)
    if connection is None:
        _record(batch, row, batch.line_fault or Answer(Verdict.RETRY), tried=False)
        return
    # Compare and set: a worker so slow that its rows were given to another one must not send them too.
    if not _held(row).update(handed_at=batch.now, attempts=F("attempts") + 1):
        return
    row.attempts += 1
    try:
        answer = hand_over(connection, message)
    except Exception:
        logger.exception("Notification %s broke on its way to the mail server.", row.public_id)
        answer = Answer(Verdict.UNCERTAIN, line_broken=True)
    _record(batch, row, answer)
    if answer.line_broken:
        # The next message opens another line.
        connection.close()
        batch.connection = None


def _open(batch: _Batch) -> BaseEmailBackend | None:
    """The line to the mail server; None, and every remaining row of the batch waits, when there is none."""
    if batch.connection is not None:
        return batch.connection
    connection = get_connection()
    try:
        connection.open()
    except (smtplib.SMTPException, OSError) as error:
        logger.warning("The mail server cannot be reached: %s", type(error).__name__)
        batch.line_fault = Answer(Verdict.RETRY, fault_words(error), line_broken=True)
        return None
    batch.connection = connection
    return connection


def _record(batch: _Batch, row: Notification, answer: Answer, *, tried: bool = True) -> None:
    """Writes what came of a try: sent, waiting again, or over."""
    attempts = row.attempts if tried else row.attempts + 1
    if answer.verdict is Verdict.SENT:
        _finish(batch, row, NotificationState.SENT, None, answer.text)
    elif answer.verdict is Verdict.UNCERTAIN:
        _finish(batch, row, NotificationState.UNCERTAIN, NotificationReason.NO_ANSWER, answer.text)
    elif answer.verdict is Verdict.GIVE_UP:
        _finish(batch, row, NotificationState.FAILED, NotificationReason.REFUSED_BY_PROVIDER, answer.text)
    elif attempts >= MAX_ATTEMPTS:
        _finish(batch, row, NotificationState.FAILED, NotificationReason.TRIED_TOO_OFTEN, answer.text)
    else:
        batch.counts.retried += _held(row).update(
            state=NotificationState.WAITING,
            attempts=attempts,
            not_before=batch.now + retry_delay(attempts, jitter=batch.jitter()),
            provider_answer=answer.text,
            claimed_at=None,
            handed_at=None,
        )


def _finish(
    batch: _Batch,
    row: Notification,
    state: NotificationState,
    reason: NotificationReason | None,
    answer: str = "",
) -> None:
    """Moves the row to one of its last states and counts it."""
    moved = _held(row).update(**_finished(batch.now, state, reason), provider_answer=answer)
    setattr(batch.counts, state.value, getattr(batch.counts, state.value) + moved)


def _finished(now: datetime, state: NotificationState, reason: NotificationReason | None) -> Move:
    """The columns of a row that is over. The other address, when it had one, is forgotten for good ends."""
    move: Move = {"state": state, "reason": reason or "", "finished_at": now}
    if state in (NotificationState.SENT, NotificationState.CANCELLED):
        move["address"] = ""
    return move


def _held(row: Notification) -> NotificationQuerySet:
    """The row, only while this run still holds it."""
    return Notification.objects.filter(pk=row.pk, state=NotificationState.SENDING, claimed_at=row.claimed_at)


def _switched_off(rows: list[Notification]) -> set[tuple[int, str]]:
    """(account, family) pairs that the recipients of these rows switched off, in one query."""
    return set(
        NotificationPreference.objects.filter(
            user_id__in={row.recipient_id for row in rows}, is_enabled=False
        ).values_list("user_id", "category")
    )
