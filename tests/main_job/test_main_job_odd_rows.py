"""Rows that are not like the others are told and imported as they are."""

from __future__ import annotations

import json
from pathlib import Path

from main_job.kit import MainJob, TableSpec, assert_items, assert_told

BY_ID = TableSpec({"id": "S"})


def orders(*odd: str) -> tuple[str, list[dict[str, dict[str, str]]]]:
    """A list of 30 orders with other lines in the places of its first ones, and the items that it makes."""
    lines = [f"SO-{100 + at},2024-03-{at % 28 + 1:02},{at}.50 EUR,Oslo" for at in range(30)]
    lines[4 : 4 + len(odd)] = odd
    names = ("id", "day", "amount", "city")
    cells = [dict(zip(names, line.split(","), strict=True)) for line in lines]
    items = [{name: {"S": cell} for name, cell in row.items() if cell} for row in cells]
    return "\n".join([",".join(names), *lines, ""]), items


def test_odd_rows_are_told_with_count_and_first_row_and_all_rows_are_imported(
    main_job: MainJob, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    text, items = orders("2024-03-05,SO-900,7.50 EUR,Oslo", "Region North,,,", "SO-901,soon,7.50 EUR,Oslo")
    path.write_text(text)
    outcome = main_job.import_list(path, BY_ID)
    assert outcome.code == 0, outcome.told
    assert_items(outcome, items)
    assert outcome.summary is not None
    told = [one for one in outcome.summary["warnings"] if one["code"] == "odd_row"]
    assert [(one["column"], one["count"], one["first_row"], one["is_doubt"]) for one in told] == [("", 3, 6, False)]
    assert_told(outcome, "warning: 3 rows are not like the others, first in row 6")
    assert "Region North" not in outcome.told
    assert "soon" not in outcome.told


def test_an_amount_with_a_sign_of_money_is_told_and_imported_as_it_is(main_job: MainJob, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    fees = ["\xa360" if at == 7 else f"{at + 20}.00" for at in range(30)]
    path.write_text("\n".join(["id,fee", *(f"SO-{100 + at},{fee}" for at, fee in enumerate(fees)), ""]))
    outcome = main_job.import_list(path, BY_ID)
    assert_items(outcome, [{"id": {"S": f"SO-{100 + at}"}, "fee": {"S": fee}} for at, fee in enumerate(fees)])
    assert_told(outcome, "warning: 1 row is not like the others, row 9")


def test_a_regular_list_says_nothing_of_odd_rows(main_job: MainJob, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    text, items = orders()
    path.write_text(text)
    outcome = main_job.import_list(path, BY_ID)
    assert_items(outcome, items)
    assert "odd_row" not in outcome.told


def test_odd_rows_that_are_all_held_back_are_told_all_the_same(main_job: MainJob, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(orders(",Region North,,")[0])
    code, out, err = main_job.command("check", path, "--key", "id", "--json")
    assert code == 3
    facts = json.loads(out)
    assert [one["row"] for one in facts["odd_rows"]] == [6]
    told = [one for one in facts["warnings"] if one["code"] == "odd_row"]
    assert [(one["count"], one["first_row"]) for one in told] == [(1, 6)]
    assert "1 row is not like the others, row 6." in err
    assert "Held back for another reason: all of them." in err


def test_check_names_each_odd_row_and_what_is_odd(main_job: MainJob, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(orders("Region North,,,", "SO-901,soon,7.50 EUR,Oslo")[0])
    code, out, _ = main_job.command("check", path, "--key", "id", "--json")
    assert code == 0
    assert [(one["row"], one["column"], one["words"]) for one in json.loads(out)["odd_rows"]] == [
        (6, "", "most cells are blank that are filled in the other rows"),
        (7, "day", "has letters, the other cells have none"),
    ]
