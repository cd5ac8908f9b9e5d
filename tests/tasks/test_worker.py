"""The jobs on a real worker and a real Redis, and what its death costs: nothing."""

import os
import signal
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actors import SYSTEM
from accounts.enums import NotificationState
from accounts.models import FileOpening, Notification
from accounts.rules.outbox import CLAIM_TIMEOUT
from competences.services.bilans import set_bilan_plan
from tasks.jobs import exports, housekeeping, notifications, reminders, risks
from tasks.models import RunState, TaskRun
from tests.accounts import mail_server
from tests.accounts.factories import MandateFactory, NotificationFactory, UserFactory
from tests.tasks.probe import probe

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "access_log"])


def finished(key: str) -> bool:
    return TaskRun.objects.filter(key=key, state=RunState.DONE).exists()


def password_changed(user) -> Notification:
    return NotificationFactory(kind="password_changed", recipient=user, payload={})


def test_every_job_runs_on_a_worker(workers):
    worker_person = UserFactory().worker
    today = timezone.localdate()
    set_bilan_plan(
        actor=SYSTEM, worker=worker_person, last_on=today - timedelta(days=365), rhythm_months=12, on=today
    )
    mandate = MandateFactory()
    for days in (10, 400):
        FileOpening.objects.create(
            actor_id=mandate.adviser_id,
            worker_id=mandate.worker_id,
            mandate_id=mandate.pk,
            purpose=mandate.purpose,
            opened_at=timezone.now() - timedelta(days=days),
        )
    with mail_server.mail_server() as mail:
        password_changed(worker_person.user)
        workers.start(TEST_MAIL_PORT=str(mail.port))
        for job in (
            reminders.refresh,
            risks.assess,
            housekeeping.clean_up,
            exports.build,
            exports.remove_old,
            notifications.deliver,
        ):
            workers.send(job)
        keys = ("reminders:bilan_due", "risks", "housekeeping", "exports", "exports:old", "notifications")
        workers.eventually(lambda: all(map(finished, keys)))
    assert [message["To"] for message in mail.messages]
    assert Notification.objects.filter(kind="bilan_due", recipient=worker_person.user).exists()
    assert FileOpening.objects.count() == 1
    expected = {"openings": 1, "mandate_requests": 0, "shares": 0, "runs": 0}
    assert TaskRun.objects.get(key="housekeeping").counts == expected


def test_a_worker_killed_while_it_sends_loses_no_message_and_sends_none_twice(workers, monkeypatch):
    users = UserFactory.create_batch(12)
    for user in users:
        password_changed(user)
    take = mail_server._Handler._take

    def take_and_kill(handler, seen):
        take(handler, seen)
        if len(seen.messages) == 5:
            os.kill(workers.child(process), signal.SIGKILL)

    monkeypatch.setattr(mail_server._Handler, "_take", take_and_kill)
    monkeypatch.setattr(mail_server._Server, "handle_error", lambda *_: None)  # the line goes dead
    with mail_server.mail_server() as mail:
        process = workers.start(TEST_MAIL_PORT=str(mail.port))
        workers.send(notifications.deliver)
        # The task is given again at once to the process that replaces the dead one.
        workers.eventually(lambda: TaskRun.objects.filter(state=RunState.ABANDONED).exists())
        workers.eventually(lambda: finished("notifications"))
        states = Notification.objects.values_list("state", flat=True)
        assert sorted(set(states)) == [NotificationState.SENDING, NotificationState.SENT]
        later = timezone.now() - CLAIM_TIMEOUT - timedelta(minutes=1)
        Notification.objects.filter(state=NotificationState.SENDING).update(claimed_at=later)
        workers.send(notifications.deliver)
        unfinished = [NotificationState.WAITING, NotificationState.SENDING]
        workers.eventually(lambda: not Notification.objects.filter(state__in=unfinished).exists())
    assert sorted(message["To"] for message in mail.messages) == sorted(user.email for user in users)
    # The fifth was taken by the server, and nobody was left to write it down: a person decides.
    assert Notification.objects.filter(state=NotificationState.UNCERTAIN).count() == 1
    assert Notification.objects.filter(state=NotificationState.SENT).count() == len(users) - 1


def test_tasks_of_a_killed_worker_are_done_by_the_next(workers):
    first = workers.start()
    for number in range(8):
        workers.send(probe, number, 0.4)
    workers.eventually(lambda: TaskRun.objects.filter(state=RunState.DONE).count() >= 2)
    workers.eventually(lambda: TaskRun.objects.running().exists())
    workers.kill(first)
    done = TaskRun.objects.filter(state=RunState.DONE).count()
    assert done < 8
    workers.start()
    workers.eventually(
        lambda: (
            {run.key for run in TaskRun.objects.filter(state=RunState.DONE)}
            >= {f"probe:{number}" for number in range(8)}
        )
    )
    assert TaskRun.objects.filter(state=RunState.ABANDONED).count() == 1
