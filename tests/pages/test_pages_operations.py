"""Every operation by a plain form: what it will change is said first, then it is one step in the history."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from page_kit import html_of, until
from streamlit.testing.v1 import AppTest

from importer.clean import (
    OPERATIONS,
    AddColumn,
    ChangeCase,
    ClearNoDates,
    ClearWords,
    Condition,
    Decide,
    DecideRows,
    DropColumns,
    DropRows,
    EpochSeconds,
    FillBlanks,
    FillFromAbove,
    FillFromColumn,
    FormatPhones,
    JoinColumns,
    KeepRows,
    MapValues,
    NormaliseEmails,
    OneWriting,
    Operation,
    PadZeros,
    ParseDates,
    ParseList,
    ParseNumbers,
    ParseYesNo,
    RemoveInvisible,
    RenameColumn,
    RepairMojibake,
    Replace,
    SetCells,
    SetCellsByKey,
    SetColumn,
    SetFailing,
    SplitColumn,
    Trim,
    load_history,
)
from importer.run import RunFolder
from pages.parts.operation_forms import FORMS, GROUPED

LIST = (
    "Email,Name,Phone,City,Joined,Sum,News,Tags\n"
    'ann@example.com, ANN MCDONALD ,(020) 7946 0123,Köln,31/01/2024,"1.234,50",ja,"a,b,,a"\n'
    'Bob@Example.com,bob o\'neil,+44 20 7946 0124,KÃ¶ln,1/2/2024,"12,5",nein,c\n'
    "cleo@example.com,cleo\u200b,,,5 March 2024,7,yes,\n"
).encode()

CASES: list[tuple[str, str, dict[str, object], Operation, str]] = [
    ("trim", "Name", {"collapse": True}, Trim(("Name",), collapse=True), "Will change 2 cells in 2 rows."),
    ("trim", "", {}, Trim(), "Will change 2 cells in 2 rows."),
    ("remove_invisible", "Name", {}, RemoveInvisible(("Name",)), "Will change 1 cell in 1 row."),
    ("repair_mojibake", "", {}, RepairMojibake(), "Will change 1 cell in 1 row."),
    ("change_case", "Name", {"case": "name"}, ChangeCase("Name", "name"), "Will change 3 cells in 3 rows."),
    (
        "replace",
        "City",
        {"find": "K", "replacement": "C"},
        Replace("City", "K", "C"),
        "Will change 2 cells in 2 rows.",
    ),
    (
        "set_column",
        "City",
        {"text": "Bonn", "where": "all"},
        SetColumn("City", "Bonn"),
        "Will change 3 cells in 3 rows.",
    ),
    (
        "set_column",
        "City",
        {"text": "Bonn", "where": "some", "where_column": "News", "where_test": "equals", "where_text": "yes"},
        SetColumn("City", "Bonn", Condition("News", "equals", "yes")),
        "Will change 1 cell in 1 row.",
    ),
    (
        "set_cells_by_key",
        "City",
        {"key": "cleo@example.com", "text": "Rom"},
        SetCellsByKey("City", "Email", (("cleo@example.com", "Rom"),)),
        "Will change 1 cell in 1 row.",
    ),
    ("fill_blanks", "City", {"text": "-"}, FillBlanks("City", "-"), "Will change 1 cell in 1 row."),
    ("fill_from_above", "City", {}, FillFromAbove("City", ((4, 4, "KÃ¶ln"),)), "Will change 1 cell in 1 row."),
    ("fill_from_column", "City", {"other": "News"}, FillFromColumn("City", "News"), "Will change 1 cell in 1 row."),
    ("parse_dates", "Joined", {"order": "dmy"}, ParseDates("Joined", "dmy"), "Will change 3 cells in 3 rows."),
    (
        "parse_dates",
        "Joined",
        {"order": "mdy"},
        ParseDates("Joined", "mdy"),
        "Will change 2 cells in 2 rows. 1 cell cannot be read and stays as it is.",
    ),
    (
        "epoch_seconds",
        "Joined",
        {"order": "dmy", "zone": "Europe/Berlin"},
        EpochSeconds("Joined", "dmy", "Europe/Berlin"),
        "Will change 3 cells in 3 rows.",
    ),
    ("pad_zeros", "Sum", {"width": 4}, PadZeros("Sum", 4), "Will change 1 cell in 1 row."),
    ("one_writing", "Name", {"case": "upper"}, OneWriting("Name", "upper"), "Will change 3 cells in 3 rows."),
    ("clear_words", "News", {"words": "ja, NEIN"}, ClearWords(("News",), ("ja", "NEIN")), "Will change 2 cells"),
    ("clear_no_dates", "City", {}, ClearNoDates("City"), "Will change 2 cells in 2 rows."),
    (
        "parse_numbers",
        "Sum",
        {"decimal": ",", "thousands": "."},
        ParseNumbers("Sum", ",", "."),
        "Will change 2 cells in 2 rows.",
    ),
    ("parse_yes_no", "News", {}, ParseYesNo("News"), "Will change 3 cells in 3 rows."),
    ("parse_list", "Tags", {}, ParseList("Tags", ",", ";"), "Will change 1 cell in 1 row."),
    ("format_phones", "Phone", {"region": "GB"}, FormatPhones("Phone", "GB"), "Will change 2 cells in 2 rows."),
    ("normalise_emails", "Email", {}, NormaliseEmails("Email"), "Will change 1 cell in 1 row."),
    (
        "split_column",
        "Name",
        {"separator": " ", "into": "First, Last", "drop": True},
        SplitColumn("Name", " ", ("First", "Last"), keep=False),
        "Will add columns First and Last. Will take out column Name. 1 cell cannot be read and stays as it is.",
    ),
    (
        "join_columns",
        "Name,City",
        {"separator": ", ", "into": "Who"},
        JoinColumns(("Name", "City"), ", ", "Who"),
        "Will add column Who.",
    ),
    ("rename_column", "Sum", {"name": "Total"}, RenameColumn("Sum", "Total"), "Will add column Total."),
    ("drop_columns", "Sum,Tags", {}, DropColumns(("Sum", "Tags")), "Will take out columns Sum and Tags."),
    ("add_column", "", {"name": "Source", "text": "fair"}, AddColumn("Source", "fair"), "Will add column Source."),
    (
        "drop_rows",
        "",
        {"where_column": "City", "where_test": "is blank"},
        DropRows(Condition("City", "is blank")),
        "Will drop 1 row.",
    ),
    (
        "keep_rows",
        "",
        {"where_column": "Email", "where_test": "contains", "where_text": "ann"},
        KeepRows(Condition("Email", "contains", "ann")),
        "Will drop 2 rows.",
    ),
]


def fill_in(app: AppTest, run: RunFolder, name: str, columns: str, fields: dict[str, object]) -> AppTest:
    """The form `name` on the tab "Transform", filled in."""
    key = f"change_{run.run_id}"
    group = next(group for group, names in GROUPED.items() if name in names)
    told = {f"check_tabs_{run.run_id}": "Transform", f"{key}_group": group, f"{key}_{group}": name}
    for where, value in told.items():
        app.session_state[where] = value
    app.run()
    picked = [column for column in columns.split(",") if column]
    if FORMS[name].picks == "one":
        app.selectbox(key=f"{key}_column").select(columns).run()
    elif FORMS[name].picks == "some" and not picked:
        app.checkbox(key=f"{key}_every").check().run()
    elif FORMS[name].picks != "no":
        app.multiselect(key=f"{key}_columns").set_value(picked).run()
    for field, value in fields.items():
        app.session_state[f"{key}_{name}_0_{field}"] = value
        app.run()
    return app


def do_it(app: AppTest) -> AppTest:
    return next(button for button in app.button if button.label == "Apply").click().run()


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_a_form_says_what_it_will_change_and_does_just_that(
    open_page: Callable[..., AppTest],
    read: Callable[..., RunFolder],
    case: tuple[str, str, dict[str, object], Operation, str],
) -> None:
    name, columns, fields, wanted, said = case
    folder = read(LIST)
    app = fill_in(open_page("check.py", folder), folder, name, columns, fields)
    assert not app.exception
    assert said in html_of(app)
    assert load_history(folder.recipe).done == ()
    do_it(app)
    assert not app.exception
    assert not app.error
    assert load_history(folder.recipe).done == (wanted,)
    app.button(key="undo").click().run()
    assert load_history(folder.recipe).done == ()


def test_values_are_changed_by_a_table(open_page: Callable[..., AppTest], read: Callable[..., RunFolder]) -> None:
    folder = read(LIST)
    app = fill_in(open_page("check.py", folder), folder, "map_values", "News", {})
    table = next(one for one in app.data_editor if "becomes" in one.value.columns)
    assert table.value["value"].tolist() == ["ja", "nein", "yes"]
    assert table.value["rows"].tolist() == [1, 1, 1]
    edits = {"edited_rows": {0: {"becomes": "yes"}, 1: {"becomes": "no"}}, "added_rows": [], "deleted_rows": []}
    app.session_state[table.key] = edits
    app.run()
    assert "Will change 2 cells in 2 rows." in html_of(app)
    do_it(app)
    assert load_history(folder.recipe).done == (MapValues("News", (("ja", "yes"), ("nein", "no"))),)


def test_every_operation_can_be_reached_by_a_person() -> None:
    tried = {wanted.kind for _, _, _, wanted, _ in CASES} | {MapValues.kind}
    on_cards_and_grid = {SetCells.kind, SetFailing.kind, Decide.kind, DecideRows.kind}
    assert tried == set(FORMS)
    assert tried | on_cards_and_grid == set(OPERATIONS)


@pytest.mark.parametrize(
    "case",
    [
        ("replace", "City", {}, "Fill in: Find."),
        ("replace", "City", {"find": "(", "is_pattern": True}, '"Find" is not a valid pattern'),
        ("join_columns", "City", {"into": "x"}, "Pick at least two columns"),
        ("add_column", "", {"name": "City"}, 'The list has a column "City" already'),
        (
            "drop_rows",
            "",
            {"where_column": "City", "where_test": "matches", "where_text": "("},
            "The pattern is not a valid pattern",
        ),
        ("split_column", "Name", {"into": "One"}, "must name at least two new columns"),
        ("set_cells_by_key", "Email", {"key": "a", "text": "b"}, '"Email" is the column that is set'),
        ("parse_numbers", "Sum", {"decimal": ","}, "Fill in: Thousands with."),
        ("parse_numbers", "Sum", {"decimal": ",", "thousands": ""}, ""),
        ("parse_dates", "Joined", {}, "Fill in: They are written."),
        ("epoch_seconds", "Joined", {"order": "dmy"}, "Fill in: Time zone of dates that name none."),
    ],
)
def test_a_form_that_is_not_filled_in_well_says_what_is_missing_and_offers_nothing(
    open_page: Callable[..., AppTest],
    read: Callable[..., RunFolder],
    case: tuple[str, str, dict[str, object], str],
) -> None:
    name, columns, fields, said = case
    folder = read(LIST)
    app = fill_in(open_page("check.py", folder), folder, name, columns, fields)
    told = " ".join(str(one.value) for one in (*app.caption, *app.warning)).replace("\\", "")
    assert said in told
    assert any(button.label == "Apply" for button in app.button) == (not said)
    assert not app.exception


def test_what_changes_nothing_cannot_be_done(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(LIST)
    app = fill_in(open_page("check.py", folder), folder, "replace", "City", {"find": "nowhere"})
    assert "Will change nothing." in html_of(app)
    assert next(button for button in app.button if button.label == "Apply").disabled


def test_the_column_of_the_key_stays(open_page: Callable[..., AppTest], read: Callable[..., RunFolder]) -> None:
    folder = read(LIST)
    app = do_it(fill_in(open_page("check.py", folder), folder, "drop_columns", "Email", {}))
    assert "The table's key comes from a column that would be gone then" in app.error[0].value.replace("\\", "")
    assert load_history(folder.recipe).done == ()


def test_a_new_column_is_checked_and_imported_like_the_others(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    from importer.run import read_schema

    folder = read(LIST)
    do_it(fill_in(open_page("check.py", folder), folder, "add_column", "", {"name": "Source", "text": "fair"}))
    assert read_schema(folder).column("Source").attribute == "Source"


def test_a_hostile_column_name_is_shown_as_text(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(b"Email,<img src=x onerror=alert(1)>\nann@example.com, x\n")
    app = fill_in(open_page("check.py", folder), folder, "trim", "", {})
    do_it(app)
    assert "<img" not in html_of(app)
    assert not app.exception


def test_a_planned_list_offers_no_form(open_page: Callable[..., AppTest], planned: Callable[..., RunFolder]) -> None:
    folder = planned(LIST)
    app = open_page("check.py", folder)
    app.session_state[f"check_tabs_{folder.run_id}"] = "Transform"
    app.run()
    assert not any(button.label == "Apply" for button in app.button)
    assert "can no longer change" in app.info[-1].value


def test_what_a_step_changes_in_a_long_list_is_counted_beside_its_page(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages.parts.beside.LONG_CELLS", 2)
    folder = read(LIST)
    app = until(open_page("check.py", folder), lambda app: len(app.tabs) > 0)
    app = fill_in(app, folder, "replace", "City", {"find": "K"})
    until(app, lambda app: "Will change 2 cells in 2 rows." in html_of(app))
    app.session_state[f"change_{folder.run_id}_replace_0_find"] = "n"
    do_it(app.run())
    assert load_history(folder.recipe).done == (Replace("City", "n", ""),)


def test_the_values_of_a_long_list_are_those_of_a_short_one(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder], monkeypatch: pytest.MonkeyPatch
) -> None:
    def values(folder: RunFolder) -> list[list[object]]:
        app = until(open_page("check.py", folder), lambda app: len(app.tabs) > 0)
        app = fill_in(app, folder, "map_values", "News", {})
        table = next(one.value for one in app.data_editor if "becomes" in one.value.columns)
        return [table["value"].tolist(), table["rows"].tolist()]

    short = values(read(LIST))
    monkeypatch.setattr("pages.parts.beside.LONG_CELLS", 2)
    assert values(read(LIST)) == short


def test_every_page_of_a_list_whose_key_was_renamed_can_be_opened(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(LIST)
    do_it(fill_in(open_page("check.py", folder), folder, "rename_column", "Email", {"name": "Mail"}))
    for page in ("file.py", "columns.py", "check.py"):
        app = open_page(page, folder)
        assert not app.exception
        assert not app.error
    told = " ".join(error.value for error in open_page("importing.py", folder).error)
    assert "column" not in told  # no engine runs here, which is told; the plan itself is sound
