"""The pages of what a person takes away and brings: small, constant, theirs alone, without a script."""

import json

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.actors import SYSTEM
from competences.enums import ExportKind
from competences.models import RecordImport, SkillStatement
from competences.queries.record_exports import record_list
from competences.services.record_imports import match_imports, send_import
from tests.accounts.factories import UserFactory
from tests.competences.import_builder import sent, table
from tests.competences.whole_record import fill, reference

pytestmark = pytest.mark.django_db


@pytest.fixture
def built():
    return reference(60)


@pytest.fixture
def person(built, client):
    user = UserFactory(name="Awa Diallo")
    client.force_login(user)
    return user


def address(name, *arguments):
    return reverse(f"competences:{name}", args=arguments)


def bring(client, content, name="apporte.csv"):
    return client.post(address("record_files"), {"file": sent(content, name)}, follow=True)


def rows(number, name="Compétence numéro {}"):
    return table(*[(name.format(n), 3, "", "", "", "") for n in range(1, number + 1)])


def test_a_file_is_brought_read_ticked_and_undone(person, client):
    page = bring(client, rows(4))
    one = RecordImport.objects.get()
    assert page.redirect_chain == [(address("record_import", one.public_id), 302)]
    assert page.content.decode().count("checked") == 4
    posted = {"page": "1", "row": ["1", "2", "3", "4"], "tick": ["2", "3"], "c3": "", "do": "declare"}
    answered = client.post(address("record_import_answer", one.public_id), posted, follow=True)
    assert answered.status_code == 200
    statements = SkillStatement.objects.standing()
    assert {row.free_text for row in statements} == {"", "Compétence numéro 3"}
    assert "2 compétences sont dans votre dossier" in answered.content.decode()
    undone = client.post(address("record_import_undo", one.public_id), follow=True)
    assert undone.status_code == 200
    assert not SkillStatement.objects.standing().exists()


def test_ticks_are_kept_from_one_page_to_the_next(person, client):
    bring(client, rows(59))
    match_imports(actor=SYSTEM, limit=100)
    one = RecordImport.objects.get()
    url = address("record_import_answer", one.public_id)
    client.post(url, {"page": "1", "row": ["1"], "do": "none"})
    posted = {"page": "1", "row": [str(n) for n in range(1, 51)], "tick": ["7"], "do": "next"}
    assert client.post(url, posted)["Location"].endswith("?page=2")
    client.post(url, {"page": "2", "row": ["51", "52"], "tick": ["52"], "do": "declare"})
    assert SkillStatement.objects.standing().count() == 2
    client.post(url, {"page": "2", "do": "all"})
    client.post(url, {"page": "2", "do": "declare"})
    assert SkillStatement.objects.standing().count() == 59


def test_a_refusal_stands_beside_its_field_and_says_where(person, client):
    page = bring(client, b'{"skills": [\n NaN]}', "cv.json").content.decode()
    assert "Ligne 2, colonne 2" in page
    assert 'id="id_file_error"' in page
    assert not RecordImport.objects.exists()
    assert client.post(address("record_files"), {}).status_code == 200


def test_a_signed_record_is_offered_to_be_put_back(built, person, client):
    fill(built, person)
    told = "".join(piece for (piece,) in record_list(ExportKind.RECORD, person.worker, timezone.now())[-1])
    SkillStatement.objects.all().delete()
    page = bring(client, told.encode(), "dossier.json")
    one = RecordImport.objects.get()
    assert address("record_import_restore", one.public_id) in page.content.decode()
    back = client.post(address("record_import_restore", one.public_id), follow=True).content.decode()
    assert "dossier est remis" in back
    assert SkillStatement.objects.count() == 5
    assert "n’est plus dans votre dossier" in (
        client.post(address("record_import_undo", one.public_id), follow=True).content.decode()
    )
    assert not SkillStatement.objects.exists()


def test_an_edited_record_is_told_to_be_unsigned(built, person, client):
    fill(built, person)
    told = "".join(piece for (piece,) in record_list(ExportKind.RECORD, person.worker, timezone.now())[-1])
    changed = json.loads(told)
    changed["record"]["person"]["name"] = "Autre"
    page = bring(client, json.dumps(changed).encode(), "dossier.json").content.decode()
    assert "pas signé" in page
    assert address("record_import_restore", RecordImport.objects.get().public_id) not in page


def test_html_in_a_file_stays_text(person, client):
    page = bring(client, table(("<script>alert(1)</script>", "", "", "", "", "<b>x</b>"))).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert "<b>x" not in page


def test_a_page_of_fifty_is_light_and_costs_the_same(person, client, django_assert_max_num_queries):
    bring(client, rows(4))
    few = RecordImport.objects.get()
    client.get(address("record_import", few.public_id))
    with django_assert_max_num_queries(12) as seen:
        client.get(address("record_import", few.public_id))
    most = len(seen)
    send_import(actor=person, worker=person.worker, file=sent(rows(300, "Compétence numéro lot{}")))
    match_imports(actor=SYSTEM, limit=400)
    many = RecordImport.objects.exclude(pk=few.pk).get()
    with django_assert_max_num_queries(most):
        page = client.get(address("record_import", many.public_id))
    assert page.content.count(b'name="tick"') == 50
    assert page.content.count(b"<option") > 150
    assert len(page.content) <= 60_000


def test_the_list_of_files_costs_the_same_whatever_its_length(person, client, django_assert_max_num_queries):
    bring(client, rows(1))
    client.get(address("record_files"))
    with django_assert_max_num_queries(12) as seen:
        client.get(address("record_files"))
    most = len(seen)
    for _time in range(5):
        bring(client, rows(2))
    with django_assert_max_num_queries(most):
        page = client.get(address("record_files"))
    assert len(page.content) <= 60_000


PAGES = [("record_import", "get"), ("record_import_state", "get")]
PAGES += [(f"record_import_{act}", "post") for act in ("answer", "undo", "leave", "restore")]


def test_the_imports_of_another_are_as_absent_as_none(person, client):
    bring(client, rows(4))
    one = RecordImport.objects.get()
    neighbour = UserFactory()
    client.force_login(neighbour)
    bring(client, rows(4))
    for name, method in PAGES:
        assert getattr(client, method)(address(name, one.public_id)).status_code == 404, name
    assert not SkillStatement.objects.exists()
    client.logout()
    for name, method in PAGES:
        assert getattr(client, method)(address(name, one.public_id)).status_code == 302, name


@pytest.mark.parametrize(
    "posted",
    [{"row": "x"}, {"row": "1", "tick": "-1"}, {"row": "1", "c1": "9" * 30}, {"do": "next", "page": "²"}],
)
def test_what_no_page_of_ours_sends_is_not_found(person, client, posted):
    bring(client, rows(2))
    url = address("record_import_answer", RecordImport.objects.get().public_id)
    assert client.post(url, posted).status_code == 404


def test_the_template_is_an_attachment(person, client):
    for format in ("csv", "xlsx"):
        assert "attachment" in client.get(address("record_template", format))["Content-Disposition"]
    assert client.get(address("record_template", "json")).status_code == 404


def test_what_waits_says_how_far_it_is(person, client, monkeypatch):
    monkeypatch.setattr("competences.services.record_imports.MATCHED_AT_ONCE", 1)
    page = bring(client, rows(3)).content.decode()
    assert '<progress value="0" max="3"' in page
    assert "hx-get" in page
    assert 'name="tick"' not in page
    match_imports(actor=SYSTEM, limit=10)
    one = RecordImport.objects.get()
    moved = client.get(address("record_import_state", one.public_id)).content.decode()
    assert "hx-get" not in moved


def test_files_brought_too_often_wait_and_say_until_when(person, client, settings):
    settings.PERSON_RATES = {"record_import": "1/hour"}
    bring(client, rows(2))
    page = bring(client, rows(2))
    assert page.status_code == 200
    assert page.context["form"].has_error("file", None)
    assert "Recommencez à partir de" in page.content.decode()
    assert RecordImport.objects.count() == 1
    client.force_login(UserFactory())
    bring(client, rows(2))
    assert RecordImport.objects.count() == 2
