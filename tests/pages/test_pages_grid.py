"""Row by row by AppTest: edits, picks, find and replace, one row at a time; all of it on disk and in the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from page_kit import texts
from streamlit.testing.v1 import AppTest

from importer.clean import (
    Condition,
    Decide,
    DecideRows,
    Operation,
    Replace,
    SetCells,
    SetColumn,
    load_history,
)
from importer.run import RunFolder

LIST = (
    b"Email,Name,Score\n"
    b"ann@example.com,Ann,1\n"
    b"not an address,Bob,2\n"
    b"carla@example.com,Carla,3\n"
    b"nor this,Dora,4\n"
    b"neither,Emil,5\n"
) + b"".join(b"ok%d@valid.example.net,Zed,1\n" % n for n in range(20))
GOOD = b"".join(b"ok%d@example.com,Zed\n" % n for n in range(900))
PHONES = b"".join(b"ok%d@example.com,+1 555 01%02d\n" % (n, n) for n in range(20))
EMAILS = "not_an_email:Email"


@pytest.fixture
def grid(open_page: Callable[..., AppTest]) -> Callable[..., AppTest]:
    """The grid of a list, at a place in the address."""

    def open_it(folder: RunFolder, **address: str) -> AppTest:
        return open_page("check.py", folder, {"view": "rows", **address})

    return open_it


def edit(app: AppTest, rows: Mapping[int, Mapping[str, object]]) -> AppTest:
    """What the browser's editor says: all edits since it was drawn."""
    key = app.data_editor[0].key
    app.session_state[key] = {"edited_rows": dict(rows), "added_rows": [], "deleted_rows": []}
    return app.run()


def button(app: AppTest, label: str) -> AppTest:
    return next(one for one in app.button if one.label.replace("\\", "") == label).click().run()


def steps(folder: RunFolder) -> tuple[Operation, ...]:
    return load_history(folder.recipe).done


def at(app: AppTest, name: str) -> str:
    """What the address says."""
    value = app.query_params[name]
    return value if isinstance(value, str) else value[0]


def test_only_failing_rows_are_there_with_the_reason_that_names_the_cell(
    grid: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    shown = grid(read(LIST)).data_editor[0].value
    assert shown["row"].tolist() == [3, 5, 6]
    assert shown["why"].tolist() == ["Email: must be an e-mail address."] * 3
    assert shown["c0"].tolist() == ["not an address", "nor this", "neither"]


def test_all_reasons_of_a_row_stand_one_after_another(
    grid: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(b"Email,Phone\nann@example.com,+1 555 0100\nbob@example.com,+1 555 0101\nbad,12\n" + PHONES)
    shown = grid(folder).data_editor[0].value
    assert shown["row"].tolist() == [4]
    told = shown["why"].tolist()[0]
    assert told.startswith("Email: must be")
    assert " Phone: must be" in told


def test_edits_are_steps_at_once_each_once_and_the_editor_stays_the_same(
    grid: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(LIST)
    app = grid(folder)
    key = app.data_editor[0].key
    app = edit(app, {0: {"c0": "bob@example.com"}})
    app = edit(app, {0: {"c0": "bob@example.com"}, 1: {"c0": "dora@example.com"}, 2: {"c0": None}})
    assert steps(folder) == (
        SetCells("Email", ((3, "bob@example.com"),)),
        SetCells("Email", ((5, "dora@example.com"), (6, ""))),
    )
    assert app.data_editor[0].key == key
    assert app.data_editor[0].value["why"].tolist()[:2] == ["✓ Ready now."] * 2
    assert "key" in app.data_editor[0].value["why"].tolist()[2]


def test_after_undo_the_grid_shows_the_list_again_and_an_old_edit_does_not_come_back(
    grid: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(LIST)
    app = edit(grid(folder), {0: {"c0": "bob@example.com"}})
    key = app.data_editor[0].key
    app.button(key="undo").click().run()
    assert steps(folder) == ()
    assert app.data_editor[0].key != key
    assert app.data_editor[0].value["c0"].tolist()[0] == "not an address"
    app.run()
    assert steps(folder) == ()


def test_a_new_session_finds_edits_and_place(grid: Callable[..., AppTest], read: Callable[..., RunFolder]) -> None:
    folder = read(LIST)
    edit(grid(folder), {0: {"c0": "bob@example.com"}})
    app = grid(folder, problem=EMAILS)
    assert app.data_editor[0].value["row"].tolist() == [5, 6]
    assert app.selectbox(key=f"grid_cause_{folder.run_id}").value == EMAILS
    assert at(app, "problem") == EMAILS


def test_a_page_holds_100_rows_and_the_address_names_it(
    grid: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(b"Email,Name\n" + b"".join(b"bad %d,N\n" % n for n in range(250)) + GOOD)
    app = grid(folder, problem="not_an_email:Email", page="3")
    assert app.data_editor[0].value["row"].tolist() == list(range(202, 252))
    app = grid(folder, page="99999999")
    assert app.data_editor[0].value["row"].tolist()[-1] == 251
    assert len(grid(folder, page="x").data_editor[0].value) == 100


def test_picked_rows_are_rejected_and_all_of_a_cause_too(
    grid: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(LIST)
    app = grid(folder)
    assert app.button(key="reject_picked").disabled
    app = edit(app, {0: {"pick": True}, 2: {"pick": True}})
    assert steps(folder) == ()
    app.button(key="reject_picked").click().run()
    assert steps(folder) == (DecideRows((3, 6), "reject"),)
    app = grid(folder)
    assert app.data_editor[0].value["row"].tolist() == [5]
    app.checkbox(key=f"pick_all_{app.data_editor[0].key}").check().run()
    app.button(key="drop_picked").click().run()
    assert steps(folder)[-1] == DecideRows((5,), "drop")
    app = grid(folder, problem=EMAILS)
    app.button(key="reject_all").click().run()
    assert steps(folder)[-1] == Decide("not_an_email", "Email", "reject")


def test_find_tells_the_cells_before_it_replaces_them(
    grid: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(LIST)
    app = grid(folder)
    app.text_input(key=f"find_what_{folder.run_id}").set_value("n")
    app.text_input(key=f"find_put_{folder.run_id}").set_value("m")
    app.selectbox(key=f"find_in_{folder.run_id}_0").select("Every column")
    app = button(app, "Find")
    assert "4 cells in 3 rows will change: 3 in Email, 1 in Name." not in texts(app.markdown)
    assert "3 cells in 3 rows will change: 3 in Email." in texts(app.markdown)
    assert steps(folder) == ()
    button(app, "Replace in 3 cells")
    assert steps(folder) == (SetCells("Email", ((3, "mot am address"), (5, "mor this"), (6, "meither"))),)


def test_replacing_in_the_whole_list_is_one_step_of_the_column(
    grid: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(LIST)
    app = grid(folder, problem=EMAILS)
    app.text_input(key=f"find_what_{folder.run_id}").set_value(r"@example\.com$")
    app.text_input(key=f"find_put_{folder.run_id}").set_value("@example.org")
    app.checkbox(key=f"find_pattern_{folder.run_id}").check()
    app.radio(key=f"find_where_{folder.run_id}").set_value("In the whole list, and in the next one too")
    app = button(app, "Find")
    assert "2 cells in 2 rows will change: 2 in Email." in texts(app.markdown)
    button(app, "Replace in 2 cells")
    assert steps(folder) == (Replace("Email", r"@example\.com$", "@example.org", is_pattern=True),)


def test_a_search_that_is_no_pattern_or_finds_nothing_says_so(
    grid: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(LIST)
    app = grid(folder)
    app.text_input(key=f"find_what_{folder.run_id}").set_value("(")
    app.selectbox(key=f"find_in_{folder.run_id}_0").select("Every column")
    app.checkbox(key=f"find_pattern_{folder.run_id}").check()
    assert "not a valid pattern" in texts(button(app, "Find").error)
    app.checkbox(key=f"find_pattern_{folder.run_id}").uncheck()
    assert "Not found" in texts(button(app, "Find").info)


def _field(app: AppTest, label: str) -> object:
    return next(one for one in app.text_input if one.label.replace("\\", "").startswith(label))


def test_next_problem_walks_over_the_rows_and_each_answer_is_a_step(
    grid: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(LIST)
    app = button(grid(folder), "Next problem")
    assert at(app, "row") == "3"
    assert not app.data_editor
    app = button(app, "Save and next")
    assert texts(app.warning) == "Nothing was changed in this row, so it still needs fixing."
    _field(app, "Email: must be").set_value("still wrong")  # type: ignore[attr-defined]
    app = button(app, "Save and next")
    assert "still needs fixing" in texts(app.warning)
    assert _field(app, "Email: must be").value == "still wrong"  # type: ignore[attr-defined]
    _field(app, "Email: must be").set_value("bob@example.com")  # type: ignore[attr-defined]
    app = button(app, "Save and next")
    assert at(app, "row") == "5"
    app = button(app, "Skip")
    assert at(app, "row") == "6"
    app = button(app, "Reject and next")
    assert "That was the last row" in texts(app.info)
    app = button(app, "Start again at the first")
    assert at(app, "row") == "5"
    app = button(app, "Accept and next")
    assert "Nothing is left to decide" in texts(app.success)
    assert steps(folder) == (
        SetCells("Email", ((3, "still wrong"),)),
        SetCells("Email", ((3, "bob@example.com"),)),
        DecideRows((6,), "reject"),
        DecideRows((5,), "accept"),
    )


def test_a_row_in_the_address_is_the_one_shown(grid: Callable[..., AppTest], read: Callable[..., RunFolder]) -> None:
    app = grid(read(LIST), row="4")
    assert at(app, "row") == "5"
    assert _field(app, "Email: must be").value == "nor this"  # type: ignore[attr-defined]


def test_saving_a_cell_of_several_lines_untouched_changes_nothing(
    grid: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(b'Email,Note\nann@example.com,a\nbad,"one\r\ntwo"\n' + GOOD)
    app = grid(folder, row="1")
    app.toggle(key=f"one_all_{folder.run_id}").set_value(True).run()
    assert app.text_area[0].value.splitlines() == ["one", "two"]
    app.text_area[0].set_value("one\ntwo")
    button(app, "Save and next")
    assert steps(folder) == ()


def test_a_ready_contact_is_found_by_any_of_its_cells_and_corrected(
    grid: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(LIST)
    app = grid(folder, problem="every")
    assert app.selectbox(key=f"grid_cause_{folder.run_id}").options[-1] == "All rows (25)"
    assert app.data_editor[0].value["row"].tolist() == list(range(2, 27))
    app = app.text_input(key=f"grid_text_{folder.run_id}").set_value("CARLA@").run()
    assert app.data_editor[0].value[["row", "why", "c0"]].values.tolist() == [
        [4, "✓ Ready now.", "carla@example.com"]
    ]
    app = edit(app, {0: {"c1": "Karla"}})
    assert steps(folder) == (SetCells("Name", ((4, "Karla"),)),)
    assert app.data_editor[0].value["row"].tolist() == [4], "it stays where it was found"
    app = app.text_input(key=f"grid_text_{folder.run_id}").set_value("nobody").run()
    assert "No row is like that." in texts(app.info)


def test_all_rows_of_a_long_list_come_page_by_page(
    grid: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(b"Email,Name\n" + GOOD)
    assert grid(folder, problem="every", page="9").data_editor[0].value["row"].tolist() == list(range(802, 902))


CITIES = b"Email,City,Age\n" + b"".join(
    b"p%d@example.com,%s,%d\n" % (n, (b"Oslo", b"Rome", b"Paris")[n % 3], n) for n in range(300)
)


def test_all_rows_of_a_value_are_one_step_with_its_condition(
    grid: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(CITIES)
    app = grid(folder, problem="every")
    app = app.selectbox(key=f"grid_column_{folder.run_id}").set_value("City").run()
    box = app.selectbox(key=f"grid_value_{folder.run_id}_City")
    assert box.options == ["Oslo (100)", "Paris (100)", "Rome (100)"]
    app = box.set_value("Rome").run()
    assert app.data_editor[0].value["c1"].tolist() == ["Rome"] * 100
    app.text_input(key=f"set_text_{folder.run_id}").set_value("Roma")
    app = button(app, "Put it into 100 rows")
    assert steps(folder) == (SetColumn("City", "Roma", Condition("City", "equals", "Rome")),)
    assert "No row is like that" in texts(app.info), "what was looked for is gone, and no step left a row out"
    assert "left out" not in texts(app.info)
    assert not [one for one in app.button if one.label.startswith("Put it into")]
    app = grid(folder, problem="every")
    next(one for one in app.button if one.label.startswith("Undo: ")).click().run()
    assert steps(folder) == ()


def test_all_rows_that_a_search_finds_are_one_step_of_these_rows(
    grid: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(CITIES)
    app = grid(folder, problem="every").text_input(key=f"grid_text_{folder.run_id}").set_value("P29@").run()
    assert app.data_editor[0].value["row"].tolist() == [31]
    app = app.text_input(key=f"grid_text_{folder.run_id}").set_value("p29").run()
    assert app.data_editor[0].value["row"].tolist() == [31, *range(292, 302)]
    button(app, "Leave out: 11 rows")
    assert steps(folder) == (DecideRows((31, *range(292, 302)), "drop"),)


def test_rows_are_sorted_by_size(grid: Callable[..., AppTest], read: Callable[..., RunFolder]) -> None:
    folder = read(CITIES)
    app = grid(folder, problem="every").selectbox(key=f"grid_sort_{folder.run_id}").set_value("Age").run()
    app = app.checkbox(key=f"grid_down_{folder.run_id}").set_value(True).run()
    assert app.data_editor[0].value["c2"].tolist()[:3] == ["299", "298", "297"]
    edit(app, {0: {"c1": "Bern"}})
    assert steps(folder) == (SetCells("City", ((301, "Bern"),)),)


def test_the_problems_of_rows_that_were_found_are_counted_and_lead_to_them(
    grid: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(LIST)
    app = grid(folder, problem="every").text_input(key=f"grid_text_{folder.run_id}").set_value("n").run()
    pills = next(group for group in app.get("button_group") if group.label.startswith("Problems in these rows"))
    assert str(pills.options[0]).startswith("3 · ")
    app = pills.set_value(EMAILS).run()
    assert app.selectbox(key=f"grid_cause_{folder.run_id}").value == EMAILS
    assert app.data_editor[0].value["row"].tolist() == [3, 5, 6]
