"""Start-up of the tasks app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TasksConfig(AppConfig):
    """When and how late work runs: it knows every app, and nobody knows it."""

    name = "tasks"
    verbose_name = _("Travaux différés")
