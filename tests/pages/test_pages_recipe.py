"""Steps and recipes on the page: a step out of the middle, what stays behind, a recipe mapped and replayed."""

from __future__ import annotations

import json
from collections.abc import Callable

from page_kit import texts
from streamlit.testing.v1 import AppTest

from importer.clean import (
    ChangeCase,
    DecideRows,
    FillFromAbove,
    History,
    ParseDates,
    Recipe,
    RenameColumn,
    SetCells,
    Trim,
    load_history,
    save_history,
)
from importer.run import RunFolder
from pages.parts.recipe_in import MAX_RECIPE_BYTES

LIST = b"Email,Phone,City\nann@example.com, 1 ,Ulm\nbob@example.com,2,\n"


def opened(app: AppTest, folder: RunFolder, what: str) -> AppTest:
    """With the popover of the steps or of the recipe open."""
    app.session_state[f"{what}_{folder.run_id}"] = True
    return app.run()


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label.replace("\\", "") == label).click().run()


def load(app: AppTest, recipe: Recipe | bytes) -> AppTest:
    content = recipe if isinstance(recipe, bytes) else recipe.to_json().encode()
    return app.file_uploader[0].set_value(("recipe.json", content, "application/json")).run()


def test_a_step_is_taken_out_of_the_middle_and_undo_brings_it_back(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(LIST)
    steps = (Trim(("Phone",)), ChangeCase("City", "upper"), Trim(("City",)))
    save_history(folder.recipe, History(steps))
    app = opened(open_page("check.py", folder), folder, "steps")
    assert "2. Change City to upper case" in texts(app.markdown)
    app.button(key=f"out_{folder.run_id}_2").click().run()
    assert load_history(folder.recipe).done == (steps[0], steps[2])
    app.button(key="undo").click().run()
    assert load_history(folder.recipe).done == steps


def test_a_step_that_a_later_one_needs_stays_and_the_page_says_which(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(LIST)
    save_history(folder.recipe, History((RenameColumn("City", "Town"), Trim(("Town",)))))
    app = opened(open_page("check.py", folder), folder, "steps")
    app.button(key=f"out_{folder.run_id}_1").click().run()
    assert "Step 1 cannot be taken out: step 2 needs what it does. Take out step 2 first." in texts(app.error)
    assert len(load_history(folder.recipe).done) == 2


def test_many_steps_come_in_pages_the_newest_first_seen(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(LIST)
    save_history(folder.recipe, History(tuple(SetCells("City", ((2, f"x{at}"),)) for at in range(45))))
    app = opened(open_page("check.py", folder), folder, "steps")
    assert [button.key for button in app.button if button.label == "Take out"] == [
        f"out_{folder.run_id}_{number}" for number in range(41, 46)
    ]


def test_the_recipe_for_next_month_says_what_stays_behind(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(LIST)
    steps = (SetCells("City", ((3, "Bonn"),)), DecideRows((2,), "reject"), RenameColumn("Email", "Mail"))
    open_page("columns.py", folder)
    save_history(folder.recipe, History(steps))
    app = opened(open_page("check.py", folder), folder, "recipe")
    told = texts(app.caption)
    assert "Not saved, because it belongs to this file: 1 cell corrected one by one." in told
    assert "Not saved, because it belongs to this file: 1 decision on single rows." in told


def test_every_problem_of_a_recipe_is_told_at_once_and_its_columns_are_mapped_by_a_click(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(LIST)
    app = opened(open_page("check.py", folder), folder, "recipe")
    load(app, Recipe((Trim(("phone",)), ChangeCase("Town", "upper"), RenameColumn("Phone", "City"))))
    told = texts(app.markdown)
    assert "Step 1 needs column “phone”; the list has “Phone”: map it?" in told
    assert "Step 2 needs column “Town”; the list has none of a like name." in told
    assert "Step 3 makes column “City”; the list has such a column already." in told
    assert "3 problems to settle first." in texts(app.caption)
    assert not any(button.label.startswith("Replay") for button in app.button)
    press(app, "Use Phone for phone")
    press(app, "Leave step 3 out")
    next(box for box in app.selectbox if "for Town" in box.label).select("City").run()
    press(app, "Replay 2 steps on this list")
    assert not app.error
    assert load_history(folder.recipe).done == (Trim(("Phone",)), ChangeCase("City", "upper"))
    assert app.button(key="undo").label == "Undo: Replay 2 steps"
    app.button(key="undo").click().run()
    assert load_history(folder.recipe).done == ()


def test_a_step_that_must_see_the_list_sees_this_one(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(LIST)
    app = opened(open_page("check.py", folder), folder, "recipe")
    load(app, Recipe((ChangeCase("City", "upper"), FillFromAbove("City"))))
    press(app, "Replay 2 steps on this list")
    assert load_history(folder.recipe).done[1] == FillFromAbove("City", ((3, 3, "ULM"),))


def test_a_file_that_is_no_recipe_is_refused_in_words(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(LIST)
    for content, said in (
        (b"\xff\xfe\x00", "not UTF-8 text"),
        (b"[]", "must be a JSON object"),
        (json.dumps({"version": 1, "operations": [{"kind": "trim"}]}).encode(), 'Field "columns" is missing'),
    ):
        app = opened(open_page("check.py", folder), folder, "recipe")
        load(app, content)
        assert said in texts(app.error)
        assert not app.exception
    assert MAX_RECIPE_BYTES == 20_000_000


def test_steps_that_no_longer_fit_the_list_are_mended_on_the_page(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(LIST)
    save_history(folder.recipe, History((Trim(("phone",)), Trim(("Nowhere",)))))
    app = open_page("check.py", folder)
    assert "do not fit the list" in texts(app.error)
    assert "Step 1 needs column “phone”; the list has “Phone”: map it?" in texts(app.markdown)
    press(app, "Use Phone for phone")
    press(app, "Leave step 2 out")
    assert not app.error
    assert load_history(folder.recipe).done == (Trim(("Phone",)),)
    assert "Take out step 2" in app.button(key="undo").label


def test_what_a_recipe_changes_of_good_cells_is_told_before_it_is_replayed(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(b"Email,Joined\nann@example.com,03/04/2024\nbob@example.com,05/06/2024\n")
    app = opened(open_page("check.py", folder), folder, "recipe")
    load(app, Recipe((ParseDates("Joined", "dmy"),)))
    assert "2 cells of Joined, 2 of them can be read in two ways" in texts(app.warning)
    load(app, Recipe((Trim(("Email",)),)))
    assert "It changes cells" not in texts(app.warning), "control: nothing is trimmed here"
