"""What a person chose to receive."""

from accounts.enums import Category
from accounts.models import NotificationPreference, User


def switched_off_by(user: User) -> frozenset[Category]:
    """The families of messages this person does not want."""
    rows = NotificationPreference.objects.filter(user=user, is_enabled=False)
    return frozenset(Category(category) for category in rows.values_list("category", flat=True))
