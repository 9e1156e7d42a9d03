from __future__ import annotations

import pandas as pd
import pytest

from importer.clean import (
    Condition,
    DropRows,
    FillFromAbove,
    FillFromColumn,
    Recipe,
    Replace,
    count_changes,
    fit,
    fit_operation,
)
from importer.errors import ConfigError


class Parts:
    """A list cut into chunks of `size` rows."""

    def __init__(self, frame, size):
        self.frame, self.size = frame, size

    def chunks(self):
        for start in range(0, len(self.frame), self.size):
            yield self.frame.iloc[start : start + self.size]


def test_blanks_take_the_cell_of_another_column(frame_of):
    frame = frame_of(phone=["1", "", " "], mobile=["9", "8", ""])
    assert FillFromColumn("phone", "mobile").apply(frame)["phone"].tolist() == ["1", "8", ""]


def test_a_column_is_not_filled_from_itself():
    with pytest.raises(ConfigError, match='Field "other" must be another column'):
        FillFromColumn("a", "a")


CITIES = ["", "Köln", "", " ", "", "Plzeň", "", "Bonn"]
FILLED = ["", "Köln", "Köln", "Köln", "Köln", "Plzeň", "Plzeň", "Bonn"]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 8])
def test_blanks_are_filled_from_above_across_the_borders_of_chunks(frame_of, size):
    stage = Parts(frame_of(city=CITIES), size)
    step = fit_operation(Recipe(), FillFromAbove("city"), stage)
    assert step == FillFromAbove("city", ((4, 6, "Köln"), (8, 8, "Plzeň")))
    done = pd.concat([step.apply(chunk) for chunk in stage.chunks()])
    assert done["city"].tolist() == FILLED


def test_single_rows_get_the_same_as_in_the_whole_list(frame_of):
    frame = frame_of(city=CITIES)
    step = fit_operation(Recipe(), FillFromAbove("city"), Parts(frame, 3))
    for row in frame.index:
        assert step.apply(frame.loc[[row]])["city"].tolist() == [FILLED[row - 2]]


def test_what_stands_above_is_what_the_steps_before_left_there(frame_of):
    stage = Parts(frame_of(city=["Köln", "n/a", "Rome", ""]), 2)
    before = Recipe((Replace("city", "n/a", ""), DropRows(Condition("city", "equals", "Rome"))))
    recipe = fit(before.then(FillFromAbove("city")), stage)
    done = pd.concat([recipe.apply(chunk).frame for chunk in stage.chunks()])
    assert done["city"].to_dict() == {2: "Köln", 3: "Köln", 5: "Köln"}


def test_a_step_that_has_not_seen_its_list_refuses_to_guess(frame_of):
    with pytest.raises(ConfigError, match="has not seen this list yet"):
        FillFromAbove("city").apply(frame_of(city=[""]))


def test_it_is_counted_before_it_is_done(frame_of):
    change = count_changes(Recipe(), FillFromAbove("city"), Parts(frame_of(city=CITIES), 3))
    assert (change.cells, change.sample[0]) == (4, (4, "", "Köln"))


@pytest.mark.parametrize(
    "runs",
    [((5, 4, "x"),), ((2, 4, "x"), (4, 6, "y")), ((6, 7, "x"), (2, 3, "y")), ((0, 1, "x"),), ((1, True, "x"),)],
)
def test_stretches_that_cannot_be_are_refused(runs):
    with pytest.raises(ConfigError, match='Field "runs"'):
        FillFromAbove("a", runs)
