"""Each constraint of bilans, their moves and appointments, by name: it holds, and says why in French."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from accounts.constraints import broken_constraint
from competences.models import Appointment, Bilan, BilanMove
from tests.accounts.factories import NOW, TODAY, UserFactory
from tests.competences.bilan_steps import at, mandate_of, wished

pytestmark = pytest.mark.django_db

YESTERDAY = TODAY - dt.timedelta(days=1)


def changed(**fields):
    """A bilan whose columns are written without its services."""
    return lambda: Bilan.objects.filter(pk=wished().pk).update(**fields)


def appointment(**fields):
    def make():
        said = {"kind": "accompaniment", "starts_at": at(), "minutes": 60, "created_at": NOW, **fields}
        Appointment.objects.create(worker=UserFactory().worker, **said)

    return make


def second():
    worker = wished().worker
    Bilan.objects.create(worker=worker, created_at=NOW, moved_at=NOW)


def adviser_alone(make):
    return lambda: make(adviser=mandate_of(UserFactory()).adviser)()


BREAKERS = {
    "bilan_one_running": second,
    "bilan_words_known": changed(state="asleep"),
    "bilan_adviser_in_an_organisation": adviser_alone(changed),
    "bilan_cost_not_negative": changed(cost=-1),
    "bilan_consent_has_its_text": changed(consented_at=NOW),
    "bilan_convention_answered_after_sent": changed(
        convention_sent_on=TODAY, convention_answer="signed", convention_answered_on=YESTERDAY
    ),
    "bilan_ends_after_it_starts": changed(started_on=TODAY, ended_on=YESTERDAY),
    "bilan_move_role_known": lambda: BilanMove.objects.create(
        bilan=wished(), after="wished", actor_name="Ana", role="king", at=NOW
    ),
    "appointment_words_known": appointment(kind="party"),
    "appointment_minutes_in_bounds": appointment(minutes=481),
    "appointment_adviser_in_an_organisation": adviser_alone(appointment),
}


@pytest.mark.parametrize("name", BREAKERS)
def test_a_constraint_holds(name):
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        BREAKERS[name]()
    assert broken_constraint(error.value) == name


def test_every_constraint_is_broken_here_and_speaks():
    constraints = [one for model in (Bilan, BilanMove, Appointment) for one in model._meta.constraints]
    assert {one.name for one in constraints} == set(BREAKERS)
    assert all(str(one.violation_error_message).endswith(".") for one in constraints)
