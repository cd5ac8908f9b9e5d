"""The access log: kept whatever becomes of the request, a condition of opening, forgotten after a year."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from accounts.access import SYSTEM, access_worker
from accounts.enums import Purpose
from accounts.errors import NotFound, Unavailable
from accounts.models import FileOpening
from accounts.services.openings import KEPT, prune_openings
from tests.accounts.factories import NOW, TODAY, MandateFactory, UserFactory


def _opening(opened_at):
    return FileOpening.objects.create(
        actor_id=1, worker_id=2, mandate_id=3, purpose=Purpose.REVIEW, opened_at=opened_at
    )


@pytest.mark.django_db(transaction=True)
def test_an_opening_outlives_the_request_that_made_it():
    mandate = MandateFactory()
    with transaction.atomic():
        access_worker(mandate.adviser, mandate.worker.public_id, Purpose.FOLLOW_UP, on=TODAY)
        transaction.set_rollback(True)  # what a page that fails does
    assert FileOpening.objects.get().worker_id == mandate.worker_id


@pytest.mark.django_db
def test_nothing_is_shown_when_the_log_cannot_be_written(monkeypatch, caplog):
    mandate = MandateFactory()

    def broken(**fields):
        raise DatabaseError("disk full")

    monkeypatch.setattr(FileOpening.objects, "create", broken)
    with pytest.raises(Unavailable):
        access_worker(mandate.adviser, mandate.worker.public_id, Purpose.FOLLOW_UP, on=TODAY)
    assert "access log" in caplog.text
    assert mandate.worker.user.email not in caplog.text


@pytest.mark.django_db
def test_the_worker_still_opens_her_own_file_then(monkeypatch):
    user = UserFactory()
    monkeypatch.setattr(FileOpening.objects, "create", None)
    assert access_worker(user, user.worker.public_id, Purpose.BILAN, on=TODAY) == user.worker


@pytest.mark.django_db
def test_openings_are_forgotten_after_a_year():
    _opening(NOW - KEPT - timedelta(seconds=1))
    kept = _opening(NOW - KEPT)
    assert prune_openings(actor=SYSTEM, now=NOW) == 1
    assert prune_openings(actor=SYSTEM, now=NOW) == 0
    assert list(FileOpening.objects.all()) == [kept]


@pytest.mark.django_db
def test_only_a_job_prunes():
    with pytest.raises(NotFound):
        prune_openings(actor=UserFactory(staff=True), now=NOW)
