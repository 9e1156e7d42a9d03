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


DATED = [f"p{at}@example.com,2024-0{1 + at % 9}-1{at % 10},Oslo" for at in range(30)]


def dated(*odd: str) -> bytes:
    return "\n".join(["Email,Joined,City", *DATED[:10], *odd, *DATED[10:]]).encode()


def clear_buttons(app: AppTest) -> list[str]:
    """The types of the buttons that would clear what is no date."""
    return [button.proto.type for button in app.button if button.label.startswith("Clear what is no date")]


def test_clearing_cells_that_moved_is_offered_last_and_plainly(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    app = open_page("check.py", read(dated("q1@example.com,Rome,2024-03-11")))
    assert "1 row is not like the others" in html_of(app)
    assert clear_buttons(app) == ["tertiary"]
    keys = [button.key for button in app.button if button.key and "odd_date_Joined" in button.key]
    assert keys[-1].startswith("fix_odd_date_Joined")


def test_control_where_no_row_is_odd_it_is_the_first_fix(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    app = open_page("check.py", read(dated("q1@example.com,2024-13-45,Oslo")))
    assert "not like the others" not in html_of(app)
    assert clear_buttons(app) == ["primary"]


def test_what_was_set_aside_is_not_called_imported(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    shown = html_of(open_page("check.py", read(list_of() + b"\nTotal,435.00,\n")))
    assert "Left out of the import" in shown
    assert "still imported" not in shown


PEOPLE = [f"p{at}@example.com,Ann,Oslo" for at in range(20)]
REPAIRS = "Repair them on the File page"


def links(app: AppTest) -> list[str]:
    return [link.proto.label for link in app.get("page_link")]


def test_repairs_are_linked_where_one_is_offered_and_nowhere_else(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    names = "Email,Name,City"
    mendable = "\n".join([names, *PEOPLE[:10], "x@example.com;Eve;Rome", *PEOPLE[10:]]).encode()
    assert REPAIRS in links(open_page("check.py", read(mendable)))
    without = "\n".join([names, *PEOPLE[:10], "x@example.com,Eve,Rome,more", *PEOPLE[10:]]).encode()
    app = open_page("check.py", read(without))
    assert "too many cells" in html_of(app)
    assert REPAIRS not in links(app)
