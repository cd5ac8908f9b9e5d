"""Start-up of the accounts app."""

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """The lowest app that holds data: it knows no other app of the house but `law`."""

    name = "accounts"
    verbose_name = _("Comptes")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Registers this app's messages, consents and grants, and the checks of what apps register."""
        from accounts import (
            checks,  # noqa: F401 - its decorator registers it
            consents,
            handover_grants,
            share_kinds,
        )
        from accounts.notification_kinds import register_kinds
        from accounts.queries.consents import mandate_consents, share_consents

        register_kinds()
        user_logged_in.connect(_came_back)
        consents.register(consents.ConsentSource(name="mandate", given_by=mandate_consents))
        consents.register(consents.ConsentSource(name="share", given_by=share_consents))
        share_kinds.register()
        handover_grants.register()


def _came_back(sender: Any, user: Any, **told: Any) -> None:
    """An account that is used is not erased for want of use."""
    from accounts.services.erasure import keep_used

    keep_used(user)
