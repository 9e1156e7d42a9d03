"""History and schema on disk: what a step does to columns is followed, and what would break the list is refused."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from run_folders import KEY, checked_folder, frozen_folder

from importer.check import Length
from importer.clean import (
    AddColumn,
    Decide,
    DropColumns,
    History,
    RenameColumn,
    SplitColumn,
    Trim,
    load_history,
    save_history,
)
from importer.errors import ConfigError
from importer.run import (
    RunFolder,
    change_history,
    check_run,
    keep_history,
    open_stage,
    prepare_profile,
    read_schema,
    save_schema,
)


def columns(folder: object) -> dict[str, str | None]:
    return {spec.column: spec.attribute for spec in read_schema(folder).columns}  # type: ignore[arg-type]


def test_a_step_that_makes_or_takes_columns_leaves_a_list_that_can_be_checked(tmp_path: Path) -> None:
    folder = checked_folder(tmp_path)
    before = read_schema(folder)
    history = History().do(RenameColumn("email", "Mail")).do(AddColumn("source", "fair")).do(DropColumns(("name",)))
    keep_history(folder, history)
    assert columns(folder) == {"Mail": "email", "source": "source"}
    assert check_run(folder, KEY).rows == 6
    keep_history(folder, history.undo().undo().undo())
    assert read_schema(folder) == before
    assert check_run(folder, KEY).rows == 6


def test_a_decision_still_holds_once_its_column_has_another_name(tmp_path: Path) -> None:
    folder = checked_folder(tmp_path)
    assert check_run(folder, KEY).undecided == 2
    decided = History().do(Decide("not_an_email", "email", "drop"))
    keep_history(folder, decided)
    assert (check_run(folder, KEY).undecided, check_run(folder, KEY).skipped) == (0, 2)
    keep_history(folder, decided.do(RenameColumn("email", "Mail")))
    report = check_run(folder, KEY)
    assert (report.undecided, report.skipped) == (0, 2)
    assert report.cause("not_an_email", "Mail").verdict == "drop"


def test_a_decision_still_holds_once_its_column_has_its_old_name_back(tmp_path: Path) -> None:
    folder = checked_folder(tmp_path)
    columns = open_stage(folder).columns
    history = History().do(RenameColumn("email", "Mail")).do(Decide("not_an_email", "Mail", "drop")).do(Trim())
    keep_history(folder, history)
    keep_history(folder, history.without(1, columns))
    report = check_run(folder, KEY)
    assert (report.undecided, report.skipped) == (0, 2)
    keep_history(folder, History(history.recipe.without(1).operations))
    assert check_run(folder, KEY).undecided == 2, "control: the step alone leaves the decision without its column"


def test_rules_set_on_a_new_column_outlive_undo_and_redo(tmp_path: Path) -> None:
    folder = checked_folder(tmp_path)
    history = History().do(SplitColumn("name", " ", ("first", "rest")))
    keep_history(folder, history)
    schema = read_schema(folder)
    ruled = [replace(spec, rules=(Length(1, 9),)) if spec.column == "rest" else spec for spec in schema.columns]
    save_schema(folder, replace(schema, columns=tuple(ruled)))
    keep_history(folder, history.undo())
    assert columns(folder) == {"email": "email", "name": "name"}
    assert check_run(folder, KEY).cause("wrong_length", "rest") is None
    keep_history(folder, history.undo().redo())
    assert read_schema(folder).column("rest").rules == (Length(1, 9),)


def test_the_profile_finds_the_key_under_the_name_it_came_with(tmp_path: Path) -> None:
    folder = checked_folder(tmp_path)
    keep_history(folder, History().do(RenameColumn("email", "Mail")).do(AddColumn("source", "fair")))
    assert prepare_profile(folder, "Mail").key_column == "email"
    assert prepare_profile(folder, "source").key_column in (None, "email")


def test_the_column_of_the_key_is_not_dropped(tmp_path: Path) -> None:
    folder = checked_folder(tmp_path)
    with pytest.raises(ConfigError, match="The table's key comes from a column that would be gone then"):
        keep_history(folder, History().do(DropColumns(("email",))))
    assert load_history(folder.recipe) == History()


def test_a_step_that_does_not_fit_the_list_is_refused_and_nothing_is_kept(tmp_path: Path) -> None:
    folder = checked_folder(tmp_path)
    with pytest.raises(ConfigError, match='Operation 1 makes column "name"; the list has such a column already'):
        keep_history(folder, History().do(AddColumn("name", "x")))
    with pytest.raises(ConfigError, match='Operation 1 needs column "phone"'):
        keep_history(folder, History().do(Trim(("phone",))))
    assert load_history(folder.recipe) == History()


def test_a_recipe_that_does_not_fit_can_be_mended_one_step_after_the_other(tmp_path: Path) -> None:
    folder = checked_folder(tmp_path)
    broken = History().do(Trim(("Name",))).do(Trim(("phone",)))
    save_history(folder.recipe, broken)
    keep_history(folder, broken.mapped("Name", "name"))
    left = load_history(folder.recipe).recipe.problems(open_stage(folder).columns)
    assert [problem.column for problem in left] == ["phone"]


def both_tabs(folder: RunFolder, keep: Callable[[RunFolder, Callable[[History], History]], object]) -> int:
    """Steps kept of the two that two tabs make at once: the first has read the history when the second begins."""
    has_read = threading.Event()

    def first(history: History) -> History:
        has_read.set()
        second_done.wait(0.3)
        return history.do(AddColumn("first", "x"))

    def second(history: History) -> History:
        return history.do(AddColumn("second", "y"))

    second_done = threading.Event()
    with ThreadPoolExecutor(2) as tabs:
        one = tabs.submit(keep, folder, first)
        has_read.wait(10)
        other = tabs.submit(keep, folder, second)
        other.add_done_callback(lambda _: second_done.set())
        one.result()
        other.result()
    return len(load_history(folder.recipe).moves)


def test_two_tabs_do_not_overwrite_each_others_step(tmp_path: Path) -> None:
    assert both_tabs(checked_folder(tmp_path), change_history) == 2


def test_control_without_the_lock_a_step_is_lost(tmp_path: Path) -> None:
    def keep(folder: RunFolder, change: Callable[[History], History]) -> None:
        keep_history(folder, change(load_history(folder.recipe)))

    assert both_tabs(checked_folder(tmp_path), keep) == 1


def test_a_planned_list_does_not_change(tmp_path: Path) -> None:
    folder = frozen_folder(tmp_path)
    with pytest.raises(ConfigError, match="planned already"):
        keep_history(folder, History().do(Trim()))
