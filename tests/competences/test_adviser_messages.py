"""Messages of advisers: placeholders, preview, one press sends once, limits, the person who stops them."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts import notifications
from accounts.constraints import broken_constraint
from accounts.email_rendering import render
from accounts.errors import NotFound, Refused
from accounts.models import Muting, Notification
from accounts.services.mutings import mute_adviser, unmute_adviser
from competences.models import AdviserMessage, Appointment, MessageTemplate
from competences.queries.adviser_messages import MOST_A_PERSON, prepared
from competences.rules.message_templates import PLACEHOLDERS, filled, unknown_placeholders
from competences.services import adviser_messages as services
from competences.services.adviser_messages import erase_template, save_template, send_messages
from tests.accounts.factories import NOW, MembershipFactory, UserFactory
from tests.accounts.handover_builder import person_of, two_advisers
from tests.accounts.side_by_side import side_by_side

URL = "competences:{}".format


def send(place, *workers, text="Bonjour {nom}", **fields):
    given = {"key": uuid.uuid4(), "now": NOW, **fields}
    return send_messages(actor=place.user, workers=list(workers), text=text, **given)


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("Bonjour {nom}, {prenom} et {prenom}", ["prenom"]),
        ("Bonjour { nom }", []),
        ("{} {NOM}", ["", "NOM"]),
        ("un { seul, deux } ouvert", [" seul, deux "]),
        ("un { seul et {\n}", []),
        (" ".join(f"{{{name}}}" for name in PLACEHOLDERS), []),
    ],
)
def test_what_we_do_not_know_is_named(text, unknown):
    assert unknown_placeholders(text) == unknown


@given(st.text(st.characters(exclude_characters="{}"), max_size=50), st.text(max_size=20))
def test_a_text_without_braces_stays_and_a_name_with_braces_is_not_filled_again(text, name):
    assert filled(text, {"nom": name}) == text
    assert filled("{nom}", {"nom": name, name: "x", "date": "y"}) == name


@pytest.mark.django_db
def test_each_person_has_their_own_text_and_their_own_row_of_the_outbox():
    camille, _sam = two_advisers()
    first, second = person_of(camille), person_of(camille)
    Appointment.objects.create(
        worker=first,
        adviser=camille.user,
        organisation=camille.organisation,
        kind="accompaniment",
        starts_at=dt.datetime(2026, 3, 30, 7, 30, tzinfo=dt.UTC),
        minutes=60,
        created_at=NOW,
    )
    text = "{nom} : {prochain_rendez_vous}, {conseiller}, {organisme}, {date}"
    assert len(send(camille, first, second, text=text).sent) == 2
    place = f"Camille, {camille.organisation.name}, 12 mars 2026"
    texts = dict(AdviserMessage.objects.values_list("worker", "text"))
    # The clocks changed on 29 March: 7.30 in UTC is 9.30 in Paris.
    assert texts[first.pk] == f"{first.user.name} : 30 mars 2026 à 09h30, {place}"
    assert texts[second.pk] == f"{second.user.name} : pas encore fixé, {place}"
    rows = Notification.objects.filter(kind="adviser_message")
    assert {row.recipient_id for row in rows} == {first.user_id, second.user_id}
    mail = render(rows[0], notifications.get("adviser_message"))
    whole = mail.subject + mail.body + mail.alternatives[0].content
    assert not any(word in whole for word in ("Camille", "rendez", camille.organisation.name))


@pytest.mark.django_db
def test_one_key_sends_once():
    camille, _sam = two_advisers()
    worker, key = person_of(camille), uuid.uuid4()
    for _twice in range(2):
        assert len(send(camille, worker, key=key).sent) == 1
    assert AdviserMessage.objects.count() == Notification.objects.filter(kind="adviser_message").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_double_click_sends_once():
    camille, _sam = two_advisers()
    worker, key = person_of(camille), uuid.uuid4()
    results = side_by_side(*[lambda: send(camille, worker, key=key)] * 3)
    assert not [result for result in results if isinstance(result, Exception)]
    assert AdviserMessage.objects.count() == Notification.objects.filter(kind="adviser_message").count() == 1


@pytest.mark.django_db
def test_who_is_not_written_to_is_told_with_the_reason():
    camille, sam = two_advisers()
    heard, muted, ended, full = (person_of(camille) for _ in range(4))
    ended.mandates.update(end_on=NOW.date())
    reviewed, theirs = person_of(camille, "review"), person_of(sam)
    mute_adviser(actor=muted.user, adviser=camille.user)
    mute_adviser(actor=heard.user, adviser=sam.user)
    for _n in range(MOST_A_PERSON):
        send(camille, full)
    done = send(camille, heard, muted, ended, full, reviewed, theirs)
    assert [row.worker for row in done.sent] == [heard]
    assert [row.worker for row in done.refused] == [muted, ended, full, reviewed, theirs]
    assert all(row.refusal for row in done.refused)
    unmute_adviser(actor=muted.user, adviser=camille.user)
    later = send(camille, muted, full, now=NOW + dt.timedelta(days=1))
    assert [row.worker for row in later.sent] == [muted, full]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "code"),
    [("", "adviser_message_has_a_text"), ("x" * 4001, "long_text"), ("Cher {ami}", "unknown_placeholder")],
)
def test_a_text_that_may_not_leave(text, code):
    camille, _sam = two_advisers()
    with pytest.raises(Refused) as caught:
        send(camille, person_of(camille), text=text)
    assert (caught.value.code, caught.value.field) == (code, "text")
    with pytest.raises(Refused):
        save_template(actor=camille.user, name="Un", text=text)
    assert not AdviserMessage.objects.exists()


@pytest.mark.django_db
def test_the_day_has_a_limit_and_nothing_leaves_above_it(monkeypatch):
    monkeypatch.setattr(services, "MOST_A_DAY", 3)
    camille, _sam = two_advisers()
    people = [person_of(camille) for _ in range(4)]
    with pytest.raises(Refused) as caught:
        send(camille, *people)
    assert caught.value.code == "too_many_messages"
    assert not AdviserMessage.objects.exists()
    send(camille, *people[:3])
    with pytest.raises(Refused):
        send(camille, people[3])
    monkeypatch.setattr(services, "MOST_AT_ONCE", 1)
    with pytest.raises(Refused):
        send(camille, *people[:2], now=NOW + dt.timedelta(days=2))


@pytest.mark.django_db
def test_templates_are_ones_own():
    camille, sam = two_advisers()
    mine = save_template(actor=camille.user, name="  Rappel  ", text="Bonjour {nom}", now=NOW)
    assert mine.name == "Rappel"
    with pytest.raises(Refused) as caught:
        save_template(actor=camille.user, name="Rappel", text="Autre", now=NOW)
    assert (caught.value.code, caught.value.field) == ("message_template_one_name", "name")
    save_template(actor=sam.user, name="Rappel", text="À moi", now=NOW)
    for name in ("", "x" * 121):
        with pytest.raises(Refused):
            save_template(actor=camille.user, name=name, text="Un", now=NOW)
    for call in (
        lambda: save_template(actor=sam.user, name="Volé", text="x", template=mine),
        lambda: erase_template(actor=sam.user, template=mine),
    ):
        with pytest.raises(NotFound):
            call()
    save_template(actor=camille.user, name="Relance", text="Encore", template=mine, now=NOW)
    erase_template(actor=camille.user, template=mine)
    assert MessageTemplate.objects.get().author == sam.user


BREAKERS = {
    "message_template_one_name": lambda user: MessageTemplate.objects.bulk_create(
        MessageTemplate(author=user, name="Un", text="x", updated_at=NOW) for _twice in range(2)
    ),
    "message_template_is_whole": lambda user: MessageTemplate.objects.create(
        author=user, name="", text="x", updated_at=NOW
    ),
    "adviser_message_has_a_text": lambda user: AdviserMessage.objects.create(
        worker=user.worker,
        author=user,
        author_name="x",
        organisation=MembershipFactory().organisation,
        text="",
        sent_at=NOW,
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", BREAKERS)
def test_the_constraints(name):
    user = UserFactory()
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        BREAKERS[name](user)
    assert broken_constraint(caught.value) == name


@pytest.mark.django_db
def test_preparing_costs_the_same_for_one_and_for_many():
    camille, _sam = two_advisers()
    numbers = []
    for people in ([person_of(camille)], [person_of(camille) for _ in range(20)]):
        with CaptureQueriesContext(connection) as queries:
            prepared(camille.user, "{nom}", people, uuid.uuid4(), NOW)
        numbers.append(len(queries))
    assert numbers[0] == numbers[1] <= 4


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

    def test_a_walk_from_ticks_to_messages(self, place, client):
        first, second = person_of(place), person_of(place)
        neighbour = person_of(MembershipFactory(organisation=place.organisation))
        template = save_template(actor=place.user, name="Rappel", text="Bonjour {nom}", now=NOW)
        ticked = {"personne": [str(one.public_id) for one in (first, second, neighbour)] + ["rien"]}
        address = reverse(URL("messages_write"))
        page = client.post(address, ticked)
        assert page.context["unknown"] == 2
        assert neighbour.user.name not in page.content.decode()
        page = client.post(address, {**ticked, "use": "", "modele": str(template.public_id)})
        form = page.context["form"]
        sent = {**ticked, "text": form["text"].value(), "key": str(form["key"].value())}
        shown = client.post(address, {**sent, "preview": ""}).content.decode()
        assert f"Bonjour {first.user.name}" in shown
        assert not AdviserMessage.objects.exists()
        for _twice in range(2):
            assert client.post(address, {**sent, "send": ""}).status_code == 302
        texts = {f"Bonjour {one.user.name}" for one in (first, second)}
        assert set(AdviserMessage.objects.values_list("text", flat=True)) == texts
        own = Client()
        own.force_login(first.user)
        mine = own.get(reverse(URL("accompaniment"))).content.decode()
        assert f"Bonjour {first.user.name}" in mine
        assert f"Bonjour {second.user.name}" not in mine
        listed = own.get(reverse("accounts:messages")).content.decode()
        assert f"Bonjour {first.user.name}" in listed

    def test_an_unknown_word_is_told_and_the_text_stays(self, place, client):
        sent = {"personne": str(person_of(place).public_id), "key": str(uuid.uuid4()), "text": "Cher {ami}"}
        for button in ("preview", "send"):
            page = client.post(reverse(URL("messages_write")), {**sent, button: ""}).content.decode()
            assert "{ami}" in page
            assert "{prochain_rendez_vous}" in page
        assert not AdviserMessage.objects.exists()

    def test_a_person_stops_and_takes_back(self, place, client):
        worker = person_of(place)
        send(place, worker)
        message = AdviserMessage.objects.get()
        stop, again = (
            reverse(URL(name), args=[message.public_id]) for name in ("adviser_mute", "adviser_unmute")
        )
        neighbour, own = Client(), Client()
        neighbour.force_login(person_of(place).user)
        own.force_login(worker.user)
        assert neighbour.post(stop).status_code == 404
        assert own.get(stop).status_code == 302
        assert not Muting.objects.exists()
        assert "ne peut plus vous écrire" in own.post(stop, follow=True).content.decode()
        sent = {"personne": str(worker.public_id), "key": str(uuid.uuid4()), "text": "Bonjour", "send": ""}
        page = client.post(reverse(URL("messages_write")), sent).content.decode()
        assert "ne souhaite plus recevoir" in page
        assert AdviserMessage.objects.count() == 1
        own.post(again)
        assert not Muting.objects.exists()

    def test_templates_have_pages_of_their_own(self, place, client):
        add = reverse(URL("message_template_add"))
        assert "pas encore de message type" in client.get(reverse(URL("message_templates"))).content.decode()
        page = client.post(add, {"name": "Un", "text": "{inconnu}"}).content.decode()
        assert "{inconnu}" in page
        client.post(add, {"name": "Un", "text": "Bonjour {nom}"})
        row = MessageTemplate.objects.get()
        address = reverse(URL("message_template"), args=[row.public_id])
        client.post(address, {"name": "Deux", "text": "Bonsoir"})
        assert "Deux" in client.get(reverse(URL("message_templates"))).content.decode()
        erase = reverse(URL("message_template_erase"), args=[row.public_id])
        neighbour = Client()
        neighbour.force_login(MembershipFactory(organisation=place.organisation).user)
        for target in (address, erase):
            assert neighbour.get(target).status_code == 404
            assert neighbour.post(target, {"name": "x", "text": "x"}).status_code == 404
        assert client.get(erase).status_code == 200
        client.post(erase)
        assert not MessageTemplate.objects.exists()

    def test_who_advises_nobody_sees_none_of_this(self, place):
        stranger = Client()
        stranger.force_login(person_of(place).user)
        for name in ("message_templates", "message_template_add", "handovers"):
            assert stranger.get(reverse(URL(name))).status_code == 404
        sent = {
            "personne": str(person_of(place).public_id),
            "text": "x",
            "key": str(uuid.uuid4()),
            "send": "",
        }
        assert stranger.post(reverse(URL("messages_write")), sent).context["people"] == []
        assert not AdviserMessage.objects.exists()
