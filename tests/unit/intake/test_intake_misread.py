"""Lists that were once read wrongly without a word: quotes around lines, rows below the header, dumps, marks."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.intake import Stage, build_stage, guess_dialect

Told = list[tuple[str, int | None]]


def read(
    folder: Path, text: str | bytes, *, fast: bool = True
) -> tuple[tuple[str, ...], list[tuple[str, ...]], Told]:
    """(columns, rows, reading problems) as the guess reads it; every byte is accounted for."""
    source = folder / "source"
    source.write_bytes(text if isinstance(text, bytes) else text.encode())
    report = build_stage(source, guess_dialect(source).dialect, folder / "stage", fast=fast)
    stage = Stage.open(folder / "stage")
    assert report.audit.unaccounted_bytes == 0
    rows = [row for chunk in stage.chunks() for row in chunk.itertuples(index=False, name=None)]
    return stage.columns, rows, [(found.code, found.row) for found in stage.problems()]


CITIES = (
    ("email", "name", "city"),
    [("ann@example.com", "Ann", "Oslo"), ("bob@example.com", "Sample, Bob", "Rome"), ("cat@example.com", "", "Bern")],
)


IN_QUOTES = {
    "all lines": """
"email,name,city"
"ann@example.com,Ann,Oslo"
"bob@example.com,""Sample, Bob"",Rome"
"cat@example.com,,Bern"
""",
    "not the header": """
email,name,city
"ann@example.com,Ann,Oslo"
"bob@example.com,""Sample, Bob"",Rome"
"cat@example.com,,Bern"
""",
    "cells after them": """
"email,name,city";;
"ann@example.com,Ann,Oslo";;
"bob@example.com,""Sample, Bob"",Rome";;
"cat@example.com,,Bern";;
""",
    "tabs": """
"email\tname\tcity"
"ann@example.com\tAnn\tOslo"
"bob@example.com\tSample, Bob\tRome"
"cat@example.com\t\tBern"
""",
    "quotes inside not doubled": """
"email,name,city"
"ann@example.com,Ann,Oslo"
"bob@example.com,"Sample, Bob",Rome"
"cat@example.com,,Bern"
""",
}


@pytest.mark.parametrize("text", IN_QUOTES.values(), ids=IN_QUOTES)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_quotes_around_whole_lines_are_taken_off(tmp_path: Path, text: str, line_end: str) -> None:
    assert read(tmp_path, text.removeprefix("\n").replace("\n", line_end)) == (*CITIES, [])


@pytest.mark.parametrize(
    "lines", [['"Name"', '"Sample, Ann"', '"Muster, Bob"'], ['"Place"', '"Oslo, Norway"', '"Rome, Italy"']]
)
def test_one_column_of_quoted_text_with_commas_is_no_list_in_quotes(tmp_path: Path, lines: list[str]) -> None:
    """The control."""
    columns, rows, told = read(tmp_path, "\n".join(lines))
    assert (columns, [row[0] for row in rows], told) == (
        (lines[0].strip('"'),),
        [line.strip('"') for line in lines[1:]],
        [],
    )


def test_one_line_in_quotes_is_read_as_a_record_and_told(tmp_path: Path) -> None:
    people = [f"p{at}@example.com,Person {at},Oslo" for at in range(8)]
    text = "\n".join(["email,name,city", *people[:5], '"bob@example.com,Bob,Rome"', *people[5:], ""])
    for fast in (True, False):
        _, rows, told = read(tmp_path, text, fast=fast)
        assert rows[5] == ("bob@example.com", "Bob", "Rome")
        assert (len(rows), told) == (9, [("line_quotes", 7)])


@pytest.mark.parametrize("first", ["unknown,none,Walk-in customer", "no email,no phone,Ann", "tbd,see note,Name"])
def test_a_first_contact_of_words_is_no_second_header(tmp_path: Path, first: str) -> None:
    text = f"Email,Phone,Name\n{first}\n" + "".join(
        f"p{at}@example.com,+49 30 555000{at},Person {at}\n" for at in range(5)
    )
    columns, rows, told = read(tmp_path, text)
    assert (columns, rows[0], len(rows), told) == (
        ("Email", "Phone", "Name"),
        tuple(first.split(",")),
        6,
        [],
    )


ANSWERS = "".join(f"2024-03-0{at} 10:00:00,100,p{at}@example.com,{at}\n" for at in range(1, 4))


def test_rows_of_labels_and_import_ids_of_a_survey_export_are_set_aside(tmp_path: Path) -> None:
    text = (
        "StartDate,Progress,RecipientEmail,Q1\n"
        'Start Date,Progress,Recipient Email,"How likely are you\nto recommend us?"\n'
        '"{""ImportId"":""startDate"",""timeZone"":""UTC""}","{""ImportId"":""progress""}",'
        '"{""ImportId"":""recipientEmail""}","{""ImportId"":""QID1""}"\n' + ANSWERS
    )
    columns, rows, told = read(tmp_path, text)
    assert columns == ("StartDate", "Progress", "RecipientEmail", "Q1")
    assert rows[0] == ("2024-03-01 10:00:00", "100", "p1@example.com", "1")
    assert (len(rows), told) == (3, [("label_row", 2), ("label_row", 3)])


LABELS = [
    "Start date,Progress (%),E-mail of recipient,Score",
    "Start Date,Progress,E-mail,How likely are you to come?",
]


@pytest.mark.parametrize("labels", LABELS)
def test_a_second_row_of_labels_is_set_aside(tmp_path: Path, labels: str) -> None:
    columns, rows, told = read(
        tmp_path,
        f"start_date,progress,recipient_email,q1\n{labels}\n{ANSWERS}",
    )
    assert columns == ("start_date", "progress", "recipient_email", "q1")
    assert (len(rows), told) == (3, [("label_row", 2)])


def test_names_below_titles_of_groups_are_still_joined(tmp_path: Path) -> None:
    """The control: a first row that leaves columns without a name needs the second."""
    columns, rows, _ = read(tmp_path, "When,,Who,What\nstart,progress,email,score\n" + ANSWERS)
    assert (columns, len(rows)) == (("When start", "progress", "Who email", "What score"), 3)


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("blank", [",,", '"","",""', " , , ", ", ,"])
def test_rows_without_a_letter_are_blank_and_told_once(tmp_path: Path, blank: str, fast: bool) -> None:
    people = [("ann@example.com", "Ann", "Oslo"), ("bob@example.com", "", "")]
    lines = ["email,name,city", *(",".join(row) for row in people), *[blank] * 2000, ",,x", ""]
    _, rows, told = read(tmp_path, "\r\n".join(lines), fast=fast)
    assert rows == [*people, ("", "", "x")]
    assert told == [("blank_line", 4)]
    stage = Stage.open(tmp_path / "stage")
    assert stage.problems()[0].message == "Rows 4 to 2,003 are blank; set aside."
    assert (stage.report.audit.set_aside, stage.report.problem_counts) == (2001, {"blank_line": 2000})


DUMP = [
    ("ann@example.com", 'Ann "A" Sample', ""),
    ("bob@example.com", "", "x"),
    ("cat@example.com", "Cat, the", "C:\\temp\\new"),
    ("dan@example.com", "Dan", "two\nlines"),
]


def test_a_quoted_dump_of_mysql_is_read_as_it_was_written(tmp_path: Path) -> None:
    lines = (
        r'"email","name","note"',
        r'"ann@example.com","Ann \"A\" Sample",\N',
        r'"bob@example.com",\N,"x"',
        r'"cat@example.com","Cat, the","C:\\temp\\new"',
        '"dan@example.com","Dan","two\\\nlines"',
    )
    assert read(tmp_path, "\n".join([*lines, ""])) == (("email", "name", "note"), DUMP, [])


@pytest.mark.parametrize("line_end", ["\\n", "\\\n"], ids=["PostgreSQL", "MySQL"])
def test_a_tab_separated_dump_is_read_as_it_was_written(tmp_path: Path, line_end: str) -> None:
    lines = [
        "email\tname\tnote",
        'ann@example.com\tAnn "A" Sample\t\\N',
        "bob@example.com\t\\N\tx",
        r"cat@example.com	Cat, the	C:\\temp\\new",
        f"dan@example.com\tDan\ttwo{line_end}lines",
        r"eve@example.com	a\tb	\\N",
        "",
    ]
    _, rows, told = read(tmp_path, "\n".join(lines))
    assert (rows, told) == ([*DUMP, ("eve@example.com", "a\tb", "\\N")], [])


def test_null_in_a_list_that_doubles_its_quotes_leaves_backslashes_alone(tmp_path: Path) -> None:
    lines = ["email,name,note", r'ann@example.com,"Ann ""A"" Sample",\N', r"bob@example.com,\N,C:\temp\new", ""]
    _, rows, told = read(tmp_path, "\n".join(lines))
    assert (rows, told) == ([DUMP[0], ("bob@example.com", "", "C:\\temp\\new")], [])


def test_a_backslash_in_a_list_that_is_no_dump_stays(tmp_path: Path) -> None:
    """The control: `\\"` tells of an escape, and other signs need none."""
    lines = [
        r'"email","note"',
        r'"ann@example.com","said \"hi\" in C:\new"',
        r'"bob@example.com","\N is a letter"',
        "",
    ]
    _, rows, _ = read(tmp_path, "\n".join(lines))
    assert rows == [("ann@example.com", 'said "hi" in C:\\new'), ("bob@example.com", "\\N is a letter")]


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_a_byte_order_mark_inside_is_no_part_of_a_cell(tmp_path: Path, encoding: str, fast: bool) -> None:
    people = [f"{at},Person {at}" for at in range(100)]
    lines = [
        "\ufeffid,name",
        *people[:50],
        '\ufeff"50",Person 50',
        *people[51:90],
        "90,\ufeffPerson 90",
        *people[91:],
        "",
    ]
    columns, rows, told = read(tmp_path, "\r\n".join(lines).encode(encoding), fast=fast)
    assert columns == ("id", "name")
    assert rows == [(str(at), f"Person {at}") for at in range(100)]
    assert told == [("byte_order_mark", 52), ("byte_order_mark", 92)]


def test_a_mark_that_was_decoded_wrongly_once_is_no_part_of_a_cell_either(tmp_path: Path) -> None:
    columns, rows, told = read(tmp_path, "ï»¿id,name\n1,Zoë\nï»¿2,Bob\n")
    assert (columns, rows, told) == (("id", "name"), [("1", "Zoë"), ("2", "Bob")], [("byte_order_mark", 3)])


SOME_IN_QUOTES = {
    "three columns": ("id,name,city", "{at},Ann,Oslo", ("{at}", "Ann", "Oslo")),
    "two columns": ("email,name", "p{at}@example.com,Ann", ("p{at}@example.com", "Ann")),
    "quotes inside": ("id,name,city", '{at},"Lee, Ann",Oslo', ("{at}", "Lee, Ann", "Oslo")),
    "a blank cell": ("id,name,city", "{at},Ann,", ("{at}", "Ann", "")),
}


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("count", [1, 7, 10, 13, 19])
@pytest.mark.parametrize("kind", SOME_IN_QUOTES)
def test_quotes_around_some_lines_stand_in_no_cell(tmp_path: Path, kind: str, count: int, fast: bool) -> None:
    header, line, cells = SOME_IN_QUOTES[kind]
    lines = [line.replace("{at}", str(1000 + at)) for at in range(20)]
    quoted = ['"' + one.replace('"', '""') + '"' if at < count else one for at, one in enumerate(lines)]
    _, rows, told = read(tmp_path, "\n".join([header, *quoted, ""]), fast=fast)
    assert rows == [tuple(cell.replace("{at}", str(1000 + at)) for cell in cells) for at in range(20)]
    assert {code for code, _ in told} <= {"line_quotes"}


@pytest.mark.parametrize("row", ['"Lee, Ann"', '"Lee, Ann, Oslo"'])
def test_one_cell_in_quotes_with_a_comma_and_a_space_is_a_short_row(tmp_path: Path, row: str) -> None:
    """The control."""
    people = "".join(f"Person {at},{at},Oslo\n" for at in range(9))
    _, rows, told = read(tmp_path, f"name,id,city\n{people}{row}\n")
    assert (rows[-1], told) == ((row.strip('"'), "", ""), [("row_too_short", 11)])


@pytest.mark.parametrize(
    ("text", "doubts"),
    [
        ("id|path|city\n1|C:\\\\x|Oslo\n2|D:\\\\y|Rome\n", [True]),
        ("id|note|city\n1|a\\nb|Oslo\n2|x|Rome\n", [False]),
        ("id|path|city\n1|C:\\Users|Oslo\n2|C:\\new|Rome\n", []),
        ("id,path,city\n1,C:\\\\x,Oslo\n2,D:\\\\y,Rome\n", []),
    ],
    ids=["doubled in two rows", "a letter", "paths", "commas"],
)
def test_backslashes_that_may_be_escapes_are_told(tmp_path: Path, text: str, doubts: list[bool]) -> None:
    read(tmp_path, text)
    warnings = Stage.open(tmp_path / "stage").report.warnings
    assert [warning.is_doubt for warning in warnings if warning.code == "maybe_escapes"] == doubts


def test_quotes_that_a_spreadsheet_needs_beside_backslashes_are_quotes(tmp_path: Path) -> None:
    """The control."""
    _, rows, _ = read(tmp_path, 'id\tname\tpath\n1\t"Lee, Ann"\t\\\\srv\\new\n2\tBob\tx\n3\tCat\ty\n')
    assert rows[0] == ("1", "Lee, Ann", "\\\\srv\\new")
