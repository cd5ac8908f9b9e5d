"""What is asked too often is refused for the rest of its window, to that person alone."""

import datetime as dt

import pytest
import time_machine

from accounts.errors import Refused
from accounts.rates import count, refuse_too_often
from tests.accounts.factories import UserFactory

AT = dt.datetime(2026, 3, 12, 9, 20, tzinfo=dt.UTC)


@pytest.fixture
def clock():
    with time_machine.travel(AT, tick=False) as traveller:
        yield traveller


def test_a_window_counts_each_asker_and_scope_apart_and_begins_again(clock):
    assert [count("a", "x", "2/hour").is_within for _time in range(3)] == [True, True, False]
    assert count("a", "y", "2/hour").is_within
    assert count("b", "x", "2/hour").is_within
    assert count("a", "x", "2/hour").rest == 40 * 60
    clock.shift(dt.timedelta(minutes=40))
    assert count("a", "x", "2/hour").is_within


def test_a_person_is_told_from_when_they_may_ask_again(db, clock, settings):
    settings.PERSON_RATES = {"cv_pdf": "1/hour"}
    user = UserFactory()
    refuse_too_often("cv_pdf", user)
    refuse_too_often("cv_pdf", UserFactory())
    with pytest.raises(Refused) as refused:
        refuse_too_often("cv_pdf", user, field="file")
    assert (refused.value.code, refused.value.field) == ("too_often", "file")
    assert "à partir de 11:00" in str(refused.value.message)
