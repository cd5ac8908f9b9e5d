"""An edition read from several sources: parts and languages, at once or one after the other."""

import copy
from pathlib import Path

import pytest

from accounts.actors import SYSTEM
from competences.importers.base import Claim
from competences.models import ConceptLink, ConceptRevision, ConceptTranslation, Edition, EditionSource
from competences.queries.references import find_edition, snapshot
from competences.services.references import ImportReport, import_edition
from tests.competences import esco_builder as built
from tests.competences.esco_builder import BAKE, BAKER

pytestmark = pytest.mark.django_db
ENGLISH, FRENCH = built.classification(), built.translated(built.classification())


@pytest.fixture
def made(tmp_path):
    """Writes a source once: a classification in a language, or the relations."""

    def make(name: str, tables=None, language: str = "") -> Path:
        return built.write(tmp_path / name, tables or built.relations(), language)

    return make


def run(*paths: Path, number: str = "1.1") -> ImportReport:
    claim = Claim(number)
    return import_edition(actor=SYSTEM, format="esco", paths=paths, claim=claim, apply=True)


def told() -> tuple[set, set]:
    return (
        set(ConceptRevision.objects.values_list("concept__kind", "concept__external_id", "label", "until")),
        set(
            ConceptLink.objects.values_list(
                "kind", "source__external_id", "target__external_id", "flag", "since", "until"
            )
        ),
    )


def test_parts_say_the_same_at_once_and_one_after_the_other(made):
    english, relations = made("en", ENGLISH, "en"), made("relations")
    run(english, relations)
    at_once = told()
    Edition.objects.all().delete()
    ConceptLink.objects.all().delete()
    ConceptRevision.objects.all().delete()
    assert not run(english).already_imported
    assert not ConceptLink.objects.filter(kind="uses").exists()
    report = run(relations)
    assert (report.applied, report.edition_name) == (True, "1.1")
    assert told() == at_once
    assert Edition.objects.get().content_revision == 2
    assert run(english, relations).already_imported
    assert run(relations).already_imported


@pytest.mark.parametrize("at_once", [True, False])
def test_a_second_language_names_the_same_edition(made, at_once):
    english, french, relations = made("en", ENGLISH, "en"), made("fr", FRENCH, "fr"), made("relations")
    if at_once:
        run(english, french, relations)
    else:
        run(english, relations)
        before = told()
        run(french)
        assert told() == before
        assert run(french).already_imported
    edition = Edition.objects.get()
    assert edition.language == "en"
    assert set(EditionSource.objects.values_list("role", "language")) == {
        ("classification", "en"),
        ("classification", "fr"),
        ("relations", ""),
    }
    names = ConceptTranslation.objects.filter(concept__external_id=BAKER)
    assert list(names.values_list("language", "label", "alternatives")) == [
        ("fr", "baker (fr)", "autre nom\nbakr")
    ]
    assert ConceptTranslation.objects.count() == ConceptRevision.objects.count()
    assert snapshot(edition, "fr").concepts[names.get().concept_id].label == "baker (fr)"


def changed(tables, uri: str, label: str):
    """The same tables with another label for one concept."""
    other = copy.deepcopy(tables)
    for rows in other.values():
        for cells in rows:
            if cells.get("conceptUri") == uri and "preferredLabel" in cells:
                cells["preferredLabel"] = label
    return other


def test_other_bytes_of_the_same_part_are_a_new_issue_with_its_changes(made):
    run(made("en", ENGLISH, "en"), made("relations"))
    run(made("en2", changed(ENGLISH, BAKE, "bake bread"), "en"))
    edition = find_edition("esco", "1.1")
    assert edition.issue == 2
    assert edition.changes["counts"]["skill"]["renamed"] == 1
    assert edition.changes["links"]["removed"] == 0
    assert ConceptLink.objects.open().filter(kind="uses").count() == 3


def test_labels_are_compared_in_a_language_that_both_editions_have(made):
    run(made("fr", FRENCH, "fr"), made("relations"), number="1.0")
    run(made("en", changed(ENGLISH, BAKE, "bake bread"), "en"), number="1.1")
    assert find_edition("esco", "1.1").changes["counts"]["skill"]["renamed"] == 0
    run(made("fr2", changed(FRENCH, BAKE, "faire du pain"), "fr"), number="1.1")
    later = find_edition("esco", "1.1")
    assert later.changes["counts"]["skill"]["renamed"] == 1
    [row] = later.change_rows.filter(kind="renamed")
    assert (row.before, row.after) == ("bake (fr)", "faire du pain")


def test_a_name_for_what_the_edition_does_not_hold_is_counted_and_left_out(made):
    run(made("en", ENGLISH, "en"))
    more = copy.deepcopy(FRENCH)
    more["skills"].append(dict(more["skills"][0], conceptUri=f"{built.WEB}/skill/unknown"))
    report = run(made("fr", more, "fr"))
    assert "unknown_id" in {a["code"] for a in report.anomalies}
    assert not ConceptTranslation.objects.filter(concept__external_id__endswith="unknown").exists()


def test_links_of_an_edition_that_says_none_are_no_change(made):
    run(made("en", ENGLISH, "en"), number="1.0")
    run(made("en2", ENGLISH, "en"), made("relations"), number="1.1")
    figures = find_edition("esco", "1.1").changes
    assert (figures["links"]["before"], figures["links"]["after"]) == (0, 3)
    assert figures["links"]["added_on_common_jobs"] == 0
