"""DigComp by name, read from the starter table, and what a bad table is answered."""

from pathlib import Path

import pytest

from competences.importers import digcomp
from competences.importers.base import Claim, Key
from competences.importers.source import BrokenSource, Source
from competences.starter import people

FOLDER = Path(people.__file__).parent / "digcomp"
HEADER = "code,kind,label_fr,label_en\n"


def read(tmp_path: Path, text: str, number: str | None = "3.0"):
    (tmp_path / "digcomp.csv").write_text(text, encoding="utf-8")
    return digcomp.parse([Source(tmp_path)], Claim(number))


def test_areas_competences_and_their_links():
    edition = digcomp.parse([Source(FOLDER)], Claim("3.0"))
    assert (edition.number, edition.counts()) == ("3.0", {"area": 5, "skill": 21, "links": 0})
    parts = edition.links["part_of"]
    assert len(parts) == 21
    assert (Key("skill", "4.2"), Key("area", "digcomp:4")) in parts
    state = edition.concepts[Key("skill", "1.2")]
    assert (edition.language, state.label) == ("fr", "Évaluer l’information")
    assert edition.translations["en"][Key("skill", "1.2")].label == "Evaluating information"
    assert {"level", "statement"} <= edition.unstated_scopes


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (HEADER + "1,area,A,A\n1,area,B,B\n", "duplicate_id", 3),
        (HEADER + "1,chapter,A,A\n", "unknown_value", 2),
        (HEADER + "1,area,A,A\n2.1,competence,B,B\n", "unknown_id", 3),
        (HEADER + "1,area,A\n", "ragged_row", 2),
        ("code,kind,label_fr\n", "missing_column", 1),
        ("", "empty_file", 0),
    ],
)
def test_a_bad_table_is_refused_with_its_line(tmp_path, text, code, line):
    with pytest.raises(BrokenSource) as refusal:
        read(tmp_path, text)
    assert [(a.code, a.line) for a in refusal.value.anomalies] == [(code, line)]


def test_the_number_is_asked_for(tmp_path):
    with pytest.raises(BrokenSource) as refusal:
        read(tmp_path, HEADER, number=None)
    assert refusal.value.anomalies[0].code == "no_number"


def test_the_table_must_be_there(tmp_path):
    (tmp_path / "other.csv").write_text(HEADER)
    with pytest.raises(BrokenSource) as refusal:
        digcomp.parse([Source(tmp_path)], Claim("3.0"))
    assert refusal.value.anomalies[0].code == "missing_file"
