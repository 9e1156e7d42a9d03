from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
from check_memory_stage import EMAIL, Checked, frame_of

from importer.check import ColumnSpec, OddRow
from importer.clean import Decide

Check = Callable[..., Checked]

AMOUNT, CITY = ColumnSpec("amount", "amount"), ColumnSpec("city", "city")


def rows(count: int = 30, **changed: str) -> pd.DataFrame:
    """Rows 2 to 31; `amount_9="x"` puts x into row 9."""
    frame = frame_of(
        E_Mail=[f"p{at}@b.co" for at in range(count)],
        amount=[f"{at}.50" for at in range(count)],
        city=["Oslo", "Rome", "Bern"] * (count // 3),
    )
    for place, cell in changed.items():
        column, row = place.split("_")
        frame.loc[int(row), column] = cell
    return frame


def test_an_odd_row_is_flagged_with_what_is_odd_and_imported_all_the_same(check: Check) -> None:
    checked = check(rows(amount_9="see remarks", city_9="12.50", amount_20=""), EMAIL, AMOUNT, CITY, slice_rows=12)
    cause = checked.report.cause("odd_row")
    assert cause is not None
    assert (cause.count, cause.example_rows, cause.blocking, cause.held_back) == (1, (9,), False, 0)
    assert cause.title == "1 row is not like the others"
    assert checked.result.odd_rows() == [OddRow(9, "amount", "has letters, the other cells have none")]
    assert checked.ready() == list(range(2, 32))
    assert check(rows(amount_20=""), EMAIL, AMOUNT, CITY).report.causes == ()  # control


def test_rows_of_another_width_are_odd_and_held_back_for_it(check: Check) -> None:
    checked = check(rows(amount_9="x y"), EMAIL, AMOUNT, CITY, blocking={5: "row_too_short", 7: "nul_byte"})
    assert checked.result.odd_rows() == [
        OddRow(5, "", "it has more or fewer cells than there are columns"),
        OddRow(9, "amount", "has letters, the other cells have none"),
    ]
    cause = checked.report.cause("odd_row")
    assert cause is not None
    assert (cause.count, cause.held_back) == (2, 1)
    assert checked.result.odd_rows([9], limit=1)[0].row == 9


def test_a_word_of_the_person_on_odd_rows_counts(check: Check) -> None:
    frame = rows(amount_9="see remarks")
    checked = check(frame, EMAIL, AMOUNT, CITY, steps=[Decide("odd_row", "", "drop")])
    assert (checked.report.ready, checked.report.skipped) == (29, 1)
    checked = check(frame, EMAIL, AMOUNT, CITY, steps=[Decide("odd_row", "", "accept")])
    assert (checked.report.ready, checked.report.cause("odd_row").verdict) == (30, "accept")  # type: ignore[union-attr]


@pytest.mark.parametrize(("odd", "flagged"), [(6, 6), (7, 0)])
def test_where_more_than_a_fifth_would_be_odd_none_is(check: Check, odd: int, flagged: int) -> None:
    blocking = dict.fromkeys(range(2, 2 + odd), "row_too_long")
    checked = check(rows(), EMAIL, AMOUNT, CITY, blocking=blocking, slice_rows=7)
    assert len(checked.result.odd_rows()) == flagged
    assert (checked.report.cause("odd_row") is not None) == bool(flagged)


def test_columns_that_are_not_imported_make_no_row_odd(check: Check) -> None:
    left_out = ColumnSpec("amount", None)
    assert check(rows(amount_9="see remarks"), EMAIL, left_out, CITY).report.causes == ()
