"""A convention reminds the person of its last day, and the job closes what was left without an answer."""

import datetime as dt

import pytest
import time_machine

from accounts import notifications
from accounts.actors import SYSTEM
from accounts.models import Notification
from accounts.services.reminders import refresh_reminders
from competences.services.bilan_details import describe_bilan, set_convention
from tasks.jobs.bilans import lapse
from tests.accounts.factories import NOW, TODAY
from tests.competences.bilan_steps import described, wished

pytestmark = pytest.mark.django_db


@pytest.fixture
def bilan():
    with time_machine.travel(NOW, tick=False):
        made = wished()
        person = made.worker.user
        describe_bilan(actor=person, bilan=made, described=described(funder="plan"), now=NOW)
        yield set_convention(actor=person, bilan=made, sent_on=TODAY, now=NOW)


def waiting():
    return list(Notification.objects.filter(kind="convention_due", state="waiting").order_by("not_before"))


def test_the_person_is_reminded_three_days_before_and_on_the_last_day(bilan):
    assert refresh_reminders(actor=SYSTEM, kind="convention_due", on=TODAY).created == 2
    rows = waiting()
    assert [(row.not_before.date() - TODAY).days for row in rows] == [7, 10]
    assert not notifications.get("convention_due").is_obsolete(rows[0])
    set_convention(actor=bilan.worker.user, bilan=bilan, sent_on=TODAY, answer="signed", now=NOW)
    assert notifications.get("convention_due").is_obsolete(rows[0])
    refresh_reminders(actor=SYSTEM, kind="convention_due", on=TODAY)
    assert waiting() == []


def test_the_job_closes_it_once(bilan):
    assert lapse() == {"lapsed": 0}
    with time_machine.travel(NOW + dt.timedelta(days=11), tick=False):
        assert lapse() == {"lapsed": 1}
        assert lapse() == {"lapsed": 0}
    bilan.refresh_from_db()
    assert bilan.state == "refused"
