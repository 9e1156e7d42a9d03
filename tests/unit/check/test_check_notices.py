"""What is odd about cells holds no row back, is looked for in the list as the recipe leaves it, and is said once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from check_memory_stage import EMAIL, EMAIL_KEY, Checked, frame_of

from importer.check import Allowed, CheckReport, ColumnSpec, DynamoType, Phone, Schema, check_stage
from importer.check.codes import NOTICES, title_of
from importer.check.notices import ColumnFacts
from importer.check.suggest import suggest
from importer.clean import ClearNoDates, PadZeros, ParseDates, Recipe, RenameColumn, Trim
from importer.profile import profile_stage

Check = Callable[..., Checked]


def mails(count: int) -> list[str]:
    return [f"p{at}@x.org" for at in range(count)]


def notices(report: CheckReport) -> dict[tuple[str, str], int]:
    return {(cause.code, cause.column): cause.count for cause in report.causes if not cause.blocking}


def of_column(check: Check, *cells: str, steps: tuple[object, ...] = (), name: str = "v") -> dict[str, int]:
    frame = frame_of(E_Mail=mails(len(cells)), **{name: list(cells)})
    report = check(frame, EMAIL, ColumnSpec(name, name), steps=steps).report
    assert report.ready == len(cells)
    return {code: count for (code, column), count in notices(report).items() if column == name}


def test_a_cell_that_fails_its_rule_is_not_also_called_odd_but_for_what_tells_why(check: Check) -> None:
    frame = frame_of(E_Mail=mails(3), tier=["gold ", "n/a", "4.9E+11"])
    report = check(frame, EMAIL, ColumnSpec("tier", "tier", rules=(Allowed(("gold",)),))).report
    assert report.undecided == 3
    assert notices(report) == {("scientific", "tier"): 1}


def test_columns_that_are_not_imported_and_cells_of_json_are_left_alone(check: Check) -> None:
    frame = frame_of(E_Mail=mails(1), a=["n/a"], b=['{"x": "n/a "}'])
    specs = (EMAIL, ColumnSpec("a", None), ColumnSpec("b", "b", DynamoType.M))
    assert notices(check(frame, *specs).report) == {}


def test_rows_with_something_odd_are_ready_and_counted(check: Check) -> None:
    frame = frame_of(E_Mail=mails(3), a=["n/a", "x ", "y"], b=["n/a", "", ""])
    report = check(frame, EMAIL, ColumnSpec("a", "a"), ColumnSpec("b", "b")).report
    assert (report.ready, report.warnings) == (3, 2)
    assert notices(report) == {("null_word", "a"): 1, ("padded", "a"): 1, ("null_word", "b"): 1}


DATES = ("2024-03-01", "2024-03-02", "2024-03-03")


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ((*DATES, "next week"), {"odd_date": 1}),
        ((*DATES, "30/02/2024", "2024-13-01", "03/2024"), {"odd_date": 3}),
        ((*DATES, "0/0/00", "tbd", "#N/A"), {"zero_date": 1, "null_word": 1, "error_value": 1}),
        ((*DATES, "31. März 2024", "5 de mayo de 2024", "1/2/2024"), {}),
        (("2024-03-01", "next week", "later", "x"), {}),
        (("31/12/2023", "12/31/2023", "12/30/2023", "1/2/2024"), {"two_date_orders": 1}),
        (("31/12/2023", "1/2/2024", "30/11/2023"), {}),
    ],
)
def test_what_is_no_date_is_told_where_most_are(check: Check, cells: tuple[str, ...], found: dict[str, int]) -> None:
    assert of_column(check, *cells) == found


def test_the_list_is_looked_at_as_its_recipe_leaves_it(check: Check) -> None:
    cells = ("07102", "10001", "94110", "7030 ", "60601")
    assert of_column(check, *cells, name="zip") == {"lost_zeros": 1, "padded": 1}
    assert of_column(check, *cells, name="zip", steps=(Trim(("zip",)),)) == {"lost_zeros": 1}
    assert of_column(check, *cells, name="zip", steps=(PadZeros("zip", 5),)) == {}


def test_a_profile_of_the_list_spares_looking_and_changes_nothing(check: Check, tmp_path: Path) -> None:
    frame = frame_of(E_Mail=mails(4), zip=["07102", "10001", "7030", "60601"], born=[*DATES, "soon"], note=["x"] * 4)
    specs = (EMAIL, *(ColumnSpec(name, name) for name in ("code", "born", "note")))
    step = RenameColumn("zip", "code")
    checked = check(frame, *specs, steps=(step,))
    again = check_stage(
        checked.stage,
        Recipe((step,)),
        Schema(specs, ("email",)),
        EMAIL_KEY,
        tmp_path / "with-profile",
        profile=profile_stage(checked.stage),  # type: ignore[arg-type]
    )
    assert notices(again) == notices(checked.report) == {("lost_zeros", "code"): 1, ("odd_date", "born"): 1}


def test_a_step_that_could_not_read_is_told_unless_a_rule_says_it(check: Check) -> None:
    frame = frame_of(E_Mail=mails(2), d=["12/31/2023", "31/12/2023"], tel=["12", "+44 20 7946 0123"])
    steps = (ParseDates("d", "dmy"),)
    specs = (EMAIL, ColumnSpec("d", "d"), ColumnSpec("tel", "tel", rules=(Phone(),)))
    report = check(frame, *specs, steps=steps).report
    assert notices(report) == {("unread_date", "d"): 1}
    cause = report.cause("unread_date", "d")
    assert cause is not None
    assert cause.suggestions == (ParseDates("d", "mdy"),)


@pytest.mark.parametrize(
    ("code", "cells", "mended"),
    [
        ("scientific", ["4.9E+11", " -1.2E+15 "], ["", ""]),
        ("month_day", ["5-May"], [""]),
        ("error_value", ["#N/A", "#REF!"], ["", ""]),
        ("zero_date", ["0/0/00", "1900-01-00"], ["", ""]),
        ("prefix", ["p:+4915112345678", "tel: 030 123456"], ["+4915112345678", "030 123456"]),
        ("prefix", ["mailto:ann@x.org", "smtp:ANN@x.org"], ["ann@x.org", "ANN@x.org"]),
        ("prefix", ['="00123"', "'+4930123456"], ["00123", "+4930123456"]),
        ("null_word", ["n/a", "K.A."], ["", ""]),
        ("padded", [" x", "y\u00a0"], ["x", "y"]),
        ("invisible", ["a\u200bb"], ["ab"]),
        ("mojibake", ["KÃ¶ln"], ["Köln"]),
    ],
)
def test_the_first_fix_of_a_warning_mends_its_cells(code: str, cells: list[str], mended: list[str]) -> None:
    (fix, *_) = suggest(code, ColumnSpec("c", "c"), cells)
    assert Recipe((fix,)).apply(frame_of(c=cells)).frame["c"].tolist() == mended


def test_zeros_are_padded_to_the_length_that_the_column_has() -> None:
    facts = ColumnFacts(code_length=5)
    assert suggest("lost_zeros", ColumnSpec("c", "c"), ["7030"], facts) == (PadZeros("c", 5, 3),)
    assert suggest("lost_zeros", ColumnSpec("c", "c"), ["7030"]) == ()


def test_the_order_of_odd_dates_is_offered_both_ways_where_nothing_tells() -> None:
    facts = ColumnFacts(is_dates=True)
    assert suggest("odd_date", ColumnSpec("c", "c"), ["next week"], facts) == (ClearNoDates("c"),)
    assert suggest("odd_date", ColumnSpec("c", "c"), ["45352", "1700000000"], facts) == (), "they may be days"


def test_every_warning_has_words_for_one_and_for_many_and_holds_nothing_back() -> None:
    for code, entry in NOTICES.items():
        assert not entry.blocking
        assert not entry.fatal
        assert title_of(code, "Zip", 1) != title_of(code, "Zip", 2)
        assert "Zip" in title_of(code, "Zip", 2) or code in ("alike_keys", "odd_row")
