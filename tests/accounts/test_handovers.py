"""Handovers: each person answers for each purpose, silence moves follow-up alone, all is undone in time."""

import uuid
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from accounts import grants
from accounts.access import SYSTEM, access_worker, is_visible
from accounts.enums import Purpose
from accounts.errors import NotFound, Refused
from accounts.mandate_texts import MANDATE_TEXTS
from accounts.models import FileOpening, Handover, HandoverPart, Mandate, Notification
from accounts.services.handover_moves import settle_handovers
from accounts.services.handovers import (
    MOST_A_DAY,
    MOST_PEOPLE,
    end_reading,
    propose_handover,
    reopen_answer,
    undo_handover,
    withdraw_handover,
)
from accounts.services.mandates import grant_mandate, withdraw_mandate
from law.models import LegalParameter
from tests.accounts.factories import NOW, TODAY, MembershipFactory, UserFactory
from tests.accounts.handover_builder import answer, person_of, propose, two_advisers

pytestmark = pytest.mark.django_db
ALL = (Purpose.FOLLOW_UP, Purpose.REVIEW, Purpose.BILAN)
DAY = timedelta(days=1)


@pytest.fixture
def places():
    return two_advisers()


def states(worker):
    return {part.purpose: part.state for part in HandoverPart.objects.filter(worker=worker)}


def seen(adviser, worker, on=TODAY):
    return {purpose.value for purpose in ALL if is_visible(adviser.user, worker, purpose, on=on)}


def settle(days):
    return settle_handovers(actor=SYSTEM, now=NOW + days * DAY)


def test_nobody_is_written_to_all_day(places):
    camille, sam = places
    worker = person_of(camille)
    for _time in range(MOST_A_DAY):
        withdraw_handover(actor=camille.user, handover=propose(camille, sam, worker), now=NOW)
    told = Notification.objects.count()
    with pytest.raises(Refused, match="too_many_handovers"):
        propose(camille, sam, worker)
    assert Notification.objects.count() == told
    assert propose(camille, sam, worker, now=NOW + DAY)


def test_a_proposal_moves_nothing_and_tells_everybody_neutrally(places):
    camille, sam = places
    worker = person_of(camille, *ALL)
    handover = propose(camille, sam, worker, note="  Je change   de poste. ")
    assert handover.note == "Je change de poste."
    assert set(states(worker).values()) == {"proposed"}
    assert seen(camille, worker) == {"follow_up", "review", "bilan"}
    assert seen(sam, worker) == set()
    told = {(row.kind, row.recipient) for row in Notification.objects.all()}
    assert told == {("handover_proposed", worker.user), ("handover_offered", sam.user)}
    assert {tuple(row.payload) for row in Notification.objects.all()} == {("handover",)}


def test_the_person_answers_purpose_by_purpose(places):
    camille, sam = places
    worker = person_of(camille, *ALL, end_on=TODAY + 90 * DAY)
    handover = propose(camille, sam, worker)
    answer(worker, handover, follow_up="yes", review="no", bilan="later")
    assert states(worker) == {"follow_up": "accepted", "review": "declined", "bilan": "proposed"}
    assert seen(sam, worker) == {"follow_up"}
    assert seen(camille, worker) == {"review", "bilan"}
    given = Mandate.objects.get(adviser=sam.user)
    assert (given.text_version, given.start_on, given.end_on) == ("handover-1", TODAY, TODAY + 90 * DAY)
    assert given.text_version in MANDATE_TEXTS
    assert Notification.objects.filter(kind="handover_answered").count() == 2


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, "proposed"), (14, "proposed"), (15, "silent"), (40, "silent")],
)
def test_silence_moves_follow_up_alone_and_after_fourteen_days(places, days, expected):
    camille, sam = places
    worker = person_of(camille, *ALL)
    propose(camille, sam, worker)
    settle(days)
    assert states(worker) == {"follow_up": expected, "review": "proposed", "bilan": "proposed"}
    on = TODAY + days * DAY
    assert seen(sam, worker, on) == ({"follow_up"} if expected == "silent" else set())
    assert settle(days) == {}
    if expected == "silent":
        assert Mandate.objects.get(adviser=sam.user).text_version == "handover-silence-1"
        moved = Notification.objects.filter(kind="handover_moved").values_list("recipient", flat=True)
        assert set(moved) == {worker.user_id, camille.user_id, sam.user_id}


def test_days_are_those_of_paris(places):
    camille, sam = places
    worker = person_of(camille)
    # 12 March, 23.30 in UTC, is 13 March in Paris; the clocks change on 29 March.
    late = datetime(2026, 3, 12, 23, 30, tzinfo=timezone.get_fixed_timezone(0))
    propose(camille, sam, worker, now=late)
    assert HandoverPart.objects.get().moves_on == date(2026, 3, 28)


@pytest.mark.parametrize("when", ["before", "after"])
def test_the_switch_says_whether_silence_moves(places, when):
    camille, sam = places
    worker = person_of(camille)
    switch = LegalParameter.objects.filter(key="handover.silence")
    if when == "before":
        switch.update(value="stays")
    propose(camille, sam, worker)
    switch.update(value="stays")
    settle(15)
    assert states(worker) == {"follow_up": "proposed"}


def test_a_no_is_an_objection_even_when_it_is_taken_back(places):
    camille, sam = places
    worker = person_of(camille)
    handover = propose(camille, sam, worker)
    [part] = answer(worker, handover, follow_up="no")
    reopen_answer(actor=worker.user, part=part, now=NOW + DAY)
    settle(30)
    assert states(worker) == {"follow_up": "proposed"}
    answer(worker, handover, now=NOW + 30 * DAY, follow_up="yes")
    assert states(worker) == {"follow_up": "accepted"}


def test_the_former_adviser_reads_for_thirty_days_and_no_more(places):
    camille, sam = places
    worker = person_of(camille)
    [part] = answer(worker, propose(camille, sam, worker), follow_up="yes")
    assert part.reads_until == TODAY + 30 * DAY
    assert access_worker(camille.user, worker.public_id, Purpose.HANDOVER, on=TODAY + 29 * DAY)
    assert FileOpening.objects.get().purpose == "handover"
    for on, actor in ((TODAY + 30 * DAY, camille.user), (TODAY, sam.user), (TODAY, UserFactory())):
        with pytest.raises(NotFound):
            access_worker(actor, worker.public_id, Purpose.HANDOVER, on=on)
    assert seen(camille, worker) == set()
    [granted] = grants.listed(worker, TODAY)
    assert (granted.who, granted.until) == ("Camille", TODAY + 30 * DAY)


def test_a_neighbour_who_reads_after_another_handover_does_not_read_this_one(places):
    camille, sam = places
    mine, theirs = person_of(camille), UserFactory().worker
    other = MembershipFactory(organisation=camille.organisation)
    person_of(other, worker=theirs)
    answer(mine, propose(camille, sam, mine), follow_up="yes")
    answer(theirs, propose(other, sam, theirs), follow_up="yes")
    with pytest.raises(NotFound):
        access_worker(other.user, mine.public_id, Purpose.HANDOVER, on=TODAY)


def test_the_person_ends_the_reading_at_once(places):
    camille, sam = places
    worker = person_of(camille)
    [part] = answer(worker, propose(camille, sam, worker), follow_up="yes")
    for _twice in range(2):
        end_reading(actor=worker.user, part=part, now=NOW)
    assert not is_visible(camille.user, worker, Purpose.HANDOVER, on=TODAY)
    assert seen(sam, worker) == {"follow_up"}


def test_reading_falls_with_the_membership(places):
    camille, sam = places
    worker = person_of(camille)
    answer(worker, propose(camille, sam, worker), follow_up="yes")
    camille.end_on = TODAY
    camille.save()
    assert not is_visible(camille.user, worker, Purpose.HANDOVER, on=TODAY)


@pytest.mark.parametrize("silence", [False, True])
def test_the_person_undoes_for_a_day(places, silence):
    camille, sam = places
    worker = person_of(camille)
    handover = propose(camille, sam, worker)
    days = 15 if silence else 0
    if silence:
        settle(15)
    else:
        answer(worker, handover, follow_up="yes")
    part, on = HandoverPart.objects.get(), TODAY + days * DAY
    undo_handover(actor=worker.user, part=part, now=NOW + days * DAY + timedelta(hours=23))
    on += DAY
    assert seen(camille, worker, on) == {"follow_up"}
    assert seen(sam, worker, on) == set()
    assert not is_visible(camille.user, worker, Purpose.HANDOVER, on=on)
    newest = Mandate.objects.filter(adviser=camille.user).latest("pk")
    assert newest.text_version == "handover-undone-1"
    with pytest.raises(Refused):
        undo_handover(actor=worker.user, part=part, now=NOW + days * DAY)


def test_after_a_day_it_is_too_late_to_undo_or_to_take_a_no_back(places):
    camille, sam = places
    worker = person_of(camille, Purpose.FOLLOW_UP, Purpose.REVIEW)
    handover = propose(camille, sam, worker)
    yes, no = answer(worker, handover, follow_up="yes", review="no")
    late = NOW + timedelta(hours=24, seconds=1)
    for call, part in ((undo_handover, yes), (reopen_answer, no)):
        with pytest.raises(Refused) as caught:
            call(actor=worker.user, part=part, now=late)
        assert caught.value.code == "too_late"
    assert states(worker) == {"follow_up": "accepted", "review": "declined"}


def test_the_proposer_takes_back_for_a_day_what_nobody_answered(places):
    camille, sam = places
    first, second = person_of(camille), person_of(camille)
    handover = propose(camille, sam, first, second)
    answer(first, handover, follow_up="yes")
    for actor in (sam.user, UserFactory(), first.user):
        with pytest.raises(NotFound):
            withdraw_handover(actor=actor, handover=handover, now=NOW)
    assert withdraw_handover(actor=camille.user, handover=handover, now=NOW + DAY) == 1
    assert states(first) == {"follow_up": "accepted"}
    assert states(second) == {"follow_up": "withdrawn"}
    assert propose(camille, sam, second)
    late = propose(camille, sam, person_of(camille))
    with pytest.raises(Refused):
        withdraw_handover(actor=camille.user, handover=late, now=NOW + DAY + timedelta(seconds=1))


def refused(camille, to_adviser, *workers, **fields):
    given = {"organisation": camille.organisation, "key": uuid.uuid4(), "now": NOW, **fields}
    with pytest.raises(Refused) as caught:
        propose_handover(actor=camille.user, to_adviser=to_adviser, workers=workers, **given)
    assert not Handover.objects.exists()
    return caught.value.code


def test_who_may_not_take_over(places):
    camille, _sam = places
    worker = person_of(camille)
    assert refused(camille, camille.user, worker) == "to_oneself"
    left = MembershipFactory(organisation=camille.organisation, ended=True)
    closed = MembershipFactory(organisation=camille.organisation, user__closed=True)
    for place in (MembershipFactory(), left, closed):
        assert refused(camille, place.user, worker) == "not_an_adviser_there"


def test_who_may_not_be_asked(places):
    camille, sam = places
    gone, other = person_of(camille, withdrawn=True), person_of(MembershipFactory())
    assert refused(camille, sam.user, gone, other) == "nobody_to_ask"
    assert refused(camille, sam.user) == "nobody_to_ask"
    too_many = [gone] * (MOST_PEOPLE + 1)
    assert refused(camille, sam.user, *too_many) == "too_many_people"
    assert refused(camille, sam.user, gone, note="x" * 501) == "long_note"


def test_the_others_are_asked_and_who_was_left_out_is_said_with_the_reason(places):
    camille, sam = places
    asked, waiting, gone = person_of(camille), person_of(camille), person_of(camille, ended=True)
    theirs = person_of(camille, worker=sam.user.worker)
    propose(camille, sam, waiting)
    done = propose_handover(
        actor=camille.user,
        to_adviser=sam.user,
        organisation=camille.organisation,
        workers=[asked, waiting, gone, theirs],
        key=uuid.uuid4(),
        now=NOW,
    )
    assert {part.worker for part in done.handover.parts.all()} == {asked}
    assert {worker for worker, _reason in done.left_out} == {waiting, gone, theirs}
    assert len({str(reason) for _worker, reason in done.left_out}) == 3


def test_one_press_of_the_button_makes_one_handover(places):
    camille, sam = places
    worker, key = person_of(camille), uuid.uuid4()
    assert propose(camille, sam, worker, key=key) == propose(camille, sam, worker, key=key)
    assert Notification.objects.filter(kind="handover_proposed").count() == 1


def test_a_person_answers_for_themselves_alone(places):
    camille, sam = places
    worker, neighbour = person_of(camille), person_of(camille)
    handover = propose(camille, sam, worker, neighbour)
    [part] = handover.parts.filter(worker=worker)
    from accounts.services.handovers import answer_handover

    for actor in (neighbour.user, camille.user, sam.user, UserFactory(staff=True)):
        with pytest.raises(NotFound):
            answer_handover(actor=actor, handover=handover, answers={part.public_id: "yes"}, now=NOW)
    with pytest.raises(NotFound):
        answer_handover(actor=worker.user, handover=handover, answers={part.public_id: "perhaps"}, now=NOW)
    moved = answer(worker, handover, follow_up="yes")[0]
    for call in (undo_handover, end_reading, reopen_answer):
        with pytest.raises(NotFound):
            call(actor=neighbour.user, part=moved, now=NOW)
    assert states(neighbour) == {"follow_up": "proposed"}


def test_an_answer_given_twice_is_told(places):
    camille, sam = places
    worker = person_of(camille)
    handover = propose(camille, sam, worker)
    answer(worker, handover, follow_up="yes")
    with pytest.raises(Refused) as caught:
        answer(worker, handover, follow_up="no")
    assert caught.value.code == "handover_over"
    assert Mandate.objects.filter(adviser=sam.user).count() == 1


def test_an_access_withdrawn_meanwhile_ends_the_question(places):
    camille, sam = places
    worker = person_of(camille)
    handover = propose(camille, sam, worker)
    withdraw_mandate(actor=worker.user, mandate=Mandate.objects.get(worker=worker), now=NOW)
    assert not HandoverPart.objects.to_answer(TODAY).exists()
    with pytest.raises(Refused) as caught:
        answer(worker, handover, follow_up="yes")
    assert caught.value.code == "mandate_over"
    assert settle(15) == {"lapsed": 1}
    assert seen(sam, worker, TODAY + 15 * DAY) == set()


def test_a_colleague_who_leaves_meanwhile_takes_nothing_over(places):
    camille, sam = places
    worker = person_of(camille)
    handover = propose(camille, sam, worker)
    sam.end_on = TODAY + DAY
    sam.save()
    with pytest.raises(Refused) as caught:
        answer(worker, handover, now=NOW + DAY, follow_up="yes")
    assert caught.value.code == "colleague_left"
    assert settle(15) == {"lapsed": 1}
    assert seen(camille, worker, TODAY + 15 * DAY) == {"follow_up"}


def test_where_the_former_adviser_left_only_a_yes_moves(places):
    camille, sam = places
    worker = person_of(camille)
    handover = propose(camille, sam, worker)
    camille.end_on = TODAY + DAY
    camille.save()
    assert settle(15) == {}
    [part] = answer(worker, handover, now=NOW + 20 * DAY, follow_up="yes")
    assert seen(sam, worker, TODAY + 20 * DAY) == {"follow_up"}
    undo_handover(actor=worker.user, part=part, now=NOW + 20 * DAY)
    assert seen(sam, worker, TODAY + 20 * DAY) == set()
    assert Mandate.objects.filter(adviser=camille.user).count() == 1


def test_a_person_who_leaves_leaves_no_question(places):
    camille, sam = places
    worker = person_of(camille)
    handover = propose(camille, sam, worker)
    worker.user.delete()
    assert not handover.parts.exists()
    assert settle(15) == {}


def test_a_colleague_who_has_the_access_already_is_given_no_second(places):
    camille, sam = places
    worker = person_of(camille)
    mine = grant_mandate(
        actor=worker.user,
        worker=worker,
        adviser=sam.user,
        organisation=sam.organisation,
        purpose=Purpose.FOLLOW_UP,
        on=TODAY,
        granted_at=NOW,
    )
    [part] = answer(worker, propose(camille, sam, worker), follow_up="yes")
    assert Mandate.objects.filter(adviser=sam.user).count() == 1
    undo_handover(actor=worker.user, part=part, now=NOW)
    mine.refresh_from_db()
    assert mine.withdrawn_at is None


def test_an_access_to_come_is_not_covered_twice(places):
    camille, sam = places
    worker = person_of(camille)
    grant_mandate(
        actor=worker.user,
        worker=worker,
        adviser=sam.user,
        organisation=sam.organisation,
        purpose=Purpose.FOLLOW_UP,
        on=TODAY + 10 * DAY,
        granted_at=NOW,
    )
    answer(worker, propose(camille, sam, worker), follow_up="yes")
    assert Mandate.objects.get(adviser=sam.user, start_on=TODAY).end_on == TODAY + 10 * DAY


def test_only_the_machine_settles():
    with pytest.raises(NotFound):
        settle_handovers(actor=UserFactory(staff=True))
