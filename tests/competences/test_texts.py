"""Texts and names that people type, without the signs that nobody sees."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competences.rules.texts import NAME_BYTES, file_name, one_line, some_lines

NAMES = [
    ("Attestation d’Été.pdf", "pdf", "Attestation d’Été.pdf"),
    ("../../etc/passwd", "pdf", "passwd.pdf"),
    ("C:\\Users\\moi\\diplome.PDF", "pdf", "diplome.pdf"),
    ("facture_\u202efdp.exe", "pdf", "facture_fdp.pdf"),
    ("a\r\nSet-Cookie: x=1.png", "png", "a Set-Cookie_ x=1.png"),
    ("\x00\u2066.\u200f", "jpg", "fichier.jpg"),
    (".htaccess", "png", "htaccess.png"),
    ("photo", "jpg", "photo.jpg"),
    ("", "webp", "fichier.webp"),
    ("e\u0301t\u00e9.jpeg", "jpg", "été.jpg"),
]


@pytest.mark.parametrize(("name", "ending", "expected"), NAMES)
def test_a_file_is_called_by_its_name_alone(name, ending, expected):
    assert file_name(name, ending) == expected


@given(st.text(), st.sampled_from(["pdf", "jpg", "webp"]))
def test_any_name_fits_a_folder_a_header_and_a_line(name, ending):
    made = file_name(name, ending)
    assert made.endswith(f".{ending}")
    assert len(made.encode()) <= NAME_BYTES
    assert not set(made) & set('/\\\r\n\x00:"')
    assert file_name(made, ending) == made


@given(st.text())
def test_a_line_is_one_line_and_stays_so(text):
    made = one_line(text)
    assert not any(unicodedata.category(c) in ("Cc", "Cf") for c in made)
    assert one_line(made) == made


@given(st.text())
def test_lines_hold_no_sign_that_turns_the_text(text):
    made = some_lines(text)
    assert not set(made) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\x00\r\x1b")
    assert some_lines(made) == made


def test_lines_stay_lines():
    assert (
        some_lines(" Bonjour,\r\n\r\n\r\n\r\n\u202eet merci \u200d👩\u200d🔧\x00 ")
        == "Bonjour,\n\net merci \u200d👩\u200d🔧"
    )
