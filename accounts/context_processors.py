"""What every template knows."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from accounts.queries.roles import Roles, roles_of


def nav_roles(request: HttpRequest) -> dict[str, Any]:
    """`nav_roles`: the person's roles today, asked once a request, and only by a page that needs them."""
    return {"nav_roles": SimpleLazyObject(lambda: _roles(request))}


def _roles(request: HttpRequest) -> Roles:
    known = getattr(request, "_nav_roles", None)
    if known is None:
        user = getattr(request, "user", None)
        is_person = user is not None and user.is_authenticated
        known = roles_of(user, timezone.localdate()) if is_person else Roles()
        request._nav_roles = known  # type: ignore[attr-defined]
    return known
