"""Tables of signals sent by the page of the staff: looked at, applied, refused with their places."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from competences.enums import UploadState
from competences.models import CrosswalkRow, ExposureScore, SignalSource, Upload
from tests.accounts.factories import OrganisationFactory, UserFactory
from tests.competences import workbook_builder as build
from tests.competences.reference_builder import Built
from tests.competences.upload_builder import member_of, work

DAY = "2025-05-20"
INDEX = "competences:staff_upload_index"


@pytest.fixture
def staff(client, db):
    user = UserFactory(staff=True)
    client.force_login(user)
    return user


@pytest.fixture
def post(client, staff, tmp_path):
    """Sends a workbook by the page and reads it as the job does; the upload, None when it was refused."""

    def sent(write=build.rome_isco, format="rome-isco", day=DAY, name="table.xlsx"):
        path = tmp_path / "sent.xlsx"
        write(path)
        file = SimpleUploadedFile(name, path.read_bytes())
        sent.answer = client.post(reverse(INDEX), {"format": format, "published_on": day, "files": file})
        work()
        return Upload.objects.first() if sent.answer.status_code == 302 else None

    return sent


def page_of(client, upload):
    return client.get(reverse("competences:staff_upload_page", args=[upload.public_id]))


def apply(client, upload):
    client.post(reverse("competences:staff_upload_apply", args=[upload.public_id]))
    work()
    upload.refresh_from_db()


def test_a_table_is_looked_at_then_applied(client, post):
    upload = post()
    assert (upload.state, upload.reference_slug, upload.number) == (UploadState.READY, "rome-isco", "")
    page = page_of(client, upload)
    told = page.context["signal"]
    assert (told["rows"], told["published_on"], told["in_use"]) == (3, dt.date(2025, 5, 20), True)
    assert told["licence"] in page.content.decode()
    assert not SignalSource.objects.exists()
    apply(client, upload)
    assert (upload.state, upload.edition) == (UploadState.APPLIED, None)
    assert CrosswalkRow.objects.in_use().get(from_code="K1703").to_code == "0110"
    assert page_of(client, upload).status_code == 200
    assert client.get(reverse(INDEX)).status_code == 200


def test_codes_are_told_against_those_of_our_jobs(client, post):
    built = Built()
    for code, parent in {"M1855": "M1805", "K1710": "K1799"}.items():
        built.concept("job", code, code, attributes={"code_rome_parent": parent})
    gone = {"attributes": {"code_rome_parent": "A1101"}}
    built.concept("job", "A1199", ("Parti", "1", "2"), **gone)
    codes = page_of(client, post()).context["signal"]["codes"]
    assert codes == {"used": 1, "unused": 2, "missing": 1, "missing_codes": ["K1799"]}
    apply(client, Upload.objects.get())
    scores = page_of(client, post(build.ilo, "ilo")).context["signal"]["codes"]
    assert scores == {"used": 1, "unused": 0, "missing": 0, "missing_codes": []}


def test_scores_newer_than_those_in_use_are_compared(client, post):
    apply(client, post(build.ilo, "ilo"))
    rows = build.ilo_rows("2512", ((0.1, 0.2),)) + build.ilo_rows("0110")
    newer = post(lambda path: build.ilo(path, rows), "ilo", day="2025-09-01")
    assert page_of(client, newer).context["signal"]["compared"] == {"added": 1, "removed": 0, "changed": 1}
    apply(client, newer)
    assert set(ExposureScore.objects.in_use().values_list("isco", flat=True)) == {"2512", "0110"}


def test_the_same_bytes_have_nothing_to_apply_and_work_done_twice_is_done_once(client, post, tmp_path):
    # A workbook holds the second at which it was written: two that are written alike are not the same bytes.
    content = build.rome_isco(tmp_path / "once.xlsx").read_bytes()
    first = post(lambda path: path.write_bytes(content))
    apply(client, first)
    # As if the worker had died after the import and before its note.
    Upload.objects.update(state=UploadState.APPLYING, ended_at=None)
    work()
    first.refresh_from_db()
    assert first.state == UploadState.APPLIED
    again = post(lambda path: path.write_bytes(content))
    assert page_of(client, again).context["already"]
    apply(client, again)
    assert again.state == UploadState.READY
    assert SignalSource.objects.count() == 1


def test_a_table_older_than_the_one_in_use_is_kept_beside(client, post):
    apply(client, post())
    older = post(lambda path: build.rome_isco(path, build.ROME_ROWS[:1]), day="2020-01-01")
    assert not page_of(client, older).context["signal"]["in_use"]
    apply(client, older)
    assert CrosswalkRow.objects.in_use().count() == 3
    assert SignalSource.objects.count() == 2


def as_macros(path):
    build.add(build.rome_isco(path), "xl/vbaProject.bin", b"\xd0\xcf\x11\xe0")


def as_bomb(path):
    build.add(build.rome_isco(path), "xl/media/a.bin", b"0" * 2**24)


def without_isco(path):
    build.rome_isco(path, header=("Code ROME", "b", "c", "d", "e"))


REFUSED = {
    "formula": (lambda path: build.rome_isco(path, [("A1101", "", 1, "=8000+341")]), 2, 4),
    "macro_file": (as_macros, 0, 0),
    "zip_bomb": (as_bomb, 0, 0),
    "missing_sheet": (build.ilo, 0, 0),
    "missing_column": (without_isco, 1, 0),
    "bad_code": (lambda path: build.rome_isco(path, [*build.ROME_ROWS, ("A11", "", 1, 8341)]), 5, 1),
    "not_a_workbook": (lambda path: path.write_bytes(b"Code ROME;Code ISCO08\n"), 0, 0),
}


@pytest.mark.parametrize("code", REFUSED)
def test_a_bad_table_is_refused_with_its_place_and_nothing_is_written(client, post, code):
    write, line, column = REFUSED[code]
    upload = post(write)
    assert upload.state == UploadState.REFUSED
    [fault] = page_of(client, upload).context["shown"]
    assert (fault["code"], fault["line"], fault["column"]) == (code, line, column)
    assert fault["file"].startswith("table.xlsx")
    assert not SignalSource.objects.exists()
    # Nothing that mends the rows of an own table is offered here.
    assert not page_of(client, upload).context["can_mend"]


def test_empty_rows_are_nothing(client, post):
    rows = [build.ROME_ROWS[0], *[(None,) * 27] * 361, *build.ROME_ROWS[1:]]
    assert post(lambda path: build.rome_isco(path, rows)).report["rows"] == 3


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"day": ""}, "published_on"),
        ({"day": (timezone.localdate() + dt.timedelta(days=2)).isoformat()}, "published_on"),
        ({"name": "table.xlsm"}, "files"),
        ({"write": lambda path: path.write_bytes(b"")}, "files"),
        ({"format": "frey-osborne"}, "format"),
    ],
)
def test_a_refusal_stands_beside_its_field(post, values, field):
    assert post(**values) is None
    assert list(post.answer.context["form"].errors) == [field]
    assert not Upload.objects.exists()


def neighbour():
    """A member of an employer, who sends editions of her own reference."""
    return member_of(OrganisationFactory(employer=True))


@pytest.mark.parametrize("make", [neighbour, UserFactory])
def test_nobody_but_the_staff_sends_or_sees_a_table(client, post, tmp_path, make):
    upload = post()
    stranger = make()
    client.force_login(stranger)
    file = SimpleUploadedFile("table.xlsx", build.rome_isco(tmp_path / "t.xlsx").read_bytes())
    form = {"format": "rome-isco", "published_on": DAY, "files": file}
    assert client.post(reverse(INDEX), form).status_code == 404
    for name in ("page", "state", "apply"):
        address = reverse(f"competences:staff_upload_{name}", args=[upload.public_id])
        assert client.post(address).status_code in (404, 405)
        assert client.get(address).status_code in (404, 405)
    for membership in stranger.memberships.all():
        own = reverse("competences:employer_upload_index", args=[membership.organisation.public_id])
        # Her own page takes no other format than her own table.
        file.seek(0)
        assert list(client.post(own, form | {"number": "1"}).context["form"].errors) == ["files"]
    assert Upload.objects.count() == 1
    assert not SignalSource.objects.exists()
