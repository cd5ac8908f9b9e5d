"""What every template knows."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from accounts.queries.messages import unread_count
from accounts.queries.roles import Roles, roles_of


def nav_roles(request: HttpRequest) -> dict[str, Any]:
    """`nav_roles`: the person's roles today, asked once a request, and only by a page that needs them."""
    return {"nav_roles": SimpleLazyObject(lambda: _roles(request))}


def unread_messages(request: HttpRequest) -> dict[str, Any]:
    """`unread_messages`: how many messages wait for the person, asked once a request, where it is shown.

    A callable, which templates call: zero for a visitor, without a query.
    """
    return {"unread_messages": lambda: _unread(request)}


def _unread(request: HttpRequest) -> int:
    known = getattr(request, "_unread_messages", None)
    if known is None:
        user = getattr(request, "user", None)
        is_person = user is not None and user.is_authenticated
        known = unread_count(user, timezone.now()) if is_person else 0
        request._unread_messages = known  # type: ignore[attr-defined]
    return known


def _roles(request: HttpRequest) -> Roles:
    known = getattr(request, "_nav_roles", None)
    if known is None:
        user = getattr(request, "user", None)
        is_person = user is not None and user.is_authenticated
        known = roles_of(user, timezone.localdate()) if is_person else Roles()
        request._nav_roles = known  # type: ignore[attr-defined]
    return known
