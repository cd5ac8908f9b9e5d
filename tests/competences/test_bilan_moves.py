"""The life of a bilan: who moves it, from where to where, what it asks, and what it leaves."""

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone

from accounts.actors import SYSTEM
from accounts.errors import DomainError, NotFound, Refused
from accounts.models import Notification
from accounts.services.mandates import withdraw_mandate
from competences.bilan_texts import CURRENT_VERSION
from competences.models import Appointment, Bilan, BilanMove, BilanPlan
from competences.queries.bilans import accompanied_bilan, accompanied_bilans
from competences.rules.bilans import MOVES, RUNNING
from competences.services import bilan_moves
from competences.services.bilan_details import (
    consent_to_bilan,
    describe_bilan,
    set_convention,
    withdraw_consent,
)
from competences.services.bilans import set_bilan_plan
from tests.accounts.factories import NOW, TODAY, MandateFactory, UserFactory
from tests.accounts.side_by_side import side_by_side
from tests.competences.bilan_steps import bilan_in, described, held, mandate_of, planned, wished

pytestmark = pytest.mark.django_db

STATES = ["wished", "prepared", "preliminary", "investigation", "conclusions", "closed", "follow_up"]
STATES += ["abandoned", "refused"]
BY_PERSON = [name for name in MOVES if name != "lapse"]


def move(name, bilan, actor, now=NOW):
    return getattr(bilan_moves, f"{name}_bilan")(actor=actor, bilan=bilan, now=now)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", BY_PERSON)
def test_a_move_starts_where_the_table_says_and_nowhere_else(name, state):
    bilan = bilan_in(state)
    if state in MOVES[name].before:
        assert move(name, bilan, bilan.worker.user).state == MOVES[name].after
    else:
        with pytest.raises(Refused, match="bilan_elsewhere"):
            move(name, bilan, bilan.worker.user)
        bilan.refresh_from_db()
        assert bilan.state == state


@pytest.mark.parametrize("name", BY_PERSON)
def test_an_adviser_moves_the_phases_and_stops_nothing(name):
    person = UserFactory()
    mandate = mandate_of(person)
    bilan = bilan_in(MOVES[name].before[-1], person, mandate)
    if "adviser" in MOVES[name].by:
        assert move(name, bilan, mandate.adviser).state == MOVES[name].after
        assert bilan.moves.order_by("-pk").first().role == "adviser"
    else:
        with pytest.raises(DomainError):
            move(name, bilan, mandate.adviser)
        bilan.refresh_from_db()
        assert bilan.state == MOVES[name].before[-1]


@pytest.mark.parametrize("name", BY_PERSON)
def test_a_neighbour_who_accompanies_somebody_else_moves_nothing(name):
    person = UserFactory()
    bilan = bilan_in(MOVES[name].before[0], person, mandate_of(person))
    neighbour = bilan_in("preliminary", theirs := UserFactory(), mandate_of(theirs)).adviser
    with pytest.raises(NotFound):
        move(name, bilan, neighbour)


def test_the_log_says_who_in_what_capacity_and_when():
    person = UserFactory(name="Ana")
    mandate = mandate_of(person)
    bilan = bilan_in("preliminary", person, mandate)
    move("investigate", bilan, mandate.adviser, NOW + dt.timedelta(days=3))
    assert list(bilan.moves.values_list("before", "after", "actor_name", "role")) == [
        ("", "wished", "Ana", "person"),
        ("wished", "prepared", "Ana", "person"),
        ("prepared", "preliminary", "Ana", "person"),
        ("preliminary", "investigation", mandate.adviser.name, "adviser"),
    ]
    assert bilan.moves.last().at == NOW + dt.timedelta(days=3)


def test_a_person_has_one_running_bilan():
    bilan = wished()
    with pytest.raises(Refused, match="bilan_one_running"):
        wished(bilan.worker.user)
    bilan_moves.abandon_bilan(actor=bilan.worker.user, bilan=bilan, now=NOW)
    assert wished(bilan.worker.user).state == "wished"


@pytest.mark.django_db(transaction=True)
def test_two_wishes_at_once_make_one_bilan():
    person = UserFactory()
    done = side_by_side(*[lambda: wished(person)] * 4)
    assert sum(isinstance(one, Bilan) for one in done) == 1
    assert {one.code for one in done if not isinstance(one, Bilan)} == {"bilan_one_running"}
    assert BilanMove.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_stop_and_a_step_at_once_are_one_after_the_other():
    person = UserFactory()
    mandate = mandate_of(person)
    bilan = bilan_in("preliminary", person, mandate)
    done = side_by_side(
        lambda: bilan_moves.abandon_bilan(actor=person, bilan=bilan, now=NOW),
        lambda: bilan_moves.investigate_bilan(actor=mandate.adviser, bilan=bilan, now=NOW),
    )
    bilan.refresh_from_db()
    assert bilan.state == "abandoned"
    rows = list(bilan.moves.values_list("before", "after"))
    assert all(rows[i][1] == rows[i + 1][0] for i in range(len(rows) - 1))
    assert isinstance(done[0], Bilan)


# What is missing -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"need": " "}, "missing_no_need"),
        ({"provider_name": ""}, "missing_no_provider"),
        ({"funder": ""}, "missing_no_funder"),
    ],
)
def test_a_bilan_is_prepared_once_need_provider_and_funder_are_said(fields, code):
    bilan = wished()
    person = bilan.worker.user
    describe_bilan(actor=person, bilan=bilan, described=described(**fields), now=NOW)
    with pytest.raises(Refused, match=code):
        bilan_moves.prepare_bilan(actor=person, bilan=bilan, now=NOW)


def test_nobody_begins_without_the_consent_of_the_person():
    person = UserFactory()
    mandate = mandate_of(person)
    bilan = bilan_in("prepared", person, mandate)
    withdraw_consent(actor=person, bilan=bilan, now=NOW)
    for actor in (person, mandate.adviser):
        with pytest.raises(Refused, match="consent_missing"):
            bilan_moves.begin_bilan(actor=actor, bilan=bilan, now=NOW)
    with pytest.raises(NotFound):
        consent_to_bilan(actor=mandate.adviser, bilan=bilan, version=CURRENT_VERSION, now=NOW)
    kept = consent_to_bilan(actor=person, bilan=bilan, version=CURRENT_VERSION, now=NOW)
    assert (kept.consented_at, kept.consent_version) == (NOW, CURRENT_VERSION)
    assert bilan_moves.begin_bilan(actor=mandate.adviser, bilan=bilan, now=NOW).started_on == TODAY


def test_a_consent_to_another_text_is_none():
    bilan = wished()
    with pytest.raises(Refused, match="text_changed"):
        consent_to_bilan(actor=bilan.worker.user, bilan=bilan, version="0", now=NOW)


def test_the_employer_is_never_the_provider():
    bilan = wished()
    said = described(provider_name="Usine-Neuve SAS")
    with pytest.raises(Refused, match="provider_is_employer") as refusal:
        describe_bilan(actor=bilan.worker.user, bilan=bilan, described=said, now=NOW)
    assert refusal.value.field == "provider"
    bilan.refresh_from_db()
    assert bilan.provider_name == ""


def test_the_adviser_of_another_persons_mandate_cannot_be_chosen():
    bilan = wished()
    others = mandate_of(UserFactory())
    with pytest.raises(Refused, match="no_mandate"):
        describe_bilan(actor=bilan.worker.user, bilan=bilan, described=described(others), now=NOW)


def test_the_funder_stays_once_the_bilan_has_begun():
    bilan = bilan_in("preliminary")
    with pytest.raises(Refused, match="funder_stays"):
        describe_bilan(actor=bilan.worker.user, bilan=bilan, described=described(funder="own"), now=NOW)
    said = described(cost=1200, need="Autre chose")
    assert describe_bilan(actor=bilan.worker.user, bilan=bilan, described=said, now=NOW).cost == 1200


def test_a_short_bilan_may_be_closed_and_a_long_one_may_not():
    bilan = bilan_in("conclusions")
    held(bilan, 25 * 60)
    with pytest.raises(Refused, match="missing_too_long"):
        bilan_moves.close_bilan(actor=bilan.worker.user, bilan=bilan, now=NOW)
    Appointment.objects.first().delete()
    assert bilan_moves.close_bilan(actor=bilan.worker.user, bilan=bilan, now=NOW).ended_on == TODAY


def test_the_rhythm_starts_again_from_a_closed_bilan():
    bilan = bilan_in("conclusions")
    person = bilan.worker.user
    set_bilan_plan(
        actor=person, worker=person.worker, last_on=dt.date(2020, 2, 29), rhythm_months=24, on=TODAY
    )
    bilan_moves.close_bilan(actor=person, bilan=bilan, now=NOW)
    plan = BilanPlan.objects.get()
    assert (plan.last_on, plan.next_on) == (TODAY, TODAY.replace(year=TODAY.year + 2))


# Stopping --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", RUNNING)
@pytest.mark.parametrize("name", ["abandon", "refuse"])
def test_a_bilan_that_was_stopped_is_seen_by_its_person_alone(state, name):
    person = UserFactory()
    mandate = mandate_of(person)
    bilan = bilan_in(state, person, mandate)
    assert accompanied_bilans(mandate.adviser, TODAY).exists()
    told = Notification.objects.filter(recipient=mandate.adviser).count()
    move(name, bilan, person)
    assert not accompanied_bilans(mandate.adviser, TODAY).exists()
    with pytest.raises(NotFound):
        accompanied_bilan(mandate.adviser, person.worker.public_id, bilan.public_id, on=TODAY)
    assert Notification.objects.filter(recipient=mandate.adviser).count() == told


def test_stopping_calls_off_what_was_to_come_and_tells_who_waits():
    person = UserFactory()
    mandate = mandate_of(person)
    bilan = bilan_in("preliminary", person, mandate)
    ahead = planned(bilan)
    before = Notification.objects.filter(recipient=mandate.adviser, kind="appointment_changed").count()
    move("abandon", bilan, person)
    ahead.refresh_from_db()
    assert ahead.state == "cancelled"
    rows = Notification.objects.filter(recipient=mandate.adviser, kind="appointment_changed")
    assert rows.count() == before + 1


@pytest.mark.parametrize("state", RUNNING)
def test_a_stop_is_taken_back_for_a_day(state):
    bilan = bilan_in(state)
    person = bilan.worker.user
    started = bilan.started_on
    move("abandon", bilan, person)
    back = bilan_moves.undo_move(actor=person, bilan=bilan, now=NOW + dt.timedelta(hours=23))
    assert (back.state, back.started_on, back.ended_on) == (state, started, None)
    with pytest.raises(Refused, match="not_undoable"):
        bilan_moves.undo_move(actor=person, bilan=bilan, now=NOW + dt.timedelta(hours=23))


def test_a_stop_is_not_taken_back_after_a_day_nor_beside_another_bilan():
    bilan = wished()
    person = bilan.worker.user
    move("refuse", bilan, person)
    with pytest.raises(Refused, match="not_undoable"):
        bilan_moves.undo_move(actor=person, bilan=bilan, now=NOW + dt.timedelta(hours=25))
    wished(person)
    with pytest.raises(Refused, match="bilan_one_running"):
        bilan_moves.undo_move(actor=person, bilan=bilan, now=NOW)


def test_an_adviser_takes_back_their_own_step_and_no_other():
    person = UserFactory()
    mandate = mandate_of(person)
    bilan = bilan_in("preliminary", person, mandate)
    with pytest.raises(Refused, match="not_undoable"):
        bilan_moves.undo_move(actor=mandate.adviser, bilan=bilan, now=NOW)
    move("investigate", bilan, mandate.adviser)
    with pytest.raises(Refused, match="not_undoable"):
        bilan_moves.undo_move(actor=person, bilan=bilan, now=NOW)
    assert bilan_moves.undo_move(actor=mandate.adviser, bilan=bilan, now=NOW).state == "preliminary"


def test_a_closed_bilan_stays_closed():
    bilan = bilan_in("closed")
    with pytest.raises(Refused, match="not_undoable"):
        bilan_moves.undo_move(actor=bilan.worker.user, bilan=bilan, now=NOW)


# The mandate -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["withdrawn", "ended"])
def test_an_adviser_whose_mandate_is_over_moves_nothing(how):
    person = UserFactory()
    mandate = mandate_of(person)
    bilan = bilan_in("preliminary", person, mandate)
    if how == "withdrawn":
        withdraw_mandate(actor=person, mandate=mandate, now=NOW - dt.timedelta(hours=1))
    else:
        type(mandate).objects.filter(pk=mandate.pk).update(end_on=TODAY)
    with pytest.raises(NotFound):
        move("investigate", bilan, mandate.adviser)
    assert not accompanied_bilans(mandate.adviser, TODAY).exists()


def test_a_mandate_to_follow_up_opens_no_bilan():
    person = UserFactory()
    mandate = mandate_of(person)
    bilan = bilan_in("preliminary", person, mandate)
    withdraw_mandate(actor=person, mandate=mandate, now=NOW)
    MandateFactory(worker=person.worker, adviser=mandate.adviser, organisation=mandate.organisation)
    with pytest.raises(NotFound):
        move("investigate", bilan, mandate.adviser)


def test_the_account_of_the_adviser_goes_and_the_bilan_stays():
    person = UserFactory()
    mandate = mandate_of(person)
    bilan = bilan_in("preliminary", person, mandate)
    name = mandate.adviser.name
    adviser = mandate.adviser
    move("investigate", bilan, adviser)
    type(mandate).objects.all().delete()
    adviser.delete()
    bilan.refresh_from_db()
    assert (bilan.adviser, bilan.state) == (None, "investigation")
    assert bilan.moves.last().actor_name == name
    assert move("conclude", bilan, person).state == "conclusions"


# The convention --------------------------------------------------------------------------------------------


def with_plan(state="wished", mandate=None, person=None):
    bilan = wished(person)
    person = bilan.worker.user
    describe_bilan(actor=person, bilan=bilan, described=described(mandate, funder="plan"), now=NOW)
    consent_to_bilan(actor=person, bilan=bilan, version=CURRENT_VERSION, now=NOW)
    return bilan_moves.prepare_bilan(actor=person, bilan=bilan, now=NOW) if state == "prepared" else bilan


def test_a_bilan_of_the_plan_begins_once_its_convention_is_signed():
    bilan = with_plan("prepared")
    person = bilan.worker.user
    with pytest.raises(Refused, match="convention_not_sent"):
        bilan_moves.begin_bilan(actor=person, bilan=bilan, now=NOW)
    set_convention(actor=person, bilan=bilan, sent_on=TODAY, now=NOW)
    with pytest.raises(Refused, match="convention_waiting"):
        bilan_moves.begin_bilan(actor=person, bilan=bilan, now=NOW)
    set_convention(actor=person, bilan=bilan, sent_on=TODAY, answer="signed", now=NOW)
    assert bilan_moves.begin_bilan(actor=person, bilan=bilan, now=NOW).state == "preliminary"


def test_a_refused_convention_refuses_the_bilan_and_may_be_taken_back():
    bilan = with_plan("prepared")
    person = bilan.worker.user
    set_convention(actor=person, bilan=bilan, sent_on=TODAY, answer="refused", now=NOW)
    bilan.refresh_from_db()
    assert bilan.state == "refused"
    back = bilan_moves.undo_move(actor=person, bilan=bilan, now=NOW)
    assert (back.state, back.convention_answer, back.convention_sent_on) == ("prepared", "", TODAY)


@pytest.mark.parametrize(("days", "is_refused"), [(10, False), (11, True)])
def test_silence_is_a_refusal_after_ten_days(days, is_refused):
    bilan = with_plan("prepared")
    set_convention(actor=bilan.worker.user, bilan=bilan, sent_on=TODAY, now=NOW)
    later = NOW + dt.timedelta(days=days)
    assert bilan_moves.lapse_conventions(actor=SYSTEM, now=later) == int(is_refused)
    assert bilan_moves.lapse_conventions(actor=SYSTEM, now=later) == 0
    bilan.refresh_from_db()
    assert bilan.state == ("refused" if is_refused else "prepared")
    told = Notification.objects.filter(recipient=bilan.worker.user, kind="bilan_moved")
    assert told.exists() == is_refused
    if is_refused:
        last = bilan.moves.last()
        assert (last.role, last.actor) == ("machine", None)


def test_a_late_job_changes_nothing():
    bilan = with_plan("prepared")
    person = bilan.worker.user
    set_convention(actor=person, bilan=bilan, sent_on=TODAY, now=NOW)
    later = NOW + dt.timedelta(days=11)
    with pytest.raises(Refused, match="convention_silence"):
        bilan_moves.begin_bilan(actor=person, bilan=bilan, now=later)
    with pytest.raises(Refused, match="convention_silence"):
        set_convention(actor=person, bilan=bilan, sent_on=TODAY, answer="signed", now=later)
    assert wished(person, now=later).state == "wished"
    bilan.refresh_from_db()
    assert bilan.state == "refused"


def test_a_signature_in_time_may_be_noted_late():
    bilan = with_plan("prepared")
    person = bilan.worker.user
    later, signed_on = NOW + dt.timedelta(days=30), TODAY + dt.timedelta(days=10)
    done = set_convention(
        actor=person, bilan=bilan, sent_on=TODAY, answer="signed", answered_on=signed_on, now=later
    )
    assert done.convention_answered_on == signed_on


def test_an_adviser_notes_the_sending_and_never_the_answer():
    person = UserFactory()
    mandate = mandate_of(person)
    bilan = with_plan("prepared", mandate, person)
    set_convention(actor=mandate.adviser, bilan=bilan, sent_on=TODAY, now=NOW)
    with pytest.raises(NotFound):
        set_convention(actor=mandate.adviser, bilan=bilan, sent_on=TODAY, answer="signed", now=NOW)


def test_another_funder_makes_the_convention_void():
    bilan = with_plan("prepared")
    person = bilan.worker.user
    set_convention(actor=person, bilan=bilan, sent_on=TODAY, now=NOW)
    found = describe_bilan(actor=person, bilan=bilan, described=described(funder="own"), now=NOW)
    assert (found.convention_sent_on, found.convention_answer) == (None, "")
    with pytest.raises(Refused, match="no_convention"):
        set_convention(actor=person, bilan=bilan, sent_on=TODAY, now=NOW)


def test_the_person_and_the_adviser_hear_of_each_other():
    person = UserFactory()
    mandate = mandate_of(person)
    bilan = bilan_in("prepared", person, mandate)
    assert Notification.objects.filter(kind="bilan_moved", recipient=mandate.adviser).count() == 1
    move("begin", bilan, mandate.adviser)
    assert Notification.objects.filter(kind="bilan_moved", recipient=person).count() == 1


def test_a_person_who_leaves_takes_the_bilan_along():
    person = UserFactory()
    mandate = mandate_of(person)
    bilan = bilan_in("investigation", person, mandate)
    planned(bilan)
    person.delete()
    assert not Bilan.objects.exists()
    assert not Appointment.objects.exists()
    assert list(accompanied_bilans(mandate.adviser, timezone.localdate(NOW))) == []
    assert connection.in_atomic_block
