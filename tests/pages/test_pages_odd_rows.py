"""The card of rows that are not like the others: which, where and why; a person may leave them out."""

from __future__ import annotations

from collections.abc import Callable

from page_kit import html_of
from streamlit.testing.v1 import AppTest

from importer.check import CheckResult
from importer.run import RunFolder

ROWS = [f"p{at}@example.com,{at}.50,Oslo" for at in range(30)]


def list_of(*odd: str) -> bytes:
    return "\n".join(["Email,Amount,City", *ROWS[:10], *odd, *ROWS[10:]]).encode()


def test_the_card_says_which_rows_are_odd_and_why_and_they_can_be_left_out(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(list_of("q1@example.com,see remarks,Oslo", "q2@example.com,12.50,10115"))
    app = open_page("check.py", folder)
    shown = html_of(app)
    assert "2 rows are not like the others" in shown
    for told in ("see remarks", "has letters, the other cells have none", "10115", "has no letters"):
        assert told in shown
    assert CheckResult.open(folder.check).report.ready == 32
    app.button(key="drop_odd_row_").click().run()
    assert not app.exception
    assert CheckResult.open(folder.check).report.ready == 30


def test_odd_rows_that_are_all_held_back_have_a_card_that_says_so(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    shown = html_of(open_page("check.py", read(list_of(",Region North,"))))
    assert "1 row is not like the others" in shown
    assert "Held back for another reason: all of them." in shown


def test_a_regular_list_has_no_such_card(open_page: Callable[..., AppTest], read: Callable[..., RunFolder]) -> None:
    assert "not like the others" not in html_of(open_page("check.py", read(list_of())))
