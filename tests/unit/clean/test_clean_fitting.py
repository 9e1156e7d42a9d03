from __future__ import annotations

import pandas as pd
import pytest

from importer.clean import (
    ChangeCase,
    Condition,
    DecideRows,
    DropRows,
    FillBlanks,
    FillFromAbove,
    JoinColumns,
    MapValues,
    Portable,
    Recipe,
    RenameColumn,
    Replace,
    SetCells,
    SetCellsByKey,
    SetColumn,
    SetFailing,
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


def test_what_belongs_to_this_file_alone_stays_behind_and_is_counted():
    recipe = Recipe((Trim(), SetCells("city", ((3, "Bonn"), (4, "Roma"))), DecideRows((2, 3), "drop")))
    made = portable(recipe, ["email"])
    assert made == Portable(Recipe((Trim(),)), cells=2, rows=2)
    assert made.left_out == 4
    assert made.notes() == (
        "Not saved, because it belongs to this file: 2 cells corrected one by one.",
        "Not saved, because it belongs to this file: 2 decisions on single rows.",
    )


PUTS_INTO_KEY = [
    SetCells("email", ((2, "a@x.co"),)),
    MapValues("email", (("k.A.", "a@x.co"),)),
    SetFailing("email", "not_an_email", '{"rule": "email"}', "a@x.co"),
    FillBlanks("email", "a@x.co"),
    SetColumn("email", "a@x.co", Condition("city", "equals", "Rome")),
    Replace("email", "k.A.", "a@x.co"),
]


@pytest.mark.parametrize("step", PUTS_INTO_KEY, ids=lambda step: step.kind)
def test_no_correction_of_the_key_becomes_a_rule(step):
    assert portable(Recipe((step,)), ["email"]).recipe == Recipe()
    assert portable(Recipe((step,)), ["email"]).left_out == 1


@pytest.mark.parametrize("step", PUTS_INTO_KEY[1:], ids=lambda step: step.kind)
def test_control_the_same_in_another_column_is_a_rule(step):
    assert portable(Recipe((step,)), ["id"]).recipe == Recipe((step,))


def test_the_key_is_followed_through_other_names_and_through_what_it_is_made_of():
    mapped = MapValues("number", (("?", "17"),))
    made = JoinColumns(("type", "number"), "#", "PK")
    assert portable(Recipe((mapped, made, RenameColumn("PK", "key"))), ["key"]).key_steps == (mapped,)
    assert portable(Recipe((mapped, RenameColumn("number", "nr"))), ["nr"]).key_steps == (mapped,)
    assert portable(Recipe((RenameColumn("number", "nr"), mapped)), ["nr"]).key_steps == (), "another column by then"


def test_what_writes_a_key_another_way_is_a_rule():
    recipe = Recipe((Trim(("email",)), ChangeCase("email", "lower"), Replace("email", "@gmial.com", "@gmail.com")))
    assert portable(recipe, ["email"]) == Portable(recipe)


def test_in_a_key_of_two_columns_a_table_of_values_is_a_rule_and_a_fix_of_failing_cells_is_none():
    country = MapValues("country", (("Deutschland", "DE"),))
    assert portable(Recipe((country,)), ["country", "email"]).recipe == Recipe((country,))
    failing = SetFailing("email", "not_an_email", '{"rule": "email"}', "a@x.co")
    assert portable(Recipe((failing,)), ["country", "email"]).key_steps == (failing,)


def test_texts_that_a_recipe_holds_are_counted_by_column():
    recipe = Recipe(
        (
            MapValues("city", (("Koln", "Köln"), ("koeln", "Köln"))),
            SetCellsByKey("phone", "email", (("a@x.co", "1"),)),
            DropRows(Condition("city", "equals", "Rome")),
            SetColumn("note", ""),
            Replace("city", "[0-9]+", "", is_pattern=True),
        )
    )
    assert portable(recipe, ["id"]).texts() == {"city": 4, "email": 1, "phone": 1}


def test_a_recipe_that_follows_another_is_fitted_to_what_that_one_leaves(frame_of):
    before = Recipe((Replace("city", "Koln", "Köln"),))
    fitted = fit(Recipe((FillFromAbove("city"),)), _list(frame_of), after=before)
    assert fitted.operations == (FillFromAbove("city", ((3, 3, "Köln"),)),)


def test_what_was_filled_from_above_is_looked_up_anew_in_the_next_list(frame_of):
    recipe = fit(Recipe((FillFromAbove("city"),)), _list(frame_of))
    assert recipe.operations == (FillFromAbove("city", ((3, 3, "Koln"),)),)
    made = portable(recipe, ["email"]).recipe
    assert made.operations == (FillFromAbove("city"),)
    other = OneChunk(frame_of(city=["Oslo", "", ""]))
    assert fit(made, other).apply(other.frame).frame["city"].tolist() == ["Oslo"] * 3
    assert Recipe.from_json(made.to_json()) == made
    pd.testing.assert_frame_equal(fit(Recipe(), other).apply(other.frame).frame, other.frame)
