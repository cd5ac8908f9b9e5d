"""The pages of review requests, the worker's and the reader's: a whole walk, refusals told, neighbours."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import FileOpening
from accounts.services.mandates import withdraw_mandate
from competences.enums import Capacity
from competences.models import Attestation, ReviewRequest
from competences.queries.today import Waits
from competences.services.attestations import take_review
from competences.services.review_requests import MOST_SKILLS, withdraw_review
from tests.accounts.factories import MembershipFactory, UserFactory
from tests.competences.record_builder import add, answered_request, ask, reader, reviewer, sent, skill, skills

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path / "private"


@pytest.fixture
def user():
    return UserFactory(name="Nadia Worker")


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def url(name, *args):
    return reverse(f"competences:{name}", args=args)


def typed(statement, **view):
    """What the reader's form sends for one skill."""
    return {f"{statement.public_id.hex}-{name}": value for name, value in view.items()}


def test_a_walk_from_the_question_to_the_answer(user):
    mine, untold = skill(user), skill(user, "Souder à l’arc")
    shown, hidden = (
        add(user, mine, title=title, kind="file", file=sent()) for title in ("Ma photo", "Mon secret")
    )
    alex, worker = signed_in(reader(name="Alex Martin")), signed_in(user)
    page = worker.get(url("review_ask"), {"competence": mine.public_id})
    assert page.context["form"].initial["statements"] == [str(mine.public_id)]
    sent_form = {
        "statements": [str(mine.public_id)],
        "reader": "peer",
        "email": "Alex@Exemple.fr",
        "question": "Suis-je prête ?",
        "evidence": [str(shown.public_id)],
    }
    asked = worker.post(url("review_ask"), sent_form, follow=True)
    assert "Votre demande est partie" in asked.content.decode()
    review = ReviewRequest.objects.get()
    address = url("review", review.public_id)

    assert "Suis-je prête ?" in alex.get(url("reviews")).content.decode()
    first = alex.get(address).content.decode()
    assert "Nadia Worker" in first
    assert not any(words in first for words in ("Réparer", "Ma photo", "Souder"))
    assert alex.get(url("review_file", review.public_id, shown.public_id)).status_code == 404
    whole = alex.post(url("review_take", review.public_id), follow=True).content.decode()
    assert "Réparer des vélos" in whole
    assert "Ma photo" in whole
    assert not any(words in whole for words in ("Souder", "Mon secret"))
    assert alex.get(url("review_file", review.public_id, shown.public_id)).status_code == 302
    for piece in (hidden.public_id, uuid.uuid4()):
        assert alex.get(url("review_file", review.public_id, piece)).status_code == 404

    views = typed(mine, kind="observed", level="6", comment="<b>Vite</b> et bien.")
    thanked = alex.post(address, views, follow=True).content.decode()
    assert "votre avis est parti" in thanked
    assert "Reprendre cet avis" in thanked
    told = worker.get(url("review_request", review.public_id)).content.decode()
    for words in ("Alex Martin", "&lt;b&gt;Vite&lt;/b&gt; et bien.", "niveau 6", "répondue"):
        assert words in told
    assert "Alex Martin" in worker.get(url("statement", mine.public_id)).content.decode()
    assert "Alex Martin" not in worker.get(url("statement", untold.public_id)).content.decode()
    openings = worker.get(reverse("accounts:access")).content.decode()
    assert "Répondre à ma demande d’avis" in openings
    assert "1 compétence et 1 preuve" in openings
    assert FileOpening.objects.filter(worker_id=user.worker.pk).count() == 7


def test_an_adviser_is_chosen_in_the_list_of_mandates(user):
    mandate = reviewer(user)
    skill(user)
    worker, adviser = signed_in(user), signed_in(mandate.adviser)
    page = worker.get(url("review_ask"))
    choices = dict(page.context["form"].fields["reader"].choices)
    assert f"{mandate.adviser.name}, {mandate.organisation.name}" in choices.values()
    [offered] = page.context["form"].offered
    answer = worker.post(url("review_ask"), {"statements": [offered], "reader": str(mandate.public_id)})
    assert answer.status_code == 302
    assert Waits.REVIEW in {one.what for one in adviser.get(url("adviser")).context["today"].due}
    assert len(adviser.get(url("reviews")).context["page"].object_list) == 1


def test_an_address_is_asked_for_where_no_adviser_may_be_chosen(user):
    statement, client = skill(user), signed_in(user)
    assert client.get(url("review_ask")).context["form"].fields["email"].required
    mandate = reviewer(user)
    assert not client.get(url("review_ask")).context["form"].fields["email"].required
    sent = {"statements": [str(statement.public_id)], "reader": str(mandate.public_id), "email": ""}
    assert client.post(url("review_ask"), sent).status_code == 302


BAD = [
    ({"reader": "peer", "email": ""}, "email"),
    ({"reader": "peer", "email": "pas une adresse"}, "email"),
    ({"reader": "", "email": "a@exemple.fr"}, "reader"),
    ({"reader": str(uuid.uuid4())}, "reader"),
    ({"reader": "peer", "email": "a@exemple.fr", "statements": []}, "statements"),
    ({"reader": "peer", "email": "a@exemple.fr", "statements": [str(uuid.uuid4())]}, "statements"),
    ({"reader": "peer", "email": "a@exemple.fr", "evidence": [str(uuid.uuid4())]}, "evidence"),
    ({"reader": "peer", "email": "a@exemple.fr", "question": "x" * 501}, "question"),
]


@pytest.mark.parametrize(("values", "field"), BAD)
def test_a_bad_request_is_told_beside_its_field(user, values, field):
    statement = skill(user)
    add(user, statement)
    page = signed_in(user).post(url("review_ask"), {"statements": [str(statement.public_id)], **values})
    assert page.status_code == 200
    assert field in page.context["form"].errors
    assert not ReviewRequest.objects.exists()


def test_a_neighbours_mandate_and_evidence_are_not_choices(user):
    statement, neighbour = skill(user), UserFactory()
    theirs, piece = reviewer(neighbour), add(neighbour)
    add(user, statement)
    values = {
        "statements": [str(statement.public_id)],
        "reader": str(theirs.public_id),
        "email": "a@exemple.fr",
        "evidence": [str(piece.public_id)],
    }
    page = signed_in(user).post(url("review_ask"), values)
    assert set(page.context["form"].errors) == {"reader", "evidence"}


def test_a_second_answer_is_told_and_the_first_stays(user):
    alex, review, [view] = answered_request(user)
    client = signed_in(alex)
    page = client.post(url("review", review.public_id), typed(view.statement, kind="certified"), follow=True)
    assert "a déjà sa réponse" in page.content.decode()
    assert Attestation.objects.get().kind == "observed"
    page = client.post(url("review_decline", review.public_id), follow=True)
    assert "a déjà sa réponse" in page.content.decode()


def test_an_answer_after_a_withdrawal_is_told_what_became_of_it(user):
    alex = reader(name="Alex")
    statement = skill(user)
    review = take_review(actor=alex, review=ask(user, statement))
    client = signed_in(alex)
    assert client.get(url("review", review.public_id)).status_code == 200
    withdraw_review(actor=user, review=review)
    for view in ({"kind": "observed"}, {"kind": "nonsense"}):
        page = client.post(url("review", review.public_id), typed(statement, **view), follow=True)
        assert "retiré sa demande" in page.content.decode()
    assert client.get(url("review", review.public_id)).status_code == 404
    assert not Attestation.objects.exists()


def test_what_is_typed_stays_when_something_is_to_be_corrected(user):
    alex = reader(name="Alex")
    statement = skill(user)
    review = take_review(actor=alex, review=ask(user, statement))
    client = signed_in(alex)
    page = client.post(url("review", review.public_id), typed(statement, level="4", comment="Très soigneuse"))
    assert page.status_code == 200
    assert "Très soigneuse" in page.content.decode()
    assert page.context["rows"][0]["form"].errors["kind"]
    page = client.post(url("review", review.public_id), typed(statement, kind=""))
    assert "une compétence au moins" in page.content.decode()
    assert not Attestation.objects.exists()


def test_who_was_asked_as_a_member_says_in_whose_name(user):
    boss, former = reader("chef@exemple.fr", name="Sacha"), reader("ancien@exemple.fr", name="Dominique")
    firm = MembershipFactory(user=boss, employer=True).organisation
    statement = skill(user)
    for person, name, expected in (
        (boss, firm.public_id, (Capacity.EMPLOYER_MEMBER, firm.name)),
        (former, "", (Capacity.PEER, "")),
    ):
        review = ask(user, statement, email=person.email, capacity=Capacity.EMPLOYER_MEMBER)
        client = signed_in(person)
        page = client.post(url("review_take", review.public_id), follow=True)
        assert ("mention « pair »" in page.content.decode()) is (person is former)
        client.post(
            url("review", review.public_id), {"organisation": name, **typed(statement, kind="observed")}
        )
        view = Attestation.objects.get(request=review)
        assert (view.author_capacity, view.author_organisation) == expected


def test_a_reader_without_a_name_gives_one_first(user):
    nameless = reader(nameless=True)
    review = ask(user)
    client = signed_in(nameless)
    assert reverse("accounts:profile") in client.get(url("review", review.public_id)).content.decode()
    page = client.post(url("review_take", review.public_id), follow=True)
    assert "Un avis porte un nom" in page.content.decode()
    assert page.context["review"].state == "waiting"


def test_an_author_takes_back_in_time_and_is_told_when_it_is_too_late(user):
    alex, review, [view] = answered_request(user)
    client = signed_in(alex)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=25), tick=False):
        page = client.post(url("attestation_withdraw", view.public_id), follow=True).content.decode()
        assert "24 heures est passé" in page
        assert "Reprendre cet avis" not in page
    page = client.post(url("attestation_withdraw", view.public_id), follow=True).content.decode()
    assert "montré à personne" in page
    assert (
        "Alex Martin"
        not in signed_in(user)
        .get(url("review_request", review.public_id))
        .content.decode()
        .split("Ce qui s’est passé")[0]
        .split("Ce que j’ai montré")[1]
    )


def test_a_worker_takes_a_request_back_from_its_page(user):
    review = ask(user)
    client = signed_in(user)
    page = client.post(url("review_withdraw", review.public_id), follow=True).content.decode()
    assert "n’en voit plus rien" in page
    page = client.post(url("review_withdraw", review.public_id), follow=True).content.decode()
    assert "a retiré sa demande" in page


def test_a_worker_closes_what_was_answered_from_its_page(user):
    alex, review, _views = answered_request(user)
    worker, reading = signed_in(user), signed_in(alex)
    page = worker.post(url("review_close", review.public_id), follow=True).content.decode()
    assert "vous pourrez fermer ensuite" in page
    with time_machine.travel(timezone.now() + dt.timedelta(hours=25), tick=False):
        assert reading.get(url("review", review.public_id)).status_code == 200
        page = worker.post(url("review_close", review.public_id), follow=True).content.decode()
        assert "C’est fermé" in page
        assert "Cette personne ne voit plus rien" in page
        assert reading.get(url("review", review.public_id)).status_code == 404
        assert reading.post(url("review", review.public_id), follow=True).redirect_chain[-1][0] == url(
            "reviews"
        )


def test_a_mandate_taken_back_closes_the_request_on_its_page(user):
    mandate = reviewer(user)
    review = ask(user, mandate=mandate)
    client = signed_in(user)
    shut = "Cette personne ne voit plus rien"
    assert shut not in client.get(url("review_request", review.public_id)).content.decode()
    withdraw_mandate(actor=user, mandate=mandate)
    assert shut in client.get(url("review_request", review.public_id)).content.decode()
    assert client.get(reverse("accounts:access")).context["granted"] == []


def test_a_decline_ends_what_the_reader_sees(user):
    alex, review = reader(name="Alex"), ask(user)
    client = signed_in(alex)
    page = client.post(url("review_decline", review.public_id), follow=True)
    assert "est déclinée" in page.content.decode()
    assert client.get(url("review", review.public_id)).status_code == 404
    assert "déclinée" in signed_in(user).get(url("review_request", review.public_id)).content.decode()


NEIGHBOURS = [
    *("review", "review_take", "review_decline"),
    *("review_request", "review_withdraw", "review_close"),
]


@pytest.mark.parametrize("name", NEIGHBOURS)
def test_anothers_request_is_as_absent_as_none(user, name):
    review = ask(user)
    neighbour = reader("autre@exemple.fr", name="Autre")
    skill(neighbour)
    ask(neighbour, email="b@exemple.fr")
    ask(UserFactory(), email=neighbour.email)
    client = signed_in(neighbour)
    method = client.get if name in ("review", "review_request") else client.post
    assert [method(url(name, key)).status_code for key in (review.public_id, uuid.uuid4())] == [404, 404]
    assert client.post(url("review", review.public_id), {}).status_code == 404
    review.refresh_from_db()
    assert (review.state, review.reader) == ("waiting", None)


def test_anothers_views_are_as_absent_as_none(user):
    _alex, _review, [view] = answered_request(user)
    neighbour = UserFactory()
    _reader, _theirs, [own] = answered_request(neighbour, email="c@exemple.fr")
    client = signed_in(neighbour)
    for name in ("attestation_hide", "attestation_show", "attestation_withdraw"):
        for key in (view.public_id, uuid.uuid4()):
            assert client.post(url(name, key)).status_code == 404
    assert client.post(url("attestation_hide", own.public_id)).status_code == 302
    view.refresh_from_db()
    assert (view.hidden_at, view.withdrawn_at) == (None, None)


def test_the_readers_pages_cost_the_same_whatever_they_hold(user, django_assert_max_num_queries):
    alex = reader(name="Alex")
    statements = skills(user, MOST_SKILLS)
    pieces = [add(user, one, statements[0]) for one in statements]
    for number in range(25):
        other = UserFactory(name=f"Personne {number}")
        ask(other, email=alex.email)
    review = take_review(actor=alex, review=ask(user, *statements, evidence=pieces))
    client = signed_in(alex)
    for address in (url("reviews"), url("review", review.public_id)):
        client.get(address)
        with django_assert_max_num_queries(12):
            page = client.get(address)
        assert len(page.content) < 60_000, len(page.content)
    client.logout()
    client.force_login(user)
    with django_assert_max_num_queries(12):
        assert len(client.get(url("review_request", review.public_id)).content) < 60_000
