"""The command that compares two editions: either order, any filter, three formats."""

import csv
import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.actors import SYSTEM
from competences.models import Change
from competences.services.references import import_edition
from competences.starter import people

FOLDER = Path(people.__file__).parent
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _imported(db):
    for number in (1, 2):
        path = FOLDER / f"demo_v{number}"
        import_edition(actor=SYSTEM, format="rome", paths=[path], slug="demo", apply=True)


def said(*words, **options) -> str:
    out = io.StringIO()
    call_command("reference_changes", "demo", *words, stdout=out, **options)
    return out.getvalue()


def test_csv_lists_what_the_import_wrote():
    rows = list(csv.DictReader(io.StringIO(said("1", "2", format="csv"))))
    stored = Change.objects.values_list("kind", "concept_kind", "concept__external_id")
    assert sorted((r["change"], r["kind"], r["id"]) for r in rows) == sorted(stored)
    replaced = [row for row in rows if row["change"] == "replaced"]
    assert all(row["other"] and row["confidence"] and row["reasons"] for row in replaced)


@pytest.mark.parametrize(
    ("options", "kinds"),
    [
        ({"kind": "skill"}, lambda c: c.concept_kind == "skill"),
        ({"change": "moved"}, lambda c: c.kind == "moved"),
        ({"kind": "job", "change": "renamed"}, lambda c: (c.concept_kind, c.kind) == ("job", "renamed")),
    ],
)
def test_filters_choose_what_is_listed_and_not_the_figures(options, kinds):
    told = json.loads(said("1", "2", format="json", **options))
    expected = [c for c in Change.objects.all() if kinds(c)]
    assert len(told["changes"]) == len(expected) > 0
    assert told["counts"] == json.loads(said("1", "2", format="json"))["counts"]


def test_the_other_way_round_removes_what_was_added():
    there, back = (json.loads(said(*order, format="json")) for order in (("1", "2"), ("2", "1")))
    assert back["counts"]["skill"]["removed"] == there["counts"]["skill"]["added"] > 0
    assert back["links"]["removed_on_common_jobs"] == there["links"]["added_on_common_jobs"]
    assert "changes" not in there


def test_text_names_the_changes_asked_for_and_an_absent_edition_is_refused():
    assert "moved title" in said("1", "2", change="moved")
    with pytest.raises(CommandError, match="7"):
        said("1", "7")
