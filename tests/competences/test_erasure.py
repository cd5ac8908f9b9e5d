"""Erasing an account: a mark is planted in every text and file of a person, and none is found after."""

import datetime as dt
import uuid
from collections import defaultdict

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, models, router, transaction
from django.db.models.deletion import Collector
from django.urls import reverse
from django.utils import timezone

from accounts.access import access_worker
from accounts.actors import SYSTEM
from accounts.enums import ErasureReason, Purpose, ShareKind
from accounts.errors import Refused
from accounts.models import (
    AddressFault,
    CalendarFeed,
    DeliverySettings,
    Erasure,
    ErasureRequest,
    FileOpening,
    Mandate,
    MandateRequest,
    Notification,
    Pause,
    Share,
    ShareItem,
    Snooze,
    User,
    Worker,
)
from accounts.services.erasure import (
    NOBODY,
    cancel_erasure,
    erase_due_accounts,
    keep_used,
    request_erasure,
    warn_inactive,
)
from competences.enums import NoteVisibility
from competences.models import (
    AdviserMessage,
    Appointment,
    Attestation,
    Bilan,
    BilanDocument,
    Export,
    ImportedSkill,
    MessageTemplate,
    Note,
    RecordImport,
    ReviewRequest,
    SavedFilter,
)
from competences.private_files import evidence_folder
from competences.queries.assessments import newest_instrument
from competences.services import assessments, documents
from tests.accounts.factories import MandateFactory, UserFactory
from tests.accounts.handover_builder import person_of, propose, two_advisers
from tests.accounts.share_builder import share_row
from tests.competences.bilan_builder import bilan
from tests.competences.file_builder import pdf
from tests.competences.record_builder import add, answered_request, ask, held, sent, skill
from tests.competences.whole_record import fill, reference

MARK = "zqmarquezq"
HOUSE = ("accounts", "competences")
NOT_THE_PERSONS = {"accounts.Membership"}
"""Rows without a text of the person's."""


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path / "private"


def whole(user):
    """Something of everything: the record, a bilan with its papers, notes, messages, shares, files."""
    with transaction.atomic():
        fill(reference(), user)
    add(user, kind="file", file=sent(pdf(MARK.encode())), title=MARK)
    now = timezone.now()
    made = bilan(person=user, created_at=now, moved_at=now)
    made.moves.create(before="", after="wished", actor=user, actor_name=user.name, role="person", at=now)
    documents.write_synthesis(actor=user, bilan=made, content={"project": MARK}, based_on=0)
    file = SimpleUploadedFile("a.pdf", pdf(MARK.encode()), "application/pdf")
    documents.add_document(actor=user, bilan=made, kind="other", title=MARK, file=file)
    signed = {"author": made.adviser, "author_name": "C", "organisation": made.organisation}
    for visibility in NoteVisibility.values:
        Note.objects.create(
            worker=user.worker,
            purpose=Purpose.BILAN,
            visibility=visibility,
            text=MARK,
            created_at=now,
            edited_at=now,
            destroy_on=now.date(),
            **signed,
        )
    AdviserMessage.objects.create(worker=user.worker, text=MARK, sent_at=now, **signed)
    done = assessments.start_assessment(actor=user, worker=user.worker, instrument=newest_instrument())
    assessments.answer_assessment(actor=user, assessment=done, code="1.1", answers=["alone"] * 4)
    EmailAddress.objects.create(user=user, email=f"{MARK}@exemple.fr", verified=True)
    _told_elsewhere(user, made)
    LogEntry.objects.create(
        user=UserFactory(staff=True),
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(user.pk),
        object_repr=user.name,
        action_flag=2,
    )
    return made


def _settings_of_messages(user):
    """How the person wants their messages, and what holds them back."""
    today = timezone.localdate()
    DeliverySettings.objects.create(user=user, digest="weekly")
    Pause.objects.create(
        user=user, start_on=today, end_on=today + dt.timedelta(days=7), reason=MARK, set_by=user
    )
    Snooze.objects.create(user=user, kind="bilan_due", subject_key=MARK, until_on=today)
    AddressFault.objects.create(
        user=user, address=f"{MARK}@exemple.fr", kind="bounce", event_key="e1", provider_words=MARK
    )
    CalendarFeed.objects.create(user=user, key_digest=MARK)


def _told_elsewhere(user, made):
    """Rows that nobody but this person has: files asked for and brought, a share, messages kept ready."""
    now, today = timezone.now(), timezone.localdate()
    worker = user.worker
    share = share_row(worker=worker, title=MARK)
    ShareItem.objects.create(share=share, kind="skill", public_id=uuid.uuid4())
    Appointment.objects.create(
        worker=worker, bilan=made, kind="accompaniment", starts_at=now, minutes=60, place=MARK, created_at=now
    )
    MessageTemplate.objects.create(author=user, name=MARK, text=MARK, updated_at=now)
    SavedFilter.objects.create(adviser=user, name=MARK, asked={"tri": MARK}, created_at=now)
    MandateRequest.objects.create(
        adviser=user,
        organisation=made.organisation,
        email="quelqu-un@exemple.fr",
        purposes=["bilan"],
        reason=MARK,
        end_on=today + dt.timedelta(days=90),
        asked_at=now,
    )
    _settings_of_messages(user)
    Export.objects.create(
        worker=worker,
        kind="record",
        format="json",
        language="fr",
        key="k",
        mark="m",
        rows_total=1,
        file_name=f"{MARK}.json",
        asked_at=now,
        progressed_at=now,
    )
    camille, sam = two_advisers()
    propose(camille, sam, person_of(camille, worker=worker), now=now)
    brought = RecordImport.objects.create(worker=worker, format="csv", file_name=MARK, sent_at=now)
    ImportedSkill.objects.create(record_import=brought, place=1, text=MARK)


def texts_of(model):
    """The columns of a model in which a person may write anything."""
    for field in model._meta.concrete_fields:
        is_text = isinstance(field, models.CharField | models.TextField | models.JSONField)
        if is_text and not field.choices and not isinstance(field, models.SlugField):
            yield field


def plant(user):
    """Writes the mark in every text column of the rows that hang on the account; gives those that refused."""
    collector = Collector(using=router.db_for_write(User), origin=user)
    refused, planted = set(), set()
    collector.collect([user])
    found = defaultdict(set)
    for model, rows in collector.data.items():
        found[model] |= {row.pk for row in rows}
    for rows in collector.fast_deletes:
        found[rows.model] |= set(rows.values_list("pk", flat=True))
    for model, keys in found.items():
        if model._meta.app_label not in HOUSE:
            continue
        for field in texts_of(model):
            value = {"x": MARK} if isinstance(field, models.JSONField) else MARK[: field.max_length]
            planted.add(f"{model.__name__}.{field.name}")
            for key in keys:
                try:
                    with transaction.atomic():
                        model._base_manager.filter(pk=key).update(**{field.name: value})
                except DatabaseError:
                    refused.add(f"{model.__name__}.{field.name}")
    return planted, refused


def where_marked():
    """Every table whose rows, told as text, still hold the mark."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s', [f"%{MARK}%"])  # noqa: S608
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def erase(user, now=None):
    """Asks for the erasure and lets the job do it on the day."""
    now = now or timezone.now()
    request_erasure(actor=user, now=now)
    return erase_due_accounts(actor=SYSTEM, now=now + dt.timedelta(days=8))


@pytest.mark.django_db(transaction=True)
def test_no_mark_is_left_anywhere():
    user = UserFactory(name=f"Nadia {MARK}", email=f"{MARK}.nadia@exemple.fr")
    made = whole(user)
    planted, refused = plant(user)
    # A name, an address or a text that must have a shape was marked by the services that wrote it.
    assert len(planted) > 40
    assert len(refused) < len(planted) / 3, refused
    before = where_marked()
    assert {"competences_skillstatement", "competences_bilandocument", "accounts_user"} <= set(before)
    access_worker(made.adviser, user.worker.public_id, Purpose.BILAN, on=timezone.localdate())
    worker = user.worker.pk
    counts = erase(user)
    assert counts["accounts"] == 1
    assert counts["files"] == 2
    assert where_marked() == []
    assert not list(evidence_folder().glob("*"))
    assert not FileOpening.objects.filter(worker_id=worker).exists()
    assert not Bilan.objects.exists()
    assert not BilanDocument.objects.exists()
    fact = Erasure.objects.get()
    assert (fact.reason, fact.files) == (ErasureReason.REQUEST, 2)
    assert fact.rows > 50
    assert erase_due_accounts(actor=SYSTEM, now=timezone.now() + dt.timedelta(days=9)) == {}


@pytest.mark.django_db(transaction=True)
def test_what_is_somebody_elses_stays_without_the_name():
    person = UserFactory()
    alex, review, (view,) = answered_request(person, email=f"{MARK}@exemple.fr", name=f"Alex {MARK}")
    other = ask(UserFactory(), email=alex.email)
    Share.objects.create(
        worker=UserFactory().worker,
        kind=ShareKind.LINK,
        recipient_email=alex.email,
        agreed_on=timezone.localdate(),
        end_on=timezone.localdate() + dt.timedelta(days=9),
        text_version="1",
    )
    erase(alex)
    assert where_marked() == []
    view.refresh_from_db()
    assert (view.author, view.author_name) == (None, NOBODY)
    assert Attestation.objects.count() == 1
    assert ReviewRequest.objects.filter(pk__in=[review.pk, other.pk]).count() == 2


@pytest.mark.django_db(transaction=True)
def test_an_adviser_whom_others_must_be_told_of_leaves_an_empty_closed_account():
    mandate = MandateFactory(adviser__name=f"Camille {MARK}", adviser__email=f"{MARK}@exemple.fr")
    adviser = mandate.adviser
    skill(adviser, MARK)
    Note.objects.create(
        worker=mandate.worker,
        author=adviser,
        author_name=adviser.name,
        organisation=mandate.organisation,
        purpose=Purpose.FOLLOW_UP,
        visibility=NoteVisibility.PRIVATE,
        text=MARK,
        created_at=timezone.now(),
        edited_at=timezone.now(),
        destroy_on=timezone.localdate(),
    )
    with time_machine.travel(timezone.now(), tick=False):
        erase(adviser)
    assert where_marked() == []
    adviser.refresh_from_db()
    assert (adviser.is_active, adviser.has_usable_password(), adviser.name) == (False, False, NOBODY)
    assert Worker.objects.filter(user=adviser).count() == 1
    assert not held(adviser)
    assert Mandate.objects.get().adviser == adviser
    assert not Mandate.objects.effective(timezone.localdate() + dt.timedelta(days=9)).exists()


def log_entry(text, **fields):
    return LogEntry.objects.create(
        user=UserFactory(staff=True),
        content_type=ContentType.objects.get_for_model(User),
        object_id="1",
        object_repr=text,
        action_flag=2,
        **fields,
    )


@pytest.mark.django_db(transaction=True)
def test_a_name_chosen_to_be_everywhere_takes_no_log_away():
    others = log_entry("Dana Legrand", change_message="Changed role."), log_entry("Organisation E")
    erase(UserFactory(name="e"))
    assert {row.object_id for row in LogEntry.objects.all()} == {"1"}
    assert LogEntry.objects.count() == 2
    others[0].refresh_from_db()
    assert (others[0].object_repr, others[0].change_message) == ("Dana Legrand", "Changed role.")


@pytest.mark.django_db(transaction=True)
def test_an_address_that_was_never_confirmed_takes_nothing_of_its_owner_away():
    victim, thief = "victime@exemple.fr", UserFactory()
    EmailAddress.objects.create(user=thief, email=victim, verified=False)
    share = Share.objects.create(
        worker=UserFactory().worker,
        kind=ShareKind.LINK,
        recipient_email=victim,
        agreed_on=timezone.localdate(),
        end_on=timezone.localdate() + dt.timedelta(days=9),
        text_version="1",
    )
    review = ask(UserFactory(), email=victim)
    erase(thief)
    assert Share.objects.get() == share
    review.refresh_from_db()
    assert review.reader_email == victim


@pytest.mark.django_db(transaction=True)
def test_no_copy_of_a_session_is_left_in_the_cache(client):
    user = UserFactory()
    client.force_login(user)
    session = client.session
    session["typed:/bilans/"] = MARK
    session.save()
    copied = session.cache_key
    assert MARK in str(cache.get(copied))
    erase(user)
    assert cache.get(copied) is None
    assert not client.session.exists(session.session_key)
    assert "_auth_user_id" not in client.session


def test_one_changes_ones_mind_and_asks_once(db):
    user = UserFactory()
    first = request_erasure(actor=user)
    assert request_erasure(actor=user).due_on == first.due_on
    assert Notification.objects.filter(kind="erasure_asked").count() == 1
    assert cancel_erasure(actor=user)
    assert not cancel_erasure(actor=user)
    assert erase_due_accounts(actor=SYSTEM, now=timezone.now() + dt.timedelta(days=30)) == {}
    with pytest.raises(Refused):
        request_erasure(actor=UserFactory(staff=True))


@pytest.mark.parametrize(
    ("days", "fields", "warned"),
    [
        (731, {}, True),
        (729, {}, False),
        (900, {"staff": True}, False),
        (900, {"closed": True}, False),
    ],
)
def test_accounts_without_a_visit_are_warned_and_kept_by_a_visit(db, days, fields, warned):
    now = timezone.now()
    user = UserFactory(joined_at=now - dt.timedelta(days=days), **fields)
    assert warn_inactive(actor=SYSTEM, now=now) == warned
    assert warn_inactive(actor=SYSTEM, now=now) == 0
    if warned:
        assert ErasureRequest.objects.get().due_on == timezone.localdate(now) + dt.timedelta(days=60)
        keep_used(user)
        assert not ErasureRequest.objects.exists()


def test_signing_in_keeps_an_unused_account_and_not_one_to_be_erased(client, db):
    now = timezone.now()
    unused, leaving = UserFactory(joined_at=now - dt.timedelta(days=900)), UserFactory()
    warn_inactive(actor=SYSTEM, now=now)
    request_erasure(actor=leaving)
    client.force_login(unused)
    client.force_login(leaving)
    assert [one.user for one in ErasureRequest.objects.all()] == [leaving]


def test_the_page_asks_for_the_password_again(client, db):
    user = UserFactory()
    client.force_login(user)
    address = reverse("accounts:erase")
    assert "/reauthenticate/" in client.post(address).url
    assert not ErasureRequest.objects.exists()
    from tests.accounts.factories import PASSWORD

    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert client.post(address).status_code == 302
    assert "Garder mon compte" in client.get(address).text
    client.post(reverse("accounts:erase_cancel"))
    assert not ErasureRequest.objects.exists()


def test_every_model_of_a_person_is_told_here(db):
    """A new table whose rows hang on an account is written by `whole`, or named among those without text."""
    hangs = {User, Worker}
    while True:
        more = {
            model
            for model in apps.get_models()
            if model._meta.app_label in HOUSE
            and any(
                field.related_model in hangs and field.remote_field.on_delete is models.CASCADE
                for field in model._meta.concrete_fields
                if field.is_relation
            )
        }
        if more <= hangs:
            break
        hangs |= more
    user = UserFactory()
    whole(user)
    empty = {
        model._meta.label
        for model in hangs - {User, Worker}
        if list(texts_of(model)) and not model._base_manager.exists()
    }
    assert sorted(empty - NOT_THE_PERSONS) == []
