"""The messages themselves: templates in both languages, neutral subjects, nothing fetched from afar."""

import re
from html.parser import HTMLParser

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.utils import translation

from accounts import notifications, reminders
from accounts.checks import registered_kinds
from accounts.email_rendering import render
from accounts.enums import Category, Language
from accounts.notifications import NotificationKind, optional_categories
from accounts.registry import Registry
from accounts.reminders import ReminderKind
from tests.accounts.factories import MandateFactory, NotificationFactory, UserFactory

ACCOUNT_KINDS = [
    "account_exists",
    "email_changed",
    "email_confirmation",
    "handover_answered",
    "handover_moved",
    "handover_offered",
    "handover_proposed",
    "mandate_granted",
    "password_changed",
    "password_reset",
]
INDISCREET = ("bilan", "risque", "conseill", "adviser", "risk", "mandat", "alerte", "flag")


def _row(kind, language):
    user = UserFactory(language=language, name="Ève <b>")
    payload = {}
    if kind in ("email_confirmation", "password_reset"):
        payload = {"email_address_id": EmailAddress.objects.get(user=user).pk}
    elif kind == "mandate_granted":
        payload = {"mandate_id": MandateFactory(adviser=user).pk}
    return NotificationFactory(kind=kind, recipient=user, payload=payload)


class _Reader(HTMLParser):
    """Every address a message names, and its words and marks."""

    def __init__(self):
        super().__init__()
        self.tags, self.links, self.loaded = [], [], []

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.tags.append((tag, values))
        if tag == "a":
            self.links.append(values["href"])
        self.loaded += [values[name] for name in ("src", "srcset", "background", "data") if name in values]
        if tag == "link":
            self.loaded.append(values.get("href"))


def test_the_kinds_of_this_app_are_registered():
    names = {kind.name for kind in notifications.kinds()}
    assert set(ACCOUNT_KINDS) <= names


@pytest.mark.django_db
@pytest.mark.parametrize("language", Language.values)
@pytest.mark.parametrize("name", ACCOUNT_KINDS)
def test_each_message_is_whole_in_each_language(name, language):
    row = _row(name, language)
    message = render(row, notifications.get(name))
    html = message.alternatives[0].content
    reader = _Reader()
    reader.feed(html)
    tags = dict(reader.tags)
    assert tags["html"]["lang"] == language
    assert [tag for tag, _values in reader.tags].count("h1") == 1
    assert reader.loaded == []
    assert not {"img", "script", "iframe", "form", "object"} & {tag for tag, _values in reader.tags}
    assert "url(" not in html
    assert "@import" not in html
    assert all(link.startswith(settings.BASE_URL) for link in reader.links), reader.links
    # The text says the same, with the same addresses, and the name as it was typed.
    assert set(re.findall(r"https?://\S+", message.body)) >= set(reader.links)
    assert "Ève <b>" in message.body
    assert "Ève &lt;b&gt;" in html
    assert "\n\n\n" not in message.body


@pytest.mark.django_db
@pytest.mark.parametrize("language", Language.values)
@pytest.mark.parametrize("name", ACCOUNT_KINDS)
def test_subjects_say_nothing_to_whoever_stands_near(name, language):
    subject = render(_row(name, language), notifications.get(name)).subject
    assert 0 < len(subject) <= 70
    assert "\n" not in subject
    assert not any(word in subject.lower() for word in INDISCREET), subject
    assert "Ève" not in subject


@pytest.mark.django_db
def test_the_language_of_the_page_does_not_leak_into_the_message():
    with translation.override("fr"):
        message = render(_row("password_changed", "en"), notifications.get("password_changed"))
        assert translation.get_language() == "fr"
    assert '<html lang="en"' in message.alternatives[0].content
    assert message.extra_headers["Content-Language"] == "en"


def test_start_up_says_which_template_is_missing():
    assert registered_kinds(None) == []
    notifications.register(
        NotificationKind(name="ghost", category=Category.SKILLS, title="x", template="ghost")
    )
    reminders.register(
        ReminderKind(name="ghost", notification_kind="nobody", stages=(0,), candidates=lambda *_: [])
    )
    try:
        assert [fault.id for fault in registered_kinds(None)] == ["accounts.E001"] * 3 + ["accounts.E002"]
    finally:
        notifications.unregister("ghost")
        reminders.unregister("ghost")


def test_families_that_may_be_switched_off_are_those_that_have_messages():
    families = optional_categories()
    assert Category.SECURITY not in families
    assert Category.MANDATES in families


@pytest.mark.parametrize(
    "fields",
    [
        {"category": Category.SECURITY, "security": False},
        {"category": Category.SKILLS, "security": True},
        {"category": Category.SKILLS, "before_verification": True},
    ],
)
def test_a_kind_that_would_go_around_the_rules_is_refused(fields):
    with pytest.raises(ValueError, match="security"):
        NotificationKind(name="x", title="x", template="x", **fields)


def test_a_name_is_registered_once():
    registry = Registry("kind")
    kind = notifications.get("password_changed")
    registry.register(kind)
    with pytest.raises(ValueError, match="password_changed"):
        registry.register(kind)
    with pytest.raises(LookupError):
        registry.get("nobody")
