"""A job runs alone, and the journal tells what it did without telling about whom."""

import contextlib
from datetime import timedelta

import psycopg
import pytest
import time_machine
from django.db import IntegrityError, connection
from django.utils import timezone

from accounts.locks import LockSpace, _number
from tasks.jobs import notifications, reminders, risks
from tasks.models import RunState, TaskRun
from tasks.runs import KEPT, prune_runs, run_once
from tests.tasks.workers import database_url

pytestmark = pytest.mark.django_db


def fail(words: str = "Durand <marie@exemple.fr> is unknown") -> dict[str, int]:
    raise ValueError(words)


def test_a_run_answers_its_counts_and_leaves_a_line():
    with time_machine.travel("2026-03-12T08:00:00Z", tick=False) as clock:

        def work():
            clock.shift(timedelta(seconds=3))
            return {"sent": 2, "failed": 0}

        assert run_once("job", work) == {"sent": 2, "failed": 0}
    run = TaskRun.objects.get()
    assert (run.key, run.state, run.counts, run.error) == ("job", RunState.DONE, {"sent": 2, "failed": 0}, "")
    assert run.duration == timedelta(seconds=3)


def test_of_the_runs_that_did_nothing_the_last_stays():
    for counts in ({"sent": 0}, {"sent": 1}, {"sent": 0}, {"sent": 0}):
        run_once("job", lambda counts=counts: counts)
    run_once("other", lambda: {"sent": 0})
    assert list(TaskRun.objects.filter(key="job").order_by("id").values_list("counts__sent", flat=True)) == [
        1,
        0,
    ]
    assert TaskRun.objects.filter(key="other").count() == 1


def test_a_failure_is_raised_and_told_without_its_words():
    with pytest.raises(ValueError, match="Durand"):
        run_once("job", fail)
    run = TaskRun.objects.get()
    assert run.state == RunState.FAILED
    assert run.error.startswith("ValueError at tests/tasks/test_runs.py:")
    assert run.error.endswith("(fail)")
    assert "Durand" not in run.error


def test_failures_of_one_cause_in_a_row_are_one_line():
    for _turn in range(3):
        with pytest.raises(ValueError, match="Durand"):
            run_once("job", fail)
    assert TaskRun.objects.get().counts == {"in_a_row": 3}
    run_once("job", lambda: {"sent": 1})
    with pytest.raises(ValueError, match="Durand"):
        run_once("job", fail)
    assert TaskRun.objects.first().counts == {"in_a_row": 1}
    assert TaskRun.objects.count() == 3


def test_a_job_that_another_process_is_doing_is_left_to_it():
    with psycopg.connect(database_url(), autocommit=True) as other:
        numbers = [int(LockSpace.JOBS), _number("job")]
        other.execute("SELECT pg_advisory_lock(%s, %s)", numbers)
        assert run_once("job", fail) == {}
        assert not TaskRun.objects.exists()
        assert run_once("another job", lambda: {"sent": 1}) == {"sent": 1}
        other.execute("SELECT pg_advisory_unlock(%s, %s)", numbers)
    assert run_once("job", lambda: {"sent": 1}) == {"sent": 1}


@pytest.mark.parametrize("work", [fail, lambda: {"sent": 1}])
def test_the_lock_is_given_back_whatever_happens(work):
    with contextlib.suppress(ValueError):
        run_once("job", work)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s", [LockSpace.JOBS]
        )
        assert cursor.fetchone() == (0,)


def test_a_run_that_ended_without_a_word_is_closed_by_the_next():
    killed = TaskRun.objects.create(key="job")
    elsewhere = TaskRun.objects.create(key="other")
    run_once("job", lambda: {"sent": 1})
    killed.refresh_from_db()
    elsewhere.refresh_from_db()
    assert killed.state == RunState.ABANDONED
    assert killed.duration is not None
    assert elsewhere.state == RunState.RUNNING
    assert elsewhere.duration is None


def test_the_journal_is_kept_for_its_time_and_no_longer():
    now = timezone.now()
    for days, key in ((1, "late"), (-1, "in time")):
        ended = now - KEPT - timedelta(days=days)
        TaskRun.objects.create(key=key, state=RunState.DONE, started_at=ended, finished_at=ended)
    TaskRun.objects.create(key="running", started_at=now - 2 * KEPT)
    assert prune_runs() == 1
    assert set(TaskRun.objects.values_list("key", flat=True)) == {"in time", "running"}
    assert prune_runs() == 0


NOW = timezone.now()


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("taskrun_state_known", {"state": "asleep", "finished_at": NOW}),
        ("taskrun_finished_dated", {"state": RunState.DONE}),
        ("taskrun_finished_dated", {"state": RunState.RUNNING, "finished_at": NOW}),
        (
            "taskrun_ends_after_start",
            {"state": RunState.DONE, "finished_at": NOW - timedelta(seconds=1)},
        ),
    ],
)
def test_what_the_journal_refuses(name, fields):
    with pytest.raises(IntegrityError, match=name):
        TaskRun.objects.create(key="job", **{"started_at": NOW} | fields)


def test_a_kind_of_reminder_that_fails_stops_no_other(monkeypatch):
    from accounts import reminders as registry

    broken = registry.ReminderKind(
        name="aaa_broken", notification_kind="bilan_due", stages=(0,), candidates=lambda on, days: 1 / 0
    )
    registry.register(broken)
    try:
        with pytest.raises(ExceptionGroup, match="kinds of reminders"):
            reminders.refresh()
    finally:
        registry.unregister("aaa_broken")
    states = dict(TaskRun.objects.values_list("key", "state"))
    assert states["reminders:aaa_broken"] == RunState.FAILED
    assert states["reminders:bilan_due"] == RunState.DONE


def test_a_job_goes_on_batch_by_batch_while_there_is_work(monkeypatch):
    left = [3]

    def one_edition(*, actor, limit):
        done = min(limit, left[0])
        left[0] -= done
        return {"editions": done, "flags": 10 * done}

    monkeypatch.setattr(risks, "assess_waiting_editions", one_edition)
    assert risks.assess() == {"editions": 3, "flags": 30}
    monkeypatch.setattr(risks, "EDITIONS", 2)
    left[0] = 3
    assert risks.assess() == {"editions": 2, "flags": 20}


def test_the_outbox_is_emptied_by_batches(monkeypatch, mailoutbox):
    from tests.accounts.factories import NotificationFactory

    monkeypatch.setattr(notifications, "BATCH", 2)
    NotificationFactory.create_batch(5, payload={})
    assert notifications.deliver()["sent"] == 5
    assert len(mailoutbox) == 5
    assert notifications.deliver()["sent"] == 0
