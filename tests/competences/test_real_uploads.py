"""Producers' own files sent by the page of the staff, read and applied by the job."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.actors import SYSTEM
from competences.enums import UploadState
from competences.models import Edition, SignalSource, Upload
from competences.services.references import import_edition
from tasks.jobs import uploads
from tests.accounts.factories import UserFactory

DATA = Path(__file__).parents[2].parent / "shared" / "data"
ARCHIVE = DATA / "rome" / "rome_v460_csv_utf8.zip"
TABLES = {
    "rome-isco": ("Correspondance_ROME_ISCO08.xlsx", "2014-01-01", (532, 532, 0)),
    "ilo": ("Final_Scores_ISCO08_Gmyrek_et_al_2025.xlsx", "2025-05-20", (427, 292, 6)),
}

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not ARCHIVE.exists(), reason=f"{ARCHIVE} is absent"),
    pytest.mark.django_db(transaction=True),
]


def test_an_archive_is_sent_read_and_applied(client):
    client.force_login(UserFactory(staff=True))
    file = SimpleUploadedFile(ARCHIVE.name, ARCHIVE.read_bytes(), "application/zip")
    sent = client.post(reverse("competences:staff_upload_index"), {"format": "rome", "files": file})
    upload = Upload.objects.get()
    assert upload.files.get().parts.count() == 4
    assert uploads.process() == {"read": 1}
    page = client.get(sent.url)
    assert {str(row["label"]): row["number"] for row in page.context["rows"]}["Métiers"] == 1584
    client.post(reverse("competences:staff_upload_apply", args=[upload.public_id]))
    assert uploads.process() == {"applied": 1}
    upload.refresh_from_db()
    assert (upload.state, upload.edition) == (UploadState.APPLIED, Edition.objects.get())
    assert Edition.objects.get().name == "60"


def test_tables_of_signals_are_sent_read_and_applied_beside_it(client):
    import_edition(actor=SYSTEM, format="rome", paths=[ARCHIVE], apply=True)
    client.force_login(UserFactory(staff=True))
    for slug, (name, day, figures) in TABLES.items():
        file = SimpleUploadedFile(name, (DATA / "risk" / name).read_bytes())
        form = {"format": slug, "published_on": day, "files": file}
        sent = client.post(reverse("competences:staff_upload_index"), form)
        upload = Upload.objects.first()
        assert uploads.process() == {"read": 1}
        told = client.get(sent.url).context["signal"]
        assert (told["rows"], told["codes"]["used"], told["codes"]["missing"]) == figures
        client.post(reverse("competences:staff_upload_apply", args=[upload.public_id]))
        assert uploads.process() == {"applied": 1}
        assert SignalSource.objects.in_use().get(slug=slug).published_on.isoformat() == day
