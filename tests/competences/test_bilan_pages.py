"""The pages of bilans and appointments: the person's, the adviser's, and what others get."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from accounts.models import FileOpening, Notification
from accounts.services.mandates import withdraw_mandate
from competences.models import Appointment, Bilan, BilanPlan
from competences.services.bilan_moves import abandon_bilan
from tests.accounts.factories import NOW, TODAY, MandateFactory, MembershipFactory, UserFactory
from tests.competences.bilan_steps import bilan_in, mandate_of, planned, wished

pytestmark = pytest.mark.django_db

DESCRIBED = {
    "need": "Changer de métier",
    "provider": "other",
    "provider_name": "Cabinet du Port",
    "is_certified": "yes",
    "employer_name": "Usine Neuve",
    "funder": "cpf",
    "cost": "1500,50",
    "requested_on": "",
}
WHEN = {"day": "2026-03-20", "hour": "14:30", "minutes": "90", "place": "Salle 2"}


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def person():
    return UserFactory(name="Ana")


@pytest.fixture
def mandate(person):
    return mandate_of(person)


def signed_in(client, user):
    client.force_login(user)
    return client


def own(name, *arguments):
    return reverse(f"competences:{name}", args=arguments)


def test_a_person_goes_from_the_wish_to_the_first_phase(client, person, mandate):
    signed_in(client, person)
    assert "Vous n’avez pas encore de bilan" in client.get(own("bilans")).content.decode()
    page = client.post(own("bilan_wish"), {"need": "Changer"}, follow=True)
    bilan = Bilan.objects.get()
    address = own("bilan", bilan.public_id)
    assert page.redirect_chain[-1][0] == address
    assert page.context["next"][0]["is_blocked"]
    chosen = {**DESCRIBED, "provider": str(mandate.public_id), "provider_name": ""}
    client.post(own("bilan_describe", bilan.public_id), chosen)
    client.post(own("bilan_move", bilan.public_id, "prepare"))
    page = client.get(address)
    assert "n’est pas encore donné" in page.content.decode()
    assert page.context["next"][0]["is_blocked"]
    refused = client.post(own("bilan_consent", bilan.public_id), {"version": "1"})
    assert refused.context["form"].errors
    client.post(own("bilan_consent", bilan.public_id), {"consent": "on", "version": "1"})
    client.post(own("bilan_move", bilan.public_id, "begin"), follow=True)
    bilan.refresh_from_db()
    assert (bilan.state, bilan.adviser, str(bilan.cost)) == ("preliminary", mandate.adviser, "1500.50")
    assert client.get(own("bilan_wish"), follow=True).redirect_chain[-1][0] == address


def test_what_was_typed_stays_when_the_employer_is_the_provider(client, person):
    bilan = wished(person)
    signed_in(client, person)
    typed = {**DESCRIBED, "provider_name": "Usine neuve"}
    page = client.post(own("bilan_describe", bilan.public_id), typed)
    assert "provider" in page.context["form"].errors
    assert "Usine neuve" in page.content.decode()


@pytest.mark.parametrize("name", ["abandon", "refuse"])
def test_stopping_asks_once_no_reason_and_is_taken_back(client, person, mandate, name):
    bilan = bilan_in("investigation", person, mandate)
    signed_in(client, person)
    page = client.get(own("bilan_move", bilan.public_id, name))
    assert page.content.decode().count("<textarea") == 0
    client.post(own("bilan_move", bilan.public_id, name))
    page = client.get(own("bilan", bilan.public_id))
    assert page.context["is_stopped"]
    client.post(own("bilan_undo", bilan.public_id))
    bilan.refresh_from_db()
    assert bilan.state == "investigation"


def test_an_address_of_a_step_that_is_none_is_absent(client, person):
    bilan = bilan_in("preliminary", person)
    signed_in(client, person)
    for name in ("lapse", "fly"):
        assert client.get(own("bilan_move", bilan.public_id, name)).status_code == 404
        assert client.post(own("bilan_move", bilan.public_id, name)).status_code == 404
    assert client.get(own("bilan_move", bilan.public_id, "close")).status_code == 302
    assert client.post(own("bilan_move", bilan.public_id, "close"), follow=True).status_code == 200
    bilan.refresh_from_db()
    assert bilan.state == "preliminary"


def test_the_convention_is_noted_and_answered(client, person):
    bilan = wished(person)
    signed_in(client, person)
    client.post(own("bilan_describe", bilan.public_id), {**DESCRIBED, "funder": "plan"})
    page = own("bilan_convention", bilan.public_id)
    assert client.post(page, {"sent_on": "2026-03-20"}).context["form"].errors
    client.post(page, {"sent_on": "2026-03-10", "answer": "signed", "answered_on": ""})
    bilan.refresh_from_db()
    assert (bilan.convention_sent_on, bilan.convention_answered_on) == (dt.date(2026, 3, 10), TODAY)


def test_closing_moves_the_next_date_of_the_dashboard(client, person):
    signed_in(client, person)
    client.post(own("bilan_plan"), {"last_on": "2022-05-01", "rhythm_months": "24"})
    bilan = bilan_in("conclusions", person)
    client.post(own("bilan_move", bilan.public_id, "close"))
    assert BilanPlan.objects.get().last_on == TODAY
    assert "12 mars 2028" in client.get(own("dashboard")).content.decode()


# The adviser -----------------------------------------------------------------------------------------------


def given(name, worker, *arguments):
    return reverse(f"competences:adviser_{name}", args=[worker.public_id, *arguments])


def adviser_pages(bilan, appointment):
    worker = bilan.worker
    return [
        given("bilan", worker, bilan.public_id),
        given("bilan_move", worker, bilan.public_id, "conclude"),
        given("bilan_convention", worker, bilan.public_id),
        given("appointment", worker, appointment.public_id),
        given("appointment_edit", worker, appointment.public_id),
        given("appointment_calendar", worker, appointment.public_id),
        f"{given('appointment_add', worker)}?bilan={bilan.public_id}",
    ]


def posts(bilan, appointment):
    worker = bilan.worker
    return [
        (given("bilan_move", worker, bilan.public_id, "conclude"), {}),
        (given("bilan_undo", worker, bilan.public_id), {}),
        (given("bilan_convention", worker, bilan.public_id), {"sent_on": "2026-03-01"}),
        (given("appointment_edit", worker, appointment.public_id), {**WHEN, "version": "1"}),
        (given("appointment_action", worker, appointment.public_id, "annuler"), {}),
        (f"{given('appointment_add', worker)}?bilan={bilan.public_id}", WHEN),
    ]


def test_an_adviser_opens_the_bilan_and_the_person_sees_it(client, person, mandate):
    bilan = bilan_in("investigation", person, mandate)
    made = planned(bilan)
    signed_in(client, mandate.adviser)
    for page in adviser_pages(bilan, made):
        assert client.get(page).status_code == 200, page
    opened = FileOpening.objects.filter(actor_id=mandate.adviser.pk, worker_id=person.worker.pk)
    assert set(opened.values_list("purpose", flat=True)) <= {"bilan", "follow_up"}
    assert opened.exists()
    listed = client.get(own("adviser_bilans")).content.decode()
    assert "Ana" in listed
    client.post(given("bilan_move", bilan.worker, bilan.public_id, "conclude"))
    bilan.refresh_from_db()
    assert bilan.state == "conclusions"


def test_what_an_old_page_is_told_is_written_in_the_log(client, person, mandate):
    bilan = bilan_in("investigation", person, mandate)
    made = planned(bilan)
    signed_in(client, mandate.adviser)
    page = client.post(
        given("appointment_edit", bilan.worker, made.public_id), {**WHEN, "minutes": "30", "version": "9"}
    )
    assert page.context["now_noted"] == made
    assert FileOpening.objects.filter(actor_id=mandate.adviser.pk, purpose="bilan").count() == 1


def test_an_adviser_is_told_nothing_of_the_persons_other_bilans(client, person, mandate):
    stopped = bilan_in("investigation", person)
    abandon_bilan(actor=person, bilan=stopped, now=NOW)
    bilan = bilan_in("prepared", person, mandate)
    signed_in(client, person)
    mine = client.get(own("bilan", bilan.public_id))
    assert "waiting" in [one["check"].name for one in mine.context["checks"]]
    assert mine.context["next"][0]["notes"]
    signed_in(client, mandate.adviser)
    theirs = client.get(given("bilan", bilan.worker, bilan.public_id))
    assert "waiting" not in [one["check"].name for one in theirs.context["checks"]]
    assert theirs.context["next"][0]["notes"] == []


@pytest.mark.parametrize("who", ["withdrawn", "ended", "stopped", "neighbour", "follow_up", "employer"])
def test_everybody_else_gets_what_an_unknown_address_gets(client, person, mandate, who):
    bilan = bilan_in("investigation", person, mandate)
    made = planned(bilan)
    actor = mandate.adviser
    if who == "withdrawn":
        withdraw_mandate(actor=person, mandate=mandate, now=NOW - dt.timedelta(hours=1))
    elif who == "ended":
        type(mandate).objects.filter(pk=mandate.pk).update(end_on=TODAY)
    elif who == "stopped":
        abandon_bilan(actor=person, bilan=bilan, now=NOW)
    elif who == "neighbour":
        actor = bilan_in("preliminary", other := UserFactory(), mandate_of(other)).adviser
    elif who == "follow_up":
        actor = MandateFactory(worker=person.worker).adviser
    else:
        actor = MembershipFactory(employer=True).user
    before = (Bilan.objects.get(pk=bilan.pk).state, Appointment.objects.get().version)
    signed_in(client, actor)
    openings = FileOpening.objects.count()
    for page in adviser_pages(bilan, made):
        assert client.get(page).status_code == 404, page
    for page, data in posts(bilan, made):
        assert client.post(page, data).status_code == 404, page
    assert FileOpening.objects.count() == openings
    assert (Bilan.objects.get(pk=bilan.pk).state, Appointment.objects.get().version) == before


def test_a_person_opens_nobody_elses_bilan(client, person):
    bilan = bilan_in("investigation", UserFactory())
    made = planned(bilan)
    bilan_in("investigation", person)
    signed_in(client, person)
    for page in (own("bilan", bilan.public_id), own("appointment", made.public_id)):
        assert client.get(page).status_code == 404
    assert client.post(own("bilan_move", bilan.public_id, "abandon")).status_code == 404


def test_the_adviser_of_a_person_who_left_has_pages_that_work(client, person, mandate):
    bilan = bilan_in("investigation", person, mandate)
    address = given("bilan", bilan.worker, bilan.public_id)
    planned(bilan, actor=person)
    person.delete()
    signed_in(client, mandate.adviser)
    assert client.get(own("adviser_bilans")).status_code == 200
    assert client.get(address).status_code == 404
    assert client.get(reverse("accounts:messages")).status_code == 200


def test_a_list_of_bilans_asks_the_same_number_of_questions(client, django_assert_max_num_queries, mandate):
    adviser = mandate.adviser
    for _ in range(6):
        one = UserFactory()
        planned(bilan_in("investigation", one, mandate_of(one, adviser=adviser)))
    signed_in(client, adviser)
    with django_assert_max_num_queries(14):
        page = client.get(own("adviser_bilans"))
    assert len(page.context["page"].object_list) == 6


# Appointments ----------------------------------------------------------------------------------------------


def test_a_person_plans_moves_and_cancels(client, person, mandate):
    bilan = bilan_in("investigation", person, mandate)
    signed_in(client, person)
    add = f"{own('appointment_add')}?bilan={bilan.public_id}"
    client.post(add, {**WHEN, "kind": "accompaniment"})
    made = Appointment.objects.get()
    assert (made.adviser, made.minutes, made.place) == (mandate.adviser, 90, "Salle 2")
    edit = own("appointment_edit", made.public_id)
    client.post(edit, {**WHEN, "hour": "16:00", "version": "1"})
    stale = client.post(edit, {**WHEN, "hour": "17:00", "version": "1"})
    assert "17:00" in stale.content.decode()
    assert "16:00" in stale.content.decode()
    assert client.post(edit, stale.context["form"].data).status_code == 302
    made.refresh_from_db()
    assert made.version == 3
    client.post(own("appointment_action", made.public_id, "annuler"))
    made.refresh_from_db()
    assert made.state == "cancelled"
    assert client.get(own("appointments")).status_code == 200


@pytest.mark.parametrize(("day", "hour"), [("2026-03-29", "02:30"), ("32", "10:00"), ("2026-04-01", "25:00")])
def test_an_hour_that_the_clocks_skip_is_none(client, person, mandate, day, hour):
    bilan = bilan_in("investigation", person, mandate)
    signed_in(client, person)
    add = f"{own('appointment_add')}?bilan={bilan.public_id}"
    page = client.post(add, {**WHEN, "kind": "accompaniment", "day": day, "hour": hour})
    assert page.context["form"].errors
    assert not Appointment.objects.exists()


def test_an_appointment_outside_a_bilan_has_somebody(client, person):
    signed_in(client, person)
    assert reverse("accounts:grant") in client.get(own("appointment_add")).content.decode()
    mandate = MandateFactory(worker=person.worker)
    client.post(own("appointment_add"), {**WHEN, "mandate": str(mandate.public_id)})
    made = Appointment.objects.get()
    assert (made.bilan, made.adviser) == (None, mandate.adviser)
    signed_in(client, mandate.adviser)
    assert client.get(given("appointment", person.worker, made.public_id)).status_code == 200
    client.post(given("appointment_add", person.worker), WHEN)
    assert Appointment.objects.count() == 2


@pytest.mark.parametrize("asked", ["x", "00000000-0000-4000-8000-000000000000"])
def test_an_appointment_in_no_bilan_is_absent(client, person, asked):
    signed_in(client, person)
    assert client.get(f"{own('appointment_add')}?bilan={asked}").status_code == 404


def test_words_that_leave_the_house_never_say_what_one_meets_for(client, person, mandate):
    bilan = bilan_in("investigation", person, mandate)
    made = planned(bilan)
    signed_in(client, person)
    entry = client.get(own("appointment_calendar", made.public_id)).content.decode().lower()
    lines = [line for line in entry.splitlines() if line.startswith(("summary", "description"))]
    assert lines
    assert "bilan" not in "".join(lines)


def test_a_message_tells_the_appointment_once_signed_in(client, person, mandate):
    bilan = bilan_in("investigation", person, mandate)
    planned(bilan, actor=mandate.adviser)
    signed_in(client, person)
    page = client.get(reverse("accounts:messages")).content.decode()
    assert "19 mars 2026" in page
    planned(bilan, days=9, actor=person)
    signed_in(client, mandate.adviser)
    assert "Ana" in client.get(reverse("accounts:messages")).content.decode()
    withdraw_mandate(actor=person, mandate=mandate, now=NOW)
    assert Notification.objects.filter(recipient=mandate.adviser, kind="appointment_changed").exists()
    assert "Ana" not in client.get(reverse("accounts:messages")).content.decode()


def test_nobody_is_written_to_all_day_by_appointments(client, person, mandate, settings):
    settings.PERSON_RATES = {"appointment": "2/hour"}
    bilan = bilan_in("investigation", person, mandate)
    signed_in(client, person)
    add = f"{own('appointment_add')}?bilan={bilan.public_id}"
    assert [client.post(add, {**WHEN, "kind": "accompaniment"}).status_code for _time in range(3)] == [
        302,
        302,
        200,
    ]
    made = Appointment.objects.first()
    page = client.post(own("appointment_edit", made.public_id), {**WHEN, "minutes": "30", "version": "1"})
    assert page.context["form"].errors
    assert Appointment.objects.filter(minutes=90).count() == 2


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_at_the_end_of_calendars_is_said_beside_its_field(client, person, mandate, day):
    bilan = bilan_in("investigation", person, mandate)
    signed_in(client, person)
    add = f"{own('appointment_add')}?bilan={bilan.public_id}"
    page = client.post(add, {**WHEN, "kind": "accompaniment", "day": day, "hour": "00:00"})
    assert "day" in page.context["form"].errors
