"""What is proposed in the place of a concept left behind: worked cases, and what is never proposed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competences.rules.edition_diff import ConceptState, Snapshot, changes
from competences.rules.successors import MOST, successors


def edition(items: dict[str, str], uses=(), *, kind="skill", jobs="AB", titles=None, parents=None):
    """Items by label, uses as "job:item", titles as {title: job}, parents as {item: group}."""
    concepts = {code: ConceptState(kind, label) for code, label in items.items()}
    concepts |= {job: ConceptState("job", f"Métier {job}") for job in jobs}
    concepts |= {title: ConceptState("title", f"Nom {title}") for title in titles or {}}
    concepts |= {group: ConceptState("group", f"Groupe {group}") for group in set((parents or {}).values())}
    links = {
        "uses": {tuple(use.split(":")): "" for use in uses},
        "title_of": dict.fromkeys((titles or {}).items(), ""),
        "part_of": dict.fromkeys((parents or {}).items(), ""),
    }
    return Snapshot(concepts, links)


def proposed(before, after, declared=None) -> dict[tuple[str, str], tuple[int, tuple[str, ...]]]:
    rows = successors(before, after, changes(before, after), declared=declared)
    assert {row.kind for row in rows} <= {"replaced"}
    return {(row.concept, row.other): (row.confidence, row.reasons) for row in rows}


@pytest.mark.parametrize(
    ("before", "after", "pair", "reasons"),
    [
        (edition({"1": "Tableur"}), edition({"2": "tableur "}), ("1", "2"), {"same_label"}),
        (
            edition({"1": "Gérer un stock"}, ["A:1", "B:1"]),
            edition({"1": "Gérer un stock", "2": "Gérer un stock en ligne"}, ["A:2", "B:2"]),
            ("1", "2"),
            {"near_label", "same_jobs"},
        ),
        (
            edition({"1": "C#"}, ["A:1"], kind="knowledge"),
            edition(
                {"2": "Langage C#", "3": "Langage C++", "4": "Langage C"},
                ["A:2", "A:3", "A:4"],
                kind="knowledge",
            ),
            ("1", "2"),
            {"near_label", "same_jobs"},
        ),
        (
            edition({"1": "Administrer une base"}, parents={"1": "G"}),
            edition({"2": "Administrer une base SQL"}, parents={"2": "G"}),
            ("1", "2"),
            {"near_label", "same_parent"},
        ),
        (
            edition({}, jobs="A", titles={"t": "A", "u": "A", "v": "A"}),
            edition({}, jobs="BC", titles={"t": "B", "u": "B", "v": "C"}),
            ("A", "B"),
            {"same_titles"},
        ),
    ],
    ids=["same label", "same jobs", "a name with a sign", "same parent", "same titles"],
)
def test_a_successor_is_proposed_with_its_reasons(before, after, pair, reasons):
    found = proposed(before, after)
    assert list(found) == [pair]
    confidence, said = found[pair]
    assert set(said) == reasons
    assert 50 < confidence < 100


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (edition({"1": "Langage C"}, ["A:1"]), edition({"2": "Langage R"}, ["A:2"])),
        (edition({"1": "Norme ISO 9001"}, ["A:1"]), edition({"2": "Norme ISO 14001"}, ["A:2"])),
        (edition({"1": "Conduire un train"}, ["A:1"]), edition({"2": "Vendre un train"}, ["B:2"])),
        (edition({"1": "Conduire un train"}), edition({"2": "Conduire un train"}, kind="knowledge")),
        (edition({"1": "Coder"}, ["A:1"]), edition({"1": "Coder", "2": "Coder vite"}, ["A:1", "A:2"])),
        (
            edition({}, jobs="A", titles={"t": "A", "u": "A", "v": "A"}),
            edition({}, jobs="BCD", titles={"t": "B", "u": "C", "v": "D"}),
        ),
    ],
    ids=["one letter", "a number", "another thing", "another kind", "still used", "titles scattered"],
)
def test_nothing_is_proposed(before, after):
    assert proposed(before, after) == {}


def test_what_the_source_declares_leaves_no_room_for_a_guess():
    before, after = edition({"1": "Tableur"}), edition({"2": "Tableur", "3": "Feuilles de calcul"})
    assert proposed(before, after, {"1": "3"}) == {("1", "3"): (100, ("declared",))}
    assert proposed(before, after, {"1": "absent", "absent": "3"}).keys() == {("1", "2")}


def test_labels_in_two_languages_are_not_compared():
    before, after = edition({"1": "Formation"}), edition({"2": "Formation"})
    other = Snapshot(after.concepts, after.links, language="en")
    assert proposed(before, other) == {}


words = st.lists(st.sampled_from(["gerer", "un", "stock", "c++", "en", "ligne"]), min_size=1, max_size=4)
items = st.dictionaries(st.sampled_from("12345678"), words.map(" ".join), max_size=6)
uses = st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from("12345678")), max_size=12)


@st.composite
def editions(draw):
    found = draw(items)
    return edition(found, [f"{job}:{item}" for job, item in draw(uses) if item in found])


@given(editions(), editions())
def test_a_proposal_leads_from_something_left_behind_to_something_there(before, after):
    rows = successors(before, after, changes(before, after))
    left = {c.concept for c in changes(before, after) if c.kind in ("removed", "orphaned")}
    for row in rows:
        assert row.concept in left
        assert row.other in after.concepts
        assert row.other != row.concept
        assert after.concepts[row.other].kind == before.concepts[row.concept].kind
    for concept in left:
        assert sum(row.concept == concept for row in rows) <= MOST
