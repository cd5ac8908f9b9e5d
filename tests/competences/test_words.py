"""Closed vocabularies in words: each member has its own, and counts agree with their nouns."""

import pytest
from django.utils import translation

from competences.enums import ChangeKind, UploadState
from competences.forms.attestations import ViewForm
from competences.forms.pictures import CompareForm
from competences.forms.records import QuickForm
from competences.skill_words import LEVEL_WORDS
from competences.words import CHANGE_NOUNS, UPLOAD_WORDS, change_noun, change_tag


def test_every_member_has_words():
    assert set(CHANGE_NOUNS) == set(ChangeKind)
    assert set(UPLOAD_WORDS) == set(UploadState)


@pytest.mark.parametrize("name", ChangeKind)
def test_one_change_is_told_in_the_singular_and_several_in_the_plural(name):
    with translation.override("fr"):
        one, several = (change_noun(name, number) for number in (1, 12))
    assert one != several
    assert several.split()[0] == one.split()[0] + "s"


def test_what_is_counted_never_shows_through_the_noun():
    """The same noun follows "métiers" and "compétences": no participle that would have to agree."""
    with translation.override("fr"):
        told = [change_noun(name, 2) for name in ChangeKind]
    assert len(set(told)) == len(told)
    assert not [noun for noun in told if noun.split()[0].endswith("és")]


def test_a_tag_agrees_with_no_gender():
    """The same tag stands beside a job, an appellation and a skill."""
    with translation.override("fr"):
        told = [change_tag(name) for name in ChangeKind]
    assert len(set(told)) == len(told)
    assert not [tag for tag in told if tag.split()[0].endswith(("é", "ée", "és"))]


@pytest.mark.parametrize(
    ("form", "name"), [(QuickForm, "level"), (ViewForm, "level"), (CompareForm, "niveau")]
)
def test_a_level_is_chosen_by_its_words(form, name):
    offered = dict(form().fields[name].choices)
    assert {level: offered[level] for level in LEVEL_WORDS} == dict(LEVEL_WORDS)
