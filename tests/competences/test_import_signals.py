"""Reading the tables of signals: what is kept, what is refused and where, and what is in use."""

import datetime as dt
import io
import json
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from accounts.actors import SYSTEM
from accounts.constraints import broken_constraint
from accounts.errors import DomainError, NotFound
from competences.importers import signals
from competences.importers.source import BrokenSource
from competences.importers.workbook import MAX_ROWS, Workbook
from competences.models import CrosswalkRow, ExposureScore, SignalSource
from competences.services.signals import import_signal
from tests.accounts.factories import UserFactory
from tests.accounts.side_by_side import side_by_side
from tests.competences import workbook_builder as build

DAY = dt.date(2025, 5, 20)
LONG_AGO = dt.datetime(2025, 6, 1, tzinfo=dt.UTC)
ROME = "Code ROME", "Libellé", "ISCO08 14SI4", "Code ISCO08"


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "table.xlsx"


def read(slug: str, path: Path):
    return signals.FORMATS[slug].parse(Workbook(path))


def test_codes_are_text_with_their_zeros_and_empty_rows_are_nothing(path):
    rows = [build.ROME_ROWS[0], *[(None,) * 27] * 361, *build.ROME_ROWS[1:], ("  ", None, None, "")]
    found = read("rome-isco", build.rome_isco(path, rows))
    assert found.rows == {"A1101": "8341", "K1703": "0110", "M1805": "2512"}


def test_a_sheet_that_claims_to_be_smaller_is_read_whole(path):
    build.rome_isco(path)
    member = "xl/worksheets/sheet2.xml"
    build.rewrite(path, member, lambda c: c.replace(b'<dimension ref="A1:E4"', b'<dimension ref="A1:E2"'))
    assert len(read("rome-isco", path).rows) == 3


def test_scores_are_those_of_the_occupation_and_tasks_are_counted(path):
    rows = [*build.ilo_rows(), *build.ilo_rows("0110", ((0.1, 0.2),), "Not Exposed")]
    rows.append(("0110", 2, None, 0.2, 0.1, 0.2, "Not Exposed", "Augmentation Potential"))
    found = read("ilo", build.ilo(path, rows))
    assert {isco: (s.mean_2025, s.mean_2023, s.class_2025) for isco, s in found.rows.items()} == {
        "2512": (Decimal("0.62"), Decimal("0.6"), "Exposed: Gradient 4"),
        "0110": (Decimal("0.2"), Decimal("0.1"), "Not Exposed"),
    }
    assert (found.tasks, found.tasks_without_2023, found.notes) == (4, 1, [])


def test_a_mean_that_is_not_that_of_the_tasks_is_noted_and_kept(path):
    found = read("ilo", build.ilo(path, [("2512", 1, 0.5, 0.6, 0.5, 0.7, "a", "b")]))
    assert [(n.code, n.line) for n in found.notes] == [("other_mean", 2)]
    assert found.rows["2512"].mean_2025 == Decimal("0.7")


def ilo_row(**changes):
    return tuple((dict(zip(build.ILO_HEADER, build.ilo_rows()[0], strict=True)) | changes).values())


BAD_CELLS = [
    ("rome-isco", [("A1101", "", 1, "=8000+341")], "formula", 2, 4),
    ("rome-isco", [("A1101", "", 1, "#REF!")], "error_cell", 2, 4),
    ("rome-isco", [("A1101", "", 1, True)], "wrong_type", 2, 4),
    ("rome-isco", [("A1101", "", 1, dt.datetime(2025, 1, 1))], "wrong_type", 2, 4),  # noqa: DTZ001 - a cell
    ("rome-isco", [("A1101", "", 1, 8341), ("A1101", "", 1, 8341)], "duplicate_id", 3, 1),
    ("rome-isco", [("A11", "", 1, 8341)], "bad_code", 2, 1),
    ("rome-isco", [("A1101", "", 1, 83410)], "bad_code", 2, 4),
    ("rome-isco", [("A1101", "", 1, "110")], "bad_code", 2, 4),
    ("rome-isco", [("A1101", "", 1, None)], "bad_code", 2, 4),
    ("rome-isco", [("A1101", "", 1, 8341.5)], "bad_code", 2, 4),
    ("rome-isco", [("A1101", "", 1, -841)], "bad_code", 2, 4),
    ("rome-isco", [], "no_rows", 0, 0),
    ("ilo", [ilo_row(score_2025=1.01)], "out_of_scale", 2, 4),
    ("ilo", [ilo_row(mean_score_2023=-0.1)], "out_of_scale", 2, 5),
    ("ilo", [ilo_row(mean_score_2025="haut")], "not_a_number", 2, 6),
    ("ilo", [ilo_row(mean_score_2025=None)], "empty_cell", 2, 6),
    ("ilo", [ilo_row(mean_score_2025="=0.1+0.2")], "formula", 2, 6),
    ("ilo", [ilo_row(), ilo_row()], "duplicate_id", 3, 2),
    ("ilo", [ilo_row(), ilo_row(taskID=2, mean_score_2025=0.3)], "contradiction", 3, 1),
    ("ilo", [ilo_row(ISCO_08="25X2")], "bad_code", 2, 1),
]


@pytest.mark.parametrize(("slug", "rows", "code", "line", "column"), BAD_CELLS)
def test_a_bad_cell_is_refused_with_its_place(path, slug, rows, code, line, column):
    write = build.rome_isco if slug == "rome-isco" else build.ilo
    with pytest.raises(BrokenSource) as caught:
        read(slug, write(path, rows))
    [fault] = caught.value.anomalies
    assert (fault.code, fault.line, fault.column) == (code, line, column)
    assert fault.file == f"table.xlsx/{'ROME to ISCO-08' if slug == 'rome-isco' else 'Sheet1'}"


def test_every_error_is_told_at_once(path):
    rows = [("A1101", "", 1, "=1"), ("zzz", "", 1, 8341), ("B1101", "", 1, 99999)]
    with pytest.raises(BrokenSource) as caught:
        read("rome-isco", build.rome_isco(path, rows))
    assert [a.line for a in caught.value.anomalies] == [2, 3, 4]


def as_macro_book(path):
    build.rome_isco(path)
    plain = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    macro = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    build.rewrite(path, "[Content_Types].xml", lambda content: content.replace(plain, macro))


def with_entities(path):
    """An XML that would unfold to far more than it is."""
    build.rome_isco(path)
    bomb = b'<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    build.rewrite(
        path,
        "xl/worksheets/sheet2.xml",
        lambda content: bomb + content.replace(b"Code ROME", b"&b;"),
    )


def far_away(path):
    build.rome_isco(path)
    build.rewrite(
        path, "xl/worksheets/sheet2.xml", lambda c: c.replace(b'r="4"', b'r="%d"' % (MAX_ROWS * 1000))
    )


BAD_FILES = {
    "absent": lambda path: None,
    "not_a_workbook": lambda path: path.write_bytes(b"Code ROME;Code ISCO08\n"),
    "macro_file": as_macro_book,
    "macro_file ": lambda path: build.add(build.rome_isco(path), "xl/vbaProject.bin", b"\xd0\xcf\x11\xe0"),
    "zip_bomb": lambda path: build.add(build.rome_isco(path), "xl/media/a.bin", b"0" * 2**24),
    "malformed": lambda path: build.rewrite(
        build.rome_isco(path), "xl/worksheets/sheet2.xml", lambda content: content[:-200]
    ),
    "malformed ": lambda path: build.rewrite(build.rome_isco(path), "xl/workbook.xml", lambda _content: None),
    "malformed  ": with_entities,
    "too_many_rows": far_away,
    "missing_sheet": lambda path: build.rome_isco(path, sheet="Feuille"),
    "missing_column": lambda path: build.rome_isco(path, header=("Code ROME", "b", "c", "d", "e")),
    "duplicate_column": lambda path: build.rome_isco(path, header=(*ROME, "Code ROME")),
    "empty_file": lambda path: build.write(path, {"ROME to ISCO-08": []}),
}


@pytest.mark.parametrize("code", BAD_FILES)
def test_a_bad_file_is_refused_in_words(path, code):
    BAD_FILES[code](path)
    with pytest.raises(BrokenSource) as caught:
        read("rome-isco", path)
    [fault] = caught.value.anomalies
    assert fault.code == code.strip()
    assert fault.file.startswith("table.xlsx")
    assert fault.message


def test_an_archive_that_is_no_workbook_is_refused(path):
    build.add(path, "a.csv", b"1")
    with pytest.raises(BrokenSource) as caught:
        read("rome-isco", path)
    assert caught.value.anomalies[0].code == "not_a_workbook"


@pytest.mark.django_db
class TestService:
    def apply(self, path, day=DAY, slug="rome-isco", **values):
        return import_signal(actor=SYSTEM, slug=slug, path=path, published_on=day, **{"apply": True} | values)

    def test_dry_unless_told(self, path):
        report = self.apply(build.rome_isco(path), apply=False)
        assert (report.rows, report.applied, report.is_in_use) == (3, False, True)
        assert not SignalSource.objects.exists()

    def test_rows_bear_their_source_and_its_terms(self, path):
        self.apply(build.ilo(path), slug="ilo")
        score = ExposureScore.objects.in_use().get()
        assert (score.isco, score.mean_2025, score.class_2023) == (
            "2512",
            Decimal("0.62"),
            "Augmentation Potential",
        )
        assert (score.source.published_on, score.source.file_name) == (DAY, "table.xlsx")
        assert score.source.licence
        assert score.source.scale

    def test_the_same_bytes_are_a_no_op_under_any_name(self, path, tmp_path):
        self.apply(build.rome_isco(path))
        again = self.apply(path.rename(tmp_path / "autre.xlsx"), day=DAY + dt.timedelta(days=9))
        assert (again.already_imported, again.applied, again.rows) == (True, False, 3)
        assert again.published_on == DAY
        assert CrosswalkRow.objects.count() == 3

    def test_a_newer_source_takes_the_place_and_the_former_stays_dated(self, path):
        self.apply(build.rome_isco(path))
        rows = [("A1101", "", 1, 6210), build.ROME_ROWS[2], ("B1101", "", 1, 2651)]
        report = self.apply(build.rome_isco(path, rows), day=DAY + dt.timedelta(days=1))
        assert report.compared == {"added": 1, "removed": 1, "changed": 1}
        former, newer = SignalSource.objects.order_by("published_on")
        assert (former.replaced_at is not None, newer.replaced_at) == (True, None)
        assert CrosswalkRow.objects.in_use().get(from_code="A1101").to_code == "6210"
        assert former.crosswalk_rows.get(from_code="A1101").to_code == "8341"

    def test_an_older_source_is_kept_beside(self, path):
        self.apply(build.rome_isco(path))
        report = self.apply(build.rome_isco(path, build.ROME_ROWS[:1]), day=DAY - dt.timedelta(days=1))
        assert (report.applied, report.is_in_use) == (True, False)
        assert CrosswalkRow.objects.in_use().count() == 3
        assert SignalSource.objects.count() == 2

    def test_two_sources_stand_side_by_side(self, path):
        self.apply(build.rome_isco(path))
        self.apply(build.ilo(path), slug="ilo")
        assert set(SignalSource.objects.in_use().values_list("slug", flat=True)) == {"rome-isco", "ilo"}

    def test_a_broken_source_changes_nothing(self, path):
        self.apply(build.rome_isco(path))
        with pytest.raises(BrokenSource):
            self.apply(build.rome_isco(path, [("A1101", "", 1, 1), ("A1101", "", 1, 2)]))
        assert SignalSource.objects.in_use().count() == 1
        assert CrosswalkRow.objects.in_use().count() == 3

    @pytest.mark.parametrize(
        ("slug", "days", "code"), [("frey-osborne", 0, "unknown_signal"), ("ilo", 2, "published_later")]
    )
    def test_what_cannot_be_is_refused(self, path, slug, days, code):
        day = timezone.localdate() + dt.timedelta(days=days)
        with pytest.raises(DomainError) as caught:
            self.apply(build.ilo(path), slug=slug, day=day)
        assert caught.value.code == code

    def test_a_person_who_is_not_staff_is_turned_away(self, path):
        with pytest.raises(NotFound):
            import_signal(actor=UserFactory(), slug="ilo", path=build.ilo(path), published_on=DAY, apply=True)
        assert not SignalSource.objects.exists()

    def test_the_command_prints_its_report_and_refuses_in_words(self, path):
        out = io.StringIO()
        call_command(
            "import_signal",
            *("ilo", str(build.ilo(path)), "--published=2025-05-20", "--apply", "--format=json"),
            stdout=out,
        )
        told = json.loads(out.getvalue())
        assert (told["signal"], told["rows"], told["applied"], told["in_use"]) == ("ilo", 1, True, True)
        out = io.StringIO()
        call_command("import_signal", "ilo", str(path), "--published=2025-05-20", stdout=out)
        assert "déjà importée" in out.getvalue()
        path.write_bytes(b"rien")
        with pytest.raises(CommandError, match=r"table\.xlsx.*not_a_workbook"):
            call_command("import_signal", "ilo", str(path), "--published=2025-05-20")


@pytest.mark.django_db(transaction=True)
def test_of_two_imports_at_once_the_second_finds_the_first(path, tmp_path):
    """Nothing to lock yet in the tables: without the advisory lock one of them would break a constraint."""
    build.rome_isco(path)
    newer = build.rome_isco(tmp_path / "plus_tard.xlsx", build.ROME_ROWS[:2])

    def bring(table, day):
        return lambda: (
            import_signal(
                actor=SYSTEM, slug="rome-isco", path=table, published_on=day, apply=True
            ).already_imported
        )

    later = DAY + dt.timedelta(days=1)
    done = side_by_side(bring(path, DAY), bring(path, DAY), bring(newer, later), bring(newer, later))
    assert sorted(done[:2]) == sorted(done[2:]) == [False, True]
    assert SignalSource.objects.in_use().get().published_on == later
    assert SignalSource.objects.count() == 2


def source(slug="ilo", sha256="a", **values):
    fields = {"kind": "exposure", "published_on": DAY, "licence": "libre", "imported_at": timezone.now()}
    return SignalSource.objects.create(slug=slug, name="n", sha256=sha256, **fields | values)


def score(**values):
    fields = {"source": values.pop("of", None) or source(), "isco": "2512", "mean_2025": "0.5"}
    return ExposureScore.objects.create(**fields | values)


def twice(make):
    one = source()
    return [make(one), make(one)]


def crosswalk(one, code="8341"):
    return CrosswalkRow.objects.create(
        source=one, from_scheme="rome3", from_code="A1101", to_scheme="isco08", to_code=code
    )


BREAKERS = {
    "signal_source_one_in_use": lambda: [source(), source(sha256="b")],
    "signal_source_bytes_once": lambda: [source(imported_at=LONG_AGO, replaced_at=LONG_AGO), source()],
    "signal_source_replaced_after_imported": lambda: source(
        replaced_at=timezone.now() - dt.timedelta(days=1)
    ),
    "signal_source_says_its_licence": lambda: source(licence=""),
    "crosswalk_row_one_answer_a_code": lambda: twice(crosswalk),
    "exposure_score_one_a_code": lambda: twice(lambda one: score(of=one)),
    "exposure_score_on_the_scale": lambda: score(mean_2023="1.5"),
    "exposure_score_code_has_four_digits": lambda: score(isco="110"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", BREAKERS)
def test_a_constraint_holds_by_name(name):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        BREAKERS[name]()
    assert broken_constraint(caught.value) == name


def test_every_constraint_has_its_test_and_its_french_message():
    found = {c.name: c for m in (SignalSource, CrosswalkRow, ExposureScore) for c in m._meta.constraints}
    assert set(found) == set(BREAKERS)
    with translation.override("fr"):
        for name, constraint in found.items():
            message = str(constraint.violation_error_message)
            assert message.endswith("."), name
            assert "Contrainte" not in message, name
