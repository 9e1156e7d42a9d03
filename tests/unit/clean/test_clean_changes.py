from __future__ import annotations

import pytest

from importer.clean import (
    AddColumn,
    Change,
    ChangeCase,
    Condition,
    Decide,
    DropColumns,
    DropRows,
    FillFromAbove,
    JoinColumns,
    ParseDates,
    Recipe,
    RenameColumn,
    Replace,
    SplitColumn,
    Trim,
    count_changes,
    count_each,
)
from importer.errors import ConfigError


class Chunks:
    """A stage of two chunks."""

    def __init__(self, *frames):
        self._frames = frames

    def chunks(self):
        return iter(self._frames)


def test_changed_cells_and_rows_are_counted_over_all_chunks_with_the_first_as_sample(frame_of):
    stage = Chunks(
        frame_of(rows=[2, 3], a=[" x", "x"], b=["y ", "y"]),
        frame_of(rows=[4, 7], a=["x ", "x"], b=["y", "y"]),
    )
    change = count_changes(Recipe(), Trim(), stage, sample=2)
    assert change == Change(cells=3, rows=2, dropped=0, sample=((2, " x", "x"), (2, "y ", "y")))
    assert change.sentence() == "Will change 3 cells in 2 rows."


def test_the_sample_goes_on_into_later_chunks(frame_of):
    stage = Chunks(frame_of(rows=[2], a=[" x"]), frame_of(rows=[3], a=["z "]))
    assert count_changes(Recipe(), Trim(), stage).sample == ((2, " x", "x"), (3, "z ", "z"))


def test_only_what_the_recipe_before_left_is_counted(frame_of):
    stage = Chunks(frame_of(a=[" x-", "x-", "gone-"]))
    before = Recipe((Trim(), DropRows(Condition("a", "equals", "gone-"))))
    assert count_changes(before, Trim(), stage).sentence() == "Will change nothing."
    assert count_changes(before, Replace("a", "-", ""), stage).cells == 2


def test_dropped_rows_are_counted_as_rows_not_as_cells(frame_of):
    stage = Chunks(frame_of(a=["x", "", "y"]), frame_of(rows=[9], a=["x"]))
    change = count_changes(Recipe(), DropRows(Condition("a", "is blank")), stage)
    assert change == Change(cells=0, rows=0, dropped=1, sample=((3, "", "(dropped)"),))
    assert change.sentence() == "Will drop 1 row."


def test_a_decision_changes_nothing(frame_of):
    assert count_changes(Recipe(), Decide("code", "a", "drop"), Chunks(frame_of(a=["x"]))) == Change(0, 0, 0, ())


def test_cells_that_cannot_be_read_are_told(frame_of):
    stage = Chunks(frame_of(day=["1/2/2024", "31/2/2024", "soon", ""]))
    change = count_changes(Recipe(), ParseDates("day", "dmy"), stage)
    assert change == Change(1, 1, 0, ((2, "1/2/2024", "2024-02-01"),), unparsed=2)
    assert change.sentence() == "Will change 1 cell in 1 row. 2 cells cannot be read and stay as they are."
    nothing = count_changes(Recipe(), ParseDates("day", "mdy"), Chunks(frame_of(day=["soon"])))
    assert nothing.sentence() == "Will change nothing. 1 cell cannot be read and stays as it is."


def test_columns_that_come_and_go_are_told_with_their_first_cells(frame_of):
    stage = Chunks(frame_of(name=["Ann Test", "Bo"]))
    change = count_changes(Recipe(), SplitColumn("name", " ", ("first", "last"), keep=False), stage)
    assert change.sentence() == (
        "Will add columns first and last. Will take out column name. 1 cell cannot be read and stays as it is."
    )
    assert change.sample == ((2, "Ann Test", "Ann | Test"), (3, "Bo", "Bo | "))
    assert count_changes(Recipe(), DropColumns(("name",)), stage).sentence() == "Will take out column name."


def test_several_are_counted_in_one_reading_each_as_if_it_were_alone(frame_of):
    told, readings = [], []

    class Counted(Chunks):
        def chunks(self):
            readings.append(1)
            return super().chunks()

    stage = Counted(frame_of(rows=[2, 3], a=[" x", "y"]), frame_of(rows=[4], a=["x "]))
    steps = (Trim(), Replace("a", "x", "z"), DropRows(Condition("a", "contains", "x")))
    changes = count_each(Recipe(), steps, stage, on_progress=told.append)
    assert len(readings) == 1
    assert told == [2, 1]
    assert changes == tuple(count_changes(Recipe(), step, stage) for step in steps)
    assert [change.sentence() for change in changes] == [
        "Will change 2 cells in 2 rows.",
        "Will change 2 cells in 2 rows.",
        "Will drop 2 rows.",
    ]


class OfColumns(Chunks):
    """A list of which single columns are read; `read` are those that were."""

    def __init__(self, *frames):
        super().__init__(*frames)
        self.read = set()

    @property
    def columns(self):
        return tuple(self._frames[0].columns)

    def chunks_of(self, columns):
        self.read |= {*columns}
        return (frame[list(columns)] for frame in self._frames)


@pytest.mark.parametrize(
    "step",
    [
        Trim(("a",)),
        Trim(),
        Replace("a", "x", "yy"),
        DropRows(Condition("b", "is blank")),
        SplitColumn("c", " ", ("first", "last"), keep=False),
        DropColumns(("c",)),
        ParseDates("d", "dmy"),
        FillFromAbove("b"),
        JoinColumns(("a", "b"), " ", "ab", keep=True),
        AddColumn("new", "text"),
        RenameColumn("a", "e"),
        Decide("code", "a", "drop"),
    ],
    ids=lambda step: step.kind,
)
@pytest.mark.parametrize(
    "recipe", [Recipe(), Recipe((ChangeCase("c", "upper"), DropRows(Condition("a", "equals", "q"))))]
)
def test_what_hangs_on_some_columns_is_counted_of_these_alone_and_comes_to_the_same(frame_of, recipe, step):
    frame = frame_of(
        a=[" x", "y ", "q", ""],
        b=["1", "", " ", "2"],
        c=["ann lee", "bo", "c d", ""],
        d=["1.2.2024", "soon", "", "3.4.24"],
    )
    source = OfColumns(frame.iloc[:3], frame.iloc[3:])
    assert count_changes(recipe, step, source) == count_changes(recipe, step, Chunks(frame))
    if step.needs() == ("a",):
        assert not source.read & {"b", "d"}


def test_a_step_that_does_not_fit_the_whole_list_is_refused_though_its_columns_would_take_it(frame_of):
    source = OfColumns(frame_of(a=["x"], b=["y"]))
    with pytest.raises(ConfigError, match='column "b" already'):
        count_changes(Recipe(), RenameColumn("a", "b"), source)
