"""Editions that people send: who may, what is kept, what a job makes of it, and what is thrown away."""

import datetime as dt

import pytest
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from accounts.actors import SYSTEM
from accounts.errors import NotFound, Refused
from accounts.models.openings import ACCESS_LOG
from competences.enums import UploadState
from competences.importers import own_table
from competences.models import Change, Concept, Edition, Reference, Upload, UploadFile, UploadPart
from competences.queries.uploads import access_upload, pending_uploads
from competences.services import upload_files, uploads
from tests.accounts.factories import TODAY, MembershipFactory, OrganisationFactory, UserFactory
from tests.competences.upload_builder import BAD, TABLE, csv_file, member_of, mended


@pytest.fixture
def organisation(db):
    return OrganisationFactory(employer=True, name="Chaudronnerie Éclair")


@pytest.fixture
def member(organisation):
    return member_of(organisation)


@pytest.fixture
def send(organisation, member):
    def made(text=TABLE, number="1", actor=member, name="metiers.csv", **values):
        asked = {"organisation": organisation, "files": [csv_file(text, name)], "on": TODAY} | values
        return uploads.create_upload(actor=actor, number=number, **asked)

    return made


def work(upload):
    """What a job does, then the row as it is."""
    done = uploads.process_upload(actor=SYSTEM, upload_id=upload.pk)
    upload.refresh_from_db()
    return done


def applied(upload, actor):
    work(upload)
    uploads.apply_upload(actor=actor, upload=upload, on=TODAY)
    assert work(upload) == {"applied": 1}
    return upload


# Sent, read, applied ---------------------------------------------------------------------------------------


def test_a_table_is_read_then_applied_as_the_reference_of_its_owner(send, member, organisation):
    upload = send(published_on=dt.date(2026, 1, 5))
    assert (upload.state, upload.author) == (UploadState.WAITING, member)
    assert work(upload) == {"read": 1}
    assert (upload.state, upload.progress, upload.ended_at) == (UploadState.READY, 100, None)
    assert upload.report["counts"] == {"job": 1, "title": 1, "skill": 2, "links": 2}
    assert not Edition.objects.exists()
    uploads.apply_upload(actor=member, upload=upload, on=TODAY)
    assert work(upload) == {"applied": 1}
    edition = Edition.objects.select_related("reference").get()
    assert (upload.state, upload.edition, upload.ended_at is not None) == (UploadState.APPLIED, edition, True)
    assert (edition.number, edition.published_on) == ("1", dt.date(2026, 1, 5))
    assert (edition.reference.owner, edition.reference.format) == (organisation, "own")
    assert edition.reference.slug == f"chaudronnerie-eclair-{organisation.public_id.hex[:8]}"


def test_the_next_edition_is_of_the_same_reference_whatever_the_name_becomes(send, member, organisation):
    applied(send(), member)
    organisation.name = "Autre nom"
    organisation.save()
    second = applied(send(TABLE.replace("Lire un plan", "Tracer un plan"), "2"), member)
    assert Reference.objects.count() == 1
    assert second.report["changes"]["counts"]["skill"]["renamed"] == 1
    assert Concept.objects.count() == 4


def test_a_skill_that_replaces_another_is_told_as_declared(send, member):
    applied(send(), member)
    second = applied(send(TABLE.replace("C2;Lire un plan;;", "C3;Tracer un plan;;C2"), "2"), member)
    [change] = Change.objects.filter(edition=second.edition, kind="replaced").select_related(
        "concept", "other"
    )
    assert (change.concept.external_id, change.other.external_id, change.confidence) == ("C2", "C3", 100)


def test_work_done_twice_changes_nothing(send, member):
    upload = applied(send(), member)
    assert work(upload) == {}
    # As if the worker had died after the import and before its note.
    Upload.objects.update(state=UploadState.APPLYING, ended_at=None, edition=None)
    assert work(upload) == {"applied": 1}
    assert (upload.state, upload.edition) == (UploadState.APPLIED, Edition.objects.get())


def test_asking_twice_is_asking_once_and_what_is_not_ready_is_refused(send, member):
    upload = send()
    with pytest.raises(Refused):
        uploads.apply_upload(actor=member, upload=upload, on=TODAY)
    work(upload)
    for _time in range(2):
        asked = uploads.apply_upload(actor=member, upload=upload, on=TODAY)
        assert asked.state == UploadState.APPLYING
    again = send()
    work(upload)
    work(again)
    assert again.report["already_imported"]
    with pytest.raises(Refused):
        uploads.apply_upload(actor=member, upload=again, on=TODAY)


def test_two_bad_rows_are_told_mended_and_applied(send, member):
    upload = send(BAD)
    assert work(upload) == {"refused": 1}
    assert [(a["line"], a["column"], a["code"]) for a in upload.anomalies] == [
        (3, 3, "blank"),
        (4, 5, "unknown_value"),
    ]
    assert (upload.state, upload.failed_rows) == (UploadState.REFUSED, 2)
    failed = uploads.failed_rows(actor=member, upload=upload, on=TODAY)
    file = csv_file(mended(failed))
    second = uploads.mend_upload(actor=member, upload=upload, file=file, on=TODAY)
    assert second.mends == upload
    applied(second, member)
    assert second.report["counts"] == {"job": 2, "title": 2, "skill": 3, "links": 3}


@pytest.mark.parametrize("text", ["", "autre;colonne\n1;2\n", 'code_metier;"'])
def test_a_mended_file_that_cannot_be_read_is_refused_beside_its_field(send, member, text):
    upload = send(BAD)
    work(upload)
    with pytest.raises(Refused) as refusal:
        uploads.mend_upload(actor=member, upload=upload, file=csv_file(text), on=TODAY)
    assert refusal.value.field == "files"
    assert Upload.objects.count() == 1


def test_a_mended_file_that_leaves_rows_out_is_refused(send, member):
    upload = send(BAD)
    work(upload)
    one = "\n".join(mended(uploads.failed_rows(actor=member, upload=upload, on=TODAY)).splitlines()[:-1])
    with pytest.raises(Refused) as refusal:
        uploads.mend_upload(actor=member, upload=upload, file=csv_file(one), on=TODAY)
    assert refusal.value.code == "rows_missing"


def test_a_good_table_has_no_row_to_mend(send, member):
    upload = send()
    work(upload)
    with pytest.raises(Refused):
        uploads.mend_upload(actor=member, upload=upload, file=csv_file(), on=TODAY)
    with pytest.raises(NotFound):
        uploads.failed_rows(actor=member, upload=upload, on=TODAY)


def test_what_an_import_refuses_for_another_reason_is_told_too(send, member, organisation):
    Reference.objects.create(slug=uploads.own_slug(organisation), name="x", format="rome", owner=organisation)
    upload = send()
    assert work(upload) == {"refused": 1}
    assert [a["code"] for a in upload.anomalies] == ["other_format"]


# Refused before anything is kept ---------------------------------------------------------------------------

REFUSED = [
    ({"number": ""}, "number"),
    ({"number": "v2"}, "number"),
    ({"files": []}, "files"),
    ({"files": [csv_file(), csv_file()]}, "files"),
    ({"text": ""}, "files"),
    ({"name": "metiers.xlsx"}, "files"),
    ({"text": "a" * (own_table.MAX_BYTES + 1)}, "files"),
]


@pytest.mark.parametrize(("values", "field"), REFUSED, ids=[str(n) for n in range(len(REFUSED))])
def test_a_refusal_names_its_field_and_keeps_nothing(send, values, field):
    with pytest.raises(Refused) as refusal:
        send(**values)
    assert refusal.value.field == field
    assert not Upload.objects.exists()


def test_an_organisation_has_few_uploads_under_way_at_once(send):
    for _number in range(uploads.MAX_UNFINISHED):
        send()
    with pytest.raises(Refused):
        send()


STAFF_REFUSED = [
    ({"format": "pdf"}, "format"),
    ({"format": "own"}, "reference_slug"),
    ({"format": "rome", "reference_slug": "Été"}, "reference_slug"),
    ({"format": "rome", "reference_slug": "importer"}, "reference_slug"),
    ({"format": "rome", "reference_slug": "theirs"}, "reference_slug"),
    ({"format": "rome", "reference_slug": "digcomp"}, "reference_slug"),
    ({"format": "rome", "files": [csv_file()] * (upload_files.MAX_FILES + 1)}, "files"),
]


@pytest.mark.parametrize(("values", "field"), STAFF_REFUSED, ids=[str(n) for n in range(len(STAFF_REFUSED))])
def test_the_staff_is_refused_beside_the_field_too(send, organisation, values, field):
    Reference.objects.create(slug="theirs", name="x", format="rome", owner=organisation)
    Reference.objects.create(slug="digcomp", name="x", format="digcomp")
    with pytest.raises(Refused) as refusal:
        send(actor=UserFactory(staff=True), organisation=None, **values)
    assert refusal.value.field == field


def test_the_staff_sends_any_format_for_no_organisation(send):
    text = "code,kind,label_fr,label_en\n1,area,Chercher,Search\n1.1,competence,Lire,Read\n"
    upload = send(text, "3.0", UserFactory(staff=True), "digcomp.csv", organisation=None, format="digcomp")
    work(upload)
    assert (upload.state, upload.reference_slug) == (UploadState.READY, "digcomp")
    assert upload.report["counts"] == {"area": 1, "skill": 1, "links": 0}


# Who -------------------------------------------------------------------------------------------------------

STRANGERS = {
    "a neighbour": lambda organisation: member_of(OrganisationFactory(employer=True)),
    "a former member": lambda organisation: member_of(organisation, end_on=TODAY),
    "the staff": lambda organisation: UserFactory(staff=True),
}


@pytest.mark.parametrize("who", STRANGERS)
def test_nobody_else_sends_sees_mends_or_applies(send, organisation, who):
    upload, bad = send(), send(BAD)
    work(upload)
    work(bad)
    stranger = STRANGERS[who](organisation)
    for act in (
        lambda: send(actor=stranger),
        lambda: access_upload(stranger, upload.public_id, on=TODAY),
        lambda: uploads.apply_upload(actor=stranger, upload=upload, on=TODAY),
        lambda: uploads.failed_rows(actor=stranger, upload=bad, on=TODAY),
        lambda: uploads.mend_upload(actor=stranger, upload=bad, file=csv_file(), on=TODAY),
    ):
        with pytest.raises(NotFound):
            act()


def test_a_member_is_not_of_the_staff_and_an_adviser_body_has_no_reference(send, member):
    with pytest.raises(NotFound):
        send(organisation=None, format="rome")
    body = OrganisationFactory()
    adviser = MembershipFactory(organisation=body).user
    with pytest.raises(NotFound):
        send(actor=adviser, organisation=body)


def test_an_organisation_never_writes_the_reference_of_another(send, member):
    upload = send()
    Reference.objects.create(
        slug=upload.reference_slug, name="x", format="own", owner=OrganisationFactory(employer=True)
    )
    assert work(upload) == {"refused": 1}
    assert not Edition.objects.exists()


# Jobs: death, errors, progress -----------------------------------------------------------------------------


def test_an_upload_whose_reading_dies_again_and_again_is_given_up(send):
    upload = send()
    Upload.objects.update(state=UploadState.READING, attempts=uploads.ATTEMPTS)
    assert work(upload) == {"failed": 1}
    assert upload.state == UploadState.FAILED
    assert pending_uploads() == []


def test_an_unexpected_error_is_noted_and_raised(send, monkeypatch):
    upload = send()
    monkeypatch.setattr(uploads, "import_edition", lambda **_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        work(upload)
    upload.refresh_from_db()
    assert (upload.state, upload.anomalies) == (UploadState.FAILED, [])


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_while_the_import_runs(send, monkeypatch):
    upload = send()
    seen = []
    real = uploads.import_edition

    def slow(*, progress, **asked):
        with transaction.atomic():
            Reference.objects.create(slug="open-transaction", name="x", format="own")
            for percent in (20, 21, 60):
                progress(percent)
                seen.append(Upload.objects.using(ACCESS_LOG).get(pk=upload.pk).progress)
                monkeypatch.setattr(uploads, "SECONDS_BETWEEN", 0 if percent == 21 else 60)
        return real(progress=progress, **asked)

    monkeypatch.setattr(uploads, "import_edition", slow)
    work(upload)
    assert seen == [20, 20, 60]
    assert upload.progress == 100
    connections[ACCESS_LOG].close()


# Files -----------------------------------------------------------------------------------------------------


def test_files_come_back_as_they_were_sent_under_a_plain_name(send, monkeypatch):
    monkeypatch.setattr(upload_files, "PART_BYTES", 7)
    upload = send(name="../../étude n°1 .csv")
    assert UploadPart.objects.count() > 3
    with upload_files.files_of(upload) as paths:
        assert [(p.name, p.read_text("utf-8")) for p in paths] == [("étude_n_1_.csv", TABLE)]
    assert not paths[0].exists()


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("C:\\dossier\\a.zip", "a.zip"),
        ("..", "fichier"),
        ("", "fichier"),
        ("a\r\nb;.csv", "a_b_.csv"),
        ("é" * 300 + ".jsonld", "é" * upload_files.NAME_LENGTH + ".jsonld"),
        (".csv", "csv"),
        ("日" * 120 + ".csv", "日" * 83 + ".csv"),
    ],
)
def test_names_of_files_are_made_plain(name, plain):
    assert upload_files.plain_name(name) == plain


def test_old_files_go_and_what_nobody_applied_is_given_up(send, member):
    done, ready, recent = (
        applied(send(), member),
        send(BAD.replace("bof", "").replace(";;", ";C2;", 1)),
        send(),
    )
    for upload in (ready, recent):
        work(upload)
    now = timezone.now()
    old = now - uploads.KEPT - dt.timedelta(hours=1)
    Upload.objects.filter(pk=done.pk).update(ended_at=old)
    Upload.objects.filter(pk=ready.pk).update(created_at=old)
    assert uploads.prune_uploads(actor=SYSTEM, now=now) == {"expired": 1, "files": 2}
    assert uploads.prune_uploads(actor=SYSTEM, now=now) == {"expired": 0, "files": 0}
    ready.refresh_from_db()
    assert ready.state == UploadState.EXPIRED
    assert [f.upload_id for f in UploadFile.objects.all()] == [recent.pk]
    assert Upload.objects.count() == 3


# Constraints -----------------------------------------------------------------------------------------------

BROKEN = [
    ("upload_state_known", {"state": "lost", "ended_at": None}),
    ("upload_progress_is_a_percentage", {"progress": 101}),
    ("upload_ended_dated", {"state": "applied"}),
    ("upload_ended_dated", {"ended_at": timezone.now()}),
    ("upload_of_organisation_is_own", {"format": "rome"}),
]


@pytest.mark.parametrize(("name", "values"), BROKEN, ids=[str(n) for n in range(len(BROKEN))])
def test_the_database_refuses_what_makes_no_sense(send, name, values):
    upload = send()
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Upload.objects.filter(pk=upload.pk).update(**values)


def test_a_place_holds_one_file_and_one_part(send):
    [file] = send().files.all()
    with pytest.raises(IntegrityError, match="upload_file_one_a_place"), transaction.atomic():
        UploadFile.objects.create(upload=file.upload, place=1, name="b", size=1)
    with pytest.raises(IntegrityError, match="upload_part_one_a_place"), transaction.atomic():
        UploadPart.objects.create(file=file, place=1, content=b"")
