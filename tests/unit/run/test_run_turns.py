"""Two tabs on one list: what decides its outcome is changed by one at a time, and by none while its plan freezes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from run_folders import KEY, checked_folder, plan_for
from unit.run.run_folders import NOW

from importer.check import CheckResult, Winner, stage_check
from importer.clean import History, Trim, load_history
from importer.errors import ConfigError
from importer.intake import Dialect, build
from importer.plan import Plan
from importer.run import (
    ChangedElsewhere,
    Ledger,
    RunFolder,
    change_history,
    check_run,
    choose_key,
    decide_opening,
    freeze,
    freeze_plan,
    keeping,
    open_as,
    prepare,
    prepare_stage,
    read_opening,
    read_schema,
    save_for_next,
    save_schema,
    schemas,
)
from importer.run.saved import opening
from importer.run.unchanged import planned_list
from importer.settings import Settings

TURN_S = 0.3
"""So long the first tab stays in the middle of its work when the second one must wait for its turn."""

PATIENCE_S = 10.0
"""The same in a control, where the second one does not wait: the first goes on as soon as that one is done."""

CHANGED = "changed since the plan was made. Make the plan again"


def without_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: nobody waits for anybody."""
    for module in (freeze, keeping, opening, prepare, schemas):
        monkeypatch.setattr(module, "changing", lambda folder: nullcontext())


def step(folder: RunFolder) -> None:
    change_history(folder, lambda history: history.do(Trim(("name",))))


def other_winner(folder: RunFolder) -> None:
    save_schema(folder, replace(read_schema(folder), winner=Winner.FIRST))


def frozen(folder: RunFolder, plan: Plan) -> None:
    freeze_plan(folder, plan, CheckResult.open(folder.check)).close()


def meanwhile(
    monkeypatch: pytest.MonkeyPatch,
    moment: tuple[Any, str],
    first: Callable[[], Any],
    second: Callable[[], Any],
    *,
    wait_s: float = TURN_S,
) -> tuple[BaseException | None, BaseException | None]:
    """What `first` and `second` raised; the second one began when the first was about to call what `moment` names."""
    real, is_there, is_done = getattr(*moment), threading.Event(), threading.Event()

    def waits(*given: Any, **named: Any) -> Any:
        if not is_there.is_set():
            is_there.set()
            is_done.wait(wait_s)
        return real(*given, **named)

    monkeypatch.setattr(*moment, waits)
    with ThreadPoolExecutor(2) as tabs:
        one = tabs.submit(first)
        assert is_there.wait(PATIENCE_S)
        other = tabs.submit(second)
        other.add_done_callback(lambda _: is_done.set())
        return one.exception(), other.exception()


@pytest.mark.parametrize("change", [step, other_winner])
def test_what_changes_while_a_plan_freezes_comes_too_late_and_the_run_can_be_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[RunFolder], None]
) -> None:
    folder = checked_folder(tmp_path)
    plan = plan_for(folder)
    froze, changed = meanwhile(monkeypatch, (freeze, "_create"), lambda: frozen(folder, plan), lambda: change(folder))
    assert froze is None
    assert "planned already" in str(changed)
    with Ledger.open(folder.ledger) as ledger:
        assert planned_list(folder, ledger)[0] == plan


@pytest.mark.parametrize(("change", "told"), [(step, "the recipe changed"), (other_winner, "the schema changed")])
def test_control_without_turns_such_a_run_is_never_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[RunFolder], None], told: str
) -> None:
    folder = checked_folder(tmp_path)
    plan = plan_for(folder)
    without_turns(monkeypatch)
    assert meanwhile(
        monkeypatch, (freeze, "_create"), lambda: frozen(folder, plan), lambda: change(folder), wait_s=PATIENCE_S
    ) == (
        None,
        None,
    )
    with Ledger.open(folder.ledger) as ledger, pytest.raises(ConfigError, match=f"Resume refused: {told}"):
        planned_list(folder, ledger)


@pytest.mark.parametrize("change", [step, other_winner])
def test_a_plan_for_a_list_that_was_changed_since_is_not_frozen(
    tmp_path: Path, change: Callable[[RunFolder], None]
) -> None:
    folder = checked_folder(tmp_path)
    plan = plan_for(folder)
    change(folder)
    with pytest.raises(ChangedElsewhere, match=CHANGED):
        frozen(folder, plan)
    assert not folder.frozen


def test_control_a_plan_that_is_not_compared_freezes_a_run_that_is_never_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = checked_folder(tmp_path)
    plan = plan_for(folder)
    step(folder)
    monkeypatch.setattr(freeze, "_refuse_changed", lambda *_: None)
    frozen(folder, plan)
    with Ledger.open(folder.ledger) as ledger, pytest.raises(ConfigError, match="Resume refused: the recipe changed"):
        planned_list(folder, ledger)


def test_a_schema_made_of_an_older_one_does_not_overwrite_what_another_tab_kept(tmp_path: Path) -> None:
    folder = checked_folder(tmp_path)
    seen = read_schema(folder)
    other_winner(folder)
    mine = replace(seen, columns=(seen.columns[0], replace(seen.columns[1], attribute=None)))
    with pytest.raises(ChangedElsewhere, match="changed in another tab, so your change was not kept"):
        save_schema(folder, mine, seen=seen)
    assert read_schema(folder).winner is Winner.FIRST
    now = read_schema(folder)
    save_schema(folder, replace(mine, winner=now.winner), seen=now)
    assert (read_schema(folder).winner, read_schema(folder).columns[1].attribute) == (Winner.FIRST, None)


def test_control_without_what_was_seen_the_other_tabs_change_is_lost(tmp_path: Path) -> None:
    folder = checked_folder(tmp_path)
    seen = read_schema(folder)
    other_winner(folder)
    save_schema(folder, replace(seen, columns=(seen.columns[0], replace(seen.columns[1], attribute=None))))
    assert read_schema(folder).winner is Winner.LAST


def key_again(folder: RunFolder) -> None:
    """Sets the key (it is the one it was) in the schema as it is."""
    choose_key(folder, KEY, {"email": "email"})


def test_two_tabs_that_change_the_schema_at_once_both_find_their_change_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = checked_folder(tmp_path)
    raised = meanwhile(monkeypatch, (schemas, "dump_schema"), lambda: key_again(folder), lambda: other_winner(folder))
    assert raised == (None, None)
    assert read_schema(folder).winner is Winner.FIRST


def test_control_without_turns_one_of_the_two_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = checked_folder(tmp_path)
    without_turns(monkeypatch)
    meanwhile(
        monkeypatch,
        (schemas, "dump_schema"),
        lambda: key_again(folder),
        lambda: other_winner(folder),
        wait_s=PATIENCE_S,
    )
    assert read_schema(folder).winner is Winner.LAST


def read_again(folder: RunFolder, plan: Plan) -> tuple[tuple[Any, str], Callable[[], Any], Callable[[], Any]]:
    """One tab reads the list by another delimiter; in the middle of it the other one freezes the plan."""
    return (
        (build, "_clear_leftovers"),
        lambda: prepare_stage(folder, Dialect(delimiter=";")),
        lambda: frozen(folder, plan),
    )


def check_again(folder: RunFolder, plan: Plan) -> tuple[tuple[Any, str], Callable[[], Any], Callable[[], Any]]:
    """One tab checks by a new rule; in the middle of it the other one takes the rule back and freezes the plan."""
    before = read_schema(folder)
    other_winner(folder)

    def back_and_frozen() -> None:
        save_schema(folder, before)
        frozen(folder, plan)

    return (stage_check, "_sweep"), lambda: check_run(folder, KEY), back_and_frozen


@pytest.mark.parametrize("again", [read_again, check_again])
def test_reading_or_checking_that_ends_after_a_plan_froze_replaces_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, again: Callable[..., Any]
) -> None:
    folder = checked_folder(tmp_path)
    plan = plan_for(folder)
    ended, froze = meanwhile(monkeypatch, *again(folder, plan), wait_s=PATIENCE_S)
    assert froze is None
    assert "planned already" in str(ended)
    with Ledger.open(folder.ledger) as ledger:
        assert planned_list(folder, ledger)[0] == plan


@pytest.mark.parametrize(
    ("again", "told"),
    [(read_again, "the way the file is read changed"), (check_again, "the outcome of the check changed")],
)
def test_control_without_a_second_look_such_a_run_is_never_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, again: Callable[..., Any], told: str
) -> None:
    folder = checked_folder(tmp_path)
    plan = plan_for(folder)
    monkeypatch.setattr(prepare, "_take_turn", lambda folder, until_kept: None)
    assert meanwhile(monkeypatch, *again(folder, plan), wait_s=PATIENCE_S) == (None, None)
    with Ledger.open(folder.ledger) as ledger, pytest.raises(ConfigError, match=f"Resume refused: {told}"):
        planned_list(folder, ledger)


def saved(folder: RunFolder) -> tuple[Settings, str]:
    """The list of `folder` as a saved one with a step, and the folder as it was before."""
    settings = Settings(folder.path.parents[1])
    step(folder)
    kept, _ = save_for_next(settings, folder, "Monthly", now=NOW)
    change_history(folder, lambda _: History())
    folder.opening.unlink()
    return settings, kept.entry_id


def test_a_step_made_while_a_saved_list_is_opened_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = checked_folder(tmp_path)
    settings, entry_id = saved(folder)
    raised = meanwhile(
        monkeypatch, (opening, "_put_in_place"), lambda: open_as(settings, folder, entry_id), lambda: step(folder)
    )
    assert raised == (None, None)
    assert load_history(folder.recipe).done == (Trim(("name",)), Trim(("name",)))


def test_control_without_turns_that_step_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = checked_folder(tmp_path)
    settings, entry_id = saved(folder)
    without_turns(monkeypatch)
    meanwhile(
        monkeypatch,
        (opening, "_put_in_place"),
        lambda: open_as(settings, folder, entry_id),
        lambda: step(folder),
        wait_s=PATIENCE_S,
    )
    assert load_history(folder.recipe).done == (Trim(("name",)),)


def unopened(folder: RunFolder) -> Settings:
    """A list that nobody worked on yet and that a saved one fits."""
    settings, _ = saved(folder)
    folder.schema.unlink()
    folder.recipe.unlink()
    return settings


def test_two_tabs_that_look_at_a_new_list_open_it_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = checked_folder(tmp_path)
    settings = unopened(folder)
    both = [lambda: decide_opening(settings, folder)] * 2
    assert meanwhile(monkeypatch, (opening, "_put_saved"), *both) == (None, None)
    assert read_opening(folder).other == opening.Side()


def test_control_without_turns_the_second_tab_opens_it_over_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = checked_folder(tmp_path)
    settings = unopened(folder)
    without_turns(monkeypatch)
    both = [lambda: decide_opening(settings, folder)] * 2
    assert meanwhile(monkeypatch, (opening, "_put_saved"), *both, wait_s=PATIENCE_S) == (None, None)
    assert read_opening(folder).other != opening.Side()
