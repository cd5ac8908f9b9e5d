"""Sending the outbox: who gets what and when, and what becomes of a row when something breaks."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection, transaction

from accounts import notifications
from accounts.access import SYSTEM
from accounts.enums import Category, NotificationReason, NotificationState
from accounts.errors import NotFound
from accounts.mail import Answer
from accounts.models import Notification, NotificationPreference
from accounts.notifications import NotificationKind
from accounts.rules.outbox import CLAIM_TIMEOUT, MAX_ATTEMPTS, Verdict
from accounts.services import deliveries
from accounts.services.deliveries import deliver_batch
from tests.accounts.factories import NOW, MandateFactory, NotificationFactory, UserFactory
from tests.accounts.side_by_side import side_by_side

WAITING, SENT = NotificationState.WAITING, NotificationState.SENT
CANCELLED, FAILED = NotificationState.CANCELLED, NotificationState.FAILED


def _deliver(now=NOW, **fields):
    return deliver_batch(actor=SYSTEM, now=now, jitter=lambda: 0.5, **fields)


def _grant_told(**fields):
    """A row that waits, of a kind that can be switched off."""
    mandate = MandateFactory(end_on=None)
    return NotificationFactory(
        kind="mandate_granted", recipient=mandate.adviser, payload={"mandate_id": mandate.pk}, **fields
    )


@pytest.fixture
def kind():
    """Registers a kind of message for one test."""
    names = []

    def register(**fields):
        fields = {"category": Category.SKILLS, "title": "Essai", "template": "password_changed", **fields}
        names.append(notifications.register(NotificationKind(name=f"test_{len(names)}", **fields)).name)
        return names[-1]

    yield register
    for name in names:
        notifications.unregister(name)


@pytest.mark.django_db
def test_a_due_row_is_sent_once():
    row = NotificationFactory()
    assert _deliver().sent == 1
    assert _deliver().as_dict() == dict.fromkeys(_deliver().as_dict(), 0)
    row.refresh_from_db()
    assert (row.state, row.attempts, row.finished_at, row.reason) == (SENT, 1, NOW, "")
    assert [message.to for message in mail.outbox] == [[row.recipient.email]]


@pytest.mark.django_db
def test_a_message_says_who_it_is_and_that_a_machine_wrote_it():
    row = NotificationFactory()
    _deliver()
    headers = mail.outbox[0].message()
    assert headers["Message-ID"] == f"<{row.public_id}@perenne.example>"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in headers.get_payload()] == ["text/plain", "text/html"]


@pytest.mark.django_db
def test_a_row_leaves_at_its_hour_and_the_limit_is_kept():
    NotificationFactory(not_before=NOW + timedelta(seconds=1))
    NotificationFactory.create_batch(3)
    assert _deliver(limit=2).sent == 2
    assert _deliver(limit=2).sent == 1
    assert _deliver(now=NOW + timedelta(seconds=1)).sent == 1


@pytest.mark.django_db
def test_security_leaves_first():
    _grant_told(priority=5, not_before=NOW - timedelta(days=1))
    security = NotificationFactory(priority=0)
    _deliver(limit=1)
    assert mail.outbox[0].to == [security.recipient.email]


@pytest.mark.django_db
def test_nothing_goes_to_an_unverified_address_and_nothing_is_lost():
    row = NotificationFactory(recipient__unverified=True)
    assert _deliver().claimed == 0
    row.refresh_from_db()
    assert (row.state, row.attempts) == (WAITING, 0)
    EmailAddress.objects.update(verified=True)
    assert _deliver().sent == 1


@pytest.mark.django_db
def test_another_verified_address_does_not_open_the_present_one():
    user = UserFactory(unverified=True)
    EmailAddress.objects.create(user=user, email="ancienne@exemple.fr", verified=True)
    NotificationFactory(recipient=user)
    assert _deliver().claimed == 0


@pytest.mark.django_db
def test_the_confirmation_itself_leaves_before():
    user = UserFactory(unverified=True)
    payload = {"email_address_id": EmailAddress.objects.get(user=user).pk}
    NotificationFactory(kind="email_confirmation", recipient=user, payload=payload)
    assert _deliver().sent == 1
    assert mail.outbox[0].to == [user.email]


@pytest.mark.django_db
def test_preferences_are_asked_at_the_last_moment():
    row, neighbour = _grant_told(), _grant_told()
    NotificationPreference.objects.create(user=row.recipient, category=Category.MANDATES, is_enabled=False)
    counts = _deliver()
    row.refresh_from_db()
    assert (row.state, row.reason) == (CANCELLED, NotificationReason.PREFERENCE)
    assert (counts.cancelled, counts.sent) == (1, 1)
    assert mail.outbox[0].to == [neighbour.recipient.email]


@pytest.mark.django_db
def test_security_bypasses_preferences():
    row = NotificationFactory()
    for category in set(Category) - {Category.SECURITY}:
        NotificationPreference.objects.create(user=row.recipient, category=category, is_enabled=False)
    assert _deliver().sent == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"is_obsolete": lambda row: True}, NotificationReason.OVERTAKEN),
        ({"address": lambda row: ""}, NotificationReason.NO_RECIPIENT),
    ],
)
def test_what_is_no_longer_true_is_called_off(kind, change, reason):
    row = NotificationFactory(kind=kind(**change))
    assert _deliver().cancelled == 1
    row.refresh_from_db()
    assert (row.state, row.reason, row.attempts) == (CANCELLED, reason, 0)


@pytest.mark.django_db
def test_a_closed_account_receives_nothing():
    row = NotificationFactory(recipient__closed=True)
    assert _deliver().cancelled == 1
    row.refresh_from_db()
    assert row.reason == NotificationReason.NO_RECIPIENT


def _broken(row):
    raise ZeroDivisionError


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change", [{"context": _broken}, {"is_obsolete": _broken}, {"template": "no_such_template"}]
)
def test_one_broken_row_stops_no_other(kind, change, caplog):
    broken = NotificationFactory(kind=kind(**change), not_before=NOW - timedelta(days=1))
    retired = NotificationFactory(kind="a_kind_of_long_ago")
    NotificationFactory()
    counts = _deliver()
    assert (counts.failed, counts.sent) == (2, 1)
    for row in (broken, retired):
        row.refresh_from_db()
        assert (row.state, row.reason) == (FAILED, NotificationReason.NOT_RENDERED)
    assert str(broken.public_id) in caplog.text
    assert broken.recipient.email not in caplog.text


@pytest.mark.django_db
def test_the_other_address_is_used_then_forgotten():
    row = NotificationFactory(kind="email_changed", address="ancienne@exemple.fr")
    _deliver()
    row.refresh_from_db()
    assert mail.outbox[0].to == ["ancienne@exemple.fr"]
    assert row.address == ""


@pytest.mark.django_db
def test_only_a_job_sends():
    with pytest.raises(NotFound):
        deliver_batch(actor=UserFactory(staff=True), now=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("handed_at", "state", "reason"),
    [(None, WAITING, ""), (NOW, NotificationState.UNCERTAIN, NotificationReason.NO_ANSWER)],
)
def test_rows_of_a_dead_worker(handed_at, state, reason):
    row = NotificationFactory(sending=True, handed_at=handed_at, recipient__unverified=True)
    assert _deliver(now=NOW + CLAIM_TIMEOUT).released == 0  # not dead yet
    later = NOW + CLAIM_TIMEOUT + timedelta(seconds=1)
    counts = _deliver(now=later)
    row.refresh_from_db()
    assert (row.state, row.reason) == (state, reason)
    assert (counts.released, counts.uncertain) == ((1, 0) if handed_at is None else (0, 1))
    assert mail.outbox == []


@pytest.mark.django_db
def test_an_uncertain_row_never_leaves_again_by_itself():
    NotificationFactory(sending=True, handed_at=NOW)
    for days in range(1, 5):
        _deliver(now=NOW + timedelta(days=days))
    assert mail.outbox == []
    assert Notification.objects.get().state == NotificationState.UNCERTAIN


@pytest.mark.django_db
def test_a_slow_worker_whose_rows_were_given_away_sends_nothing(monkeypatch):
    row = NotificationFactory()

    def taken_by_another(limit, now):
        rows = claim(limit, now)
        Notification.objects.update(claimed_at=NOW + timedelta(hours=1))
        return rows

    claim = deliveries._claim
    monkeypatch.setattr(deliveries, "_claim", taken_by_another)
    counts = _deliver()
    row.refresh_from_db()
    assert (counts.sent, row.state, row.attempts) == (0, NotificationState.SENDING, 0)
    assert mail.outbox == []


@pytest.mark.django_db
def test_a_run_that_lasts_gives_back_what_it_has_not_sent(monkeypatch):
    NotificationFactory.create_batch(3)
    clock = iter([0, 1, 10_000, 10_000])
    monkeypatch.setattr(deliveries, "monotonic", lambda: next(clock))
    counts = _deliver()
    assert (counts.claimed, counts.sent, counts.released) == (3, 1, 2)
    assert Notification.objects.waiting().filter(claimed_at=None).count() == 2


@pytest.mark.django_db
def test_a_batch_costs_the_same_queries_beside_two_a_message(django_assert_num_queries):
    NotificationFactory.create_batch(2)
    # two for the dead, savepoint, claim, mark, release, preferences; then handed and recorded for each
    with django_assert_num_queries(7 + 2 * 2):
        _deliver()
    NotificationFactory.create_batch(5)
    with django_assert_num_queries(7 + 2 * 5):
        _deliver()


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_the_network_is_used(kind):
    open_transactions = []

    def look(row):
        open_transactions.append(connection.in_atomic_block)
        return {"login_url": "", "forgotten_url": ""}

    NotificationFactory(kind=kind(context=look))
    _deliver()
    assert open_transactions == [False]
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        _deliver()


@pytest.mark.django_db(transaction=True)
def test_several_workers_share_the_rows_and_send_each_once(monkeypatch):
    rows = NotificationFactory.create_batch(12)
    sent = []

    def take(line, message):
        sent.append(message.to[0])
        return Answer(Verdict.SENT)

    monkeypatch.setattr(deliveries, "hand_over", take)
    results = side_by_side(*[lambda: _deliver(limit=4)] * 3)
    assert [counts.sent for counts in results] == [4, 4, 4]
    assert sorted(sent) == sorted(row.recipient.email for row in rows)


@pytest.mark.django_db(transaction=True)
def test_a_row_another_worker_is_taking_is_stepped_over():
    taken, free = NotificationFactory(not_before=NOW - timedelta(days=1)), NotificationFactory()

    def deliver():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
        return _deliver()

    with transaction.atomic():
        Notification.objects.select_for_update().get(pk=taken.pk)
        (counts,) = side_by_side(deliver)
    assert (counts.claimed, counts.sent) == (1, 1)
    free.refresh_from_db()
    assert free.state == SENT


@pytest.mark.django_db
def test_too_many_tries_end(monkeypatch):
    row = NotificationFactory(attempts=MAX_ATTEMPTS - 1)
    monkeypatch.setattr(deliveries, "hand_over", lambda *_: Answer(Verdict.RETRY, "450 later"))
    assert _deliver().failed == 1
    row.refresh_from_db()
    assert (row.state, row.reason) == (FAILED, NotificationReason.TRIED_TOO_OFTEN)


@pytest.mark.django_db
def test_a_fault_of_ours_on_the_line_leaves_the_row_uncertain(monkeypatch, caplog):
    row = NotificationFactory()
    monkeypatch.setattr(deliveries, "hand_over", lambda *_: _broken(row))
    assert _deliver().uncertain == 1
    assert str(row.public_id) in caplog.text
