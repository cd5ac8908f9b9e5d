"""Half-open periods of days, `[start_on, end_on)`, said once for every dated row."""

from datetime import date

from django.db.models import F, Q


def in_force_lookup(on: date, *, prefix: str = "") -> Q:
    """Rows whose period holds the day `on`; `prefix` reaches them through a relation ("membership__")."""
    return Q(**{f"{prefix}start_on__lte": on}) & (
        Q(**{f"{prefix}end_on__isnull": True}) | Q(**{f"{prefix}end_on__gt": on})
    )


def overlap_lookup(start_on: date, end_on: date | None) -> Q:
    """Rows whose period shares at least one day with `[start_on, end_on)`; None means without end."""
    touches = Q(end_on__isnull=True) | Q(end_on__gt=start_on)
    if end_on is not None:
        touches &= Q(start_on__lt=end_on)
    return touches


def end_after_start() -> Q:
    """Condition of the check constraints: a period is open, or lasts at least one day."""
    return Q(end_on__isnull=True) | Q(end_on__gt=F("start_on"))
