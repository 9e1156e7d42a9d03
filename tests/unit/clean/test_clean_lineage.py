"""Lineage: what a column hangs on once a recipe is applied, and the part of the recipe that makes it."""

from __future__ import annotations

from itertools import permutations

import pandas as pd
import pytest
from clean_examples import COLUMNS, EXAMPLES
from hypothesis import given, settings
from hypothesis import strategies as st

import importer.check  # noqa: F401  it says how SetFailing judges
from importer.clean import (
    AddColumn,
    ChangeCase,
    Condition,
    Decide,
    DecideRows,
    DropColumns,
    DropRows,
    FillFromAbove,
    FillFromColumn,
    JoinColumns,
    Recipe,
    RenameColumn,
    SetCellsByKey,
    SetColumn,
    SplitColumn,
    Trim,
    lineage_of,
    part_for,
    take_cleaned,
)
from importer.errors import ConfigError

NAMES = tuple(COLUMNS)


def _of(*steps):
    return lineage_of(Recipe(steps), NAMES)


def test_a_step_gives_a_new_fingerprint_to_the_columns_it_writes_and_to_no_others():
    before, after = _of(), _of(ChangeCase("b", "upper"))
    assert after.columns["b"] != before.columns["b"]
    assert {name: after.columns[name] for name in "ac"} == {name: before.columns[name] for name in "ac"}
    assert after.rows == before.rows


def test_undo_and_redo_give_back_the_fingerprints_that_were():
    once, twice = _of(ChangeCase("b", "upper")), _of(ChangeCase("b", "upper"), Trim(("a",)))
    assert twice.columns["b"] == once.columns["b"]
    assert _of(Trim(("a",)), ChangeCase("b", "upper")).columns == twice.columns


@pytest.mark.parametrize(
    ("other", "step"),
    [
        ("b", SetColumn("a", "some", Condition("b", "is blank"))),
        ("b", FillFromColumn("a", "b")),
        ("b", SetCellsByKey("a", "b", (("2", "two"),))),
        ("b", JoinColumns(("c", "b"), "", "a", keep=False)),
    ],
    ids=lambda value: value if isinstance(value, str) else value.kind,
)
def test_a_column_hangs_on_the_columns_that_a_step_looks_at(other, step):
    first = DropColumns(("a",)) if isinstance(step, JoinColumns) else Decide("x", "", "drop")
    plain, mended = _of(first, step), _of(first, ChangeCase(other, "upper"), step)
    assert mended.columns["a"] != plain.columns["a"]


def test_a_step_on_many_columns_is_a_step_on_each():
    assert _of(Trim(("a", "b"))).columns["a"] == _of(Trim(("a",))).columns["a"] == _of(Trim()).columns["a"]
    assert _of(Trim(("a",)), Trim(("b",))).columns == _of(Trim(("a", "b"))).columns


def test_blanks_filled_from_above_hang_on_what_stood_there():
    assert (
        _of(FillFromAbove("a", ((4, 4, "x"),))).columns["a"] != _of(FillFromAbove("a", ((4, 4, "y"),))).columns["a"]
    )


def test_rows_hang_on_the_conditions_that_drop_them_and_on_their_columns():
    drop = DropRows(Condition("b", "is blank"))
    assert _of(drop).rows != _of().rows
    assert _of(drop).columns == _of().columns
    assert _of(ChangeCase("b", "upper"), drop).rows != _of(drop).rows
    assert _of(ChangeCase("a", "upper"), drop).rows == _of(drop).rows


def test_a_rename_and_a_decision_change_no_fingerprint():
    renamed = _of(RenameColumn("a", "z"))
    assert (renamed.columns["z"], "a" in renamed.columns) == (_of().columns["a"], False)
    assert _of(Decide("x", "a", "drop"), DecideRows((3,), "drop")) == _of()


def test_what_a_step_wrote_into_a_column_that_is_gone_is_told_unless_another_was_made_of_it():
    assert len(_of(Trim(("a",)), DropColumns(("a",))).passing) == 1
    assert _of(DropColumns(("a",))).passing == frozenset()
    assert _of(Trim(("a",)), SplitColumn("a", " ", ("d", "e"), keep=False)).passing == frozenset()
    assert _of(Trim(("a",)), DropRows(Condition("a", "is blank")), DropColumns(("a",))).passing == frozenset()


def test_a_recipe_that_does_not_fit_is_refused():
    for call in (lineage_of, lambda *args: part_for(*args, ("a",))):
        with pytest.raises(ConfigError, match="gone"):
            call(Recipe((ChangeCase("gone", "upper"),)), NAMES)


def test_a_part_reads_only_the_columns_it_needs():
    recipe = Recipe(
        (Trim(), ChangeCase("b", "upper"), FillFromColumn("a", "b"), DropRows(Condition("c", "is blank")))
    )
    assert part_for(recipe, NAMES, ("c",)).columns == ("c",)
    assert part_for(recipe, NAMES, ("a",)).columns == ("a", "b")
    assert part_for(recipe, NAMES, ("b",), rows=True).columns == ("b", "c")
    assert part_for(recipe, NAMES, ("c",)).recipe == Recipe((Trim(("c",)),))


def test_a_part_keeps_apart_two_columns_of_one_name():
    recipe = Recipe((JoinColumns(("a", "b"), "-", "d"), DropColumns(("a",)), AddColumn("a", "new")))
    frame = pd.DataFrame({"a": ["x"], "b": ["y"], "c": ["z"]}, dtype="str")
    assert _cells(part_for(recipe, NAMES, ("a", "d")), frame, ("a", "d")) == [["new"], ["x-y"]]
    renamed = Recipe((FillFromColumn("b", "a"), RenameColumn("a", "z"), RenameColumn("b", "a")))
    assert _cells(part_for(renamed, NAMES, ("a",)), frame, ("a",)) == [["y"]]


def _cells(part, frame, wanted):
    after = part.recipe.apply(frame[list(part.columns)]).frame
    return [after[name].tolist() for name in wanted]


class _Rows:
    """What is read of a stage."""

    def __init__(self, frame):
        self.columns, self._frame, self.read = tuple(frame.columns), frame, []

    def take(self, row_numbers, columns=None):
        self.read = list(self.columns if columns is None else columns)
        return self._frame.loc[list(row_numbers), self.read]


def test_single_rows_are_cleaned_from_the_columns_that_it_takes(frame):
    stage, steps = _Rows(frame), (Trim(("a",)), DropRows(Condition("b", "equals", "22")), RenameColumn("a", "z"))
    cleaned = take_cleaned(Recipe(steps), stage, [2, 3, 6], {"z", "gone"})
    assert (cleaned.index.tolist(), cleaned["z"].tolist(), stage.read) == ([2, 3], ["x", "xx"], ["a", "b"])
    assert take_cleaned(Recipe(steps), stage, [2], {"c"})["c"].tolist() == ["k"]


MORE = (
    AddColumn("a", "again"),
    RenameColumn("d", "a"),
    RenameColumn("b", "d"),
    DropColumns(("a",)),
    DropColumns(("c",)),
    SetColumn("c", "some", Condition("a", "is blank")),
    FillFromColumn("d", "a"),
    ChangeCase("d", "upper"),
    DropRows(Condition("d", "is blank")),
    SplitColumn("d", "x", ("a", "e"), keep=False),
    JoinColumns(("c", "d"), "+", "e"),
)


@st.composite
def recipes(draw):
    """Recipes of up to seven steps that fit the list."""
    steps = ()
    for step in draw(st.lists(st.sampled_from((*EXAMPLES, *MORE)), max_size=7)):
        if not Recipe((*steps, step)).problems(NAMES):
            steps = (*steps, step)
    return Recipe(steps)


@pytest.fixture
def frame(frame_of):
    return frame_of(**COLUMNS)


@settings(max_examples=100, deadline=None)
@given(recipe=recipes(), data=st.data())
def test_a_part_makes_the_cells_that_the_whole_recipe_makes(recipe, data):
    frame = pd.DataFrame(COLUMNS, dtype="str", index=pd.RangeIndex(2, 8, name="row"))
    whole = recipe.apply(frame, noting=True)
    wanted = (
        tuple(data.draw(st.lists(st.sampled_from(tuple(whole.frame.columns)), unique=True)))
        if len(whole.frame.columns)
        else ()
    )
    part = part_for(recipe, NAMES, wanted)
    after = part.recipe.apply(frame[list(part.columns)], noting=True)
    assert after.dropped == ()
    for name in wanted:
        assert after.frame[name].loc[whole.frame.index].tolist() == whole.frame[name].tolist()
    for (kind, column), rows in whole.unread.items():
        if column in wanted:
            assert set(rows) == set(after.unread[kind, column]) & set(whole.frame.index)
    rows = part_for(recipe, NAMES, (), rows=True)
    assert rows.recipe.apply(frame[list(rows.columns)]).dropped == whole.dropped


def _same_where_the_fingerprint_is(one, other, frame):
    """Columns (and the rows) of two recipes with one fingerprint and other cells."""
    first, second = lineage_of(one, NAMES), lineage_of(other, NAMES)
    done, again = one.apply(frame), other.apply(frame)
    both = done.frame.index.intersection(again.frame.index)
    broken = [
        (name, twin)
        for name, print_ in first.columns.items()
        for twin, other_print in second.columns.items()
        if print_ == other_print and done.frame.loc[both, name].tolist() != again.frame.loc[both, twin].tolist()
    ]
    return broken + ([("rows", "rows")] if first.rows == second.rows and done.dropped != again.dropped else [])


@settings(max_examples=100, deadline=None)
@given(one=recipes(), other=recipes(), data=st.data())
def test_columns_with_one_fingerprint_have_the_same_cells(one, other, data):
    frame = pd.DataFrame(COLUMNS, dtype="str", index=pd.RangeIndex(2, 8, name="row"))
    assert _same_where_the_fingerprint_is(one, other, frame) == []
    shuffled = Recipe(tuple(data.draw(st.permutations(one.operations))))
    if not shuffled.problems(NAMES):
        assert _same_where_the_fingerprint_is(one, shuffled, frame) == []


def test_control_a_fingerprint_without_the_column_of_a_condition_is_found_out(frame, monkeypatch):
    steps = (ChangeCase("b", "upper"), Trim(("b",)), SetColumn("a", "some", Condition("b", "is blank")))
    mend = SetColumn("b", "", Condition("c", "equals", "k"))
    pairs = [(Recipe(steps), Recipe((mend, steps[2])))]
    assert all(_same_where_the_fingerprint_is(one, other, frame) == [] for one, other in pairs)
    monkeypatch.setattr(SetColumn, "reads", lambda self, column: (self.column,))
    assert any(("a", "a") in _same_where_the_fingerprint_is(one, other, frame) for one, other in pairs)


def test_steps_on_other_columns_may_stand_in_any_order():
    steps = (Trim(("a",)), ChangeCase("b", "upper"), FillFromColumn("c", "b"))
    prints = {lineage_of(Recipe(order), NAMES).columns["a"] for order in permutations(steps)}
    assert len(prints) == 1
