"""A check that takes over what earlier ones showed of unchanged columns is the same as one of the whole list."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from check_memory_stage import MemoryStage
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import importer.check.kept_columns
import importer.clean.growth
from importer.check import (
    Allowed,
    BlankMeans,
    ColumnSpec,
    DynamoType,
    Email,
    Length,
    Pattern,
    Phone,
    Range,
    Required,
    Schema,
    Unique,
    Winner,
    check_stage,
)
from importer.clean import (
    AddColumn,
    ChangeCase,
    ClearWords,
    Condition,
    Decide,
    DecideRows,
    DropColumns,
    DropRows,
    FillBlanks,
    FillFromColumn,
    JoinColumns,
    KeepRows,
    MapValues,
    NormaliseEmails,
    Operation,
    ParseDates,
    ParseNumbers,
    Recipe,
    RenameColumn,
    Replace,
    SetCells,
    SetCellsByKey,
    SetColumn,
    SetFailing,
    SplitColumn,
    Trim,
)
from importer.errors import ConfigError, FatalError
from importer.table import KeyPart, TableKey

UNSAMPLED = 1
"""A slice from which no sample is taken, of five."""

FILES = ("report.json", "failures.parquet", "outcomes.parquet", "ready.i64", "odd_rows.parquet")
ROWS, SLICE_ROWS = 60, 13


def _cells(row: int) -> dict[str, str]:
    """Several kinds of trouble, each in rows of its own."""
    towns = ("Oslo", "Bergen", "Rome")
    return {
        "email": {3: "nobody", 17: "", 29: "P5@example.com", 41: "p7@example.com"}.get(row, f"p{row}@example.com"),
        "age": {5: "old", 9: "12.000", 13: "", 47: "200"}.get(row, str(20 + row % 50)),
        "city": {2: "", 7: " Oslo ", 39: "Zürich"}.get(row, towns[row % 3]),
        "phone": {4: "none"}.get(row, f"+1 555 01{row:02}"),
        "born": {6: "some day"}.get(row, f"{1 + row % 28:02}.{1 + row % 12:02}.1980"),
        "badge": f"b{row // 2 if row % 10 == 0 else row + 100}",
        "tags": {8: "red,blue"}.get(row, "red;blue"),
        "note": {10: ""}.get(row, f"met at the fair in hall {row % 7}"),
    }


LIST = pd.DataFrame([_cells(row) for row in range(ROWS)], dtype="str")
LIST.index = pd.RangeIndex(2, 2 + ROWS, name="row").astype("int64")
SOUND = pd.DataFrame([_cells(row % 2) for row in range(ROWS)], dtype="str").assign(
    email=[f"p{row}@example.com" for row in range(ROWS)], badge=[f"b{row}" for row in range(ROWS)]
)
SOUND.index = LIST.index

STEPS: tuple[Operation, ...] = (
    Trim(),
    Trim(("city",)),
    ClearWords(),
    ChangeCase("city", "upper"),
    NormaliseEmails("email"),
    ParseNumbers("age"),
    ParseDates("born", "dmy"),
    Replace("phone", "tel: ", ""),
    MapValues("city", (("Oslo", "Rome"),)),
    FillBlanks("city", "somewhere"),
    FillFromColumn("city", "note"),
    SetColumn("city", "nowhere", Condition("age", "is blank")),
    SetColumn("age", "7", Condition("city", "contains", "s")),
    SetCells("email", ((5, "p70@example.com"), (19, "new@example.com"))),
    SetCells("tags", ((10, "one;two"),)),
    SetCellsByKey("note", "email", (("p30@example.com", "other"),)),
    SetFailing("age", "not_a_number", '{"type": "N"}', "0"),
    SplitColumn("note", " ", ("one", "two")),
    JoinColumns(("city", "note"), ", ", "both"),
    JoinColumns(("city", "note"), ", ", "city", keep=False),
    AddColumn("extra", "1"),
    RenameColumn("note", "remark"),
    DropColumns(("note",)),
    DropColumns(("city", "phone")),
    DropRows(Condition("age", "equals", "old")),
    DropRows(Condition("email", "is blank")),
    KeepRows(Condition("city", "is not blank")),
    Decide("not_an_email", "email", "drop"),
    Decide("out_of_range", "age", "accept"),
    Decide("null_word", "city", "reject"),
    DecideRows((4, 9, 30), "reject"),
)

SPECS = (
    ColumnSpec("email", "email", rules=(Required(), Email())),
    ColumnSpec("age", "age", DynamoType.N, rules=(Range("0", "130"),)),
    ColumnSpec("city", "home.city", rules=(Required(),)),
    ColumnSpec("phone", "phone", rules=(Phone(),)),
    ColumnSpec("born", "born"),
    ColumnSpec("badge", "badge", rules=(Unique(),)),
    ColumnSpec("tags", "tags", DynamoType.SS),
    ColumnSpec("note", "home.note"),
)
CHANGES: tuple[dict[str, dict[str, Any]], ...] = (
    {"age": {"type": DynamoType.S, "rules": ()}},
    {"city": {"rules": (Allowed(("Oslo", "Bergen", "ROME")), Length(max=6))}},
    {"city": {"blank": BlankMeans.NULL, "rules": ()}},
    {"born": {"rules": (Required(), Pattern("[0-9]{4}-.*"))}},
    {"badge": {"rules": ()}},
    {"tags": {"separator": ","}},
    {"tags": {"type": DynamoType.S}},
    {"note": {"attribute": None}},
)
WHOLE: tuple[dict[str, Any], ...] = (
    {"winner": Winner.FIRST},
    {"winner": Winner.REJECT},
    {"nest_dots": True},
    {"key": ("email", "badge")},
    {"key": ("badge",)},
    {"indexes": (("by-phone", ("phone",)),)},
)


def _schema(columns: Sequence[str], changes: Sequence[int], whole: Sequence[int]) -> Schema:
    changed: dict[str, dict[str, Any]] = {}
    for number in changes:
        for column, fields in CHANGES[number].items():
            changed[column] = changed.get(column, {}) | fields
    specs = {spec.column: replace(spec, **changed.get(spec.column, {})) for spec in SPECS}
    there = [specs.get(column, ColumnSpec(column, column)) for column in columns]
    settings_ = {name: value for number in whole for name, value in WHOLE[number].items()}
    return Schema(tuple(there), settings_.pop("key", ("email",)), **settings_)


class Histories:
    """A list that is checked state after state, with what is kept of it in one folder."""

    def __init__(self, folder: Path, frame: pd.DataFrame = LIST) -> None:
        self._folder, self._frame = folder, frame

    def check(self, recipe: Recipe, changes: Sequence[int] = (), whole: Sequence[int] = ()) -> MemoryStage | None:
        """Check with what is kept, and the whole list, and compare all that is written; the stage that was read."""
        try:
            schema = _schema(recipe.columns_after(tuple(LIST.columns)), changes, whole)
        except ConfigError:
            return None
        key = TableKey(*(KeyPart(name, "S") for name in schema.key))
        stage, again = (MemoryStage(self._frame, SLICE_ROWS, {31: "row_too_long", 44: "not_an_item"}) for _ in "ab")
        kept, fresh = (self._folder / f"{name}-{secrets.token_hex(4)}" for name in ("kept", "fresh"))
        check_stage(stage, recipe, schema, key, kept, memory=self._folder / "memory")
        check_stage(again, recipe, schema, key, fresh)
        for name in FILES:
            assert (kept / name).read_bytes() == (fresh / name).read_bytes(), name
        return stage


@st.composite
def histories(draw: Any) -> list[tuple[Recipe, list[int], list[int]]]:
    """States of a list one after another: steps done, undone, done again or taken out, and other schemas."""
    steps: tuple[Operation, ...] = ()
    undone: tuple[Operation, ...] = ()
    changes: list[int] = []
    whole: list[int] = []
    states = []
    for _ in range(draw(st.integers(2, 6))):
        kind = draw(st.sampled_from(("step", "step", "step", "undo", "redo", "remove", "column", "whole")))
        if kind == "step":
            steps, undone = (*steps, draw(st.sampled_from(STEPS))), ()
        elif kind == "undo" and steps:
            steps, undone = steps[:-1], (*undone, steps[-1])
        elif kind == "redo" and undone:
            steps, undone = (*steps, undone[-1]), undone[:-1]
        elif kind == "remove" and steps:
            at = draw(st.integers(0, len(steps) - 1))
            steps = (*steps[:at], *steps[at + 1 :])
        elif kind == "column":
            changes = sorted({*changes} ^ {draw(st.integers(0, len(CHANGES) - 1))})
        elif kind == "whole":
            whole = sorted({*whole} ^ {draw(st.integers(0, len(WHOLE) - 1))})
        if not Recipe(steps).problems(tuple(LIST.columns)):
            states.append((Recipe(steps), changes, whole))
    return states


def _run(tmp_path_factory: pytest.TempPathFactory, states: list[tuple[Recipe, list[int], list[int]]]) -> None:
    history = Histories(tmp_path_factory.mktemp("history"))
    history.check(Recipe())
    for state in states:
        history.check(*state)


SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(max_examples=3, deadline=None, suppress_health_check=SLOW)
@given(states=histories())
def test_every_state_of_a_history_is_as_a_check_of_the_whole_list_has_it(
    tmp_path_factory: pytest.TempPathFactory, states: list[tuple[Recipe, list[int], list[int]]]
) -> None:
    _run(tmp_path_factory, states)


@pytest.mark.soak
@settings(max_examples=200, deadline=None, suppress_health_check=SLOW)
@given(states=histories())
def test_two_hundred_histories_are_as_checks_of_the_whole_list_have_them(
    tmp_path_factory: pytest.TempPathFactory, states: list[tuple[Recipe, list[int], list[int]]]
) -> None:
    _run(tmp_path_factory, states)


def test_a_person_at_work_sees_what_a_check_of_the_whole_list_shows(tmp_path: Path) -> None:
    history = Histories(tmp_path)
    trim, numbers = Trim(("city",)), ParseNumbers("age")
    drop = DropRows(Condition("age", "equals", "old"))
    history.check(Recipe())
    history.check(Recipe((trim,)))
    history.check(Recipe((trim, NormaliseEmails("email"))))
    history.check(Recipe((trim,)))
    history.check(Recipe((trim, numbers, DecideRows((4, 9), "reject"))), whole=[1])
    history.check(Recipe((trim, numbers, drop)), changes=[1])
    history.check(Recipe((trim, SetColumn("city", "nowhere", Condition("age", "is blank")))), changes=[1])
    history.check(Recipe((trim, DropColumns(("note",)))), whole=[2, 5])
    history.check(Recipe((trim, DropColumns(("note",)))), whole=[3])


def _read_by(tmp_path: Path, *steps: Operation) -> set[str]:
    """Columns that a check reads of a slice of which no sample is taken, where one without the last step is kept."""
    history = Histories(tmp_path, SOUND)
    history.check(Recipe(steps[:-1]))
    stage = history.check(Recipe(steps))
    assert stage is not None
    return stage.columns_read[UNSAMPLED]


def test_a_fix_reads_only_the_columns_that_it_hangs_on(tmp_path: Path) -> None:
    assert _read_by(tmp_path / "one", Trim(("city",))) == {"city"}
    assert _read_by(tmp_path / "two", SetColumn("city", "x", Condition("age", "is blank"))) == {"city", "age"}


def test_a_decision_reads_no_cell(tmp_path: Path) -> None:
    assert _read_by(tmp_path / "cause", Trim(("city",)), Decide("not_an_email", "email", "drop")) == set()
    assert _read_by(tmp_path / "rows", DecideRows((4,), "drop")) == set()


def test_dropped_rows_make_no_cell_be_judged_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    schema, key = _schema(LIST.columns, (), ()), TableKey(KeyPart("email", "S"))
    drop = Recipe((DropRows(Condition("city", "equals", "Rome")),))
    stage = MemoryStage(LIST, SLICE_ROWS)
    check_stage(stage, Recipe(), schema, key, tmp_path / "one", memory=tmp_path / "memory")
    fresh = check_stage(stage, drop, schema, key, tmp_path / "fresh")
    monkeypatch.delattr(Phone, "_passes_filled")
    report = check_stage(stage, drop, schema, key, tmp_path / "two", memory=tmp_path / "memory")
    assert (report.skipped, report.causes) == (fresh.skipped, fresh.causes)
    assert report.skipped == 19
    with pytest.raises(FatalError, match="phone"):  # control: without what is kept they are judged
        check_stage(stage, drop, schema, key, tmp_path / "three")


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """What a check of a list kept, in `tmp_path / "memory"`."""
    Histories(tmp_path, SOUND).check(Recipe((Trim(("note",)),)))
    (path,) = (tmp_path / "memory").iterdir()
    return path


def test_what_is_kept_is_for_its_owner_and_holds_no_cell(tmp_path: Path) -> None:
    Histories(tmp_path).check(Recipe())
    (kept,) = (tmp_path / "memory").iterdir()
    assert (stat.S_IMODE(kept.stat().st_mode), stat.S_IMODE(kept.parent.stat().st_mode)) == (0o600, 0o700)
    cells = {cell.encode() for cell in LIST.to_numpy().ravel() if len(cell) > 5}
    assert len(cells) > 150
    files = [kept, *(path for path in tmp_path.glob("*-*/*") if path.name != "odd_rows.parquet")]
    assert len(files) == 9
    assert [cell for path in files for cell in cells if cell in path.read_bytes()] == []


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_what_is_damaged_is_looked_at_again(tmp_path: Path, kept: Path, share: float) -> None:
    whole = kept.read_bytes()
    kept.write_bytes(whole[: int(len(whole) * share)])
    assert _read_again(tmp_path) == set(LIST.columns)


def test_what_killed_checks_and_other_lists_left_goes(tmp_path: Path, kept: Path) -> None:
    unfinished, other = kept.with_name(".0123456789abcdef"), kept.with_name(f"{'0' * 16}-0123456789abcdef.columns")
    for path in (unfinished, other):
        path.write_bytes(b"half")
    os.utime(unfinished, (0, 0))
    assert _read_again(tmp_path) == {"city"}
    assert sorted(path.suffix for path in kept.parent.iterdir()) == [".columns", ".columns"]
    assert kept.exists()


def test_what_was_used_longest_ago_goes_first(tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importer.check.kept_columns, "MOST_FILES", 3)
    history = Histories(tmp_path / "..", SOUND)
    history._folder, history._states = tmp_path, 10
    for text in "abcd":
        history.check(Recipe((Trim(("note",)), FillBlanks("city", text))))
    assert len(list(kept.parent.iterdir())) == 3
    assert kept.exists(), "it has the other columns"


def _read_again(tmp_path: Path) -> set[str]:
    history = Histories(tmp_path)
    history._states = 10
    stage = Histories(tmp_path, SOUND).check(Recipe((Trim(("note",)), ChangeCase("city", "upper"))))
    assert stage is not None
    return stage.columns_read[UNSAMPLED]


def test_a_step_that_is_refused_for_rows_dropped_before_it_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importer.clean.growth, "MAX_ITEM_BYTES", 40)
    longer = Replace("note", "met at", "x" * 80)
    history = Histories(tmp_path)
    with pytest.raises(ConfigError, match="Operation 1"):
        history.check(Recipe((longer,)))
    few = KeepRows(Condition("note", "is blank"))
    history.check(Recipe((few, longer)))
    history.check(Recipe((few, longer, Trim(("city",)))))


def test_a_step_whose_column_goes_again_is_refused_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = Histories(tmp_path)
    history.check(Recipe())
    monkeypatch.setattr(importer.clean.growth, "MAX_ITEM_BYTES", 40)
    long = AddColumn("long", "x" * 80)
    for steps in ((long,), (long, DropColumns(("long",)))):
        with pytest.raises(ConfigError, match="Operation 1"):
            history.check(Recipe(steps))


def _two_states(tmp_path: Path) -> None:
    history = Histories(tmp_path)
    fill = SetColumn("city", "", Condition("age", "is blank"))
    history.check(Recipe((fill,)))
    history.check(Recipe((FillBlanks("age", "7"), fill)))


def test_control_a_fingerprint_without_the_column_of_a_condition_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _two_states(tmp_path / "sound")
    monkeypatch.setattr(SetColumn, "reads", lambda step, column: (column,))
    with pytest.raises((AssertionError, KeyError)):
        _two_states(tmp_path / "unsound")


def test_control_a_fingerprint_without_the_rules_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = Histories(tmp_path)
    history.check(Recipe())
    history.check(Recipe(), changes=[1])
    monkeypatch.setattr(ColumnSpec, "to_dict", lambda spec: {"column": spec.column})
    unsound = Histories(tmp_path / "unsound")
    unsound.check(Recipe())
    with pytest.raises(AssertionError):
        unsound.check(Recipe(), changes=[1])
