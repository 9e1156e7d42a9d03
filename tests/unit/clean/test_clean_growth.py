"""Steps that multiply are stopped before the memory is taken, with the step named; what is sensible goes through."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest
from unit.clean.clean_examples import EXAMPLES

import importer.check  # noqa: F401  SetFailing asks it
from importer.clean import (
    AddColumn,
    Condition,
    FillBlanks,
    FillFromAbove,
    JoinColumns,
    MapValues,
    Operation,
    ParseList,
    Recipe,
    RenameColumn,
    Replace,
    SetCellsByKey,
    SetColumn,
    SetFailing,
    SplitColumn,
    Trim,
    count_changes,
    growth,
    part_for,
)
from importer.clean.columns import TEXT
from importer.clean.finding import find_everywhere
from importer.errors import ConfigError
from importer.table import MAX_ITEM_BYTES

TENFOLD = Replace("a", "n", "n" * 10)


def test_ten_replacements_by_ten_stop_at_the_step_that_makes_a_cell_too_long(frame_of):
    with pytest.raises(ConfigError, match=r"Operation 6 \(replace\) would make a cell of 1,000,000 bytes") as caught:
        Recipe((TENFOLD,) * 10).apply(frame_of(a=["n"]))
    assert "n" * 20 not in str(caught.value)


def test_five_replacements_by_ten_go_through(frame_of):
    assert Recipe((TENFOLD,) * 5).apply(frame_of(a=["n", "x"])).frame["a"].tolist() == ["n" * 100_000, "x"]


def test_a_replacement_stops_where_one_column_of_a_chunk_would_not_fit_in_memory(frame_of):
    with pytest.raises(
        ConfigError, match=r"Operation 5 \(replace\) would make more than 268,435,456 bytes of text in 3,000 rows"
    ):
        Recipe((TENFOLD,) * 5).apply(frame_of(a=["n"] * 3_000))


@pytest.mark.parametrize(("pattern", "put"), [("(n+)", r"\1" * 10), ("n", "n" * 10), ("", "n")])
def test_a_pattern_that_repeats_its_groups_is_stopped_too(frame_of, pattern, put):
    step = Replace("a", pattern or "x?", put, is_pattern=True)
    with pytest.raises(ConfigError, match=r"Operation [0-9]+ \(replace\) would make a cell"):
        Recipe((step,) * 20).apply(frame_of(a=["n"]))


def test_a_replacement_is_counted_at_its_size_or_above(frame_of):
    for step in (Replace("a", "na", "xyz"), Replace("a", "(n)(a)", r"\2\1é", is_pattern=True)):
        cells = frame_of(a=["nana n", "", "na"])
        longest, total = step.most_bytes(cells)
        after = [len(text.encode()) for text in step.apply(cells)["a"]]
        assert longest >= max(after)
        assert total >= sum(after)


def test_a_cell_that_the_list_has_so_long_itself_keeps_no_step_from_running(frame_of):
    long = "n" * (MAX_ITEM_BYTES + 1)
    assert Recipe((Replace("a", "n", "m"),)).apply(frame_of(a=[long, "n"])).frame["a"].tolist()[1] == "m"


def test_columns_joined_again_and_again_stop(frame_of):
    step = JoinColumns(("a", "b"), "", "a", keep=False)
    steps = [step, SplitColumn("a", "|", ("a2", "b"))]
    grown = [AddColumn("c", "x" * 200_000), AddColumn("d", "x" * 200_000), JoinColumns(("c", "d"), "-" * 10_000, "e")]
    with pytest.raises(ConfigError, match=r"Operation 3 \(join_columns\) would make a cell of 410,000 bytes"):
        Recipe(tuple(grown)).apply(frame_of(a=["1"]))
    assert Recipe(tuple(steps)).apply(frame_of(a=["1"], b=["2"])).frame["a"].tolist() == ["12"]


def test_a_split_makes_500_columns_at_most(frame_of):
    with pytest.raises(ConfigError, match=r'Field "into" names 1,000,000 new columns, more than 500'):
        SplitColumn("a", ",", tuple(f"c{number}" for number in range(1_000_000)))
    step = SplitColumn("a", ",", tuple(f"c{number}" for number in range(500)))
    assert Recipe((step,)).apply(frame_of(a=["1,2"])).frame.shape == (1, 501)


def test_splits_in_a_chain_stop_at_the_columns_that_a_list_may_have(frame_of):
    def step(turn: int) -> SplitColumn:
        return SplitColumn("a", ",", tuple(f"c{turn}-{number}" for number in range(500)))

    with pytest.raises(ConfigError, match=r"Operation 33 \(split_column\) would make 16,501 columns"):
        Recipe(tuple(map(step, range(40)))).apply(frame_of(a=["1,2"]))
    with pytest.raises(ConfigError, match=r"Operation 10 \(split_column\) would make 5,001 columns, too many"):
        Recipe(tuple(map(step, range(40)))).apply(frame_of(a=["1,2"] * 4_000))


def test_what_is_only_tried_out_is_stopped_too(frame_of):
    class Source:
        columns = ("a",)

        def chunks(self):
            yield frame_of(a=["n" * 100_000])

    with pytest.raises(ConfigError, match=r"This step \(replace\) would make a cell"):
        count_changes(Recipe(), TENFOLD, Source())
    with pytest.raises(ConfigError, match=r"This step \(replace\) would make a cell"):
        find_everywhere([frame_of(a=["n" * 100_000])], [TENFOLD])


ROWS = 25_000
"""Of a slice of the stage."""

LONG = "x" * 300_000

MEGABYTE = 1024 * 1024

MULTIPLY: tuple[Operation, ...] = (
    SetColumn("a", LONG),
    SetColumn("a", LONG, Condition("b", "equals", "k")),
    FillBlanks("c", LONG),
    MapValues("a", (("n", LONG),)),
    SetCellsByKey("a", "b", (("k", LONG),)),
    SetFailing("a", "not_a_number", '{"type": "N"}', LONG),
    FillFromAbove("c", ((2, ROWS + 1, LONG),)),
    AddColumn("d", LONG),
    JoinColumns(("a", "b"), LONG, "d"),
    ParseList("b", "k", LONG * 100),
)


@pytest.fixture
def slice_of_stage() -> pd.DataFrame:
    columns = {"a": ["n"] * ROWS, "b": ["k"] * ROWS, "c": [""] * ROWS}
    return pd.DataFrame(columns, index=pd.RangeIndex(2, ROWS + 2), dtype=TEXT)


@pytest.fixture
def memory(monkeypatch):
    """A pool of Arrow's own that says how much was held at the most; limits of a sixteenth, which are soon met."""
    monkeypatch.setattr(growth, "MOST_TEXT_BYTES", 16 * MEGABYTE)
    monkeypatch.setattr(growth, "SLICE_BYTES", 2 * MEGABYTE)
    before, pool = pa.default_memory_pool(), pa.proxy_memory_pool(pa.default_memory_pool())
    pa.set_memory_pool(pool)
    yield pool
    pa.set_memory_pool(before)


@pytest.mark.parametrize("step", MULTIPLY, ids=lambda step: step.kind)
def test_one_long_text_put_into_many_cells_is_stopped_before_the_memory_is_taken(slice_of_stage, memory, step):
    with pytest.raises(ConfigError, match=rf"Operation 2 \({step.kind}\) would make (more than 16,777,216|a cell)"):
        Recipe((Trim(("a",)), step)).apply(slice_of_stage)
    assert memory.max_memory() < 16 * MEGABYTE


def test_every_step_that_puts_a_text_of_its_own_says_how_long_it_is():
    """What steps put into cells stands in fields of these names: a new kind of step that has one is asked here."""
    own = ("text", "put", "replacement", "pairs", "cells", "runs")
    for step in EXAMPLES:
        if any(getattr(step, name, None) for name in own):
            says = step.longest_put() or type(step).most_bytes is not Operation.most_bytes
            assert says or step.kind == "set_cells", step


def test_a_long_text_that_few_cells_get_goes_through(slice_of_stage):
    """The control: it is what a step does that is counted, not what it could do."""
    slice_of_stage.iloc[7, 1] = "other"
    for step in (SetColumn("a", LONG, Condition("b", "equals", "other")), MapValues("b", (("other", LONG),))):
        after = Recipe((step,)).apply(slice_of_stage).frame[step.column]
        assert (int((after == LONG).sum()), len(after)) == (1, ROWS)


@pytest.mark.parametrize(
    "steps",
    [
        tuple(AddColumn(f"new {turn}", "x" * 250) for turn in range(20)),
        (AddColumn("d", "x" * 250), *(JoinColumns(("d", "a"), "", f"new {turn}") for turn in range(20))),
        (AddColumn("d", "x" * 250), *(SplitColumn("d", "z", (f"new {turn}", f"{turn}")) for turn in range(20))),
    ],
    ids=["added", "joined", "split"],
)
def test_columns_that_together_hold_too_much_stop_at_the_step_that_makes_one_too_many(slice_of_stage, memory, steps):
    with pytest.raises(ConfigError, match=r"Operation 3 \([a-z_]+\) would make more than 16,777,216 bytes of text"):
        Recipe(steps).apply(slice_of_stage)
    assert memory.max_memory() < 2 * 16 * MEGABYTE
    assert Recipe(steps[:2]).apply(slice_of_stage).frame.shape[0] == ROWS


def test_a_row_that_steps_make_longer_than_an_item_is_stopped(frame_of):
    steps = tuple(AddColumn(f"new {turn}", "x" * 200_000) for turn in range(3))
    with pytest.raises(ConfigError, match=r"Operation 3 \(add_column\) would make a row of 600,001 bytes"):
        Recipe(steps).apply(frame_of(a=["n"]))
    assert Recipe(steps[:2]).apply(frame_of(a=["n"])).frame.shape == (1, 3)
    long = "n" * (MAX_ITEM_BYTES + 1)
    assert Recipe(steps[:2]).apply(frame_of(a=[long])).frame.shape == (1, 3)


def test_a_part_of_a_recipe_names_a_step_as_the_whole_does(frame_of):
    recipe = Recipe((RenameColumn("b", "c"), Trim(("c",)), *(TENFOLD,) * 6))
    with pytest.raises(ConfigError, match=r"Operation 8 \(replace\)"):
        part_for(recipe, ("a", "b"), ("a",)).recipe.apply(frame_of(a=["n"]))
