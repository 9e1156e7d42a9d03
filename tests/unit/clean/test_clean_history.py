from __future__ import annotations

import os
import stat

import pandas as pd
import pytest
from clean_examples import COLUMNS, EXAMPLES
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.clean import (
    OPERATIONS,
    ChangeCase,
    Condition,
    Decide,
    DecideRows,
    DropColumns,
    DropRows,
    FillBlanks,
    FillFromAbove,
    History,
    MapColumn,
    Recipe,
    RenameColumn,
    Replace,
    SetCells,
    Trim,
    load_history,
    save_history,
)
from importer.errors import ConfigError, FatalError

TEXTS = st.text(alphabet="aB \u00a0é-1", min_size=1, max_size=3)
NAMES = st.sampled_from(["a", "b"])
STEPS = st.one_of(
    st.sampled_from(EXAMPLES),
    st.builds(Replace, NAMES, TEXTS, TEXTS),
    st.builds(FillBlanks, NAMES, TEXTS),
    st.builds(SetCells, NAMES, st.dictionaries(st.integers(1, 9), TEXTS, min_size=1).map(lambda d: (*d.items(),))),
)
MAPPED = st.sampled_from([MapColumn("a", "b"), MapColumn("b", "a"), MapColumn("b", "c")])
MOVES = st.lists(
    st.one_of(STEPS, STEPS, st.tuples(STEPS, STEPS), st.sampled_from(["undo", "redo"]), st.integers(1, 8), MAPPED),
    max_size=25,
)


def test_undo_and_redo_go_back_and_forth():
    first, second = Trim(), ChangeCase("a", "lower")
    history = History().do(first).do(second)
    assert history.undo().recipe == Recipe((first,))
    assert history.undo().redo() == history
    assert history.undo().undo() == History((), (second, first))


def test_at_either_end_there_is_nothing_to_go_to():
    assert History().undo() == History()
    assert History().redo() == History()


def test_a_new_step_forgets_what_was_undone():
    history = History().do(Trim()).undo().do(ChangeCase("a", "lower"))
    assert history.redo() == history
    assert history.recipe == Recipe((ChangeCase("a", "lower"),))


@settings(max_examples=200)
@given(MOVES)
def test_any_walk_through_the_history_restores_the_list_exactly(frame_of, moves):
    """The model: a plain list of frames, one a move, and a cursor into it. A number takes a step out.

    Every kind of operation is among the moves (`EXAMPLES` has them all), and columns are mapped.
    """
    start = frame_of(**COLUMNS)
    history, frames, at = History(), [start], 0
    for move in moves:
        if move == "undo":
            history, at = history.undo(), max(at - 1, 0)
        elif move == "redo":
            history, at = history.redo(), min(at + 1, len(frames) - 1)
        else:
            tried = _tried(history, move)
            if tried is None:
                continue
            history = tried
            frames = [*frames[: at + 1], history.recipe.apply(start).frame]
            at += 1
        pd.testing.assert_frame_equal(history.recipe.apply(start).frame, frames[at])
    pd.testing.assert_frame_equal(start, frame_of(**COLUMNS))
    again = History.from_json(history.to_json())
    assert again == history
    assert Recipe.from_json(history.to_json()) == history.recipe
    parts = [history.recipe.apply(start.iloc[first : first + 3]).frame for first in (0, 3)]
    pd.testing.assert_frame_equal(pd.concat(parts), frames[at])


def test_every_kind_of_operation_is_walked_through():
    assert {step.kind for step in EXAMPLES} == set(OPERATIONS)


def _tried(history, move):
    """The history after a move, None where the move does not fit the list."""
    if isinstance(move, int):
        try:
            return history.without(move, tuple(COLUMNS))
        except ConfigError:
            return None
    if isinstance(move, MapColumn):
        try:
            mapped = history.mapped(move.old, move.new)
            return None if mapped.recipe.problems(tuple(COLUMNS)) else mapped
        except ConfigError:  # such as a column joined with itself
            return None
    steps = move if isinstance(move, tuple) else (move,)
    wanted = Recipe((*history.done, *steps))
    return None if wanted.problems(tuple(COLUMNS)) else history.do(*steps)


def test_a_step_is_taken_out_of_the_middle_and_can_come_back():
    first, second, third = Trim(), ChangeCase("a", "lower"), Replace("a", "x", "y")
    history = History().do(first).do(second).do(third)
    shorter = history.without(2, ("a",))
    assert shorter.done == (first, third)
    assert shorter.undo() == History(history.moves, shorter.undo().undone)
    assert shorter.undo().done == (first, second, third)
    assert shorter.undo().redo() == shorter
    assert shorter.moves[-1].title() == "Take out step 2"
    again = History.from_json(shorter.undo().to_json())
    assert again.redo().done == (first, third)
    assert History.from_json(shorter.to_json()) == shorter


def test_a_step_that_a_later_one_builds_on_is_not_taken_out():
    history = History().do(RenameColumn("a", "x")).do(Trim()).do(Trim(("x",)))
    with pytest.raises(ConfigError, match=r"^Step 1 cannot be taken out: step 3 needs what it does"):
        history.without(1, ("a",))
    assert history.without(2, ("a",)).done == (RenameColumn("a", "x"), Trim(("x",)))
    twins = History().do(DropColumns(("b",))).do(RenameColumn("a", "b"))
    with pytest.raises(ConfigError, match="step 2 needs what it does"):
        twins.without(1, ("a", "b"))
    with pytest.raises(ConfigError, match=r"There is no step 4; the recipe has 3\."):
        history.without(4, ("a",))


def test_what_was_filled_from_above_holds_the_steps_it_saw():
    fill = FillFromAbove("a", ((3, 3, "x"),))
    for seen in (Replace("a", "-", ""), Trim(), DropRows(Condition("b", "is blank"))):
        with pytest.raises(ConfigError, match="step 2 needs what it does"):
            History().do(seen).do(fill).without(1, ("a", "b"))
    assert History().do(Trim(("b",))).do(fill).without(1, ("a", "b")).done == (fill,)


def test_steps_of_one_click_are_taken_back_by_one_undo_and_brought_back_by_one_redo():
    first, second, third = Trim(), ChangeCase("a", "lower"), Replace("a", "x", "y")
    history = History().do(first).do(second, third, name="Replay 2 steps")
    assert history.done == (first, second, third)
    assert history.undo().done == (first,)
    assert history.undo().redo() == history
    assert history.moves[-1].title() == "Replay 2 steps"
    assert History().do(first, second).moves[-1].title() == "Trim spaces in every column and 1 more"
    assert History.from_json(history.to_json()) == history
    assert History.from_json(history.undo().to_json()) == history.undo()
    assert Recipe.from_json(history.to_json()) == Recipe((first, second, third))
    assert history.without(3, ("a",)).done == (first, second)


def test_control_steps_done_one_by_one_take_as_many_undos():
    assert History().do(Trim()).do(ChangeCase("a", "lower")).undo().done == (Trim(),)


def test_what_is_done_together_may_be_one_step_or_none():
    assert History().do(Trim(), name="Find and replace") == History((Trim(),))
    assert History((Trim(),), (Trim(),)).do() == History((Trim(),), (Trim(),))


def test_columns_made_by_a_click_of_several_steps_are_known():
    history = History().do(RenameColumn("a", "x"), Trim())
    assert history.made == history.undo().made == {"x"}


def test_decisions_go_back_to_the_old_name_when_the_new_one_is_taken_out():
    rename, first, second = RenameColumn("a", "x"), Decide("blank", "x", "drop"), Decide("too_long", "x", "reject")
    others = (Decide("blank", "b", "accept"), DecideRows((2,), "drop"))
    history = History().do(rename).do(first).do(others[0]).do(second).do(others[1])
    shorter = history.without(1, ("a", "b"))
    assert shorter.done == (*others, Decide("blank", "a", "drop"), Decide("too_long", "a", "reject"))
    assert shorter.moves[-1].title() == "Take out step 1"
    assert shorter.undo().done == history.done
    assert shorter.undo().redo() == shorter
    assert History.from_json(shorter.to_json()) == shorter


def test_a_decision_of_the_new_name_still_overrules_the_older_one_of_the_old_name():
    decided = History().do(Decide("blank", "a", "drop")).do(RenameColumn("a", "x")).do(Decide("blank", "x", "reject"))
    assert decided.recipe.cause_verdicts() == {("blank", "x"): "reject"}
    assert decided.without(2, ("a",)).recipe.cause_verdicts() == {("blank", "a"): "reject"}


def test_control_a_recipe_without_the_step_alone_leaves_a_decision_about_no_column():
    recipe = Recipe((RenameColumn("a", "x"), Decide("blank", "x", "drop"))).without(1)
    assert recipe.cause_verdicts() == {("blank", "x"): "drop"}
    assert recipe.columns_after(("a",)) == ("a",)


def test_a_mapped_column_is_a_move_like_any_other():
    history = History((Trim(("phone",)),)).mapped("phone", "Phone")
    assert history.done == (Trim(("Phone",)),)
    assert history.undo().done == (Trim(("phone",)),)
    assert History.from_json(history.to_json()) == history
    assert history.moves[-1] == MapColumn("phone", "Phone")


@pytest.mark.parametrize(
    ("moves", "message"),
    [
        ("[]", '"moves" do not lead to its "operations"'),
        ('[{"kind": "remove_step", "number": 0}]', r'^Move 1 \(remove_step\): Field "number" must be 1 or more'),
        ('[{"kind": "map_column", "old": "a"}]', r'^Move 1 \(map_column\): Field "new" is missing'),
        ('[{"kind": "remove_step", "number": 1, "x": 1}]', 'Field "x" is not known here'),
        ('[{"kind": "explode"}]', "there is no kind"),
        ("7", '"moves" must be a list'),
        ('[{"kind": "together", "name": "x", "moves": []}]', "must be a list of moves, and not an empty one"),
        ('[{"kind": "together", "name": "x", "moves": [{"kind": "together"}]}]', "themselves together"),
        ('[{"kind": "together", "moves": [{"kind": "remove_step", "number": 1}]}]', 'Field "name" is missing'),
    ],
)
def test_moves_that_cannot_be_are_refused(moves, message):
    with pytest.raises(ConfigError, match=message):
        History.from_json('{"version": 1, "operations": [{"kind": "trim", "columns": []}], "moves": ' + moves + "}")


def test_a_reload_loses_nothing_not_even_what_was_undone(tmp_path):
    history = History().do(Trim()).do(Replace("a", "é", "e")).undo()
    save_history(tmp_path / "recipe.json", history)
    assert load_history(tmp_path / "recipe.json") == history


def test_a_saved_history_is_read_as_a_recipe_without_what_was_undone(tmp_path):
    save_history(tmp_path / "recipe.json", History().do(Trim()).do(ChangeCase("a", "lower")).undo())
    assert Recipe.from_json((tmp_path / "recipe.json").read_text()) == Recipe((Trim(),))
    assert load_history(tmp_path / "recipe.json").recipe == Recipe((Trim(),))


def test_a_downloaded_recipe_is_read_as_a_history(tmp_path):
    (tmp_path / "recipe.json").write_text(Recipe((Trim(),)).to_json())
    assert load_history(tmp_path / "recipe.json") == History((Trim(),))


def test_no_file_is_an_empty_history_and_a_damaged_one_is_refused(tmp_path):
    assert load_history(tmp_path / "none.json") == History()
    (tmp_path / "cut.json").write_text('{"version": 1, "oper')
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe")
    for name in ("cut.json", "bytes.json"):
        with pytest.raises(ConfigError):
            load_history(tmp_path / name)


def test_the_file_is_its_owners_alone_also_when_it_replaces_an_open_one(tmp_path):
    path = tmp_path / "recipe.json"
    path.write_text("{}")
    path.chmod(0o644)
    save_history(path, History())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_crash_before_the_rename_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    path = tmp_path / "recipe.json"
    save_history(path, History().do(Trim()))

    def refuse(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(FatalError, match=r"recipe\.json \([0-9]+ bytes\) cannot be written: No space left on device"):
        save_history(path, History())
    assert load_history(path) == History((Trim(),))
    assert [entry.name for entry in tmp_path.iterdir()] == ["recipe.json"]
