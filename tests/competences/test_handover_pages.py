"""The pages of handovers: ticked, previewed, proposed, answered, undone; neighbours see none of them."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Purpose
from accounts.models import FileOpening, Handover, HandoverPart, Mandate
from accounts.services.handovers import undo_handover
from accounts.services.mandates import withdraw_mandate
from competences.models import Appointment, Bilan
from tasks.jobs.handovers import settle
from tests.accounts.factories import NOW, MembershipFactory, UserFactory
from tests.accounts.handover_builder import answer, person_of, propose, two_advisers
from tests.competences.record_builder import skill

pytestmark = pytest.mark.django_db
ALL = (Purpose.FOLLOW_UP, Purpose.REVIEW, Purpose.BILAN)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def places():
    return two_advisers()


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def url(name, *args):
    return reverse(f"competences:{name}", args=args)


def test_a_walk_from_the_ticks_to_the_way_back(places):
    camille, sam = places
    nadia, yann = person_of(camille, *ALL), person_of(camille)
    neighbour = person_of(MembershipFactory(organisation=camille.organisation))
    adviser, person = signed_in(camille.user), signed_in(nadia.user)
    ticked = {"personne": [str(one.public_id) for one in (nadia, yann, neighbour)]}
    page = adviser.post(url("handover_new"), ticked)
    assert page.context["unknown"] == 1
    sent = {
        **ticked,
        "colleague": str(sam.pk),
        "note": "Je pars <b>lundi</b>.",
        "key": str(page.context["form"]["key"].value()),
    }
    shown = adviser.post(url("handover_new"), {**sent, "preview": ""})
    assert [(w, len(m)) for w, m in shown.context["rows"]] == [(nadia, 3), (yann, 1)]
    assert not Handover.objects.exists()
    for _double_click in range(2):
        told = adviser.post(url("handover_new"), {**sent, "propose": ""}, follow=True).content.decode()
    assert "&lt;b&gt;lundi" in told
    handover = Handover.objects.get()
    assert handover.parts.count() == 4

    assert "attend votre réponse" in person.get(url("accompaniment")).content.decode()
    page = person.get(url("handover_answer", handover.public_id))
    parts = {part.purpose: part for part in handover.parts.filter(worker=nadia)}
    said = {"follow_up": "yes", "review": "later", "bilan": "no"}
    answers = {parts[purpose].public_id.hex: value for purpose, value in said.items()}
    told = person.post(url("handover_answer", handover.public_id), answers, follow=True).content.decode()
    assert "Sam prend le relais" in told
    followed = adviser.get(url("handover", handover.public_id)).content.decode()
    assert nadia.user.name in followed
    assert yann.user.name in followed
    colleague = signed_in(sam.user).get(url("handover", handover.public_id)).content.decode()
    assert nadia.user.name in colleague
    assert yann.user.name not in colleague
    assert "bilan" not in colleague.split("<main")[1].split("</main>")[0].lower()
    moved = parts["follow_up"]
    person.post(url("handover_part_close", moved.public_id))
    person.post(url("handover_part_reopen", parts["bilan"].public_id))
    told = person.post(url("handover_part_undo", moved.public_id), follow=True).content.decode()
    assert "comme avant" in told
    states = dict(HandoverPart.objects.filter(worker=nadia).values_list("purpose", "state"))
    assert states == {"follow_up": "undone", "review": "proposed", "bilan": "proposed"}


def test_a_neighbour_opens_none_of_it(places):
    camille, sam = places
    worker = person_of(camille)
    handover = propose(camille, sam, worker)
    [part] = answer(worker, handover, follow_up="yes")
    other = MembershipFactory(organisation=camille.organisation)
    theirs = person_of(other)
    propose(other, sam, theirs)
    for user in (other.user, theirs.user, UserFactory(staff=True)):
        client = signed_in(user)
        for name in ("handover", "handover_answer"):
            assert client.get(url(name, handover.public_id)).status_code == 404
        assert client.post(url("handover_withdraw", handover.public_id)).status_code == 404
        for name in ("undo", "reopen", "close"):
            assert client.post(url(f"handover_part_{name}", part.public_id)).status_code == 404
        assert client.get(url("former_person", worker.public_id)).status_code == 404
    part.refresh_from_db()
    assert (part.state, part.reading_ended_at) == ("accepted", None)


def test_the_former_adviser_reads_and_the_person_sees_it_and_ends_it(places):
    camille, sam = places
    worker = person_of(camille)
    handover = propose(camille, sam, worker)
    [part] = answer(worker, handover, follow_up="yes")
    former, person = signed_in(camille.user), signed_in(worker.user)
    assert worker.user.name in former.get(url("handovers")).content.decode()
    page = former.get(url("former_person", worker.public_id))
    assert page.status_code == 200
    assert 'method="post"' not in page.content.decode().split("<main")[1].split("</main>")[0]
    assert FileOpening.objects.filter(purpose="handover", actor_id=camille.user_id).count() == 1
    for name in ("adviser_worker", "note_add"):
        assert former.get(url(name, worker.public_id)).status_code == 404
    assert "Relire après un relais" in person.get(reverse("accounts:access")).content.decode()
    person.post(url("handover_part_close", part.public_id))
    assert former.get(url("former_person", worker.public_id)).status_code == 404
    assert person.get(url("former_person", worker.public_id)).status_code == 404  # one's own pages are others


@pytest.mark.parametrize(("purpose", "reads_record"), [("follow_up", True), ("bilan", False)])
def test_the_former_adviser_reads_what_the_purpose_that_moved_opened(places, purpose, reads_record):
    camille, sam = places
    worker = person_of(camille, purpose)
    skill(worker.user, "Souder une tôle")
    answer(worker, propose(camille, sam, worker), **{purpose: "yes"})
    page = signed_in(camille.user).get(url("former_person", worker.public_id))
    assert page.status_code == 200
    assert ("Souder une tôle" in page.content.decode()) is reads_record
    assert ("jobs" in page.context) is reads_record


def test_an_answer_that_comes_too_late_is_told(places):
    camille, sam = places
    worker = person_of(camille)
    handover = propose(camille, sam, worker)
    part = handover.parts.get()
    client = signed_in(worker.user)
    client.post(url("handover_withdraw", handover.public_id))
    assert signed_in(camille.user).post(url("handover_withdraw", handover.public_id)).status_code == 302
    page = client.post(url("handover_answer", handover.public_id), {part.public_id.hex: "yes"}, follow=True)
    assert "n’est plus ouverte" in page.content.decode()
    part.refresh_from_db()
    assert part.state == "withdrawn"
    assert Mandate.objects.count() == 1


def test_a_question_about_an_access_that_ended_is_no_longer_asked(places):
    camille, sam = places
    worker = person_of(camille)
    handover = propose(camille, sam, worker)
    withdraw_mandate(actor=worker.user, mandate=Mandate.objects.get(), now=NOW)
    client = signed_in(worker.user)
    assert "attend votre réponse" not in client.get(url("accompaniment")).content.decode()
    page = client.get(url("handover_answer", handover.public_id))
    assert page.context["questions"] == []
    assert "sans objet" in page.content.decode()


def bilan_of(worker, place, state="investigation"):
    return Bilan.objects.create(
        worker=worker,
        adviser=place.user,
        organisation=place.organisation,
        state=state,
        created_at=NOW,
        moved_at=NOW,
    )


@pytest.mark.parametrize(("said", "expected"), [("yes", "Sam"), ("no", "Camille"), ("later", "Camille")])
def test_the_running_bilan_moves_with_its_own_yes_alone(places, said, expected):
    camille, sam = places
    worker = person_of(camille, *ALL)
    running, over = bilan_of(worker, camille), bilan_of(worker, camille, "closed")
    answer(worker, propose(camille, sam, worker), follow_up="yes", review="yes", bilan=said)
    running.refresh_from_db()
    over.refresh_from_db()
    assert (running.adviser.name, over.adviser.name) == (expected, "Camille")
    if said == "yes":
        part = HandoverPart.objects.get(purpose="bilan")
        undo_handover(actor=worker.user, part=part, now=NOW)
        running.refresh_from_db()
        assert running.adviser == camille.user


def test_silence_moves_no_bilan(places):
    camille, sam = places
    worker = person_of(camille, *ALL)
    running = bilan_of(worker, camille)
    propose(camille, sam, worker)
    with time_machine.travel(NOW + 15 * DAY, tick=False):
        assert settle() == {"moved": 1}
        assert settle() == {}
    running.refresh_from_db()
    assert running.adviser == camille.user


def test_what_my_accompaniment_shows_of_appointments(places):
    camille, _sam = places
    worker = person_of(camille)
    same = {
        "worker": worker,
        "adviser": camille.user,
        "organisation": camille.organisation,
        "kind": "accompaniment",
        "minutes": 60,
        "created_at": NOW,
    }
    Appointment.objects.create(**same, starts_at=NOW + 9 * DAY, place="Salle bleue")
    Appointment.objects.create(**same, starts_at=NOW + 2 * DAY, place="Salle verte", state="cancelled")
    Appointment.objects.create(**same, starts_at=NOW - DAY, place="Salle rouge")
    page = signed_in(worker.user).get(url("accompaniment")).content.decode()
    assert "Salle bleue" in page
    assert "Salle verte" not in page
    assert "Camille" in page
    empty = signed_in(UserFactory()).get(url("accompaniment")).content.decode()
    assert "Personne ne vous accompagne" in empty


@pytest.mark.parametrize("page", ["accompaniment", "handovers", "handover", "handover_new"])
def test_as_many_queries_for_one_row_as_for_many(places, page):
    camille, sam = places
    people = [person_of(camille) for _ in range(12)]
    handover = propose(camille, sam, people[0])
    clients = {name: signed_in(camille.user) for name in ("handovers", "handover", "handover_new")}
    clients["accompaniment"] = signed_in(people[0].user)

    def count():
        with CaptureQueriesContext(connection) as queries:
            if page == "handover_new":
                ids = [str(one.public_id) for one in people[: 2 + 10 * bool(more)]]
                sent = {"personne": ids, "colleague": str(sam.pk), "key": str(uuid.uuid4()), "preview": ""}
                answered = clients[page].post(url(page), sent)
            else:
                arguments = [handover.public_id] if page == "handover" else []
                answered = clients[page].get(url(page, *arguments))
            assert answered.status_code == 200
        return len(queries)

    more = False
    first = count()
    more = True
    for one in people[1:]:
        propose(camille, sam, one)
    for _n in range(4):
        place = MembershipFactory(organisation=camille.organisation)
        person_of(place, worker=people[0])
        propose(place, sam, people[0])
    part = HandoverPart.objects.exclude(handover=handover)
    part.filter(worker=people[1]).update(handover=handover)
    assert count() == first


def test_an_adviser_without_colleagues_is_told(places):
    alone = MembershipFactory()
    worker = person_of(alone)
    page = signed_in(alone.user).post(url("handover_new"), {"personne": str(worker.public_id)})
    assert "Aucun collègue" in page.content.decode()
    assert signed_in(alone.user).get(url("handover_new")).status_code == 200
    forged = {
        "personne": str(worker.public_id),
        "colleague": str(MembershipFactory().pk),
        "key": str(uuid.uuid4()),
        "propose": "",
    }
    signed_in(alone.user).post(url("handover_new"), forged)
    assert not Handover.objects.exists()
