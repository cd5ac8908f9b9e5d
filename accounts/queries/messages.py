"""A person's own messages, as the page that lists them shows them: nobody else's, ever."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, QuerySet, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.email_rendering import page_words
from accounts.enums import NotificationState
from accounts.models import Notification, User
from accounts.models.notifications import NotificationQuerySet
from accounts.notifications import Detail, get, kinds
from accounts.written import written

#: What became of the e-mail, for the person: the page holds the message whatever it was.
MAIL_WORDS: dict[NotificationState, Promise] = {
    NotificationState.WAITING: _("l’e-mail n’est pas encore parti"),
    NotificationState.SENDING: _("l’e-mail est en train de partir"),
    NotificationState.SENT: _("envoyé aussi par e-mail"),
    NotificationState.FAILED: _("l’e-mail n’a pas pu vous être remis"),
    NotificationState.UNCERTAIN: _("l’e-mail est peut-être parti"),
    NotificationState.CANCELLED: _("sans e-mail"),
}


@dataclass(frozen=True, slots=True)
class Message:
    """A row with its words in the active language. `mail_words`: what became of its e-mail."""

    row: Notification
    subject: str
    text: str
    detail: Detail
    mail_words: "str | Promise"


def messages_of(user: User, now: datetime) -> NotificationQuerySet:
    """The messages of this person that a page shows, the latest first."""
    return Notification.objects.filter(recipient=user).shown(_on_page(), now)


def unread_count(user: User, now: datetime) -> int:
    """How many of them wait to be read. One query, over the rows of one person."""
    [(count,)] = _unread(*_on_page(), recipient=user.pk, now=now)
    return count


def _on_page() -> list[str]:
    return [kind.name for kind in kinds() if kind.on_page]


@written
def _unread(*names: str, recipient: int, now: datetime) -> QuerySet[Notification]:
    rows = Notification.objects.filter(recipient=recipient).shown(names, now).unread().order_by()
    return rows.values(every=Value(1)).annotate(count=Count("pk")).values_list("count")


def told(rows: Sequence[Notification], recipient: User, on: date) -> list[Message]:
    """The rows of a page, all of one recipient, with their words: a few queries a kind, however many rows."""
    by_kind: dict[str, list[Notification]] = defaultdict(list)
    for row in rows:
        by_kind[row.kind].append(row)
    words = {name: page_words(get(name)) for name in by_kind}
    details: dict[int, Detail] = {}
    for name, theirs in by_kind.items():
        details.update(get(name).details(theirs, recipient, on))
    return [
        Message(
            row=row,
            subject=words[row.kind][0],
            text=words[row.kind][1],
            detail=details.get(row.pk, Detail()),
            mail_words=MAIL_WORDS[NotificationState(row.state)],
        )
        for row in rows
    ]
