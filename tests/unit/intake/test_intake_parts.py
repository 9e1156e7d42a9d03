"""Files of several parts: another table, the header with other columns, titles, comments, everything twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.intake import SourceSpec, Stage, build_stage, find_dialect, guess_dialect
from importer.intake.lists import HEAD_BYTES

NAMES = "{at},{first},{last}\n"

CITIES = ("Oslo", "Rome", "Bern", "Paris")


def people(count: int, form: str = "{at},{first},{city}\n", start: int = 0) -> str:
    names = ("Ann", "Bob", "Cat", "Dan", "Eva")
    return "".join(
        form.format(at=at, first=names[at % 5], city=CITIES[at % 4], last=names[(at + 2) % 5])
        for at in range(start, start + count)
    )


def read(folder: Path, text: str, *, fast: bool = True) -> tuple[Stage, dict[str, list[int | None]]]:
    """The stage as the guess reads it, and code → rows of what was told; every byte is accounted for."""
    source = folder / "source"
    source.write_text(text, encoding="utf-8")
    report = build_stage(source, guess_dialect(source).dialect, folder / "stage", fast=fast)
    assert report.audit.unaccounted_bytes == 0
    stage = Stage.open(folder / "stage")
    told: dict[str, list[int | None]] = {}
    for found in stage.problems():
        told.setdefault(found.code, []).append(found.row)
    return stage, told


SECOND = {
    "as wide": "sku,price,stock\n" + "".join(f"S{at},{at}.50,{at}\n" for at in range(8)),
    "wider": "sku,price,stock,shop\n" + "".join(f"S{at},{at}.50,{at},North\n" for at in range(8)),
    "narrower": "sku,price\n" + "".join(f"S{at},{at}.50\n" for at in range(8)),
}


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("between", ["\n", ""], ids=["blank line", "nothing"])
@pytest.mark.parametrize("second", SECOND.values(), ids=SECOND)
def test_a_second_table_is_set_aside_and_told(tmp_path: Path, second: str, between: str, fast: bool) -> None:
    stage, told = read(tmp_path, f"id,name,city\n{people(20)}{between}{second}", fast=fast)
    assert (stage.rows, len(told["second_table"])) == (20, 9)


PADDED = {
    "below a blank record": ",,,,\nsku,product,price,,\nP1,Pump,12.50,,\nP2,Valve,3.20,,\nP3,Hose,8.00,,\n",
    "under a title": ",,,,\nFirms,,,,\ncode,firm,town,,\nA1,Acme,Oslo,,\nB2,Bolt,Rome,,\nC3,Cog,Bern,,\n",
    "of two columns": ",,,,\nday,orders,,,\n2024-01-01,5,,,\n2024-01-02,6,,,\n2024-01-03,8,,,\n",
}


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("second", PADDED.values(), ids=PADDED)
def test_a_second_table_as_a_spreadsheet_saves_it_is_set_aside(tmp_path: Path, second: str, fast: bool) -> None:
    rows = people(20, "{at},{first},{at}5,{city},2024-01-01\n")
    stage, told = read(tmp_path, f"id,name,qty,city,day\n{rows}{second}", fast=fast)
    assert (stage.rows, len(told["second_table"])) == (20, 4)
    assert [one.code for one in stage.report.warnings if one.is_doubt] == ["second_table"]


@pytest.mark.parametrize("rest", ["21,Ann,,,\n22,Bob,,,\n", "21,Ann,,,\n22,Bob,35,Oslo,\n", "x,Ann,,,\n22,Bob,,,\n"])
def test_people_of_whom_little_is_known_stay_in_the_table(tmp_path: Path, rest: str) -> None:
    """The control."""
    rows = people(20, "{at},{first},{at}5,{city},2024-01-01\n")
    stage, told = read(tmp_path, f"id,name,qty,city,day\n{rows},,,,\n{rest}")
    assert (stage.rows, told.keys()) == (22, {"blank_line"})


def test_people_under_other_names_below_a_blank_line_are_set_aside_and_asked_about(tmp_path: Path) -> None:
    second = "nr,full name,town\n" + people(9, start=50)
    stage, told = read(tmp_path, f"id,name,city\n{people(20)}\n{second}")
    assert (stage.rows, len(told["second_table"])) == (20, 10)


def test_a_second_table_is_a_doubt_with_its_place_and_rows(tmp_path: Path) -> None:
    stage, _ = read(tmp_path, f"id,name,city\n{people(20)}\n{SECOND['wider']}")
    told = [(one.code, one.count, one.first_row, one.is_doubt) for one in stage.report.warnings]
    assert told == [("second_table", 9, 23, True)]


TITLES = {"of one cell": "Stock\n", "as wide": "Stock,,\n", "with a blank line": "Stock\n\n"}


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("title", TITLES.values(), ids=TITLES)
def test_the_title_of_a_second_table_is_no_row_of_the_first(tmp_path: Path, title: str, fast: bool) -> None:
    text = f"id,name,city\n{people(20)}\n{title}{SECOND['as wide']}"
    stage, told = read(tmp_path, text, fast=fast)
    assert (stage.rows, told["page_title"], len(told["second_table"])) == (20, [23], 9)


@pytest.mark.parametrize("bare", ["21,,\n", "Ann,,\n"])
def test_a_bare_contact_above_a_second_table_stays_one(tmp_path: Path, bare: str) -> None:
    """The control."""
    form = "{at},{first},{city}\n" if bare[0] == "2" else "{first},{last},{city}\n"
    stage, told = read(tmp_path, f"id,name,city\n{people(20, form)}{bare}\n{SECOND['as wide']}")
    assert (stage.rows, len(told["second_table"])) == (21, 9)


@pytest.mark.parametrize("sign", [";", "\t", "|"])
def test_a_second_table_with_another_delimiter_is_no_footer(tmp_path: Path, sign: str) -> None:
    second = SECOND["as wide"].replace(",", sign)
    stage, told = read(tmp_path, f"id,name,city\n{people(20)}\n{second}")
    assert (stage.rows, len(told["second_table"])) == (20, 9)
    assert [one.code for one in stage.report.warnings if one.is_doubt] == ["table_with_other_delimiter"]


def test_remarks_with_semicolons_below_the_table_stay_a_footer(tmp_path: Path) -> None:
    """The control."""
    stage, told = read(tmp_path, f"id,name,city\n{people(20)}\nSource: own\nprinted; twice\nTotal; 20; all\n")
    assert (stage.rows, told["footer"]) == (20, [23, 24, 25])
    assert not stage.report.warnings


def test_a_second_table_far_into_the_list_can_be_read(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_text(f"id,name,city\n{people(70_000)}\n{SECOND['wider']}")
    assert source.stat().st_size > HEAD_BYTES
    spec = SourceSpec(header_row=70_003)
    report = build_stage(source, find_dialect(source, spec), tmp_path / "stage")
    assert (report.rows, report.columns, report.audit.unaccounted_bytes) == (8, ("sku", "price", "stock", "shop"), 0)
    assert report.problem_counts == {"preamble": 70_001, "blank_line": 1}
    problems = [(one.row, one.rows) for one in Stage.open(tmp_path / "stage").problems()]
    assert problems == [(1, 70_001), (70_002, 1)]


def test_a_second_table_below_words_alone_is_set_aside(tmp_path: Path) -> None:
    second = SECOND["as wide"]
    words = "".join(f"{letter}a,Ann {letter},Oslo\n" for letter in "abcdefghijkl")
    stage, told = read(tmp_path, f"code,name,city\n{words}\n{second}")
    assert (stage.rows, len(told["second_table"])) == (12, 9)


OTHER = {
    "in another order": "id,last,first\n" + people(3, "{at},{last},{first}\n", 50),
    "the key last": "last,first,id\n" + people(3, "{last},{first},{at}\n", 50),
    "with another column": "id,first,phone\n" + people(3, "{at},{first},+49 30 {at}55\n", 50),
    "in other words": "ID,Last name,First name\n" + people(3, "{at},{last},{first}\n", 50),
    "with one more": "id,first,last,city\n" + people(3, "{at},{first},{last},{city}\n", 50),
}


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("other", OTHER.values(), ids=OTHER)
def test_the_header_again_with_other_columns_is_a_doubt_and_what_follows_is_set_aside(
    tmp_path: Path, other: str, fast: bool
) -> None:
    stage, told = read(tmp_path, f"id,first,last\n{people(9, NAMES)}{other}", fast=fast)
    assert (stage.rows, told["other_header"], told["second_table"]) == (9, [11], [12, 13, 14])
    assert [(one.code, one.first_row) for one in stage.report.warnings if one.is_doubt] == [("other_header", 11)]


@pytest.mark.parametrize("header", ["id,first,last", "ID,First,Last", "Id, First ,Last"])
def test_the_same_header_again_is_left_out_and_the_list_goes_on(tmp_path: Path, header: str) -> None:
    """The control."""
    stage, told = read(tmp_path, f"id,first,last\n{people(9, NAMES)}{header}\n{people(3, NAMES, 50)}")
    assert (stage.rows, told) == (12, {"repeated_header": [11]})
    assert not stage.report.warnings


def test_a_second_table_with_numbers_where_the_first_has_them_is_set_aside(tmp_path: Path) -> None:
    rows = "".join(f"{at},Ann,{at % 50}\n" for at in range(1000, 1020))
    stage, told = read(tmp_path, f"id,name,age\n{rows}sku,price,stock\nA1,3,5\nA2,4,6\nA3,5,7\n")
    assert (stage.rows, told) == (20, {"second_table": [22, 23, 24, 25]})


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("between", ["", "\n"], ids=["at once", "blank line"])
@pytest.mark.parametrize("bad", ["nobody,=1+1\nx,Bert\n", "k.A.,Ann\nk.A.,Bob\n"])
def test_bad_rows_at_the_end_stay_rows_of_the_table(tmp_path: Path, bad: str, between: str, fast: bool) -> None:
    """The control."""
    stage, told = read(
        tmp_path, "email,name\n" + people(20, "p{at}@example.com,{first}\n") + between + bad, fast=fast
    )
    assert (stage.rows, told.keys() - {"blank_line"}) == (22, set())


@pytest.mark.parametrize("row", ["77,City,Oslo", "78,name,Rome", "79,Test,Test"])
def test_a_contact_called_like_a_column_stays_one(tmp_path: Path, row: str) -> None:
    """The control."""
    stage, told = read(tmp_path, f"id,name,city\n{people(9)}{row}\n{people(9, start=90)}")
    assert (stage.rows, told) == (19, {})


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("title", ["\f\nContacts, page {n}\n\n", "Contacts page {n},,\n,,\n", "\f\n"])
def test_titles_of_pages_between_repeated_headers_are_set_aside(tmp_path: Path, title: str, fast: bool) -> None:
    pages = "".join(
        f"{title.replace('{n}', str(n)) if n else ''}id,name,city\n{people(9, start=9 * n)}" for n in range(3)
    )
    stage, told = read(tmp_path, pages, fast=fast)
    assert (stage.rows, len(told["repeated_header"])) == (27, 2)
    assert told.keys() <= {"repeated_header", "page_title", "blank_line"}


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("comment", ["# a remark", "# a remark, with a comma, or two"])
def test_comments_between_the_rows_are_set_aside(tmp_path: Path, comment: str, fast: bool) -> None:
    text = f"# made by a tool\nid,name,city\n{people(5)}{comment}\n{people(5, start=50)}{comment}\n"
    stage, told = read(tmp_path, text, fast=fast)
    assert (stage.rows, told) == (10, {"preamble": [1], "comment": [8, 14]})


def test_a_first_column_of_number_signs_is_no_comment(tmp_path: Path) -> None:
    """The control."""
    stage, told = read(tmp_path, "no,name,city\n" + people(9, "#{at},{first},{city}\n"))
    assert (stage.rows, told) == (9, {})


@pytest.mark.parametrize("between", ["", "\n", "\ufeff"], ids=["at once", "blank line", "byte-order mark"])
def test_a_whole_copy_of_the_table_below_itself_is_set_aside(tmp_path: Path, between: str) -> None:
    table = f"id,name,city\n{people(9)}"
    stage, told = read(tmp_path, f"{table}{between}{table}")
    assert stage.rows == (18 if between == "\ufeff" else 9)
    assert set(told) <= {"second_copy", "blank_line", "repeated_header", "byte_order_mark"}
    assert not stage.report.warnings


def test_other_rows_below_the_header_again_go_on_with_the_table(tmp_path: Path) -> None:
    """The control."""
    stage, told = read(tmp_path, f"id,name,city\n{people(9)}id,name,city\n{people(8)}")
    assert (stage.rows, told) == (17, {"repeated_header": [11]})


def test_the_end_sign_of_dos_is_no_row(tmp_path: Path) -> None:
    stage, told = read(tmp_path, f"id,name,city\n{people(9)}\x1a")
    assert (stage.rows, told) == (9, {"blank_line": [11]})


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("cell", ['="00501"', '"=""00501"""'])
def test_a_formula_that_is_nothing_but_a_text_is_the_text_and_told_once(
    tmp_path: Path, cell: str, fast: bool
) -> None:
    stage, told = read(tmp_path, f"id,name,zip\n{people(9, '{at},{first},' + cell + chr(10))}", fast=fast)
    assert (stage.rows, stage.chunk(0)["zip"].tolist(), told) == (9, ["00501"] * 9, {"text_formula": [2]})
    assert stage.report.problem_counts == {"text_formula": 9}


def test_another_formula_stays_as_it_is(tmp_path: Path) -> None:
    """The control."""
    stage, told = read(tmp_path, 'id,name,link\n1,Ann,"=HYPERLINK(""a"",""b"")"\n2,Bob,<a href="x">\n3,Cat,x="y"\n')
    assert stage.chunk(0)["link"].tolist() == ['=HYPERLINK("a","b")', '<a href="x">', 'x="y"']
    assert "text_formula" not in told
