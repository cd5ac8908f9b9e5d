"""Lists taken away as files: the same lists, without formulas, at once or by a job, and removed in time."""

import csv
import io
import os
import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.actors import SYSTEM
from accounts.errors import NotFound
from competences.enums import ExportState
from competences.models import Edition, Export
from competences.private_files import exports_folder
from competences.services import exports
from competences.services.exports import TooMany, ask_export, build_next_export, remove_old_exports
from tests.accounts.factories import OrganisationFactory, UserFactory
from tests.competences.reference_builder import Built

pytestmark = pytest.mark.django_db
NOW = timezone.now()
CHANGES = {"slug": "petit", "number": "2"}
FORMULA = '=HYPERLINK("http://ailleurs.invalid","ici")'


@pytest.fixture
def built():
    made = Built()
    made.job = made.concept("job", "M1805", "Développement")
    made.skill = made.concept("skill", "100", "Écrire un programme")
    made.named_like_a_formula = made.concept("skill", "-101", FORMULA)
    made.link("uses", made.job, made.skill, flag="principale")
    made.link("uses", made.job, made.named_like_a_formula)
    made.change("2", "renamed", made.job, before="Ancien; nom", after="Développement")
    made.change("2", "linked", made.job, made.skill, after="principale")
    made.change("2", "added", made.named_like_a_formula, after=FORMULA)
    made.change("2", "retagged", made.job, before="transition_num=", after="transition_num=O")
    return made


@pytest.fixture
def short(monkeypatch):
    """Requests make files of two rows at most."""
    monkeypatch.setattr(exports, "MOST_ROWS_AT_ONCE", {"csv": 2, "xlsx": 2})


@pytest.fixture
def folder(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path / "private"
    return exports_folder()


def ask(actor=None, parameters=CHANGES, now=NOW, format="csv", **given):
    asked = {"kind": "changes", "language": "fr", **given}
    return ask_export(actor=actor or AnonymousUser(), format=format, parameters=parameters, now=now, **asked)


def rows_of_csv(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def rows_of_xlsx(content):
    sheet = load_workbook(io.BytesIO(content)).active
    assert {cell.data_type for row in sheet.rows for cell in row} <= {"s", "inlineStr", "n"}
    return [["" if value is None else str(value) for value in row] for row in sheet.values]


class TestAtOnce:
    @pytest.mark.parametrize(("format", "read"), [("csv", rows_of_csv), ("xlsx", rows_of_xlsx)])
    def test_the_changes_of_an_edition_in_words(self, built, client, format, read):
        response = client.get(reverse("competences:changes_file", args=["petit", "2", format]))
        assert f'filename="petit-2-changements.{format}"' in response["Content-Disposition"]
        head, *rows = read(response.content)
        assert head[:4] == ["Ce qui est arrivé", "Sorte", "Identifiant", "Nom"]
        told = {row[0]: row for row in rows}
        assert len(rows) == 4
        assert told["nouveau nom"][7:9] == ["Ancien; nom", "Développement"]
        assert told["ajout au métier"][3:9] == [
            "Développement",
            "compétence",
            "100",
            "Écrire un programme",
            "",
            "cœur de métier",
        ]
        assert told["autres étiquettes"][8] == "transition numérique\N{NO-BREAK SPACE}: oui"
        assert told["ajout"][2:4] == ["-101", f"'{FORMULA}"]

    def test_the_filters_of_the_page_hold(self, built, client):
        address = reverse("competences:changes_file", args=["petit", "2", "csv"])
        page = reverse("competences:changes", args=["petit", "2"]) + "?change=renamed&kind=job"
        (link,) = re.findall(rf'"({re.escape(address)}\?[^"]+)"', client.get(page).content.decode())
        (_head, row) = rows_of_csv(client.get(link.replace("&amp;", "&")).content)
        assert row[0] == "nouveau nom"

    def test_the_answers_of_a_search(self, built, client):
        response = client.get(reverse("competences:search_file", args=["csv"]), {"q": "programme"})
        (_head, row) = rows_of_csv(response.content)
        assert row[:5] == ["petit", "compétence", "100", "Écrire un programme", "oui"]

    def test_the_skills_of_a_job_as_of_an_edition(self, built, client):
        built.link("uses", built.job, built.concept("knowledge", "200", "Langage C#"), "2")
        address = reverse("competences:job_skills_file", args=["petit", "M1805", "csv"])
        labels = {row[2] for row in rows_of_csv(client.get(address).content)}
        assert labels == {"Nom", "Écrire un programme", f"'{FORMULA}", "Langage C#"}
        assert "Langage C#" not in client.get(f"{address}?edition=1").content.decode()

    def test_a_long_list_of_skills_is_whole(self, built, client):
        for number in range(250):
            built.link("uses", built.job, built.concept("skill", f"9{number:03}", f"Chose {number}"))
        address = reverse("competences:job_skills_file", args=["petit", "M1805", "csv"])
        assert len(rows_of_csv(client.get(address).content)) == 253

    def test_in_english_for_who_reads_english(self, built, client):
        address = reverse("competences:changes_file", args=["petit", "2", "csv"])
        french = rows_of_csv(client.get(address).content)
        english = rows_of_csv(client.get(address, headers={"Accept-Language": "en"}).content)
        assert {row[0] for row in french} != {row[0] for row in english}

    @pytest.mark.parametrize(
        "address",
        [
            "/referentiels/petit/editions/9/changements.csv",
            "/referentiels/jamais-vu/editions/2/changements.csv",
            "/referentiels/petit/editions/2/changements.pdf",
            "/referentiels/petit/editions/2/changements.csv?change=nonsense",
            "/referentiels/petit/metiers/M9999/competences.csv",
            "/referentiels/petit/metiers/M%0005/competences.csv",
            "/referentiels/petit/metiers/M1805/competences.csv?edition=9",
            "/fichiers/00000000-0000-0000-0000-000000000000/",
            "/fichiers/00000000-0000-0000-0000-000000000000/fichier",
        ],
    )
    def test_what_does_not_exist_is_not_found(self, built, client, address):
        assert client.get(address).status_code == 404

    def test_queries_do_not_grow_with_the_rows(self, built, client, django_assert_max_num_queries):
        address = reverse("competences:changes_file", args=["petit", "2", "csv"])
        with django_assert_max_num_queries(4) as few:
            client.get(address)
        most = len(few)
        for number in range(30):
            built.change("2", "added", built.concept("skill", f"7{number}", "Nouvelle"))
        with django_assert_max_num_queries(most):
            client.get(address)

    def test_what_a_neighbour_owns_is_in_no_file(self, built, client):
        made = Built("maison", "Maison")
        made.reference.owner = OrganisationFactory()
        made.reference.save()
        made.concept("job", "X1", "Métier du programme secret")
        client.force_login(UserFactory())
        assert client.get("/referentiels/maison/editions/2/changements.csv").status_code == 404
        assert client.get("/referentiels/maison/metiers/X1/competences.csv").status_code == 404
        found = client.get(reverse("competences:search_file", args=["csv"]), {"q": "programme"})
        assert "secret" not in found.content.decode()
        with pytest.raises(NotFound):
            ask(parameters={"slug": "maison", "number": "2"})


class TestByAJob:
    def test_a_long_list_is_asked_for_made_and_fetched(self, built, short, folder, client, settings):
        settings.PRIVATE_FILES_ADDRESS = "http://127.0.0.1:1"
        address = reverse("competences:changes_file", args=["petit", "2", "csv"])
        page = client.get(address)
        assert "4 lignes" in page.content.decode()
        assert Export.objects.count() == 0
        waiting = client.post(address, follow=True)
        export = Export.objects.get()
        assert waiting.redirect_chain == [(reverse("competences:export", args=[export.public_id]), 302)]
        html = waiting.content.decode()
        assert '<progress value="0" max="4"' in html
        assert reverse("competences:export_progress", args=[export.public_id]) in html
        fetched = reverse("competences:export_file", args=[export.public_id])
        assert client.get(fetched).status_code == 404

        made = build_next_export(actor=SYSTEM, folder=folder, now=NOW)
        assert (made.pk, made.state, made.rows_done) == (export.pk, ExportState.DONE, 4)
        whole = (folder / f"{export.public_id}.csv").read_bytes()
        assert made.size == len(whole)
        assert len(rows_of_csv(whole)) == 5
        assert [path.name for path in folder.iterdir()] == [f"{export.public_id}.csv"]
        ready = client.get(reverse("competences:export_progress", args=[export.public_id])).content.decode()
        assert fetched in ready
        assert "hx-trigger" not in ready
        assert client.get(fetched)["Location"].startswith("http://127.0.0.1:1/")
        assert build_next_export(actor=SYSTEM, folder=folder, now=NOW) is None

    def test_the_front_proxy_is_told_where_the_file_is(self, built, folder, client, settings):
        settings.PRIVATE_FILES_ACCEL = "/prive/"
        export = ask(format="xlsx")
        build_next_export(actor=SYSTEM, folder=folder, now=NOW)
        response = client.get(reverse("competences:export_file", args=[export.public_id]))
        assert response["X-Accel-Redirect"] == f"/prive/exports/{export.public_id}.xlsx"
        assert (settings.PRIVATE_ROOT / f"exports/{export.public_id}.xlsx").is_file()
        assert 'filename="petit-2-changements.xlsx"' in response["Content-Disposition"]
        assert response.content == b""

    def test_progress_is_that_of_the_rows(self, built, folder, monkeypatch):
        monkeypatch.setattr(exports, "STEP", 1)
        seen = []
        real = exports._progress
        monkeypatch.setattr(
            exports,
            "_progress",
            lambda export, rows: (real(export, rows), seen.append(Export.objects.get().rows_done)),
        )
        ask()
        build_next_export(actor=SYSTEM, folder=folder, now=NOW)
        assert seen == [1, 2, 3, 4]

    def test_the_same_list_is_made_once_until_it_changes(self, built, folder):
        first = ask()
        assert ask(actor=UserFactory()).pk == first.pk
        build_next_export(actor=SYSTEM, folder=folder, now=NOW)
        assert ask().pk == first.pk
        assert ask(language="en").pk != first.pk
        assert ask(format="xlsx").pk != first.pk
        Edition.objects.filter(pk=built.editions["2"].pk).update(content_revision=5)
        assert ask().pk != first.pk

    def test_no_more_than_some_wait(self, built, monkeypatch, client, short):
        monkeypatch.setattr(exports, "MOST_UNFINISHED", 2)
        ask()
        ask(language="en")
        with pytest.raises(TooMany):
            ask(format="xlsx")
        assert ask().pk == Export.objects.order_by("pk").first().pk
        refused = client.post(reverse("competences:changes_file", args=["petit", "2", "xlsx"]))
        assert refused.status_code == 409

    def test_a_failure_is_tried_again_and_then_told(self, built, folder, monkeypatch, client):
        def broken(*_args):
            raise OSError("disk full")

        monkeypatch.setattr(exports, "_write_rows", broken)
        export = ask()
        for state in (ExportState.WAITING, ExportState.WAITING, ExportState.FAILED):
            with pytest.raises(OSError, match="disk full"):
                build_next_export(actor=SYSTEM, folder=folder, now=NOW)
            export.refresh_from_db()
            assert export.state == state
        assert list(folder.iterdir()) == []
        page = client.get(reverse("competences:export", args=[export.public_id])).content.decode()
        assert "pas réussi" in page
        assert ask().pk != export.pk

    def test_what_a_dead_worker_left_is_taken_up(self, built, folder):
        export = ask()
        Export.objects.update(state=ExportState.RUNNING, attempts=1, progressed_at=NOW)
        assert build_next_export(actor=SYSTEM, folder=folder, now=NOW + timedelta(minutes=4)) is None
        made = build_next_export(actor=SYSTEM, folder=folder, now=NOW + timedelta(minutes=6))
        assert (made.pk, made.state) == (export.pk, ExportState.DONE)

    def test_a_list_that_changes_meanwhile_is_made_again(self, built, folder, monkeypatch):
        real = exports._write_rows

        def change(export, listed, target):
            real(export, listed, target)
            Edition.objects.filter(pk=built.editions["2"].pk).update(content_revision=9)

        monkeypatch.setattr(exports, "_write_rows", change)
        ask()
        assert build_next_export(actor=SYSTEM, folder=folder, now=NOW).state == ExportState.WAITING
        assert list(folder.iterdir()) == []
        assert build_next_export(actor=SYSTEM, folder=folder, now=NOW).state == ExportState.DONE

    def test_old_files_go_with_their_rows_and_strays_too(self, built, folder):
        old = ask(now=NOW - timedelta(days=2))
        build_next_export(actor=SYSTEM, folder=folder, now=NOW)
        new = ask(language="en")
        build_next_export(actor=SYSTEM, folder=folder, now=NOW)
        stray, fresh = folder / "stray.csv.part", folder / "fresh.csv.part"
        for path, days in ((stray, 2), (fresh, 0)):
            path.touch()
            when = (NOW - timedelta(days=days)).timestamp()
            os.utime(path, (when, when))
        assert remove_old_exports(actor=SYSTEM, folder=folder, now=NOW) == 2
        assert sorted(path.name for path in folder.iterdir()) == sorted(
            [f"{new.public_id}.csv", "fresh.csv.part"]
        )
        assert not Export.objects.filter(pk=old.pk).exists()
        assert remove_old_exports(actor=SYSTEM, folder=folder, now=NOW) == 0

    def test_only_the_machine_makes_and_removes(self, folder):
        for service in (build_next_export, remove_old_exports):
            with pytest.raises(NotFound):
                service(actor=UserFactory(), folder=folder, now=NOW)


class TestConstraints:
    def test_one_unfinished_a_list(self, built):
        export = ask()
        with pytest.raises(IntegrityError, match="export_one_unfinished_a_list"), transaction.atomic():
            Export.objects.bulk_create(
                [
                    Export(
                        kind="changes",
                        format="csv",
                        language="fr",
                        key=export.key,
                        mark="",
                        rows_total=1,
                        file_name="a",
                        asked_at=NOW,
                        progressed_at=NOW,
                    )
                ]
            )

    @pytest.mark.parametrize(
        "fields",
        [
            {"state": "done", "finished_at": NOW, "size": None},
            {"state": "done", "finished_at": None, "size": 1},
            {"state": "waiting", "finished_at": NOW, "size": None},
            {"state": "failed", "finished_at": NOW, "size": 1},
        ],
    )
    def test_finished_says_when_and_how_big(self, built, fields):
        ask()
        with (
            pytest.raises(IntegrityError, match="export_finished_says_when_and_how_big"),
            transaction.atomic(),
        ):
            Export.objects.update(**fields)
