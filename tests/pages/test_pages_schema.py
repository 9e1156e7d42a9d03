"""The schema editor by AppTest: counts, messages, changes, the key, steps, one item, hostile cells."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from page_kit import html_of, texts
from streamlit.testing.v1 import AppTest

from importer.check import ColumnSpec, Date, DynamoType, Length, Pattern, Required, TypeFrom, Unique, dump_schema
from importer.clean import DropColumns, History, RenameColumn, SplitColumn, save_history
from importer.run import RunFolder, keep_history, read_schema, save_schema
from pages.parts import rule_counts, words
from pages.parts.column_form import changed
from pages.parts.markup import plain

LIST = (
    b"Email,Name,Code\n"
    b"ann@example.com,Ann Ames,AB1234\n"
    b"not an address,Bob Bell,x\n"
    b"carla@example.com,<b onclick=alert(1)>Carla</b> [x](http://example.com),\n"
    b"dora@example.com,Dora Dee,<script>alert(1)</script>\n"
)


@pytest.fixture
def tab(open_page: Callable[..., AppTest]) -> Callable[[RunFolder, str], AppTest]:
    """The Columns page of a run with one of its tabs open."""

    def open_tab(folder: RunFolder, name: str) -> AppTest:
        app = open_page("columns.py", folder)
        app.session_state[f"columns_tabs_{folder.run_id}"] = name
        return app.run()

    return open_tab


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label.replace("\\", "").startswith(label)).click().run()


def choose_rule(app: AppTest, folder: RunFolder, column: str, kind: str) -> AppTest:
    app.selectbox(key=f"rule_column_{folder.run_id}").select(column).run()
    return app.selectbox(key="rule_kind").select(kind).run()


def fill(app: AppTest, label: str, text: str) -> AppTest:
    return [field for field in app.text_input if field.label == label][-1].set_value(text).run()


def code_of(app: AppTest) -> dict[str, object]:
    return json.loads(app.code[0].value)  # type: ignore[no-any-return]


def test_each_rule_says_how_many_rows_fail_it(
    open_page: Callable[..., AppTest], tab: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(LIST)
    said = texts(tab(folder, "Rules").markdown)
    assert "**Email** must not be blank :green-badge[no row fails]" in said
    assert "**Email** must be an e-mail address :orange-badge[1 row fails]" in said
    assert not open_page("check.py", folder).error
    again = texts(tab(folder, "Rules").markdown)
    assert "**Email** must be an e-mail address :orange-badge[1 row fails]" in again


def test_a_rule_foretells_its_rows_before_it_is_added_and_says_a_persons_words_after(
    open_page: Callable[..., AppTest], tab: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(LIST)
    app = choose_rule(tab(folder, "Rules"), folder, "Code", "pattern")
    assert "would fail" not in texts(app.markdown)
    app = fill(app, "The whole cell must match", "[A-Z]{2}[0-9]{4}")
    assert ":orange-badge[2 rows would fail] of 4" in texts(app.markdown)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html_of(app)
    assert "<script>" not in html_of(app)
    app = fill(app, "What to say of a cell that fails (optional)", "Partner code is two letters and four digits")
    app = press(app, "Add the rule")
    rule = Pattern("[A-Z]{2}[0-9]{4}", message="Partner code is two letters and four digits")
    assert read_schema(folder).column("Code").rules == (rule,)
    assert "Partner code is two letters and four digits" in texts(app.markdown)
    check = open_page("check.py", folder)
    assert "Partner code is two letters and four digits" in html_of(check)


def test_dates_are_held_to_a_rule_by_its_form(tab: Callable[..., AppTest], read: Callable[..., RunFolder]) -> None:
    folder = read(LIST)
    app = choose_rule(tab(folder, "Rules"), folder, "Code", "date")
    app = fill(app, "Written as (optional)", "DD.MM")
    assert "must have year, month and day once each" in texts(press(app, "Add the rule").error)
    app = fill(app, "Written as (optional)", "DD.MM.YYYY")
    assert "is not a day" not in texts(app.warning)
    app = fill(app, "Not before (optional)", "01.01.1900")
    assert '"Not before" is not a day. Write it as 2024-03-31.' in texts(app.warning), "said before it is added"
    app = press(fill(app, "Not before (optional)", "1900-01-01"), "Add the rule")
    assert read_schema(folder).column("Code").rules == (Date("DD.MM.YYYY", "1900-01-01"),)
    assert "must be a date like 31.03.2024, not before 1900-01-01" in texts(app.markdown)


def test_a_rule_is_changed_in_place(tab: Callable[..., AppTest], read: Callable[..., RunFolder]) -> None:
    folder = read(LIST)
    tab(folder, "Rules")
    schema = read_schema(folder)
    rules = (Length(2, 6, message="Mind the length"), Unique())
    save_schema(folder, replace(schema, columns=(*schema.columns[:2], ColumnSpec("Code", "code", rules=rules))))
    app = tab(folder, "Rules")
    app.button(key=f"change_{folder.run_id}_2_length").click().run()
    key = f"edit_{folder.run_id}_2_length"
    assert (app.number_input(key=f"{key}_least").value, app.number_input(key=f"{key}_most").value) == (2, 6)
    assert app.text_input(key=f"{key}_message").value == "Mind the length"
    app.number_input(key=f"{key}_least").set_value(1).run()
    assert ":orange-badge[1 row would fail] of 4" in texts(app.markdown)
    app.number_input(key=f"{key}_least").set_value(9).run()
    app.button(key=f"{key}_keep").click().run()
    assert "Min is greater than max" in texts(app.error)
    assert read_schema(folder).column("Code").rules == rules
    app.number_input(key=f"{key}_least").set_value(1).run()
    app.button(key=f"{key}_keep").click().run()
    assert read_schema(folder).column("Code").rules == (Length(1, 6, message="Mind the length"), Unique())
    assert not [button for button in app.button if button.key == f"{key}_keep"]


def test_a_long_list_is_counted_when_it_is_asked_for(
    tab: Callable[..., AppTest], read: Callable[..., RunFolder], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rule_counts, "COUNTED_ROWS", 3)
    folder = read(LIST)
    app = tab(folder, "Rules")
    assert "fails]" not in texts(app.markdown)
    app = press(app, "Count them")
    assert "must be an e-mail address :orange-badge[1 row fails]" in texts(app.markdown)
    app = choose_rule(app, folder, "Code", "length")
    next(field for field in app.number_input if field.label == "At least (characters)").set_value(3).run()
    assert "would fail" not in texts(app.markdown)
    app = press(app, "How many rows would it fail?")
    assert ":orange-badge[1 row would fail] of 4" in texts(app.markdown)


def test_what_takes_time_waits_until_its_tab_is_opened_and_a_half_filled_rule_stays(
    tab: Callable[..., AppTest], read: Callable[..., RunFolder], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    count = rule_counts.count_failing
    monkeypatch.setattr(rule_counts, "count_failing", lambda *given: asked.append(1) or count(*given))
    folder = read(LIST)
    app = tab(folder, "Content")
    assert not asked
    assert not app.code
    app = choose_rule(tab(folder, "Rules"), folder, "Code", "pattern")
    assert asked
    app = fill(app, "In words (optional)", "two letters")
    for name in ("Content", "Rules"):
        app.session_state[f"columns_tabs_{folder.run_id}"] = name
        app.run()
    assert [field.value for field in app.text_input if field.label == "In words (optional)"] == ["two letters"]


def test_a_list_whose_key_cannot_be_told_asks_for_the_column(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(b"Who,Place\nann,Bonn\nbob,Ulm\n")
    app = open_page("columns.py", folder)
    assert 'The table wants key "email" (S)' in texts(app.warning)
    assert app.button(key="make_key").disabled
    app.selectbox(key=f"key_{folder.run_id}_email").select("Who").run()
    app = app.button(key="make_key").click().run()
    assert not app.warning
    assert [(spec.column, spec.attribute) for spec in read_schema(folder).columns] == [
        ("Who", "email"),
        ("Place", "Place"),
    ]


def test_a_check_that_cannot_be_made_leaves_undo_in_reach(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(LIST)
    open_page("columns.py", folder)
    save_history(folder.recipe, History((DropColumns(("Email",)),)))
    check = open_page("check.py", folder)
    assert 'no column becomes attribute "email"' in texts(check.error)
    check.button(key="undo").click().run()
    assert not open_page("check.py", folder).error
    assert read_schema(folder).key_specs[0].column == "Email"


def test_columns_that_steps_made_are_said_and_imported(
    open_page: Callable[..., AppTest], tab: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(LIST)
    open_page("columns.py", folder)
    steps = (RenameColumn("Email", "Mail"), SplitColumn("Name", " ", ("First", "Last"), keep=False))
    keep_history(folder, History(steps))
    app = tab(folder, "One item")
    assert not app.exception
    assert "Made by steps, and imported as text unless you say otherwise: First, Last" in texts(app.caption)
    assert "**Mail** must be an e-mail address" in texts(app.markdown)
    assert code_of(app) == {
        "email": {"S": "ann@example.com"},
        "First": {"S": "Ann"},
        "Last": {"S": "Ames"},
        "Code": {"S": "AB1234"},
    }
    assert not open_page("check.py", folder).error


def test_one_item_is_shown_as_it_will_be_stored_and_cells_stay_text(
    tab: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(LIST)
    app = tab(folder, "One item")
    assert code_of(app) == {"email": {"S": "ann@example.com"}, "Name": {"S": "Ann Ames"}, "Code": {"S": "AB1234"}}
    assert "**Row 2 in the table** · 42 bytes · 1 write unit" in texts(app.markdown)
    app.number_input(key=f"item_row_{folder.run_id}").set_value(4).run()
    assert code_of(app)["Name"] == {"S": "<b onclick=alert(1)>Carla</b> [x](http://example.com)"}
    assert "Code" not in code_of(app)
    assert "&lt;b onclick=alert(1)&gt;" in html_of(app)
    assert "<b onclick" not in html_of(app)
    app.number_input(key=f"item_row_{folder.run_id}").set_value(3).run()
    assert "Row 3 is held back until this is mended: Email: must be an e-mail address." in texts(app.warning)
    app.number_input(key=f"item_row_{folder.run_id}").set_value(99).run()
    assert "The list has no row 99" in texts(app.info)


def test_a_table_that_cannot_be_read_is_said_and_mapping_goes_on(
    tab: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(LIST)
    app = tab(folder, "Match columns")
    assert "so its attributes are not compared" in texts(app.caption)
    form = f"form_{folder.run_id}_2_{read_schema(folder).fingerprint()[:12]}"
    app.selectbox(key=f"form_column_{folder.run_id}").select("Code").run()
    app.text_input(key=f"{form}_attribute").set_value("partner_code")
    app.checkbox(key=f"{form}_filled").check()
    press(app, "Keep the change")
    assert read_schema(folder).column("Code") == ColumnSpec(
        "Code", "partner_code", rules=(Required(),), type_from=TypeFrom.CELLS
    )


def test_a_schema_that_names_columns_the_list_lacks_is_mended_on_the_page(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(LIST)
    open_page("columns.py", folder)
    schema = read_schema(folder)
    other = (schema.columns[0], ColumnSpec("full name", "name"), ColumnSpec("Zzz", "zzz"))
    save_schema(folder, replace(schema, columns=other))
    assert "the list has no such column" in texts(open_page("check.py", folder).error)
    app = open_page("columns.py", folder)
    assert "The schema names 2 columns that this list does not have" in texts(app.warning)
    app = press(app, "It is Name here")
    app = press(app, "Take it out")
    assert [spec.column for spec in read_schema(folder).columns] == ["Email", "Name"]
    assert not open_page("check.py", folder).error


def test_the_boxes_of_a_column_keep_a_persons_message() -> None:
    spec = ColumnSpec("a", "a", rules=(Required(message="Say who it is"), Length(2)))
    how = {"imported": True, "kind": "S", "blank": "omit", "unique": False}
    assert changed(spec, "a", filled=True, **how) == spec  # type: ignore[arg-type]
    assert changed(spec, "", filled=False, **how).rules == (Length(2),)  # type: ignore[arg-type]
    assert changed(replace(spec, rules=()), "a", filled=True, **how).rules == (Required(),)  # type: ignore[arg-type]


def test_a_type_has_one_name_in_rules_exports_and_on_screen() -> None:
    for kind in DynamoType:
        shown = words.TYPE_WORDS[kind.value]
        assert shown == f"{kind.words[:1].upper()}{kind.words[1:]} ({kind.value})"
        assert words.type_name(kind.value) == f"{kind.words} ({kind.value})"


def test_a_planned_list_shows_its_rules_and_item_and_changes_nothing(
    tab: Callable[..., AppTest], planned: Callable[..., RunFolder]
) -> None:
    folder = planned(LIST)
    before = dump_schema(read_schema(folder))
    app = tab(folder, "One item")
    assert not app.exception
    assert not app.error
    assert all(button.disabled for button in app.button if button.label in ("Change", "Remove"))
    assert code_of(app)["email"] == {"S": "ann@example.com"}
    assert dump_schema(read_schema(folder)) == before


def test_hostile_column_names_are_text_everywhere_on_the_page(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(b"Email,<img src=x onerror=alert(1)>,![x](http://example.com/y)\nann@example.com,1,2\n")
    app = open_page("columns.py", folder)
    app = choose_rule(app, folder, "<img src=x onerror=alert(1)>", "unique")
    app = press(app, "Add the rule")
    assert not app.exception
    assert plain("<img src=x onerror=alert(1)>") in " ".join(str(one.value) for one in app.markdown)
    assert "<img" not in html_of(app)
