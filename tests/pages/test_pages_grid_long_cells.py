"""The grid and cells that are too long for a page: cut for showing, never cut when saved."""

from __future__ import annotations

import pandas as pd

from pages.parts.grid import SHOWN_CHARACTERS, shown


def test_a_400_kb_cell_goes_to_the_browser_cut_and_stays_whole_in_the_list() -> None:
    cells = pd.DataFrame({"note": ["x" * 400_000, "=cmd", "<script>", ""]}, index=[2, 3, 4, 5], dtype="str")
    sent = shown(cells)
    assert sent["note"].tolist() == ["x" * 2_000 + " …", "=cmd", "<script>", ""]
    assert sent.index.tolist() == [2, 3, 4, 5]
    assert len(cells.at[2, "note"]) == 400_000


def test_a_cell_of_exactly_the_shown_length_is_not_cut() -> None:
    cells = pd.DataFrame({"note": ["x" * SHOWN_CHARACTERS]}, index=[2], dtype="str")
    assert shown(cells)["note"].tolist() == ["x" * SHOWN_CHARACTERS]
