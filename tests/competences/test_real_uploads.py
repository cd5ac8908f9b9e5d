"""A producer's own archive sent by the page of the staff, read and applied by the job."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from competences.enums import UploadState
from competences.models import Edition, Upload
from tasks.jobs import uploads
from tests.accounts.factories import UserFactory

ARCHIVE = Path(__file__).parents[2].parent / "shared" / "data" / "rome" / "rome_v460_csv_utf8.zip"

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
