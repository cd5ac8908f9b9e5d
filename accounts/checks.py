"""Checks at start-up (`manage.py check`): what apps registered can be used."""

from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.template.exceptions import TemplateDoesNotExist
from django.template.loader import get_template

from accounts import notifications, reminders


@register()
def registered_kinds(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Each kind of message has its three templates; each reminder names a kind of message that exists."""
    names = {kind.name for kind in notifications.kinds()}
    faults: list[CheckMessage] = [
        Error(f"Notification kind {kind.name!r} has no template {name!r}.", id="accounts.E001")
        for kind in notifications.kinds()
        for name in kind.templates
        if not _exists(name)
    ]
    faults += [
        Error(
            f"Reminder kind {kind.name!r} names {kind.notification_kind!r}, which nobody registered.",
            id="accounts.E002",
        )
        for kind in reminders.kinds()
        if kind.notification_kind not in names
    ]
    return faults


def _exists(name: str) -> bool:
    try:
        get_template(name)
    except TemplateDoesNotExist:
        return False
    return True
