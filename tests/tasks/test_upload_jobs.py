"""Uploads on a real worker: read, applied once asked to, one failure stopping no other."""

import pytest
from django.utils import timezone

from competences.enums import UploadState
from competences.models import Edition, Upload
from competences.services import uploads as service
from tasks.jobs import uploads
from tasks.models import RunState, TaskRun
from tests.accounts.factories import OrganisationFactory
from tests.competences.upload_builder import TABLE, csv_file, member_of

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "access_log"])


@pytest.fixture
def organisation():
    return OrganisationFactory(employer=True)


@pytest.fixture
def member(organisation):
    return member_of(organisation)


def send(member, organisation, text=TABLE):
    return service.create_upload(
        actor=member,
        organisation=organisation,
        files=[csv_file(text)],
        number="1",
        on=timezone.localdate(),
    )


def state(upload):
    upload.refresh_from_db()
    return upload.state


def test_an_upload_is_read_then_applied_by_a_worker(workers, member, organisation):
    upload = send(member, organisation)
    workers.start()
    workers.send(uploads.process)
    workers.eventually(lambda: state(upload) == UploadState.READY)
    service.apply_upload(actor=member, upload=upload, on=timezone.localdate())
    workers.send(uploads.process)
    workers.eventually(lambda: state(upload) == UploadState.APPLIED)
    assert Edition.objects.get().reference.owner == organisation
    runs = TaskRun.objects.filter(key=f"upload:{upload.public_id}", state=RunState.DONE)
    workers.eventually(lambda: [run.counts for run in runs.order_by("pk")] == [{"read": 1}, {"applied": 1}])


def test_one_that_fails_stops_no_other(member, organisation, monkeypatch):
    bad, good = send(member, organisation), send(member, organisation, TABLE.replace("Souder", "Braser"))
    real = service.import_edition

    def import_edition(*, paths, **asked):
        if "Souder" in paths[0].read_text():
            raise RuntimeError("planted")
        return real(paths=paths, **asked)

    monkeypatch.setattr(service, "import_edition", import_edition)
    with pytest.raises(ExceptionGroup):
        uploads.process()
    assert (state(bad), state(good)) == (UploadState.FAILED, UploadState.READY)
    assert uploads.process() == {}
    assert Upload.objects.pending().count() == 0


def test_old_files_are_dropped_by_the_job(member, organisation):
    upload = send(member, organisation)
    before = timezone.now() - 2 * service.KEPT
    Upload.objects.filter(pk=upload.pk).update(state=UploadState.FAILED, ended_at=before, created_at=before)
    assert uploads.clean_up() == {"expired": 0, "files": 1}
    assert uploads.clean_up() == {"expired": 0, "files": 0}
