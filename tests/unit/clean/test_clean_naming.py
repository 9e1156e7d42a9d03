from __future__ import annotations

import pytest

from importer.clean import AddColumn, DropColumns, Recipe, RenameColumn, Trim
from importer.errors import ConfigError


def test_a_renamed_column_keeps_its_place_and_cells(frame_of):
    frame = RenameColumn("a", "x").apply(frame_of(a=["1"], b=["2"]))
    assert frame.to_dict("list") == {"x": ["1"], "b": ["2"]}
    assert tuple(frame.columns) == ("x", "b")


def test_dropped_columns_are_gone_for_later_steps(frame_of):
    assert DropColumns(("a",)).apply(frame_of(a=["1"], b=["2"])).to_dict("list") == {"b": ["2"]}
    (problem,) = Recipe((DropColumns(("a",)), Trim(("a",)))).problems(("a", "b"))
    assert (problem.number, problem.column) == (2, "a")


def test_a_new_column_has_one_text_in_every_row(frame_of):
    frame = AddColumn("source", "fair").apply(frame_of(a=["1", "2"]))
    assert frame.to_dict("list") == {"a": ["1", "2"], "source": ["fair", "fair"]}


def test_a_recipe_follows_its_own_new_names(frame_of):
    recipe = Recipe((RenameColumn("Phone No.", "phone"), Trim(("phone",))))
    recipe.check(("Phone No.",))
    assert recipe.columns_after(("Phone No.",)) == ("phone",)
    assert recipe.apply(frame_of(**{"Phone No.": [" 1 "]})).frame["phone"].tolist() == ["1"]
    assert recipe.renamed("Phone No.", "Tel").renamed("phone", "x").operations == (
        RenameColumn("Tel", "phone"),
        Trim(("phone",)),
    )


@pytest.mark.parametrize(
    "make",
    [
        lambda: RenameColumn("a", "a"),
        lambda: RenameColumn("a", " "),
        lambda: DropColumns(()),
        lambda: DropColumns(("",)),
        lambda: AddColumn("", "x"),
    ],
)
def test_names_that_are_none_are_refused(make):
    with pytest.raises(ConfigError, match="Field"):
        make()
