"""Rules of the outbox: verdicts, waits, what a payload may hold. No database."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.enums import FINISHED_STATES, NOTIFICATION_MOVES, NotificationState
from accounts.rules.outbox import (
    FIRST_DELAY,
    LONGEST_DELAY,
    MAX_ATTEMPTS,
    Verdict,
    judge,
    payload_faults,
    retry_delay,
)

JITTERS = st.floats(min_value=0, max_value=1, exclude_max=True)


@pytest.mark.parametrize(
    ("code", "body_handed", "verdict"),
    [
        (250, False, Verdict.SENT),
        (421, False, Verdict.RETRY),
        (450, True, Verdict.RETRY),  # an answer came: the body was not taken
        (550, False, Verdict.GIVE_UP),
        (None, False, Verdict.RETRY),
        (None, True, Verdict.UNCERTAIN),
        (199, False, Verdict.GIVE_UP),
        (354, False, Verdict.GIVE_UP),
    ],
)
def test_verdicts(code, body_handed, verdict):
    assert judge(code, body_handed=body_handed) is verdict


@given(st.integers(min_value=1, max_value=10_000), JITTERS)
def test_a_wait_is_between_half_and_all_of_its_capped_double(attempts, jitter):
    wait = retry_delay(attempts, jitter=jitter)
    assert FIRST_DELAY / 2 <= wait <= LONGEST_DELAY


@given(st.integers(min_value=1, max_value=30), JITTERS)
def test_waits_never_shrink(attempts, jitter):
    assert retry_delay(attempts + 1, jitter=jitter) >= retry_delay(attempts, jitter=jitter)


def test_first_waits_and_the_whole_patience():
    waits = [retry_delay(attempts, jitter=1) for attempts in range(1, MAX_ATTEMPTS)]
    assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert timedelta(days=1) < sum(waits, timedelta()) < timedelta(days=3)


IDS = st.one_of(st.integers(), st.uuids().map(str), st.dates(min_value=date(1900, 1, 1)).map(date.isoformat))


@given(st.dictionaries(st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True), st.one_of(IDS, st.lists(IDS))))
def test_ids_are_accepted(payload):
    assert payload_faults(payload) == []


@pytest.mark.parametrize(
    "value",
    [
        "d4n9-a1b2c3d4e5f6",
        "https://perenne.example/compte/",
        "nadia@exemple.fr",
        "Bonjour",
        "",
        True,
        None,
        1.5,
        {"id": 1},
        [1, "token"],
        "2114F5D3-3114-488C-95F6-CF859B4D2AD0",
        "2026-3-2",
        "20260302",
    ],
)
def test_anything_else_is_a_fault(value):
    assert len(payload_faults({"key": value})) == 1


@pytest.mark.parametrize("key", ["", "Clé", "a b", "x" * 41, "1st"])
def test_keys_are_short_names(key):
    assert payload_faults({key: 1})


@given(st.text())
def test_no_free_text_passes_for_an_id(text):
    is_id = payload_faults({"key": text}) == []
    assert not is_id or len(text) in (10, 36)


def test_moves_name_every_state_and_nothing_leaves_twice_by_itself():
    assert set(NOTIFICATION_MOVES) == set(NotificationState)
    assert NOTIFICATION_MOVES[NotificationState.SENT] == frozenset()
    assert all(NotificationState.SENDING not in NOTIFICATION_MOVES[state] for state in FINISHED_STATES)
