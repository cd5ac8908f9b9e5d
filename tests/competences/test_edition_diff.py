"""What differs between two editions: worked cases, and the laws that hold for any two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competences.rules.edition_diff import COUNTED, ConceptState, Snapshot, changes, counts


def snapshot(jobs=None, titles=None, skills=None, uses=None) -> Snapshot[str]:
    """Jobs and skills by label, titles as {id: (label, job)}, uses as {(job, skill): flag}."""
    concepts = {code: ConceptState("job", label) for code, label in (jobs or {}).items()}
    concepts |= {code: ConceptState("skill", label) for code, label in (skills or {}).items()}
    concepts |= {code: ConceptState("title", label) for code, (label, _job) in (titles or {}).items()}
    title_of = {(code, job): "" for code, (_label, job) in (titles or {}).items()}
    return Snapshot(concepts, {"title_of": title_of, "uses": uses or {}})


def kinds(before, after) -> set[tuple[str, str, str | None]]:
    return {(c.kind, c.concept, c.other) for c in changes(before, after)}


CASES = {
    "added": (snapshot(), snapshot(skills={"s": "Coder"}), {("added", "s", None)}),
    "removed": (snapshot(skills={"s": "Coder"}), snapshot(), {("removed", "s", None)}),
    "renamed": (
        snapshot(skills={"s": "Langage C"}),
        snapshot(skills={"s": "Langage C++"}),
        {("renamed", "s", None)},
    ),
    "cosmetic": (
        snapshot(skills={"s": "Gérer l’œuvre "}),
        snapshot(skills={"s": "Gerer l'oeuvre"}),
        {("cosmetic", "s", None)},
    ),
    "moved": (
        snapshot(jobs={"A": "a", "B": "b"}, titles={"t": ("T", "A")}),
        snapshot(jobs={"A": "a", "B": "b"}, titles={"t": ("T", "B")}),
        {("moved", "t", "B")},
    ),
    "took label of other": (
        snapshot(jobs={"A": "un", "B": "deux"}),
        snapshot(jobs={"A": "deux", "B": "deux"}),
        {("renamed", "A", None), ("took_label_of_other", "A", "B")},
    ),
    "recycled": (
        snapshot(jobs={"A": "un", "B": "b"}, titles={"t": ("T", "A")}),
        snapshot(jobs={"A": "deux", "B": "b"}, titles={"t": ("T", "B")}),
        {("renamed", "A", None), ("recycled", "A", None), ("moved", "t", "B")},
    ),
    "orphaned, listed still": (
        snapshot(jobs={"A": "a"}, skills={"s": "S"}, uses={("A", "s"): ""}),
        snapshot(jobs={"A": "a"}, skills={"s": "S"}),
        {("orphaned", "s", None), ("unlinked", "A", "s")},
    ),
    "links of a job that comes are its own coming": (
        snapshot(skills={"s": "S"}),
        snapshot(jobs={"A": "a"}, skills={"s": "S"}, uses={("A", "s"): ""}),
        {("added", "A", None)},
    ),
    "reflagged": (
        snapshot(jobs={"A": "a"}, skills={"s": "S"}, uses={("A", "s"): ""}),
        snapshot(jobs={"A": "a"}, skills={"s": "S"}, uses={("A", "s"): "principale"}),
        {("reflagged", "A", "s")},
    ),
    "linked on a common job": (
        snapshot(jobs={"A": "a"}, skills={"s": "S"}),
        snapshot(jobs={"A": "a"}, skills={"s": "S"}, uses={("A", "s"): "emergente"}),
        {("linked", "A", "s")},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_changes(name):
    before, after, expected = CASES[name]
    assert kinds(before, after) == expected


def test_retagged_says_which_tag():
    old = Snapshot({"A": ConceptState("job", "a", "", {"transition_num": "N"})}, {})
    new = Snapshot({"A": ConceptState("job", "a", "", {"transition_num": "O", "code_ogr": "7"})}, {})
    [change] = changes(old, new)
    assert (change.kind, change.before, change.after) == ("retagged", "transition_num=N", "transition_num=O")


labels = st.sampled_from(["Coder", "coder", "Tester", "Langage C", "Langage C#"])


@st.composite
def snapshots(draw) -> Snapshot[str]:
    jobs = draw(st.dictionaries(st.sampled_from("ABC"), labels))
    skills = draw(st.dictionaries(st.sampled_from("stuv"), labels))
    titles = {}
    uses = {}
    if jobs:
        codes = st.sampled_from(sorted(jobs))
        titles = draw(st.dictionaries(st.sampled_from("12345"), st.tuples(labels, codes)))
        if skills:
            pairs = st.tuples(codes, st.sampled_from(sorted(skills)))
            uses = draw(st.dictionaries(pairs, st.sampled_from(["", "principale", "emergente"])))
    return snapshot(jobs, titles, skills, uses)


@given(snapshots())
def test_an_edition_does_not_differ_from_itself(edition):
    assert changes(edition, edition) == []


@given(snapshots(), snapshots())
def test_counts_balance(before, after):
    figures = counts(before, after, changes(before, after))
    for kind in COUNTED:
        row = figures["counts"][kind]
        assert row["before"] - row["removed"] + row["added"] == row["after"]
    links = figures["links"]
    assert links["before"] - links["removed"] + links["added"] == links["after"]
    assert links["added_on_common_jobs"] <= links["added"]
    assert links["removed_on_common_jobs"] <= links["removed"]


@given(snapshots(), snapshots())
def test_the_way_back_undoes(before, after):
    there = counts(before, after, changes(before, after))
    back = counts(after, before, changes(after, before))
    for kind in COUNTED:
        for one, other in (("added", "removed"), ("removed", "added"), ("renamed", "renamed")):
            assert there["counts"][kind][one] == back["counts"][kind][other]
    assert there["links"]["reflagged"] == back["links"]["reflagged"]


@given(snapshots(), snapshots())
def test_recycled_and_swapped_jobs_are_among_the_renamed(before, after):
    found = kinds(before, after)
    renamed = {concept for kind, concept, _other in found if kind == "renamed"}
    assert {c for kind, c, _o in found if kind in ("recycled", "took_label_of_other")} <= renamed
