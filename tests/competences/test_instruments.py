"""Instruments of self-assessment: what a file must hold, and the level that answers give."""

import tomllib

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.actors import SYSTEM
from accounts.errors import NotFound, Refused
from competences.models import Instrument
from competences.rules.instruments import ALONE, ANSWERS, HELPED, NO, BadInstrument, level_of, read_questions
from competences.services.instruments import FOLDER, load_instrument, load_own_instruments
from tests.accounts.factories import UserFactory

OWN = tomllib.loads((FOLDER / "digcomp.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("answers", "level"),
    [
        ([NO, NO, NO, NO], 0),
        ([HELPED, NO, NO, NO], 1),
        ([HELPED, ALONE, ALONE, ALONE], 1),
        ([ALONE, NO, NO, NO], 2),
        ([ALONE, HELPED, HELPED, NO], 3),
        ([ALONE, NO, ALONE, ALONE], 2),
        ([ALONE, ALONE, ALONE, HELPED], 7),
        ([ALONE, ALONE, ALONE, ALONE], 8),
        ([], 0),
    ],
)
def test_the_level_of_answers(answers, level):
    assert level_of(answers) == level


@given(st.lists(st.sampled_from(ANSWERS), min_size=4, max_size=4), st.integers(0, 3))
def test_a_better_answer_never_lowers_the_level(answers, place):
    better = [*answers]
    better[place] = ALONE
    assert 0 <= level_of(answers) <= level_of(better) <= 8


def test_another_word_is_no_answer():
    with pytest.raises(ValueError, match="no answer"):
        level_of(["maybe"])


def test_the_house_has_the_21_competences_of_digcomp_in_five_areas():
    questions = read_questions(OWN)
    assert len(questions.areas) == 5
    assert len(questions.competences) == 21
    sentences = [texts["fr"] for one in questions.competences for texts in one.statements]
    assert len(set(sentences)) == 84


def without(name):
    return {key: value for key, value in OWN.items() if key != name}


def changed(**fields):
    competence = {**OWN["area"][0]["competence"][0], **fields}
    return {**OWN, "area": [{**OWN["area"][0], "competence": [competence]}]}


@pytest.mark.parametrize(
    "data",
    [
        without("slug"),
        without("edition"),
        without("title"),
        without("area"),
        {**OWN, "edition": 3},
        {**OWN, "area": OWN["area"] + OWN["area"]},
        changed(statements=[]),
        changed(label={"fr": "Seulement"}),
        changed(statements=["texte"] * 4),
    ],
)
def test_what_is_no_instrument(data):
    with pytest.raises(BadInstrument):
        read_questions(data)


@pytest.mark.django_db
def test_another_instrument_is_loaded_by_a_command(tmp_path, capsys):
    path = tmp_path / "other.toml"
    text = (FOLDER / "digcomp.toml").read_text(encoding="utf-8")
    path.write_text(text.replace('slug = "digcomp"', 'slug = "other"'), encoding="utf-8")
    call_command("load_instrument", path)
    call_command("load_instrument", path)
    assert Instrument.objects.filter(slug="other").count() == 1
    path.write_text(text.replace('slug = "digcomp"', 'slug = "other"') + "\n[x]\n", encoding="utf-8")
    with pytest.raises(CommandError):
        call_command("load_instrument", path)  # the same edition with another content
    for bad in ("slug", b"\xff"):
        path.write_bytes(bad if isinstance(bad, bytes) else bad.encode())
        with pytest.raises(CommandError):
            call_command("load_instrument", path)
    with pytest.raises(CommandError):
        call_command("load_instrument", tmp_path / "absent.toml")


@pytest.mark.django_db
def test_those_of_the_house_are_there_and_loaded_by_the_machine_alone():
    assert Instrument.objects.get().slug == "digcomp"
    assert load_own_instruments(actor=SYSTEM, now=timezone.now()) == 0
    with pytest.raises((NotFound, Refused)):
        load_instrument(actor=UserFactory(), path=FOLDER / "digcomp.toml", now=timezone.now())
