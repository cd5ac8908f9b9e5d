"""Start-up of the law app."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class LawConfig(AppConfig):
    """Dated legal parameters, and nothing else. It knows no other app of the house."""

    name = "law"
    verbose_name = _("Loi")

    def ready(self) -> None:
        """Has the readable file loaded after each migration."""
        post_migrate.connect(_load, sender=self)


def _load(sender: AppConfig, using: str, **told: Any) -> None:
    """Only on the line that holds the table, and once it is there."""
    from django.db import connections

    from law.models import LegalParameter
    from law.services import load_parameters

    if using != "default":
        return
    if LegalParameter._meta.db_table in connections[using].introspection.table_names():
        load_parameters()
