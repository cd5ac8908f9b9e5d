"""Flags: the rules as tables, and what a declaration, a job and an import open and close."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.actors import SYSTEM
from accounts.errors import Refused
from accounts.models import Notification
from competences.enums import FlagEnd, ImpactState, JobUse, RiskRule, StatementSource
from competences.models import OPEN, Edition, RiskFlag
from competences.rules.risks import Signal, SkillFacts, Span, obsolescence
from competences.services.records import add_worker_job, declare_skill, end_worker_job, remove_skill
from competences.services.risks import assess_waiting_editions
from tests.accounts.factories import UserFactory
from tests.competences.reference_builder import Built

EVER, PAST, LATER = Span(1, OPEN), Span(1, 3), Span(2, 3)

TABLE = [
    ("in use", SkillFacts(3, [EVER], [EVER], [[EVER]]), None),
    ("withdrawn before all", SkillFacts(3, [PAST], [PAST], [[PAST]]), Signal("withdrawn", 3)),
    ("orphaned before dropped", SkillFacts(3, [EVER], [PAST], [[PAST]]), Signal("orphaned", 3)),
    ("never used is not orphaned", SkillFacts(3, [EVER], []), None),
    ("dropped by my job alone", SkillFacts(3, [EVER], [EVER], [[PAST]]), Signal("dropped_from_my_job", 3)),
    ("another of my jobs asks for it", SkillFacts(3, [EVER], [EVER], [[PAST], [EVER]]), None),
    ("my job never asked for it", SkillFacts(3, [EVER], [EVER], [[]]), None),
    ("it came back", SkillFacts(3, [Span(1, 2), Span(3, OPEN)], [Span(1, 2), Span(3, OPEN)]), None),
]


@pytest.mark.parametrize(("facts", "expected"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_obsolescence(facts, expected):
    assert obsolescence(facts) == expected


spans = st.lists(
    st.tuples(st.integers(1, 5), st.integers(1, 4)).map(lambda p: Span(p[0], p[0] + p[1])), max_size=3
)


@given(spans, spans, st.lists(spans, max_size=2), st.integers(1, 9))
def test_a_signal_names_an_edition_that_has_come_and_a_skill_asked_by_my_job_has_none(
    listed, used, mine, newest
):
    signal = obsolescence(SkillFacts(newest, listed, used, mine))
    if signal:
        assert signal.place <= newest
    if all(any(s.holds(newest) for s in rows) for rows in (listed, used)) and any(
        s.holds(newest) for rows in mine for s in rows
    ):
        assert signal is None


@pytest.fixture
def built(db):
    """Edition 2 withdraws `fax`, orphans `telex`, and the secretary's sheet drops `standard`."""
    made = Built()
    made.job = made.concept("job", "M1", "Secrétaire")
    made.other = made.concept("job", "M2", "Accueil")
    made.title = made.concept("title", "10", "Secrétaire de direction")
    made.link("title_of", made.title, made.job)
    made.fax = made.concept("skill", "20", ("Envoyer un fax", "1", "2"))
    made.telex = made.concept("skill", "21", "Taper un télex")
    made.standard = made.concept("skill", "22", "Tenir un standard")
    made.tableur = made.concept("skill", "23", "Utiliser un tableur")
    for skill in (made.fax, made.telex, made.standard):
        made.link("uses", made.job, skill, "1", "2")
    made.link("uses", made.other, made.standard)
    made.link("uses", made.job, made.tableur)
    made.change("2", "removed", made.fax)
    made.change("2", "orphaned", made.telex)
    made.change("2", "unlinked", made.job, made.standard)
    Edition.objects.filter(number="1").update(impact=ImpactState.DONE)
    return made


def declare(built, user, concept):
    return declare_skill(
        actor=user,
        worker=user.worker,
        concept=concept,
        edition=built.editions["1"],
        level=4,
        source=StatementSource.JOB,
    )


def rules(user) -> dict[str, str]:
    flags = RiskFlag.objects.open().filter(statement__worker__user=user)
    return {flag.statement.concept.external_id: flag.rule for flag in flags}


@pytest.fixture
def secretary(built):
    user = UserFactory()
    add_worker_job(
        actor=user, worker=user.worker, title=built.title, edition=built.editions["1"], use=JobUse.CURRENT
    )
    return user


def test_a_skill_declared_late_is_checked_at_once(built, secretary):
    for concept in (built.fax, built.telex, built.standard, built.tableur):
        declare(built, secretary, concept)
    assert rules(secretary) == {
        "20": RiskRule.WITHDRAWN,
        "21": RiskRule.ORPHANED,
        "22": RiskRule.DROPPED_FROM_MY_JOB,
    }
    assert not Notification.objects.filter(kind="reference_changed").exists()


def test_an_import_opens_flags_and_tells_each_person_once(built, secretary):
    Edition.objects.filter(number="2").update(status="retired")
    for concept in (built.fax, built.telex, built.tableur):
        declare(built, secretary, concept)
    assert rules(secretary) == {}
    Edition.objects.filter(number="2").update(status="current")
    first = assess_waiting_editions(actor=SYSTEM, limit=5)
    assert first == {"editions": 1, "flags": 2, "messages": 1}
    assert rules(secretary) == {"20": RiskRule.WITHDRAWN, "21": RiskRule.ORPHANED}
    Edition.objects.filter(number="2").update(impact=ImpactState.WAITING)
    assert assess_waiting_editions(actor=SYSTEM, limit=5) == {"editions": 1, "flags": 0, "messages": 0}
    assert Notification.objects.filter(kind="reference_changed", recipient=secretary).count() == 1


def test_two_editions_that_wait_together_still_tell_the_person(built, secretary):
    """The first assessment sees the newest edition: the message names the edition of the flag."""
    Edition.objects.filter(number="2").update(status="retired")
    declare(built, secretary, built.fax)
    Edition.objects.update(status="current", impact=ImpactState.WAITING)
    assert assess_waiting_editions(actor=SYSTEM, limit=5)["messages"] == 1
    flag = RiskFlag.objects.open().get()
    told = Notification.objects.get(kind="reference_changed")
    assert told.payload == {"edition": flag.edition_id}
    assert told.recipient == secretary


@pytest.mark.parametrize("declared", ["before", "after"])
def test_a_change_of_job_before_the_assessment_takes_nobodys_message(built, declared):
    """The import is there, its assessment is not: the person's own act opens the flag first."""
    user = UserFactory()
    statement = declare(built, user, built.standard)
    if declared == "before":
        Edition.objects.filter(number="2").update(imported_at=statement.declared_at + dt.timedelta(hours=1))
    add_worker_job(
        actor=user, worker=user.worker, title=built.title, edition=built.editions["1"], use=JobUse.CURRENT
    )
    assert rules(user) == {"22": RiskRule.DROPPED_FROM_MY_JOB}
    told = {"editions": 1, "flags": 0, "messages": 1 if declared == "before" else 0}
    assert assess_waiting_editions(actor=SYSTEM, limit=5) == told
    Edition.objects.filter(number="2").update(impact=ImpactState.WAITING)
    assert assess_waiting_editions(actor=SYSTEM, limit=5)["messages"] == 0


def test_a_title_that_goes_is_a_job_that_asks_no_more(built, secretary):
    held = declare(built, secretary, built.tableur)
    assert rules(secretary) == {}
    built.title.links_out.update(until=built.place("2"))
    built.title.revisions.update(until=built.place("2"))
    built.change("2", "removed", built.title)
    Edition.objects.filter(number="2").update(impact=ImpactState.WAITING)
    assess_waiting_editions(actor=SYSTEM, limit=5)
    assert held.flags.get().rule == RiskRule.DROPPED_FROM_MY_JOB


def test_what_an_edition_did_not_hold_is_not_declared_against_it(built, secretary):
    with pytest.raises(Refused):
        declare_skill(
            actor=secretary,
            worker=secretary.worker,
            concept=built.fax,
            edition=built.editions["2"],
            level=4,
            source=StatementSource.JOB,
        )


def test_a_neighbour_is_not_touched(built, secretary):
    neighbour = UserFactory()
    declare(built, neighbour, built.tableur)
    declare(built, neighbour, built.standard)
    assert rules(neighbour) == {}


def test_flags_follow_the_jobs_of_the_person(built, secretary):
    statement = declare(built, secretary, built.standard)
    [job] = secretary.worker.jobs.all()
    end_worker_job(actor=secretary, job=job)
    flag = statement.flags.get()
    assert (flag.closed_because, rules(secretary)) == (FlagEnd.NO_LONGER_TRUE, {})


def test_a_statement_taken_out_closes_its_flag(built, secretary):
    statement = declare(built, secretary, built.fax)
    remove_skill(actor=secretary, statement=statement)
    assert statement.flags.get().closed_because == FlagEnd.STATEMENT_REMOVED


def test_reviewing_costs_the_same_for_one_and_for_many(built, secretary, django_assert_max_num_queries):
    from competences.services.risks import review_statements

    ids = [declare(built, secretary, c).pk for c in (built.fax, built.telex, built.standard, built.tableur)]
    RiskFlag.objects.all().delete()
    now = secretary.joined_at
    with django_assert_max_num_queries(12):
        assert len(review_statements(actor=SYSTEM, statement_ids=ids, now=now)) == 3
