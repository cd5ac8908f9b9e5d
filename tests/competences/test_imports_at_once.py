"""Two imports at once, on two real connections: the second waits for the first, and never mixes with it."""

import shutil
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.actors import SYSTEM
from competences.importers.bulk import checked_together, copy_rows
from competences.importers.store import FOREIGN_KEYS
from competences.models import Change, ConceptLink, Edition
from competences.queries.references import changes_between, find_edition, snapshot
from competences.services.references import import_edition
from competences.starter import people
from tests.accounts.side_by_side import side_by_side

FOLDER = Path(people.__file__).parent
pytestmark = pytest.mark.django_db(transaction=True)


def bring(number: int, slug: str = "demo", folder: Path = FOLDER):
    return lambda: import_edition(
        actor=SYSTEM, format="rome", paths=[folder / f"demo_v{number}"], slug=slug, apply=True
    )


def told(slug: str = "demo") -> list:
    """Each edition as it reads, and what it changed, by the producer's names."""
    found = []
    for edition in Edition.objects.filter(reference__slug=slug).order_by("position"):
        read = snapshot(edition)
        rows = Change.objects.filter(edition=edition)
        columns = ("kind", "concept_kind", "concept__external_id", "other__external_id", "before", "after")
        labels = sorted((s.kind, s.label) for s in read.concepts.values())
        found.append((edition.number, labels, sorted(map(str, rows.values_list(*columns)))))
    return found


def test_two_editions_at_once_are_one_after_the_other():
    done = side_by_side(bring(1), bring(2))
    assert [report.applied for report in done] == [True, True]
    together = told()
    for number in (1, 2):
        bring(number, slug="calm")()
    assert together == told("calm")
    first, second = (find_edition("demo", number) for number in ("1", "2"))
    assert second.changes == changes_between(first, second)[1]


def test_the_same_bytes_at_once_are_one_edition():
    done = side_by_side(bring(1), bring(1), bring(1))
    assert sorted(report.already_imported for report in done) == [False, True, True]
    assert Edition.objects.count() == 1


def test_another_reference_waits_too_and_both_are_whole(tmp_path):
    shutil.copytree(FOLDER / "demo_v1", tmp_path / "demo_v1")
    done = side_by_side(bring(1), bring(1, slug="autre", folder=tmp_path))
    assert all(report.applied for report in done)
    assert told() == told("autre")


def add_a_dangling_link(role: str = "") -> None:
    """Writes a link to nothing, as `role`, in a transaction of its own."""
    source = ConceptLink.objects.first().source_id
    with transaction.atomic():
        if role:
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL ROLE {role}")
        with checked_together(FOREIGN_KEYS):
            copy_rows(
                "competences_conceptlink (kind, source_id, target_id, flag, since, until)",
                [f"uses\t{source}\t999999999\t\t1\t2\n"],
            )


def test_a_row_that_points_to_nothing_ends_the_transaction():
    bring(1)()
    before = ConceptLink.objects.count()
    with pytest.raises(IntegrityError, match="target_id"):
        add_a_dangling_link()
    assert ConceptLink.objects.count() == before
    with connection.cursor() as cursor:
        cursor.execute("SHOW session_replication_role")
        assert cursor.fetchone() == ("origin",)


def test_rows_are_checked_one_by_one_where_the_right_is_missing():
    bring(1)()
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE plain_perenne NOSUPERUSER")
        cursor.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO plain_perenne")
        cursor.execute("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO plain_perenne")
    try:
        with pytest.raises(IntegrityError, match="foreign key"):
            add_a_dangling_link("plain_perenne")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP OWNED BY plain_perenne")
            cursor.execute("DROP ROLE plain_perenne")
