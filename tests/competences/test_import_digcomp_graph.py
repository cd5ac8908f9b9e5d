"""DigComp's JSON-LD supplement: what it states, its broken reference, and what a bad document is answered."""

import json
from pathlib import Path

import pytest

from competences.importers import digcomp
from competences.importers.base import Claim, Key
from competences.importers.source import BrokenSource, Source

SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "digital"
SUPPLEMENT = SHARED / "DigComp_3.0_Data_Supplement_24_Nov_2025.jsonld"


def level(identifier, four, eight):
    return {
        "@type": "ProficiencyLevel",
        "@id": f"ProficiencyLevel/{identifier}",
        "four_levels_name": four,
        "eight_levels_mapping": eight,
        "six_levels_mapping": "A1",
        "eight_levels_description": "Avec de l’aide.",
    }


def statement(code, wanted="ProficiencyLevel/Simple", **fields):
    return {
        "@type": "CompetenceStatement",
        "@id": f"CompetenceStatement/{code}",
        "description": f"Énoncé {code}",
        "ai_label": "AI-Explicit",
        "competence_id": "Competence/1.1",
        "four_levels_proficiency_name": wanted,
        **fields,
    }


AREA = {"@type": "CompetenceArea", "@id": "CompetenceArea/1", "name": "Chercher ", "description": "Trouver"}
COMPETENCE = {
    "@type": "Competence",
    "@id": "Competence/1.1",
    "name": "Lire",
    "description": "Comprendre",
    "competence_area_id": "CompetenceArea/1",
}
LEVELS = [level("Simple_1", "Simple ", 1), level("Simple_2", "Simple", 2), level("Haut_3", "Haut", 3)]
OUTCOME = {**statement("LO1"), "@type": "LearningOutcome", "@id": "LearningOutcome/LO1", "type": "Attitude"}
GLOSSARY = {"@type": "Glossary", "@id": "Glossary/Mot", "explanation": "Une unité"}
GRAPH = [AREA, COMPETENCE, *LEVELS, statement("CS1"), OUTCOME, GLOSSARY]


def document(*nodes, **root):
    return json.dumps({"@context": {}, "@graph": nodes, **root}, ensure_ascii=False, indent=1)


def read(tmp_path, text, name="essai.jsonld", number="9"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return digcomp.parse([Source(path)], Claim(number))


def test_the_graph_becomes_areas_skills_levels_and_statements(tmp_path):
    edition = read(tmp_path, document(*GRAPH))
    assert edition.language == "en"
    assert edition.counts() == {"area": 1, "skill": 1, "level": 3, "statement": 2, "links": 0}
    skill, told = Key("skill", "1.1"), Key("statement", "CS1")
    assert edition.links["part_of"] == {
        (skill, Key("area", "digcomp:1")): "",
        (told, skill): "",
        (Key("statement", "LO1"), skill): "",
    }
    assert edition.concepts[Key("area", "digcomp:1")].label == "Chercher"
    assert edition.concepts[Key("statement", "LO1")].attributes["outcome"] == "Attitude"
    assert edition.concepts[Key("level", "Simple_2")].attributes["eight_levels"] == "2"


def test_a_name_of_the_four_levels_is_tied_to_both_halves_and_told_once(tmp_path):
    edition = read(tmp_path, document(*GRAPH, statement("CS2")))
    assert {(s.external_id, t.external_id) for s, t in edition.links["tagged"]} == {
        (statement, level) for statement in ("CS1", "CS2", "LO1") for level in ("Simple_1", "Simple_2")
    }
    [note] = edition.anomalies
    assert (note.code, "3" in note.message, note.line > 1) == ("level_by_name", True, True)


def test_a_level_that_is_named_as_it_is_needs_no_help(tmp_path):
    edition = read(tmp_path, document(AREA, COMPETENCE, *LEVELS, statement("CS1", "ProficiencyLevel/Haut_3")))
    assert list(edition.links["tagged"]) == [(Key("statement", "CS1"), Key("level", "Haut_3"))]
    assert edition.anomalies == []


@pytest.mark.parametrize(
    ("name", "root", "number", "expected"),
    [
        ("essai.jsonld", {}, "2.2", "2.2"),
        ("essai.jsonld", {"version": "3.1"}, None, "3.1"),
        ("DigComp_3.0_Supplement.jsonld", {}, None, "3.0"),
        ("DigComp_3.0_Supplement.json", {"version": "3.0"}, "3.0", "3.0"),
    ],
)
def test_the_number_is_the_one_that_all_agree_on(tmp_path, name, root, number, expected):
    assert read(tmp_path, document(*GRAPH, **root), name, number).number == expected


@pytest.mark.parametrize(("number", "code"), [(None, "no_number"), ("4", "number_disagrees")])
def test_a_number_that_is_missing_or_disagrees_is_refused(tmp_path, number, code):
    root = {"version": "3.0"} if number else {}
    with pytest.raises(BrokenSource) as refusal:
        read(tmp_path, document(*GRAPH, **root), number=number)
    assert [a.code for a in refusal.value.anomalies] == [code]


def without(node, field):
    return {name: value for name, value in node.items() if name != field}


BAD = [
    ('{"@graph": [}', "malformed", (1, 13)),
    ("", "malformed", (1, 1)),
    ('{\n "@graph": [\n  {"@type" 1}]}', "malformed", (3, 12)),
    ("[" * 100_000, "malformed", (0, 0)),
    ("[]", "wrong_root", (1, 1)),
    ('{"@graph": {}}', "wrong_root", (1, 1)),
    ('{"@graph": [\n"mot"]}', "wrong_node", (2, 1)),
    ('{"@graph": [\n {"@id": "Competence/1"}]}', "missing_field", (2, 2)),
    ('{"@graph": [\n {"@type": "Competence",\n "@id": "Area/1"}]}', "bad_id", (3, 2)),
    ('{"@graph": [{"@type": "CompetenceArea", "@id": "CompetenceArea/1"}]}', "missing_field", (1, 13)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "place"), BAD, ids=[str(n) for n in range(len(BAD))])
def test_a_bad_document_is_refused_with_its_line_and_column(tmp_path, text, code, place):
    with pytest.raises(BrokenSource) as refusal:
        read(tmp_path, text)
    assert [(a.code, (a.line, a.column)) for a in refusal.value.anomalies] == [(code, place)]


@pytest.mark.parametrize(
    ("nodes", "code"),
    [
        ([*GRAPH, statement("CS1")], "duplicate_id"),
        ([AREA, {**COMPETENCE, "competence_area_id": "CompetenceArea/2"}], "unknown_id"),
        ([AREA, {**COMPETENCE, "competence_area_id": "Competence/1"}], "unknown_id"),
        ([*GRAPH, statement("CS2", "ProficiencyLevel/Absent")], "unknown_id"),
        ([*GRAPH, statement("CS2", competence_id="Competence/7.7")], "unknown_id"),
        ([*GRAPH, without(statement("CS2"), "ai_label")], "missing_field"),
        ([*GRAPH, {**statement("CS2"), "description": "nul \x00"}], "bad_character"),
        ([*GRAPH, {**statement("CS2"), "description": 3.5}], "missing_field"),
    ],
)
def test_a_bad_node_is_refused_at_its_line(tmp_path, nodes, code):
    text = document(*nodes)
    with pytest.raises(BrokenSource) as refusal:
        read(tmp_path, text)
    [found] = refusal.value.anomalies
    assert (found.code, found.file) == (code, "essai.jsonld")
    # The fault is in the last node, told at its brace or at the field inside it.
    last = len(text.splitlines())
    assert last - 3 - len(nodes[-1]) <= found.line <= last


def test_half_of_a_surrogate_pair_is_refused(tmp_path):
    bad = json.dumps({"@graph": [{**AREA, "name": "\ud800"}]})
    with pytest.raises(BrokenSource) as refusal:
        read(tmp_path, bad)
    assert [a.code for a in refusal.value.anomalies] == ["bad_character"]


def test_nodes_of_an_unknown_type_are_counted_and_left_out(tmp_path):
    edition = read(tmp_path, document(AREA, {"@type": "Person", "@id": "x"}, {"@type": "Person", "@id": "y"}))
    [note] = edition.anomalies
    assert (note.code, "2" in note.message) == ("unknown_type", True)


def test_two_documents_in_one_folder_are_refused(tmp_path):
    (tmp_path / "a.json").write_text("{}")
    (tmp_path / "b.jsonld").write_text("{}")
    with pytest.raises(BrokenSource) as refusal:
        digcomp.parse([Source(tmp_path)], Claim("3.0"))
    assert [a.code for a in refusal.value.anomalies] == ["too_many_sources"]


@pytest.mark.shared_data
@pytest.mark.skipif(not SUPPLEMENT.exists(), reason=f"{SUPPLEMENT} is absent")
def test_the_real_supplement():
    edition = digcomp.parse([Source(SUPPLEMENT)], Claim())
    assert edition.number == "3.0"
    assert edition.counts() == {"area": 5, "skill": 21, "level": 8, "statement": 885, "links": 0}
    outcomes = [s for s in edition.concepts.values() if s.attributes.get("type") == "LearningOutcome"]
    assert len(outcomes) == 523
    assert len(edition.links["part_of"]) == 21 + 885
    assert len(edition.links["tagged"]) == 2 * 885
    assert [a.code for a in edition.anomalies] == ["level_by_name"] * 4
    assert edition.concepts[Key("skill", "1.2")].label == "Evaluating information"
