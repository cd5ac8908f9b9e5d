"""What an adviser's first screen lists."""

from django.db.models import Count, Q, QuerySet

from accounts.models import Worker


def followed(workers: QuerySet[Worker]) -> QuerySet[Worker]:
    """The people an adviser follows, each with `skills` and `flags` counted."""
    standing = Q(statements__removed_at=None)
    return (
        workers.select_related("user")
        .annotate(
            skills=Count("statements", filter=standing, distinct=True),
            flags=Count(
                "statements__flags", filter=standing & Q(statements__flags__closed_at=None), distinct=True
            ),
        )
        .order_by("-flags", "user__name", "pk")
    )
