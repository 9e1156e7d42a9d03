"""Two lists beside each other and cut cells are asked about; names that come again, and blank columns, are not."""

from __future__ import annotations

import pytest

from importer.intake.layout_doubts import beside_doubts, cut_cell_doubts

ROWS = [["Ann", "a@x.org", "Leeds"], ["Bob", "b@x.org", "York"], ["Cat", "c@x.org", "Hull"]]
OTHERS = [["Acme", "s@y.org", "Bath"], ["Foo", "t@y.org", "Ely"], ["", "", ""]]
STOCK = [["S1", "Boots"], ["S2", "Hat"], ["", ""]]


def begins(names: list[str], *sides: list[list[str]], is_joined: bool = False) -> list[str]:
    rows = [[cell for part in parts for cell in part] for parts in zip(*sides, strict=True)]
    columns = [f"c{at}" for at in range(1, len(names) + 1)]
    return [doubt.column for doubt in beside_doubts(names, columns, rows, is_joined=is_joined)]


GAP = [[""]] * 3


def test_two_lists_are_seen_by_names_that_come_again_addresses_on_both_sides_or_an_earlier_end() -> None:
    names = ["Name", "Email", "City"]
    assert begins([*names, "", *names], ROWS, GAP, OTHERS) == ["c5"]
    assert begins([*names, *names], ROWS, OTHERS) == ["c4"]
    assert begins([*names, "NAME", "e-mail"], ROWS, [row[:2] for row in OTHERS]) == ["c4"]
    assert begins([*names, "", "Supplier", "Mail", "Town"], ROWS, GAP, OTHERS) == ["c5"]
    assert begins([*names, "", "", "sku", "product"], ROWS, GAP, GAP, STOCK) == ["c6"]
    assert begins(["sku", "product", "", *names], STOCK, GAP, ROWS) == ["c4"]
    assert begins([*names, "", *names], ROWS, GAP, OTHERS, is_joined=True) == ["c5"]


@pytest.mark.parametrize(
    "names",
    [
        ["Name", "Email", "City", "phone", "phone"],
        ["Name", "Email", "City", "", "Note"],
        ["Name", "Email", "City", "Name", "Note"],
        ["", "Email", "City", "", "Note"],
        ["Name", "Email", "City", "", "Note", "Phone"],
        ["Name", "Email", "", "", "Note", "Phone"],
    ],
)
def test_repeated_names_and_blank_columns_alone_are_not_asked_about(names: list[str]) -> None:
    rest = {5: [["1", "2"], ["", "3"], ["", ""]], 6: [["", "", "2"], ["", "4", "3"], ["", "", "1"]]}[len(names)]
    assert begins(names, ROWS, rest) == []


def test_names_below_others_come_again_in_one_list() -> None:
    sales = [["1", "2", "3", "4"]] * 3
    assert begins(["units", "cost", "units", "cost"], sales, is_joined=True) == []
    assert begins(["units", "cost", "units", "cost"], sales) == ["c3"]


def test_a_column_without_a_name_in_which_something_stands_is_no_gap() -> None:
    names = ["Name", "Email", "City", "", "sku", "product"]
    assert begins(names, ROWS, [["x"], [""], [""]], STOCK) == []
    assert begins(names, ROWS, GAP, STOCK) == ["c5"]


def test_a_drawn_cell_that_goes_on_in_the_row_below_is_asked_about_and_a_plus_alone_is_not() -> None:
    cut = [["1", "a@x.org", "first +"], ["", "", "second +"], ["", "", "third"], ["2", "b@x.org", "ok"]]
    assert [(doubt.code, doubt.count) for doubt in cut_cell_doubts(cut)] == [("cut_cells", 2)]
    assert list(cut_cell_doubts([["1", "a@x.org", "A+"], ["2", "b@x.org", "B+"], ["", "", ""]])) == []
    assert list(cut_cell_doubts([["1", "a@x.org", "A+"], ["", "b@x.org", "late"]])) == []
