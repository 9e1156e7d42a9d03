"""Files of several parts, down to the content of the table."""

from __future__ import annotations

from pathlib import Path

import pytest
from main_job.kit import MainJob, TableSpec, assert_items, assert_told

BY_ID = TableSpec({"id": "S"})

TABLE = "id,first,last\n101,Ann,Lee\n102,Bob,Ray\n103,Cat,Roy\n"
ITEMS = [
    {"id": {"S": id_}, "first": {"S": first}, "last": {"S": last}}
    for id_, first, last in (("101", "Ann", "Lee"), ("102", "Bob", "Ray"), ("103", "Cat", "Roy"))
]

SET_ASIDE = {
    "second_copy": f"\n{TABLE}",
    "footer": "# end\n# nothing follows\n",
    "blank_line": "\x1a",
}


@pytest.mark.parametrize(("code", "rest"), SET_ASIDE.items(), ids=SET_ASIDE)
def test_what_stands_below_the_table_is_no_contact(code: str, rest: str, main_job: MainJob, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(TABLE + rest)
    outcome = main_job.import_list(file, BY_ID)
    assert outcome.code == 0, outcome.told
    assert_items(outcome, ITEMS)
    assert_told(outcome, code)


SECOND_TABLES = {
    "after a blank line": ("\nsku,price,stock\nS1,5.50,1\nS2,6.50,2\nS3,7.50,3\n", 6, ()),
    "at once, wider": ("sku,price,stock,shop\nS1,5.50,1,Oslo\nS2,6.50,2,Rome\nS3,7.50,3,Bern\n", 5, ()),
    "under a title": ("\nStock\nsku,price,stock\nS1,5.50,1\nS2,6.50,2\nS3,7.50,3\n", 7, ()),
    "under a title in a row as wide": ("\nStock,,\nsku,price,stock\nS1,5.50,1\nS2,6.50,2\nS3,7.50,3\n", 7, ()),
    "with another delimiter": ("\nsku;price;stock\nS1;5.50;1\nS2;6.50;2\nS3;7.50;3\n", 23, ("--delimiter", ";")),
}


@pytest.mark.parametrize(("rest", "row", "more"), SECOND_TABLES.values(), ids=SECOND_TABLES)
def test_a_second_table_is_asked_about_and_both_can_be_imported_one_by_one(
    rest: str, row: int, more: tuple[str, ...], main_job: MainJob, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    more_rows = "".join(f"{at},Ann,Lee\n" for at in range(104, 121)) if more else ""
    file.write_text(TABLE + more_rows + rest)
    refused = main_job.import_list(file, BY_ID)
    assert (refused.code, refused.items) == (2, ())
    sign = f' {more[0]} "{more[1]}"' if more else ""
    told = f"begins in row {row}: it and the 3 rows below it are left out"
    assert_told(refused, told, f"--header-row {row}{sign}", "--yes")
    first = main_job.import_list(file, BY_ID, "--yes", table=refused.table)
    assert len(first.items) == (20 if more else 3)
    second = main_job.import_list(file, BY_ID, "--header-row", row, *more, "--key", "id=sku")
    assert second.code == 0, second.told
    assert sorted(item["id"]["S"] for item in second.items) == ["S1", "S2", "S3"]
    assert sorted(price for item in second.items for price in item["price"].values()) == ["5.50", "6.50", "7.50"]


@pytest.mark.parametrize("rest", ["id,last,first\n104,Fox,Dan\n", "id,first,mail\n104,Dan,dan@example.com\n"])
def test_two_exports_with_other_columns_are_asked_about_and_no_names_are_exchanged(
    rest: str, main_job: MainJob, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(TABLE + rest)
    refused = main_job.import_list(file, BY_ID)
    assert (refused.code, refused.items) == (2, ())
    assert_told(refused, "row 5 names the columns again", "--yes")
    accepted = main_job.import_list(file, BY_ID, "--yes", table=refused.table)
    assert_items(accepted, ITEMS)


def test_a_table_above_the_larger_one_is_asked_about(main_job: MainJob, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    stock = "".join(f"S{at};{at}.50;Oslo;{at}\n" for at in range(20))
    file.write_text(f"{TABLE}\nsku;price;shop;stock\n{stock}")
    refused = main_job.import_list(file, BY_ID, "--key", "id=sku")
    assert (refused.code, refused.items) == (2, ())
    assert_told(refused, 'Rows 1 to 4 above the header.*--header-row 1 --delimiter ","')
    stock_too = main_job.import_list(file, BY_ID, "--key", "id=sku", "--yes")
    assert len(stock_too.items) == 20
    people = main_job.import_list(file, BY_ID, "--header-row", "1", "--delimiter", ",", "--yes")
    assert_items(people, ITEMS)


def test_remarks_above_the_header_are_no_doubt(main_job: MainJob, tmp_path: Path) -> None:
    """The control."""
    file = tmp_path / "list.csv"
    more = "".join(f"{at},Ann,Lee\n" for at in range(200, 220))
    file.write_text(f"Report,Members\nPrinted,2024-05-01\nRows,3\nFrom,Oslo\n\n{TABLE}{more}")
    outcome = main_job.import_list(file, BY_ID)
    assert (outcome.code, len(outcome.items)) == (0, 23), outcome.told


@pytest.mark.parametrize("inside", [0, 1, 3], ids=["alone", "beside one inside", "beside three inside"])
def test_a_total_at_the_end_is_no_item_whether_or_not_others_stand_inside(
    inside: int, main_job: MainJob, tmp_path: Path
) -> None:
    rows = [f"{100 + at},item {at},{at + 1},{at + 1}.50" for at in range(80)]
    for at in range(inside):
        rows.insert(15 * (at + 1), f"Total,,{900 + at},99.00")
    file = tmp_path / "list.csv"
    file.write_text("\n".join(["id,item,qty,price", *rows, "Total,,1900,199.00", ""]))
    outcome = main_job.import_list(file, BY_ID, "--yes")
    assert outcome.summary is not None
    assert [one["count"] for one in outcome.summary["warnings"] if one["code"] == "footer"] == [1]
    assert {item["id"]["S"] for item in outcome.items} - {"Total"} == {str(100 + at) for at in range(80)}
    assert sum(item["id"]["S"] == "Total" for item in outcome.items) == min(inside, 1)


def test_blank_columns_at_the_end_make_no_attribute(main_job: MainJob, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("\n".join(f"{line},,," if at else line for at, line in enumerate(TABLE.splitlines())))
    outcome = main_job.import_list(file, BY_ID)
    assert outcome.code == 0, outcome.told
    assert_items(outcome, ITEMS)
    assert_told(outcome, "blank_columns")


DRAWN = {
    "Markdown": "| id | first | last |\n|----|-------|------|\n| 101 | Ann | Lee |\n"
    "| 102 | Bob | Ray |\n| 103 | Cat | Roy |\n",
    "PostgreSQL": " id  | first | last \n-----+-------+------\n 101 | Ann   | Lee\n 102 | Bob   | Ray\n"
    " 103 | Cat   | Roy\n(3 rows)\n",
    "fixed width": "id    first  last\n101   Ann    Lee\n102   Bob    Ray\n103   Cat    Roy\n",
}


@pytest.mark.parametrize("text", DRAWN.values(), ids=DRAWN)
def test_a_table_drawn_in_text_reaches_the_table_without_its_lines_and_spaces(
    text: str, main_job: MainJob, tmp_path: Path
) -> None:
    file = tmp_path / "list.txt"
    file.write_text(text)
    outcome = main_job.import_list(file, BY_ID)
    assert outcome.code == 0, outcome.told
    assert_items(outcome, ITEMS)
    assert_told(outcome, "drawn in text")


def test_a_zip_that_a_spreadsheet_was_to_keep_as_text_arrives_with_its_zeros(
    main_job: MainJob, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_text('id,zip\n101,="00501"\n102,="00502"\n103,"=""01101"""\n')
    outcome = main_job.import_list(file, BY_ID)
    assert outcome.code == 0, outcome.told
    zips = (("101", "00501"), ("102", "00502"), ("103", "01101"))
    assert_items(outcome, [{"id": {"S": id_}, "zip": {"S": zip_}} for id_, zip_ in zips])
    assert_told(outcome, "3 rows have a formula|text_formula")


@pytest.mark.parametrize("names", ["supplier,town,road", "vendor,town,where"])
def test_a_second_table_of_the_same_kind_of_cells_is_asked_about_by_its_names(
    names: str, main_job: MainJob, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    people = "id,city,street\nann,Leeds,Ring 1\nbob,London,Ring 2\ncat,York,Ring 3\n"
    file.write_text(f"{people}\n{names}\neve,Bath,Weg 1\nfay,Ely,Weg 2\n")
    refused = main_job.import_list(file, BY_ID)
    assert (refused.code, refused.items) == (2, ())
    assert_told(refused, "Another table begins in row 6: it and the 2 rows below it are left out", "--yes")
    first = main_job.import_list(file, BY_ID, "--yes", table=refused.table)
    assert sorted(item["id"]["S"] for item in first.items) == ["ann", "bob", "cat"]


SIDE_BY_SIDE = {
    "names again behind a blank column": "id,name,email,,id,name,email\n"
    "1,Ann,ann@example.com,,7,Acme,acme@example.com\n2,Bob,bob@example.com,,8,Foo,foo@example.com\n3,Cat,cat@example.com,,,,\n",
    "other names, and one ends first": "id,name,email,,sku,product,price\n1,Ann,ann@example.com,,S1,Boots,5.50\n"
    "2,Bob,bob@example.com,,S2,Hat,6.50\n3,Cat,cat@example.com,,,,\n",
}


@pytest.mark.parametrize("content", SIDE_BY_SIDE.values(), ids=SIDE_BY_SIDE)
def test_two_lists_side_by_side_are_asked_about_before_a_row_becomes_one_contact(
    content: str, main_job: MainJob, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(content)
    refused = main_job.import_list(file, BY_ID)
    assert (refused.code, refused.items) == (2, ())
    assert_told(refused, "A second list seems to begin in column 5", "--yes")
    first = tmp_path / "first.csv"
    first.write_text("".join(",".join(line.split(",")[:3]) + "\n" for line in content.splitlines()))
    outcome = main_job.import_list(first, BY_ID, table=refused.table)
    assert outcome.code == 0, outcome.told
    assert sorted(item["name"]["S"] for item in outcome.items) == ["Ann", "Bob", "Cat"]
    assert {*outcome.items[0]} == {"id", "name", "email"}


def test_a_drawn_cell_of_several_lines_is_asked_about_and_not_written_cut(main_job: MainJob, tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    rows = [" 1  | Ann  | first line +", "    |      | second line ", " 2  | Bob  | ok          "]
    file.write_text("\n".join([" id | name |    note     ", "----+------+-------------", *rows, "(2 rows)", ""]))
    refused = main_job.import_list(file, BY_ID)
    assert (refused.code, refused.items) == (2, ())
    assert_told(refused, "1 row goes on in the row below", "psql --csv", "--yes")
    file.write_text(file.read_text().replace("line +", "line  ").replace(f"{rows[1]}\n", ""))
    outcome = main_job.import_list(file, BY_ID, table=refused.table)
    assert outcome.code == 0, outcome.told
    assert sorted(item["note"]["S"] for item in outcome.items) == ["first line", "ok"]
