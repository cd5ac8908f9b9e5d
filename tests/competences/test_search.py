"""Search: typos and plurals forgiven, old names lead to what bears another name now, C is not C#."""

import pytest

from competences.queries.search import search
from tests.competences.reference_builder import Built

pytestmark = pytest.mark.django_db


@pytest.fixture
def built():
    made = Built()
    made.renamed = made.concept("skill", "1", ("Utiliser un traitement de texte", "1", "2"))
    made.revision(made.renamed, "Mettre en forme un document", "2")
    made.gone = made.concept("skill", "2", ("Envoyer une télécopie", "1", "2"))
    for number, label in enumerate(("Langage C", "Langage C++", "Langage C#", "Développer un site web"), 3):
        made.concept("knowledge", str(number), label)
    return made


def test_a_former_name_leads_to_the_concept_under_its_present_name(built):
    [hit] = search("traitement de texte")
    assert (hit.concept_id, hit.label, hit.withdrawn) == (
        built.renamed.pk,
        "Mettre en forme un document",
        False,
    )
    assert hit.matched == "Utiliser un traitement de texte"


def test_what_was_withdrawn_is_found_and_said_so(built):
    [hit] = search("telecopies")
    assert (hit.concept_id, hit.withdrawn) == (built.gone.pk, True)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("langage c", "Langage C"),
        ("langage c++", "Langage C++"),
        ("LANGAGE C#", "Langage C#"),
        ("sites", "Développer un site web"),
        ("devloper", "Développer un site web"),
        ("developp", "Développer un site web"),
    ],
)
def test_the_first_answer(built, text, first):
    assert search(text)[0].label == first


@pytest.mark.parametrize("text", ["", "   ", "…", "'", "&|!:*()", "zzzzzzzz"])
def test_a_text_that_says_nothing_finds_nothing(built, text):
    assert search(text) == []
