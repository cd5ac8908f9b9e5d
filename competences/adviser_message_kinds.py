"""The message that says that an adviser wrote: the e-mail does not say who, nor what."""

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import notifications
from accounts.enums import Category
from accounts.models import Notification, User
from accounts.notifications import Detail, NotificationKind


def register() -> None:
    """Registers the kind; called once, when the applications are ready."""
    notifications.register(
        NotificationKind(
            name="adviser_message",
            category=Category.MANDATES,
            title=_("Une personne qui m’accompagne m’écrit"),
            template="adviser_message",
            details=_details,
            is_obsolete=_is_gone,
        )
    )


def _details(rows: Sequence[Notification], recipient: User, on: dt.date) -> dict[int, Detail]:
    """Who wrote and what, for the person alone. One query."""
    from competences.models import AdviserMessage

    wanted = {row.payload["message"] for row in rows}
    own = AdviserMessage.objects.filter(worker__user=recipient, pk__in=wanted)
    found = {message.pk: message for message in own.select_related("organisation")}
    return {
        row.pk: Detail(
            text=f"{message.author_name}, {message.organisation.name}\n\n{message.text}",
            label=gettext("Voir mon accompagnement"),
            page="competences:accompaniment",
        )
        for row in rows
        if (message := found.get(row.payload["message"]))
    }


def _is_gone(notification: Notification) -> bool:
    from competences.models import AdviserMessage

    return not AdviserMessage.objects.filter(pk=notification.payload["message"]).exists()
