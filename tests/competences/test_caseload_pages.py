"""The pages of an adviser's space: today, the list, one person, an organisation, the file taken away."""

import csv
import datetime as dt
import io
import re
import uuid

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.actors import SYSTEM
from accounts.enums import MANDATE_PURPOSES, MembershipRole
from accounts.errors import NotFound, Refused
from accounts.models import FileOpening, Mandate, Membership
from competences.enums import AppointmentState, DocumentKind, ExportState, NoteVisibility
from competences.models import BilanDocument, BilanMove, Coordinator, Export, SavedFilter
from competences.private_files import exports_folder
from competences.queries.today import Changed, Waits, today
from competences.services.caseload import end_coordination, mark_seen, start_coordination
from competences.services.exports import build_next_export
from competences.services.review_requests import Asked, ask_review
from tests.accounts.factories import NOW, TODAY, MembershipFactory, UserFactory
from tests.competences.caseload_builder import Body, ago, touched
from tests.competences.record_builder import skill

pytestmark = pytest.mark.django_db
FOLLOW_UP, REVIEW, BILAN = MANDATE_PURPOSES
LIST, TODAY_PAGE = reverse("competences:caseload"), reverse("competences:adviser")
FORMULA = "=1+1"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def body():
    return Body(name="Camille Conseil")


@pytest.fixture
def signed_in(body, client):
    client.force_login(body.adviser)
    return client


def file_of(user):
    return reverse("competences:adviser_worker", args=[user.worker.public_id])


# Today -----------------------------------------------------------------------------------------------------


def document(bilan, destroy_on, **fields):
    return BilanDocument.objects.create(
        worker=bilan.worker,
        bilan=bilan,
        kind=DocumentKind.RESULTS,
        title="Résultats",
        author_name="X",
        created_at=NOW,
        destroy_on=destroy_on,
        **fields,
    )


def everything_waits(body, name):
    """Somebody for whom each thing waits, the oldest last written."""
    user = body.person(name, [FOLLOW_UP, REVIEW, BILAN])
    bilan = body.bilan(user, "prepared", moved_at=ago(days=4))
    document(bilan, TODAY + dt.timedelta(days=30))
    document(bilan, TODAY + dt.timedelta(days=31))
    body.appointment(user, NOW.replace(hour=16), AppointmentState.PLANNED)
    body.appointment(user, ago(days=5), AppointmentState.PLANNED)
    body.appointment(user, NOW + dt.timedelta(days=1), AppointmentState.PLANNED)
    [asked] = user.worker.mandates.filter(purpose=REVIEW)
    question = Asked(mandate=asked)
    ask_review(
        actor=user,
        worker=user.worker,
        asked=question,
        question="Suis-je prête ?",
        statements=[skill(user)],
        now=ago(days=6),
    )
    return user


def test_what_waits_comes_oldest_first(body, signed_in):
    everything_waits(body, "Anne")
    everything_waits(Body(), "Voisine")
    ready = body.person("Synthia", [BILAN])
    body.bilan(ready, "conclusions", moved_at=ago(days=50))
    found = today(body.adviser, now=NOW).due
    expected = [Waits.SYNTHESIS, Waits.REVIEW, Waits.UNTOLD, Waits.BILAN, Waits.APPOINTMENT, Waits.DOCUMENT]
    assert [one.what for one in found] == expected
    assert [one.days for one in found] == [50, 6, 5, 4, 0, -30]
    page = signed_in.get(TODAY_PAGE).content.decode()
    assert "Suis-je prête ?" in page
    assert "Voisine" not in page
    assert not FileOpening.objects.exists()


def test_a_handed_synthesis_and_a_stopped_bilan_wait_no_more(body):
    user = body.person("Anne", [BILAN])
    bilan = body.bilan(user, "conclusions")
    synthesis = document(bilan, None, handed_at=NOW)
    assert [one.what for one in today(body.adviser, now=NOW).due] == [Waits.SYNTHESIS]
    BilanDocument.objects.filter(pk=synthesis.pk).update(kind=DocumentKind.SYNTHESIS)
    assert today(body.adviser, now=NOW).due == []
    BilanDocument.objects.update(destroy_on=TODAY)
    assert len(today(body.adviser, now=NOW).due) == 1
    type(bilan).objects.update(state="abandoned")
    assert today(body.adviser, now=NOW).due == []


@pytest.mark.parametrize("purpose", MANDATE_PURPOSES)
def test_nothing_waits_that_no_purpose_opens(body, purpose):
    everything_waits(body, "Anne")
    Mandate.objects.exclude(purpose=purpose).update(withdrawn_at=ago(hours=1))
    told = {
        FOLLOW_UP: {Waits.UNTOLD, Waits.APPOINTMENT},
        REVIEW: {Waits.REVIEW},
        BILAN: {Waits.UNTOLD, Waits.APPOINTMENT, Waits.BILAN, Waits.DOCUMENT},
    }
    assert {one.what for one in today(body.adviser, now=NOW).due} == told[purpose]


def test_changes_by_others_are_told_until_they_are_seen(body, signed_in):
    user = body.person("Anne", [FOLLOW_UP, BILAN], granted_at=ago(days=40))
    colleague = UserFactory(name="Colette")
    skill(user, "Souder", now=ago(hours=5))
    skill(user, "Braser", now=ago(hours=4))
    body.note(user, ago(hours=3), author=colleague, author_name="Colette")
    body.note(user, ago(hours=3), NoteVisibility.PRIVATE, author=colleague)
    body.note(user, ago(hours=3))
    body.note(user, ago(hours=3), author=colleague, organisation=Body().organisation)
    bilan = body.bilan(user)
    for actor in (user, body.adviser):
        BilanMove.objects.create(
            bilan=bilan, after="investigation", actor=actor, actor_name="Anne", role="person", at=ago(hours=2)
        )
    stranger = UserFactory(name="Personne d’autre")
    skill(stranger, now=ago(hours=1))
    changes = [one for one in today(body.adviser, now=NOW).changes if one.what != Changed.MANDATE]
    assert [(one.what, one.number, one.who) for one in changes] == [
        (Changed.BILAN, 0, "Anne"),
        (Changed.NOTE, 0, "Colette"),
        (Changed.SKILLS, 2, ""),
    ]
    page = signed_in.get(TODAY_PAGE)
    assert "Personne d’autre" not in page.content.decode()
    until = re.search(r'name="until" value="([^"]+)"', page.content.decode())[1]
    assert signed_in.post(reverse("competences:caseload_seen"), {"until": until}).status_code == 302
    assert today(body.adviser, now=NOW).changes == []


@pytest.mark.parametrize(
    "until", ["", "hier", "2026-03-12", "2026-03-12T09:00:00", "2026-13-45T09:00:00+00:00", "\x00"]
)
def test_a_forged_instant_is_refused(signed_in, until):
    assert signed_in.post(reverse("competences:caseload_seen"), {"until": until}).status_code == 404


def test_an_instant_before_every_calendar_is_no_trap(signed_in):
    first = "0001-01-01T00:00:00+23:59"
    assert signed_in.post(reverse("competences:caseload_seen"), {"until": first}).status_code == 302
    assert signed_in.get(TODAY_PAGE).status_code == 200


def test_what_comes_after_is_not_seen_before(body):
    mark_seen(actor=body.adviser, until=NOW + dt.timedelta(days=300), on=TODAY)
    user = body.person("Anne")
    skill(user, now=NOW + dt.timedelta(hours=1))
    assert today(body.adviser, now=NOW + dt.timedelta(hours=2)).changes


def test_today_costs_the_same_whatever_the_number(body, signed_in, django_assert_max_num_queries):
    for number in range(8):
        everything_waits(body, f"Personne {number}")
        touched(body.person(f"Autre {number}"))
    signed_in.get(TODAY_PAGE)
    with django_assert_max_num_queries(24):
        page = signed_in.get(TODAY_PAGE)
    assert len(page.context["today"].due) == 40


def test_whom_nobody_chose_learns_what_to_do(signed_in):
    for address in (TODAY_PAGE, LIST):
        page = signed_in.get(address)
        assert page.status_code == 200
        assert "Qui peut voir quoi" in page.content.decode()


# The list --------------------------------------------------------------------------------------------------


def test_a_list_has_pages_and_costs_the_same(body, signed_in, django_assert_max_num_queries):
    for number in range(53):
        user = body.person(f"Personne {number:02}", [FOLLOW_UP, BILAN])
        if number < 12:
            body.bilan(user)
            touched(user)
            body.appointment(user, ago(days=number + 1))
    signed_in.get(LIST)
    with django_assert_max_num_queries(10):
        page = signed_in.get(LIST)
    assert len(page.context["lines"]) == 50
    with django_assert_max_num_queries(10):
        page = signed_in.get(LIST, {"page": 2, "vue": "sans-rendez-vous", "tri": "contact"})
    assert [page.context["page"].paginator.count, len(page.context["lines"])] == [53, 3]


def test_a_filter_is_kept_used_and_removed(body, signed_in):
    body.person("Anne", [FOLLOW_UP])
    kept = {"name": "À appeler", "vue": "sans-contact", "tri": "contact"}
    assert signed_in.post(reverse("competences:caseload_filter_save"), kept).status_code == 302
    saved = SavedFilter.objects.get()
    page = signed_in.get(LIST).content.decode()
    assert "À appeler" in page
    assert f'href="{LIST}?tri=contact&amp;vue=sans-contact"' in page
    remove = reverse("competences:caseload_filter_remove", args=[saved.public_id])
    other = Body()
    signed_in.force_login(other.adviser)
    assert signed_in.post(remove).status_code == 404
    signed_in.force_login(body.adviser)
    assert signed_in.post(remove).status_code == 302
    assert not SavedFilter.objects.exists()


@pytest.mark.parametrize(
    "asked", ["?vue=%00", "?q=%00", "?page=x", "?organisme=x", "?but=x&tri=x", "?page=999"]
)
def test_a_strange_address_shows_a_list(body, signed_in, asked):
    body.person("Anne")
    assert signed_in.get(f"{LIST}{asked}").status_code == 200


# One person ------------------------------------------------------------------------------------------------


def test_one_person_on_one_screen(body, signed_in):
    user = body.person("Anne", [FOLLOW_UP, REVIEW, BILAN], end_on=TODAY + dt.timedelta(days=9))
    bilan = body.bilan(user)
    document(bilan, TODAY)
    body.appointment(user, ago(days=2), bilan=bilan, minutes=90)
    body.appointment(user, NOW + dt.timedelta(days=2), AppointmentState.PLANNED, place="Salle bleue")
    page = signed_in.get(file_of(user))
    text = page.content.decode()
    for words in ("Salle bleue", "1 h 30", "investigation", "Résultats", "21 mars 2026"):
        assert words in text, words
    openings = FileOpening.objects.filter(worker_id=user.worker.pk)
    assert sorted(openings.values_list("purpose", flat=True)) == sorted(MANDATE_PURPOSES)


@pytest.mark.parametrize("purpose", MANDATE_PURPOSES)
def test_one_purpose_opens_its_part_alone(body, signed_in, purpose):
    user = body.person("Anne", [purpose])
    body.bilan(user)
    body.appointment(user, NOW + dt.timedelta(days=2), AppointmentState.PLANNED, place="Salle bleue")
    skill(user, "Souder à l’arc")
    touched(user)
    text = signed_in.get(file_of(user)).content.decode()
    assert ("Salle bleue" in text) is (purpose != REVIEW)
    assert ("investigation" in text) is (purpose == BILAN)
    assert ("Souder à l’arc" in text) is (purpose != BILAN)
    assert ('id="t-touched"' in text, "Métiers voulus" in text) == ((purpose == FOLLOW_UP,) * 2)


def test_a_colleague_a_neighbour_and_oneself_are_refused(body, signed_in):
    user, other = body.person("Anne"), Body()
    other.person("Voisine")
    colleague = MembershipFactory(organisation=body.organisation, role=MembershipRole.ADVISER).user
    for reader in (colleague, other.adviser):
        signed_in.force_login(reader)
        assert signed_in.get(file_of(user)).status_code == 404
    signed_in.force_login(body.adviser)
    own = reverse("competences:adviser_worker", args=[body.adviser.worker.public_id])
    assert signed_in.get(own).status_code == 404
    assert not FileOpening.objects.exists()


# The organisation ------------------------------------------------------------------------------------------


def coordinate(body, **dates):
    dates = {"start_on": TODAY, "end_on": TODAY + dt.timedelta(days=300), **dates}
    return start_coordination(actor=SYSTEM, membership=body.membership, **dates)


def address(body):
    return reverse("competences:caseload_organisation", args=[body.organisation.public_id])


def test_a_coordinator_reads_names_and_opens_nothing(body, signed_in):
    coordinate(body)
    colleague = MembershipFactory(organisation=body.organisation, user__name="Colette").user
    there = Body()
    there.organisation, there.adviser = body.organisation, colleague
    user = there.person("Anne", [FOLLOW_UP, BILAN], end_on=TODAY + dt.timedelta(days=9))
    there.bilan(user)
    Body().person("Voisine")
    page = signed_in.get(address(body))
    assert [(one.name, one.adviser) for one in page.context["lines"]] == [("Anne", "Colette")]
    assert [(one.name, one.people) for one in page.context["loads"]] == [("Colette", 1)]
    text = page.content.decode()
    assert str(user.worker.public_id) not in text
    # After the small navigation, which leads to the adviser's own bilans.
    assert "bilan" not in text.split("<h1", 1)[1].casefold()
    assert signed_in.get(file_of(user)).status_code == 404
    for asked, found in (
        ("?q=ane", 0),
        ("?q=ann", 1),
        (f"?conseiller={colleague.public_id}", 1),
        ("?q=voisine", 0),
    ):
        assert len(signed_in.get(address(body) + asked).context["lines"]) == found, asked
    for strange in ("?conseiller=x", f"?conseiller={uuid.uuid4()}", "?q=%00"):
        assert signed_in.get(address(body) + strange).status_code == 200


@pytest.mark.parametrize("how", ["colleague", "neighbour", "ended", "to come", "left", "closed"])
def test_nobody_else_reads_it(body, signed_in, how):
    dates = {"ended": (-9, 0), "to come": (1, 9)}.get(how, (0, 9))
    start, end = (TODAY + dt.timedelta(days=days) for days in dates)
    coordinated = Body() if how == "neighbour" else body
    coordinate(coordinated, start_on=start, end_on=end)
    reader = coordinated.adviser
    if how == "colleague":
        reader = MembershipFactory(organisation=body.organisation).user
    if how == "left":
        Membership.objects.filter(pk=body.membership.pk).update(end_on=TODAY)
    signed_in.force_login(reader)
    if how == "closed":
        type(reader).objects.update(is_active=False)
        assert signed_in.get(address(body)).status_code == 302
    else:
        assert signed_in.get(address(body)).status_code == 404


def test_the_staff_alone_gives_it_for_a_year_at_most(body):
    for actor in (body.adviser, UserFactory()):
        with pytest.raises(NotFound):
            start_coordination(
                actor=actor, membership=body.membership, start_on=TODAY, end_on=TODAY + dt.timedelta(days=1)
            )
    employer = MembershipFactory(employer=True)
    for member, days in ((employer, 9), (body.membership, 367), (body.membership, 0)):
        with pytest.raises(Refused):
            start_coordination(
                actor=UserFactory(staff=True),
                membership=member,
                start_on=TODAY,
                end_on=TODAY + dt.timedelta(days=days),
            )
    made = coordinate(body)
    with pytest.raises(Refused):
        end_coordination(actor=SYSTEM, coordinator=made, end_on=made.end_on + dt.timedelta(days=1))
    end_coordination(actor=SYSTEM, coordinator=made, end_on=TODAY + dt.timedelta(days=1))
    assert Coordinator.objects.get().end_on == TODAY + dt.timedelta(days=1)
    with pytest.raises(IntegrityError, match="coordinator_end_after_start"), transaction.atomic():
        Coordinator.objects.update(end_on=TODAY - dt.timedelta(days=1))


def test_the_staff_gives_it_on_a_page(body, client):
    client.force_login(UserFactory(staff=True))
    asked = {"membership": body.membership.pk, "start_on": "2026-03-12", "end_on": "2026-06-12"}
    assert client.post(reverse("admin:competences_coordinator_add"), asked).status_code == 302
    [made] = Coordinator.objects.all()
    change = reverse("admin:competences_coordinator_change", args=[made.pk])
    assert client.post(change, {"end_on": "2026-05-12"}).status_code == 302
    assert Coordinator.objects.get().end_on == dt.date(2026, 5, 12)


# The file --------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path / "private"
    return exports_folder()


def ask(client, format="csv", **choice):
    answer = client.post(reverse("competences:caseload_file", args=[format]), choice)
    assert answer.status_code == 302
    return Export.objects.order_by("-pk").first(), answer["Location"]


def build(folder):
    return build_next_export(actor=SYSTEM, folder=folder, now=timezone.now())


def rows_of(export, folder):
    text = (folder / f"{export.public_id}.csv").read_text("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def test_a_file_has_the_rows_of_the_screen(body, signed_in, folder):
    for name in ("Anne", FORMULA, "Zoé"):
        user = body.person(name, [FOLLOW_UP, BILAN])
        body.bilan(user)
        touched(user)
    body.message(user, ago(days=3))
    Body().person("Voisine")
    export, page = ask(signed_in, vue="sans-contact")
    assert build(folder).state == ExportState.DONE
    heading, *rows = rows_of(export, folder)
    assert len(rows) == signed_in.get(LIST, {"vue": "sans-contact"}).context["page"].paginator.count == 2
    assert [row[0] for row in rows] == ["'=1+1", "Anne"]
    assert len(heading) == 6
    told = "\n".join(";".join(row) for row in rows)
    assert not re.search("investigation|touchée", told)
    assert "prêt" in signed_in.get(page).content.decode()
    assert signed_in.get(reverse("competences:export_file", args=[export.public_id])).status_code == 302
    assert not FileOpening.objects.exists()


def test_a_file_is_its_adviser_s_alone(body, signed_in, folder):
    body.person("Anne")
    export, page = ask(signed_in)
    build(folder)
    other = Body()
    other.person("Voisine")
    signed_in.force_login(other.adviser)
    assert signed_in.get(page).status_code == 404
    assert signed_in.get(reverse("competences:export_file", args=[export.public_id])).status_code == 404
    mine, _page = ask(signed_in)
    assert mine.pk != export.pk
    signed_in.force_login(UserFactory())
    assert signed_in.post(reverse("competences:caseload_file", args=["csv"])).status_code == 404


def test_a_right_that_ends_before_the_work_is_not_written(body, signed_in, folder):
    body.person("Anne")
    body.person("Zoé")
    export, _page = ask(signed_in)
    Mandate.objects.filter(worker__user__name="Anne").update(withdrawn_at=ago(hours=1))
    build(folder)
    assert [row[0] for row in rows_of(export, folder)[1:]] == ["Zoé"]


@pytest.mark.parametrize("change", ["withdrawn", "given", "left", "next day"])
def test_a_right_that_changes_closes_the_file(body, signed_in, folder, change):
    body.person("Anne")
    export, page = ask(signed_in)
    build(folder)
    if change == "withdrawn":
        Mandate.objects.update(withdrawn_at=ago(hours=1))
    elif change == "given":
        body.person("Zoé")
    elif change == "left":
        Membership.objects.update(end_on=TODAY)
    with time_machine.travel(NOW + dt.timedelta(hours=20 if change == "next day" else 0), tick=False):
        assert signed_in.get(reverse("competences:export_file", args=[export.public_id])).status_code == 404
        assert "vos accès ont changé" in signed_in.get(page).content.decode().lower()


def test_a_file_is_written_anew_each_time(body, signed_in, folder):
    user = body.person("Anne")
    first, _page = ask(signed_in)
    assert ask(signed_in)[0] == first
    build(folder)
    body.message(user, ago(days=1))
    second, _page = ask(signed_in)
    build(folder)
    assert (second.pk != first.pk, rows_of(second, folder)[1][3]) == (True, "2026-03-11")
    assert ask(signed_in, "xlsx")[0].format == "xlsx"
    assert signed_in.post(reverse("competences:caseload_file", args=["json"])).status_code == 404
