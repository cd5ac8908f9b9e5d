"""Start-up of the formation app.

An empty room, kept for what comes next: the ledger of training rights (append-only), the
catalogue of trainings, enrolments, funding, places where one trains. It will know competences, accounts
and law, and none of them will know it.
"""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FormationConfig(AppConfig):
    """Training rights and trainings; it holds nothing yet."""

    name = "formation"
    verbose_name = _("Formation")
