from __future__ import annotations

import pandas as pd

from importer.clean import (
    ChangeCase,
    DecideRows,
    FillFromAbove,
    MapValues,
    Portable,
    Recipe,
    Replace,
    SetCells,
    SetCellsByKey,
    Trim,
    fit,
    portable,
)


class OneChunk:
    def __init__(self, frame):
        self.frame = frame

    def chunks(self):
        yield self.frame

    def take(self, row_numbers):
        return self.frame.loc[self.frame.index.isin(list(row_numbers))]


def _list(frame_of):
    return OneChunk(frame_of(email=["A@x.co", "b@x.co", " "], city=["Koln", "", "Rome"]))


def test_corrections_of_cells_go_by_the_key_as_it_is_at_that_point(frame_of):
    recipe = Recipe((ChangeCase("email", "lower"), SetCells("city", ((2, "Köln"), (3, "Bonn")))))
    made = portable(recipe, _list(frame_of), "email")
    assert made == Portable(
        Recipe(
            (ChangeCase("email", "lower"), SetCellsByKey("city", "email", (("a@x.co", "Köln"), ("b@x.co", "Bonn"))))
        ),
        0,
    )
    next_month = frame_of(email=["z@x.co", "a@x.co"], city=["", ""])
    assert made.recipe.apply(next_month).frame["city"].tolist() == ["", "Köln"]


def test_a_corrected_key_is_found_by_what_it_was(frame_of):
    recipe = Recipe((SetCells("email", ((2, "a@x.co"),)),))
    assert portable(recipe, _list(frame_of), "email").recipe == Recipe((MapValues("email", (("A@x.co", "a@x.co"),)),))


def test_what_belongs_to_this_file_alone_stays_behind_and_is_counted(frame_of):
    recipe = Recipe((Trim(), SetCells("city", ((4, "Roma"),)), DecideRows((2, 3), "drop")))
    assert portable(recipe, _list(frame_of), "email") == Portable(Recipe((Trim(),)), 3)
    assert portable(recipe, _list(frame_of), None) == Portable(Recipe((Trim(),)), 3)


def test_a_recipe_that_follows_another_is_fitted_to_what_that_one_leaves(frame_of):
    before = Recipe((Replace("city", "Koln", "Köln"),))
    fitted = fit(Recipe((FillFromAbove("city"),)), _list(frame_of), after=before)
    assert fitted.operations == (FillFromAbove("city", ((3, 3, "Köln"),)),)


def test_what_was_filled_from_above_is_looked_up_anew_in_the_next_list(frame_of):
    recipe = fit(Recipe((FillFromAbove("city"),)), _list(frame_of))
    assert recipe.operations == (FillFromAbove("city", ((3, 3, "Koln"),)),)
    made = portable(recipe, _list(frame_of), "email").recipe
    assert made.operations == (FillFromAbove("city"),)
    other = OneChunk(frame_of(city=["Oslo", "", ""]))
    assert fit(made, other).apply(other.frame).frame["city"].tolist() == ["Oslo"] * 3
    assert Recipe.from_json(made.to_json()) == made
    pd.testing.assert_frame_equal(fit(Recipe(), other).apply(other.frame).frame, other.frame)
