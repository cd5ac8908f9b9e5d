"""The codes of shares: sent to the named address alone, typed by whoever reads it, five faults at most."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.db import DatabaseError

from accounts.access import SYSTEM, access_link
from accounts.errors import NotFound, Refused, Unavailable
from accounts.models import FileOpening, Notification, NotificationPreference, ShareCode
from accounts.queries.shares import link_share
from accounts.rules.shares import CODE_LASTS, MOST_ATTEMPTS, MOST_CODES_AN_HOUR, READING_LASTS
from accounts.services.notifications import deliver_batch
from accounts.services.share_codes import open_with_code, send_code
from accounts.services.shares import close_share
from accounts.share_keys import code_digits, is_code, link_key, share_named_by
from tests.accounts.factories import NOW, TODAY, UserFactory
from tests.accounts.share_builder import over, shared, things_registered
from tests.accounts.side_by_side import side_by_side

pytestmark = pytest.mark.django_db


@pytest.fixture
def things():
    with things_registered() as things:
        yield things


@pytest.fixture
def share(things, time_machine):
    time_machine.move_to(NOW, tick=False)
    worker = UserFactory(name="Nadia").worker
    return shared(worker, things.add(worker, "une"))


def wrong(code):
    digits = code_digits(code.public_id)
    return str((int(digits) + 1) % 10**8).zfill(8)


# Links -----------------------------------------------------------------------------------------------------


def test_a_link_names_its_share_and_nothing_else_does(share):
    key = link_key(share.public_id)
    assert share_named_by(key) == share.public_id
    assert link_share(key, TODAY) == share
    other = link_key(uuid4())
    cut = key.rpartition(".")
    guessed = [
        "",
        ".",
        "x" * 500,
        share.public_id.hex,
        str(share.public_id),
        f"{share.public_id.hex}.{'A' * 43}",
        f"{other.partition('.')[0]}.{cut[2]}",
        key[:-1],
        key + "A",
        key.upper(),
        other,
    ]
    for text in guessed:
        with pytest.raises(NotFound):
            link_share(text, TODAY)


def test_the_database_holds_neither_the_link_nor_the_code(share):
    code = send_code(actor=SYSTEM, share=share, now=NOW)
    secrets = [link_key(share.public_id).partition(".")[2], code_digits(code.public_id)]
    rows = [*Notification.objects.values(), *ShareCode.objects.values(), *type(share).objects.values()]
    for secret in secrets:
        assert not any(secret in str(row) for row in rows)


# Sending ---------------------------------------------------------------------------------------------------


def test_the_code_goes_to_the_named_address_alone_and_opens(share):
    # What the worker does not want by e-mail says nothing of what others are sent.
    NotificationPreference.objects.create(user=share.worker.user, category="mandates", is_enabled=False)
    code = send_code(actor=SYSTEM, share=share, now=NOW)
    deliver_batch(actor=SYSTEM, now=NOW)
    sent = {message.subject: message for message in mail.outbox if "lectrice@exemple.fr" in message.to}
    assert len(sent) == 2
    message = sent["Votre code pour lire un partage"]
    assert message.to == ["lectrice@exemple.fr"]
    assert "Nadia" not in message.body + message.subject + str(message.alternatives)
    digits = re.search(r"\b\d{4} \d{4}\b", message.body).group()
    assert digits not in message.subject
    assert open_with_code(actor=SYSTEM, share=share, typed=f" {digits} ", now=NOW) == code
    assert access_link(link_key(share.public_id), code.public_id, now=NOW) == share


def test_the_link_is_sent_to_the_named_address_without_a_name(share):
    deliver_batch(actor=SYSTEM, now=NOW)
    [message] = [one for one in mail.outbox if one.to == ["lectrice@exemple.fr"]]
    assert link_key(share.public_id) in message.body
    assert "Nadia" not in message.body + message.subject + str(message.alternatives)


@pytest.mark.parametrize("what", ["closed", "expired", "used", "old"])
def test_a_code_that_would_open_nothing_is_not_sent(share, time_machine, what):
    code = send_code(actor=SYSTEM, share=share, now=NOW)
    if what == "old":
        time_machine.move_to(NOW + CODE_LASTS, tick=False)
    elif what == "used":
        open_with_code(actor=SYSTEM, share=share, typed=code_digits(code.public_id), now=NOW)
    else:
        over(share, what)
    deliver_batch(actor=SYSTEM, now=NOW + CODE_LASTS)
    row = Notification.objects.get(kind="share_code")
    assert (row.state, row.reason) == ("cancelled", "overtaken")


def test_five_codes_leave_in_an_hour_whatever_the_share_of_that_person_to_that_address(share, things):
    worker = share.worker
    second = shared(worker, things.add(worker, "deux"))
    for number in range(MOST_CODES_AN_HOUR):
        send_code(actor=SYSTEM, share=(share, second)[number % 2], now=NOW)
    for one in (share, second):
        with pytest.raises(Refused) as refusal:
            send_code(actor=SYSTEM, share=one, now=NOW + timedelta(minutes=59))
        assert refusal.value.code == "too_many_codes"
    assert Notification.objects.filter(kind="share_code").count() == MOST_CODES_AN_HOUR
    # Another person who shares with the same address is not held up.
    other = UserFactory().worker
    assert send_code(actor=SYSTEM, share=shared(other, things.add(other, "la sienne")), now=NOW).pk
    assert send_code(actor=SYSTEM, share=share, now=NOW + timedelta(hours=1)).pk


def test_only_the_machine_sends_and_opens(share):
    with pytest.raises(NotFound):
        send_code(actor=share.worker.user, share=share, now=NOW)
    with pytest.raises(NotFound):
        open_with_code(actor=share.worker.user, share=share, typed="0", now=NOW)


def test_codes_of_more_than_a_day_are_forgotten(share):
    send_code(actor=SYSTEM, share=share, now=NOW)
    last = send_code(actor=SYSTEM, share=share, now=NOW + timedelta(days=1, seconds=1))
    assert list(share.codes.all()) == [last]


# Typing ----------------------------------------------------------------------------------------------------


def test_a_code_opens_once_and_for_an_hour_in_its_browser(share):
    code = send_code(actor=SYSTEM, share=share, now=NOW)
    key, digits = link_key(share.public_id), code_digits(code.public_id)
    for unused in (code.public_id, None, "", "rien", uuid4()):
        with pytest.raises(NotFound):
            access_link(key, unused, now=NOW)
    open_with_code(actor=SYSTEM, share=share, typed=digits, now=NOW)
    with pytest.raises(Refused):
        open_with_code(actor=SYSTEM, share=share, typed=digits, now=NOW)
    assert access_link(key, str(code.public_id), now=NOW + READING_LASTS - timedelta(seconds=1)) == share
    with pytest.raises(NotFound):
        access_link(key, code.public_id, now=NOW + READING_LASTS)
    [opening] = FileOpening.objects.get_queryset()
    assert (opening.actor_id, opening.share_id, opening.worker_id) == (None, share.pk, share.worker_id)


def test_the_code_of_one_share_opens_no_other(share, things):
    neighbour = UserFactory().worker
    theirs = shared(neighbour, things.add(neighbour, "la leur"))
    code = send_code(actor=SYSTEM, share=share, now=NOW)
    send_code(actor=SYSTEM, share=theirs, now=NOW)
    with pytest.raises(Refused):
        open_with_code(actor=SYSTEM, share=theirs, typed=code_digits(code.public_id), now=NOW)
    open_with_code(actor=SYSTEM, share=share, typed=code_digits(code.public_id), now=NOW)
    with pytest.raises(NotFound):
        access_link(link_key(theirs.public_id), code.public_id, now=NOW)


def test_every_refusal_says_the_same(share):
    code = send_code(actor=SYSTEM, share=share, now=NOW)
    digits = code_digits(code.public_id)
    newer = send_code(actor=SYSTEM, share=share, now=NOW + timedelta(minutes=1))
    tries = [
        (digits, NOW + timedelta(minutes=2)),  # not the last one
        ("", NOW + timedelta(minutes=2)),
        ("é" * 8, NOW + timedelta(minutes=2)),
        (wrong(newer), NOW + timedelta(minutes=2)),
        (code_digits(newer.public_id), NOW + timedelta(minutes=1) + CODE_LASTS),
    ]
    told = set()
    for typed, now in tries:
        with pytest.raises(Refused) as refusal:
            open_with_code(actor=SYSTEM, share=share, typed=typed, now=now)
        told.add((refusal.value.code, str(refusal.value.message), refusal.value.field))
    assert len(told) == 1


def test_after_five_faults_even_the_right_code_is_refused(share):
    code = send_code(actor=SYSTEM, share=share, now=NOW)
    for _n in range(MOST_ATTEMPTS):
        with pytest.raises(Refused):
            open_with_code(actor=SYSTEM, share=share, typed=wrong(code), now=NOW)
    with pytest.raises(Refused):
        open_with_code(actor=SYSTEM, share=share, typed=code_digits(code.public_id), now=NOW)
    code.refresh_from_db()
    assert (code.attempts, code.used_at) == (MOST_ATTEMPTS, None)


def test_a_share_that_is_over_takes_no_code(share):
    code = send_code(actor=SYSTEM, share=share, now=NOW)
    close_share(actor=share.worker.user, share=share, now=NOW)
    with pytest.raises(NotFound):
        open_with_code(actor=SYSTEM, share=share, typed=code_digits(code.public_id), now=NOW)
    with pytest.raises(NotFound):
        send_code(actor=SYSTEM, share=share, now=NOW)


def test_a_code_survives_a_change_of_the_secret_key(share, settings):
    code = send_code(actor=SYSTEM, share=share, now=NOW)
    key, digits = link_key(share.public_id), code_digits(code.public_id)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "une autre clé" * 5
    assert is_code(digits, code.public_id)
    assert share_named_by(key) == share.public_id
    settings.SECRET_KEY_FALLBACKS = []
    assert not is_code(digits, code.public_id)
    assert share_named_by(key) is None


def test_nothing_opens_when_the_log_cannot_be_written(share, monkeypatch):
    code = send_code(actor=SYSTEM, share=share, now=NOW)
    open_with_code(actor=SYSTEM, share=share, typed=code_digits(code.public_id), now=NOW)

    def broken(**fields):
        raise DatabaseError("disk full")

    monkeypatch.setattr(FileOpening.objects, "create", broken)
    with pytest.raises(Unavailable):
        access_link(link_key(share.public_id), code.public_id, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_of_several_who_type_at_once_one_opens_and_every_fault_counts():
    with things_registered() as things:
        worker = UserFactory().worker
        share = shared(worker, things.add(worker, "une"))
        code = send_code(actor=SYSTEM, share=share, now=NOW)
        right, bad = code_digits(code.public_id), wrong(code)

        def typing(typed):
            return lambda: open_with_code(actor=SYSTEM, share=share, typed=typed, now=NOW)

        opened = side_by_side(*[typing(right)] * 4)
        assert sum(isinstance(one, ShareCode) for one in opened) == 1
        assert sum(isinstance(one, Refused) for one in opened) == 3
        second = send_code(actor=SYSTEM, share=share, now=NOW + timedelta(minutes=1))
        bad = wrong(second)
        side_by_side(*[typing(bad)] * 8)
        second.refresh_from_db()
        assert second.attempts == MOST_ATTEMPTS


@pytest.mark.django_db(transaction=True)
def test_asking_at_once_sends_no_more_than_five_codes():
    with things_registered() as things:
        worker = UserFactory().worker
        share = shared(worker, things.add(worker, "une"))
        asked = side_by_side(*[lambda: send_code(actor=SYSTEM, share=share, now=NOW)] * 8)
    assert sum(isinstance(one, ShareCode) for one in asked) == MOST_CODES_AN_HOUR
