"""No cell of a file begins a formula, and figures stay figures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competences.rules.csv_cells import safe_cell


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "=cmd|' /C calc'!A0",
        "+SUM(A1)",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "--1",
        "+",
        "-",
        "-1,2,3",
        "-1e5",
        "-１",
        "-1\n",
        "=12",
    ],
)
def test_what_may_run_is_text(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "-12", "+3,5", "-0.25", "C#", "C++", "a=b", "1-2", "'=1", " =1"])
def test_the_rest_stays_as_it_is(text):
    assert safe_cell(text) == text


@given(st.text())
def test_nothing_is_lost_and_no_start_is_left(text):
    safe = safe_cell(text)
    assert safe in (text, f"'{text}")
    assert safe[:1] not in tuple("=@\t\r")
