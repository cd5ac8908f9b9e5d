"""Importing ROME: what is written, what is refused and where, and that a refusal leaves nothing."""

import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.actors import SYSTEM
from accounts.errors import DomainError
from competences.importers.base import Claim
from competences.importers.source import BrokenSource
from competences.models import Change, Concept, ConceptLink, ConceptRevision, Edition, Reference
from competences.queries.references import compare, find_edition, snapshot
from competences.services.references import import_edition
from competences.services.retirement import retire_edition
from competences.starter import people

STARTER = Path(people.__file__).parent
NO_CLAIM = Claim()
pytestmark = pytest.mark.django_db


def run(path: Path, *, slug: str = "demo", claim: Claim = NO_CLAIM, apply: bool = True):
    return import_edition(actor=SYSTEM, format="rome", paths=[path], slug=slug, claim=claim, apply=apply)


def rows() -> list[int]:
    models = (Edition, Concept, ConceptRevision, ConceptLink, Change)
    return [model.objects.count() for model in models]


@pytest.fixture
def folder(tmp_path) -> Path:
    """A copy of the second starter edition, to be spoilt."""
    return Path(shutil.copytree(STARTER / "demo_v2", tmp_path / "demo"))


def file(folder: Path, table: str) -> Path:
    return next(folder.glob(f"unix_{table}_v4*.csv"))


def zipped(folder: Path, path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for child in folder.iterdir():
            archive.write(child, child.name)
    return path


def test_two_editions_and_their_changes():
    first, second = run(STARTER / "demo_v1"), run(STARTER / "demo_v2")
    assert first.changes is None
    assert second.applied
    assert second.counts["job"] == second.changes["counts"]["job"]["after"]
    told = compare("demo", "1", "2").as_dict()
    assert {"counts": told["counts"], "links": told["links"]} == second.changes
    for kind, figures in told["counts"].items():
        for name in set(figures) - {"before", "after"}:
            assert figures[name] == Change.objects.filter(concept_kind=kind, kind=name).count(), (kind, name)


def test_a_dry_run_shows_the_plan_and_writes_nothing():
    run(STARTER / "demo_v1")
    before = rows()
    report = run(STARTER / "demo_v2", apply=False)
    assert report.changes["counts"]["job"]["added"] > 0
    assert rows() == before


def test_the_same_bytes_again_are_nothing_new_zip_or_folder(tmp_path):
    run(STARTER / "demo_v1")
    before = rows()
    again = run(zipped(STARTER / "demo_v1", tmp_path / "demo.zip"))
    assert again.already_imported
    assert rows() == before


def test_an_older_edition_after_a_newer_one_gives_the_same_history(folder):
    run(STARTER / "demo_v2")
    run(STARTER / "demo_v1")
    late = {name: snapshot(find_edition("demo", name)) for name in "12"}
    stored = set(Change.objects.values_list("kind", "concept__external_id", "other__external_id"))
    figures = compare("demo", "1", "2").as_dict()
    Reference.objects.all().delete()
    run(STARTER / "demo_v1")
    run(STARTER / "demo_v2")
    assert stored == set(Change.objects.values_list("kind", "concept__external_id", "other__external_id"))
    assert figures == compare("demo", "1", "2").as_dict()
    for name, was in late.items():
        now = snapshot(find_edition("demo", name))
        assert sorted(map(repr, was.concepts.values())) == sorted(map(repr, now.concepts.values()))


def test_other_bytes_under_the_same_number_are_another_issue(folder):
    run(STARTER / "demo_v2")
    table = file(folder, "referentiel_savoir")
    lines = table.read_text(encoding="utf-8").split("\n")
    code, label, rest = lines[1].split('","', 2)
    table.write_text("\n".join([lines[0], f'{code}","{label} !","{rest}', *lines[2:]]), encoding="utf-8")
    report = run(folder)
    assert report.edition_name == "2.2"
    assert find_edition("demo", "2").issue == 2
    assert find_edition("demo", "2.1").issue == 1


def test_an_absent_optional_file_changes_nothing_of_what_it_would_say(folder):
    run(STARTER / "demo_v1")
    groups = ConceptRevision.objects.filter(concept__kind="group", concept__external_id__startswith="enjeu")
    before = set(groups.values_list("concept__external_id", "label"))
    assert before
    for table in ("arborescence_competences", "texte"):
        file(folder, table).unlink()
    report = run(folder)
    assert {a["code"] for a in report.anomalies} == {"not_stated"}
    assert set(groups.open().values_list("concept__external_id", "label")) == before
    assert report.changes["counts"]["group"]["removed"] == 0
    assert report.changes == compare("demo", "1", "2").figures
    kept = ConceptRevision.objects.filter(concept__kind="job").exclude(description="").open().count()
    assert kept > 0


def history() -> tuple[list, list, list]:
    """Every name, link and change, by what it says and where."""
    links = ConceptLink.objects.values_list(
        "kind", "source__external_id", "target__external_id", "flag", "since", "until"
    )
    names = ConceptRevision.objects.values_list("concept__external_id", "label", "since", "until")
    changes = Change.objects.values_list("kind", "edition__number", "concept__external_id")
    return sorted(names), sorted(links), sorted(changes)


def test_what_a_newer_edition_leaves_unsaid_is_as_an_older_one_that_comes_later_has_it(folder):
    file(folder, "arborescence_competences").unlink()
    run(folder)
    run(STARTER / "demo_v1")
    late = history()
    assert ConceptRevision.objects.open().filter(concept__external_id__startswith="enjeu").exists()
    retire_edition(actor=SYSTEM, edition=find_edition("demo", "1"), apply=True)
    assert not ConceptRevision.objects.open().filter(concept__external_id__startswith="enjeu").exists()
    Reference.objects.all().delete()
    run(STARTER / "demo_v1")
    run(folder)
    assert history() == late


def test_an_edition_without_any_number_in_its_files_is_refused_when_the_caller_says_another(folder):
    with pytest.raises(BrokenSource) as refusal:
        run(folder, claim=Claim("7"))
    assert [a.code for a in refusal.value.anomalies] == ["number_disagrees"]


# -- bad input: each case spoils a copy; the refusal says the code, the file and the line


def spoil(table: str, change):
    def apply(folder: Path) -> None:
        target = file(folder, table)
        target.write_bytes(change(target.read_bytes()))

    return apply


def line_of(content: bytes, number: int) -> bytes:
    return content.split(b"\n")[number - 1]


def remove(table: str):
    return lambda folder: file(folder, table).unlink()


def doubled(content: bytes) -> bytes:
    return content + line_of(content, 2) + b"\n"


def ragged(content: bytes) -> bytes:
    return content.replace(line_of(content, 3), line_of(content, 3) + b',"de trop"', 1)


def headless(content: bytes) -> bytes:
    return content.replace(b'"coeur_metier"', b'"coeur"', 1)


def latin(content: bytes) -> bytes:
    return content.replace("é".encode(), b"\xe9", 1)


def unknown(content: bytes) -> bytes:
    code, _rest = line_of(content, 2).split(b",", 1)
    return content.replace(line_of(content, 2), code + b',"999999999",""', 1)


def unclosed(content: bytes) -> bytes:
    return content + b'"A1101","'


BAD = {
    "a file missing": (remove("referentiel_savoir"), "missing_file", False),
    "a column missing": (spoil("coherence_item", headless), "missing_column", True),
    "a wrong encoding": (spoil("referentiel_competence", latin), "encoding", True),
    "a ragged row": (spoil("coherence_item", ragged), "ragged_row", True),
    "a ragged row in a file that only repeats others": (
        spoil("liens_rome_referentiels", ragged),
        "ragged_row",
        True,
    ),
    "a duplicate id": (spoil("referentiel_competence", doubled), "duplicate_id", True),
    "a duplicate job": (spoil("referentiel_code_rome", doubled), "duplicate_id", True),
    "a duplicate link": (spoil("coherence_item", doubled), "duplicate_id", True),
    "a link to an unknown id": (spoil("coherence_item", unknown), "unknown_id", True),
    "an empty file": (spoil("referentiel_savoir", lambda content: b""), "empty_file", False),
    "a quote never closed": (spoil("coherence_item", unclosed), "malformed", True),
    "a number that disagrees": (
        lambda folder: (folder / "version.txt").write_text("Numero de version : 9\n", encoding="utf-8"),
        "number_disagrees",
        False,
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused_whole_with_its_place(name, folder):
    run(STARTER / "demo_v1")
    before = rows()
    good = zipped(folder, folder.parent / "good.zip")
    change, code, placed = BAD[name]
    change(folder)
    with pytest.raises(BrokenSource) as refusal:
        run(folder)
    anomalies = refusal.value.anomalies
    assert {a.code for a in anomalies} == {code}
    assert all(a.file and a.message for a in anomalies)
    assert all(a.line > 0 for a in anomalies) == placed
    assert rows() == before
    assert run(good).applied


def test_faults_are_told_together_wherever_they_are(folder):
    for table in ("coherence_item", "liens_rome_referentiels"):
        spoil(table, ragged)(folder)
    with pytest.raises(BrokenSource) as refusal:
        run(folder)
    assert len({a.file for a in refusal.value.anomalies}) == 2


@pytest.mark.parametrize("apply", [True, False])
def test_a_file_that_says_otherwise_than_the_one_it_repeats_is_told(folder, apply):
    spoil("liens_rome_referentiels", lambda content: content.replace(line_of(content, 7) + b"\n", b""))(
        folder
    )
    run(STARTER / "demo_v1")
    report = run(folder, apply=apply)
    [told] = [a for a in report.anomalies if a["code"] == "disagrees"]
    assert told["file"] == file(folder, "liens_rome_referentiels").name
    if apply:
        assert Edition.objects.get(pk=report.edition.pk).anomalies == report.anomalies


def test_a_blank_line_is_not_a_row(folder):
    table = file(folder, "referentiel_savoir")
    table.write_bytes(table.read_bytes() + b"\n\n")
    assert run(folder).counts == run(STARTER / "demo_v2", slug="other").counts


@pytest.mark.parametrize("name", ["../evil.csv", "/etc/evil.csv", "a/../../evil.csv", "..\\evil.csv"])
def test_a_path_that_leaves_the_archive_is_refused(tmp_path, name):
    path = tmp_path / "evil.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, "x")
    with pytest.raises(BrokenSource) as refusal:
        run(path)
    assert refusal.value.anomalies[0].code == "path_outside"


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("unix_item_v460_utf8.csv", b"0" * 20_000_000)
    with pytest.raises(BrokenSource) as refusal:
        run(path)
    assert refusal.value.anomalies[0].code == "zip_bomb"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a zip"])
def test_what_is_not_a_zip_is_refused(tmp_path, content):
    path = tmp_path / "rome.zip"
    path.write_bytes(content)
    with pytest.raises(BrokenSource) as refusal:
        run(path)
    assert refusal.value.anomalies[0].code == "not_a_zip"


def test_an_absent_path_and_a_foreign_reference_are_refused(tmp_path):
    with pytest.raises(BrokenSource):
        run(tmp_path / "nowhere.zip")
    Reference.objects.create(slug="demo", name="x", format="digcomp")
    with pytest.raises(DomainError) as refusal:
        run(STARTER / "demo_v1")
    assert refusal.value.code == "other_format"


def test_the_command_prints_its_report_and_fails_in_plain_words(folder, capsys):
    call_command(
        "import_reference", "rome", STARTER / "demo_v2", "--reference", "demo", "--format", "json", "--apply"
    )
    report = json.loads(capsys.readouterr().out)
    assert (report["reference"], report["edition"], report["applied"]) == ("demo", "2", True)
    assert set(report) == {
        *("reference", "edition", "applied", "already_imported", "counts", "changes", "anomalies"),
        *("seconds", "peak_memory_mb"),
    }
    remove("coherence_item")(folder)
    with pytest.raises(CommandError, match="coherence_item"):
        call_command("import_reference", "rome", folder, "--reference", "demo")
    with pytest.raises(CommandError, match="60"):
        call_command("reference_changes", "demo", "2", "60")


@pytest.mark.parametrize(
    ("option", "value"), [("reference", "été 2025"), ("reference", "a/b"), ("published", "2025-13-01")]
)
def test_the_command_refuses_a_slug_or_a_day_that_is_none(option, value):
    with pytest.raises(CommandError, match=value):
        call_command("import_reference", "rome", STARTER / "demo_v2", apply=True, **{option: value})
    assert not Reference.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_process_killed_in_the_middle_leaves_nothing_and_the_import_succeeds_after():
    """The import is stopped by a lock that this test holds, then killed."""
    run(STARTER / "demo_v1")
    before = rows()
    database = connection.settings_dict["NAME"]
    script = (
        "import os, django; django.setup();"
        "from django.db import connection; connection.settings_dict['NAME'] = os.environ['KILLED_DB'];"
        "from django.core.management import call_command;"
        f"call_command('import_reference', 'rome', {str(STARTER / 'demo_v2')!r},"
        " '--reference', 'demo', '--apply')"
    )
    with connection.cursor() as cursor:
        cursor.execute("BEGIN; LOCK TABLE competences_change IN ACCESS EXCLUSIVE MODE")
        process = subprocess.Popen(  # noqa: S603 — this interpreter on the script above
            [sys.executable, "-c", script],
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "config.settings.test",
                "KILLED_DB": database,
            },
        )
        waiting = (
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'competences_change'::regclass"
        )
        for _try in range(200):
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                break
            assert process.poll() is None, "the import ended before it met the lock"
            time.sleep(0.1)
        process.kill()
        process.wait()
        cursor.execute("ROLLBACK")
    assert rows() == before
    assert run(STARTER / "demo_v2").applied
