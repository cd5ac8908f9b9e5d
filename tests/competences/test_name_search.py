"""Names held and searched, without a database: what a search promises whatever the names are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competences.rules.labels import fold, stem, words
from competences.rules.name_index import NameIndex, Standing
from competences.rules.name_search import answers, coded, read_closely
from competences.rules.synonyms import GROUPS, synonyms

names = st.lists(
    st.text("abcdeilnorst c+#", min_size=1, max_size=30).map(fold).filter(bool), min_size=1, max_size=12
)


def index_of(labels, language="fr", kind="skill"):
    index = NameIndex(language)
    for number, label in enumerate(labels):
        index.add(number, kind, [(label, Standing.LABEL)])
    index.close()
    return index


@given(names)
def test_names_read_back_as_they_were_given(labels):
    index = index_of(labels)
    assert [index.name(number) for number in range(len(index))] == labels


@given(names, st.data())
def test_the_whole_name_of_a_concept_finds_it_as_well_as_any(labels, data):
    wanted = data.draw(st.sampled_from(labels))
    found = read_closely(answers([index_of(labels)], wanted), wanted)
    best = [answer.score for answer in found if labels[answer.concept] == wanted]
    assert best
    assert len({answer.concept for answer in found}) == len(found)
    assert max(best) >= found[0].score - 2  # a name of the same words in another order may be as near


@given(names, st.text(max_size=20))
def test_any_text_is_answered_in_order(labels, text):
    found = answers([index_of(labels), index_of(labels, "en")], fold(text))
    assert [a.score for a in found] == sorted((a.score for a in found), reverse=True)


@given(names, st.data())
def test_beginnings_are_those_of_the_vocabulary(labels, data):
    index = index_of(labels)
    start = data.draw(st.sampled_from(index.vocabulary))[: data.draw(st.integers(1, 5))]
    assert set(index.beginning(start)) == {w for w in index.vocabulary if w.startswith(start)}


@pytest.mark.parametrize(
    ("typed", "slips", "near"),
    [
        ("tabelur", 1, {"tableur": 1}),
        ("tabelur", 2, {"tableur": 1, "cableur": 2}),
        ("tabeur", 1, {"tableur": 1}),
        ("atbleur", 1, {"tableur": 1}),
    ],
)
def test_slips(typed, slips, near):
    assert dict(index_of(["tableur", "cableur"]).near(typed, slips)) == near


def test_a_name_borne_twice_counts_once_and_by_its_best_standing():
    index = NameIndex("fr")
    index.add(7, "job", [("boulanger", Standing.LABEL), ("boulanger", Standing.FORMER)])
    index.close()
    assert len(index) == 1
    assert index.standings[0] == Standing.LABEL


def test_concepts_named_by_code_come_with_their_label():
    index = index_of(["premier", "second"])
    [answer] = coded([index], [1, 99])
    assert index.name(answer.name) == "second"


def test_jobs_come_before_skills_of_the_same_name():
    found = answers([index_of(["boulanger"]), index_of(["boulanger"], kind="job")], "boulanger")
    assert found[0].kind == "job"


def test_synonyms_are_folded_equals_without_empty_words():
    for group in GROUPS:
        for phrase in group:
            assert phrase == fold(phrase)
            assert phrase.split() == words(phrase)
            assert set(synonyms(phrase)) >= set(group) - {phrase}


def test_stems_are_those_of_the_language():
    assert stem("welders", "en") == stem("welder", "en")
    assert words("the welder of the pipes", "en") == words("welder pipes", "en")
    assert stem("boulangeries", "xx") == stem("boulangerie", "fr")
