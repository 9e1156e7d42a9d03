"""Find and replace: counted, sampled, and as steps that do just that."""

from __future__ import annotations

import pandas as pd
import pytest

from importer.clean import Recipe, Replace, SetCells, find_everywhere, find_in_rows, finding
from importer.errors import ConfigError

LIST = pd.DataFrame(
    {"Phone": ["0044 1", "+1 2", "0044 3", ""], "Note": ["call 0044", "", "0044", "x"]},
    index=pd.Index([2, 3, 5, 9], name="row"),
    dtype="str",
)
BOTH = (Replace("Phone", "0044", "+44"), Replace("Note", "0044", "+44"))


def test_the_whole_list_gets_one_step_a_column_that_has_the_text() -> None:
    found = find_everywhere([LIST.iloc[:2], LIST.iloc[2:]], (*BOTH, Replace("Phone", "nowhere", "")))
    assert (found.cells, found.rows, found.by_column) == (4, 2, {"Phone": 2, "Note": 2})
    assert found.sample[0] == (2, "Phone", "0044 1", "+44 1")
    assert [row for row, *_ in found.sample] == [2, 2, 5, 5]
    only = find_everywhere([LIST], (Replace("Phone", "+1", "+2"), Replace("Note", "zzz", "")))
    assert only.steps == (Replace("Phone", "+1", "+2"),)


def test_picked_rows_get_their_own_cells_set_and_no_other() -> None:
    found = find_in_rows([LIST.loc[[2, 3]]], BOTH)
    assert found.steps == (SetCells("Phone", ((2, "+44 1"),)), SetCells("Note", ((2, "call +44"),)))
    after = Recipe(found.steps).apply(LIST).frame
    assert after["Phone"].tolist() == ["+44 1", "+1 2", "0044 3", ""]
    assert after["Note"].tolist() == ["call +44", "", "0044", "x"]


def test_a_pattern_counts_the_cells_it_changes_not_those_it_matches() -> None:
    found = find_everywhere([LIST], (Replace("Phone", r"^\+(\d)", r"+\1", is_pattern=True),))
    assert (found.cells, found.steps) == (0, ())


def test_too_many_single_cells_are_refused_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "MOST_CELLS", 1)
    with pytest.raises(ConfigError, match="Replace in the whole list instead"):
        find_in_rows([LIST], BOTH)
    assert find_in_rows([LIST.loc[[2]]], BOTH[:1]).cells == 1


def test_the_sample_holds_five_cells_however_many_there_are() -> None:
    many = pd.DataFrame({"Phone": ["0044"] * 50}, index=pd.RangeIndex(2, 52, name="row"), dtype="str")
    found = find_everywhere([many, many], BOTH[:1])
    assert (found.cells, len(found.sample)) == (100, 5)
