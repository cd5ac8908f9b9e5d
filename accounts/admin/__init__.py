"""Administration pages: organisations and memberships are kept here; the rest is looked at."""

from accounts.admin import notifications, organisations, people

__all__ = ["notifications", "organisations", "people"]
