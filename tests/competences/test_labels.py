"""Folding: the one definition of a cosmetic difference, written again from its words and compared."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competences.rules.labels import fold, stem

SAME = [
    ("Développeur / Développeuse web", "developpeur developpeuse web"),
    ("Gérer l’œuvre d'art…", "gerer l oeuvre d art"),
    ("  Straße\u00a0ﬁn ", "strasse fin"),
    ("Langage C++", "langage c++"),
    ("Langage C#", "langage c#"),
    ("…", ""),
]


@pytest.mark.parametrize(("label", "folded"), SAME)
def test_fold(label, folded):
    assert fold(label) == folded


def by_the_words(label: str) -> str:
    """NFKD, case folding, œ → oe and æ → ae, no combining mark, runs of the rest as one space, stripped."""
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", label).casefold())
    text = text.replace("œ", "oe").replace("æ", "ae")
    text = "".join(c for c in text if not unicodedata.combining(c))
    return re.sub("[^a-z0-9+#]+", " ", text).strip()


@given(st.text(st.characters(max_codepoint=0x2FFF, exclude_categories=["Cs"])))
def test_fold_is_its_definition_and_folds_once(label):
    assert fold(label) == by_the_words(label)
    assert fold(fold(label)) == fold(label)


def test_names_keep_their_signs_and_plurals_share_a_stem():
    assert stem("c++") == "c++"
    assert stem("developpeurs") == stem("developpeur")
