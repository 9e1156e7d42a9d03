"""A form that is opened changes nothing: nothing is preselected that decides which cells change, or into what."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from page_kit import html_of
from streamlit.testing.v1 import AppTest

from importer.clean import DecideRows, History, load_history, save_history
from importer.run import RunFolder, history_version, read_schema
from pages.parts.operation_fields import EVERY
from pages.parts.operation_forms import FORMS, GROUPED, IN_A_CELL, SET_THESE

ROWS = [
    "Title,Email,Phone,City,Score,Joined,News",
    "Dr.,ann@example.com,+44 20 7946 0124,Bonn,1,2024-03-01,ja",
    ",bob at example.com,12,,many,01/02/24,nein",
    ",,+44 20 7946 0127,Rome,3,last Tuesday,vielleicht",
    *(f",p{n}@example.com,+44 20 7946 01{n},Oslo,{n},2024-03-{n - 20},ja" for n in range(30, 50)),
    ",p30@example.com,+44 20 7946 0130,Oslo,4,2024-03-04,ja",
]
LIST = "\n".join(ROWS).encode()

DONE_BY_COLUMN = {
    "trim",
    "remove_invisible",
    "repair_mojibake",
    "one_writing",
    "clear_words",
    "clear_no_dates",
    "fill_from_above",
    "parse_yes_no",
    "parse_list",
    "format_phones",
    "normalise_emails",
}
"""Operations that a person has said all of with their name and a column. Whatever puts a value, or reads one in one
of several ways, is none of them."""

DONE_BY_COLUMNS = DONE_BY_COLUMN | {"drop_columns"}


@pytest.fixture
def folder(read: Callable[..., RunFolder]) -> RunFolder:
    return read(LIST)


def can_apply(app: AppTest) -> bool:
    return any(button.label == "Apply" and not button.disabled for button in app.button)


def change_form(app: AppTest, folder: RunFolder, name: str) -> AppTest:
    """The tab Transform with the form of an operation, nothing filled in."""
    group = next(group for group, names in GROUPED.items() if name in names)
    key = f"change_{folder.run_id}"
    app.session_state[f"check_tabs_{folder.run_id}"] = "Transform"
    app.session_state[f"{key}_group"] = group
    app.session_state[f"{key}_{group}"] = name
    return app.run()


def test_no_form_of_the_list_is_ready_before_a_person_chose(
    open_page: Callable[..., AppTest], folder: RunFolder
) -> None:
    app = open_page("check.py", folder)
    key = f"change_{folder.run_id}"
    ready = set()
    for name, form in FORMS.items():
        app = change_form(app, folder, name)
        assert not app.exception
        assert not can_apply(app), f"{name} is ready before anything was chosen"
        if form.picks == "one":
            app = app.selectbox(key=f"{key}_column").select("City").run()
        elif form.picks != "no":
            app = app.multiselect(key=f"{key}_columns").set_value(["City"]).run()
        if can_apply(app) or any(button.label == "Apply" for button in app.button):
            ready.add(name)
        if form.picks == "one":
            app = app.selectbox(key=f"{key}_column").set_value(None).run()
        elif form.picks != "no":
            app = app.multiselect(key=f"{key}_columns").set_value([]).run()
    assert ready == DONE_BY_COLUMNS
    assert load_history(folder.recipe) == History()


def test_every_column_is_meant_only_when_a_person_says_so(
    open_page: Callable[..., AppTest], folder: RunFolder
) -> None:
    app = change_form(open_page("check.py", folder), folder, "trim")
    assert f"Pick columns, or “{EVERY}”." in [one.value for one in app.caption]
    app.checkbox(key=f"change_{folder.run_id}_every").check().run()
    assert any(button.label == "Apply" for button in app.button)


@pytest.mark.parametrize(("name", "field"), [("keep_rows", "where"), ("drop_rows", "where")])
def test_rows_are_left_out_only_by_a_column_and_a_test_that_a_person_chose(
    open_page: Callable[..., AppTest], folder: RunFolder, name: str, field: str
) -> None:
    app = change_form(open_page("check.py", folder), folder, name)
    key = f"change_{folder.run_id}_{name}_0_{field}"
    assert (app.selectbox(key=f"{key}_column").value, app.selectbox(key=f"{key}_test").value) == (None, None)
    app.selectbox(key=f"{key}_column").select("City").run()
    assert not can_apply(app)
    app.selectbox(key=f"{key}_test").select("is blank").run()
    assert can_apply(app)


def test_cells_are_emptied_only_by_a_word_for_it(open_page: Callable[..., AppTest], folder: RunFolder) -> None:
    app = change_form(open_page("check.py", folder), folder, "set_column")
    key = f"change_{folder.run_id}"
    app.selectbox(key=f"{key}_column").select("City").run()
    app.radio(key=f"{key}_set_column_0_where").set_value("all").run()
    assert not can_apply(app), "no text was given"
    app.checkbox(key=f"{key}_set_column_0_text_empty").check().run()
    assert can_apply(app)


def test_no_form_on_a_card_is_ready_before_a_person_chose_and_each_is_about_the_cards_column(
    open_page: Callable[..., AppTest], folder: RunFolder
) -> None:
    app = open_page("check.py", folder)
    causes = [button.key.removeprefix("reject_") for button in app.button if str(button.key).startswith("reject_")]
    cards = [cause for cause in causes if cause.rsplit("_", 1)[-1] in ROWS[0].split(",")]
    assert {"not_an_email_Email", "key_missing_Email", "not_a_phone_Phone"} <= set(cards), cards
    columns = {"not_an_email_Email": "Email", "key_missing_Email": "Email", "not_a_phone_Phone": "Phone"}
    for cause, column in columns.items():
        app = open_page("check.py", folder)
        app.session_state[f"another_{folder.run_id}_{cause}"] = True
        app = app.run()
        what = app.selectbox(key=f"other_{folder.run_id}_{cause}_what")
        assert what.value is None
        assert not any(button.label == "Apply" for button in app.button), (
            f"{cause} is ready before anything was chosen"
        )
        names = {
            label: name for name, label in [*((n, FORMS[n].label) for n in IN_A_CELL), ("set_these", SET_THESE.label)]
        }
        offered = {names[label.replace("\\", "")] for label in what.options}
        ready = set()
        for name in sorted(offered):
            app = app.selectbox(key=f"other_{folder.run_id}_{cause}_what").select(name).run()
            assert not app.exception
            if any(button.label == "Apply" for button in app.button):
                ready.add(name)
        assert ready <= DONE_BY_COLUMN, ready - DONE_BY_COLUMN
        assert ("set_these" in offered) == (column != "Email"), "one text would make one contact of many"
    assert load_history(folder.recipe) == History()


def test_no_rule_and_no_column_is_changed_before_a_person_chose_which(
    open_page: Callable[..., AppTest], folder: RunFolder
) -> None:
    app = open_page("columns.py", folder)
    before = read_schema(folder)
    assert app.selectbox(key=f"rule_column_{folder.run_id}").value is None
    assert app.selectbox(key="rule_kind").value is None
    assert app.selectbox(key=f"form_column_{folder.run_id}").value is None
    assert not [one for one in app.button if one.label in ("Add the rule", "Keep the change")]
    app.selectbox(key="rule_kind").select("required").run()
    assert not [one for one in app.button if one.label == "Add the rule"]
    assert read_schema(folder) == before


def test_find_and_replace_looks_nowhere_before_a_person_says_where(
    open_page: Callable[..., AppTest], folder: RunFolder
) -> None:
    app = open_page("check.py", folder, {"view": "rows"})
    before = history_version(folder)
    app.text_input(key=f"find_what_{folder.run_id}").set_value("e")
    next(button for button in app.button if button.label == "Find").click().run()
    assert "Choose a column, or “Every column”." in [one.value for one in app.caption]
    assert not [button for button in app.button if button.label.startswith("Replace in")]
    assert history_version(folder) == before


def test_control_a_form_with_a_column_and_a_text_preselected_would_be_ready(
    open_page: Callable[..., AppTest], folder: RunFolder
) -> None:
    app = change_form(open_page("check.py", folder), folder, "set_column")
    key = f"change_{folder.run_id}"
    app.session_state[f"{key}_column"] = "Title"
    app.session_state[f"{key}_set_column_0_text_empty"] = True
    app.session_state[f"{key}_set_column_0_where"] = "all"
    assert can_apply(app.run())


def card_form(app: AppTest, folder: RunFolder, cause: str, name: str) -> AppTest:
    """More fixes on the card of a cause, with the form of an operation."""
    app.session_state[f"another_{folder.run_id}_{cause}"] = True
    app = app.run()
    return app.selectbox(key=f"other_{folder.run_id}_{cause}_what").select(name).run()


PHONES = b"email,phone,joined\n" + b"".join(
    b"p%d@example.com,%s,%s\n" % (n, b"4.91512E+11" if n < 3 else b"+49151123456%02d" % n, joined)
    for n, joined in enumerate([b"2024-03-01"] * 12 + [b"soon", b""])
)


def test_what_empties_cells_that_are_no_dates_is_offered_for_columns_of_dates(
    read: Callable[..., RunFolder], open_page: Callable[..., AppTest]
) -> None:
    folder = read(PHONES)
    for cause, offered in (("not_a_phone_phone", False), ("odd_date_joined", True)):
        app = open_page("check.py", folder)
        app.session_state[f"another_{folder.run_id}_{cause}"] = True
        what = app.run().selectbox(key=f"other_{folder.run_id}_{cause}_what")
        assert ("Clear what is no date" in what.options) is offered, cause


def test_a_preview_on_a_card_shows_good_cells_first(
    read: Callable[..., RunFolder], open_page: Callable[..., AppTest]
) -> None:
    folder = read(PHONES)
    app = card_form(open_page("check.py", folder), folder, "not_a_phone_phone", "replace")
    key = f"other_{folder.run_id}_not_a_phone_phone_replace_0"
    app.text_input(key=f"{key}_find").set_value("+49").run()
    told = html_of(app)
    assert "Will change 11 cells in 11 rows. All of them have no problem as they are." in told
    assert "<td>5</td><td>+4915112345603</td><td>15112345603</td>" in told
    app.text_input(key=f"{key}_find").set_value("4.91512E").run()
    assert "no problem as" not in html_of(app), "control: only the bad cells change"


def test_filling_from_above_says_that_nothing_is_blank(
    read: Callable[..., RunFolder], open_page: Callable[..., AppTest]
) -> None:
    folder = read(PHONES)
    app = card_form(open_page("check.py", folder), folder, "not_a_phone_phone", "fill_from_above")
    assert not [one.value for one in (*app.error, *app.warning) if "not seen this list" in one.value]
    assert "Will change nothing." in html_of(app)
    assert "No blank cell of phone has a filled one above it." in [one.value for one in app.caption]


def test_a_blank_key_is_not_filled_with_the_key_of_another_contact(
    read: Callable[..., RunFolder], open_page: Callable[..., AppTest]
) -> None:
    """From above it would be the one before; one text for several is as bad. A list of other columns is filled."""
    folder = read("email,city,zip\na@example.com,Bonn,1\n,,2\nb@example.com,Köln,3\n,,4\n".encode())
    app = card_form(open_page("check.py", folder), folder, "key_missing_email", "fill_from_column")
    names = app.selectbox(key=f"other_{folder.run_id}_key_missing_email_what").options
    offered = {"Fill blanks from above", "Fill blanks with a text", "Put one text into the cells"} & set(names)
    assert (offered, names[0]) == (set(), "Fill blanks from another column")
    app = change_form(open_page("check.py", folder), folder, "fill_from_above")
    app.selectbox(key=f"change_{folder.run_id}_column").select("email").run()
    assert "email is the key: with the same text several contacts would be one." in html_of(app)
    assert not can_apply(app)
    app.selectbox(key=f"change_{folder.run_id}_column").select("city").run()
    assert can_apply(app)


def test_what_changes_is_in_sight_where_the_cells_that_fail_stay(
    read: Callable[..., RunFolder], open_page: Callable[..., AppTest]
) -> None:
    folder = read(b"email,city\na@example.com ,Bonn\n,Ulm\n,Hof\n")
    app = card_form(open_page("check.py", folder), folder, "key_missing_email", "trim")
    told = html_of(app)
    assert "Will change 1 cell in 1 row." in told
    assert "The cells that fail stay as they are." in told
    sample = told.split("The cells that fail stay as they are.")[1]
    assert sample.index("<td>2</td>") < sample.index("<td>3</td>")


def test_rows_that_are_left_out_are_not_counted(
    read: Callable[..., RunFolder], open_page: Callable[..., AppTest]
) -> None:
    folder = read(PHONES)
    save_history(folder.recipe, History((DecideRows((5, 6), "drop"),)))
    app = change_form(open_page("check.py", folder), folder, "change_case")
    app.selectbox(key=f"change_{folder.run_id}_column").select("email").run()
    app.selectbox(key=f"change_{folder.run_id}_change_case_1_case").select("upper").run()
    assert "Will change 12 cells in 12 rows." in html_of(app)
