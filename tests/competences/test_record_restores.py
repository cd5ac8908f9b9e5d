"""A record taken away and brought back by its person is the same record, with its history."""

import datetime as dt
import json

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.errors import NotFound, Refused
from competences.enums import ExportKind, SkillWish, StatementSource
from competences.importers import record_files, record_rows
from competences.models import (
    BilanPlan,
    CareerPeriod,
    Cv,
    Evidence,
    FirstUse,
    ReviewRequest,
    SelfReview,
    SelfReviewPlan,
    SkillRevision,
    SkillStatement,
    SuccessorProposal,
    WorkerJob,
)
from competences.queries.record_exports import record_list
from competences.record_parts import parts
from competences.rules import strict_json
from competences.services import record_imports, record_parts
from competences.services.record_imports import send_import
from competences.services.record_restores import restore_record, undo_restoration
from competences.services.records import (
    Said,
    attach_skill,
    change_level,
    change_skill,
    confirm_skill,
    declare_free_skill,
    remove_skill,
)
from competences.services.successors import accept_successor, refuse_successor
from tests.accounts.factories import UserFactory
from tests.competences.import_builder import document, sent
from tests.competences.record_builder import add, ask
from tests.competences.record_builder import sent as pdf_sent
from tests.competences.whole_record import DAY, LONG_AGO, declare, fill, reference

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def built():
    return reference()


@pytest.fixture
def person(built):
    return UserFactory(name="Awa Diallo")


def text(person, now=NOW):
    rows = record_list(ExportKind.RECORD, person.worker, now)[-1]
    return "".join(piece for (piece,) in rows)


def empty(person):
    """The record as erasure would leave it."""
    SkillStatement.objects.filter(worker=person.worker).delete()
    WorkerJob.objects.filter(worker=person.worker).delete()
    for model in (ReviewRequest, Evidence, Cv, BilanPlan, CareerPeriod, SelfReview, SelfReviewPlan, FirstUse):
        model.objects.filter(worker=person.worker).delete()
    assert not any(part.number(person.worker) for part in parts)


def bring_back(person, told, now=NOW):
    content = told if isinstance(told, bytes) else told.encode()
    one = send_import(actor=person, worker=person.worker, file=sent(content, "dossier.json"), now=now)
    return restore_record(actor=person, record_import=one, now=now)


def test_the_same_record_comes_back(built, person):
    fill(built, person)
    told = text(person)
    empty(person)
    one = bring_back(person, told)
    assert text(person) == told
    assert (one.state, one.content) == ("done", None)
    with pytest.raises(Refused):
        restore_record(actor=person, record_import=one)


def lower_limit(monkeypatch, most):
    """Files of more than `most` bytes are large, as those of 4 MB are."""
    for module in (record_files, record_rows):
        monkeypatch.setattr(module, "MAX_BYTES", most)


def test_a_record_beyond_the_size_of_other_files_comes_back(built, person, monkeypatch):
    fill(built, person)
    told = text(person)
    lower_limit(monkeypatch, len(told) // 2)
    empty(person)
    bring_back(person, told.replace("\n", "\r\n"))
    assert text(person) == told


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told.replace('"level":5', '"level":6', 1),
        lambda told: json.dumps(json.loads(told), indent=1),
        lambda told: told.replace('"signature":{', '"signature":{"x":1,', 1),
        lambda told: told[: told.rindex(',\n"signature"')] + "}",
        lambda told: told + "[]",
    ],
    ids=["changed", "laid out anew", "signature changed", "not signed", "longer"],
)
def test_a_large_file_that_we_did_not_write_is_not_even_read(built, person, monkeypatch, change):
    fill(built, person)
    told = change(text(person))
    lower_limit(monkeypatch, len(told) // 3)
    monkeypatch.setattr(strict_json, "_pieces", lambda _text: pytest.fail("read"))
    with pytest.raises(Refused) as refused:
        bring_back(person, told)
    assert "dossier emporté d’ici" in str(refused.value.message)
    assert "15 Mo" in str(refused.value.message)
    assert not person.worker.imports.exists()


def test_more_than_a_request_may_be_is_refused_before_it_is_whole(person, monkeypatch):
    monkeypatch.setattr(record_imports, "MAX_RECORD_BYTES", 2**20)
    with pytest.raises(Refused) as refused:
        bring_back(person, b"a" * (2**20 + 1))
    assert (refused.value.code, refused.value.message) == ("too_large", "Ce fichier dépasse 1 Mo.")


def test_somebody_elses_record_is_proposed_up_to_the_rows_of_a_list(built, person, monkeypatch):
    fill(built, person)
    told = text(person)
    monkeypatch.setattr(record_imports, "MAX_ROWS", 3)
    with pytest.raises(Refused) as refused:
        bring_back(UserFactory(), told)
    assert "plus de 3 compétences" in str(refused.value.message)
    empty(person)
    bring_back(person, told)
    assert text(person) == told


SAID = st.builds(
    Said,
    level=st.none() | st.integers(1, 8),
    sources=st.lists(st.sampled_from(StatementSource.values), max_size=3),
    wish=st.sampled_from(["", *SkillWish.values]),
    context=st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40),
    acquired_on=st.none() | st.dates(dt.date(1990, 1, 1), dt.date(2010, 1, 1)),
    practised_on=st.none() | st.dates(dt.date(2010, 1, 1), dt.date(2020, 1, 1)),
    is_practised=st.booleans(),
)
ACTS = st.lists(
    st.tuples(st.sampled_from(["change", "level", "confirm", "attach", "remove", "accept", "refuse"]), SAID),
    max_size=4,
)
WORDS = st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1, max_size=60)
STORIES = st.lists(st.tuples(st.none() | WORDS, SAID, ACTS), max_size=6)


def live(built, person, stories):
    """A life of a record: each statement is declared long ago, then changed day after day."""
    for number, (words, said, acts) in enumerate(stories):
        now = LONG_AGO + DAY / 24 * number
        own = {"actor": person, "worker": person.worker, "said": said, "now": now}
        try:
            if words is None:
                place = "1" if number == 0 else "2"
                fields = {name: getattr(said, name) for name in said.__dataclass_fields__}
                statement = declare(built, person, number, place, now=now, **fields)
            else:
                statement = declare_free_skill(text=words, **own)
        except Refused:
            continue
        for days, (act, again) in enumerate(acts, start=1):
            now += DAY * days / 2
            statement.refresh_from_db()
            try:
                with transaction.atomic():
                    do(built, person, statement, number, act, again, now)
            except (Refused, NotFound):
                continue


def do(built, person, statement, number, act, said, now):
    common = {"actor": person, "statement": statement, "now": now}
    if act == "change":
        change_skill(version=statement.version, said=said, **common)
    elif act == "level":
        change_level(level=said.level or 1, **common)
    elif act == "confirm":
        confirm_skill(**common)
    elif act == "attach":
        place = {"concept": built.skills[number + 5], "edition": built.editions["2"]}
        attach_skill(version=statement.version, **place, **common)
    elif act == "remove":
        remove_skill(**common)
    else:
        answer = accept_successor if act == "accept" else refuse_successor
        for proposal in statement.proposals.all():
            answer(actor=person, proposal=proposal, now=now)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STORIES)
def test_any_record_comes_back_the_same(built, person, stories):
    empty(person)
    live(built, person, stories)
    told = text(person)
    empty(person)
    bring_back(person, told)
    assert text(person) == told


def test_what_is_there_stays_as_it_is_and_what_is_missing_comes_back(built, person):
    fill(built, person)
    told = text(person)
    SkillStatement.objects.get(concept=built.skills[4]).delete()
    kept = SkillStatement.objects.get(concept=built.skills[2])
    change_level(actor=person, statement=kept, level=7)
    one = bring_back(person, told)
    assert set(one.restored) == {"skills"}
    assert kept.revisions.current().get().level == 7
    assert SkillStatement.objects.filter(concept=built.skills[4]).exists()


def test_a_skill_declared_again_meanwhile_is_not_there_twice(built, person):
    fill(built, person)
    told = text(person)
    empty(person)
    declare(built, person, 2, level=1)
    bring_back(person, told)
    assert SkillStatement.objects.standing().get(concept=built.skills[2]).revisions.get().level == 1
    assert SkillStatement.objects.filter(worker=person.worker).count() == 5


def test_it_is_undone_within_a_day_but_for_what_changed_since(built, person):
    fill(built, person)
    told = text(person)
    empty(person)
    one = bring_back(person, told)
    kept = SkillStatement.objects.get(concept=built.skills[4])
    change_level(actor=person, statement=kept, level=7)
    with pytest.raises(Refused):
        undo_restoration(actor=person, record_import=one, now=NOW + DAY * 1.1)
    assert undo_restoration(actor=person, record_import=one, now=NOW + DAY / 2) == 1
    assert {part.name: part.number(person.worker) for part in parts if part.number(person.worker)} == {
        "skills": 1
    }
    with pytest.raises(Refused):
        undo_restoration(actor=person, record_import=one, now=NOW + DAY / 2)


def test_what_somebody_added_since_keeps_a_statement_there(built, person, monkeypatch):
    fill(built, person)
    told = text(person)
    empty(person)
    one = bring_back(person, told)
    # The flag of one statement stands for what a later noun hangs on it.
    monkeypatch.setattr(record_parts, "OF_A_STATEMENT", (SkillRevision, SuccessorProposal))
    assert undo_restoration(actor=person, record_import=one, now=NOW) == 1
    assert SkillStatement.objects.get().flags.count() == 1


def edited(told):
    document = json.loads(told)
    document["record"]["person"]["name"] += " "
    return document


@pytest.mark.parametrize(
    "change",
    [
        edited,
        lambda told: json.loads(told) | {"schema": "http://elsewhere.example/record/1"},
        lambda told: json.loads(told) | {"more": 1},
        lambda told: json.loads(told) | {"signature": {"algorithm": "HMAC-SHA-256", "value": "0" * 64}},
        lambda told: json.loads(told) | {"signature": {"algorithm": "HMAC-SHA-256", "value": "é"}},
    ],
    ids=["a value", "the schema", "a key more", "the signature", "no hexadecimal"],
)
def test_a_record_that_was_edited_is_not_put_back(built, person, change):
    fill(built, person)
    content = document(change(text(person)))
    with pytest.raises(Refused):
        bring_back(person, content)


def test_a_record_laid_out_anew_is_put_back(built, person):
    fill(built, person)
    told = text(person)
    empty(person)
    bring_back(person, document(json.loads(told)))
    assert text(person) == told


def test_a_record_is_put_back_by_its_person_alone(built, person):
    fill(built, person)
    told = text(person)
    neighbour = UserFactory()
    fill(built, neighbour)
    with pytest.raises(Refused):
        bring_back(neighbour, told)
    one = send_import(actor=person, worker=person.worker, file=sent(told.encode()), now=NOW)
    for act in (restore_record, undo_restoration):
        with pytest.raises(NotFound):
            act(actor=neighbour, record_import=one)


def test_a_key_that_was_forgotten_meanwhile_writes_nothing(built, person, settings):
    fill(built, person)
    told = text(person)
    empty(person)
    one = send_import(actor=person, worker=person.worker, file=sent(told.encode()), now=NOW)
    settings.SECRET_KEY = "another key"
    with pytest.raises(Refused) as refusal:
        restore_record(actor=person, record_import=one)
    assert refusal.value.code == "not_signed"
    assert not SkillStatement.objects.exists()


def test_a_skill_that_this_house_does_not_know_any_more_writes_nothing(built, person):
    fill(built, person)
    told = text(person)
    empty(person)
    built.skills[4].revisions.all().delete()
    built.skills[4].links_in.all().delete()
    built.skills[4].delete()
    with pytest.raises(Refused) as refusal:
        bring_back(person, told)
    assert refusal.value.code == "unknown_concept"
    assert not SkillStatement.objects.exists()


def test_a_request_that_waited_is_not_asked_again(built, person):
    fill(built, person)
    waiting = ask(person, SkillStatement.objects.get(concept=built.skills[2]), email="sam@exemple.fr")
    told = text(person)
    assert str(waiting.public_id) in told
    empty(person)
    bring_back(person, told)
    assert ReviewRequest.objects.get(worker=person.worker).attestations.get().author_name == "Alex Martin"


def test_a_file_does_not_come_back_without_its_bytes(built, person, settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path
    fill(built, person)
    add(person, SkillStatement.objects.get(concept=built.skills[2]), kind="file", file=pdf_sent())
    told = text(person)
    assert len(json.loads(told)["record"]["parts"]["evidence"]) == 3
    empty(person)
    bring_back(person, told)
    assert {piece.kind for piece in Evidence.objects.all()} == {"link", "certificate"}
