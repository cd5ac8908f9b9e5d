from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CompetencesConfig(AppConfig):
    """Job references by edition, skill records, bilans and risks: the heart of the house."""

    name = "competences"
    verbose_name = _("Compétences")

    def ready(self) -> None:
        """Registers what this app brings to others, and has its instruments loaded after each migration."""
        from competences import (
            adviser_message_kinds,
            consents,
            document_kinds,
            erasure,
            grants,
            handover_effects,
            reminders,
            share_items,
        )
        from competences.services import record_parts, record_path, record_shown

        reminders.register()
        document_kinds.register()
        erasure.register()
        adviser_message_kinds.register()
        grants.register()
        consents.register()
        share_items.register()
        handover_effects.register()
        record_parts.register()
        record_shown.register()
        record_path.register()
        post_migrate.connect(_load_instruments, sender=self)


def _load_instruments(sender: AppConfig, using: str, **told: Any) -> None:
    """Only on the line that holds the table, and once it is there."""
    from django.db import connections
    from django.utils import timezone

    from accounts.actors import SYSTEM
    from competences.models import Instrument
    from competences.services.instruments import load_own_instruments

    if using == "default" and Instrument._meta.db_table in connections[using].introspection.table_names():
        load_own_instruments(actor=SYSTEM, now=timezone.now())
