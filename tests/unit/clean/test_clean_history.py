from __future__ import annotations

import os
import stat

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.clean import (
    ChangeCase,
    Condition,
    DecideRows,
    DropRows,
    FillBlanks,
    History,
    Recipe,
    Replace,
    SetCells,
    SetColumn,
    Trim,
    load_history,
    save_history,
)
from importer.errors import ConfigError, FatalError

TEXTS = st.text(alphabet="aB \u00a0é-1", min_size=1, max_size=3)
COLUMNS = st.sampled_from(["a", "b"])
STEPS = st.one_of(
    st.builds(Trim, st.just(("a",)), st.booleans()),
    st.builds(ChangeCase, COLUMNS, st.sampled_from(["lower", "upper", "title"])),
    st.builds(Replace, COLUMNS, TEXTS, TEXTS),
    st.builds(FillBlanks, COLUMNS, TEXTS),
    st.builds(SetColumn, COLUMNS, TEXTS, st.builds(Condition, COLUMNS, st.just("contains"), TEXTS)),
    st.builds(DropRows, st.builds(Condition, COLUMNS, st.just("starts with"), TEXTS)),
    st.builds(SetCells, COLUMNS, st.dictionaries(st.integers(1, 9), TEXTS, min_size=1).map(lambda d: (*d.items(),))),
    st.builds(DecideRows, st.sets(st.integers(1, 9), min_size=1).map(tuple), st.just("drop")),
)
MOVES = st.lists(st.one_of(STEPS, st.sampled_from(["undo", "redo"])), max_size=25)


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


@settings(max_examples=200, deadline=None)
@given(MOVES)
def test_any_walk_through_the_history_restores_the_list_exactly(moves):
    """The model: a plain list of frames, one a step, and a cursor into it."""
    index = pd.Index(range(1, 8), name="row")
    start = pd.DataFrame(
        {"a": [" a", "B", "", "é-", "aa ", "1", "-"], "b": ["", "x", "B", "a", " ", "1", "é"]}, index
    )
    history, frames, at = History(), [start], 0
    for move in moves:
        if move == "undo":
            history, at = history.undo(), max(at - 1, 0)
        elif move == "redo":
            history, at = history.redo(), min(at + 1, len(frames) - 1)
        else:
            frames = [*frames[: at + 1], move.apply(frames[at])]
            history, at = history.do(move), at + 1
        pd.testing.assert_frame_equal(history.recipe.apply(start).frame, frames[at])
    assert History.from_json(history.to_json()) == history
    parts = [history.recipe.apply(start.iloc[first : first + 3]).frame for first in (0, 3, 6)]
    pd.testing.assert_frame_equal(pd.concat(parts), frames[at])


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
