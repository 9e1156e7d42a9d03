"""Two tabs on one list: a click is about what its tab shows, and what another tab did is said instead of undone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from page_kit import texts
from streamlit.testing.v1 import AppTest

from importer.check import Length, Rule, Schema
from importer.clean import ChangeCase, History, Trim, load_history
from importer.run import RunFolder, change_history, read_schema, save_schema
from pages.parts import doing, keeping

LIST = b"Email,Name,Score\nann@example.com, Ann,1\nbob@example.com,Bob,2\n"
MINE, OTHERS = Trim(("Name",)), ChangeCase("Name", "upper")


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label.replace("\\", "") == label).click().run()


def do_elsewhere(folder: RunFolder) -> None:
    """What another tab does meanwhile."""
    change_history(folder, lambda history: history.do(OTHERS))


@pytest.fixture
def folder(read: Callable[..., RunFolder]) -> RunFolder:
    made = read(LIST)
    change_history(made, lambda history: history.do(MINE))
    return made


def test_undo_in_a_stale_tab_takes_nothing_back_and_shows_what_the_other_tab_did(
    open_page: Callable[..., AppTest], folder: RunFolder
) -> None:
    app = open_page("check.py", folder)
    assert app.button(key="undo").label == "Undo: Trim spaces in Name"
    do_elsewhere(folder)
    app.button(key="undo").click().run()
    assert load_history(folder.recipe).done == (MINE, OTHERS)
    assert "The list was changed in another tab, so nothing was done." in texts(app.toast)
    assert app.button(key="undo").label == "Undo: Change Name to upper case"
    app.button(key="undo").click().run()
    assert load_history(folder.recipe).done == (MINE,)


def test_control_a_click_that_is_not_about_what_was_seen_takes_back_the_others_step(
    open_page: Callable[..., AppTest], folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doing, "change_history", lambda run, change, **_: change_history(run, change))
    app = open_page("check.py", folder)
    do_elsewhere(folder)
    app.button(key="undo").click().run()
    assert load_history(folder.recipe).done == (MINE,)


def test_redo_in_a_stale_tab_does_nothing(open_page: Callable[..., AppTest], folder: RunFolder) -> None:
    do_elsewhere(folder)
    change_history(folder, History.undo)
    app = open_page("check.py", folder)
    change_history(folder, History.undo)
    app.button(key="redo").click().run()
    assert load_history(folder.recipe).done == ()
    app.button(key="redo").click().run()
    assert load_history(folder.recipe).done == (MINE,)


def test_a_step_is_not_taken_out_by_a_number_that_means_another_one_by_now(
    open_page: Callable[..., AppTest], folder: RunFolder
) -> None:
    app = open_page("check.py", folder)
    app.session_state[f"steps_{folder.run_id}"] = True
    app.run()
    change_history(folder, lambda history: history.undo().do(OTHERS))
    app.button(key=f"out_{folder.run_id}_1").click().run()
    assert load_history(folder.recipe).done == (OTHERS,)
    assert "changed in another tab" in texts(app.toast)


def test_a_tabs_own_steps_are_undone_at_once(open_page: Callable[..., AppTest], folder: RunFolder) -> None:
    app = open_page("check.py", folder)
    for _ in range(2):
        app.button(key="undo").click().run()
        app.button(key="redo").click().run()
    assert load_history(folder.recipe) == History((MINE,))
    assert not app.toast


def ruled(folder: RunFolder, column: str, rule: Rule) -> Schema:
    """The schema with one more rule."""
    schema = read_schema(folder)
    return replace(
        schema,
        columns=tuple(
            replace(spec, rules=(*spec.rules, rule)) if spec.column == column else spec for spec in schema.columns
        ),
    )


def add_a_rule(app: AppTest, folder: RunFolder, monkeypatch: pytest.MonkeyPatch, *, seen: bool) -> AppTest:
    """One more rule for the score; just before it is kept, another tab rules the name."""

    def save(run: RunFolder, schema: Schema, **how: Any) -> None:
        save_schema(run, ruled(run, "Name", Length(1, 9)))
        save_schema(run, schema, **(how if seen else {}))

    monkeypatch.setattr(keeping, "save_schema", save)
    app.selectbox(key=f"rule_column_{folder.run_id}").select("Score").run()
    app.selectbox(key="rule_kind").select("required").run()
    return app.button(key=f"add_{folder.run_id}").click().run()


def test_a_rule_does_not_overwrite_the_rule_of_another_tab_and_that_is_said(
    open_page: Callable[..., AppTest], folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = add_a_rule(open_page("columns.py", folder), folder, monkeypatch, seen=True)
    assert "The columns were changed in another tab, so your change was not kept." in texts(app.toast)
    assert not app.exception
    assert read_schema(folder).column("Name").rules == (Length(1, 9),)
    assert "must be 1 to 9 characters long" in texts(app.markdown)


def test_control_a_schema_that_is_kept_unseen_loses_the_rule_of_the_other_tab(
    open_page: Callable[..., AppTest], folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_a_rule(open_page("columns.py", folder), folder, monkeypatch, seen=False)
    assert read_schema(folder).column("Name").rules == ()
