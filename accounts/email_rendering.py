"""From a row of the outbox to a message: words, links and tokens are made here, at the last moment."""

from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from accounts.models import Notification
from accounts.notifications import NotificationKind


def absolute_url(name: str, *args: Any) -> str:
    """The full address of a page, for a message."""
    return settings.BASE_URL.rstrip("/") + reverse(name, args=args)


def render(notification: Notification, kind: NotificationKind) -> EmailMultiAlternatives:
    """The message of this row, text and HTML, in the recipient's language.

    Its Message-ID comes from the row: a mailbox shows once what the staff had sent again.
    """
    recipient = notification.recipient
    with translation.override(recipient.language):
        context: dict[str, Any] = {
            "recipient": recipient,
            "base_url": settings.BASE_URL.rstrip("/"),
            "profile_url": absolute_url("accounts:profile"),
            "kind": kind,
            "on_page": False,
            **kind.context(notification),
        }
        subject_template, text_template, html_template = kind.templates
        context["subject"] = " ".join(render_to_string(subject_template, context).split())
        text = render_to_string(text_template, context).strip() + "\n"
        html = render_to_string(html_template, context)
    message = EmailMultiAlternatives(
        subject=str(context["subject"]),
        body=text,
        to=[kind.address(notification)],
        headers={
            "Message-ID": f"<{notification.public_id}@{_domain()}>",
            "Auto-Submitted": "auto-generated",
            "Content-Language": recipient.language,
        },
    )
    message.attach_alternative(html, "text/html")
    return message


def page_words(kind: NotificationKind) -> tuple[str, str]:
    """The subject and the text of a kind as its page shows them, in the active language; not yet escaped."""
    context = {"kind": kind, "on_page": True}
    subject_template, text_template, _html_template = kind.templates
    subject = " ".join(render_to_string(subject_template, context).split())
    return subject, str(render_to_string(text_template, context)).strip()


def _domain() -> str:
    """The domain of our sending address."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
