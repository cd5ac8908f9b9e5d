"""The messages about documents of bilans: one was handed, one that is kept will soon be destroyed."""

import datetime as dt
from collections.abc import Iterator, Sequence

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import notifications, reminders
from accounts.enums import Category
from accounts.models import Notification, User
from accounts.notifications import Detail, NotificationKind
from accounts.reminders import Candidate, ReminderKind
from accounts.templatetags.components import in_words

DOCUMENT_HANDED, DOCUMENT_ENDING = "document_handed", "document_ending"

ENDING_STAGES = (-30, -7)
"""Days before its destruction on which the person of a document kept for years is told to take a copy."""


def register() -> None:
    """Registers the kinds; called once, when the applications are ready."""
    notifications.register(
        NotificationKind(
            name=DOCUMENT_HANDED,
            category=Category.BILANS,
            title=_("Un document m’est remis"),
            template="document_handed",
            details=_details,
            is_obsolete=_is_gone,
        )
    )
    notifications.register(
        NotificationKind(
            name=DOCUMENT_ENDING,
            category=Category.BILANS,
            title=_("Un de mes documents va être détruit"),
            template="document_ending",
            details=_details,
            is_obsolete=_has_moved,
        )
    )
    reminders.register(
        ReminderKind(
            name=DOCUMENT_ENDING,
            notification_kind=DOCUMENT_ENDING,
            stages=ENDING_STAGES,
            candidates=_ending,
        )
    )


def _details(rows: Sequence[Notification], recipient: User, on: dt.date) -> dict[int, Detail]:
    """The title of the document and its page, while it exists. One query."""
    from competences.models import BilanDocument

    wanted = {row.payload["document"] for row in rows}
    own = BilanDocument.objects.filter(worker__user=recipient, public_id__in=wanted)
    found = {str(document.public_id): document for document in own}
    told = {}
    for row in rows:
        document = found.get(row.payload["document"])
        if document is None:
            continue
        text = document.title
        if row.kind == DOCUMENT_ENDING and document.destroy_on:
            text = gettext("%(title)s : détruit à partir du %(day)s") % {
                "title": document.title,
                "day": in_words(document.destroy_on),
            }
        told[row.pk] = Detail(
            text=text,
            label=gettext("Ouvrir ce document"),
            page="competences:document",
            arguments=(document.public_id,),
        )
    return told


def _is_gone(notification: Notification) -> bool:
    """It was destroyed before the message left."""
    from competences.models import BilanDocument

    return not BilanDocument.objects.filter(public_id=notification.payload["document"]).exists()


def _has_moved(notification: Notification) -> bool:
    """It has another date since, or is gone."""
    from competences.models import BilanDocument

    day = dt.date.fromisoformat(notification.payload["day"])
    same = BilanDocument.objects.filter(public_id=notification.payload["document"], destroy_on=day)
    return not same.exists() or day <= timezone.localdate()


def _ending(on: dt.date, horizon_days: int) -> Iterator[Candidate]:
    """Documents kept for years whose last month has come or is near; those that go at the end of the bilan
    are told of on its page."""
    from competences.models import BilanDocument

    last = on + dt.timedelta(days=horizon_days - min(ENDING_STAGES))
    kept = BilanDocument.objects.exclude(kept_for="").filter(destroy_on__range=(on, last))
    for document in kept.select_related("worker").order_by("pk").iterator():
        yield Candidate(
            recipient_id=document.worker.user_id,
            subject_key=f"document-{document.pk}",
            due_on=document.destroy_on,
            payload={"document": str(document.public_id), "day": document.destroy_on.isoformat()},
        )
