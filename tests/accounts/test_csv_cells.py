"""CSV cells that no spreadsheet runs, and that are read back as they were."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.rules.csv_cells import csv_text, plain_cell, safe_cell

RUN = [
    "=1+1",
    "+A1",
    "-1-1",
    "-1,5,",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\u00a0=1",
    "＝1",
    "＋1",
    "－1",
    "＠A",
    "'=1",
]
KEPT = ["", "-12", "+3,5", "4.0", "word", "C++", "C#", "l’atelier", "'quoted'", "1=1", "a\n=b", "a-b"]


@pytest.mark.parametrize("text", RUN)
def test_what_a_spreadsheet_would_run_stands_behind_an_apostrophe(text):
    assert safe_cell(text) == "'" + text


@pytest.mark.parametrize("text", KEPT)
def test_any_other_text_is_as_it_was(text):
    assert safe_cell(text) == text
    assert plain_cell(text) == text


@given(st.text(alphabet=st.characters() | st.sampled_from("'=+-@\t\r\n ")))
def test_reading_undoes_writing(text):
    assert plain_cell(safe_cell(text)) == text
    cell = safe_cell(text)
    is_number = re.fullmatch(r"[+-][0-9]+([.,][0-9]+)?", cell)
    assert is_number or cell.lstrip()[:1] not in tuple("=+-@＝＋－＠")


@given(
    st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2), max_size=5)
)
def test_a_file_says_what_it_was_given(rows):
    text = csv_text(("a", "b"), rows)
    found = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))
    assert [[plain_cell(cell) for cell in row] for row in found[1:]] == rows


def test_numbers_stay_numbers():
    assert csv_text(("n", "m"), [(-3, None)]) == "\ufeffn;m\r\n-3;\r\n"
