"""A file becomes proposals; what its person ticks becomes statements, once; the rest waits or expires."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actors import SYSTEM
from accounts.errors import NotFound, Refused
from competences.cv_documents import cv_document
from competences.enums import ExportKind
from competences.models import Attestation, ImportedSkill, RecordImport, SkillRevision, SkillStatement
from competences.queries.cvs import cv_content
from competences.queries.record_exports import record_list
from competences.queries.record_imports import shown
from competences.record_parts import RecordPart, Told, parts
from competences.services import record_imports
from competences.services.cvs import CvChoice, make_cv
from competences.services.record_imports import (
    declare_ticked,
    expire_imports,
    keep_ticks,
    leave_import,
    match_imports,
    send_import,
    tick_all,
    undo_import,
)
from competences.services.records import Said, change_level, declare_free_skill
from tests.accounts.factories import OrganisationFactory, UserFactory
from tests.competences.import_builder import RESUME, document, sent, table
from tests.competences.reference_builder import Built
from tests.competences.whole_record import declare, fill, reference

pytestmark = pytest.mark.django_db
NOW = timezone.now()
DAY = timedelta(days=1)
ROWS = [
    ("Compétence numéro 2", 5, "un emploi", "2020-09-01", "2021-02-01", "chez un client"),
    ("Une chose que je suis seule à nommer", "", "", "", "", ""),
    ("competence numero 3", 2, "", "", "", ""),
]


@pytest.fixture
def built():
    return reference()


@pytest.fixture
def person(built):
    return UserFactory()


def bring(person, content=None, now=NOW, **values):
    content = table(*ROWS) if content is None else content
    return send_import(actor=person, worker=person.worker, file=sent(content, **values), now=now)


def proposals(one):
    return list(one.proposals.order_by("place"))


def declare_all(person, one, now=NOW):
    tick_all(actor=person, record_import=one, is_ticked=True)
    return declare_ticked(actor=person, record_import=one, now=now)


class TestProposals:
    def test_nothing_enters_the_record_before_it_is_ticked(self, built, person):
        one = bring(person)
        assert (one.state, one.format) == ("ready", "csv")
        exact, own, folded = proposals(one)
        assert (exact.concept, exact.confidence, exact.is_ticked) == (built.skills[2], 100, True)
        assert (own.concept, own.is_ticked) == (None, False)
        assert (folded.concept, folded.is_ticked) == (built.skills[3], True)
        assert not SkillStatement.objects.exists()

    def test_what_was_read_becomes_what_is_said(self, built, person):
        one = bring(person)
        outcome = declare_ticked(actor=person, record_import=one, now=NOW)
        assert (outcome.declared, outcome.refused) == (2, 0)
        said = SkillRevision.objects.get(statement__concept=built.skills[2])
        assert (said.level, said.sources, said.context) == (5, ["job"], "chez un client")
        assert said.statement.edition == built.editions["2"]
        assert said.statement.author == person
        one.refresh_from_db()
        assert one.state == "ready"
        tick_all(actor=person, record_import=one, is_ticked=True)
        declare_ticked(actor=person, record_import=one, now=NOW)
        one.refresh_from_db()
        assert (one.state, one.ended_at) == ("done", NOW)
        assert SkillStatement.objects.get(concept=None).free_text == ROWS[1][0]

    def test_another_place_or_ones_own_words_are_chosen(self, built, person):
        one = bring(person, table(("Compétence numéro", 4, "", "", "", "")))
        [row] = proposals(one)
        offered = [choice["concept"] for choice in row.choices]
        assert len(offered) > 1
        answers = {"record_import": one, "shown": [1], "ticked": [1]}
        for chosen in (offered[1], None):
            keep_ticks(actor=person, chosen={1: chosen}, **answers)
            row.refresh_from_db()
            assert (row.concept_id, row.is_ticked) == (chosen, True)
        keep_ticks(actor=person, chosen={1: built.job.pk}, **answers)
        row.refresh_from_db()
        assert row.concept_id is None

    def test_a_code_of_a_reference_is_its_place(self, built, person):
        one = bring(person, document(RESUME), name="cv.json")
        placed = proposals(one)[0]
        assert (placed.concept, placed.confidence, placed.level) == (built.skills[2], 100, 5)

    @pytest.mark.parametrize(
        ("content", "name"),
        [
            (table(("Classer des dossiers papier", 4, "", "", "", "")), "apporte.csv"),
            (document({"skills": [{"name": "classer des dossiers papier", "level": "4/8"}]}), "cv.json"),
            (document({"skills": [{"name": "Autre nom", "keywords": ["petit:S0"]}]}), "cv.json"),
        ],
    )
    def test_a_withdrawn_skill_keeps_its_place_and_says_so(self, built, person, content, name):
        one = bring(person, content, name=name)
        [row] = proposals(one)
        assert (row.concept, row.confidence, row.is_ticked) == (built.skills[0], 100, True)
        assert row.choices[0]["withdrawn"]
        assert [found.is_withdrawn for found in shown(person.worker, [row])] == [True]
        declare_ticked(actor=person, record_import=one, now=NOW)
        made = SkillStatement.objects.get()
        assert (made.concept, made.edition, made.free_text) == (built.skills[0], built.editions["1"], "")

    def test_a_cv_of_here_brings_a_withdrawn_skill_back_to_its_place(self, built, person):
        declare(built, person, 0, "1", level=4)
        cv = make_cv(actor=person, worker=person.worker, choice=CvChoice(name="Mon CV"))
        today = timezone.localdate()
        content = cv_content(cv, user=person, on=today)
        pdf = cv_document(content, language="fr", on=today).content
        for reader, is_ticked in ((person, False), (UserFactory(), True)):
            [row] = proposals(bring(reader, pdf, name="cv.pdf"))
            assert (row.concept, row.confidence) == (built.skills[0], 100)
            assert (row.is_ticked, row.choices[0]["withdrawn"]) == (is_ticked, True)

    def test_what_only_looks_like_a_withdrawn_skill_is_not_one(self, built, person):
        [row] = proposals(bring(person, table(("Classer des dossiers", 4, "", "", "", ""))))
        assert built.skills[0].pk not in [choice["concept"] for choice in row.choices]
        assert row.concept is None

    def test_of_two_skills_of_one_name_the_one_of_the_record_comes_first(self, built, person):
        living = built.concept("skill", "S0bis", ("Classer des dossiers papier", "2", None))
        rows = table(("Classer des dossiers papier", 4, "", "", "", ""))
        assert [row.concept for row in proposals(bring(person, rows))] == [living]
        declare(built, person, 0, "1")
        [row] = proposals(bring(person, rows))
        assert (row.concept, row.is_ticked) == (built.skills[0], False)
        assert [choice["concept"] for choice in row.choices[:2]] == [built.skills[0].pk, living.pk]

    def test_a_place_that_others_own_is_not_found(self, person):
        made = Built("maison", "Maison")
        made.reference.owner = OrganisationFactory()
        made.reference.save()
        made.concept("skill", "X1", "Programme secret")
        one = bring(
            person, table(("Programme secret", "maison", "X1"), header=("Skill", "Reference", "Code"))
        )
        [row] = proposals(one)
        assert (row.concept, row.choices) == (None, [])

    def test_what_the_record_holds_and_what_comes_twice_is_not_ticked(self, built, person):
        declare(built, person, 2)
        one = bring(person, table(*ROWS, ROWS[2]))
        assert [row.is_ticked for row in proposals(one)] == [False, False, True, False]
        outcome = declare_all(person, one)
        assert (outcome.declared, outcome.refused) == (2, 2)
        refused = [row for row in proposals(one) if row.problem]
        assert [row.place for row in refused] == [1, 4]
        assert {row.state for row in refused} == {"waiting"}

    def test_many_are_declared_in_batches_with_as_many_statements_each(
        self, built, person, monkeypatch, django_assert_max_num_queries
    ):
        rows = [(f"Savoir-faire {n} de mon atelier", 3, "", "", "", "") for n in range(30)]
        one = bring(person, table(*rows))
        monkeypatch.setattr(record_imports, "BATCH", 10)
        tick_all(actor=person, record_import=one, is_ticked=True)
        with django_assert_max_num_queries(140):
            assert declare_ticked(actor=person, record_import=one).declared == 30

    def test_a_race_lost_to_another_tab_refuses_its_row_alone(self, built, person, monkeypatch):
        declare_free_skill(actor=person, worker=person.worker, text=ROWS[1][0], said=Said())
        monkeypatch.setattr("competences.services.record_batches._held", lambda _worker, _asked: set())
        one = bring(person)
        outcome = declare_all(person, one)
        assert (outcome.declared, outcome.refused) == (2, 1)

    def test_a_concept_that_goes_between_page_and_post(self, built, person):
        one = bring(person)
        built.skills[2].revisions.all().delete()
        outcome = declare_all(person, one)
        assert (outcome.declared, outcome.refused) == (2, 1)
        assert "référentiel" in proposals(one)[0].problem


class TestRefusals:
    @pytest.mark.parametrize(
        ("content", "word"),
        [
            (b"", "vide"),
            (b"x" * (4 * 2**20 + 1), "dépasse 4 Mo"),
            (b'{"skills": [\n NaN]}', "Ligne 2, colonne 2"),
            (document({"skills": []}), "aucune compétence"),
            (table(("Tableur", "expert", "", "", "", "")), "ligne 2, colonne B"),
        ],
    )
    def test_a_sentence_says_where_and_nothing_is_kept(self, person, content, word):
        with pytest.raises(Refused) as refusal:
            bring(person, content)
        assert refusal.value.field == "file"
        assert word in str(refusal.value.message)
        assert not RecordImport.objects.exists()

    def test_rows_that_cannot_be_read_are_kept_as_faults(self, person):
        one = bring(person, table(*ROWS, ("Tableur", "expert", "", "", "", "")))
        assert len(proposals(one)) == 3
        assert one.faults[0]["where"] == "ligne 5, colonne B"

    def test_a_name_is_no_path(self, person):
        one = bring(person, name="../../etc/\u202epass wd.csv")
        assert one.file_name == "pass_wd.csv"

    def test_not_too_many_wait(self, person, monkeypatch):
        monkeypatch.setattr(record_imports, "MOST_UNFINISHED", 1)
        one = bring(person)
        with pytest.raises(Refused):
            bring(person)
        leave_import(actor=person, record_import=one)
        bring(person)

    def test_nobody_else_sends_or_answers(self, built, person):
        one = bring(person)
        neighbour = UserFactory()
        bring(neighbour)
        acts = (
            lambda: send_import(actor=neighbour, worker=person.worker, file=sent(table(*ROWS))),
            lambda: tick_all(actor=neighbour, record_import=one, is_ticked=True),
            lambda: declare_ticked(actor=neighbour, record_import=one),
            lambda: undo_import(actor=neighbour, record_import=one),
            lambda: leave_import(actor=neighbour, record_import=one),
            lambda: keep_ticks(actor=neighbour, record_import=one, shown=[], ticked=[], chosen={}),
            lambda: match_imports(actor=person, limit=1),
            lambda: expire_imports(actor=person),
        )
        for act in acts:
            with pytest.raises(NotFound):
                act()


class TestAfterwards:
    def test_an_addition_is_undone_within_a_day_but_for_what_changed_since(self, built, person):
        one = bring(person)
        declare_all(person, one)
        kept = SkillStatement.objects.get(concept=built.skills[3])
        change_level(actor=person, statement=kept, level=7)
        with pytest.raises(Refused):
            undo_import(actor=person, record_import=one, now=NOW + DAY * 1.1)
        assert undo_import(actor=person, record_import=one, now=NOW + DAY / 2) == (2, 1)
        assert SkillStatement.objects.standing().get() == kept
        one.refresh_from_db()
        assert one.state == "ready"
        assert [row.state for row in proposals(one)] == ["waiting", "waiting", "declared"]
        with pytest.raises(Refused):
            undo_import(actor=person, record_import=one, now=NOW + DAY)
        assert declare_all(person, one).declared == 2

    def test_what_is_left_is_given_up_or_expires(self, built, person):
        one, other = bring(person), bring(person)
        leave_import(actor=person, record_import=one, now=NOW)
        assert {row.state for row in proposals(one)} == {"left"}
        with pytest.raises(Refused):
            tick_all(actor=person, record_import=one, is_ticked=True)
        assert expire_imports(actor=SYSTEM, now=NOW + DAY * 29) == {"imports": 0}
        assert expire_imports(actor=SYSTEM, now=NOW + DAY * 31) == {"imports": 1}
        assert expire_imports(actor=SYSTEM, now=NOW + DAY * 31) == {"imports": 0}
        other.refresh_from_db()
        assert other.state == "expired"
        assert {row.state for row in proposals(other)} == {"expired"}
        with pytest.raises(Refused):
            declare_ticked(actor=person, record_import=other)

    def test_a_long_file_is_matched_by_a_job(self, built, person, monkeypatch):
        monkeypatch.setattr(record_imports, "MATCHED_AT_ONCE", 1)
        monkeypatch.setattr(record_imports, "BATCH", 2)
        one = bring(person)
        assert one.state == "matching"
        with pytest.raises(Refused):
            declare_ticked(actor=person, record_import=one)
        assert match_imports(actor=SYSTEM, limit=2) == {"rows": 2}
        assert match_imports(actor=SYSTEM, limit=10) == {"rows": 1}
        assert match_imports(actor=SYSTEM, limit=10) == {"rows": 0}
        one.refresh_from_db()
        assert one.state == "ready"
        assert [row.is_ticked for row in proposals(one)] == [True, False, True]


class TestRecordsThatNobodyVouchesFor:
    @pytest.fixture
    def views(self):
        """A noun of views by third parties, as a later one registers it."""
        part = RecordPart(
            name="views",
            rank=50,
            number=lambda _worker: 0,
            mark=lambda _worker: "",
            entries=lambda _worker: iter(()),
            restore=lambda _back, _entries: [],
            withdraw=lambda _worker, _tokens: 0,
            told=lambda entry: [Told(entry["statement"], f"{entry['by']} : {entry['level']}")],
        )
        parts.register(part)
        yield
        parts.unregister("views")

    def text(self, person):
        rows = record_list(ExportKind.RECORD, person.worker, NOW)[-1]
        return "".join(piece for (piece,) in rows)

    def test_an_edited_record_is_proposals_and_views_are_unverified(self, built, person, views):
        fill(built, person)
        written = json.loads(self.text(person))
        [grown] = [
            entry
            for entry in written["record"]["parts"]["skills"]
            if entry["concept"] and entry["concept"]["id"] == "S2"
        ]
        written["record"]["parts"]["views"].append({"statement": grown["id"], "by": "Ma cheffe", "level": 8})
        SkillStatement.objects.all().delete()
        one = bring(person, document(written), name="dossier.json")
        assert (one.format, one.is_own_record, one.content) == ("record", False, None)
        rows = {row.code or row.text: row for row in proposals(one)}
        assert len(rows) == 4
        assert rows["S2"].concept == built.skills[2]
        assert rows["S2"].level == 5
        assert rows["S2"].unverified == "Ma cheffe : 8"
        assert "Alex Martin" in rows["S0"].unverified
        assert "observée, 5/8 — Vue à l’œuvre." in rows["S0"].unverified
        declare_all(person, one)
        assert not Attestation.objects.exists()
        said = SkillRevision.objects.get(statement__concept=built.skills[2])
        assert said.context == "chez un client · Déclaré, non vérifié : Ma cheffe : 8"

    def test_a_withdrawn_skill_of_a_record_keeps_its_place(self, built, person):
        declare(built, person, 0, "1", level=4)
        other = UserFactory()
        one = bring(other, self.text(person).encode(), name="dossier.json")
        [row] = proposals(one)
        assert (row.concept, row.is_ticked, row.choices[0]["withdrawn"]) == (built.skills[0], True, True)
        declare_ticked(actor=other, record_import=one, now=NOW)
        [made] = SkillStatement.objects.filter(worker=other.worker)
        assert (made.concept, made.edition) == (built.skills[0], built.editions["1"])

    def test_a_record_of_somebody_else_is_proposals(self, built, person):
        fill(built, person)
        neighbour = UserFactory()
        one = bring(neighbour, self.text(person).encode(), name="dossier.json")
        assert not one.is_own_record
        assert len(proposals(one)) == 4

    @pytest.mark.parametrize(
        "entry", [{"statement": 5}, {"by": "x"}, "x", None], ids=["no level", "no id", "a text", "nothing"]
    )
    def test_a_view_that_is_badly_written_refuses_the_file(self, built, person, views, entry):
        fill(built, person)
        written = json.loads(self.text(person))
        written["record"]["parts"]["views"].append(entry)
        with pytest.raises(Refused, match="unreadable"):
            bring(person, document(written), name="dossier.json")


CONSTRAINTS = [
    ("record_import_ended_dated", RecordImport, {"state": "done"}),
    ("record_import_keeps_signed_bytes_alone", RecordImport, {"content": b"x"}),
    ("record_import_restores_signed_alone", RecordImport, {"restored": {}, "restored_at": NOW}),
    ("imported_skill_one_a_place", ImportedSkill, {"place": 1}),
    ("imported_skill_confidence_on_100", ImportedSkill, {"confidence": 101}),
    ("imported_skill_level_on_the_scale", ImportedSkill, {"level": 9}),
    ("imported_skill_says_when_answered", ImportedSkill, {"state": "left"}),
]


@pytest.mark.parametrize(("name", "model", "values"), CONSTRAINTS, ids=[one[0] for one in CONSTRAINTS])
def test_constraints(built, person, name, model, values):
    bring(person)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        model.objects.update(**values)
