"""Reading files of a source: line ends, short rows, headers and the checksum of a part."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competences.importers.source import Anomalies, Source, _lines


def source(folder: Path, **files: bytes) -> Source:
    for name, content in files.items():
        (folder / f"{name}.csv").write_bytes(content)
    return Source(folder)


@given(st.text(alphabet="a,\n\r\u2028\x0b", max_size=40))
def test_lines_are_the_whole_text_cut_after_its_line_ends(text):
    lines = list(_lines(text))
    assert "".join(lines) == text
    for line in lines:
        assert line
        assert not {"\n", "\r"} & set(line.rstrip("\r\n"))


@pytest.mark.parametrize("ends", [("\n", "\n"), ("\r\n", "\n"), ("\r", "\r\n"), ("\r", "\r")])
def test_rows_whatever_the_line_ends(tmp_path, ends):
    text = f"a,b{ends[0]}1,2{ends[1]}3,4"
    rows = source(tmp_path, t=text.encode()).rows("t.csv", ("a", "b"), Anomalies())
    assert list(rows) == [(2, ["1", "2"]), (3, ["3", "4"])]


def test_short_rows_are_errors_unless_their_producer_drops_empty_ends(tmp_path):
    found = source(tmp_path, t=b"a,b,c\n1\n\n1,2,3,4\n1,2,3\n")
    strict, padded = Anomalies(), Anomalies()
    assert [tuple(row) for _line, row in found.rows("t.csv", ("a", "c"), strict)] == [("1", "3")]
    assert [(e.line, e.column) for e in strict.errors] == [(2, 2), (4, 4)]
    rows = found.rows("t.csv", ("a", "c"), padded, padded=True)
    assert [tuple(row) for _line, row in rows] == [("1", ""), ("1", "3")]
    assert [e.line for e in padded.errors] == [4]


def test_a_part_has_one_checksum_wherever_it_is(tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "both").mkdir()
    one = source(tmp_path / "one", a=b"x", b=b"y")
    both = source(tmp_path / "both", b=b"y", a=b"x", c=b"z")
    assert both.checksum(["b.csv", "a.csv"]) == one.sha256
    assert both.sha256 != one.sha256


@pytest.mark.parametrize(
    ("content", "header"),
    [
        (b"\xef\xbb\xbfa,b\r\n1,2", ["a", "b"]),
        (b'"a b",c', ["a b", "c"]),
        (b"", []),
        (b"\xff,b\n", ["\ufffd", "b"]),
    ],
)
def test_a_header_is_read_as_far_as_it_can_be(tmp_path, content, header):
    assert source(tmp_path, t=content).header("t.csv") == header
