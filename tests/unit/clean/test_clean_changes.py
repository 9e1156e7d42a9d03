from __future__ import annotations

from importer.clean import Change, Condition, Decide, DropRows, Recipe, Replace, Trim, count_changes


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
    assert change == Change(cells=0, rows=0, dropped=1, sample=())
    assert change.sentence() == "Will drop 1 row."


def test_a_decision_changes_nothing(frame_of):
    assert count_changes(Recipe(), Decide("code", "a", "drop"), Chunks(frame_of(a=["x"]))) == Change(0, 0, 0, ())
