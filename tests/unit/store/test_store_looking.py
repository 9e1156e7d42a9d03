"""Any row of the list is searched, filtered, sorted and counted, as its steps make it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pytest

from importer.clean import Condition, DropRows, Recipe, RenameColumn, Trim
from importer.errors import ConfigError
from importer.intake import Stage
from importer.store import ListLook, RowFilter, RowOrder, cleaned_list

LIST = (
    b"Email,City,Age\n"
    b"ann@example.com, Oslo,9\n"
    b"bob@example.com,Oslo,10\n"
    b"eve@example.com,Rome,\n"
    b"joe@example.com,Paris,n/a\n"
    b"liv@example.com,%,-2.5\n"
)
AGE_UP, AGE_DOWN = RowOrder("Age"), RowOrder("Age", is_descending=True)


@pytest.fixture
def look(stage_of: Callable[..., Stage], store: Path) -> Callable[..., ListLook]:
    """The list as steps make it; rows 3 and 5 fail in City, row 3 twice."""
    failures = store / "failures.parquet"
    values = "(3, 'City', 'odd'), (3, 'City', 'odd'), (5, 'City', 'odd'), (3, 'Age', 'low')"
    sql = f"copy (from (values {values}) f(row, \"column\", code)) to '{failures}' (format parquet)"
    with duckdb.connect() as connection:
        connection.execute(sql)
    stage = stage_of(LIST)

    def with_steps(*steps: object) -> ListLook:
        return ListLook(cleaned_list(stage, Recipe(steps), store), failures, store)  # type: ignore[arg-type]

    return with_steps


@pytest.mark.parametrize(
    ("wanted", "rows"),
    [
        (RowFilter(), [2, 3, 4, 5, 6]),
        (RowFilter("OSLO"), [2, 3]),
        (RowFilter("example.com"), [2, 3, 4, 5, 6]),
        (RowFilter("%"), [6]),
        (RowFilter("' or 1=1 --"), []),
        (RowFilter("comoslo"), []),
        (RowFilter(column="City", value="Oslo"), [3]),
        (RowFilter(column="City", value=" Oslo"), [2]),
        (RowFilter(column="Age", value=""), [4]),
        (RowFilter(cause=("odd", "City")), [3, 5]),
        (RowFilter("oslo", cause=("odd", "City")), [3]),
        (RowFilter(among=np.array([2, 4])), [2, 4]),
        (RowFilter("rome", among=np.array([2, 4])), [4]),
    ],
)
def test_a_filter_means_these_rows(wanted: RowFilter, rows: list[int], look: Callable[..., ListLook]) -> None:
    looked = look()
    assert looked.rows(wanted, RowOrder(), 0, 200) == rows
    assert looked.count(wanted) == len(rows)
    assert looked.all_rows(wanted).tolist() == rows


def test_the_cells_are_those_that_steps_made(look: Callable[..., ListLook]) -> None:
    looked = look(Trim(("City",)), RenameColumn("City", "Town"), DropRows(Condition("Town", "equals", "Rome")))
    assert looked.rows(RowFilter(column="Town", value="Oslo"), RowOrder(), 0, 200) == [2, 3]
    assert looked.rows(RowFilter(), RowOrder(), 0, 200) == [2, 3, 5, 6]
    assert look().rows(RowFilter(column="City", value="Oslo"), RowOrder(), 0, 200) == [3]  # control: without steps


def test_numbers_are_sorted_by_size_then_texts_and_empty_cells_last(look: Callable[..., ListLook]) -> None:
    assert look().rows(RowFilter(), AGE_UP, 0, 200) == [6, 2, 3, 5, 4]
    assert look().rows(RowFilter(), AGE_DOWN, 0, 200) == [3, 2, 6, 5, 4]
    assert look().rows(RowFilter(), AGE_UP, 1, 2) == [2, 3]


def test_values_are_counted_under_the_filter(look: Callable[..., ListLook]) -> None:
    assert look(Trim(("City",))).values(RowFilter("example"), "City", 2) == [("Oslo", 2), ("%", 1)]
    assert look(Trim(("City",))).values(RowFilter("ann@"), "City", 2) == [("Oslo", 1)]


def test_problems_are_counted_in_rows(look: Callable[..., ListLook]) -> None:
    assert look().causes(RowFilter()) == {("odd", "City"): 2, ("low", "Age"): 1}
    assert look().causes(RowFilter("joe")) == {("odd", "City"): 1}
    assert look().causes(RowFilter("ann")) == {}


def test_a_text_in_any_of_many_columns_is_found(
    look: Callable[..., ListLook], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importer.store.looking.SEARCHED_AT_ONCE", 1)
    assert look().all_rows(RowFilter("oslo")).tolist() == [2, 3]
    assert look().all_rows(RowFilter("n", column="Age", value="10")).tolist() == []
    assert look().all_rows(RowFilter("bob", column="Age", value="10")).tolist() == [3]


def test_a_column_that_is_gone_is_said(look: Callable[..., ListLook]) -> None:
    with pytest.raises(ConfigError, match="is gone"):
        look().count(RowFilter(column="Plan", value="x"))


def test_what_is_damaged_is_said(look: Callable[..., ListLook]) -> None:
    looked = look(Trim(("City",)))
    next(place.file for place in looked.cleaned.columns if place.name == "City").write_bytes(b"PAR1 no more")
    with pytest.raises(ConfigError, match="damaged"):
        looked.count(RowFilter("oslo"))
    assert look().count(RowFilter("oslo")) == 2  # control: the stage is whole
