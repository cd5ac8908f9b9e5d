"""The starter data loads through the real services, once, in the demo alone, and its history is real."""

import datetime as dt
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.access import access_worker, organisations_of, workers_visible_to
from accounts.actors import SYSTEM
from accounts.enums import NotificationState, OrganisationKind, Purpose
from accounts.errors import DomainError, NotFound
from accounts.models import Notification, Organisation, User
from competences.cv_documents import cv_document
from competences.enums import ImpactState, JobUse
from competences.models import (
    BilanPlan,
    CareerPeriod,
    Change,
    Concept,
    Edition,
    Evidence,
    OrganisationJob,
    Reference,
    RiskFlag,
    SkillRevision,
    SkillStatement,
    SuccessorProposal,
    WorkerJob,
)
from competences.queries.attestations import reviews_for
from competences.queries.cvs import cv_content
from competences.queries.job_reviews import job_reviews
from competences.rules.successors import ENOUGH_FOR_A_PERSON
from competences.services import starter
from competences.services.references import import_edition
from competences.services.starter import StarterReport, load_starter
from competences.starter import people
from tests.competences.test_starter import diff, labels, orphaned

NOW = dt.datetime(2026, 6, 10, 9, 30, tzinfo=dt.UTC)
MAIN = "travailleuse@demo.invalid"


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.DEMO = True


@pytest.fixture
def loaded(db) -> StarterReport:
    return load_starter(actor=SYSTEM, now=NOW)


def test_everything_is_loaded_and_said_once(loaded):
    demo = people.read()
    assert loaded.loaded
    assert loaded.editions == (
        "DigComp 3.0",
        "Référentiel de démonstration 1",
        "Référentiel de démonstration 2",
    )
    assert loaded.accounts == User.objects.count() == 7
    stated = [s for w in demo.workers for s in (*w.statements, *w.digcomp)]
    assert loaded.statements == SkillStatement.objects.count() == len(stated)
    assert SkillRevision.objects.count() == sum(len(s.levels) for s in stated)
    assert CareerPeriod.objects.count() == sum(len(w.periods) for w in demo.workers)
    assert loaded.flags == RiskFlag.objects.count()
    digcomp = Concept.objects.filter(reference__slug="digcomp")
    assert (digcomp.filter(kind="skill").count(), digcomp.filter(kind="area").count()) == (21, 5)
    assert load_starter(actor=SYSTEM, now=NOW) == StarterReport(loaded=False)
    assert User.objects.count() == loaded.accounts


def test_the_second_edition_changed_what_a_plain_comparison_says(loaded):
    found = Edition.objects.get(reference__slug="demo", number="2").changes["counts"]
    for kind in ("job", "title", "skill", "knowledge", "context"):
        plain = diff(kind)
        expected = {name: len(getattr(plain, name)) for name in plain._fields}
        expected |= {"before": len(labels(1, kind)), "after": len(labels(2, kind))}
        if kind in ("skill", "knowledge"):
            expected["orphaned"] = len(orphaned(kind))
        assert {name: found[kind][name] for name in expected} == expected, kind
    flags = RiskFlag.objects.open().filter(statement__worker__user__email=MAIN)
    assert sorted(flags.values_list("rule", flat=True)) == [
        "demoted_from_core",
        "dropped_from_my_job",
        "orphaned",
        "withdrawn",
    ]
    assert {(f.edition.number, f.opened_at) for f in flags} == {("2", NOW)}
    assert not Edition.objects.filter(impact=ImpactState.WAITING).exists()
    messages = Notification.objects.filter(kind="reference_changed")
    assert set(messages.values_list("state", flat=True)) == {NotificationState.WAITING}
    assert messages.values("recipient").distinct().count() == messages.count() == 4
    # A member of the employer is told too.
    assert loaded.messages == messages.count() + 1


def test_people_have_a_past(loaded):
    statements = SkillStatement.objects.select_related("edition", "worker__user", "author")
    assert {s.edition.number for s in statements} == {"1", "3.0"}
    assert all(s.author == s.worker.user for s in statements)
    assert min(s.declared_at for s in statements) == NOW - dt.timedelta(days=352)
    assert max(s.declared_at for s in statements) < NOW
    assert {user.joined_at for user in User.objects.all()} == {NOW - dt.timedelta(days=365)}
    grown = SkillStatement.objects.get(worker__user__email=MAIN, concept__external_id="903127")
    first, second = grown.revisions.order_by("start_at")
    assert (first.level, second.level) == (3, 5)
    assert (first.end_at, second.end_at) == (second.start_at, None)
    plans = dict(BilanPlan.objects.values_list("worker__user__email", "next_on"))
    today = timezone.localdate(NOW)
    assert 26 <= (plans[MAIN] - today).days <= 30
    assert min(plans.values()) < today


def test_a_worker_keeps_a_cv_that_prints_what_it_chose(loaded):
    [kept] = people.read().workers[0].cvs
    user = User.objects.get(email=MAIN)
    [cv] = user.worker.cvs.kept()
    content = cv_content(cv, user=user, on=NOW.date())
    assert (cv.name, content.headline, len(content.skills)) == (kept.name, kept.headline, len(kept.skills))
    assert content.wanted
    assert content.work
    assert content.certificates
    assert cv_document(content, language="fr", on=NOW.date()).unprintable == frozenset()


def test_a_worker_shows_evidence_and_waits_for_a_view(loaded):
    user = User.objects.get(email=MAIN)
    today = timezone.localdate(NOW)
    link, certificate = Evidence.objects.filter(worker=user.worker).order_by("kind").reverse()
    assert (link.kind, certificate.kind) == ("link", "certificate")
    assert not certificate.is_expired(today)
    adviser = User.objects.get(email="conseiller@demo.invalid")
    [review] = reviews_for(adviser, today)
    assert (review.worker.user, review.state, review.skills, review.pieces) == (user, "waiting", 2, 2)
    assert not reviews_for(User.objects.get(email="voisin@demo.invalid"), today).exists()
    assert Notification.objects.get(kind="review_asked").recipient == adviser


def test_each_account_signs_in_and_sees_what_it_may(loaded):
    assert EmailAddress.objects.filter(verified=True, primary=True).count() == User.objects.count()
    assert authenticate(email=MAIN, password=people.PASSWORD) == User.objects.get(email=MAIN)
    assert not User.objects.filter(is_staff=True).exists()
    on = timezone.localdate(NOW)
    adviser = User.objects.get(email="conseiller@demo.invalid")
    neighbour = User.objects.get(email="voisin@demo.invalid")
    assert others_seen_by(adviser, Purpose.FOLLOW_UP, on) == {w.email for w in people.read().workers}
    assert others_seen_by(adviser, Purpose.BILAN, on) == {MAIN}
    assert others_seen_by(neighbour, Purpose.FOLLOW_UP, on) == set()
    with pytest.raises(NotFound):
        access_worker(neighbour, User.objects.get(email=MAIN).worker.public_id, Purpose.FOLLOW_UP, on=on)
    employer = User.objects.get(email="employeur@demo.invalid")
    [organisation] = organisations_of(employer, OrganisationKind.EMPLOYER, on=on)
    jobs = OrganisationJob.objects.filter(organisation=organisation)
    moved = Change.objects.filter(kind="moved", concept__in=jobs.values("title"))
    assert jobs.count() == 6
    assert moved.count() == 2  # one job recycled under its code, one that left


def test_there_is_something_to_answer_and_something_to_review(loaded):
    proposals = SuccessorProposal.objects.waiting().filter(statement__worker__user__email=MAIN)
    [(left, other, confidence)] = proposals.values_list(
        "statement__concept__external_id", "successor__external_id", "confidence"
    )
    assert (left, other) == ("903133", "903532")
    assert confidence >= ENOUGH_FOR_A_PERSON
    [named] = job_reviews(list(WorkerJob.objects.filter(worker__user__email=MAIN))).values()
    assert (named.is_moved, named.new_holder is not None) == (True, True)
    of_employer = job_reviews(list(OrganisationJob.objects.all()))
    assert sorted((r.is_moved, r.is_renamed) for r in of_employer.values()) == [
        (False, True),
        (True, False),
        (True, False),
    ]


def others_seen_by(user: User, purpose: Purpose, on: dt.date) -> set[str]:
    return {w.user.email for w in workers_visible_to(user, purpose, on=on)} - {user.email}


@pytest.mark.parametrize(
    "now",
    [dt.datetime(2024, 2, 29, 23, 30, tzinfo=dt.UTC), dt.datetime(2031, 3, 31, 0, 5, tzinfo=dt.UTC)],
    ids=["leap day", "years later"],
)
def test_the_demo_loads_on_any_day(db, now):
    assert load_starter(actor=SYSTEM, now=now).flags == 9
    current = SkillStatement.objects.filter(worker__jobs__use=JobUse.CURRENT)
    assert not current.filter(revisions__confirmed_on__gt=timezone.localdate(now)).exists()


def test_a_database_with_an_account_is_left_alone(db):
    User.objects.create_user("someone@example.org", "secret-enough-1")
    assert not load_starter(actor=SYSTEM).loaded
    assert not Edition.objects.exists()


def test_a_database_with_an_edition_is_left_alone(db):
    import_edition(actor=SYSTEM, format="rome", paths=[starter.FOLDER / "demo_v1"], slug="demo", apply=True)
    assert not load_starter(actor=SYSTEM).loaded
    assert not User.objects.exists()


@pytest.mark.parametrize("value", [False, None, "yes"])
def test_it_refuses_outside_the_demo(db, settings, value):
    settings.DEMO = value
    with pytest.raises(DomainError) as refusal:
        load_starter(actor=SYSTEM)
    assert refusal.value.code == "not_a_demo"
    assert not User.objects.exists()
    assert not Reference.objects.exists()


def test_only_a_command_may_load(db):
    with pytest.raises(NotFound):
        load_starter(actor=User(email="someone@example.org"))


def test_a_load_that_fails_leaves_nothing(db, monkeypatch):
    calls = iter([{"flags": 0, "messages": 0}])
    monkeypatch.setattr(starter, "assess_waiting_editions", lambda **_arguments: next(calls))
    with pytest.raises(StopIteration):
        load_starter(actor=SYSTEM, now=NOW)
    assert not User.objects.exists()
    assert not Organisation.objects.exists()
    assert not Reference.objects.exists()


def test_the_command_says_what_it_did(db, settings):
    out = StringIO()
    call_command("load_starter", stdout=out)
    assert people.PASSWORD in out.getvalue()
    assert "7 comptes" in out.getvalue()
    again = StringIO()
    call_command("load_starter", stdout=again)
    assert "rien n’a été chargé" in again.getvalue()
    settings.DEMO = False
    with pytest.raises(CommandError, match="démonstration"):
        call_command("load_starter")
