"""An organisation's own table: what is read, what each bad row is answered, and the rows sent again."""

import csv
import io
import zipfile

import pytest

from competences.importers import own, own_table
from competences.importers.base import Claim, Key
from competences.importers.source import MAX_ANOMALIES, BrokenSource, Source

HEADER = "code_metier;metier;code_competence;competence;coeur;remplace\n"
GOOD = (
    "M1;Soudeur;C1;Souder à l’arc;oui;\nM1;Soudeur;C2;Lire un plan;;C9\nM2;Monteuse;C2;Lire un plan;non;C8\n"
)


def parse(tmp_path, content, name="table.csv", number="2026.1"):
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return own.parse([Source(path)], Claim(number))


def refusals(tmp_path, content, **options):
    with pytest.raises(BrokenSource) as refusal:
        parse(tmp_path, content, **options)
    return refusal.value.anomalies


def test_jobs_titles_skills_links_and_successors(tmp_path):
    edition = parse(tmp_path, HEADER + GOOD)
    assert (edition.format, edition.number) == ("own", "2026.1")
    assert edition.counts() == {"job": 2, "title": 2, "skill": 2, "links": 3}
    assert edition.links["title_of"] == {
        (Key("title", "M1"), Key("job", "M1")): "",
        (Key("title", "M2"), Key("job", "M2")): "",
    }
    assert edition.links["uses"] == {
        (Key("job", "M1"), Key("skill", "C1")): "principale",
        (Key("job", "M1"), Key("skill", "C2")): "",
        (Key("job", "M2"), Key("skill", "C2")): "",
    }
    assert edition.successors == {
        Key("skill", "C9"): Key("skill", "C2"),
        Key("skill", "C8"): Key("skill", "C2"),
    }
    assert edition.anomalies == []


@pytest.mark.parametrize(
    "content",
    [
        "\ufeff" + HEADER + GOOD,
        (HEADER + GOOD).replace(";", ","),
        (HEADER + GOOD).replace(";", "\t"),
        (HEADER + GOOD).replace("\n", "\r\n"),
        "Job code;JOB;Skill-ID;Skill;Core;Replaces\n" + GOOD,
        "Code métier;Métier;Code compétence;Compétence;Cœur;Remplace\n" + GOOD + "\n;;;;;\n",
        "coeur;code_competence;competence;code_metier;metier;remplace\n"
        "oui;C1;Souder à l’arc;M1;Soudeur;\n;C2;Lire un plan;M1;Soudeur;C9\n"
        "n;C2;Lire un plan;M2;Monteuse;C8\n",
        HEADER + GOOD.replace("Lire un plan", '"Lire\n un  plan"'),
    ],
    ids=["mark", "comma", "tab", "crlf", "english", "accents", "order", "line-end"],
)
def test_the_same_table_however_it_is_written(tmp_path, content):
    plain = parse(tmp_path, HEADER + GOOD)
    found = parse(tmp_path, content)
    assert (found.concepts, found.links, found.successors) == (plain.concepts, plain.links, plain.successors)


def test_windows_1252_is_read_and_told(tmp_path):
    edition = parse(tmp_path, (HEADER + GOOD).encode("cp1252"))
    assert edition.concepts[Key("skill", "C1")].label == "Souder à l’arc"
    assert [a.code for a in edition.anomalies] == ["windows_1252"]


def test_a_column_of_somebody_else_is_left_aside_and_told(tmp_path):
    edition = parse(tmp_path, HEADER.strip() + ";service\n" + GOOD.replace("\n", ";Atelier\n"))
    assert [a.code for a in edition.anomalies] == ["unknown_column"]


def test_a_cell_that_looks_like_a_formula_is_text(tmp_path):
    edition = parse(tmp_path, HEADER + '"M1";"=SUM(A1)";C1;"\'-souder";oui;\n')
    assert edition.concepts[Key("job", "M1")].label == "=SUM(A1)"
    assert edition.concepts[Key("skill", "C1")].label == "-souder"


def test_signs_that_some_scripts_need_stay(tmp_path):
    label = "ک\u200cار \u2028 co\u00adopérer"
    edition = parse(tmp_path, HEADER + f"M1;A;C1;{label};oui;\n")
    assert edition.concepts[Key("skill", "C1")].label == "ک\u200cار co\u00adopérer"


@pytest.mark.parametrize("word", ["oui", "X", "1", "Vrai", "yes", "Cœur", " OUI "])
def test_words_that_say_core(tmp_path, word):
    edition = parse(tmp_path, HEADER + f"M1;A;C1;B;{word};\n")
    assert set(edition.links["uses"].values()) == {"principale"}


BAD_ROWS = [
    (";Soudeur;C3;Braser;oui;", "blank", 1),
    ("M1; ;C3;Braser;oui;", "blank", 2),
    ("M1;Soudeur;;Braser;oui;", "blank", 3),
    ("M1;Soudeur;C3;\t;oui;", "blank", 4),
    ("M1;Soudeuse;C3;Braser;oui;", "two_labels", 2),
    ("M3;Grutier;C2;Lire des plans;oui;", "two_labels", 4),
    ("M1;Soudeur;C3;Braser;peut-être;", "unknown_value", 5),
    ("M1;Soudeur;C3;Braser;✓;", "unknown_value", 5),
    ("M1;Soudeur;C3;Braser;oui", "ragged_row", 6),
    ("M1;Soudeur;C3;Braser;oui;;;", "ragged_row", 7),
    ("M1;Soudeur;C1;Souder à l’arc;non;", "duplicate_row", 3),
    (f"M1;Soudeur;C3;{'a' * 501};oui;", "too_long", 4),
    (f"{'9' * 101};Soudeur;C3;Braser;oui;", "too_long", 1),
    ("M/1;Soudeur;C3;Braser;oui;", "bad_code", 1),
    ("M1;Soudeur;=C3;Braser;oui;", "bad_code", 3),
    ("M1;Soudeur;C3;Braser \x00;oui;", "bad_character", 4),
    ("M1;Soudeur;C3;Braser \uffff;oui;", "bad_character", 4),
    ("M9;Sou\u202eruesd;C3;Braser;oui;", "unseen_character", 2),
    ("M1;Soudeur;C3;Bra\u200bser;oui;", "unseen_character", 4),
    ("M1;Soudeur;C3\u2066;Braser;oui;", "unseen_character", 3),
    ("M1;Soudeur;C3;Braser;oui\u200f;", "unseen_character", 5),
    ("M1;Soudeur;C3;Braser\U000e0041;oui;", "unseen_character", 4),
    ("M1;Soudeur;C3;Braser;oui;C1", "still_listed", 6),
    ("M1;Soudeur;C3;Braser;oui;C9", "two_successors", 6),
    ("M1;Soudeur;C3;Braser;oui;C3", "still_listed", 6),
]


@pytest.mark.parametrize(
    ("row", "code", "column"), BAD_ROWS, ids=[f"{n}-{r[1]}" for n, r in enumerate(BAD_ROWS)]
)
def test_a_bad_row_is_told_by_its_line_and_column(tmp_path, row, code, column):
    [found] = refusals(tmp_path, HEADER + GOOD + row + "\n")
    assert (found.file, found.line, found.column, found.code) == ("table.csv", 5, column, code)


def test_every_fault_is_told_with_the_line_on_which_its_row_starts(tmp_path):
    text = HEADER + 'M1;"Sou\ndeur";C1;Souder;non-dit;\n;;C1;;;\n'
    told = [(a.line, a.column, a.code) for a in refusals(tmp_path, text)]
    assert told == [(2, 5, "unknown_value"), (4, 1, "blank"), (4, 2, "blank"), (4, 4, "blank")]


def test_faults_beyond_the_limit_are_counted(tmp_path):
    told = refusals(tmp_path, HEADER + ";a;b;c;;\n" * (MAX_ANOMALIES + 7))
    assert len(told) == MAX_ANOMALIES + 1
    assert (told[-1].code, "7" in told[-1].message) == ("more", True)


UNREADABLE = [
    (b"", "empty_file", (0, 0)),
    (b"\xef\xbb\xbf", "empty_file", (0, 0)),
    (HEADER.encode(), "no_row", (1, 0)),
    (b"code_metier;metier\nM1;A\n", "missing_column", (1, 0)),
    (b"metier;metier;code_metier\n", "duplicate_column", (1, 2)),
    (HEADER.encode() + b'M1;"Soudeur;C1;B;;\nM2;b', "malformed", (3, 0)),
    (HEADER.encode() + b"M1;Soudeur \x81;C1;B;;\n", "encoding", (2, 12)),
    (b"PK\x03\x04 and the rest", "not_csv", (0, 0)),
    ("a;b\n".encode("utf-16"), "not_csv", (0, 0)),
    (HEADER.encode() + b"M1;A;C1;B;;\n" * (own_table.MAX_ROWS + 1), "too_large", (own_table.MAX_ROWS + 2, 0)),
    (b"a" * (own_table.MAX_BYTES + 1), "too_large", (0, 0)),
]


@pytest.mark.parametrize(
    ("content", "code", "place"), UNREADABLE, ids=[str(n) for n in range(len(UNREADABLE))]
)
def test_a_file_whose_rows_cannot_be_told_apart_is_refused(tmp_path, content, code, place):
    [found] = refusals(tmp_path, content)
    assert (found.code, (found.line, found.column)) == (code, place)


def test_the_number_is_asked_for_and_the_name_must_be_a_csv(tmp_path):
    assert [a.code for a in refusals(tmp_path, HEADER + GOOD, number=None)] == ["no_number"]
    assert [a.code for a in refusals(tmp_path, "{}", name="table.json")] == ["not_csv"]


def test_a_zip_with_one_table_is_read_and_with_two_refused(tmp_path):
    path = tmp_path / "tables.zip"
    for names in (["a.csv"], ["a.csv", "b.csv"]):
        with zipfile.ZipFile(path, "w") as archive:
            for name in names:
                archive.writestr(name, HEADER + GOOD)
        if len(names) == 1:
            assert own.parse([Source(path)], Claim("1")).counts()["job"] == 2
    with pytest.raises(BrokenSource) as refusal:
        own.parse([Source(path)], Claim("1"))
    assert [a.code for a in refusal.value.anomalies] == ["too_many_sources"]


# The rows sent again ---------------------------------------------------------------------------------------


def rows_of(text):
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))


def table(text):
    return own_table.read("table.csv", text.encode())


BAD = HEADER + GOOD + "M3;=Formule;C5;+Percer;bof;\nM3;;C5;+Percer;;\n"


def test_the_failed_rows_alone_with_what_is_wrong_and_nothing_that_runs():
    header, *rows = rows_of(own_table.failed_rows(table(BAD)))
    assert header == [*own_table.COLUMNS, own_table.PROBLEM]
    assert [row[:6] for row in rows] == [
        ["M3", "'=Formule", "C5", "'+Percer", "bof", ""],
        ["M3", "", "C5", "'+Percer", "", ""],
    ]
    assert all(row[6] for row in rows)


def test_failed_rows_mended_complete_the_good_ones():
    failed = own_table.failed_rows(table(BAD))
    # Of the two bad rows one is mended, the other taken out.
    mend = table("".join(failed.replace("bof", "oui").splitlines(keepends=True)[:2]))
    whole = table(own_table.mended(table(BAD), mend))
    assert whole.failed == []
    assert [row.cells for row in whole.rows] == [
        *(row.cells for row in table(HEADER + GOOD).rows),
        ["M3", "=Formule", "C5", "+Percer", "oui", ""],
    ]


def test_a_row_that_is_still_bad_fails_again():
    whole = table(own_table.mended(table(BAD), table(own_table.failed_rows(table(BAD)))))
    assert [len(row.faults) for row in whole.rows] == [0, 0, 0, 1, 1]


def test_the_template_is_a_good_table():
    found = table(own_table.template())
    assert (len(found.rows), found.failed) == (2, [])
