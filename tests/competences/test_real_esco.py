"""The real ESCO 1.1.1 (English) and 1.0 (French), against figures counted apart with the csv module."""

import csv
import io
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from competences.importers import esco
from competences.importers.base import Claim
from competences.importers.source import Source

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "esco"
ENGLISH = DATA / "ESCO dataset - v1.1.1 - classification - en - csv.zip"
RELATIONS = DATA / "ESCO dataset - v1.1.1 - classification -  - csv.zip"
FRENCH = DATA / "esco_v1.0_fr_csv.zip"
COLLECTIONS = ["digital", "digComp", "green", "transversal", "language", "research"]
pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not beside the checkout"),
]


def table(archive: Path, name: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(archive) as opened:
        text = opened.read(f"{name}.csv").decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def parse(*paths: Path):
    return esco.parse([Source(path) for path in paths], Claim())


def listed(archive: Path, language: str) -> dict[str, set[str]]:
    """The URIs of each kind of concept, collections apart."""
    skills = table(archive, f"skills_{language}")
    knowledge = {row["conceptUri"] for row in skills if row["skillType"] == "knowledge"}
    groups = (*table(archive, f"ISCOGroups_{language}"), *table(archive, f"skillGroups_{language}"))
    return {
        "job": {row["conceptUri"] for row in table(archive, f"occupations_{language}")},
        "skill": {row["conceptUri"] for row in skills} - knowledge,
        "knowledge": knowledge,
        "group": {row["conceptUri"] for row in groups},
    }


def of_kind(edition, kind: str) -> set[str]:
    return {key.external_id for key in edition.concepts if key.kind == kind}


def broader(archive: Path, known: set[str]) -> set[tuple[str, str]]:
    rows = [r for p in ("Occ", "Skill") for r in table(archive, f"broaderRelations{p}Pillar")]
    return {(r["conceptUri"], r["broaderUri"]) for r in rows if {r["conceptUri"], r["broaderUri"]} <= known}


def linked(edition, kind: str) -> set[tuple[str, str]]:
    return {(source.external_id, target.external_id) for source, target in edition.links[kind]}


def test_english_1_1_1_from_its_two_archives():
    edition = parse(ENGLISH, RELATIONS)
    assert (edition.number, edition.language) == ("1.1.1", "en")
    kinds = listed(ENGLISH, "en")
    assert (len(kinds["job"]), len(kinds["skill"] | kinds["knowledge"])) == (3_007, 13_896)
    for kind, uris in kinds.items():
        found = of_kind(edition, kind)
        assert {uri for uri in found if not uri.startswith("collection-")} == uris, kind
    known = set().union(*kinds.values())

    rows = table(RELATIONS, "occupationSkillRelations")
    assert Counter(r["relationType"] for r in rows) == {"essential": 64_946, "optional": 58_909}
    flags = {
        (r["occupationUri"], r["skillUri"]): r["relationType"]
        for r in rows
        if {r["occupationUri"], r["skillUri"]} <= known
    }
    assert len(rows) - len(flags) == 67
    uses = edition.links["uses"]
    assert {(j.external_id, s.external_id): flag for (j, s), flag in uses.items()} == flags
    assert len(edition.links["needs"]) == len(table(RELATIONS, "skillSkillRelations"))

    levels = [[row[f"Level {n} URI"] for n in range(4)] for row in table(ENGLISH, "skillsHierarchy_en")]
    paths = {pair for row in levels for pair in zip(row[1:], row, strict=False) if set(pair) <= known}
    assert linked(edition, "part_of") == broader(RELATIONS, known) | paths

    members = [len(table(ENGLISH, f"{name}SkillsCollection_en")) for name in COLLECTIONS]
    members.append(len(table(ENGLISH, "researchOccupationsCollection_en")))
    assert len(edition.links["tagged"]) == sum(members)
    assert Counter(a.code for a in edition.anomalies) == {"odd_skill_type": 6, "dangling": 13}


def test_labels_are_the_producer_s_and_other_names_are_neither_doubled_nor_the_label():
    edition = parse(ENGLISH)
    states = {key.external_id: state for key, state in edition.concepts.items()}
    repeated = 0
    for row in (*table(ENGLISH, "occupations_en"), *table(ENGLISH, "skills_en")):
        state = states[row["conceptUri"]]
        assert (state.label, state.description) == (row["preferredLabel"], row["description"])
        names = state.alternatives.splitlines()
        said = {n.strip() for c in ("altLabels", "hiddenLabels") for n in row[c].split("\n")} - {""}
        repeated += state.label.strip() in said
        assert len(names) == len(set(names))
        assert set(names) == said - {state.label.strip()}
    assert repeated > 2_000
    codes = {r["conceptUri"]: r["code"] for r in table(ENGLISH, "ISCOGroups_en")}
    assert {uri: states[uri].attributes["code"] for uri in codes} == codes
    assert any(code.startswith("0") and len(code) == 4 for code in codes.values())


def test_french_1_0_has_fewer_columns_and_no_relation_between_jobs_and_skills():
    edition = parse(FRENCH)
    assert (edition.number, edition.language) == ("1.0", "fr")
    assert [(m.role, m.language) for m in edition.sources] == [("classification", "fr"), ("relations", "")]
    kinds = listed(FRENCH, "fr")
    for kind, uris in kinds.items():
        assert of_kind(edition, kind) == uris, kind
    assert edition.links.keys() == {"part_of"}
    assert linked(edition, "part_of") == broader(FRENCH, set().union(*kinds.values()))
    assert {("uses", "job", "skill"), ("needs", "skill", "skill")} <= edition.unstated_links
    assert all("description" in edition.unstated_attributes[kind] for kind in kinds)


def test_relations_alone_say_the_same_links_but_for_the_kinds_they_cannot_tell():
    alone, whole = parse(RELATIONS), parse(ENGLISH, RELATIONS)
    assert not alone.concepts
    assert len(alone.links["uses"]) == len(table(RELATIONS, "occupationSkillRelations"))
    assert whole.links["uses"].items() <= alone.links["uses"].items()
    assert whole.links["needs"] == alone.links["needs"]
    assert linked(whole, "part_of") <= linked(alone, "part_of")
