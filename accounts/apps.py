"""Start-up of the accounts app."""

from django.apps import AppConfig
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
        from accounts.queries.consents import mandate_consents

        register_kinds()
        consents.register(consents.ConsentSource(name="mandate", given_by=mandate_consents))
        share_kinds.register()
        handover_grants.register()
