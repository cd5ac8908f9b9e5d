"""Handing messages to a real mail server on the loopback: its answers decide."""

from datetime import timedelta

import pytest
from django.core.mail import EmailMessage

from accounts.access import SYSTEM
from accounts.enums import NotificationReason, NotificationState
from accounts.mail import FolderBackend
from accounts.rules.outbox import retry_delay
from accounts.services.deliveries import deliver_batch
from tests.accounts.factories import NOW, NotificationFactory
from tests.accounts.mail_server import mail_server

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings):
    """A mail server, and the settings that lead to it."""
    with mail_server() as seen:
        settings.EMAIL_BACKEND = "accounts.mail.SmtpBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", seen.port
        settings.EMAIL_TIMEOUT = 5
        yield seen


def _deliver(now=NOW):
    return deliver_batch(actor=SYSTEM, now=now, jitter=lambda: 0)


def _answered(row):
    row.refresh_from_db()
    return row.state, row.reason, row.provider_answer


def test_one_connection_a_batch_and_the_answer_kept(server):
    rows = NotificationFactory.create_batch(3)
    assert _deliver().sent == 3
    assert (server.connections, len(server.messages)) == (1, 3)
    assert {_answered(row) for row in rows} == {
        (NotificationState.SENT, "", f"250 2.0.0 queued as {n}") for n in (1, 2, 3)
    }
    assert server.messages[0]["Subject"] == "Votre mot de passe a été changé"


def test_no_connection_is_opened_for_nothing(server):
    NotificationFactory(not_before=NOW + timedelta(days=1))
    _deliver()
    assert server.connections == 0


def test_each_answer_has_its_end_and_stops_no_other(server):
    rows = NotificationFactory.create_batch(6)
    fates = ["450 4.2.0 grey list", "550 5.1.1 no such user", "refuse data", "drop", "drop after data", ""]
    server.answers = {row.recipient.email: fate for row, fate in zip(rows, fates, strict=True)}
    counts = _deliver()
    states = [_answered(row) for row in rows]
    assert states[0] == (NotificationState.WAITING, "", "450 4.2.0 grey list")
    assert states[1] == (
        NotificationState.FAILED,
        NotificationReason.REFUSED_BY_PROVIDER,
        "550 5.1.1 no such user",
    )
    assert states[2] == (NotificationState.WAITING, "", "452 full")
    assert states[3][:2] == (NotificationState.WAITING, "")
    assert states[4][:2] == (NotificationState.UNCERTAIN, NotificationReason.NO_ANSWER)
    assert states[5][0] == NotificationState.SENT
    assert (counts.retried, counts.failed, counts.uncertain, counts.sent) == (3, 1, 1, 1)
    assert server.connections == 3  # the first, and one after each hang-up


def test_a_temporary_refusal_is_tried_again_later_and_later(server):
    row = NotificationFactory()
    server.answers = {row.recipient.email: "451 try later"}
    now = NOW
    for attempts in (1, 2, 3):
        assert _deliver(now).retried == 1
        row.refresh_from_db()
        assert (row.attempts, row.claimed_at, row.handed_at) == (attempts, None, None)
        assert row.not_before == now + retry_delay(attempts, jitter=0)
        assert _deliver(now).claimed == 0
        now = row.not_before
    server.answers.clear()
    assert _deliver(now).sent == 1


def test_a_server_that_is_down_holds_every_row_and_is_called_once(settings, caplog):
    with mail_server() as seen:
        port = seen.port
    settings.EMAIL_BACKEND = "accounts.mail.SmtpBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    rows = NotificationFactory.create_batch(3)
    assert _deliver().retried == 3
    assert caplog.text.count("cannot be reached") == 1
    for row in rows:
        state, reason, answer = _answered(row)
        assert (state, reason, row.attempts) == (NotificationState.WAITING, "", 1)
        assert answer.startswith("ConnectionRefusedError")


def test_an_uncertain_message_was_taken_once(server):
    row = NotificationFactory()
    server.answers = {row.recipient.email: "drop after data"}
    _deliver()
    for days in (1, 2, 3):
        _deliver(NOW + timedelta(days=days))
    assert len(server.messages) == 1


def test_the_development_mailbox_writes_one_file_a_message(settings, tmp_path):
    settings.EMAIL_BACKEND = "accounts.mail.FolderBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    row = NotificationFactory()
    NotificationFactory()
    assert _deliver().sent == 2
    files = sorted(path.name for path in settings.EMAIL_FILE_PATH.iterdir())
    assert len(files) == 2
    assert all(name.endswith(".eml") for name in files)
    assert _answered(row)[2] in files


def test_the_folder_backend_says_how_many(settings, tmp_path):
    settings.EMAIL_FILE_PATH = tmp_path
    messages = [EmailMessage("Objet", "Texte", to=["a@exemple.fr"]) for _ in range(2)]
    assert FolderBackend().send_messages(messages) == 2
