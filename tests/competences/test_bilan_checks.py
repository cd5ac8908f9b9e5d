"""The checks of a bilan against the law, as tables; dates of five years as properties. No database."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competences.bilan_words import CHECK_NAMES, SENTENCES, check_words, duration_words, reason_words
from competences.enums import BilanState
from competences.rules import bilan_checks as rule
from competences.rules.bilan_checks import BilanFacts, EarlierBilan
from competences.rules.bilan_readiness import blocking, has_room, missing
from competences.rules.bilans import MOVES, Hours, is_undoable, moves_from
from competences.rules.legal import Figure

READ = dt.date(2026, 11, 23)
ON = dt.date(2026, 11, 24)


def figure(value, *, certain=True):
    return Figure(value=value, article="article", read_on=READ, is_certain=certain)


FIGURES = {
    "bilan.hours.least": figure("13"),
    "bilan.hours.least_for": figure("all", certain=False),
    "bilan.hours.most": figure("24"),
    "bilan.waiting.years": figure("5"),
    "bilan.waiting.from": figure("end", certain=False),
    "bilan.ceiling.cpf": figure("1600"),
    "bilan.convention.days": figure("10"),
    "bilan.convention.silence": figure("refusal"),
    "bilan.qualiopi": figure("required"),
}
FACTS = BilanFacts(
    state="prepared",
    requested_on=ON,
    need="Changer",
    provider="Cabinet du Port",
    employers=("Usine Neuve",),
    is_certified=True,
    funder="cpf",
    cost=Decimal(1500),
    has_consent=True,
)


def hours(accompaniment=0, work=0, planned=0):
    return Hours(accompaniment=accompaniment * 60, personal_work=work * 60, planned=planned * 60)


def found(name, facts=FACTS, figures=FIGURES, on=ON):
    check = next(check for check in rule.checks(facts, figures, on) if check.name == name)
    assert check_words(check)
    return (check.answer, check.code)


@pytest.mark.parametrize(
    ("provider", "employers", "perhaps", "shares", "expected"),
    [
        ("", ("Usine",), (), False, ("to_check", "provider_unknown")),
        ("Cabinet du Port", ("Usine Neuve",), (), False, ("ok", "provider_apart")),
        ("Cabinet du Port", (), (), False, ("to_check", "employer_unknown")),
        ("Usine Neuve", ("Usine Neuve",), (), False, ("not_ok", "provider_is_employer")),
        ("USINE-NEUVE S.A.S.", ("Usine neuve",), (), False, ("not_ok", "provider_is_employer")),
        ("Société Usine Neuve SAS", ("Usine Neuve",), (), False, ("not_ok", "provider_is_employer")),
        ("Usine Neuve Formation", ("Usine Neuve",), (), False, ("to_check", "provider_like_employer")),
        ("Usine Neuvee", ("Usine Neuve",), (), False, ("to_check", "provider_like_employer")),
        ("Cap Bilan", ("Usine",), ("Cap Bilan",), False, ("to_check", "provider_like_employer")),
        ("Cap Bilan", ("Usine",), (), True, ("to_check", "adviser_of_employer")),
        ("Cap Bilan", ("SAS",), (), False, ("ok", "provider_apart")),
    ],
)
def test_the_provider_is_not_the_employer(provider, employers, perhaps, shares, expected):
    facts = replace(
        FACTS, provider=provider, employers=employers, perhaps_employers=perhaps, shares_employer=shares
    )
    assert found("provider", facts) == expected


@given(st.text(max_size=40), st.text(max_size=40))
def test_likeness_of_names_is_the_same_both_ways(one, other):
    assert rule.same_name(one, other) == rule.same_name(other, one)
    assert rule.alike(one, one) == rule.same_name(one, one)
    if rule.same_name(one, other):
        assert rule.alike(one, other)


@pytest.mark.parametrize(
    ("state", "funder", "spent", "expected"),
    [
        ("investigation", "cpf", hours(12, planned=1), ("to_check", "hours_to_come")),
        ("investigation", "cpf", hours(13), ("ok", "long_enough")),
        ("closed", "cpf", hours(12, work=12), ("not_ok", "too_short")),
        ("closed", "own", hours(12), ("not_ok", "too_short")),
        ("closed", "cpf", hours(13, work=11), ("ok", "long_enough")),
        ("conclusions", "cpf", hours(13, work=12), ("not_ok", "too_long")),
    ],
)
def test_thirteen_to_twenty_four_hours(state, funder, spent, expected):
    assert found("length", replace(FACTS, state=state, funder=funder, hours=spent)) == expected


def test_the_least_length_by_its_switch_and_before_it_existed():
    short = replace(FACTS, state="closed", funder="own", hours=hours(2))
    funded = {**FIGURES, "bilan.hours.least_for": figure("funded", certain=False)}
    assert found("length", short, funded) == ("ok", "no_least_length")
    assert found("length", replace(short, funder="cpf"), funded) == ("not_ok", "too_short")
    before = {key: value for key, value in FIGURES.items() if "least" not in key}
    assert found("length", replace(short, funder="cpf"), before) == ("ok", "no_least_length")


def earlier(ended, funder="cpf", *, asked=None, stopped=False):
    day = dt.date.fromisoformat(ended)
    return EarlierBilan(
        funder=funder, ended_on=day, requested_on=dt.date.fromisoformat(asked or ended), was_stopped=stopped
    )


@pytest.mark.parametrize(
    ("asked", "before", "noted", "expected"),
    [
        ("2026-11-24", (), None, ("ok", "waited_enough")),
        ("2026-11-24", (earlier("2021-11-25"),), None, ("not_ok", "too_early")),
        ("2026-11-24", (earlier("2021-11-24"),), None, ("ok", "waited_enough")),
        ("2033-02-27", (earlier("2028-02-29"),), None, ("not_ok", "too_early")),
        ("2033-02-28", (earlier("2028-02-29"),), None, ("ok", "waited_enough")),
        ("2026-11-24", (earlier("2024-01-01", "own"),), None, ("ok", "waited_enough")),
        ("2026-11-24", (earlier("2024-01-01", "plan"),), None, ("to_check", "perhaps_too_early")),
        ("2026-11-24", (earlier("2024-01-01", stopped=True),), None, ("to_check", "perhaps_too_early")),
        ("2026-11-24", (), "2022-12-24", ("to_check", "perhaps_too_early")),
        ("2026-11-24", (), "2020-01-01", ("ok", "waited_enough")),
        ("2026-11-24", (earlier("2024-01-01", "own"),), "2024-01-01", ("ok", "waited_enough")),
        ("2026-11-24", (earlier("2015-01-01"), earlier("2022-05-05")), None, ("not_ok", "too_early")),
    ],
)
def test_five_years_since_the_last_funded_one(asked, before, noted, expected):
    facts = replace(
        FACTS,
        requested_on=dt.date.fromisoformat(asked),
        earlier=before,
        last_noted_on=dt.date.fromisoformat(noted) if noted else None,
    )
    assert found("waiting", facts) == expected


def test_the_five_years_count_from_the_end_or_from_the_request():
    facts = replace(FACTS, earlier=(earlier("2022-02-01", asked="2021-10-01"),))
    assert found("waiting", facts) == ("not_ok", "too_early")
    by_request = {**FIGURES, "bilan.waiting.from": figure("request", certain=False)}
    assert found("waiting", facts, by_request) == ("ok", "waited_enough")
    check = rule.waiting(facts, FIGURES)
    assert (check.is_certain, check.values["free_on"]) == (False, dt.date(2027, 2, 1))


@pytest.mark.parametrize(
    ("funder", "expected"),
    [
        ("france_travail", ("to_check", "too_early")),
        ("own", ("ok", "no_waiting")),
        ("plan", ("ok", "no_waiting")),
    ],
)
def test_the_five_years_bind_public_money(funder, expected):
    facts = replace(FACTS, funder=funder, earlier=(earlier("2024-01-01"),))
    assert found("waiting", facts) == expected


def test_no_waiting_before_the_decree():
    before = {key: value for key, value in FIGURES.items() if "waiting" not in key}
    facts = replace(FACTS, earlier=(earlier("2024-01-01"),))
    assert found("waiting", facts, before) == ("ok", "no_waiting")


days = st.dates(dt.date(1950, 1, 1), dt.date(2100, 12, 31))


@given(days, st.integers(1, 40))
def test_a_period_of_years_ends_on_its_day_or_on_the_last_of_the_month(day, years):
    free = rule.free_again(day, years)
    assert (free.year, free.month) == (day.year + years, day.month)
    assert free.day == day.day or (day.month, day.day, free.day) == (2, 29, 28)


@given(days, days, st.integers(1, 40))
def test_a_later_bilan_never_frees_earlier(one, other, years):
    first, second = sorted((one, other))
    assert rule.free_again(first, years) <= rule.free_again(second, years)


@given(st.lists(days, max_size=5), days)
def test_one_day_more_never_turns_a_yes_into_a_no(ended, asked):
    facts = replace(
        FACTS,
        requested_on=asked,
        earlier=tuple(EarlierBilan(funder="cpf", requested_on=day, ended_on=day) for day in ended),
    )
    today = rule.waiting(facts, FIGURES).answer
    tomorrow = rule.waiting(replace(facts, requested_on=asked + dt.timedelta(days=1)), FIGURES).answer
    assert (today, tomorrow) != ("ok", "not_ok")


@pytest.mark.parametrize(
    ("funder", "cost", "expected", "rest"),
    [
        ("cpf", "1600", ("ok", "under_ceiling"), 0),
        ("cpf", "1600.01", ("to_check", "above_ceiling"), Decimal("0.01")),
        ("cpf", "2100", ("to_check", "above_ceiling"), 500),
        ("cpf", None, ("to_check", "price_unknown"), None),
        ("own", "2100", ("ok", "no_ceiling"), None),
    ],
)
def test_what_the_cpf_pays_and_what_is_left(funder, cost, expected, rest):
    facts = replace(FACTS, funder=funder, cost=Decimal(cost) if cost else None)
    assert found("ceiling", facts) == expected
    assert rule.ceiling(facts, FIGURES).values.get("rest") == rest


@pytest.mark.parametrize(
    ("funder", "sent", "answer", "expected"),
    [
        ("cpf", None, "", ("ok", "no_convention")),
        ("plan", None, "", ("not_ok", "convention_not_sent")),
        ("plan", 0, "", ("to_check", "convention_waiting")),
        ("plan", 10, "", ("to_check", "convention_waiting")),
        ("plan", 11, "", ("not_ok", "convention_silence")),
        ("reclassification", 40, "signed", ("ok", "convention_signed")),
        ("reclassification", 3, "refused", ("not_ok", "convention_refused")),
    ],
)
def test_the_convention_and_its_ten_days(funder, sent, answer, expected):
    sent_on = None if sent is None else ON - dt.timedelta(days=sent)
    facts = replace(FACTS, funder=funder, sent_on=sent_on, answer=answer)
    assert found("convention", facts) == expected


def test_ten_days_over_the_end_of_february_and_a_change_of_clocks():
    assert rule.last_day_to_answer(dt.date(2028, 2, 20), FIGURES) == dt.date(2028, 3, 1)
    assert rule.last_day_to_answer(dt.date(2026, 10, 20), FIGURES) == dt.date(2026, 10, 30)


@pytest.mark.parametrize(
    ("funder", "certified", "expected"),
    [
        ("cpf", True, ("ok", "certified")),
        ("cpf", None, ("to_check", "certification_unknown")),
        ("other_public", False, ("not_ok", "not_certified")),
        ("plan", False, ("to_check", "not_certified_for_pooled")),
        ("own", False, ("ok", "no_certification")),
        ("free", None, ("ok", "no_certification")),
    ],
)
def test_public_money_pays_a_certified_provider(funder, certified, expected):
    assert found("certification", replace(FACTS, funder=funder, is_certified=certified)) == expected


def test_a_check_says_where_and_when_it_was_read():
    for check in rule.checks(FACTS, FIGURES, ON):
        assert check.article
        assert check.read_on == READ
        assert check.name in CHECK_NAMES


# What is missing -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("move", "changes", "blocks", "warns"),
    [
        ("prepare", {}, set(), set()),
        ("prepare", {"need": " ", "funder": ""}, {"no_need", "no_funder"}, set()),
        ("prepare", {"provider": "Usine Neuve"}, {"provider_is_employer"}, set()),
        ("prepare", {"provider": "Usine Neuve Conseil"}, set(), {"provider_like_employer"}),
        ("prepare", {"has_consent": False}, set(), set()),
        ("prepare", {"funder": "plan"}, set(), set()),
        ("begin", {"has_consent": False}, {"consent_missing"}, set()),
        ("begin", {"funder": "plan"}, {"convention_not_sent"}, set()),
        ("begin", {"cost": Decimal(2000), "is_certified": False}, set(), {"above_ceiling", "not_certified"}),
        ("begin", {"earlier": (earlier("2024-01-01"),)}, set(), {"too_early"}),
        ("investigate", {}, set(), {"no_interview_yet"}),
        ("conclude", {"hours": hours(1)}, set(), set()),
        ("close", {"hours": hours(12)}, set(), {"too_short_to_close"}),
        ("close", {"hours": hours(13), "planned_appointments": 2}, set(), {"appointments_to_come"}),
        ("close", {"hours": hours(20, work=5)}, {"too_long"}, set()),
        ("abandon", {"has_consent": False, "need": ""}, set(), set()),
        ("refuse", {"has_consent": False, "need": ""}, set(), set()),
    ],
)  # fmt: skip
def test_what_is_missing_for_a_move(move, changes, blocks, warns):
    reasons = missing(move, replace(FACTS, **changes), FIGURES, ON)
    assert {reason.code for reason in blocking(reasons)} == blocks
    assert {reason.code for reason in reasons} - blocks == warns
    assert all(reason_words(reason) for reason in reasons)


@given(
    st.sampled_from(BilanState.values),
    st.booleans(),
    st.text(max_size=5),
    st.sampled_from(["", "cpf", "plan"]),
)
def test_nothing_ever_keeps_a_person_from_stopping(state, consent, need, funder):
    facts = replace(FACTS, state=state, has_consent=consent, need=need, funder=funder)
    assert missing("abandon", facts, FIGURES, ON) == missing("refuse", facts, FIGURES, ON) == []


@pytest.mark.parametrize(("standing", "more", "fits"), [(0, 1440, True), (1380, 60, True), (1380, 61, False)])
def test_a_bilan_has_room_for_twenty_four_hours(standing, more, fits):
    assert has_room(standing, more, FIGURES) is fits


def test_moves_of_each_role():
    assert moves_from("preliminary", "person") == ("investigate", "abandon", "refuse")
    assert moves_from("preliminary", "adviser") == ("investigate",)
    assert moves_from("wished", "machine") == ("lapse",)
    assert moves_from("abandoned", "person") == moves_from("follow_up", "adviser") == ()


def test_only_moves_of_the_table_are_taken_back():
    assert is_undoable("preliminary", "investigation", "adviser")
    assert is_undoable("prepared", "abandoned", "person")
    assert not is_undoable("investigation", "preliminary", "person")
    assert not is_undoable("conclusions", "closed", "person")
    assert not is_undoable("prepared", "refused", "machine")


def test_every_state_of_the_table_is_one_that_the_house_knows():
    states = {state for move in MOVES.values() for state in (*move.before, move.after)}
    assert states == set(BilanState.values)
    assert SENTENCES


@pytest.mark.parametrize(
    ("minutes", "words"), [(45, "45 min"), (60, "1 h"), (150, "2 h 30"), (65, "1 h 05"), (0, "0 min")]
)
def test_a_length_in_words(minutes, words):
    assert duration_words(minutes) == words
