"""Appointments: planned, moved, called off, held, counted; who may, who is told, and what two tabs do."""

import datetime as dt

import pytest
from django.utils import timezone
from icalendar import Calendar

from accounts import reminders
from accounts.actors import SYSTEM
from accounts.errors import NotFound, Refused
from accounts.models import Notification
from accounts.services.mandates import withdraw_mandate
from accounts.services.reminders import refresh_reminders
from competences.calendars import hour_calendar
from competences.models import Appointment
from competences.queries.appointments import given_appointments
from competences.queries.bilans import hours_of
from competences.services.appointments import (
    cancel_appointment,
    hold_appointment,
    miss_appointment,
    move_appointment,
    plan_appointment,
)
from competences.services.bilan_moves import abandon_bilan, close_bilan
from tests.accounts.factories import NOW, TODAY, MandateFactory, UserFactory
from tests.accounts.handover_builder import answer, person_of, propose, two_advisers
from tests.accounts.side_by_side import side_by_side
from tests.competences.bilan_steps import at, bilan_in, held, mandate_of, planned, said

pytestmark = pytest.mark.django_db

NEXT_WEEK = at(TODAY + dt.timedelta(days=7))
LAST_WEEK = at(TODAY - dt.timedelta(days=7))
ACTS = {"cancel": cancel_appointment, "hold": hold_appointment, "miss": miss_appointment}


@pytest.fixture
def person():
    return UserFactory(name="Ana")


@pytest.fixture
def mandate(person):
    return mandate_of(person)


@pytest.fixture
def bilan(person, mandate):
    return bilan_in("investigation", person, mandate)


def told(user):
    return Notification.objects.filter(recipient=user, kind="appointment_changed").count()


@pytest.mark.parametrize("by_adviser", [True, False])
def test_the_other_side_is_told_of_each_change(bilan, person, mandate, by_adviser):
    actor, other = (mandate.adviser, person) if by_adviser else (person, mandate.adviser)
    made = planned(bilan, actor=actor)
    assert (told(actor), told(other)) == (0, 1)
    later = said(NEXT_WEEK + dt.timedelta(days=1))
    moved = move_appointment(actor=actor, appointment=made, version=1, said=later, now=NOW)
    assert (moved.version, moved.adviser, told(other)) == (2, mandate.adviser, 2)
    assert move_appointment(actor=actor, appointment=made, version=2, said=later, now=NOW).version == 2
    assert cancel_appointment(actor=actor, appointment=made, now=NOW).state == "cancelled"
    assert cancel_appointment(actor=actor, appointment=made, now=NOW).version == 3
    assert (told(actor), told(other)) == (0, 3)


def test_of_two_tabs_the_second_is_told_and_writes_nothing(bilan, person, mandate):
    made = planned(bilan)
    move_appointment(actor=mandate.adviser, appointment=made, version=1, said=said(NEXT_WEEK, 90), now=NOW)
    with pytest.raises(Refused, match="changed_since"):
        move_appointment(actor=person, appointment=made, version=1, said=said(NEXT_WEEK, 60), now=NOW)
    made.refresh_from_db()
    assert made.minutes == 90


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_leave_one(bilan, person, mandate):
    made = planned(bilan)
    done = side_by_side(
        *[
            lambda minutes=minutes: move_appointment(
                actor=person, appointment=made, version=1, said=said(NEXT_WEEK, minutes), now=NOW
            )
            for minutes in (30, 45, 60)
        ]
    )
    assert sum(isinstance(one, Appointment) for one in done) == 1
    assert {one.code for one in done if not isinstance(one, Appointment)} == {"changed_since"}


@pytest.mark.django_db(transaction=True)
def test_two_appointments_at_once_never_pass_twenty_four_hours(bilan, person):
    held(bilan, 20 * 60)
    done = side_by_side(*[lambda: planned(bilan, minutes=180) for _ in range(2)])
    assert sum(isinstance(one, Appointment) for one in done) == 1
    assert {one.code for one in done if not isinstance(one, Appointment)} == {"bilan_too_long"}


def test_a_bilan_takes_twenty_four_hours_and_not_a_minute_more(bilan, person):
    held(bilan, 23 * 60)
    with pytest.raises(Refused, match="bilan_too_long"):
        planned(bilan, minutes=61)
    made = planned(bilan, minutes=60)
    with pytest.raises(Refused, match="bilan_too_long"):
        move_appointment(actor=person, appointment=made, version=1, said=said(NEXT_WEEK, 75), now=NOW)
    cancel_appointment(actor=person, appointment=made, now=NOW)
    assert planned(bilan, minutes=60).state == "planned"


def test_hours_are_counted_once_held_and_accompaniment_apart(bilan, person):
    first = plan_appointment(
        actor=person, worker=person.worker, bilan=bilan, said=said(LAST_WEEK, 150), now=NOW
    )
    work = plan_appointment(
        actor=person, worker=person.worker, bilan=bilan, said=said(LAST_WEEK, 90, "personal_work"), now=NOW
    )
    planned(bilan, minutes=45)
    assert (work.state, work.adviser) == ("held", None)
    assert (hours_of(bilan).accompaniment, hours_of(bilan).planned) == (0, 195)
    hold_appointment(actor=person, appointment=first, now=NOW)
    hours = hours_of(bilan)
    assert (hours.accompaniment, hours.personal_work, hours.planned, hours.total) == (150, 90, 45, 240)
    miss_appointment(actor=person, appointment=first, now=NOW)
    assert hours_of(bilan).total == 90


def test_a_follow_up_interview_is_not_of_the_hours(person, mandate):
    bilan = bilan_in("conclusions", person, mandate)
    close_bilan(actor=person, bilan=bilan, now=NOW)
    bilan.refresh_from_db()
    made = planned(bilan, days=180, minutes=60)
    hold_appointment(actor=person, appointment=made, now=NOW + dt.timedelta(days=181))
    assert hours_of(bilan).total == 0


@pytest.mark.parametrize("state", ["abandoned", "refused", "follow_up"])
def test_nothing_is_planned_in_a_bilan_that_is_over(person, state):
    bilan = bilan_in(state, person)
    with pytest.raises(Refused, match="bilan_over"):
        planned(bilan)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"minutes": 10}, "bad_minutes"),
        ({"minutes": 500}, "bad_minutes"),
        ({"kind": "party"}, "bad_kind"),
        ({"place": "x" * 201}, "long_text"),
        ({"starts_at": at(dt.date(2029, 1, 1))}, "far_day"),
        ({"starts_at": at(dt.date(2020, 1, 1))}, "far_day"),
    ],
)
def test_what_an_appointment_may_say(bilan, person, fields, code):
    with pytest.raises(Refused, match=code):
        plan_appointment(
            actor=person,
            worker=person.worker,
            bilan=bilan,
            said=said(**{"starts_at": NEXT_WEEK, **fields}),
            now=NOW,
        )


def test_an_adviser_notes_no_work_for_the_person(bilan, mandate):
    with pytest.raises(Refused, match="not_yours"):
        plan_appointment(
            actor=mandate.adviser,
            worker=bilan.worker,
            bilan=bilan,
            said=said(LAST_WEEK, kind="personal_work"),
            now=NOW,
        )


@pytest.mark.parametrize("name", ["hold", "miss"])
def test_what_is_to_come_has_not_been_held_nor_missed(bilan, person, name):
    made = planned(bilan)
    with pytest.raises(Refused, match="appointment_to_come"):
        ACTS[name](actor=person, appointment=made, now=NOW)
    cancel_appointment(actor=person, appointment=made, now=NOW)
    with pytest.raises(Refused, match="appointment_off"):
        ACTS[name](actor=person, appointment=made, now=NOW + dt.timedelta(days=30))


# Who -------------------------------------------------------------------------------------------------------


def test_a_neighbour_who_accompanies_somebody_else_does_nothing(bilan, mandate):
    neighbour = mandate_of(other := UserFactory()).adviser
    MandateFactory(worker=other.worker, adviser=neighbour)
    made = planned(bilan)
    for act in ACTS.values():
        with pytest.raises(NotFound):
            act(actor=neighbour, appointment=made, now=NOW)
    with pytest.raises(NotFound):
        move_appointment(actor=neighbour, appointment=made, version=1, said=said(NEXT_WEEK), now=NOW)
    with pytest.raises(NotFound):
        plan_appointment(actor=neighbour, worker=bilan.worker, bilan=bilan, said=said(NEXT_WEEK), now=NOW)
    with pytest.raises(NotFound):
        plan_appointment(actor=neighbour, worker=bilan.worker, said=said(NEXT_WEEK), now=NOW)


def test_outside_a_bilan_a_mandate_to_follow_up_is_enough(person):
    mandate = MandateFactory(worker=person.worker)
    made = plan_appointment(
        actor=person, worker=person.worker, mandate=mandate, said=said(NEXT_WEEK), now=NOW
    )
    assert (made.adviser, made.organisation, made.bilan) == (mandate.adviser, mandate.organisation, None)
    assert list(given_appointments(mandate.adviser, TODAY)) == [made]
    by_adviser = plan_appointment(actor=mandate.adviser, worker=person.worker, said=said(NEXT_WEEK), now=NOW)
    assert by_adviser.adviser == mandate.adviser
    withdraw_mandate(actor=person, mandate=mandate, now=NOW - dt.timedelta(hours=1))
    assert not given_appointments(mandate.adviser, TODAY).exists()
    with pytest.raises(NotFound):
        cancel_appointment(actor=mandate.adviser, appointment=made, now=NOW)
    assert cancel_appointment(actor=person, appointment=made, now=NOW).state == "cancelled"


def test_a_mandate_to_review_is_for_no_appointment(person):
    mandate = MandateFactory(worker=person.worker, purpose="review")
    for actor in (person, mandate.adviser):
        with pytest.raises(NotFound):
            plan_appointment(
                actor=actor, worker=person.worker, mandate=mandate, said=said(NEXT_WEEK), now=NOW
            )


def test_a_person_says_with_whom_outside_a_bilan(person):
    with pytest.raises(Refused, match="no_adviser"):
        plan_appointment(actor=person, worker=person.worker, said=said(NEXT_WEEK), now=NOW)


def test_an_adviser_of_follow_up_sees_nothing_of_a_bilan(bilan, person, mandate):
    planned(bilan)
    other = MandateFactory(worker=person.worker)
    assert not given_appointments(other.adviser, TODAY).exists()
    assert given_appointments(mandate.adviser, TODAY).count() == 1
    abandon_bilan(actor=person, bilan=bilan, now=NOW)
    assert not given_appointments(mandate.adviser, TODAY).exists()


# Reminders and calendars -----------------------------------------------------------------------------------


def reminded(person):
    rows = Notification.objects.filter(kind="appointment_near", recipient=person, state="waiting")
    return sorted(timezone.localdate(row.not_before) for row in rows)


def test_a_former_adviser_reads_an_appointment_and_writes_nothing():
    camille, sam = two_advisers()
    worker = person_of(camille)
    about = {"worker": worker, "adviser": camille.user, "organisation": camille.organisation}
    past, coming = (
        Appointment.objects.create(kind="accompaniment", starts_at=at, minutes=60, created_at=NOW, **about)
        for at in (LAST_WEEK, NEXT_WEEK)
    )
    answer(worker, propose(camille, sam, worker), follow_up="yes")
    assert given_appointments(camille.user, TODAY).count() == 2
    for act in ACTS.values():
        with pytest.raises(NotFound):
            act(actor=camille.user, appointment=past, now=NOW)
    with pytest.raises(NotFound):
        move_appointment(actor=camille.user, appointment=coming, version=1, said=said(NEXT_WEEK, 90), now=NOW)


def test_a_reminder_a_week_and_a_day_before_follows_the_appointment(bilan, person, time_machine):
    time_machine.move_to(NOW, tick=False)
    made = planned(bilan, days=20)
    on = TODAY
    assert refresh_reminders(actor=SYSTEM, kind="appointment_near", on=on).created == 2
    assert refresh_reminders(actor=SYSTEM, kind="appointment_near", on=on).created == 0
    assert reminded(person) == [on + dt.timedelta(days=13), on + dt.timedelta(days=19)]
    later = said(at(TODAY + dt.timedelta(days=25)))
    move_appointment(actor=person, appointment=made, version=1, said=later, now=NOW)
    refresh_reminders(actor=SYSTEM, kind="appointment_near", on=on)
    assert reminded(person) == [on + dt.timedelta(days=18), on + dt.timedelta(days=24)]
    cancel_appointment(actor=person, appointment=made, now=NOW)
    refresh_reminders(actor=SYSTEM, kind="appointment_near", on=on)
    assert reminded(person) == []
    assert reminders.get("appointment_near").stages == (-7, -1)


@pytest.mark.parametrize(
    ("day", "utc"), [(dt.date(2026, 3, 28), 13), (dt.date(2026, 3, 29), 12), (dt.date(2026, 10, 25), 13)]
)
def test_a_calendar_entry_stands_at_its_hour_on_either_side_of_a_change_of_clocks(day, utc):
    content = hour_calendar(
        uid="x@perenne",
        starts_at=at(day),
        minutes=90,
        title="Rendez-vous",
        text="Les détails sont dans votre espace.",
        place="Salle 2",
        url="https://perenne.invalid/x",
        version=3,
        is_cancelled=False,
        now=NOW,
    )
    [event] = Calendar.from_ical(content).walk("VEVENT")
    assert event.decoded("dtstart") == dt.datetime(day.year, day.month, day.day, utc, tzinfo=dt.UTC)
    assert event.decoded("dtend") - event.decoded("dtstart") == dt.timedelta(minutes=90)
    assert (str(event["location"]), event["sequence"], str(event["status"])) == ("Salle 2", 3, "CONFIRMED")
