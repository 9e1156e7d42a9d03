"""The grid and cells that are too long for a page: cut for showing, never cut when saved."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
from streamlit.testing.v1 import AppTest

from importer.clean import SetCells, load_history
from importer.run import RunFolder
from pages.parts.grid_edits import SHOWN_CHARACTERS, shown


def test_a_400_kb_cell_goes_to_the_browser_cut_and_stays_whole_in_the_list() -> None:
    cells = pd.DataFrame({"note": ["x" * 400_000, "=cmd", "<script>", ""]}, index=[2, 3, 4, 5], dtype="str")
    sent = shown(cells)
    assert sent["note"].tolist() == ["x" * 2_000 + " …", "=cmd", "<script>", ""]
    assert sent.index.tolist() == [2, 3, 4, 5]
    assert len(cells.at[2, "note"]) == 400_000


def test_a_cell_of_exactly_the_shown_length_is_not_cut() -> None:
    cells = pd.DataFrame({"note": ["x" * SHOWN_CHARACTERS]}, index=[2], dtype="str")
    assert shown(cells)["note"].tolist() == ["x" * SHOWN_CHARACTERS]


def _rows(open_page: Callable[..., AppTest], folder: RunFolder) -> AppTest:
    return open_page("check.py", folder, {"view": "rows"})


def _typed(app: AppTest, place: int, column: str, text: str) -> AppTest:
    key = app.data_editor[0].key
    app.session_state[key] = {"edited_rows": {place: {column: text}}, "added_rows": [], "deleted_rows": []}
    return app.run()


def _list(note: bytes) -> bytes:
    """One failing row, row 3."""
    return b"Email,Note\nann@example.com,a\nnot an address," + note + b"\ncarla@example.com,c\n"


def test_typing_into_a_cut_cell_changes_nothing_and_says_why(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(_list(b"x" * 5_000))
    app = _typed(_rows(open_page, folder), 0, "c1", "cut off")
    assert load_history(folder.recipe).done == ()
    told = " ".join(element.value for element in app.warning).replace("\\", "")
    assert "Row 3, column Note: the cell has 5,000 characters" in told


def test_typing_into_a_cell_shown_whole_is_a_step_at_once(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(_list(b"short"))
    _typed(_rows(open_page, folder), 0, "c1", "longer")
    assert load_history(folder.recipe).done == (SetCells("Note", ((3, "longer"),)),)
