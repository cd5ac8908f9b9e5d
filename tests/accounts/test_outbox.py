"""The outbox: one row an effect, in the transaction of what it announces, ids alone."""

from datetime import timedelta

import pytest
from django.db import transaction

from accounts.access import SYSTEM
from accounts.enums import NOTIFICATION_MOVES, NotificationReason, NotificationState, Priority
from accounts.errors import NotFound, Refused
from accounts.models import Notification
from accounts.services.notifications import (
    OutboxRow,
    cancel,
    enqueue,
    enqueue_many,
    mark_read,
    requeue,
)
from tests.accounts.factories import NOW, NotificationFactory, UserFactory
from tests.accounts.side_by_side import side_by_side

STATES = list(NotificationState)


def _enqueue(recipient, **fields):
    return enqueue(
        **{
            "actor": SYSTEM,
            "kind": "mandate_granted",
            "recipient": recipient,
            "dedupe_key": "grant:1",
            "payload": {"mandate_id": 1},
            **fields,
        }
    )


@pytest.mark.django_db
def test_enqueue_writes_one_row_an_effect():
    user = UserFactory()
    first = _enqueue(user)
    assert _enqueue(user, payload={"mandate_id": 2}) == first
    assert (first.state, first.attempts, first.payload) == (NotificationState.WAITING, 0, {"mandate_id": 1})
    assert Notification.objects.count() == 1


@pytest.mark.django_db
def test_security_messages_leave_first():
    user = UserFactory()
    assert _enqueue(user).priority == Priority.ORDINARY
    assert _enqueue(user, kind="password_changed", dedupe_key="p").priority == Priority.SECURITY


@pytest.mark.django_db
def test_not_before_is_kept():
    later = NOW + timedelta(days=3)
    assert _enqueue(UserFactory(), not_before=later).not_before == later


@pytest.mark.django_db
@pytest.mark.parametrize("payload", [{"token": "abc"}, {"link": "https://x"}, {"body": "Bonjour"}, {"A": 1}])
def test_a_payload_holds_ids_alone(payload):
    user = UserFactory()
    with pytest.raises(ValueError, match="Payload"):
        _enqueue(user, payload=payload)
    row = OutboxRow(recipient_id=user.pk, dedupe_key="k", payload=payload)
    with pytest.raises(ValueError, match="Payload"):
        enqueue_many(actor=SYSTEM, kind="mandate_granted", rows=[row])


@pytest.mark.django_db
def test_an_unknown_kind_is_a_fault():
    with pytest.raises(LookupError, match="gossip"):
        _enqueue(UserFactory(), kind="gossip")


@pytest.mark.django_db(transaction=True)
def test_a_message_is_written_with_what_it_announces_or_not_at_all():
    user = UserFactory()
    with pytest.raises(transaction.TransactionManagementError):
        _enqueue(user)
    with pytest.raises(transaction.TransactionManagementError):
        enqueue_many(actor=SYSTEM, kind="mandate_granted", rows=[])
    with transaction.atomic():
        _enqueue(user)
        transaction.set_rollback(True)
    assert not Notification.objects.exists()


@pytest.mark.django_db
def test_enqueue_many_skips_known_keys_and_counts_the_new_ones():
    user = UserFactory()
    _enqueue(user)
    rows = [
        OutboxRow(recipient_id=user.pk, dedupe_key=f"grant:{n}", payload={"mandate_id": n})
        for n in (1, 2, 3, 3)
    ]
    assert enqueue_many(actor=SYSTEM, kind="mandate_granted", rows=iter(rows)) == 2
    assert enqueue_many(actor=SYSTEM, kind="mandate_granted", rows=rows) == 0
    assert Notification.objects.count() == 3


@pytest.mark.django_db
def test_enqueue_many_costs_two_queries_a_thousand(django_assert_num_queries):
    user = UserFactory()
    rows = [OutboxRow(recipient_id=user.pk, dedupe_key=f"grant:{n}") for n in range(1500)]
    with django_assert_num_queries(4):
        assert enqueue_many(actor=SYSTEM, kind="mandate_granted", rows=rows) == 1500


@pytest.mark.django_db(transaction=True)
def test_the_same_effect_at_once_is_one_row():
    user = UserFactory()

    def write():
        with transaction.atomic():
            return _enqueue(user).pk

    assert len(set(side_by_side(write, write, write))) == 1
    assert Notification.objects.count() == 1


def _row(state):
    return NotificationFactory(**({state.value: True} if state is not NotificationState.WAITING else {}))


@pytest.mark.django_db
@pytest.mark.parametrize("state", STATES)
def test_only_a_waiting_row_is_called_off(state):
    row = _row(state)
    if state is NotificationState.WAITING:
        assert cancel(actor=row.recipient, notification=row).reason == NotificationReason.REQUESTED
        assert NotificationState.CANCELLED in NOTIFICATION_MOVES[state]
    else:
        with pytest.raises(Refused):
            cancel(actor=row.recipient, notification=row)


@pytest.mark.django_db
@pytest.mark.parametrize("state", STATES)
def test_only_a_failed_or_uncertain_row_is_sent_again_and_by_the_staff(state):
    row = _row(state)
    if state in (NotificationState.FAILED, NotificationState.UNCERTAIN):
        with pytest.raises(NotFound):
            requeue(actor=row.recipient, notification=row)
        again = requeue(actor=UserFactory(staff=True), notification=row)
        assert (again.state, again.finished_at, again.attempts) == (NotificationState.WAITING, None, 0)
        assert NotificationState.WAITING in NOTIFICATION_MOVES[state]
    else:
        with pytest.raises(Refused):
            requeue(actor=UserFactory(staff=True), notification=row)


@pytest.mark.django_db
def test_a_neighbour_neither_calls_off_nor_reads():
    row, neighbour = NotificationFactory(), NotificationFactory().recipient
    for service in (cancel, mark_read):
        with pytest.raises(NotFound):
            service(actor=neighbour, notification=row)


@pytest.mark.django_db
def test_reading_twice_keeps_the_first_instant():
    row = NotificationFactory(sent=True)
    first = mark_read(actor=row.recipient, notification=row).read_at
    assert first
    assert mark_read(actor=row.recipient, notification=row).read_at == first
    assert not Notification.objects.unread().exists()
