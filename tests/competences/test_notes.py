"""Notes of advisers: who reads them, who writes them, two tabs, and the job that erases them."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.access import SYSTEM
from accounts.constraints import broken_constraint
from accounts.enums import Purpose
from accounts.errors import NotFound, Refused
from accounts.models import Mandate
from accounts.services.mandates import withdraw_mandate
from competences.models import Note
from competences.queries.notes import notes_shared_with, person_notes
from competences.rules.notes import note_destruction
from competences.services.notes import destroy_notes, edit_note, erase_note, write_note
from tasks.jobs.notes import destroy
from tests.accounts.factories import NOW, TODAY, MandateFactory, MembershipFactory, UserFactory
from tests.accounts.handover_builder import answer, person_of, propose, two_advisers
from tests.accounts.side_by_side import side_by_side

URL = "competences:{}".format
DAY = dt.timedelta(days=1)


def note_by(place, worker, visibility="private", text="À rappeler lundi.", purpose=Purpose.FOLLOW_UP):
    mandate = Mandate.objects.filter(adviser=place.user, worker=worker, purpose=purpose).latest("pk")
    return write_note(
        actor=place.user, worker=worker, mandate=mandate, visibility=visibility, text=text, now=NOW
    )


def reads(place, worker, on=TODAY):
    notes = person_notes(place.user, worker, on)
    return {note.text for note in (*notes.private, *notes.shared)}


@given(st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)), st.integers(1, 10))
def test_a_note_is_erased_years_to_the_day(day, years):
    end = note_destruction(day, years)
    assert (end.year, end.month) == (day.year + years, day.month)
    assert end.day == day.day or (day.month, day.day, end.day) == (2, 29, 28)


@pytest.mark.django_db
def test_a_private_note_is_its_authors_alone_and_a_shared_one_is_read_by_who_accompanies():
    camille, sam = two_advisers()
    worker = person_of(camille)
    for other in (sam, MembershipFactory()):
        person_of(other, worker=worker)
    person_of(reviewer := MembershipFactory(organisation=camille.organisation), "review", worker=worker)
    note_by(camille, worker, "private", "à part")
    note_by(camille, worker, "shared", "ensemble")
    neighbour = MembershipFactory(organisation=camille.organisation)
    person_of(neighbour)
    elsewhere = Mandate.objects.exclude(organisation=camille.organisation).get(worker=worker)
    expected = {camille: {"à part", "ensemble"}, sam: {"ensemble"}, reviewer: set(), neighbour: set()}
    assert {place: reads(place, worker) for place in expected} == expected
    assert not (person_notes(elsewhere.adviser, worker, TODAY)).shared
    assert {note.text for note in notes_shared_with(worker)} == {"ensemble"}


@pytest.mark.django_db
def test_a_note_is_written_under_ones_own_mandate_and_dated():
    camille, sam = two_advisers()
    worker = person_of(camille)
    note = note_by(camille, worker, text="  Un  fait.\r\n\r\n\r\n\r\nDeux. ")
    assert (note.text, note.destroy_on) == ("Un  fait.\n\nDeux.", TODAY.replace(year=TODAY.year + 3))
    assert (note.author_name, note.organisation, note.purpose) == (
        "Camille",
        camille.organisation,
        "follow_up",
    )
    mandate = Mandate.objects.get()
    review = MandateFactory(worker=worker, adviser=sam.user, organisation=sam.organisation, purpose="review")
    for actor, held in ((sam.user, mandate), (worker.user, mandate), (sam.user, review)):
        with pytest.raises(NotFound):
            write_note(actor=actor, worker=worker, mandate=held, visibility="private", text="x", now=NOW)
    for text in ("", " \n ", "x" * 4001):
        with pytest.raises(Refused) as caught:
            note_by(camille, worker, text=text)
        assert caught.value.field == "text"


@pytest.mark.django_db
def test_nobody_else_changes_or_erases_a_note_nor_its_author_once_the_mandate_ended():
    camille, sam = two_advisers()
    worker = person_of(camille)
    person_of(sam, worker=worker)
    note = note_by(camille, worker, "shared")
    for actor in (sam.user, worker.user, UserFactory(staff=True)):
        with pytest.raises(NotFound):
            edit_note(actor=actor, note=note, text="y", version=1, now=NOW)
        with pytest.raises(NotFound):
            erase_note(actor=actor, note=note, now=NOW)
    withdraw_mandate(actor=worker.user, mandate=Mandate.objects.get(adviser=camille.user), now=NOW)
    with pytest.raises(NotFound):
        edit_note(actor=camille.user, note=note, text="y", version=1, now=NOW)
    assert reads(camille, worker) == set()


@pytest.mark.django_db
def test_of_two_tabs_the_second_is_told():
    camille, _sam = two_advisers()
    note = note_by(camille, person_of(camille))
    changed = edit_note(actor=camille.user, note=note, text="premier", version=1, now=NOW + DAY)
    assert (changed.version, changed.destroy_on) == (2, note.destroy_on)
    with pytest.raises(Refused) as caught:
        edit_note(actor=camille.user, note=note, text="second", version=1, now=NOW)
    assert caught.value.code == "changed_since"
    assert Note.objects.get().text == "premier"


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_the_same_moment_leave_one_text():
    camille, _sam = two_advisers()
    note = note_by(camille, person_of(camille))
    results = side_by_side(
        *[
            lambda text=text: edit_note(actor=camille.user, note=note, text=text, version=1, now=NOW)
            for text in "ab"
        ]
    )
    assert sum(isinstance(result, Refused) for result in results) == 1


@pytest.mark.django_db
def test_private_notes_never_move_and_shared_ones_are_read_by_the_colleague():
    camille, sam = two_advisers()
    worker = person_of(camille)
    note_by(camille, worker, "private", "à part")
    note_by(camille, worker, "shared", "ensemble")
    answer(worker, propose(camille, sam, worker), follow_up="yes")
    assert reads(sam, worker) == {"ensemble"}
    assert reads(camille, worker) == set()
    client = Client()
    client.force_login(camille.user)
    with time_machine.travel(NOW, tick=False):
        page = client.get(reverse(URL("former_person"), args=[worker.public_id])).content.decode()
        assert "à part" in page
        assert "ensemble" in page
        assert reverse(URL("note"), args=[Note.objects.first().public_id]) not in page
        client.force_login(sam.user)
        assert client.get(reverse(URL("former_person"), args=[worker.public_id])).status_code == 404
    with time_machine.travel(NOW + 30 * DAY, tick=False):
        client.force_login(camille.user)
        assert client.get(reverse(URL("former_person"), args=[worker.public_id])).status_code == 404


@pytest.mark.django_db
def test_the_job_erases_what_is_due_and_what_nobody_reads():
    camille, _sam = two_advisers()
    worker = person_of(camille)
    kept, due, orphan = (note_by(camille, worker, text=text) for text in ("reste", "échue", "orpheline"))
    Note.objects.filter(pk=due.pk).update(destroy_on=TODAY)
    Note.objects.filter(pk=orphan.pk).update(author=None)
    shared = note_by(camille, worker, "shared")
    Note.objects.filter(pk=shared.pk).update(author=None)
    assert destroy_notes(actor=SYSTEM, on=TODAY) == {"due": 1, "orphans": 1}
    assert set(Note.objects.all()) == {kept, shared}
    assert destroy_notes(actor=SYSTEM, on=TODAY) == {"due": 0, "orphans": 0}
    with pytest.raises(NotFound):
        destroy_notes(actor=camille.user, on=TODAY)
    with time_machine.travel(NOW + 3 * 366 * DAY):
        assert destroy()["due"] == 2


@pytest.mark.django_db
@pytest.mark.parametrize("fields", [{"text": ""}, {"visibility": "everybody"}])
def test_the_constraint_of_notes(fields):
    camille, _sam = two_advisers()
    note_by(camille, person_of(camille))
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        Note.objects.update(**fields)
    assert broken_constraint(caught.value) == "note_is_whole"


@pytest.mark.django_db
class TestPages:
    @pytest.fixture
    def place(self):
        with time_machine.travel(NOW, tick=False):
            yield two_advisers()[0]

    @pytest.fixture
    def client(self, place):
        client = Client()
        client.force_login(place.user)
        return client

    def test_a_walk(self, place, client):
        worker = person_of(place, Purpose.FOLLOW_UP, Purpose.BILAN)
        address = reverse(URL("note_add"), args=[worker.public_id])
        mandate = Mandate.objects.get(purpose="bilan")
        sent = {"visibility": "shared", "mandate": str(mandate.public_id), "text": "<b>Vu</b> ensemble"}
        assert "Choisissez qui lit" in client.post(address, {"text": "x"}).content.decode()
        page = client.post(address, sent, follow=True).content.decode()
        assert "&lt;b&gt;Vu&lt;/b&gt; ensemble" in page
        note = Note.objects.get()
        assert note.purpose == "bilan"
        own = Client()
        own.force_login(worker.user)
        assert "&lt;b&gt;Vu" in own.get(reverse(URL("accompaniment"))).content.decode()
        page = client.post(
            reverse(URL("note"), args=[note.public_id]), {"text": "Autre", "version": 1}, follow=True
        )
        assert "Autre" in page.content.decode()
        erase = reverse(URL("note_erase"), args=[note.public_id])
        assert client.get(erase).status_code == 200
        client.post(erase)
        assert not Note.objects.exists()

    def test_the_refused_text_stays_on_the_page_and_may_be_sent_again(self, place, client):
        note = note_by(place, person_of(place))
        address = reverse(URL("note"), args=[note.public_id])
        client.post(address, {"text": "premier onglet", "version": 1})
        page = client.post(address, {"text": "second onglet", "version": 1})
        told = page.content.decode()
        assert "premier onglet" in told
        assert "second onglet" in told
        version = page.context["form"]["version"].value()
        client.post(address, {"text": "second onglet", "version": version})
        assert Note.objects.get().text == "second onglet"

    def test_what_was_typed_survives_the_end_of_the_session(self, place, client):
        worker = person_of(place)
        address = reverse(URL("note_add"), args=[worker.public_id])
        client.logout()
        page = client.post(address, {"text": "Mon <long> texte", "visibility": "private"})
        assert page.status_code == 401
        assert "Mon &lt;long&gt; texte" in page.content.decode()
        assert client.get(address).url.startswith("/compte/login/")
        assert client.post(address).url.startswith("/compte/login/")
        assert not Note.objects.exists()

    def test_a_neighbour_is_refused_as_if_nothing_were_there(self, place, client):
        other = MembershipFactory(organisation=place.organisation)
        theirs = person_of(other)
        note = note_by(other, theirs, "shared")
        person_of(place)
        addresses = [
            reverse(URL("note_add"), args=[theirs.public_id]),
            *(reverse(URL(name), args=[note.public_id]) for name in ("note", "note_erase")),
        ]
        for address in addresses:
            assert client.get(address).status_code == 404
            assert client.post(address, {"text": "x", "visibility": "private"}).status_code == 404
        assert Note.objects.get().text == note.text

    def test_as_many_queries_for_one_note_as_for_many(self, place, client):
        worker = person_of(place)
        address = reverse(URL("adviser_worker"), args=[worker.public_id])
        numbers = []
        for more in (1, 20):
            for _n in range(more):
                note_by(place, worker, "private")
                note_by(place, worker, "shared")
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            numbers.append(len(queries))
        assert numbers[0] == numbers[1]
