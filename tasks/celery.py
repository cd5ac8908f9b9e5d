"""The Celery application: `celery --app tasks.celery worker`, `celery --app tasks.celery beat`."""

import os
from pathlib import Path

from celery import Celery
from celery.signals import setup_logging

from tasks.schedule import SCHEDULE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.prod")

JOBS = Path(__file__).parent / "jobs"

app = Celery("perenne")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = SCHEDULE
# Every module of jobs, so that a new one is not forgotten here.
app.conf.include = sorted(f"tasks.jobs.{path.stem}" for path in JOBS.glob("[a-z]*.py"))


@setup_logging.connect
def keep_django_logging(**_kwargs: object) -> None:
    """Connected, so that Celery leaves the logs as LOGGING describes them."""
