"""Signing up, confirming, resetting: the whole way, through the outbox and the links of its messages."""

import re
from urllib.parse import urlsplit

import pytest
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.access import SYSTEM
from accounts.adapters import AccountAdapter
from accounts.enums import NotificationState
from accounts.models import Notification, User
from accounts.services.deliveries import deliver_batch
from tests.accounts.factories import PASSWORD, UserFactory
from tests.accounts.side_by_side import side_by_side

pytestmark = pytest.mark.django_db

OTHER_PASSWORD = "une autre phrase, tout aussi longue"


@pytest.fixture(autouse=True)
def _stay_in_this_app(settings):
    """The first page after signing in belongs to another app."""
    settings.LOGIN_REDIRECT_URL = "accounts:profile"


def _deliver():
    """Sends what waits and gives the messages."""
    mail.outbox.clear()
    deliver_batch(actor=SYSTEM, now=timezone.now())
    return list(mail.outbox)


def _link(message, part):
    """The path of the link of this message that holds `part`."""
    return next(urlsplit(url).path for url in re.findall(r"https?://\S+", message.body) if part in url)


def _kinds():
    return list(Notification.objects.order_by("pk").values_list("kind", flat=True))


def _sign_up(client, email="nadia@exemple.fr"):
    return client.post(reverse("account_signup"), {"email": email, "password1": PASSWORD})


def _sign_in(client, email, password=PASSWORD):
    return client.post(reverse("account_login"), {"login": email, "password": password})


def _ask_reset(client, email):
    return client.post(reverse("account_reset_password"), {"email": email})


def _ask_new_address(client, email):
    """Asks to move to another address; the password is asked again, then the request goes on."""
    response = client.post(reverse("account_email"), {"email": email, "action_add": ""})
    assert response.url.startswith(reverse("account_reauthenticate"))
    client.post(response.url, {"password": PASSWORD})


def _is_signed_in(client):
    return "_auth_user_id" in client.session


def _assert_no_token_is_stored():
    """Rows hold ids: numbers alone, beside names of ours."""
    for row in Notification.objects.values("payload", "dedupe_key", "provider_answer", "address"):
        assert all(isinstance(value, int) for value in row["payload"].values()), row
        assert re.fullmatch(r"[a-z_]+:\d+:[0-9a-f-]{36}", row["dedupe_key"]), row
        assert "http" not in str(row)


def test_from_sign_up_to_signed_in(client):
    response = _sign_up(client, "Nadia@Exemple.fr")
    assert response.url == reverse("account_email_verification_sent")
    user = User.objects.get(email="nadia@exemple.fr")
    assert user.worker.pk
    assert not _is_signed_in(client)
    _assert_no_token_is_stored()

    (message,) = _deliver()
    assert message.to == ["nadia@exemple.fr"]
    path = _link(message, "confirm-email")
    assert client.get(path).status_code == 200
    assert not EmailAddress.objects.get(user=user).verified  # reading the page confirms nothing
    client.post(path)
    assert EmailAddress.objects.get(user=user).verified
    _sign_in(client, "nadia@exemple.fr")
    assert _is_signed_in(client)
    assert _deliver() == []


def test_sign_up_keeps_the_language_of_the_page(client):
    client.cookies["django_language"] = "en"
    _sign_up(client)
    assert User.objects.get().language == "en"


def test_signing_in_before_confirming_asks_again_and_lets_nobody_in(client):
    user = UserFactory(unverified=True)
    assert _sign_in(client, user.email).url == reverse("account_email_verification_sent")
    assert not _is_signed_in(client)
    assert _kinds() == ["email_confirmation"]


def test_a_reset_goes_through_to_the_new_password(client):
    user = UserFactory()
    assert _ask_reset(client, user.email.upper()).url == reverse("account_reset_password_done")
    _assert_no_token_is_stored()
    (message,) = _deliver()
    assert message.to == [user.email]
    path = _link(message, "password/reset/key")
    form_path = client.get(path).url
    passwords = {"password1": OTHER_PASSWORD, "password2": OTHER_PASSWORD}
    assert client.post(form_path, passwords).status_code == 302
    user.refresh_from_db()
    assert user.check_password(OTHER_PASSWORD)
    assert [message.subject for message in _deliver()] == ["Votre mot de passe a été changé"]
    assert "token_fail" in client.get(path).context  # a link opens once


def test_the_token_of_a_row_taken_late_still_works(client):
    """It is made when the message leaves: signing in between the two spoils nothing."""
    user = UserFactory()
    _ask_reset(client, user.email)
    _sign_in(client, user.email)
    client.logout()
    (message,) = _deliver()
    assert client.get(_link(message, "password/reset/key")).status_code == 302


def test_a_reset_asked_twice_while_the_first_waits_is_one_message(client):
    user = UserFactory()
    _ask_reset(client, user.email)
    _ask_reset(client, user.email)
    assert _kinds() == ["password_reset"]


def test_an_unverified_address_gets_the_confirmation_instead_of_a_reset(client):
    user = UserFactory(unverified=True)
    assert _ask_reset(client, user.email).url == reverse("account_reset_password_done")
    assert _kinds() == ["email_confirmation"]
    (message,) = _deliver()
    assert "password/reset/key" not in message.body
    client.post(_link(message, "confirm-email"))
    _ask_reset(client, user.email)
    assert _kinds() == ["email_confirmation", "password_reset"]


def test_an_account_made_by_a_command_confirms_first(client):
    user = User.objects.create_user("chef@exemple.fr")
    _ask_reset(client, user.email)
    (message,) = _deliver()
    client.post(_link(message, "confirm-email"))
    address = EmailAddress.objects.get(user=user)
    assert (address.verified, address.primary) == (True, True)


def test_an_unknown_address_gets_nothing_and_the_page_says_the_same(client):
    known, unknown = UserFactory().email, "inconnue@exemple.fr"
    pages = []
    for email in (known, unknown):
        response = client.post(reverse("account_reset_password"), {"email": email}, follow=True)
        pages.append(re.sub(r'value="[^"]{64}"', "", response.content.decode()))
    assert pages[0] == pages[1]
    assert Notification.objects.count() == 1


def test_signing_up_with_a_taken_address_tells_its_owner_alone(client):
    owner = UserFactory()
    taken = _sign_up(client, owner.email.upper())
    free = _sign_up(client, "nouvelle@exemple.fr")
    assert (taken.status_code, taken.url) == (free.status_code, free.url)
    assert User.objects.filter(email=owner.email).count() == 1
    assert _kinds() == ["account_exists", "email_confirmation"]
    message = next(message for message in _deliver() if message.to == [owner.email])
    assert "déjà un compte" in message.subject
    assert owner.check_password(PASSWORD)


def test_signing_up_with_an_unverified_address_sends_the_confirmation(client):
    owner = UserFactory(unverified=True)
    _sign_up(client, owner.email)
    assert _kinds() == ["email_confirmation"]
    assert User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_sign_ups_at_once_make_one_account_and_look_alike():
    results = side_by_side(*[lambda: _sign_up(Client())] * 3)
    assert {response.status_code for response in results} == {302}
    assert {response.url for response in results} == {reverse("account_email_verification_sent")}
    assert User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_address_taken_between_the_check_and_the_writing_looks_alike(client, monkeypatch):
    save_user = DefaultAccountAdapter.save_user

    def save_second(self, request, user, form, commit=True):
        side_by_side(lambda: UserFactory(email="nadia@exemple.fr"))
        return save_user(self, request, user, form, commit=commit)

    monkeypatch.setattr(DefaultAccountAdapter, "save_user", save_second)
    assert _sign_up(client).url == reverse("account_email_verification_sent")
    assert _kinds() == ["account_exists"]
    assert User.objects.count() == 1


def test_changing_the_password_is_told(client):
    user = UserFactory()
    _sign_in(client, user.email)
    client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": OTHER_PASSWORD, "password2": OTHER_PASSWORD},
    )
    assert _kinds() == ["password_changed"]


def test_changing_the_address_tells_the_former_one_and_forgets_it(client):
    user = UserFactory(email="ancienne@exemple.fr")
    _sign_in(client, user.email)
    _ask_new_address(client, "nouvelle@exemple.fr")
    (message,) = _deliver()
    assert message.to == ["nouvelle@exemple.fr"]
    user.refresh_from_db()
    assert user.email == "ancienne@exemple.fr"
    client.post(_link(message, "confirm-email"))
    user.refresh_from_db()
    assert user.email == "nouvelle@exemple.fr"
    (message,) = _deliver()
    assert message.to == ["ancienne@exemple.fr"]
    assert not Notification.objects.exclude(address="").exists()
    assert "nouvelle@" not in message.body


def test_giving_up_a_new_address_is_silent_and_its_message_is_called_off(client):
    user = UserFactory()
    _sign_in(client, user.email)
    _ask_new_address(client, "nouvelle@exemple.fr")
    client.post(reverse("account_email"), {"email": "nouvelle@exemple.fr", "action_remove": ""})
    assert _deliver() == []
    assert Notification.objects.get().state == NotificationState.CANCELLED


def test_a_mail_we_did_not_foresee_is_a_fault_not_a_mail(rf):
    adapter = AccountAdapter(rf.get("/"))
    with pytest.raises(ImproperlyConfigured):
        adapter.send_mail("account/email/login_code", "a@exemple.fr", {})
    with pytest.raises(ImproperlyConfigured):
        adapter.send_notification_mail("mfa/email/totp_activated", UserFactory())
    assert mail.outbox == []


def test_failed_sign_ins_are_limited(client):
    user = UserFactory()
    pages = [_sign_in(client, user.email, "faux mot de passe") for _ in range(6)]
    faults = [page.context["form"].errors.as_data()["__all__"][0].code for page in pages]
    assert faults == ["email_password_mismatch"] * 5 + ["too_many_login_attempts"]
    _sign_in(client, user.email)
    assert not _is_signed_in(client)


def test_resets_are_limited(client):
    codes = [_ask_reset(client, "a@exemple.fr").status_code for _ in range(7)]
    assert codes[0] == 302
    assert codes[-1] == 429
