"""Flags: the rules as tables, and what a declaration, a job and an import open and close."""

import datetime as dt

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.actors import SYSTEM
from accounts.errors import Refused
from accounts.models import Notification
from competences.enums import FlagEnd, ImpactState, JobUse, RiskRule, StatementSource
from competences.models import OPEN, Change, Edition, OrganisationJob, RiskFlag, SuccessorProposal
from competences.rules.risks import (
    ConceptFacts,
    Signal,
    Span,
    TitleVerdict,
    obsolescence,
    of_concept,
    of_title,
)
from competences.rules.successors import ENOUGH_FOR_A_PERSON
from competences.services.jobs import add_worker_job, end_worker_job
from competences.services.records import Said, declare_skill, remove_skill
from competences.services.risks import assess_waiting_editions
from tests.accounts.factories import MembershipFactory, OrganisationFactory, UserFactory
from tests.competences.reference_builder import Built

EVER, PAST = Span(1, OPEN), Span(1, 3)
CORE, CORE_ONCE = Span(1, OPEN, "principale"), Span(1, 3, "principale")
AGAIN = [Span(1, 2), Span(3, OPEN)]


def facts(listed, *used) -> ConceptFacts:
    """A skill at place 3: where it is listed, and where each job asks for it."""
    lives = dict(enumerate(used))
    return ConceptFacts(3, listed, lives, jobs=frozenset(lives))


CONCEPTS = [
    ("in use", facts([EVER], [EVER]), None),
    ("withdrawn before all", facts([PAST], [PAST]), Signal("withdrawn", 3)),
    ("orphaned", facts([EVER], [PAST], [Span(1, 2)]), Signal("orphaned", 3)),
    ("never used is not orphaned", facts([EVER]), None),
    ("it came back", facts(AGAIN, AGAIN), None),
    ("half of four jobs is shrinking", facts([EVER], [EVER], [EVER], [PAST], [PAST]), Signal("shrinking", 3)),
    ("a third is not", facts([EVER], [EVER], [EVER], [EVER], [EVER], [PAST], [PAST]), None),
    ("half of two is one job", facts([EVER], [EVER], [PAST]), None),
    (
        "jobs that are gone do not count",
        ConceptFacts(3, [EVER], dict(enumerate([[EVER], [EVER], [PAST], [PAST]])), jobs={0, 1}),
        None,
    ),
]


@pytest.mark.parametrize(
    ("given", "expected"), [row[1:] for row in CONCEPTS], ids=[row[0] for row in CONCEPTS]
)
def test_what_holds_for_everybody(given, expected):
    assert of_concept(given) == expected


def seen(*used, held=EVER):
    """What a title that was under job 0 says of a skill that this job asked for there."""
    return of_title([(0, held)], {0: list(used)}, 3)


TITLES = [
    ("my job never asked for it", seen(), None),
    ("it still asks", seen(EVER), TitleVerdict(True, False, None, None)),
    ("dropped", seen(PAST), TitleVerdict(False, False, 3, None)),
    ("asked before the title came", seen(Span(1, 2), held=Span(2, OPEN)), None),
    ("core", seen(CORE), TitleVerdict(True, True, None, None)),
    ("no longer core", seen(CORE_ONCE, Span(3, OPEN)), TitleVerdict(True, False, None, 3)),
    (
        "core once more",
        seen(Span(1, 2, "principale"), Span(2, 3), Span(3, OPEN, "principale")),
        TitleVerdict(True, True, None, None),
    ),
]


@pytest.mark.parametrize(("_name", "found", "expected"), TITLES)
def test_what_a_title_says(_name, found, expected):
    assert found == expected


DROPPED, ASKS = TitleVerdict(False, False, 3, None), TitleVerdict(True, False, None, None)
DEMOTED, STILL_CORE = TitleVerdict(True, False, None, 2), TitleVerdict(True, True, None, None)


@pytest.mark.parametrize(
    ("concept", "titles", "expected"),
    [
        (Signal("orphaned", 2), [DROPPED], Signal("orphaned", 2)),
        (Signal("shrinking", 2), [DROPPED], Signal("dropped_from_my_job", 3)),
        (None, [DROPPED, ASKS], None),
        (None, [DEMOTED, DROPPED], Signal("demoted_from_core", 2)),
        (None, [DEMOTED, STILL_CORE], None),
        (Signal("shrinking", 2), [ASKS], Signal("shrinking", 2)),
        (None, [], None),
    ],
)
def test_the_strongest_for_one_person(concept, titles, expected):
    assert obsolescence(concept, titles) == expected


spans = st.lists(
    st.builds(
        lambda s, n, f: Span(s, s + n, f),
        st.integers(1, 5),
        st.integers(1, 4),
        st.sampled_from(["", "principale"]),
    ),
    max_size=3,
)


@given(spans, st.dictionaries(st.integers(0, 5), spans), st.lists(spans, max_size=2), st.integers(1, 9))
def test_a_signal_names_an_edition_that_has_come_and_a_skill_asked_by_my_job_is_not_dropped(
    listed, used, mine, newest
):
    concept = of_concept(ConceptFacts(newest, listed, used, jobs=set(used)))
    verdicts = [v for rows in mine if (v := of_title([(9, EVER)], {9: rows}, newest))]
    signal = obsolescence(concept, verdicts)
    if signal:
        assert signal.place <= newest
    if any(s.holds(newest) for rows in mine for s in rows):
        assert signal is None or signal.rule != "dropped_from_my_job"
    if not any(s.holds(newest) for s in listed) and any(s.since <= newest for s in listed):
        assert signal.rule == "withdrawn"


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
        said=Said(level=4, sources=(StatementSource.JOB,)),
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
    assert (first["editions"], first["flags"], first["messages"]) == (1, 2, 1)
    assert rules(secretary) == {"20": RiskRule.WITHDRAWN, "21": RiskRule.ORPHANED}
    Edition.objects.filter(number="2").update(impact=ImpactState.WAITING)
    again = assess_waiting_editions(actor=SYSTEM, limit=5)
    assert again == {"editions": 1, "flags": 0, "closed": 0, "proposals": 0, "messages": 0}
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
    told = assess_waiting_editions(actor=SYSTEM, limit=5)
    assert (told["flags"], told["messages"]) == (0, 1 if declared == "before" else 0)
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
            said=Said(level=4, sources=(StatementSource.JOB,)),
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
    with django_assert_max_num_queries(26):
        assert len(review_statements(actor=SYSTEM, statement_ids=ids, now=now)) == 3


def test_a_skill_out_of_the_core_of_my_job_and_one_that_fewer_jobs_ask_for(built, secretary):
    demoted = built.concept("skill", "30", "Classer")
    built.link("uses", built.job, demoted, "1", "2", flag="principale")
    built.link("uses", built.job, demoted, "2")
    shrinking = built.concept("skill", "31", "Dicter")
    for number in range(4):
        job = built.concept("job", f"N{number}", f"Métier {number}")
        built.link("uses", job, shrinking, "1", "2" if number > 1 else None)
    for concept in (demoted, shrinking):
        declare(built, secretary, concept)
    assert rules(secretary) == {"30": RiskRule.DEMOTED_FROM_CORE, "31": RiskRule.SHRINKING}


@pytest.fixture
def replaced(built, secretary):
    """Edition 2 names `courriel` as what takes the place of `fax`."""
    courriel = built.concept("skill", "40", ("Envoyer un courriel", "2", None))
    change = built.change("2", "replaced", built.fax, courriel)
    change.confidence, change.reasons = 80, ["near_label", "same_jobs"]
    change.save()
    statement = declare(built, secretary, built.fax)
    Edition.objects.filter(number="2").update(impact=ImpactState.WAITING)
    return courriel, statement


def test_a_successor_is_proposed_once_and_nothing_moves(replaced, secretary):
    courriel, statement = replaced
    for _twice in range(2):
        assess_waiting_editions(actor=SYSTEM, limit=5)
        Edition.objects.filter(number="2").update(impact=ImpactState.WAITING)
    proposal = SuccessorProposal.objects.get()
    assert (proposal.statement, proposal.successor, proposal.confidence) == (statement, courriel, 80)
    assert [s.concept_id for s in secretary.worker.statements.standing()] == [statement.concept_id]


@pytest.mark.parametrize("confidence", [ENOUGH_FOR_A_PERSON - 1, ENOUGH_FOR_A_PERSON])
def test_a_successor_that_is_not_sure_enough_is_listed_and_proposed_to_nobody(
    client, built, replaced, confidence
):
    # Declaring the skill had proposed it already.
    SuccessorProposal.objects.all().delete()
    Change.objects.filter(kind="replaced").update(confidence=confidence)
    assess_waiting_editions(actor=SYSTEM, limit=5)
    assert SuccessorProposal.objects.exists() == (confidence == ENOUGH_FOR_A_PERSON)
    page = client.get(reverse("competences:changes", args=[built.reference.slug, "2"]))
    assert f"confiance {confidence} %" in page.content.decode()


def test_a_skill_that_the_person_has_already_is_not_proposed_to_them(built, replaced, secretary):
    courriel, _statement = replaced
    SuccessorProposal.objects.all().delete()
    declare_skill(
        actor=secretary,
        worker=secretary.worker,
        concept=courriel,
        edition=built.editions["2"],
        said=Said(level=3, sources=(StatementSource.JOB,)),
    )
    assess_waiting_editions(actor=SYSTEM, limit=5)
    assert not SuccessorProposal.objects.exists()


@pytest.mark.parametrize("member_of", ["mine", "other"])
def test_an_employer_whose_job_lost_its_title_is_told(built, member_of):
    mine, other = OrganisationFactory(employer=True), OrganisationFactory(employer=True)
    user = UserFactory()
    MembershipFactory(user=user, organisation=mine if member_of == "mine" else other, employer=True)
    OrganisationJob.objects.create(
        organisation=mine, title=built.title, edition=built.editions["1"], start_on=dt.date(2026, 1, 1)
    )
    built.change("2", "moved", built.title, built.other)
    Edition.objects.filter(number="2").update(impact=ImpactState.WAITING)
    assess_waiting_editions(actor=SYSTEM, limit=5)
    told = Notification.objects.filter(kind="organisation_jobs_changed", recipient=user)
    assert told.count() == (member_of == "mine")
