"""Two hands on one handover at the same moment, each on a connection of its own."""

import pytest

from accounts.access import SYSTEM
from accounts.errors import Refused
from accounts.models import Handover, HandoverPart, Mandate
from accounts.services.handover_moves import settle_handovers
from accounts.services.handovers import withdraw_handover
from accounts.services.mandates import withdraw_mandate
from tests.accounts.factories import NOW, MembershipFactory
from tests.accounts.handover_builder import answer, person_of, propose, two_advisers
from tests.accounts.side_by_side import side_by_side

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_handovers_of_one_person_ask_once():
    camille, sam = two_advisers()
    lou = MembershipFactory(organisation=camille.organisation)
    worker = person_of(camille)
    results = side_by_side(lambda: propose(camille, sam, worker), lambda: propose(camille, lou, worker))
    assert sorted(type(result).__name__ for result in results) == ["Handover", "Refused"]
    assert HandoverPart.objects.get().state == "proposed"


def test_one_key_pressed_three_times_at_once_makes_one_handover():
    camille, sam = two_advisers()
    worker, key = person_of(camille), Handover().key
    results = side_by_side(*[lambda: propose(camille, sam, worker, key=key)] * 3)
    assert len({result.pk for result in results}) == 1


def test_a_yes_and_a_no_at_once_leave_one_answer():
    camille, sam = two_advisers()
    worker = person_of(camille)
    handover = propose(camille, sam, worker)
    results = side_by_side(
        lambda: answer(worker, handover, follow_up="yes"), lambda: answer(worker, handover, follow_up="no")
    )
    assert sum(isinstance(result, Refused) for result in results) == 1
    part = HandoverPart.objects.get()
    assert Mandate.objects.filter(adviser=sam.user).count() == (part.state == "accepted")


def test_a_yes_and_the_proposer_who_takes_back_at_once():
    camille, sam = two_advisers()
    worker = person_of(camille)
    handover = propose(camille, sam, worker)
    side_by_side(
        lambda: answer(worker, handover, follow_up="yes"),
        lambda: withdraw_handover(actor=camille.user, handover=handover, now=NOW),
    )
    part = HandoverPart.objects.get()
    assert part.state in ("accepted", "withdrawn")
    assert Mandate.objects.filter(adviser=sam.user).count() == (part.state == "accepted")


def test_the_job_twice_and_a_withdrawal_at_once():
    camille, sam = two_advisers()
    worker = person_of(camille)
    propose(camille, sam, worker)
    old = Mandate.objects.get()
    HandoverPart.objects.update(moves_on=NOW.date())
    results = side_by_side(
        lambda: settle_handovers(actor=SYSTEM, now=NOW),
        lambda: settle_handovers(actor=SYSTEM, now=NOW),
        lambda: withdraw_mandate(actor=worker.user, mandate=old, now=NOW),
    )
    assert not [result for result in results if isinstance(result, Exception)]
    part = HandoverPart.objects.get()
    assert part.state in ("silent", "lapsed")
    assert Mandate.objects.filter(adviser=sam.user).count() == (part.state == "silent")
