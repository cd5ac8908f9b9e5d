"""Imports into records by a job: long files are matched, forgotten ones end, and twice is as good as once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from competences.models import RecordImport
from competences.services import record_imports as service
from tasks.jobs import record_imports
from tasks.models import TaskRun
from tests.accounts.factories import UserFactory
from tests.competences.import_builder import sent, table
from tests.competences.whole_record import reference

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "access_log"])


def bring(person):
    rows = [(f"Compétence numéro {n}", 3, "", "", "", "") for n in range(1, 5)]
    return service.send_import(actor=person, worker=person.worker, file=sent(table(*rows)))


def test_a_long_file_is_matched_once(monkeypatch):
    reference()
    monkeypatch.setattr(service, "MATCHED_AT_ONCE", 1)
    monkeypatch.setattr(record_imports, "ROWS", 3)
    one = bring(UserFactory())
    assert record_imports.match()["rows"] == 4
    assert record_imports.match()["rows"] == 0
    one.refresh_from_db()
    assert one.state == "ready"
    assert one.proposals.filter(is_matched=True, is_ticked=True).count() == 4
    assert TaskRun.objects.filter(key="record-imports").count() == 2


def test_forgotten_imports_end_once():
    reference()
    one = bring(UserFactory())
    RecordImport.objects.update(sent_at=timezone.now() - timedelta(days=31))
    assert record_imports.expire() == {"imports": 1}
    assert record_imports.expire() == {"imports": 0}
    one.refresh_from_db()
    assert one.state == "expired"
