"""Documents of bilans: versions, handing, agreements, destruction; and who is refused."""

import datetime as dt
import io
import uuid

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts import sharing
from accounts.actors import SYSTEM
from accounts.enums import Purpose
from accounts.errors import NotFound, Refused
from accounts.models import FileOpening, Notification
from accounts.services.mandates import withdraw_mandate
from accounts.sharing import Seen
from competences.enums import BilanState, DestroyedFor, DocumentKind, KeptReason
from competences.models import BilanDocument, DestroyedDocument, DocumentVersion
from competences.private_files import evidence_folder
from competences.services import documents as service
from competences.services.destructions import destroy_document, destroy_due_documents
from competences.services.documents import Overtaken
from competences.services.evidence_files import file_path, sweep_files
from tests.accounts.factories import NOW, PASSWORD, TODAY, MandateFactory, UserFactory
from tests.accounts.side_by_side import side_by_side
from tests.competences.bilan_builder import bilan, ended
from tests.competences.file_builder import pdf

TEXT = {"project": "Devenir technicienne de maintenance.", "steps": "Une formation en mars."}
LATER = NOW + dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path / "private"


@pytest.fixture
def made(db):
    return bilan()


def write(bilan, actor=None, based_on=0, **said):
    actor = actor or bilan.adviser
    return service.write_synthesis(actor=actor, bilan=bilan, content=said or TEXT, based_on=based_on, now=NOW)


def handed(bilan):
    version = write(bilan)
    return service.hand_synthesis(actor=bilan.adviser, document=version.document, number=1, now=NOW)


def added(bilan, actor=None, kind=DocumentKind.RESULTS):
    file = SimpleUploadedFile("resultats.pdf", pdf(), "application/pdf")
    return service.add_document(
        actor=actor or bilan.adviser, bilan=bilan, kind=kind, title="Mes tests", file=file, now=NOW
    )


def on_disk():
    return sorted(path.name for path in evidence_folder().glob("*"))


# Writing ----------------------------------------------------------------


def test_the_person_and_the_adviser_write_in_turn_and_every_version_stays(made):
    write(made)
    write(made, actor=made.worker.user, based_on=1, project="Autre projet.")
    versions = list(DocumentVersion.objects.order_by("number"))
    assert [v.number for v in versions] == [1, 2]
    assert [v.author for v in versions] == [made.adviser, made.worker.user]
    assert versions[0].content["project"] == TEXT["project"]
    assert BilanDocument.objects.count() == 1


def test_the_same_text_is_not_saved_twice_even_from_an_old_page(made):
    first = write(made)
    assert write(made, based_on=0) == first
    assert DocumentVersion.objects.count() == 1


def test_an_older_page_is_told_and_keeps_what_was_typed(made):
    write(made)
    with pytest.raises(Overtaken) as caught:
        write(made, actor=made.worker.user, based_on=0, project="Mon idée.")
    assert caught.value.mine["project"] == "Mon idée."
    assert caught.value.theirs.number == 1
    assert DocumentVersion.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_saves_at_once_make_one_version_and_one_refusal():
    made = bilan()
    results = side_by_side(
        lambda: write(made, project="Un."), lambda: write(made, actor=made.worker.user, project="Deux.")
    )
    assert sorted(type(one).__name__ for one in results) == ["DocumentVersion", "Overtaken"]
    assert DocumentVersion.objects.count() == 1


def test_a_page_of_a_version_that_was_destroyed_since_loses_nothing(made):
    version = write(made)
    destroy_document(actor=made.worker.user, document=version.document, now=NOW)
    assert write(made, based_on=1, project="Encore.").number == 1
    assert DocumentVersion.objects.get().content["project"] == "Encore."


def test_what_was_destroyed_meanwhile_is_neither_handed_nor_kept(made):
    document = write(made).document
    destroy_document(actor=made.worker.user, document=document, now=NOW)
    with pytest.raises(NotFound):
        service.hand_synthesis(actor=made.adviser, document=document, number=1, now=NOW)
    with pytest.raises(NotFound):
        service.keep_document(actor=made.worker.user, document=document, kept_for="", now=NOW)


@pytest.mark.parametrize("number", ["9" * 5000, "²", "١", "-1", "", "2"])
def test_a_version_that_is_none_is_not_handed(made, client, number):
    document = write(made).document
    client.force_login(made.adviser)
    address = reverse("competences:document_hand", args=[document.public_id])
    with time_machine.travel(NOW, tick=False):
        assert client.post(address, {"number": number}).status_code == 302
    document.refresh_from_db()
    assert document.handed_at is None


@pytest.mark.parametrize("state", ["abandoned", "refused"])
def test_the_adviser_of_a_stopped_bilan_does_not_learn_what_was_destroyed(made, state, client):
    document = added(made)
    ended(made, TODAY, state)
    destroy_document(actor=made.worker.user, document=document, now=NOW)
    address = reverse("competences:document", args=[document.public_id])
    for user, status in ((made.adviser, 404), (made.worker.user, 410)):
        client.force_login(user)
        assert client.get(address).status_code == status


@pytest.mark.parametrize(
    "state", [s for s in BilanState if s not in ("preliminary", "investigation", "conclusions")]
)
def test_nothing_is_written_outside_the_phases(db, state):
    made = bilan(state=state)
    with pytest.raises(Refused):
        write(made, actor=made.worker.user)


def test_a_text_too_long_is_said_beside_its_part(made):
    with pytest.raises(Refused) as caught:
        write(made, project="x" * 8001)
    assert caught.value.field == "project"


def test_who_else_is_refused(made):
    colleague = MandateFactory(purpose=Purpose.BILAN, organisation=made.organisation).adviser
    follower = MandateFactory(worker=made.worker, organisation=made.organisation).adviser
    other = MandateFactory(worker=made.worker, purpose=Purpose.BILAN).adviser
    for actor in (colleague, follower, other, UserFactory(staff=True), SYSTEM):
        with pytest.raises(NotFound):
            write(made, actor=actor)
    withdraw_mandate(actor=made.worker.user, mandate=made.worker.mandates.get(adviser=made.adviser), now=NOW)
    with pytest.raises(NotFound):
        write(made)


@pytest.mark.parametrize("state", ["abandoned", "refused"])
def test_nothing_of_a_bilan_that_was_stopped_is_left_for_its_adviser(made, state, client):
    document = added(made)
    ended(made, TODAY, state)
    client.force_login(made.adviser)
    assert client.get(reverse("competences:document", args=[document.public_id])).status_code == 404
    assert client.get(reverse("competences:documents", args=[made.public_id])).status_code == 404
    client.force_login(made.worker.user)
    assert client.get(reverse("competences:document", args=[document.public_id])).status_code == 200


# Handing ----------------------------------------------------------------


def test_it_is_handed_as_an_accessible_pdf_that_says_what_was_written(made):
    document = handed(made)
    content = file_path(document.stored_as, document.file_kind).read_bytes()
    reader = PdfReader(io.BytesIO(content))
    text = "".join(page.extract_text() for page in reader.pages)
    assert "technicienne de maintenance" in text
    assert made.worker.user.name in text
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"] == "fr"
    assert (document.handed_number, document.size) == (1, len(content))
    told = Notification.objects.get(kind="document_handed")
    assert told.recipient == made.worker.user


def test_a_later_version_takes_the_place_of_the_file(made, django_capture_on_commit_callbacks):
    first = handed(made)
    write(made, based_on=1, project="Plus précis.")
    with django_capture_on_commit_callbacks(execute=True):
        second = service.hand_synthesis(actor=made.adviser, document=first, number=2, now=NOW)
    assert second.stored_as != first.stored_as
    assert on_disk() == [f"{second.stored_as}.pdf"]


def test_what_may_not_be_handed_leaves_no_file(made):
    version = write(made, actor=made.worker.user, project=" ", steps="")
    for actor, number in [(made.adviser, 1), (made.adviser, 7), (made.worker.user, 1)]:
        with pytest.raises((Refused, NotFound)):
            service.hand_synthesis(actor=actor, document=version.document, number=number, now=NOW)
    assert on_disk() == []
    write(made, based_on=1)
    with pytest.raises(Refused):
        service.hand_synthesis(actor=made.adviser, document=version.document, number=1, now=NOW)


def test_a_file_lies_about_its_type(made):
    file = SimpleUploadedFile("a.pdf", b"<html>", "application/pdf")
    with pytest.raises(Refused):
        service.add_document(actor=made.adviser, bilan=made, kind="other", title="", file=file, now=NOW)
    assert on_disk() == []


def test_a_swept_folder_keeps_the_files_of_documents(made):
    document = added(made)
    with time_machine.travel(NOW + dt.timedelta(days=900)):
        assert sweep_files(actor=SYSTEM, now=NOW + dt.timedelta(days=900)) == 0
    assert on_disk() == [f"{document.stored_as}.pdf"]


# Keeping and destroying ----------------------------------------------------------------


def test_dates_follow_the_end_and_the_agreement(made):
    plain, kept = added(made), handed(made)
    service.keep_document(actor=made.worker.user, document=kept, kept_for=KeptReason.CEP, now=NOW)
    ended(made, dt.date(2028, 2, 29))
    service.date_documents(made)
    plain.refresh_from_db(), kept.refresh_from_db()
    assert (plain.destroy_on, kept.destroy_on) == (dt.date(2028, 3, 1), dt.date(2031, 2, 28))
    assert "trois ans" in service.agreement(kept)
    back = service.keep_document(actor=made.worker.user, document=kept, kept_for="", now=NOW)
    assert (back.destroy_on, back.agreed_at) == (dt.date(2028, 3, 1), None)


def test_the_adviser_agrees_for_nobody_and_the_council_takes_a_synthesis(made):
    document = added(made)
    with pytest.raises(NotFound):
        service.keep_document(actor=made.adviser, document=document, kept_for="follow_up", now=NOW)
    with pytest.raises(Refused):
        service.keep_document(actor=made.worker.user, document=document, kept_for="cep", now=NOW)


def test_the_job_erases_bytes_and_rows_keeps_the_fact_and_reports(made):
    gone, kept = handed(made), added(made)
    service.keep_document(actor=made.worker.user, document=kept, kept_for="follow_up", now=NOW)
    ended(made, TODAY)
    service.date_documents(made)
    assert destroy_due_documents(actor=SYSTEM, now=NOW) == {}
    counts = destroy_due_documents(actor=SYSTEM, now=LATER)
    assert counts == {"synthesis": 1, "bytes": gone.size}
    assert not DocumentVersion.objects.exists()
    assert on_disk() == [f"{kept.stored_as}.pdf"]
    fact = DestroyedDocument.objects.get()
    assert (fact.public_id, fact.kind, fact.reason) == (gone.public_id, "synthesis", DestroyedFor.END)
    assert destroy_due_documents(actor=SYSTEM, now=LATER) == {}


def test_a_process_that_died_after_the_bytes_ends_its_work(made):
    document = handed(made)
    ended(made, TODAY)
    service.date_documents(made)
    file_path(document.stored_as, "pdf").unlink()
    assert destroy_due_documents(actor=SYSTEM, now=LATER)["synthesis"] == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_destroy_once():
    made = bilan()
    handed(made), added(made)
    ended(made, TODAY)
    with transaction.atomic():
        service.date_documents(made)
    work = lambda: destroy_due_documents(actor=SYSTEM, now=LATER)  # noqa: E731 - said twice
    done = side_by_side(work, work)
    assert sum(one["synthesis"] + one["results"] for one in done) == 2
    assert DestroyedDocument.objects.count() == 2


# Pages ----------------------------------------------------------------


def test_pages_of_the_person_and_of_the_adviser(made, client):
    with time_machine.travel(NOW, tick=False):
        document = handed(made)
        page = reverse("competences:document", args=[document.public_id])
        file = reverse("competences:document_file", args=[document.public_id])
        client.force_login(made.adviser)
        assert client.get(page).status_code == 200
        assert client.get(file).status_code == 404  # handed to the person alone
        assert FileOpening.objects.filter(worker_id=made.worker.pk, purpose=Purpose.BILAN).count() == 2
        client.force_login(made.worker.user)
        assert client.get(file).status_code == 302
        assert client.get(f"{page}?version=9").status_code == 404
        neighbour = MandateFactory(purpose=Purpose.BILAN, organisation=made.organisation).adviser
        client.force_login(neighbour)
        for address in (page, file, reverse("competences:synthesis", args=[made.public_id])):
            assert client.get(address).status_code == 404


def test_a_destroyed_document_is_gone_to_those_who_had_the_right_and_absent_to_others(made, client):
    with time_machine.travel(NOW, tick=False):
        document = handed(made)
        destroy_document(actor=made.worker.user, document=document)
        page = reverse("competences:document", args=[document.public_id])
        stranger = MandateFactory(worker=made.worker, purpose=Purpose.FOLLOW_UP).adviser
        for user, status in [(made.worker.user, 410), (made.adviser, 410), (stranger, 404)]:
            client.force_login(user)
            assert client.get(page).status_code == status, user
        assert client.get(reverse("competences:document", args=[uuid.uuid4()])).status_code == 404


def test_what_was_typed_survives_the_end_of_the_session(made, client):
    address = reverse("competences:synthesis", args=[made.public_id])
    typed = {**TEXT, "based_on": 0}
    with time_machine.travel(NOW, tick=False):
        sent = client.post(address, typed)
        assert sent.status_code == 302
        client.post(sent.url, {"login": made.adviser.email, "password": PASSWORD})
        form = client.get(address).context["form"]
        assert form.initial["project"] == TEXT["project"]
        assert client.post(address, typed).status_code == 302
        assert DocumentVersion.objects.get().content["steps"] == TEXT["steps"]
        assert not client.get(address).context["came_back"]


def test_a_visitor_fills_no_session(client, db):
    for _time in range(6):
        client.post(reverse("competences:synthesis", args=[uuid.uuid4()]), {"project": "x" * 5000})
    assert len([name for name in list(client.session.keys()) if name.startswith("typed:")]) == 3


def test_a_second_tab_finds_both_texts(made, client):
    address = reverse("competences:synthesis", args=[made.public_id])
    with time_machine.travel(NOW, tick=False):
        write(made, actor=made.worker.user)
        client.force_login(made.adviser)
        told = client.post(address, {"project": "Ma version.", "based_on": 0})
        assert "Ma version." in told.text
        assert TEXT["project"] in told.text
        assert client.post(address, {"project": "Ma version.", "based_on": 1}).status_code == 302


# Constraints ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"title": ""}, "document_is_named"),
        ({"kind": "letter"}, "document_is_named"),
        ({"kept_for": "cep"}, "document_kept_by_agreement"),
        ({"agreed_at": NOW}, "document_kept_by_agreement"),
        ({"size": 3}, "document_file_is_whole"),
        ({"file_name": "a.pdf"}, "document_file_is_whole"),
    ],
)
def test_constraints_of_a_document(made, fields, constraint):
    row = {"kind": "other", "title": "x", "created_at": NOW, "author_name": "x", "bilan": made}
    with transaction.atomic(), pytest.raises(IntegrityError, match=constraint):
        BilanDocument.objects.create(worker=made.worker, **{**row, **fields})


def test_one_version_a_number(made):
    version = write(made)
    with transaction.atomic(), pytest.raises(IntegrityError, match="document_version_one_number"):
        DocumentVersion.objects.create(
            document=version.document, number=1, content={}, author_name="x", saved_at=NOW
        )


def test_a_handed_document_is_shown_by_a_share_until_it_is_destroyed(made):
    now = timezone.now()
    draft, document = write(made).document, added(made)
    kind = sharing.get("document")
    worker, seen = made.worker, Seen(on=now.date(), agreed_at=now)
    assert [one.public_id for one in kind.offered(worker, now.date())] == [document.public_id]
    both = [draft.public_id, document.public_id]
    assert kind.shown(worker, both, seen) == [document]
    assert kind.handed(worker, document.public_id, seen).status_code == 302
    for other, public_id in ((UserFactory().worker, document.public_id), (worker, draft.public_id)):
        with pytest.raises(NotFound):
            kind.handed(other, public_id, seen)
    destroy_document(actor=worker.user, document=document)
    assert kind.shown(worker, both, seen) == []
