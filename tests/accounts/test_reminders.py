"""Reminders as a desired state: the outbox looks like what is due, whoever runs, however often."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from accounts import notifications, reminders
from accounts.access import SYSTEM
from accounts.enums import Category, NotificationReason, NotificationState
from accounts.errors import NotFound
from accounts.models import DeliverySettings, KindSwitch, Notification, Snooze
from accounts.notifications import NotificationKind
from accounts.reminders import Candidate, ReminderKind
from accounts.services.deliveries import deliver_batch
from accounts.services.notifications import cancel
from accounts.services.reminders import HORIZON_DAYS, ReminderCounts, plan_reminders, refresh_reminders
from tests.accounts.factories import UserFactory
from tests.accounts.side_by_side import side_by_side

DUE = date(2026, 6, 30)
NOTHING = ReminderCounts()
KIND = "test_reminder"


@pytest.fixture
def due():
    """Dated matters by subject, read by a kind of reminder with stages at -90, -30 and 0 days."""
    matters: dict[str, tuple[int, date]] = {}
    notifications.register(
        NotificationKind(
            name="test_due",
            category=Category.BILANS,
            title="Échéance",
            template="mandate_granted",
            context=lambda row: {"login_url": ""},
        )
    )
    reminders.register(
        ReminderKind(
            name=KIND,
            notification_kind="test_due",
            stages=(-90, -30, 0),
            candidates=lambda on, horizon_days: [
                Candidate(
                    recipient_id=user_id,
                    subject_key=key,
                    due_on=due_on,
                    payload={"due_on": due_on.isoformat()},
                )
                for key, (user_id, due_on) in matters.items()
            ],
        )
    )
    yield matters
    notifications.unregister("test_due")
    reminders.unregister(KIND)


def _refresh(on):
    return refresh_reminders(actor=SYSTEM, kind=KIND, on=on)


def _before(days):
    return DUE - timedelta(days=days)


def _rows():
    return dict(Notification.objects.order_by("dedupe_key").values_list("dedupe_key", "state"))


@pytest.fixture
def user(due):
    """A person with one matter due."""
    user = UserFactory()
    due["m1"] = (user.pk, DUE)
    return user


@pytest.mark.django_db
def test_what_is_missing_is_written_with_its_day_and_hour(user):
    assert _refresh(_before(90 + HORIZON_DAYS)).created == 1
    row = Notification.objects.get()
    assert (row.dedupe_key, row.recipient, row.payload) == (
        f"{KIND}:m1:2026-06-30:-90",
        user,
        {"due_on": "2026-06-30"},
    )
    # 8 o'clock in France on 1 April, summer time
    assert row.not_before == datetime(2026, 4, 1, 6, tzinfo=UTC)


@pytest.mark.django_db
def test_beyond_the_horizon_nothing_is_written(user):
    assert _refresh(_before(91 + HORIZON_DAYS)) == NOTHING


@pytest.mark.django_db
@pytest.mark.parametrize("days", [95, 90, 31, 30, 1, 0, -400])
def test_running_twice_changes_nothing(user, days):
    _refresh(_before(days))
    rows = list(Notification.objects.values())
    assert _refresh(_before(days)) == NOTHING
    assert list(Notification.objects.values()) == rows


@pytest.mark.django_db
def test_missed_days_are_caught_up_with_one_message(user):
    assert _refresh(_before(-3)).created == 1
    row = Notification.objects.get()
    assert row.dedupe_key.endswith(":0")
    assert row.not_before.date() == _before(-3)  # this morning, not in the past


@pytest.mark.django_db
def test_a_stage_that_could_not_leave_gives_way_to_the_next(user):
    _refresh(_before(90))  # written, and nothing was sent for two months
    counts = _refresh(_before(31))
    assert (counts.created, counts.cancelled) == (1, 0)
    counts = _refresh(_before(30))
    assert (counts.created, counts.cancelled) == (1, 1)
    assert {key.split(":")[-1]: state for key, state in _rows().items()} == {
        "-90": NotificationState.CANCELLED,
        "-30": NotificationState.WAITING,
        "0": NotificationState.WAITING,
    }


@pytest.mark.django_db
def test_daily_runs_send_each_stage_once(user):
    sent = []
    for days in range(95, -10, -1):
        day = _before(days)
        now = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        with time_machine.travel(now, tick=False):
            _refresh(day)
            if deliver_batch(actor=SYSTEM, now=now).sent:
                sent.append(days)
    assert sent == [90, 30, 0]


@pytest.mark.django_db
def test_a_matter_that_moves_calls_off_what_waits_and_asks_anew(due, user):
    _refresh(_before(30))
    due["m1"] = (user.pk, DUE + timedelta(days=10))
    counts = _refresh(_before(30))
    assert (counts.created, counts.cancelled) == (2, 2)
    obsolete = Notification.objects.filter(state=NotificationState.CANCELLED)
    assert set(obsolete.values_list("reason", flat=True)) == {NotificationReason.OBSOLETE}


@pytest.mark.django_db
def test_a_matter_that_ends_and_comes_back(due, user):
    _refresh(_before(30))
    del due["m1"]
    assert _refresh(_before(30)).cancelled == 2
    due["m1"] = (user.pk, DUE)
    assert _refresh(_before(30)).revived == 2
    assert set(_rows().values()) == {NotificationState.WAITING}
    assert _refresh(_before(30)) == NOTHING


@pytest.mark.django_db
def test_what_a_person_called_off_stays_so(user):
    _refresh(_before(90))
    cancel(actor=user, notification=Notification.objects.get())
    assert _refresh(_before(90)) == NOTHING
    assert set(_rows().values()) == {NotificationState.CANCELLED}


@pytest.mark.django_db
def test_what_left_is_left_alone(due, user):
    _refresh(_before(90))
    Notification.objects.update(state=NotificationState.SENT, finished_at=datetime(2026, 4, 1, tzinfo=UTC))
    del due["m1"]
    assert _refresh(_before(90)) == NOTHING


@pytest.mark.django_db
def test_kinds_do_not_touch_each_others_rows(due, user):
    reminders.register(
        ReminderKind(name=f"{KIND}_2", notification_kind="test_due", stages=(0,), candidates=lambda *_: [])
    )
    try:
        _refresh(_before(90))
        assert refresh_reminders(actor=SYSTEM, kind=f"{KIND}_2", on=_before(90)) == NOTHING
        assert len(_rows()) == 1
    finally:
        reminders.unregister(f"{KIND}_2")


@pytest.mark.django_db
def test_cost_grows_by_thousands_of_matters_not_by_matter(due, django_assert_num_queries):
    user = UserFactory()
    due.update({f"m{n}": (user.pk, DUE) for n in range(400)})
    # savepoint, switch, lock, table, snoozes, sample, revive, create, call off, end of table, release
    for _twice in range(2):
        with django_assert_num_queries(11):
            _refresh(_before(95))
    assert len(_rows()) == 400


@pytest.mark.django_db
def test_a_plan_says_what_a_run_would_do_and_writes_nothing(due, user):
    due["m2"] = (user.pk, DUE + timedelta(days=1))
    plan = plan_reminders(actor=SYSTEM, kind=KIND, on=_before(30))
    assert (plan.counts, plan.is_on) == (ReminderCounts(created=4), True)
    assert plan.leaving == {_before(30): 2, _before(29): 1, DUE: 1}
    assert [(c.recipient, c.subject_key, c.stage) for c in plan.first][:2] == [
        (user.public_id, "m1", -30),
        (user.public_id, "m2", -90),
    ]
    assert not _rows()
    counts = _refresh(_before(30))
    assert counts == plan.counts
    del due["m2"]
    plan = plan_reminders(actor=SYSTEM, kind=KIND, on=_before(30), limit=1)
    assert plan.counts == _refresh(_before(30)) == ReminderCounts(cancelled=2)
    assert len(plan.first) == 1


@pytest.mark.django_db
def test_a_kind_that_the_staff_stopped_is_left_as_it_is(due, user):
    _refresh(_before(90))
    KindSwitch.objects.create(kind="test_due", is_on=False)
    assert _refresh(_before(30)) == NOTHING
    assert plan_reminders(actor=SYSTEM, kind=KIND, on=_before(30)).is_on is False
    KindSwitch.objects.update(is_on=True)
    assert _refresh(_before(30)).created == 2


@pytest.mark.django_db
def test_a_matter_put_off_comes_back_on_the_day_asked_for(due, user):
    _refresh(_before(90))
    Notification.objects.update(state=NotificationState.SENT, finished_at=datetime(2026, 4, 1, tzinfo=UTC))
    Snooze.objects.create(user=user, kind="test_due", subject_key="m1", until_on=_before(20))
    Snooze.objects.create(user=UserFactory(), kind="test_due", subject_key="m1", until_on=_before(50))
    assert _refresh(_before(60)) == NOTHING
    assert _refresh(_before(40)).created == 1
    row = Notification.objects.get(state=NotificationState.WAITING)
    assert (row.stage, row.not_before.date()) == (-30, _before(20))
    Snooze.objects.all().delete()
    assert _refresh(_before(40)) == ReminderCounts(created=1, cancelled=1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "hour"), [("Europe/Paris", 6), ("America/Cayenne", 11), ("Pacific/Noumea", -3)]
)
def test_a_reminder_leaves_in_the_morning_of_its_person(user, zone, hour):
    DeliverySettings.objects.create(user=user, time_zone=zone)
    _refresh(_before(120))
    row = Notification.objects.get()
    assert row.not_before == datetime(2026, 4, 1, tzinfo=UTC) + timedelta(hours=hour)


@pytest.mark.django_db
def test_each_channel_of_a_kind_has_its_row(user):
    kind = replace(notifications.get("test_due"), channels=("email", "sms"))
    notifications.unregister("test_due")
    notifications.register(kind)
    _refresh(_before(120))
    rows = Notification.objects.order_by("channel").values_list("channel", "dedupe_key")
    key = f"{KIND}:m1:2026-06-30:-90"
    assert list(rows) == [("email", key), ("sms", f"{key}:sms")]


@pytest.mark.django_db
def test_a_payload_holds_ids_alone(due, user):
    odd = ReminderKind(
        name="test_odd",
        notification_kind="test_due",
        stages=(0,),
        candidates=lambda *_: [
            Candidate(recipient_id=user.pk, subject_key="m", due_on=DUE, payload={"n": "Ann"})
        ],
    )
    reminders.register(odd)
    try:
        with pytest.raises(ValueError, match="not an id"):
            refresh_reminders(actor=SYSTEM, kind="test_odd", on=DUE)
    finally:
        reminders.unregister("test_odd")


@pytest.mark.django_db
def test_only_a_job_refreshes_and_an_unknown_kind_is_a_fault(due):
    with pytest.raises(NotFound):
        refresh_reminders(actor=UserFactory(staff=True), kind=KIND, on=DUE)
    with pytest.raises(LookupError):
        refresh_reminders(actor=SYSTEM, kind="gossip", on=DUE)


@pytest.mark.parametrize("fields", [{"stages": ()}, {"stages": (0, 0)}, {"name": "a:b"}])
def test_a_kind_that_could_not_work_is_refused_at_start_up(fields):
    with pytest.raises(ValueError, match=r"stages|colon"):
        ReminderKind(
            **{"name": "x", "notification_kind": "y", "stages": (0,), "candidates": lambda *_: [], **fields}
        )


@pytest.mark.django_db(transaction=True)
def test_several_runs_at_once_change_what_one_would(due):
    user = UserFactory()
    due.update({f"m{n}": (user.pk, DUE) for n in range(50)})
    results = side_by_side(*[lambda: _refresh(_before(30))] * 3)
    assert sorted(counts.created for counts in results) == [0, 0, 100]
    del due["m0"]
    results = side_by_side(*[lambda: _refresh(_before(30))] * 3)
    assert sorted(counts.cancelled for counts in results) == [0, 0, 2]
