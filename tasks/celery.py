"""The Celery application: `celery --app tasks.celery worker`, `celery --app tasks.celery beat`."""

import os

from celery import Celery
from celery.signals import setup_logging

from tasks.schedule import SCHEDULE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.prod")

app = Celery("perenne")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = SCHEDULE
app.conf.include = [
    "tasks.jobs.documents",
    "tasks.jobs.evidence",
    "tasks.jobs.exports",
    "tasks.jobs.record_imports",
    "tasks.jobs.housekeeping",
    "tasks.jobs.notifications",
    "tasks.jobs.reminders",
    "tasks.jobs.risks",
    "tasks.jobs.uploads",
]


@setup_logging.connect
def keep_django_logging(**_kwargs: object) -> None:
    """Connected, so that Celery leaves the logs as LOGGING describes them."""
