"""The panel of what is shared with an organisation, for pages of higher apps."""

from typing import Any

from django import template
from django.template.context import Context
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.queries.shares import shared_with

register = template.Library()

LAST = 5


@register.inclusion_tag("accounts/_shared_with_us.html", takes_context=True)
def shared_with_us(context: Context, organisation: Organisation | None = None) -> dict[str, Any]:
    """The last profiles shown to one organisation of the reader, or to all of them; nothing when there is
    none. Two queries."""
    user = context["request"].user
    if not isinstance(user, User):
        return {"rows": [], "total": 0}
    shares = shared_with(user, timezone.localdate())
    if organisation is not None:
        shares = shares.filter(organisation=organisation)
    rows = list(shares[: LAST + 1])
    total = len(rows) if len(rows) <= LAST else shares.count()
    return {"rows": rows[:LAST], "total": total}
