"""Durability, exposure, fragility and ageing: tables of cases, and what must hold whatever the facts."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competences.enums import SignalKind
from competences.importers.signals import FORMATS
from competences.rules.ageing import CONFIRMED_MONTHS, PRACTISED_MONTHS, AgeingFacts, ageing
from competences.rules.clocks import add_months
from competences.rules.durability import WORDS, DurabilityFacts, durability
from competences.rules.exposure import (
    BANDS,
    Exposure,
    ExposureFacts,
    JobScore,
    exposure,
    word_of,
)
from competences.rules.fragility import FragilityFacts, fragility


def scores(*values, inherited=0):
    return [JobScore(Decimal(value), n < inherited) for n, value in enumerate(values)]


def exposed(word):
    """An exposure whose only source says that word; None: no source speaks."""
    value = {"low": "0.1", "partial": "0.45", "high": "0.6"}.get(word)
    return exposure(ExposureFacts(jobs=1, scores={"ilo": scores(value)} if value else {}))


CASES = [
    # jobs, areas, editions, asked in, exposure -> word and reasons
    (0, 0, 2, 0, None, None, ["never_asked"]),
    (0, 0, 2, 1, None, "fragile", ["no_job_left", "not_in_every_edition"]),
    (1, 1, 2, 2, None, "fragile", ["one_job", "in_every_edition", "exposure_unknown"]),
    (2, 1, 2, 2, "low", "to_watch", ["few_jobs", "in_every_edition", "exposure_not_high"]),
    (4, 4, 2, 2, "partial", "to_watch", ["few_jobs", "in_every_edition", "exposure_not_high"]),
    (4, 4, 2, 2, "high", "fragile", ["few_jobs", "in_every_edition", "exposure_high"]),
    (5, 1, 2, 2, None, "durable", ["several_jobs", "in_every_edition", "exposure_unknown"]),
    (10, 2, 2, 2, "low", "durable", ["several_jobs", "in_every_edition", "exposure_not_high"]),
    (10, 3, 2, 2, "low", "very_durable", ["many_jobs", "in_every_edition", "exposure_not_high"]),
    (10, 3, 2, 2, "high", "durable", ["many_jobs", "in_every_edition", "exposure_high"]),
    (10, 3, 2, 1, "low", "durable", ["many_jobs", "not_in_every_edition", "exposure_not_high"]),
    (10, 3, 1, 1, "low", "durable", ["many_jobs", "persistence_unknown", "exposure_not_high"]),
    (
        10,
        None,
        2,
        2,
        "low",
        "durable",
        ["several_jobs_areas_unknown", "in_every_edition", "exposure_not_high"],
    ),
    (1, 1, 1, 1, "high", "fragile", ["one_job", "persistence_unknown", "exposure_high"]),
]


@pytest.mark.parametrize(("jobs", "areas", "editions", "asked_in", "word", "expected", "reasons"), CASES)
def test_durability_is_a_word_with_its_reasons(jobs, areas, editions, asked_in, word, expected, reasons):
    found = durability(DurabilityFacts(jobs, areas, editions, asked_in, exposed(word)))
    assert found.word == expected
    assert [reason.code for reason in found.reasons] == reasons


@pytest.mark.parametrize(("jobs", "editions", "asked_in"), [(1, 2, 0), (0, 2, 3)])
def test_facts_that_cannot_be_together_are_refused(jobs, editions, asked_in):
    with pytest.raises(ValueError, match="more often"):
        durability(DurabilityFacts(jobs, 1, editions, asked_in, exposed(None)))


@st.composite
def skills(draw):
    editions = draw(st.integers(1, 12))
    asked_in = draw(st.integers(1, editions))
    jobs = draw(st.integers(0, 40))
    areas = draw(st.none() | st.integers(min(jobs, 1), min(jobs, 14)))
    return DurabilityFacts(
        jobs, areas, editions, asked_in, exposed(draw(st.sampled_from([None, "low", "partial", "high"])))
    )


def rank(facts):
    return WORDS.index(durability(facts).word)


@given(skills(), st.integers(1, 30), st.integers(0, 5))
def test_more_jobs_or_areas_are_never_less_durable(facts, jobs, areas):
    more = replace(
        facts, jobs=facts.jobs + jobs, areas=None if facts.areas is None else facts.areas + min(areas, jobs)
    )
    assert rank(more) >= rank(facts)


@given(skills())
def test_a_longer_presence_is_never_less_durable(facts):
    assert rank(replace(facts, editions=facts.editions + 1, asked_in=facts.editions + 1)) >= rank(facts)
    assert rank(replace(facts, asked_in=facts.editions)) >= rank(facts)


@given(skills())
def test_an_unknown_exposure_never_punishes_and_a_higher_one_never_helps(facts):
    by_word = {
        word: rank(replace(facts, exposure=exposed(word))) for word in (None, "low", "partial", "high")
    }
    assert by_word[None] == by_word["low"] == by_word["partial"] >= by_word["high"] >= by_word[None] - 1


@given(skills())
def test_every_word_has_its_reasons(facts):
    found = durability(facts)
    assert len(found.reasons) == (3 if facts.jobs else 2)
    assert len({reason.code for reason in found.reasons}) == len(found.reasons)


# Exposure --------------------------------------------------------------------------------------------------


def test_every_imported_source_of_scores_has_its_bands():
    assert {f.slug for f in FORMATS.values() if f.kind == SignalKind.EXPOSURE} <= BANDS.keys()


@pytest.mark.parametrize(
    ("score", "word"),
    [
        ("0", "low"),
        ("0.3999", "low"),
        ("0.40", "partial"),
        ("0.4999", "partial"),
        ("0.5", "high"),
        ("1", "high"),
    ],
)
def test_a_score_has_a_word_on_the_scale_of_its_source(score, word):
    assert word_of("ilo", Decimal(score)) == word


@pytest.mark.parametrize(
    ("jobs", "values", "word", "typical"),
    [
        (1, ["0.6"], "high", "0.6"),
        (2, ["0.6", "0.1"], "low", "0.1"),  # the low median is the score of one of the jobs
        (3, ["0.7", "0.1", "0.45"], "partial", "0.45"),
        (4, ["0.6", "0.6"], "high", "0.6"),  # half of the jobs are enough
        (5, ["0.6", "0.6"], None, "0.6"),
    ],
)
def test_a_source_speaks_of_the_jobs_it_knows_well_enough(jobs, values, word, typical):
    [block] = exposure(ExposureFacts(jobs, {"ilo": scores(*values)})).blocks
    assert (block.word, block.typical) == (word, Decimal(typical))
    code = "too_few_scored" if word is None else "scored"
    assert (block.reasons[0].code, block.reasons[0].figures) == (code, {"known": len(values), "jobs": jobs})


def test_an_inherited_score_says_so():
    [block] = exposure(ExposureFacts(3, {"ilo": scores("0.1", "0.2", "0.3", inherited=2)})).blocks
    assert {r.code: dict(r.figures) for r in block.reasons}["inherited"] == {"inherited": 2, "jobs": 3}
    [own] = exposure(ExposureFacts(1, {"ilo": scores("0.1")})).blocks
    assert [r.code for r in own.reasons] == ["scored"]


def test_sources_stay_apart(monkeypatch):
    monkeypatch.setitem(BANDS, "other", replace(BANDS["ilo"], partial=Decimal(2), high=Decimal(3)))
    found = exposure(ExposureFacts(2, {"other": scores("1", "1"), "ilo": scores("0.6", "0.7"), "none": []}))
    assert [(b.source, b.word, b.typical) for b in found.blocks] == [
        ("ilo", "high", Decimal("0.6")),
        ("other", "low", Decimal(1)),
    ]
    assert found.is_high


values_st = st.lists(st.decimals(0, 1, places=2), min_size=1, max_size=30)


@given(values_st, st.randoms())
def test_the_typical_score_is_one_of_the_scores_in_any_order(values, random):
    shuffled = random.sample(values, len(values))
    one, other = (exposure(ExposureFacts(len(values), {"ilo": scores(*v)})) for v in (values, shuffled))
    assert one == other
    [block] = one.blocks
    assert block.typical in values
    assert block.lowest <= block.typical <= block.highest


@given(values_st, st.integers(0, 29), st.decimals(0, 1, places=2))
def test_a_job_that_is_more_exposed_never_lowers_the_word(values, at, more):
    raised = list(values)
    place = at % len(values)
    raised[place] = max(raised[place], more)
    was, now = (exposure(ExposureFacts(len(values), {"ilo": scores(*v)})).blocks[0] for v in (values, raised))
    assert now.typical >= was.typical
    order = ["low", "partial", "high"]
    assert order.index(now.word) >= order.index(was.word)


@given(values_st, st.integers(0, 60))
def test_jobs_without_a_score_change_no_score(values, unknown):
    with_unknown = exposure(ExposureFacts(len(values) + unknown, {"ilo": scores(*values)})).blocks[0]
    without = exposure(ExposureFacts(len(values), {"ilo": scores(*values)})).blocks[0]
    assert with_unknown.typical == without.typical
    assert with_unknown.word in (without.word, None)
    assert (with_unknown.word is None) == (unknown > len(values))


def test_nothing_known_is_no_block():
    assert exposure(ExposureFacts(3)) == Exposure((), None)


@pytest.mark.parametrize(
    ("digital", "not_digital", "code"), [(0, 0, None), (0, 2, "not_digital"), (1, 2, "digital")]
)
def test_an_empty_tag_of_the_transition_is_not_a_no(digital, not_digital, code):
    found = exposure(ExposureFacts(9, digital=digital, not_digital=not_digital)).digital
    assert (found.code if found else None) == code
    if found:
        assert found.figures == {"digital": digital, "assessed": digital + not_digital, "jobs": 9}


# Fragility and ageing --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("jobs", "holds"), [(0, False), (1, True), (2, False), (50, False)])
def test_fragility_is_hanging_on_one_job(jobs, holds):
    found = fragility(FragilityFacts(jobs))
    assert (found is not None) == holds
    assert not holds or [reason.code for reason in found.reasons] == ["hangs_on_one_job"]


ON = dt.date(2026, 11, 24)
AGES = [
    (dt.date(2026, 11, 1), None, []),
    (dt.date(2024, 11, 25), None, []),
    (dt.date(2024, 11, 24), None, ["not_confirmed"]),
    (dt.date(2026, 1, 1), dt.date(2023, 11, 25), []),
    (dt.date(2026, 1, 1), dt.date(2023, 11, 24), ["not_practised"]),
    (dt.date(2020, 1, 1), dt.date(2020, 1, 1), ["not_practised", "not_confirmed"]),
]


@pytest.mark.parametrize(("confirmed_on", "practised_on", "rules"), AGES)
def test_ageing_counts_by_the_calendar_and_puts_practice_first(confirmed_on, practised_on, rules):
    found = ageing(AgeingFacts(confirmed_on, practised_on), ON)
    assert [one.rule for one in found] == rules
    assert all(one.reasons for one in found)


days = st.dates(dt.date(1990, 1, 1), dt.date(2060, 1, 1))


@given(days, st.none() | days, days, st.integers(0, 4000))
def test_ageing_only_grows_until_something_is_confirmed(confirmed_on, practised_on, on, later):
    facts = AgeingFacts(confirmed_on, practised_on)
    now, then = ageing(facts, on), ageing(facts, on + dt.timedelta(days=later))
    assert all(one in then for one in now)
    assert all(one.since <= on for one in now)
    assert ageing(AgeingFacts(on, on if practised_on else None), on) == ()
    delays = {
        "not_confirmed": (confirmed_on, CONFIRMED_MONTHS),
        "not_practised": (practised_on, PRACTISED_MONTHS),
    }
    assert all(one.since == add_months(*delays[one.rule]) for one in then)
