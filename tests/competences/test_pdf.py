"""What people typed, however strange, is compiled in one run or two, and never breaks the compiler."""

import unicodedata

import typst
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from competences import pdf
from competences.pdf import make_pdf
from competences.rules.printed_signs import RANGES, printable

EMPTY = {
    "title": "t",
    "author": "",
    "description": "",
    "lang": "fr",
    "date": [2026, 3, 12],
    "footer": "",
    "heading": "t",
    "headline": "",
    "contact": [],
    "sections": [],
    "attachment": {"name": "resume.json", "description": "d"},
}


def made(*paragraphs):
    section = {"title": "s", "paragraphs": list(paragraphs), "lines": [], "entries": []}
    return make_pdf("cv", {**EMPTY, "sections": [section]}, {})


def counted(monkeypatch):
    runs = []
    compile = typst.compile

    def run(*args, **options):
        runs.append(1)
        return compile(*args, **options)

    monkeypatch.setattr(pdf.typst, "compile", run)
    return runs


def test_a_page_of_signs_without_a_shape_is_compiled_once(monkeypatch):
    runs = counted(monkeypatch)
    signs = [chr(0x4E00 + number) for number in range(1500)]
    assert made("".join(signs)).unprintable == set(signs)
    assert len(runs) == 1


MARKS = ["م\u0614", "?\u0941?", "a\u20dd", "\u0670", "\u073f\u0740", "नमस्ते", "สวัสดี", "e\u0301" * 40, "👩‍💻"]


def test_marks_that_no_font_has_break_nothing():
    for text in MARKS:
        assert made(text, f" {text}", f"{text} ab").content.startswith(b"%PDF-"), text


def test_each_sign_of_the_ranges_is_printed():
    places = (chr(place) for first, last in RANGES for place in range(first, last + 1))
    # Two brackets are composed into those of Chinese.
    signs = [sign for sign in places if unicodedata.is_normalized("NFC", sign)]
    for start in range(0, len(signs), 500):
        assert not made(*(f"a{sign}" for sign in signs[start : start + 500])).unprintable


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(st.characters(min_codepoint=0x300, max_codepoint=0x2FFF), max_size=120))
def test_no_run_of_scripts_and_marks_breaks_the_compiler(text):
    assert made(text, f"ab {text}").content.startswith(b"%PDF-")


def test_ranges_stand_in_order_and_apart():
    ends = [place for pair in RANGES for place in pair]
    assert ends == sorted(ends)
    assert len({first for first, _last in RANGES}) == len(RANGES)


@given(st.text(max_size=60))
def test_a_text_of_printed_signs_stays_as_it_is(text):
    shown, _missing = printable(text, "?")
    assert printable(shown, "?") == (shown, set())
