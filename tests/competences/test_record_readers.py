"""Each format that a person may bring, and each bad file: what is read, what is refused and where."""

import datetime as dt

import pytest
from django.utils import translation
from openpyxl import load_workbook

from competences.cv_documents import cv_document
from competences.importers.record_files import read_file
from competences.importers.record_rows import MAX_BYTES
from competences.importers.record_tables import template
from competences.importers.source import BrokenSource
from competences.rules.cvs import CvContent, CvSkill
from tests.competences import import_builder as files
from tests.competences.import_builder import PASSPORT, PROFILE, RESUME, document, table, workbook

TODAY = dt.date(2026, 3, 12)
ROW = ("Compétence numéro 2", 5, "un emploi, study", "01/09/2020", "2021-02", "chez un client")


def read(content, name="apporte"):
    return read_file(name, content, TODAY)


def texts(found):
    return [skill.text for skill in found.skills]


SAME_TABLES = [
    table(ROW),
    table((*ROW[:2], '"un emploi, study"', *ROW[3:]), separator=","),
    table(ROW, separator="\t"),
    table(ROW, encoding="utf-8-sig"),
    table(ROW, encoding="cp1252"),
    table(ROW, header=("SKILL", "level", "Source", "Since", "Last practised", "Context")),
    workbook(ROW),
    workbook((*ROW[:3], dt.date(2020, 9, 1), dt.date(2021, 2, 1), ROW[5])),
]


@pytest.mark.parametrize("content", SAME_TABLES, ids=[str(n) for n in range(len(SAME_TABLES))])
def test_a_table_is_read_alike_whatever_its_dress(content):
    found = read(content)
    [skill] = found.skills
    assert found.faults == []
    assert (skill.text, skill.level, skill.sources) == ("Compétence numéro 2", 5, ["job", "study"])
    assert (skill.acquired_on, skill.practised_on) == (dt.date(2020, 9, 1), dt.date(2021, 2, 1))
    assert (skill.context, skill.where) == ("chez un client", "ligne 2")


@pytest.mark.parametrize("format", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_template_is_read_back_in_either_language(format, language):
    with translation.override(language):
        content = template(format)
    found = read(content)
    assert (len(found.skills), found.faults) == (2, [])
    assert found.skills[0].level == 4


BAD_CELLS = [
    (("Tableur", "9", "", "", "", ""), "colonne B", "niveau"),
    (("Tableur", "expert", "", "", "", ""), "colonne B", "expert"),
    (("Tableur", "", "la lune", "", "", ""), "colonne C", "la lune"),
    (("Tableur", "", "", "31/02/2020", "", ""), "colonne D", "date"),
    (("Tableur", "", "", "2990-01-01", "", ""), "colonne D", "futur"),
    (("Tableur", "", "", "", "0025-01-01", ""), "colonne E", "année"),
    (("Tableur", "", "", "2020", "2019", ""), "colonne E", "précède"),
    (("", "3", "", "", "", ""), "colonne A", "nom"),
    (("x" * 201, "3", "", "", "", ""), "colonne A", "200"),
    (("Tableur", "", "", "", "", "x" * 301), "colonne F", "300"),
]


@pytest.mark.parametrize(("row", "column", "word"), BAD_CELLS, ids=[str(n) for n in range(len(BAD_CELLS))])
@pytest.mark.parametrize("write", [table, workbook])
def test_a_bad_cell_is_told_by_row_and_column_and_stops_no_other(row, column, word, write):
    found = read(write(("Messagerie", 3, "", "", "", ""), row))
    assert texts(found) == ["Messagerie"]
    [fault] = found.faults
    assert fault["where"].startswith("ligne 3")
    assert column in fault["where"]
    assert word in fault["message"]


def test_a_formula_is_not_what_its_author_vouches_for():
    found = read(workbook(("Tableur", "=2+3", "", "", "", ""), ("Messagerie", 3, "", "", "", "")))
    assert texts(found) == ["Messagerie"]
    assert "formule" in found.faults[0]["message"]
    assert "B2" in found.faults[0]["message"]


def test_signs_that_no_eye_sees_are_taken_out():
    found = read(table(("Ta\u202ebleur \u200b\x07avancé", "", "", "", "", "")))
    assert texts(found) == ["Tableur avancé"]


def test_rows_of_the_past_propose_nothing():
    header = ("Compétence", "Niveau", "Dit jusqu’au", "Retirée le")
    rows = [("Ancien", 2, "2020-01-01", ""), ("Retirée", 2, "", "2020-01-01"), ("Présent", 2, "", "")]
    assert texts(read(table(*rows, header=header))) == ["Présent"]


class TestDocuments:
    def test_json_resume(self):
        found = read(document(RESUME))
        assert found.format == "resume"
        assert texts(found) == ["Compétence numéro 2", "Web", "HTML", "CSS", "Wolof"]
        placed, web, html, *_rest = found.skills
        assert (placed.level, placed.reference, placed.code) == (5, "petit", "S2")
        assert (web.level, "Master" in web.context) == (None, True)
        assert html.where == "compétence 2, mot-clé"

    def test_europass(self):
        found = read(document(PASSPORT))
        assert found.format == "europass"
        assert texts(found) == [
            *("Compétence numéro 2", "Trier & classer", "Tableur", "Messagerie"),
            *("Wolof", "Anglais", "Permis de conduire B"),
        ]
        assert "Reading B2" in found.skills[5].context
        assert [fault["where"] for fault in found.faults] == ["rubrique Computer"]

    def test_a_profile(self):
        found = read(document(PROFILE))
        assert [(skill.text, skill.level) for skill in found.skills] == [("Tableur", None), ("Messagerie", 3)]


REFUSED = {
    "nothing": (b" \n", "empty_file", 0),
    "too large": (b"a" * (MAX_BYTES + 1), "too_large", 0),
    "a PDF": (b"%PDF-1.7", "bad_pdf", 0),
    "UTF-16": ("Compétence;Niveau".encode("utf-16"), "other_kind", 0),
    "null bytes": (b"a;b\n\x00\x01", "not_text", 0),
    "no encoding of ours": (b"Comp\xc3;b\n\x81;1", "encoding", 2),
    "no column of skills": (table(("a", "b"), header=("x", "y")), "missing_column", 1),
    "a column twice": (table(("a", "b"), header=("Compétence", "Skill")), "duplicate_column", 1),
    "a header alone": (table(), "no_row", 1),
    "an open quote": (b'Skill;Level\n"a;3', "malformed", 2),
    "too many rows": (table(*[("a", 1)] * 10_001, header=("Skill", "Level")), "too_many_rows", 10_002),
    "a zip bomb": (files.bomb(), "zip_bomb", 0),
    "an archive of another kind": (b"PK\x03\x04" + b"\x00" * 50, "not_a_workbook", 0),
    "a workbook without skills": (workbook(("a",), header=("x",)), "missing_column", 1),
    "deep JSON": (b'{"skills":' + b"[" * 50_000, "deep", 1),
    "NaN": (b'{"skills": [\n {"level": NaN}]}', "number", 2),
    "a huge number": (b'{"skills": ' + b"1" * 100_000 + b"}", "number", 1),
    "a key twice": (b'{"basics": {},\n "basics": {}}', "duplicate_key", 2),
    "half a character": (b'{"skills": [{"name": "\\udc00"}]}', "half_character", 1),
    "bytes that are no UTF-8": (b'{"skills":\n "\xff"}', "encoding", 2),
    "a text for a list": (document({"skills": "Tableur"}), "wrong_type", 0),
    "a list for a text": (document({"skills": [{"name": []}]}), "wrong_type", 0),
    "a number for an object": (document({"skills": [5]}), "wrong_type", 0),
    "a list for an object": (document({"profile": {"skills": [[]]}}), "wrong_type", 0),
    "no list of ours": (document({"pizza": 1}), "unknown_format", 0),
    "a list alone": (document([1]), "unknown_format", 0),
    "a record without parts": (
        document({"schema": "https://a.example/record/1", "record": []}),
        "wrong_type",
        0,
    ),
    "too many skills": (document({"skills": [{"name": "a"}] * 10_001}), "too_many_rows", 0),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_whole_with_its_place(name):
    content, code, line = REFUSED[name]
    with pytest.raises(BrokenSource) as refusal:
        read(content)
    [anomaly] = refusal.value.anomalies
    assert (anomaly.code, anomaly.line) == (code, line)


def test_the_template_holds_no_formula(tmp_path):
    path = tmp_path / "modele.xlsx"
    path.write_bytes(template("xlsx"))
    book = load_workbook(path)
    assert {cell.data_type for row in book.active for cell in row} <= {"s", "n", "inlineStr"}


def test_a_cv_made_here_reads_back_from_its_pdf():
    skills = (CvSkill("Construire un tableau", 5), CvSkill("Fête 🎉"))
    made = cv_document(CvContent(name="Démo", skills=skills), language="fr", on=TODAY)
    found = read_file("cv.pdf", made.content, TODAY)
    assert [(skill.text, skill.level) for skill in found.skills] == [(s.label, s.level) for s in skills]


OTHER_PDFS = [b"%PDF-1.7\n", b"%PDF-1.7\n%%EOF", b"%PDF" + bytes(range(256)) * 40]


@pytest.mark.parametrize("content", OTHER_PDFS)
def test_another_pdf_is_refused_with_a_sentence(content):
    with pytest.raises(BrokenSource) as refusal:
        read_file("cv.pdf", content, TODAY)
    assert refusal.value.anomalies[0].code in ("bad_pdf", "other_kind")
