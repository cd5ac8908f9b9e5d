from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CompetencesConfig(AppConfig):
    """Job references by edition, skill records, bilans and risks: the heart of the house."""

    name = "competences"
    verbose_name = _("Compétences")

    def ready(self) -> None:
        from competences import document_messages, grants, reminders
        from competences.services import record_parts, record_path, record_shown

        reminders.register()
        document_messages.register()
        grants.register()
        record_parts.register()
        record_shown.register()
        record_path.register()
