"""Reading files of a source: line ends, short rows, headers and the checksum of a part."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competences.importers.source import Anomalies, Source, _all_quoted, _lines


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


CELL = st.text(alphabet='a,"\n\r\u2028', max_size=3)


@given(st.lists(st.tuples(CELL, CELL, CELL), max_size=4), st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
def test_quoted_cells_are_those_of_the_csv_module(records, quoting):
    text = io.StringIO(newline="")
    csv.writer(text, quoting=quoting, lineterminator="\n").writerows([("x", "y", "z"), *records])
    for whole in (text.getvalue(), text.getvalue().removesuffix("\n"), text.getvalue() + '"a"'):
        if found := _all_quoted(whole):
            header, columns = found
            assert [tuple(header), *zip(*columns, strict=True)] == [
                tuple(cells) for cells in csv.reader(io.StringIO(whole, newline=""), strict=True)
            ]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ('"a","b"\n"1","2"\n"","3"\n', True),
        ('"a","b"\n"1","2"', True),
        ('"a"\n', True),
        ('"a","b"\n"1","say ""2"""\n', False),
        ('"a","b"\n"1","2\n3"\n', False),
        ('"a","b"\r\n"1","2"\r\n', False),
        ('"a","b"\n"1","2","3"\n', False),
        ('"a","b"\n"1"\n"2"\n', False),
        ('"a","b"\n\n"1","2"\n', False),
        ('"a","b"\n"1" ,"2"\n', False),
        ('"a","b"\n"1","2', False),
        ("a,b\n1,2\n", False),
        ("", False),
    ],
)
def test_the_short_way_is_for_the_plainest_text_alone(text, plain):
    assert (_all_quoted(text) is not None) == plain
