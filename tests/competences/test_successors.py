"""Answering a proposed successor: what moves, what is undone, and all that is refused."""

import datetime as dt

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.actors import SYSTEM
from accounts.errors import NotFound, Refused
from competences.enums import ProposalState, StatementSource
from competences.models import RiskFlag, SkillStatement, SuccessorProposal
from competences.queries.successors import touched, with_proposals
from competences.services.records import Said, change_level, declare_skill, remove_skill
from competences.services.successors import accept_successor, refuse_successor, undo_answer
from tests.accounts.factories import UserFactory
from tests.competences.readers import ANYBODY
from tests.competences.reference_builder import Built
from tests.competences.test_reference_pages import text_of

pytestmark = pytest.mark.django_db
NOW = timezone.now()
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def built():
    """A skill that edition 2 withdrew, two that may replace it, and one that edition 2 does not hold."""
    made = Built()
    made.old = made.concept("skill", "1", ("Taper sur un minitel", "1", "2"))
    made.new = made.concept("skill", "2", ("Écrire un message en ligne", "2", None))
    made.other = made.concept("skill", "3", "Chercher en ligne")
    made.past = made.concept("skill", "4", ("Envoyer un télégramme", "1", "2"))
    return made


def declared(built, user, concept, number="1"):
    return declare_skill(
        actor=user,
        worker=user.worker,
        concept=concept,
        edition=built.editions[number],
        said=Said(
            level=5,
            sources=(StatementSource.TRAINING,),
            acquired_on=dt.date(2020, 1, 2),
            practised_on=dt.date(2024, 5, 6),
        ),
        now=NOW - 1000 * HOUR,
    )


def proposed(built, user, successor=None, **fields):
    standing = SkillStatement.objects.standing().filter(worker=user.worker, concept=built.old).first()
    return SuccessorProposal.objects.create(
        statement=standing or declared(built, user, built.old),
        successor=successor or built.new,
        edition=built.editions["2"],
        confidence=fields.pop("confidence", 80),
        reasons=["same_jobs"],
        proposed_at=NOW - HOUR,
        **fields,
    )


@pytest.fixture
def worker():
    return UserFactory()


@pytest.fixture
def proposal(built, worker):
    return proposed(built, worker)


def standing(user):
    return set(SkillStatement.objects.standing().filter(worker=user.worker).values_list("concept", flat=True))


def test_yes_puts_the_successor_in_the_place_of_the_skill(built, worker, proposal):
    assert RiskFlag.objects.open().filter(statement=proposal.statement).exists()
    made = accept_successor(actor=worker, proposal=proposal, now=NOW)
    assert standing(worker) == {built.new.pk}
    assert made.edition == built.editions["2"]
    assert made.revisions.get().level == 5
    assert (made.revisions.get().sources, made.author) == ([StatementSource.TRAINING], worker)
    said = made.revisions.get()
    assert (said.acquired_on, said.practised_on) == (dt.date(2020, 1, 2), dt.date(2024, 5, 6))
    left = proposal.statement
    left.refresh_from_db()
    assert left.removed_at == NOW
    assert left.revisions.get().level == 5
    assert not RiskFlag.objects.open().exists()
    proposal.refresh_from_db()
    assert (proposal.state, proposal.answered_at) == (ProposalState.ACCEPTED, NOW)


def test_no_leaves_the_record_as_it_was(built, worker, proposal):
    refuse_successor(actor=worker, proposal=proposal, now=NOW)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.answered_at) == (ProposalState.REFUSED, NOW)
    assert standing(worker) == {built.old.pk}


@pytest.mark.parametrize("answer", [accept_successor, refuse_successor])
def test_an_answer_is_undone_and_the_proposal_waits_again(built, worker, proposal, answer):
    answer(actor=worker, proposal=proposal, now=NOW)
    undo_answer(actor=worker, proposal=proposal, now=NOW + 23 * HOUR)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.answered_at) == (ProposalState.WAITING, None)
    assert standing(worker) == {built.old.pk}
    assert RiskFlag.objects.open().filter(statement=proposal.statement).exists()
    accept_successor(actor=worker, proposal=proposal, now=NOW + 24 * HOUR)
    assert standing(worker) == {built.new.pk}


def test_undoing_keeps_what_the_person_declared_again_since(built, worker, proposal):
    made = accept_successor(actor=worker, proposal=proposal, now=NOW)
    change_level(actor=worker, statement=made, level=7, now=NOW + HOUR)
    remove_skill(actor=worker, statement=made, now=NOW + 2 * HOUR)
    again = declared(built, worker, built.new, "2")
    undo_answer(actor=worker, proposal=proposal, now=NOW + 3 * HOUR)
    assert standing(worker) == {built.old.pk, built.new.pk}
    again.refresh_from_db()
    assert again.removed_at is None


def refusal(call, **values):
    """The code of the refusal, which must write nothing."""
    before = list(SkillStatement.objects.order_by("pk").values())
    with pytest.raises(Refused) as refused, transaction.atomic():
        call(**values)
    assert list(SkillStatement.objects.order_by("pk").values()) == before
    return refused.value.code


class TestRefused:
    @pytest.mark.parametrize("call", [accept_successor, refuse_successor])
    @pytest.mark.parametrize(
        ("state", "code"),
        [
            (ProposalState.ACCEPTED, "already_answered"),
            (ProposalState.REFUSED, "already_answered"),
            (ProposalState.WITHDRAWN, "withdrawn"),
        ],
    )
    def test_what_was_answered_or_withdrawn(self, built, worker, call, state, code):
        proposal = proposed(built, worker, state=state, answered_at=NOW)
        assert refusal(call, actor=worker, proposal=proposal, now=NOW) == code

    def test_a_successor_that_the_record_holds_already(self, built, worker, proposal):
        declared(built, worker, built.new, "2")
        assert refusal(accept_successor, actor=worker, proposal=proposal) == "already_declared"

    def test_a_successor_that_the_newest_edition_no_longer_lists(self, built, worker):
        proposal = proposed(built, worker, built.past)
        assert refusal(accept_successor, actor=worker, proposal=proposal) == "not_in_edition"

    @pytest.mark.parametrize("state", [ProposalState.WAITING, ProposalState.WITHDRAWN])
    def test_undoing_what_was_not_answered(self, built, worker, state):
        answered = None if state == ProposalState.WAITING else NOW
        proposal = proposed(built, worker, state=state, answered_at=answered)
        assert refusal(undo_answer, actor=worker, proposal=proposal, now=NOW) == "not_answered"

    def test_undoing_too_late(self, worker, proposal):
        accept_successor(actor=worker, proposal=proposal, now=NOW)
        late = NOW + 24 * HOUR + dt.timedelta(seconds=1)
        assert refusal(undo_answer, actor=worker, proposal=proposal, now=late) == "too_late"

    def test_undoing_where_the_former_skill_was_declared_again(self, built, worker, proposal):
        accept_successor(actor=worker, proposal=proposal, now=NOW)
        declared(built, worker, built.old)
        assert refusal(undo_answer, actor=worker, proposal=proposal, now=NOW + HOUR) == "already_declared"

    def test_a_skill_that_was_taken_out_has_no_proposal_to_accept(self, worker, proposal):
        remove_skill(actor=worker, statement=proposal.statement)
        with pytest.raises(NotFound):
            accept_successor(actor=worker, proposal=proposal)

    @pytest.mark.parametrize("call", [accept_successor, refuse_successor, undo_answer])
    def test_anybody_else_the_machine_included(self, built, proposal, call):
        neighbour = UserFactory()
        theirs = proposed(built, neighbour)
        for actor in (neighbour, SYSTEM):
            with pytest.raises(NotFound):
                call(actor=actor, proposal=proposal)
        proposal.refresh_from_db()
        assert proposal.state == ProposalState.WAITING
        refuse_successor(actor=neighbour, proposal=theirs)


class TestPages:
    def url(self, name, proposal):
        return reverse(f"competences:successor_{name}", args=[proposal.public_id])

    def test_the_first_screen_says_what_is_proposed_why_and_how_surely(self, built, worker, proposal, client):
        proposed(built, worker, built.other, confidence=100)
        client.force_login(worker)
        words = text_of(client.get(reverse("competences:dashboard")))
        surest, other = (
            words.index("Proposition : « Chercher en ligne » sûr"),
            words.index(
                "Proposition : « Écrire un message en ligne » presque sûr "
                "À la place de « Taper sur un minitel » : proposé par Pérenne, confiance 80 %, "
                "parce que : les mêmes métiers la demandent."
            ),
        )
        assert surest < other

    def test_yes_then_back(self, built, worker, proposal, client):
        client.force_login(worker)
        words = text_of(client.post(self.url("accept", proposal)))
        assert "« Écrire un message en ligne » est dans votre dossier" in words
        assert standing(worker) == {built.new.pk}
        client.post(self.url("undo", proposal))
        assert standing(worker) == {built.old.pk}
        statement = reverse("competences:statement", args=[proposal.statement.public_id])
        assert "Proposition : « Écrire un message en ligne »" in text_of(client.get(statement))

    def test_no_offers_to_think_again(self, worker, proposal, client):
        client.force_login(worker)
        assert "« Taper sur un minitel » reste dans votre dossier" in text_of(
            client.post(self.url("refuse", proposal))
        )
        assert "Proposition :" not in text_of(client.get(reverse("competences:dashboard")))

    def test_later_leaves_the_first_screen_and_stays_on_the_page_of_the_skill(self, worker, proposal, client):
        client.force_login(worker)
        words = text_of(client.post(self.url("later", proposal), follow=True))
        assert "Proposition :" not in words
        assert "1 proposition remise à plus tard : Taper sur un minitel" in words
        statement = reverse("competences:statement", args=[proposal.statement.public_id])
        assert "Proposition :" in text_of(client.get(statement))
        proposal.refresh_from_db()
        assert proposal.state == ProposalState.WAITING

    def test_a_refusal_is_told_on_the_page_of_the_skill(self, built, worker, proposal, client):
        declared(built, worker, built.new, "2")
        client.force_login(worker)
        words = text_of(client.post(self.url("accept", proposal), follow=True))
        assert "Cette compétence est déjà dans votre dossier" in words
        assert standing(worker) == {built.old.pk, built.new.pk}

    @pytest.mark.parametrize("name", ["accept", "refuse", "later", "undo"])
    def test_a_neighbour_finds_nothing_and_a_get_does_nothing(self, built, worker, proposal, client, name):
        neighbour = UserFactory()
        proposed(built, neighbour)
        client.force_login(neighbour)
        assert client.post(self.url(name, proposal)).status_code == 404
        assert client.get(self.url(name, proposal)).status_code == 404
        client.force_login(worker)
        page = reverse("competences:statement", args=[proposal.statement.public_id])
        assert client.get(self.url(name, proposal)).url == page
        client.logout()
        assert client.post(self.url(name, proposal)).status_code == 302
        proposal.refresh_from_db()
        assert proposal.state == ProposalState.WAITING

    def test_queries_do_not_grow_with_the_proposals(self, built, worker, proposal, django_assert_num_queries):
        with django_assert_num_queries(1):
            with_proposals([proposal.statement], **ANYBODY)
        for number in range(10):
            proposed(built, worker, built.concept("skill", f"n{number}", f"Faire {number}"))
        with django_assert_num_queries(1):
            [one] = with_proposals([proposal.statement], **ANYBODY)
        assert len(one.waiting_proposals) == 11

    def test_a_skill_with_a_proposal_alone_is_touched_too(self, built, worker):
        kept = declared(built, worker, built.other)
        rows = SkillStatement.objects.standing()
        assert kept not in touched(rows, **ANYBODY)
        SuccessorProposal.objects.create(
            statement=kept, successor=built.new, edition=built.editions["2"], confidence=70, proposed_at=NOW
        )
        assert kept in touched(rows, **ANYBODY)
