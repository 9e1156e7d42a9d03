"""What stands in the first rows: titles, names over one row or several, rows about the columns, and contacts."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.errors import SourceError
from importer.intake import Stage, build_stage, find_table_above, guess_dialect

PEOPLE = "".join(f"{1000 + at},Person {at},{20 + at}\n" for at in range(12))

MAILS = "".join(f"p{at}@example.com,Person {at},{100 + at}\n" for at in range(8))


def read(folder: Path, text: str) -> tuple[Stage, list[tuple[str, ...]]]:
    """The stage as the guess reads it, and its rows; every byte is accounted for."""
    source = folder / "source"
    source.write_text(text, encoding="utf-8")
    report = build_stage(source, guess_dialect(source).dialect, folder / "stage")
    stage = Stage.open(folder / "stage")
    assert report.audit.unaccounted_bytes == 0
    return stage, [row for chunk in stage.chunks() for row in chunk.itertuples(index=False, name=None)]


def doubts(stage: Stage) -> list[str]:
    return [warning.code for warning in stage.report.warnings if warning.is_doubt]


def doubt_above(folder: Path, text: str) -> tuple[str, int | None, int] | None:
    """Code, first row and count of the doubt about what stands above the header."""
    source = folder / "source"
    source.write_text(text, encoding="utf-8")
    doubt = find_table_above(source, guess_dialect(source).dialect)
    return doubt and (doubt.code, doubt.first_row, doubt.count)


ABOUT_COLUMNS = {
    "types of SQL": "INTEGER,VARCHAR(80),NUMERIC",
    "types of a language": "int64,str,float",
    "what must be filled": "required,optional,optional",
    "examples": "e.g. 1234,e.g. Ann Lee,e.g. 42",
    "questions": "Q1,Q2,Q3",
    "parts of questions": "Q1_1,Q1_2,Q1_3",
    "columns of a sheet": "A,B,C",
    "numbers of columns": "1,2,3",
    "names in German": "Kundennummer,Name,Alter",
    "names in French": "Numéro de client,Nom,Âge",
    "names in Finnish": "Asiakasnumero,Nimi,Ikä",
    "a unit": "-,-,years",
    "in brackets": "(text),(text),(number)",
    "names in Turkish": "Müşteri No,Ad,Yaş",
    "a rule": "---,---,---",
    "stars": "*,*,",
}


@pytest.mark.parametrize("row", ABOUT_COLUMNS.values(), ids=ABOUT_COLUMNS)
def test_a_row_below_the_header_that_is_about_the_columns_is_set_aside_and_told(tmp_path: Path, row: str) -> None:
    stage, rows = read(tmp_path, f"id,name,age\n{row}\n{PEOPLE}")
    assert (stage.columns, len(rows), rows[0]) == (("id", "name", "age"), 12, ("1000", "Person 0", "20"))
    assert [(found.code, found.row) for found in stage.problems()] == [("label_row", 2)]
    assert doubts(stage) == []


def test_two_rows_about_the_columns_are_set_aside(tmp_path: Path) -> None:
    stage, rows = read(tmp_path, f"email,name,amount\nText,Text,EUR\nunique,,\n{MAILS}")
    assert (len(rows), doubts(stage)) == (8, [])
    assert [(found.code, found.row) for found in stage.problems()] == [("label_row", 2), ("label_row", 3)]


CONTACTS = {
    "little is known": "unknown,Walk-in customer,none",
    "made up to try": "test,Test Person,0",
    "a code for a key": "GUEST,Person 0,33",
    "like those below": "1999,Person 0,33",
}


@pytest.mark.parametrize("row", CONTACTS.values(), ids=CONTACTS)
def test_a_first_contact_of_words_is_kept_without_a_doubt(tmp_path: Path, row: str) -> None:
    """The control."""
    stage, rows = read(tmp_path, f"id,name,age\n{row}\n{PEOPLE}")
    assert (rows[0], len(rows), stage.problems(), doubts(stage)) == (tuple(row.split(",")), 13, [], [])


@pytest.mark.parametrize(
    "row",
    [
        "unknown,Walk-in,Oslo,40",
        "n/a,Walk-in,Oslo,n/a",
        "no email,Ann,Oslo,1",
        "-,-,Oslo,-",
        "reception,Company,Bern,50",
    ],
)
def test_a_first_contact_without_an_address_is_kept_without_a_doubt(tmp_path: Path, row: str) -> None:
    """The control."""
    lines = "".join(f"p{at}@example.com,Person {at},Oslo,{30 + at}\n" for at in range(9))
    stage, rows = read(tmp_path, f"email,name,city,age\n{row}\n{lines}")
    assert (rows[0], len(rows), doubts(stage)) == (tuple(row.split(",")), 10, [])


@pytest.mark.parametrize(
    "text",
    [
        "sku,title\nTOTAL,Total tablet\nSUM,Sum thing\nA,B\nTotal,Grand total\n",
        "code,name\nname,Name of thing\nsize,Size of thing\ncolor,Color of thing\n",
        "field,type\nname,text\nage,number\ncity,text\n",
        "role,team\nmanager,sales\nclerk,sales\nclerk,office\n",
    ],
)
def test_lists_of_words_that_name_columns_keep_every_row(tmp_path: Path, text: str) -> None:
    """The control."""
    stage, rows = read(tmp_path, text)
    assert (len(rows), doubts(stage), stage.problems()) == (text.count("\n") - 1, [], [])


def test_a_total_with_its_sum_is_still_set_aside(tmp_path: Path) -> None:
    """The control."""
    lines = "".join(f"p{at}@example.com,Person {at},{100 + at}\n" for at in range(12))
    stage, rows = read(tmp_path, f"email,name,amount\n{lines}Total,,1266\n")
    assert (len(rows), [found.code for found in stage.problems()]) == (12, ["footer"])


def test_words_over_two_columns_of_numbers_are_kept_and_doubted(tmp_path: Path) -> None:
    stage, rows = read(tmp_path, f"id,name,age\nstaff,Reception,adult\n{PEOPLE}")
    assert (rows[0], doubts(stage)) == (("staff", "Reception", "adult"), ["row_of_names"])


BY_NUMBERS = {
    "years": "email,region,2021,2022,2023",
    "two years": "email,region,2022,2023",
    "months": "email,2024-01,2024-02,2024-03",
    "first days of months": "email,01/01/2024,01/02/2024,01/03/2024",
    "weeks": "email,2024-01-22,2024-01-29,2024-02-05",
    "weeks of the United States": "email,01/22/2024,01/29/2024,02/05/2024",
    "days": "email,2024-02-28,2024-02-29,2024-03-01",
    "numbers": "email,name,1,2,3",
    "from zero": "email,0,1,2",
    "seasons": "email,2021/22,2022/23",
    "ends of months": "email,31.12.2023,31.01.2024,29.02.2024",
}


@pytest.mark.parametrize("header", BY_NUMBERS.values(), ids=BY_NUMBERS)
@pytest.mark.parametrize("value", [0, 100, 2021])
def test_names_that_are_numbers_or_dates_are_names(tmp_path: Path, header: str, value: int) -> None:
    words = [name for name in header.split(",") if name.isalpha()]
    numbers = header.count(",") + 1 - len(words)
    lines = [
        ",".join([f"p{at}@example.com", *["Oslo"] * (len(words) - 1), *(str(value + at + n) for n in range(numbers))])
        for at in range(9)
    ]
    stage, rows = read(tmp_path, "\n".join([header, *lines, ""]))
    assert (stage.columns, len(rows), doubts(stage)) == (tuple(header.split(",")), 9, [])


@pytest.mark.parametrize("first", ["p@example.com,Oslo,1,2,3", "unknown,Oslo,7,8,9", "-,Rome,2021,2022,2023"])
def test_a_first_contact_with_numbers_that_count_on_is_no_header(tmp_path: Path, first: str) -> None:
    """The control."""
    rows = "".join(f"p{at}@example.com,Oslo,{at},{at + 1},{at + 2}\n" for at in range(9))
    stage, read_rows = read(tmp_path, f"{first}\n{rows}")
    assert (stage.columns[0], len(read_rows)) == ("column_1", 10)


def test_answers_below_questions_that_span_them_are_joined(tmp_path: Path) -> None:
    stage, rows = read(
        tmp_path,
        "Respondent ID,Start Date,Email Address,What is your name?,,Which do you use?,,\n"
        ",,,First,Last,Phone,Tablet,Other (please specify)\n"
        "114,03/01/2024,ann@example.com,Ann,Lee,Phone,,\n115,03/01/2024,bob@example.com,Bob,Ray,,Tablet,\n"
        "116,03/02/2024,cat@example.com,Cat,Roy,Phone,Tablet,Laptop\n",
    )
    assert stage.columns == (
        "Respondent ID",
        "Start Date",
        "Email Address",
        "What is your name? First",
        "What is your name? Last",
        "Which do you use? Phone",
        "Which do you use? Tablet",
        "Which do you use? Other (please specify)",
    )
    assert (len(rows), stage.report.problem_counts, doubts(stage)) == (3, {"joined_header": 1}, [])


def test_titles_of_groups_are_joined_where_names_come_again_below_them(tmp_path: Path) -> None:
    people = "".join(f"p{at}@example.com,Road {at},Oslo,Office {at},Rome\n" for at in range(5))
    stage, rows = read(tmp_path, f",Home,,Work,\nemail,street,city,street,city\n{people}")
    assert stage.columns == ("email", "Home street", "Home city", "Work street", "Work city")
    assert (len(rows), stage.report.problem_counts) == (5, {"joined_header": 1})


def test_titles_of_groups_are_left_out_where_the_names_below_tell_columns_apart(tmp_path: Path) -> None:
    people = "".join(f"p{at}@example.com,Ann,Lee,Road {at},Oslo\n" for at in range(5))
    stage, rows = read(tmp_path, f"Contact,,,Address,\nemail,first,last,street,city\n{people}")
    assert stage.columns == ("email", "first", "last", "street", "city")
    assert (len(rows), stage.report.problem_counts) == (5, {"preamble": 1})


TITLES = {
    "as wide": "Newsletter, all lists",
    "wider": "Report 7, created by nobody, 2026-01-02, page 1",
    "and a blank line": "Summary of contacts for the period,\n,",
    "a sentence": "Created as a new list,Sample 022 by the administrator on a Saturday in February",
    "comments": "# exported by tool, v2\n# date, 2024",
}


@pytest.mark.parametrize("title", TITLES.values(), ids=TITLES)
def test_titles_and_comments_above_the_names_are_no_header(tmp_path: Path, title: str) -> None:
    people = "".join(f"p{at}@example.com,Person {at}\n" for at in range(9))
    stage, rows = read(tmp_path, f"{title}\nEmail,First Name\n{people}")
    assert (stage.columns, len(rows)) == (("Email", "First Name"), 9)
    assert {found.code for found in stage.problems()} <= {"preamble", "blank_line"}


def test_a_header_that_a_number_sign_begins_is_one(tmp_path: Path) -> None:
    """The control."""
    stage, rows = read(tmp_path, "#,email\n1,ann@example.com\n2,bob@example.com\n3,cat@example.com\n")
    assert (stage.columns, len(rows)) == (("#", "email"), 3)


def test_rows_longer_than_the_header_are_doubted(tmp_path: Path) -> None:
    lines = "".join(f"p{at}@example.com,Lee, Ann,Oslo\n" for at in range(9))
    stage, _ = read(tmp_path, f"email,name,city\n{lines}")
    assert doubts(stage) == ["rows_longer_than_header"]


def test_one_column_of_addresses_with_commas_is_doubted_with_the_way_to_read_it(tmp_path: Path) -> None:
    stage, _ = read(tmp_path, "address\n" + "".join(f"Hauptstr. {at}, 1011{at} Berlin\n" for at in range(9)))
    assert doubts(stage) == ["one_name"]
    assert r"--delimiter \t --header-row 1" in stage.problems()[0].message


def test_a_title_over_contacts_without_names_is_no_doubt(tmp_path: Path) -> None:
    """The control."""
    stage, _ = read(tmp_path, "Spring fair 2024\n" + "".join(f"{at},Ann Ray,p{at}@example.com\n" for at in range(9)))
    assert doubts(stage) == []


def test_an_empty_cell_at_the_end_of_each_row_is_no_doubt(tmp_path: Path) -> None:
    """The control."""
    lines = "".join(f"p{at}@example.com,Lee,Oslo,\n" for at in range(9))
    stage, _ = read(tmp_path, f"email,name,city\n{lines}")
    assert doubts(stage) == []


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("id,Ann Lee,Main Street 5", "{at},Ann Lee,Main Street {at}"),
        ("id,Ann Lee,Oslo", "{at},Bob Lee {at},Oslo"),
        ("id,Baker Street 221,Rome", "{at},Abbey Road {at},Bern"),
    ],
)
def test_a_contact_among_the_names_is_doubted(tmp_path: Path, header: str, cells: str) -> None:
    lines = "".join(cells.replace("{at}", str(at)) + "\n" for at in range(9)) + "77,Ann Ray,Nowhere\n"
    stage, _ = read(tmp_path, f"{header}\n{lines}")
    assert doubts(stage) == ["contact_as_names"]


@pytest.mark.parametrize(
    "header", ["id,Account Owner,Address Line 1", "id,Tablet,Phone 2", "id,Job Title,Street 1", "id,Company,City"]
)
def test_usual_names_over_like_cells_are_no_doubt(tmp_path: Path, header: str) -> None:
    """The control."""
    lines = "".join(f"{at},{('Ann Lee', 'Tablet', 'Job coach')[at % 3]},Road {at}\n" for at in range(9))
    stage, _ = read(tmp_path, f"{header}\n{lines.replace('Tablet', 'Ann Ray') if 'Tablet' in header else lines}")
    assert doubts(stage) == []


@pytest.mark.parametrize("again", ["email,name,insurer", "Email,NAME,Insurer"])
def test_names_that_stand_again_as_the_header_are_no_doubt(tmp_path: Path, again: str) -> None:
    """The control is above: a name among the cells of a row that is no header."""
    lines = [f"p{at}@example.com,Ann Ray {at},{('AOK', 'TK')[at % 2]}" for at in range(9)]
    stage, _ = read(tmp_path, "\n".join(["email,name,insurer", *lines[:5], again, *lines[5:]]) + "\n")
    assert doubts(stage) == []
    assert stage.report.problem_counts == {"repeated_header": 1}


@pytest.mark.parametrize("fast", [True, False])
def test_blank_columns_at_the_end_are_left_out_and_told_once(tmp_path: Path, fast: bool) -> None:
    lines = "".join(f"p{at}@example.com,Ann,{at},,,\n" for at in range(9))
    source = tmp_path / "source"
    source.write_text(f"email,name,score\n{lines}short@example.com,Bob,1\n")
    build_stage(source, guess_dialect(source).dialect, tmp_path / "stage", fast=fast)
    stage = Stage.open(tmp_path / "stage")
    assert (stage.columns, stage.rows) == (("email", "name", "score"), 10)
    assert [(found.code, found.row) for found in stage.problems()] == [("blank_columns", 1)]


@pytest.mark.parametrize("fast", [True, False])
def test_what_stands_in_a_column_left_out_as_blank_is_no_lost_cell(tmp_path: Path, fast: bool) -> None:
    lines = "".join(f"p{at}@example.com,Ann,{at},,\n" for at in range(1200))
    source = tmp_path / "source"
    source.write_text(f"email,name,score\n{lines}late@example.com,Bob,1,,note\n")
    build_stage(source, guess_dialect(source).dialect, tmp_path / "stage", fast=fast)
    stage = Stage.open(tmp_path / "stage")
    assert (stage.columns, stage.rows) == (("email", "name", "score"), 1201)
    assert [(found.code, found.row) for found in stage.problems()] == [("blank_columns", 1), ("row_too_long", 1202)]
    assert stage.surplus() == {1202: ("", "note")}


def test_a_list_of_sixteen_thousand_blank_columns_is_read_as_those_that_hold_anything(tmp_path: Path) -> None:
    blank = "," * 16_378
    stage, rows = read(
        tmp_path, f"email,name{blank}\n" + "".join(f"p{at}@example.com,Ann{blank}\n" for at in range(5))
    )
    assert (stage.columns, len(rows), stage.report.problem_counts) == (("email", "name"), 5, {"blank_columns": 1})


def test_a_header_that_ends_in_a_delimiter_above_a_second_table_has_the_width_of_the_first(tmp_path: Path) -> None:
    first = "".join(f"{at},{at + 1},x,A,E\n" for at in range(9))
    second = "".join(f"{at},{2 * at},1\n" for at in range(9))
    stage, rows = read(tmp_path, f"run,a,b,c,d,\n{first}run,sum,share\n{second}")
    assert (stage.columns, len(rows)) == (("run", "a", "b", "c", "d"), 9)
    assert stage.report.problem_counts["second_table"] == 10


@pytest.mark.parametrize("text", ["type,meaning\nstring,Text\ninteger,Whole number\ndate,A day\n"])
def test_a_list_of_types_keeps_its_first_row(tmp_path: Path, text: str) -> None:
    """The control: types below types are data."""
    assert read(tmp_path, text)[1][0] == ("string", "Text")


@pytest.mark.parametrize("text", ["unit,name\nEUR,Euro\nUSD,Dollar\nCHF,Franc\n", "unit,name\nkg,g\nm,cm\nkm,mm\n"])
def test_a_list_of_units_keeps_its_first_row(tmp_path: Path, text: str) -> None:
    """The control: units below units are data."""
    assert read(tmp_path, text)[1][0] == tuple(text.splitlines()[1].split(","))


@pytest.mark.parametrize("rows", ["names and rows", "rows alone"])
def test_a_list_of_more_than_16_384_columns_is_refused_at_its_header(tmp_path: Path, rows: str) -> None:
    names = ",".join(f"c{at}" for at in range(16_385 if rows == "names and rows" else 3))
    source = tmp_path / "source"
    source.write_text(f"{names}\n" + f"{'v,' * 16_384}v\n" * 3, encoding="utf-8")
    with pytest.raises(SourceError, match="has 16,385 columns, and no list of contacts has more than 16,384"):
        build_stage(source, guess_dialect(source).dialect, tmp_path / "stage")
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


def test_one_row_of_100_000_cells_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    stage, rows = read(tmp_path, f"id,name,age\n{PEOPLE}{'v,' * 100_000}v\n{PEOPLE}")
    assert (len(rows), [(found.code, found.row) for found in stage.problems()]) == (25, [("row_too_long", 14)])


YEARS = "Year,2023,2024\nTotal,12,34\n\n"


@pytest.mark.parametrize("names", ["name,first name,age", "First name,City,Age"])
def test_a_short_table_in_front_is_none_of_the_list_though_it_is_as_wide(tmp_path: Path, names: str) -> None:
    stage, rows = read(tmp_path, f"{YEARS}{names}\n{PEOPLE}")
    assert (stage.columns, len(rows)) == (tuple(names.split(",")), 12)
    assert stage.report.problem_counts["preamble"] == 2


@pytest.mark.parametrize("below", ["Finn,Oslo,Rome", "Year,2023,2024"], ids=["a contact", "its header again"])
def test_what_stands_behind_a_blank_row_is_a_row_where_it_names_no_columns(tmp_path: Path, below: str) -> None:
    """The control."""
    stage, _ = read(tmp_path, f"{YEARS}{below}\n{PEOPLE}")
    assert "preamble" not in stage.report.problem_counts


def test_lines_above_the_header_that_another_sign_cuts_as_rows_are_a_doubt(tmp_path: Path) -> None:
    other = MAILS.replace(",", "\t")
    assert doubt_above(tmp_path, f"{other}email,name,number\n{MAILS}{MAILS}") == ("table_with_other_delimiter", 1, 8)
    named = doubt_above(tmp_path, f"email\tname\tnumber\n{other}email,name,number\n{MAILS}{MAILS}")
    assert named == ("table_with_other_delimiter", 1, 9)


def test_titles_and_comments_above_the_header_are_no_doubt(tmp_path: Path) -> None:
    """The control."""
    text = f"# a;b;c\n# d;e;f\n# g;h;i\nContacts of May\n\nemail,name,number\n{MAILS}"
    assert doubt_above(tmp_path, text) is None
    assert doubts(read(tmp_path, text)[0]) == []


@pytest.mark.parametrize("name", ["#", "# Rank", "Rank"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_cells_that_begin_with_a_hash_are_no_comments_where_every_row_does(
    tmp_path: Path, name: str, sign: str
) -> None:
    rows = [(f"#{at}", f"p{at}@example.com", "Oslo") for at in range(1, 9)]
    text = "\n".join(sign.join(row) for row in [(name, "email", "city"), *rows])
    assert read(tmp_path, text)[1] == rows
