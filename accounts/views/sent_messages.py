"""The development mailbox: what the product has sent, read from the files of `accounts.mail.FolderBackend`.

It exists under the demonstration settings and for a browser on the same machine alone; elsewhere, the address
answers like one that does not exist.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.errors import NotFound

NAME = re.compile(r"[A-Za-z0-9-]{1,120}\.eml")
MESSAGES_A_PAGE = 25
# The message runs nothing, loads nothing and shares nothing with the site.
_PREVIEW_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


@dataclass(frozen=True)
class SentMessage:
    """A file of the mailbox, as shown."""

    name: str
    subject: str
    to: str
    sent_at: datetime | None
    text: str
    html: str


@require_safe
def sent_messages(request: HttpRequest) -> HttpResponse:
    """All the messages, the latest first."""
    _require_own_machine(request)
    page = Paginator(_names(), MESSAGES_A_PAGE).get_page(request.GET.get("page"))
    found = [_read(name) for name in page.object_list]
    return render(request, "accounts/sent_messages.html", {"page": page, "found": found})


@require_safe
def sent_message(request: HttpRequest, name: str) -> HttpResponse:
    """One message, as text, with its links."""
    _require_own_machine(request)
    return render(request, "accounts/sent_message.html", {"message": _existing(name)})


@require_safe
def sent_message_html(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML of one message, as a mailbox would show it, shut in its own sandbox."""
    _require_own_machine(request)
    response = HttpResponse(_existing(name).html)
    response["Content-Security-Policy"] = _PREVIEW_POLICY
    return response


def _require_own_machine(request: HttpRequest) -> None:
    """Under DEMO, for a browser on the loopback and not behind a proxy; else the page does not exist."""
    if not settings.DEMO or "X-Forwarded-For" in request.headers:
        raise NotFound
    try:
        is_loopback = ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise NotFound


def _folder() -> Path:
    return Path(settings.EMAIL_FILE_PATH)


def _names() -> list[str]:
    """File names, the latest first: they begin with the instant."""
    if not _folder().is_dir():
        return []
    return sorted((path.name for path in _folder().iterdir() if NAME.fullmatch(path.name)), reverse=True)


def _existing(name: str) -> SentMessage:
    """The message of that file, which must be in the list: no path is built from an address."""
    if name not in _names():
        raise NotFound
    return _read(name)


def _read(name: str) -> SentMessage:
    message = message_from_bytes((_folder() / name).read_bytes(), policy=policy.default)
    date_header = message["Date"]
    return SentMessage(
        name=name,
        subject=str(message["Subject"] or ""),
        to=str(message["To"] or ""),
        sent_at=date_header.datetime if date_header else None,
        text=_body(message, "plain"),
        html=_body(message, "html"),
    )


def _body(message: EmailMessage, subtype: str) -> str:
    """The text of the first part of this subtype; "" when there is none."""
    part = message.get_body(preferencelist=(subtype,))
    return str(part.get_content()) if part is not None else ""
