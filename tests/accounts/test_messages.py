"""My messages: what is listed, to whom, what is read of it, and what it costs."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts import notifications
from accounts.email_rendering import page_words
from accounts.enums import NotificationReason, NotificationState
from accounts.models import Notification
from accounts.notification_kinds import ACCOUNT_EXISTS, EMAIL_CONFIRMATION, MANDATE_GRANTED, PASSWORD_RESET
from accounts.queries.messages import MAIL_WORDS
from accounts.views.messages import A_PAGE
from tests.accounts.factories import NOW, MandateFactory, NotificationFactory, UserFactory

PAGE = "/compte/messages/"


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def user(client, db):
    user = UserFactory()
    client.force_login(user)
    return user


def shown(client, query=""):
    return [message.row for message, _address in client.get(PAGE + query).context["rows"]]


def read(client, row, **values):
    return client.post(reverse("accounts:message_read", args=[row.public_id]), values)


def test_an_empty_list_teaches_what_will_come(client, user):
    page = client.get(PAGE)
    assert page.context["rows"] == []
    assert reverse("accounts:profile") in page.content.decode().split("<main", 1)[1]
    assert "bubble" not in page.content.decode()


def test_the_latest_come_first_fifty_a_page(client, user):
    rows = [
        NotificationFactory(recipient=user, sent=True, not_before=NOW - timedelta(days=n))
        for n in range(A_PAGE + 2)
    ]
    assert shown(client) == rows[:A_PAGE]
    assert shown(client, "?page=2") == rows[A_PAGE:]
    assert shown(client, "?page=zzz") == rows[:A_PAGE]


def test_no_message_of_a_neighbour_is_listed_counted_or_read(client, user):
    mine = NotificationFactory(recipient=user, sent=True)
    theirs = NotificationFactory(sent=True)
    assert shown(client) == [mine]
    assert client.get(PAGE).context["unread_messages"]() == 1
    assert read(client, theirs).status_code == 404
    for latest in (theirs.public_id, "zzz", ""):
        assert client.post(reverse("accounts:messages_read"), {"latest": latest}).status_code == 404
    client.post(reverse("accounts:messages_read"), {"latest": mine.public_id})
    theirs.refresh_from_db()
    mine.refresh_from_db()
    assert (theirs.read_at, mine.read_at) == (None, NOW)


def test_a_visitor_is_asked_to_sign_in_and_costs_nothing(client, db, django_assert_num_queries):
    row = NotificationFactory(sent=True)
    for address in (
        PAGE,
        reverse("accounts:messages_read"),
        reverse("accounts:message_read", args=[row.public_id]),
    ):
        assert client.get(address).status_code == 302
        assert client.post(address).status_code in (302, 405)
    assert not Notification.objects.exclude(read_at=None).exists()
    with django_assert_num_queries(0):
        assert "bubble" not in client.get("/compte/login/").content.decode()


def test_reading_one_keeps_the_page_and_the_first_instant(client, user):
    row = NotificationFactory(recipient=user, sent=True)
    NotificationFactory(recipient=user, sent=True)
    assert read(client, row, page="2").url == f"{PAGE}?page=2"
    assert read(client, row, page="1'").url == PAGE
    row.refresh_from_db()
    assert row.read_at == NOW
    page = client.get(PAGE)
    assert page.context["unread_messages"]() == 1
    # The form of the other one is there, and the one for all; that of the row that was read is not.
    assert page.content.decode().count("/lu/") == 1
    # Asked for again by a refresh, the address of the form shows the list and marks nothing.
    assert client.get(reverse("accounts:message_read", args=[row.public_id])).url == PAGE


def test_reading_all_leaves_what_came_since(client, user):
    old = NotificationFactory(recipient=user, sent=True, not_before=NOW - timedelta(days=2))
    seen = NotificationFactory(recipient=user, sent=True, not_before=NOW - timedelta(days=1))
    since = NotificationFactory(recipient=user, sent=True, not_before=NOW)
    client.post(reverse("accounts:messages_read"), {"latest": seen.public_id})
    assert list(Notification.objects.unread()) == [since]
    assert Notification.objects.get(pk=old.pk).read_at == NOW


CALLED_OFF = [
    (NotificationReason.PREFERENCE, True),
    (NotificationReason.NO_RECIPIENT, True),
    (NotificationReason.OVERTAKEN, False),
    (NotificationReason.OBSOLETE, False),
    (NotificationReason.REQUESTED, False),
]


@pytest.mark.parametrize(("reason", "is_shown"), CALLED_OFF)
def test_what_is_no_longer_true_is_not_listed(client, user, reason, is_shown):
    row = NotificationFactory(recipient=user, cancelled=True, reason=reason)
    assert shown(client) == ([row] if is_shown else [])
    assert client.get(PAGE).context["unread_messages"]() == is_shown
    assert read(client, row).status_code == (302 if is_shown else 404)


def test_a_reminder_is_listed_on_its_day_and_a_retry_stays(client, user):
    later = NOW + timedelta(days=3)
    NotificationFactory(recipient=user, not_before=later)
    tried = NotificationFactory(recipient=user, not_before=later, attempts=1)
    assert shown(client) == [tried]


def test_links_to_sign_in_are_never_made_here(client, user):
    for kind in (EMAIL_CONFIRMATION, PASSWORD_RESET, ACCOUNT_EXISTS):
        NotificationFactory(recipient=user, kind=kind, sent=True, payload={"email_address_id": 1})
    changed = NotificationFactory(recipient=user, sent=True)
    assert shown(client) == [changed]
    NotificationFactory(recipient=user, kind="gone", sent=True)
    assert shown(client) == [changed]
    assert set(MAIL_WORDS) == set(NotificationState)


def test_the_page_says_what_the_mail_may_not_while_it_is_true(client, user):
    mandate = MandateFactory(adviser=user, worker=UserFactory(name="Ève <b>").worker)
    row = NotificationFactory(
        recipient=user, kind=MANDATE_GRANTED, sent=True, payload={"mandate_id": mandate.pk}
    )
    page = client.get(PAGE)
    [(message, address)] = page.context["rows"]
    assert (message.detail.text, address) == ("Ève <b>", reverse("competences:adviser"))
    text = page.content.decode()
    assert "Ève &lt;b&gt;" in text
    assert "Bonjour" not in text
    mandate.withdrawn_at = NOW
    mandate.save()
    [(message, address)] = client.get(PAGE).context["rows"]
    assert (message.row, message.detail.text, address) == (row, "", "")


def test_somebody_elses_mandate_is_not_told(client, user):
    NotificationFactory(
        recipient=user, kind=MANDATE_GRANTED, sent=True, payload={"mandate_id": MandateFactory().pk}
    )
    [(message, _address)] = client.get(PAGE).context["rows"]
    assert message.detail.text == ""


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [kind.name for kind in notifications.kinds() if kind.on_page])
def test_every_kind_has_words_of_its_own_without_an_address(kind):
    subject, text = page_words(notifications.get(kind))
    assert subject
    assert len(text) > 20
    for word in ("http", "Bonjour", "Connectez-vous", "Se connecter"):
        assert word not in text


def test_the_page_costs_the_same_however_many(client, user, django_assert_num_queries):
    def fill(number):
        for _n in range(number):
            NotificationFactory(recipient=user, sent=True)
            payload = {"mandate_id": MandateFactory(adviser=user).pk}
            NotificationFactory(recipient=user, kind=MANDATE_GRANTED, sent=True, payload=payload)

    fill(2)
    # The session, the account, the rows and their number, the mandates, the roles and what is unread.
    with django_assert_num_queries(6):
        client.get(PAGE)
    fill(20)
    with django_assert_num_queries(6):
        client.get(PAGE)


def test_time_of_the_row_is_that_of_the_list(client, user):
    row = NotificationFactory(recipient=user, sent=True, created_at=NOW - timedelta(days=30), not_before=NOW)
    assert f'datetime="{timezone.localdate(NOW).isoformat()}"' in client.get(PAGE).content.decode()
    assert shown(client) == [row]
