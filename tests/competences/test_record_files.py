"""What a person takes away: lists without formulas, JSON Resume, and the whole record, signed."""

import csv
import io
import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from jsonschema import Draft202012Validator

from accounts.actors import SYSTEM
from accounts.errors import NotFound
from competences.enums import ExportKind
from competences.models import Export
from competences.private_files import exports_folder
from competences.queries.exports import exported_list
from competences.queries.record_exports import record_list
from competences.record_parts import parts
from competences.record_signatures import is_ours
from competences.services import exports
from competences.services.exports import ask_export, build_next_export
from tests.accounts.factories import UserFactory
from tests.competences.whole_record import FORMULA, declare, fill, reference

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def built():
    return reference()


@pytest.fixture
def person(built):
    user = UserFactory(name="Awa Diallo")
    fill(built, user)
    return user


@pytest.fixture
def folder(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path / "private"
    return exports_folder()


def taken(client, what, format="json"):
    return client.get(reverse("competences:record_file", args=[what, format]))


def whole(person, now=NOW):
    rows = record_list(ExportKind.RECORD, person.worker, now)[-1]
    return "".join(piece for (piece,) in rows)


def table(response):
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"), newline=""), delimiter=";"))


class TestLists:
    def test_all_that_is_said_now_without_formulas(self, person, client):
        client.force_login(person)
        response = taken(client, "competences", "csv")
        assert response["Cache-Control"] == "private, no-store"
        header, *rows = table(response)
        by_name = {row[0]: dict(zip(header, row, strict=True)) for row in rows}
        assert set(by_name) == {
            "Classer des dossiers papier",
            "Compétence numéro 2",
            "Compétence numéro 4",
            "'" + FORMULA,
        }
        assert by_name["Compétence numéro 2"]["Niveau"] == "5"
        assert by_name["Classer des dossiers papier"]["Sources"] == "un emploi, mes études"
        assert by_name["Compétence numéro 4"]["Depuis le"] == "2020-01-02"

    def test_the_history_has_each_thing_said_and_what_was_taken_out(self, person, client):
        client.force_login(person)
        header, *rows = table(taken(client, "competences-et-histoire", "csv"))
        levels = [row[1] for row in rows if row[0] == "Compétence numéro 2"]
        assert levels == ["2", "5", "5"]
        [out] = [row for row in rows if row[0] == "Compétence numéro 3"]
        assert out[header.index("Retirée le")]

    def test_a_workbook_too(self, person, client):
        client.force_login(person)
        assert taken(client, "competences", "xlsx").content.startswith(b"PK")

    @pytest.mark.parametrize(("what", "format"), [("dossier", "csv"), ("competences", "json"), ("x", "csv")])
    def test_what_does_not_exist_is_not_found(self, person, client, what, format):
        client.force_login(person)
        assert taken(client, what, format).status_code == 404

    def test_a_public_list_is_not_written_as_json(self, built, client):
        assert client.get("/referentiels/petit/editions/2/changements.json").status_code == 404


def test_json_resume_tells_the_skills_that_stand(person, client):
    client.force_login(person)
    told = json.loads(taken(client, "json-resume").content)
    assert told["$schema"].endswith("/v1.0.0/schema.json")
    assert told["basics"] == {
        "name": "Awa Diallo",
        "email": person.email,
        "label": "Assistant ou assistante de direction",
    }
    skills = {skill["name"]: skill for skill in told["skills"]}
    assert len(skills) == 4
    assert skills["Compétence numéro 2"]["level"] == "5/8 (DigComp)"
    assert skills["Compétence numéro 2"]["keywords"] == ["petit:S2"]
    assert "level" not in skills["Compétence numéro 4"]
    assert told["work"] == [
        {
            "name": "Atelier du Pont",
            "position": "Assistant ou assistante de direction",
            "startDate": "2015-03",
            "endDate": "2019",
            "summary": "Accueil et courrier.",
        }
    ]
    assert told["volunteer"] == [{"position": "Aide aux devoirs", "startDate": "2020-05-04"}]
    assert "souffler" not in json.dumps(told)
    assert told["certificates"] == [
        {"name": "Permis cariste", "issuer": "Centre Éclair", "date": "2022-05-04"}
    ]


class TestWholeRecord:
    def test_it_says_everything_under_its_schema(self, person, client):
        client.force_login(person)
        document = json.loads(taken(client, "dossier").content)
        schema = json.loads(client.get(reverse("competences:record_schema", args=[1])).content)
        Draft202012Validator.check_schema(schema)
        assert list(Draft202012Validator(schema).iter_errors(document)) == []
        told = document["record"]["parts"]
        assert {name: len(entries) for name, entries in told.items()} == {
            "skills": 5,
            "flags": 1,
            "successors": 1,
            "jobs": 2,
            "bilan": 1,
            "evidence": 2,
            "reviews": 1,
            "cvs": 1,
            "career": 3,
            "self_reviews": 1,
            "self_review_plan": 1,
            "first_use": 1,
        }
        [view] = told["reviews"][0]["views"]
        assert (view["author_name"], view["level"]) == ("Alex Martin", 5)
        assert document["record"]["person"]["id"] == str(person.worker.public_id)

    def test_every_part_that_is_registered_has_its_schema(self, client):
        schema = json.loads(client.get(reverse("competences:record_schema", args=[1])).content)
        known = schema["properties"]["record"]["properties"]["parts"]["properties"]
        assert {part.name for part in parts} == set(known)
        assert client.get(reverse("competences:record_schema", args=[2])).status_code == 404

    def test_the_signature_holds_until_a_value_changes_or_the_key_is_forgotten(self, person, settings):
        text = whole(person)
        assert is_ours(json.loads(text))
        assert is_ours(json.loads(json.dumps(json.loads(text), indent=4)))
        other = json.loads(text)
        other["record"]["parts"]["skills"][0]["revisions"][0]["level"] = 8
        assert not is_ours(other)
        old, settings.SECRET_KEY = settings.SECRET_KEY, "another key"
        assert not is_ours(json.loads(text))
        settings.SECRET_KEY_FALLBACKS = ["yet another", old]
        assert is_ours(json.loads(text))

    @pytest.mark.parametrize("signature", [None, {}, {"algorithm": "none", "value": ""}, "x"])
    def test_a_file_without_a_signature_is_nobodys(self, person, signature):
        document = json.loads(whole(person)) | {"signature": signature}
        assert not is_ours(document)

    def test_queries_do_not_grow_with_the_record(self, built, person, django_assert_max_num_queries):
        with django_assert_max_num_queries(60) as few:
            whole(person)
        most = len(few)
        for number in range(5, 12):
            declare(built, person, number)
        with django_assert_max_num_queries(most):
            whole(person)


class TestByAJob:
    @pytest.fixture
    def long(self, monkeypatch):
        """Records are too long to be written while somebody waits."""
        monkeypatch.setattr("competences.queries.exports.MOST_ENTRIES_AT_ONCE", 2)

    @pytest.mark.usefixtures("long")
    def test_a_long_record_is_asked_for_made_and_fetched_by_its_person_alone(
        self, person, folder, client, settings
    ):
        settings.PRIVATE_FILES_ACCEL = "/prive/"
        address = reverse("competences:record_file", args=["dossier", "json"])
        client.force_login(person)
        assert "préparons le fichier" in client.get(address).content.decode()
        assert client.post(address).status_code == 302
        export = Export.objects.get()
        made = build_next_export(actor=SYSTEM, folder=folder, now=NOW)
        assert made.state == "done"
        assert made.rows_done == made.rows_total
        names = ("export", "export_progress", "export_file")
        addresses = [reverse(f"competences:{name}", args=[export.public_id]) for name in names]
        assert [client.get(one).status_code for one in addresses] == [200, 200, 200]
        assert is_ours(json.loads((folder / f"{export.public_id}.json").read_bytes()))
        neighbour = UserFactory()
        for stranger in (neighbour, None):
            client.logout()
            if stranger:
                client.force_login(stranger)
            assert [client.get(one).status_code for one in addresses] == [404, 404, 404]

    def test_the_record_of_another_is_not_to_be_asked_for(self, person):
        asked = {"kind": "record", "format": "json", "language": "fr", "parameters": {}, "now": NOW}
        for actor in (UserFactory(), SYSTEM):
            with pytest.raises(NotFound):
                ask_export(actor=actor, worker=person.worker, **asked)
        with pytest.raises(NotFound):
            ask_export(actor=person, **asked)
        with pytest.raises(NotFound):
            exported_list("search", {"q": ""}, person.worker)

    def test_no_more_than_some_of_one_person_wait(self, person, monkeypatch):
        monkeypatch.setattr(exports, "MOST_OF_A_PERSON", 1)
        asked = {"kind": "record", "format": "json", "parameters": {}, "now": NOW}
        first = ask_export(actor=person, worker=person.worker, language="fr", **asked)
        assert ask_export(actor=person, worker=person.worker, language="fr", **asked) == first
        with pytest.raises(exports.TooMany):
            ask_export(actor=person, worker=person.worker, language="en", **asked)
        neighbour = UserFactory()
        ask_export(actor=neighbour, worker=neighbour.worker, language="fr", **asked)
        listed = {"kind": "search", "format": "csv", "parameters": {"q": "a"}}
        ask_export(actor=neighbour, language="fr", **asked | listed)

    def test_a_record_that_changes_meanwhile_is_written_again(self, built, person, folder, monkeypatch):
        real = exports._write_rows

        def change(export, listed, target):
            real(export, listed, target)
            declare(built, person, 7)

        asked = {"kind": "record", "format": "json", "language": "fr", "parameters": {}, "now": NOW}
        ask_export(actor=person, worker=person.worker, **asked)
        with monkeypatch.context() as patched:
            patched.setattr(exports, "_write_rows", change)
            assert build_next_export(actor=SYSTEM, folder=folder, now=NOW).state == "waiting"
        assert build_next_export(actor=SYSTEM, folder=folder, now=NOW + timedelta(minutes=1)).state == "done"


def test_addresses_ask_who_is_there(client):
    for name, arguments in (("record_files", []), ("record_file", ["dossier", "json"])):
        assert client.get(reverse(f"competences:{name}", args=arguments)).status_code == 302
