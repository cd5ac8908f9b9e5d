"""Reading ESCO: what each part says, what its absence leaves unsaid, the traps, and the refusals.

Lines are those on which a record ends: its cells may hold several.
"""

import random
from pathlib import Path

import pytest

from competences.importers import esco
from competences.importers.base import Claim, Key, ParsedEdition
from competences.importers.source import BrokenSource, Source
from competences.rules.edition_diff import ConceptState
from tests.competences import esco_builder as built
from tests.competences.esco_builder import (
    AIDE,
    BAKE,
    BAKER,
    FLOUR,
    KNEAD,
    MAJOR,
    MIDDLE,
    MINOR,
    ODD,
    TOP,
    YEAST,
)

NUMBER = Claim("1.1.1")


def read(*paths: Path, claim: Claim = NUMBER) -> ParsedEdition:
    return esco.parse([Source(path) for path in paths], claim)


def refused(*paths: Path, claim: Claim = NUMBER) -> list[tuple[str, str, int, int]]:
    with pytest.raises(BrokenSource) as refusal:
        read(*paths, claim=claim)
    assert all(a.message for a in refusal.value.anomalies)
    return [(a.file, a.code, a.line, a.column) for a in refusal.value.anomalies]


def codes(edition: ParsedEdition) -> list[tuple[str, str, int, int]]:
    return [(a.file, a.code, a.line, a.column) for a in edition.anomalies]


@pytest.fixture
def english(tmp_path) -> Path:
    return built.write(tmp_path / "classification", built.classification(), "en")


@pytest.fixture
def relations(tmp_path) -> Path:
    return built.write(tmp_path / "relations", built.relations())


# -- what is read


def test_concepts_have_their_kind_names_and_attributes(english, relations):
    edition = read(english, relations)
    assert (edition.format, edition.number, edition.language) == ("esco", "1.1.1", "en")
    assert edition.counts() == {"job": 2, "skill": 3, "knowledge": 2, "group": 4 + 7, "links": 3}
    assert edition.concepts[Key("job", BAKER)] == ConceptState(
        "job",
        " baker ",
        "Bakers bake.\nThey rise early.",
        {
            "iscoGroup": "0110",
            "code": "0110.1",
            "status": "released",
            "regulatedProfessionNote": f"{built.WEB}/regulated-professions/unregulated",
        },
        "bread maker\nmiller\nbakr",
    )
    assert edition.concepts[Key("skill", KNEAD)].attributes == {
        "reuseLevel": "cross-sector",
        "status": "released",
        "scopeNote": "By hand.",
    }
    assert edition.concepts[Key("group", MINOR)].attributes["code"] == "01"
    assert edition.concepts[Key("group", MAJOR)].attributes["code"] == "0"
    assert edition.concepts[Key("group", "collection-digital")].label == "Digitals"
    assert edition.concepts[Key("group", "collection-green")].label == "Green"
    assert not edition.unstated_scopes
    assert not edition.unstated_links
    assert not edition.unstated_attributes


def test_links_have_their_flags_and_mix_the_types(english, relations):
    job, aide = Key("job", BAKER), Key("job", AIDE)
    assert read(english, relations).links == {
        "uses": {
            (job, Key("skill", BAKE)): "essential",
            (job, Key("knowledge", FLOUR)): "optional",
            (aide, Key("skill", ODD)): "essential",
        },
        "needs": {(Key("skill", KNEAD), Key("knowledge", YEAST)): "optional"},
        "part_of": {
            (Key("group", MIDDLE), Key("group", TOP)): "",
            (Key("group", MINOR), Key("group", MAJOR)): "",
            (job, Key("group", MINOR)): "",
            (aide, job): "",
            (Key("skill", BAKE), Key("group", TOP)): "",
            (Key("knowledge", FLOUR), Key("knowledge", YEAST)): "",
        },
        "tagged": {
            (Key("skill", BAKE), Key("group", "collection-digital")): "",
            (Key("skill", ODD), Key("group", "collection-digcomp")): "",
            (Key("knowledge", FLOUR), Key("group", "collection-green")): "",
            (Key("knowledge", YEAST), Key("group", "collection-transversal")): "",
            (Key("skill", KNEAD), Key("group", "collection-language")): "",
            (Key("skill", KNEAD), Key("group", "collection-research")): "",
            (job, Key("group", "collection-research-occupations")): "",
        },
    }


def test_what_cites_a_retired_concept_is_counted_and_left_out(english, relations):
    edition = read(english, relations)
    assert codes(edition) == [
        ("skills_en.csv", "odd_skill_type", 6, 3),
        ("occupationSkillRelations.csv", "dangling", 5, 1),
    ]
    assert "2" in edition.anomalies[1].message


def test_a_later_date_of_modification_is_no_other_state(tmp_path, english, relations):
    tables = built.classification()
    for cells in (*tables["occupations"], *tables["skills"]):
        cells["modifiedDate"] = "2030-12-31"
    later = built.write(tmp_path / "later", tables, "en")
    assert read(later, relations).concepts == read(english, relations).concepts


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_ends_and_column_order_say_nothing(tmp_path, english, relations, newline):
    shuffled = random.Random(7)  # noqa: S311 — an order, not a secret
    tables = {
        name: [dict(sorted(row.items(), key=lambda item: order[item[0]])) for row in rows]
        for name, rows in (built.classification() | built.relations()).items()
        if (order := {column: shuffled.random() for column in rows[0]})
    }
    relation_names = built.relations()
    folder = built.write(
        tmp_path / "x", {n: r for n, r in tables.items() if n in relation_names}, "", newline
    )
    built.write(folder, {n: r for n, r in tables.items() if n not in relation_names}, "en", newline)
    edition, straight = read(folder), read(english, relations)
    assert (edition.concepts, edition.links) == (straight.concepts, straight.links)


def test_mixed_line_ends_inside_cells_and_between_rows(english, relations):
    straight = read(english, relations)
    file = english / "ISCOGroups_en.csv"
    content = file.read_bytes()
    file.write_bytes(content.replace(b".\n\n", b".\r\n\r\n").replace(b'"\r\n', b'"\n', 1))
    assert file.read_bytes() != content
    assert read(english, relations).concepts == straight.concepts


def test_a_cell_above_the_usual_limit_is_read_and_one_above_ours_is_refused(tmp_path, relations):
    tables = built.classification()
    tables["conceptSchemes"][0]["hasTopConcept"] = ",\n".join([BAKE] * 4_000)
    assert len(tables["conceptSchemes"][0]["hasTopConcept"]) > 131_072
    folder = built.write(tmp_path / "x", tables, "en")
    assert read(folder).concepts[Key("group", "collection-digital")].label == "Digitals"
    tables["conceptSchemes"][0]["hasTopConcept"] = "x" * (16 * 2**20 + 1)
    assert refused(built.write(folder, tables, "en")) == [("conceptSchemes_en.csv", "malformed", 2, 0)]


def test_names_before_the_first_later_columns(tmp_path):
    folder = built.write(tmp_path / "esco_v1.0_fr_csv", built.first_release(), "fr")
    built.write(folder, {n: r for n, r in built.relations().items() if n.startswith("broader")})
    edition = read(folder, claim=Claim())
    assert (edition.number, edition.language) == ("1.0", "fr")
    assert edition.counts() == {"job": 2, "skill": 3, "knowledge": 2, "group": 4, "links": 0}
    assert edition.concepts[Key("job", BAKER)].attributes == {"iscoGroup": "0110"}
    assert len(edition.links["part_of"]) == 6
    assert "description" in edition.unstated_attributes["job"]
    assert {"status", "description"} <= edition.unstated_attributes["knowledge"]
    assert "code" not in edition.unstated_attributes["group"]
    assert ("uses", "job", "skill") in edition.unstated_links
    assert ("part_of", "job", "job") not in edition.unstated_links
    assert "group/collection-green" in edition.unstated_scopes
    assert "job" not in edition.unstated_scopes


# -- parts: two archives, one folder, languages


def test_one_folder_two_folders_and_two_zips_have_the_same_marks(tmp_path, english, relations):
    zips = [built.zipped(english, tmp_path / "c.zip"), built.zipped(relations, tmp_path / "r.zip")]
    both = built.write(tmp_path / "both", built.classification(), "en")
    built.write(both, built.relations())
    (both / "readme.txt").write_text("ESCO")
    marks = [
        [(m.role, m.language, m.sha256) for m in read(*paths).sources]
        for paths in ((english, relations), zips, (both,))
    ]
    assert marks[0] == marks[1] == marks[2]
    assert [mark[:2] for mark in marks[0]] == [("classification", "en"), ("relations", "")]
    assert marks[0][0][2] == Source(english).sha256


def test_an_archive_whose_relations_bear_a_language(tmp_path, english, relations):
    folder = built.write(tmp_path / "esco", built.classification() | built.relations(), "en")
    edition = read(folder)
    assert [(m.role, m.language) for m in edition.sources] == [("classification", "en"), ("relations", "en")]
    assert edition.links == read(english, relations).links


def test_a_second_language_translates_the_same_concepts(tmp_path, english, relations):
    tables = built.translated(built.classification())
    tables["skills"].append(tables["skills"][0] | {"conceptUri": f"{BAKE}-fr"})
    french = built.write(tmp_path / "fr", tables | built.relations(), "fr")
    edition, alone = read(english, french, relations), read(english, relations)
    assert (edition.language, list(edition.translations)) == ("en", ["fr"])
    assert (edition.concepts, edition.links) == (alone.concepts, alone.links)
    names = edition.translations["fr"]
    assert names.keys() == alone.concepts.keys()
    assert names[Key("skill", BAKE)] == ConceptState("skill", "bake (fr)", "To bake.", {}, "autre nom")
    assert names[Key("group", "collection-digital")].label == "Digitals (fr)"
    assert ("skills_fr.csv", "disagrees") not in {(a.file, a.code) for a in edition.anomalies}
    assert ("occupations_fr.csv", "disagrees", 0, 0) in codes(edition)
    assert read(french, english).language == "fr"


def test_relations_of_a_second_language_that_differ_are_noted(tmp_path, english, relations):
    tables = built.relations()
    tables["occupationSkillRelations"][0]["relationType"] = "optional"
    other = built.write(tmp_path / "other", tables, "fr")
    edition = read(english, relations, other)
    assert edition.links == read(english, relations).links
    assert [code for _f, code, *_place in codes(edition)].count("disagrees") == 1


def test_a_lone_classification_leaves_the_links_as_they_were(english):
    edition = read(english)
    assert not edition.unstated_scopes
    assert edition.links.keys() == {"tagged", "part_of"}
    assert {("uses", "job", "skill"), ("needs", "skill", "knowledge"), ("part_of", "job", "job")} <= (
        edition.unstated_links
    )
    assert not any(kind == "tagged" for kind, _source, _target in edition.unstated_links)


def test_lone_relations_state_links_alone_with_the_kinds_that_they_tell(relations, english):
    edition, whole = read(relations), read(english, relations)
    assert not edition.concepts
    assert {"job", "skill", "knowledge", "group/http", "group/collection-digital"} <= edition.unstated_scopes
    assert edition.links.keys() == {"uses", "needs", "part_of"}
    for kind, pairs in whole.links.items():
        if kind != "tagged":
            assert pairs.items() <= edition.links[kind].items()
    assert len(edition.links["uses"]) == 5
    assert not any(kind != "tagged" for kind, _source, _target in edition.unstated_links)
    assert [a.code for a in edition.anomalies] == ["not_stated"]


def test_a_skill_whose_kind_lone_relations_do_not_tell_is_taken_for_a_skill_and_said(tmp_path):
    tables = built.relations()
    only_broader = tables["broaderRelationsSkillPillar"][1] | {"conceptUri": f"{BAKE}-alone"}
    tables["broaderRelationsSkillPillar"].append(only_broader)
    edition = read(built.write(tmp_path / "x", tables))
    assert (Key("skill", f"{BAKE}-alone"), Key("group", TOP)) in edition.links["part_of"]
    assert [a.code for a in edition.anomalies] == ["not_stated", "kind_guessed"]
    assert edition.anomalies[1].message.startswith("1 ")


def test_a_lone_source_with_a_type_that_nobody_knows(tmp_path):
    tables = built.relations()
    tables["broaderRelationsOccPillar"][0]["conceptType"] = "Thing"
    folder = built.write(tmp_path / "x", tables)
    assert refused(folder) == [("broaderRelationsOccPillar.csv", "unknown_value", 2, 2)]


def test_an_absent_collection_is_left_as_it_was_but_the_one_that_was_dropped(tmp_path, english, relations):
    (english / "greenSkillsCollection_en.csv").unlink()
    edition = read(english, relations)
    assert edition.unstated_scopes == {"group/collection-green"}
    assert edition.unstated_links == {
        ("tagged", kind, "group/collection-green") for kind in ("skill", "knowledge")
    }
    assert Key("group", "collection-green") not in edition.concepts


# -- the number


@pytest.mark.parametrize(
    ("name", "claimed", "number"),
    [
        ("ESCO dataset - v1.1.1 - classification - en - csv", None, "1.1.1"),
        ("ESCO dataset - v1.1.1 - classification - en - csv", "1.1.1", "1.1.1"),
        ("esco_v1.2.0", "1.2", "1.2.0"),
        ("downloads", "1.2.0", "1.2.0"),
        ("dev10", "v1.0", "1.0"),
    ],
)
def test_the_number_comes_from_the_name_or_the_caller(tmp_path, name, claimed, number):
    folder = built.write(tmp_path / name, built.classification(), "en")
    assert read(folder, claim=Claim(claimed)).number == number


def test_a_number_that_nobody_says_or_on_which_they_differ(tmp_path):
    tables, links = built.classification(), built.relations()
    silent = built.write(tmp_path / "esco", tables, "en")
    named = built.write(tmp_path / "esco v1.1.0", tables, "en")
    other = built.write(tmp_path / "esco v1.1.1", links)
    assert refused(silent, claim=Claim()) == [("esco", "no_number", 0, 0)]
    assert refused(named, claim=Claim("1.1.1"))[0][1] == "number_disagrees"
    assert refused(named, other, claim=Claim())[0][1] == "number_disagrees"


# -- bad input: each case spoils the tables; the refusal says the code, the file, the line and the column


def change(table: str, row: int, **cells: str):
    def spoil(tables: built.Tables) -> None:
        tables[table][row].update(cells)

    return spoil


def drop(table: str, column: str):
    def spoil(tables: built.Tables) -> None:
        for cells in tables[table]:
            cells.pop(column)

    return spoil


def repeat(table: str, **cells: str):
    def spoil(tables: built.Tables) -> None:
        tables[table].append(tables[table][0] | cells)

    return spoil


def swap(tables: built.Tables) -> None:
    tables["ISCOGroups"], tables["skillGroups"] = tables["skillGroups"], tables["ISCOGroups"]


BAD = {
    "a missing file": (lambda t: t.pop("skills"), [("skills_en.csv", "missing_file", 0, 0)]),
    "a missing column": (drop("occupations", "iscoGroup"), [("occupations_en.csv", "missing_column", 1, 0)]),
    "a missing relation column": (
        drop("occupationSkillRelations", "relationType"),
        [("occupationSkillRelations_en.csv", "missing_column", 1, 0)],
    ),
    "swapped files": (
        swap,
        [("ISCOGroups_en.csv", "wrong_file", 4, 1), ("skillGroups_en.csv", "wrong_file", 4, 1)],
    ),
    "a URI twice": (repeat("skills"), [("skills_en.csv", "duplicate_id", 7, 2)]),
    "a URI twice as two kinds": (
        repeat("skills", skillType="knowledge"),
        [("skills_en.csv", "duplicate_id", 7, 2)],
    ),
    "no URI": (change("skillGroups", 1, conceptUri=""), [("skillGroups_en.csv", "not_a_uri", 7, 2)]),
    "a URI too long": (
        change("skills", 1, conceptUri=f"{BAKE}/{'x' * 250}"),
        [("skills_en.csv", "not_a_uri", 3, 2)],
    ),
    "no label": (change("skills", 0, preferredLabel=" "), [("skills_en.csv", "empty_label", 2, 5)]),
    "an unknown skillType": (
        change("skills", 0, skillType="art"),
        [("skills_en.csv", "unknown_value", 2, 3)],
    ),
    "an unknown relationType": (
        change("occupationSkillRelations", 1, relationType="vital"),
        [("occupationSkillRelations_en.csv", "unknown_value", 3, 2)],
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_tables_are_refused_with_their_place(tmp_path, name):
    tables = built.classification() | built.relations()
    spoil, expected = BAD[name]
    spoil(tables)
    assert refused(built.write(tmp_path / "x", tables, "en")) == expected


BAD_BYTES = {
    "an empty file": ("skills_en.csv", lambda content: b"", "empty_file", 0, 0),
    "another encoding": (
        "occupations_en.csv",
        lambda content: content.replace("’".encode(), b"\x92"),
        "encoding",
        8,
        65,
    ),
    "a ragged row": (
        "occupationSkillRelations.csv",
        lambda content: content.replace(b"knowledge,", b"knowledge,more,"),
        "ragged_row",
        3,
        5,
    ),
    "a quote never closed": ("skillGroups_en.csv", lambda content: content + b'"Skill', "malformed", 8, 0),
    "a hierarchy row too long": (
        "skillsHierarchy_en.csv",
        lambda content: content.rstrip() + b",,,,,,,,,,,,x\r\n",
        "ragged_row",
        3,
        11,
    ),
}


@pytest.mark.parametrize("name", BAD_BYTES)
def test_bad_bytes_are_refused_with_their_place(english, relations, name):
    file, spoil, code, line, column = BAD_BYTES[name]
    path = next(folder / file for folder in (english, relations) if (folder / file).exists())
    spoilt = spoil(path.read_bytes())
    assert spoilt != path.read_bytes()
    path.write_bytes(spoilt)
    assert refused(english, relations) == [(file, code, line, column)]


def test_rows_said_twice_are_noted_and_essential_stands(tmp_path, english, relations):
    tables = built.relations()
    first = tables["occupationSkillRelations"][0]
    tables["occupationSkillRelations"] += [first, first | {"relationType": "optional"}]
    edition = read(english, built.write(tmp_path / "twice", tables))
    assert edition.links == read(english, relations).links
    assert ("occupationSkillRelations.csv", "duplicate_row", 7, 0) in codes(edition)


def test_a_concept_in_two_lists_keeps_its_first_kind(tmp_path, relations):
    tables = built.classification()
    tables["skillGroups"].append(tables["skillGroups"][0] | {"conceptUri": BAKE})
    edition = read(built.write(tmp_path / "x", tables, "en"), relations)
    assert Key("group", BAKE) not in edition.concepts
    assert ("skillGroups_en.csv", "two_kinds") in {(a.file, a.code) for a in edition.anomalies}


def test_both_types_in_one_cell_are_a_skill(tmp_path):
    tables = built.classification()
    tables["skills"][2]["skillType"] = "skill/competence knowledge"
    edition = read(built.write(tmp_path / "x", tables, "en"))
    assert Key("skill", FLOUR) in edition.concepts
    assert ("skills_en.csv", "odd_skill_type", 4, 3) in codes(edition)


def test_ragged_hierarchy_and_unknown_groups(tmp_path, relations):
    tables = built.classification()
    tables["skillsHierarchy"].append(built._levels(TOP, f"{TOP}/gone", MIDDLE))
    edition = read(built.write(tmp_path / "x", tables, "en"), relations)
    assert ("skillsHierarchy_en.csv", "dangling", 4, 3) in codes(edition)
    assert (Key("group", MIDDLE), Key("group", f"{TOP}/gone")) not in edition.links["part_of"]


def test_sources_that_are_not_esco_or_come_twice(tmp_path, english, relations):
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "item.csv").write_text("a,b\n")
    assert refused(foreign) == [("foreign", "missing_file", 0, 0)]
    again = built.zipped(relations, tmp_path / "again.zip")
    assert refused(english, relations, again) == [("again.zip", "duplicate_source", 0, 0)]
    (english / "skills.csv").write_text("x")
    assert refused(english) == [("skills.csv", "no_language", 0, 0)]
    (english / "skills.csv").unlink()
    (english / "Skills_EN.csv").write_text("x")
    assert refused(english)[0][1] == "duplicate_file"
