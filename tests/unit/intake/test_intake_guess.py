"""Dialect, encoding and header are found, with a reason."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from importer.errors import ConfigError, SourceError
from importer.intake import Dialect, Guess, Stage, build_stage, guess_dialect
from importer.intake.encodings import find_codec
from importer.intake.header import name_columns

PEOPLE = [
    ("E-Mail", "Name", "City", "Phone"),
    ("ada@example.com", "Ada Exemplar", "Köln", "+49 221 5550100"),
    ("bruno@example.org", "Muster, Bruno", "Besançon", "+33 3 55501"),
    ("ines@example.net", "Inês; Nobody", "Málaga", "0034 95 5550102"),
]


def people(delimiter: str = ",", quote: str = '"', line_end: str = "\n", repeat: int = 1) -> str:
    """Cells quoted where they hold a separator."""
    lines = []
    for row in [PEOPLE[0], *(PEOPLE[1:] * repeat)]:
        cells = [f"{quote}{cell}{quote}" if set(cell) & set(",;") and quote else cell for cell in row]
        lines.append(delimiter.join(cells))
    return line_end.join(lines) + line_end


def guess(tmp_path: Path, content: bytes) -> Guess:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    return guess_dialect(path)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "||", "^", "~", "\x1f", "¦"])
@pytest.mark.parametrize("quote", ['"', "'"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_delimiter_quote_and_line_end_are_found(tmp_path: Path, delimiter: str, quote: str, line_end: str) -> None:
    found = guess(tmp_path, people(delimiter, quote, line_end, 3).encode()).dialect
    assert found == Dialect("utf-8", delimiter, quote, "", line_end, 0, 1)


TIMES = "email,name,at\n" + "".join(f"p{n}@example.com,Ann Lee,10:{n}:00\n" for n in range(10, 50))
ADDRESSES = "email\tpage\n" + "".join(f"p{n}@example.com\thttp://x.example/?a={n}&b=2#c\n" for n in range(20))
AMOUNTS = "id;amount;note\n" + "".join(f"{n};{n},5;a, b\n" for n in range(20))
EITHER = "".join(f"k{n};x,p{n}@example.com;y,Ann {n};z\n" for n in range(20))


@pytest.mark.parametrize(
    ("text", "offered"),
    [(TIMES, [","]), (ADDRESSES, ["\t"]), (AMOUNTS, [";"]), (EITHER, [";", ","]), ("\n" + EITHER, [";", ","])],
)
def test_only_delimiters_that_cut_the_list_are_offered(tmp_path: Path, text: str, offered: list[str]) -> None:
    assert [choice.value for choice in guess(tmp_path, text.encode()).delimiters] == offered


@pytest.mark.parametrize(("text", "silly"), [(TIMES, ":"), (ADDRESSES, "&"), (AMOUNTS, " "), (EITHER, " ")])
def test_without_the_look_at_the_first_row_and_at_words_and_the_score_silly_ones_are_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, silly: str
) -> None:
    """The control."""
    monkeypatch.setattr("importer.intake.candidates._TOKEN", re.compile("(?!)"))
    monkeypatch.setattr("importer.intake.guess._is_plausible", lambda *given: True)
    assert silly in [choice.value for choice in guess(tmp_path, text.encode()).delimiters]


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16-le"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32-le"),
        ("utf-32-be", "utf-32-be"),
        ("cp1252", "cp1252"),
        ("mac-roman", "mac-roman"),
    ],
)
def test_encoding_is_found_and_the_runners_up_are_offered(tmp_path: Path, encoding: str, found: str) -> None:
    result = guess(tmp_path, people(repeat=10).encode(encoding))
    assert result.dialect.encoding == result.encodings[0].value == found
    assert result.dialect.delimiter == ","
    assert len({choice.value for choice in result.encodings}) == len(result.encodings) >= 8
    assert all(choice.reason for choice in result.encodings)


def test_a_character_across_two_scan_blocks_is_valid_utf8(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for size in range(1, 9):
        monkeypatch.setattr("importer.intake.scan.SCAN_BYTES", size)
        result = guess(tmp_path, "name,x\né😀€,ü\n".encode())
        assert result.encodings[0].reason == "The whole file is valid UTF-8."


def test_one_cp1252_line_does_not_turn_a_utf8_list_into_cp1252(tmp_path: Path) -> None:
    result = guess(tmp_path, people(repeat=5).encode() + b"x@example.com,Mu\xf1oz,Ulm,1\n")
    assert result.dialect.encoding == "utf-8"
    assert "1 bytes, which are read as cp1252" in result.encodings[0].reason


def test_bytes_above_ascii_only_at_the_end_of_a_long_file_are_seen(tmp_path: Path) -> None:
    result = guess(tmp_path, b"a,b\n" + b"12,34\n" * 200_000 + "Köln Jörg Müller,Größe\n".encode("cp1252") * 3)
    assert result.dialect.encoding == "cp1252"


def test_one_odd_byte_after_a_line_of_megabytes_is_found_in_no_time(tmp_path: Path) -> None:
    """A pattern that tries every place of the line again would take hours here."""
    result = guess(tmp_path, b"name,note\nx,y\nJos\xe9," + b"x" * 3_000_000 + b"\xe9\nx,y\n")
    assert b"\xe9".decode(result.dialect.encoding) == "é"


def test_sep_line_is_honoured_and_set_apart(tmp_path: Path) -> None:
    found = guess(tmp_path, b"sep=;\r\na,b;c\r\n1,2;3\r\n4,5;6\r\n").dialect
    assert (found.delimiter, found.preamble_rows, found.header_rows) == (";", 1, 1)


def test_preamble_is_set_apart(tmp_path: Path) -> None:
    found = guess(tmp_path, b"Report of the day\nMade by: nobody\n\n" + people(repeat=3).encode())
    assert (found.dialect.preamble_rows, found.dialect.header_rows) == (3, 1)
    path = tmp_path / "list.csv"
    report = build_stage(path, found.dialect, tmp_path / "stage")
    assert report.columns == PEOPLE[0]
    assert report.problem_counts == {"preamble": 2, "blank_line": 1}
    assert report.audit.set_aside == 4


@pytest.mark.parametrize(
    ("content", "header_rows", "reason"),
    [
        (b"email,n\na@example.com,1\n", 1, "only words"),
        (b"a@example.com,Ann\nb@example.com,Bob\n", 0, "an e-mail address"),
        (b"1,2\n3,4\n", 0, "numbers or dates"),
        (b"name,city\nAnn,Ulm\n", 1, "names that columns often have"),
        (b"Ann,Ulm\nBob,Ulm\nAnn,Bonn\n", 0, "come again"),
        (b"email,name\n", 1, "one row only"),
    ],
)
def test_header_is_found_or_not_with_a_reason(tmp_path: Path, content: bytes, header_rows: int, reason: str) -> None:
    found = guess(tmp_path, content)
    assert found.dialect.header_rows == header_rows
    assert reason in found.header_reason


@pytest.mark.parametrize(
    "content", [b"email\na@example.com\nb@example.com\n", b"note\none word\nthree words here\nand, more\n"]
)
def test_a_list_of_one_column_stays_one_column(tmp_path: Path, content: bytes) -> None:
    dialect = guess(tmp_path, content).dialect
    report = build_stage(tmp_path / "list.csv", dialect, tmp_path / "stage")
    assert len(report.columns) == 1
    assert report.rows == content.count(b"\n") - 1
    assert not report.problem_counts


def test_a_comma_after_every_row_does_not_shift_columns(tmp_path: Path) -> None:
    content = b"email,name\na@example.com,Ann,\nb@example.com,Bob,\n"
    dialect = guess(tmp_path, content).dialect
    report = build_stage(tmp_path / "list.csv", dialect, tmp_path / "stage")
    assert report.columns == ("email", "name", "column_3")
    assert report.problem_counts == {"empty_header": 1}


def test_quote_in_names_is_not_taken_for_a_quote(tmp_path: Path) -> None:
    content = b"name,city\nO'Neil,Ulm\nD'Arc,Orl'eans\n'x,Bonn\n"
    dialect = guess(tmp_path, content).dialect
    report = build_stage(tmp_path / "list.csv", dialect, tmp_path / "stage")
    assert (report.rows, report.problem_counts) == (3, {})


@pytest.mark.parametrize(
    ("content", "quote"),
    [
        ('email,city,note\na@x.org,\'\',ok\nb@x.org,Leeds,"say ""hi"""\nc@x.org,York,\n', '"'),
        ('email,city,note\na@x.org,\'\',ok\nb@x.org,Leeds,""""\nc@x.org,York,\n', '"'),
        ("email,city,note\na@x.org,'',ok\nb@x.org,Leeds,no\nc@x.org,York,\n", ""),
        ("email,name\na@x.org,'t Hooft\nb@x.org,'s-Gravenhage'\nc@x.org,Ann\n", ""),
        ("email,name\na@x.org,'Bob'\nb@x.org,'Lee'\nc@x.org,Ann\n", ""),
        ("email,name\na@x.org,'Bob'\nb@x.org,'Lee'\nc@x.org,\n", "'"),
        ("email,name\na@x.org,'Lee, Bob'\nb@x.org,Ann\nc@x.org,Cat\n", "'"),
        ("email,name\na@x.org,'O''Neil'\nb@x.org,'D''Or'\nc@x.org,Cat\n", "'"),
        ("email,name\n'a@x.org','Bob \"B\" Lee'\n'b@x.org','\"Ann\"'\n'c@x.org','Lee, \"Cat\"'\n", "'"),
    ],
)
def test_an_apostrophe_is_the_quote_only_where_several_rows_prove_it(
    tmp_path: Path, content: str, quote: str
) -> None:
    assert guess(tmp_path, content.encode()).dialect.quote == quote


@pytest.mark.parametrize(
    ("content", "row"),
    [
        (b'email,name\na@example.com,"x\nb@example.com,y\n', 2),
        (b'email,name\na@example.com,x\nb@example.com,"y\n', 3),
        (b'email,name\na@example.com,"x\n', 2),
        (b'email;name\na@example.com;"x\nb@example.com;y\nc@example.com;z\n', 2),
        (b'email\tname\na@example.com\t"x\nb@example.com\ty\n', 2),
    ],
)
def test_a_quote_that_never_closes_is_listed_in_a_tiny_list_too(tmp_path: Path, content: bytes, row: int) -> None:
    dialect = guess(tmp_path, content).dialect
    build_stage(tmp_path / "list.csv", dialect, tmp_path / "stage")
    stage = Stage.open(tmp_path / "stage", tmp_path / "list.csv")
    assert dialect.quote == '"'
    assert [(problem.code, problem.row) for problem in stage.problems()] == [("unclosed_quote", row)]
    assert stage.rows == content.count(b"\n") - 1


@pytest.mark.parametrize(
    "content",
    [b'item,size\nscrew,5"\nbolt,6"\n', b'email,name\na@example.com,"x" Joe\nb@example.com,"y" Ann\n'],
)
def test_a_sign_that_never_closes_a_cell_is_no_quote(tmp_path: Path, content: bytes) -> None:
    dialect = guess(tmp_path, content).dialect
    report = build_stage(tmp_path / "list.csv", dialect, tmp_path / "stage")
    assert (dialect.quote, report.rows, report.problem_counts) == ("", 2, {})


def test_names_of_columns_become_unique() -> None:
    assert name_columns(["email", "email", "", "email_2", "email"], 6)[0] == (
        ("email", "email_3", "column_3", "email_2", "email_4", "column_6")
    )
    assert name_columns(["a", "b"], 2) == (("a", "b"), [])
    assert name_columns([], 2, has_header=False) == (("column_1", "column_2"), [])
    assert [code for code, _ in name_columns(["a", "a", ""], 3)[1]] == ["duplicate_header", "empty_header"]


def test_16384_columns_of_one_name_or_none_are_named_at_once() -> None:
    """Each looked for among all before it would take minutes."""
    named, unnamed = name_columns(["x"] * 16_384, 16_384), name_columns([], 16_384)
    assert (named[0][0], named[0][1], named[0][-1], len(named[1])) == ("x", "x_2", "x_16384", 16_383)
    assert (unnamed[0][0], unnamed[0][-1], len(unnamed[1])) == ("column_1", "column_16384", 16_384)


def test_dialect_survives_json_and_refuses_nonsense() -> None:
    dialect = Dialect("cp1252", ";", "'", "\\", "\r\n", 2, 0)
    assert Dialect.from_dict({**dialect.to_dict(), "later": 1}) == dialect
    for wrong in ({"delimiter": ""}, {"delimiter": "\n"}, {"quote": '""'}, {"delimiter": '"'}, {"header_rows": -1}):
        with pytest.raises(ConfigError):
            Dialect(**wrong)


@pytest.mark.parametrize("encoding", ["no-such", "utf-7", "rot13", "hex", "unicode_escape", "idna", "zlib"])
def test_an_encoding_that_no_list_has_is_refused(encoding: str) -> None:
    with pytest.raises(SourceError):
        find_codec(encoding)


@pytest.mark.parametrize("encoding", ["latin-1", "cp037", "mac_roman", "shift_jis", "euc_kr", "koi8-r", "cp437"])
def test_the_usual_encodings_are_known(encoding: str) -> None:
    assert find_codec(encoding).unit == 1


@pytest.mark.parametrize("piece", ["\n", "\n ", "#\n", '"\n', "(   ", "{", "a@", "a:", '"a'])
def test_a_list_that_repeats_one_sign_is_read_in_time_that_grows_with_its_length(tmp_path: Path, piece: str) -> None:
    """Counted in seconds of the processor; 60,000 blank lines took 31."""
    path = tmp_path / "list.csv"
    took = []
    for size in (20_000, 80_000):
        path.write_text("email,name\na@example.com,Ann\n" + piece * (size // len(piece)), newline="")
        began = time.process_time()
        guess_dialect(path)
        took.append(time.process_time() - began)
    assert took[1] <= 8 * took[0] + 1.0, took
