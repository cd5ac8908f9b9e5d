"""Self-assessments: saved as one goes, compared, proposed; and who reads them."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.actors import SYSTEM
from accounts.enums import Purpose
from accounts.errors import NotFound, Refused
from accounts.models import FileOpening
from competences.models import AssessmentAnswer, SelfAssessment, SkillStatement
from competences.queries.assessments import compared, newest_instrument, proposals_of
from competences.rules.instruments import ALONE, HELPED, NO
from competences.services import assessments as service
from competences.services.references import import_edition
from competences.starter import people
from tests.accounts.factories import NOW, MandateFactory, UserFactory
from tests.accounts.side_by_side import side_by_side
from tests.competences.bilan_builder import bilan

FOLDER = people.HERE / "digcomp"
BEST = [ALONE] * 4
SOME = [ALONE, HELPED, NO, NO]


@pytest.fixture
def digcomp(db):
    from competences.importers.base import Claim

    import_edition(
        actor=SYSTEM, format="digcomp", paths=[FOLDER], slug="digcomp", claim=Claim("3.0"), apply=True
    )


def begin(user, now=NOW):
    return service.start_assessment(actor=user, worker=user.worker, instrument=newest_instrument(), now=now)


def done(user, now=NOW, **answers):
    """A finished self-assessment; `c1_1=[…]` answers for the competence 1.1."""
    made = begin(user, now)
    for name, given in (answers or {"c1_1": BEST}).items():
        code = name[1:].replace("_", ".")
        service.answer_assessment(actor=user, assessment=made, code=code, answers=given, now=now)
    return service.finish_assessment(actor=user, assessment=made, now=now)


def test_answers_are_saved_one_by_one_and_written_over(db):
    user = UserFactory()
    made = begin(user)
    for given in (SOME, BEST):
        service.answer_assessment(actor=user, assessment=made, code="2.4", answers=given, now=NOW)
    assert AssessmentAnswer.objects.get().answers == BEST


@pytest.mark.django_db(transaction=True)
def test_two_presses_begin_one():
    user = UserFactory()
    first, second = side_by_side(lambda: begin(user), lambda: begin(user))
    assert first == second
    assert SelfAssessment.objects.count() == 1


def test_what_is_refused(db):
    user = UserFactory()
    made = begin(user)
    with pytest.raises(Refused):
        service.finish_assessment(actor=user, assessment=made)
    for bad in ([], [ALONE] * 3, ["", *BEST[1:]]):
        with pytest.raises(Refused):
            service.answer_assessment(actor=user, assessment=made, code="1.1", answers=bad)
    with pytest.raises(NotFound):
        service.answer_assessment(actor=user, assessment=made, code="9.9", answers=BEST)
    with pytest.raises(Refused):
        service.accept_proposals(actor=user, assessment=made, codes={"1.1"})
    service.answer_assessment(actor=user, assessment=made, code="1.1", answers=BEST)
    service.finish_assessment(actor=user, assessment=made)
    with pytest.raises(Refused):
        service.answer_assessment(actor=user, assessment=made, code="1.1", answers=SOME)


def test_nobody_answers_for_somebody_else(db):
    made = bilan()
    mine = begin(made.worker.user)
    for actor in (made.adviser, UserFactory(), UserFactory(staff=True)):
        for call in (
            lambda actor=actor: service.answer_assessment(
                actor=actor, assessment=mine, code="1.1", answers=BEST
            ),
            lambda actor=actor: service.finish_assessment(actor=actor, assessment=mine),
            lambda actor=actor: service.erase_assessment(actor=actor, assessment=mine),
            lambda actor=actor: service.accept_proposals(actor=actor, assessment=mine, codes=set()),
        ):
            with pytest.raises(NotFound):
                call()


def test_levels_are_compared_and_what_is_unanswered_has_none(db):
    user = UserFactory()
    before = done(user, c1_1=SOME, c1_2=[NO] * 4)
    after = done(user, c1_1=BEST)
    first = compared(after, before)[0]
    assert [(one.now, one.then) for one in first.competences] == [(8, 3), (None, 0), (None, None)]
    assert (first.now, first.then) == (8, 1.5)
    assert compared(after, before)[1].now is None


def test_ticked_proposals_enter_the_record_once(digcomp):
    user = UserFactory()
    made = done(user, c1_1=SOME, c1_2=BEST, c4_1=[NO] * 4)
    assert [(one.code, one.level) for one in proposals_of(made)] == [("1.1", 3), ("1.2", 8)]
    assert service.accept_proposals(actor=user, assessment=made, codes={"1.1", "4.1"}) == 1
    assert service.accept_proposals(actor=user, assessment=made, codes={"1.1"}) == 0
    statement = SkillStatement.objects.get(worker=user.worker)
    assert statement.concept.external_id == "1.1"
    later = done(user, c1_1=BEST)
    assert [(one.held, one.level) for one in proposals_of(later)] == [(3, 8)]
    assert service.accept_proposals(actor=user, assessment=later, codes={"1.1"}) == 1
    assert statement.revisions.current().get().level == 8


def test_the_number_of_queries_does_not_grow(digcomp, django_assert_num_queries):
    few, many = UserFactory(), UserFactory()
    small = done(few, c1_1=BEST)
    large = done(many, **{f"c{code.replace('.', '_')}": BEST for code in ("1.1", "1.2", "2.1", "5.4")})
    service.accept_proposals(actor=many, assessment=large, codes={"1.1", "1.2"})
    for made in (small, large):
        with django_assert_num_queries(4):
            proposals_of(made)


def test_one_made_in_a_bilan_opens_for_its_adviser_once_finished(client, digcomp):
    with time_machine.travel(NOW, tick=False):
        made = bilan()
        user = made.worker.user
        mine = begin(user)
        assert mine.bilan == made
        address = reverse("competences:assessment_results", args=[mine.public_id])
        client.force_login(made.adviser)
        assert client.get(address).status_code == 404
        service.answer_assessment(actor=user, assessment=mine, code="1.1", answers=BEST)
        service.finish_assessment(actor=user, assessment=mine)
        page = client.get(address)
        assert page.status_code == 200
        assert not page.context["proposals"]
        assert FileOpening.objects.filter(worker_id=user.worker.pk).count() == 1
        neighbour = MandateFactory(purpose=Purpose.BILAN, organisation=made.organisation).adviser
        follower = MandateFactory(worker=user.worker, organisation=made.organisation).adviser
        for other in (neighbour, follower, UserFactory()):
            client.force_login(other)
            assert client.get(address).status_code == 404
        alone = UserFactory()
        private = done(alone)
        client.force_login(made.adviser)
        assert (
            client.get(reverse("competences:assessment_results", args=[private.public_id])).status_code == 404
        )


def test_the_pages_from_the_start_to_the_record(client, digcomp):
    user = UserFactory()
    client.force_login(user)
    index = reverse("competences:assessments")
    assert client.get(index).status_code == 200
    page = client.post(reverse("competences:assessment_start"), follow=True)
    address = page.redirect_chain[-1][0]
    assert "1 sur 21" in page.text
    missing = client.post(address, {"code": "1.1", "s0": ALONE})
    assert missing.status_code == 200
    assert 'value="alone" checked' in missing.text
    sent = client.post(address, {"code": "1.1", **{f"s{n}": word for n, word in enumerate(SOME)}})
    assert sent.url.endswith("?competence=1.2")
    assert client.post(address, {"code": "1.2", "skip": "1"}).url.endswith("?competence=1.3")
    assert client.post(address, {"code": "8.8", "skip": "1"}).status_code == 404
    assert client.get(f"{address}?competence=8.8").status_code == 404
    assert "Continuer" in client.get(index).text
    assert client.get(f"{address}terminer/").status_code == 200
    results = client.post(f"{address}terminer/", follow=True)
    assert results.context["proposals"][0].level == 3
    client.post(f"{address}retenir/", {"codes": ["1.1"]})
    assert SkillStatement.objects.filter(worker=user.worker).count() == 1
    assert client.get(address).status_code == 302
    other = done(user, now=NOW + dt.timedelta(days=3000))
    compared_page = client.get(
        reverse("competences:assessment_results", args=[other.public_id]) + f"?avec={address.split('/')[-2]}"
    )
    assert compared_page.context["other"] is not None
    assert client.post(f"{address}effacer/").status_code == 302
    assert SelfAssessment.objects.get() == other


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({}, "self_assessment_one_unfinished"),
        ({"finished_at": NOW - dt.timedelta(days=1)}, "self_assessment_ends_after_it_starts"),
    ],
)
def test_constraints(db, fields, constraint):
    user = UserFactory()
    begin(user)
    with transaction.atomic(), pytest.raises(IntegrityError, match=constraint):
        SelfAssessment.objects.create(
            worker=user.worker, instrument=newest_instrument(), started_at=NOW, **fields
        )


def test_one_answer_a_competence(db):
    made = begin(UserFactory())
    row = {"assessment": made, "code": "1.1", "answers": BEST, "answered_at": NOW}
    AssessmentAnswer.objects.create(**row)
    with transaction.atomic(), pytest.raises(IntegrityError, match="assessment_one_answer_a_competence"):
        AssessmentAnswer.objects.create(**row)
