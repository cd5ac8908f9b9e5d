"""Every format that a command imports is imported by the page of the staff too; a bomb is refused there."""

import io
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from competences.enums import ReferenceFormat, UploadFormat, UploadState
from competences.forms.uploads import StaffUploadForm
from competences.importers import signals
from competences.importers.source import MAX_RATIO
from competences.models import Edition, Upload
from competences.services.references import PARSERS
from competences.starter import people
from tests.accounts.factories import UserFactory
from tests.competences import esco_builder
from tests.competences.test_import_digcomp_graph import GRAPH, document
from tests.competences.upload_builder import TABLE, work

STARTER = Path(people.__file__).parent


def test_the_formats_that_a_row_names_are_those_that_are_read():
    assert set(UploadFormat.values) == {*PARSERS, *signals.FORMATS}
    shown = {slug: Upload(format=slug).get_format_display() for slug in signals.FORMATS}
    assert shown == {slug: one.name for slug, one in signals.FORMATS.items()}
    assert dict(Upload._meta.get_field("format").choices) == dict(UploadFormat.choices)


def packed(folder, name):
    """The files of a folder in one zip, under the name that a producer might give it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for child in sorted(folder.iterdir()):
            archive.write(child, child.name)
    return SimpleUploadedFile(name, out.getvalue(), "application/zip")


def rome(folder):
    return {"number": "2"}, [packed(STARTER / "demo_v2", "rome_v2_csv_utf8.zip")]


def esco(folder):
    classification = esco_builder.write(folder / "c", esco_builder.classification(), "en")
    relations = esco_builder.write(folder / "r", esco_builder.relations())
    name = "ESCO dataset - v1.1.1 - classification - {} - csv.zip"
    return {"number": "1.1.1"}, [
        packed(classification, name.format("en")),
        packed(relations, name.format("")),
    ]


def digcomp(folder):
    text = "code,kind,label_fr,label_en\n1,area,Chercher,Search\n1.1,competence,Lire,Read\n"
    return {"number": "2.2"}, [SimpleUploadedFile("digcomp.csv", text.encode())]


def digcomp_graph(folder):
    return {}, [SimpleUploadedFile("DigComp 3.0 Supplement.jsonld", document(*GRAPH).encode())]


def own(folder):
    return {"number": "1", "reference_slug": "branche"}, [SimpleUploadedFile("t.csv", TABLE.encode())]


@pytest.fixture
def post(client, db):
    client.force_login(UserFactory(staff=True))

    def sent(format, values, files):
        form = {"format": format, "files": files, **values}
        client.post(reverse("competences:staff_upload_index"), form)
        work()
        return Upload.objects.get()

    return sent


@pytest.mark.parametrize(
    ("format", "make", "jobs"),
    [
        ("rome", rome, 27),
        ("esco", esco, 2),
        ("digcomp", digcomp, 0),
        ("digcomp", digcomp_graph, 0),
        ("own", own, 1),
    ],
)
def test_the_staff_imports_each_format_by_the_page(client, post, tmp_path, format, make, jobs):
    upload = post(format, *make(tmp_path))
    assert (upload.state, upload.anomalies if upload.state == UploadState.REFUSED else []) == ("ready", [])
    assert not Edition.objects.exists()
    client.post(reverse("competences:staff_upload_apply", args=[upload.public_id]))
    work()
    upload.refresh_from_db()
    edition = Edition.objects.select_related("reference").get()
    assert (upload.state, upload.edition, edition.reference.format) == (UploadState.APPLIED, edition, format)
    assert edition.counts.get("job", 0) == jobs
    assert client.get(reverse("competences:staff_upload_page", args=[upload.public_id])).status_code == 200


def test_the_page_offers_what_the_commands_offer():
    offered = [
        {value for value, _label in group} for _name, group in StaffUploadForm().fields["format"].choices
    ]
    assert offered == [set(PARSERS), set(signals.FORMATS)]
    # A slug of signals must not be taken for a format of references.
    assert not set(signals.FORMATS) & set(ReferenceFormat.values)


@pytest.mark.parametrize("size", [2**20, 2**22])
def test_an_archive_that_unpacks_to_far_more_than_it_is_is_refused(post, size):
    """Below a megabyte nothing is a bomb; above, the ratio alone decides, long before any size does."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("unix_referentiel_appellation_v1_utf8.csv", b"0" * size)
    assert size > MAX_RATIO * len(out.getvalue())
    upload = post("rome", {"number": "1"}, [SimpleUploadedFile("rome.zip", out.getvalue())])
    assert upload.state == UploadState.REFUSED
    codes = [anomaly["code"] for anomaly in upload.anomalies]
    assert (codes == ["zip_bomb"]) == (size > 2**20)
    assert not Edition.objects.exists()
