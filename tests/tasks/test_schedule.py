"""The timetable is whole: every job has its turn, and a turn that was missed does not pile up."""

import importlib
import pkgutil
from datetime import timedelta
from pathlib import Path

import pytest
from celery.schedules import crontab
from django.conf import settings

import tasks.jobs
from tasks.celery import app
from tasks.schedule import SCHEDULE

MODULES = {f"tasks.jobs.{module.name}" for module in pkgutil.iter_modules(tasks.jobs.__path__)}


def test_the_worker_loads_every_module_of_jobs():
    assert set(app.conf.include) == MODULES


def test_every_job_has_its_turn_and_only_jobs_have():
    for name in MODULES:
        importlib.import_module(name)
    jobs = {name for name in app.tasks if name.startswith("tasks.")}
    assert jobs == {line["task"] for line in SCHEDULE.values()}


@pytest.mark.parametrize("name", SCHEDULE)
def test_a_turn_expires_before_it_has_a_crowd_behind_it(name):
    turn, expires = SCHEDULE[name]["schedule"], timedelta(seconds=SCHEDULE[name]["options"]["expires"])
    if isinstance(turn, crontab):
        period = timedelta(days=1) if len(turn.hour) == 1 else timedelta(hours=1)
    else:
        period = turn.run_every
    assert timedelta(0) < expires <= period


@pytest.mark.parametrize("name", SCHEDULE)
def test_every_line_says_why(name):
    lines = Path(tasks.schedule.__file__).read_text("utf-8").splitlines()
    (at,) = [number for number, line in enumerate(lines) if f'"{name}": {{' in line]
    assert lines[at - 1].strip().startswith("# ")


def test_a_lost_task_is_given_again_after_any_task_has_ended_and_not_before():
    lost_after = settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
    assert settings.CELERY_TASK_SOFT_TIME_LIMIT < settings.CELERY_TASK_TIME_LIMIT < lost_after


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("task_acks_late", True),
        ("task_reject_on_worker_lost", True),
        ("worker_prefetch_multiplier", 1),
        ("task_ignore_result", True),
        ("task_serializer", "json"),
        ("accept_content", ["json"]),
        ("result_backend", None),
    ],
)
def test_the_worker_is_set_so_that_nothing_is_lost(name, value):
    assert app.conf[name] == value
