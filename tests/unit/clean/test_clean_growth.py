"""Steps that multiply are stopped before the memory is taken, with the step named; what is sensible goes through."""

from __future__ import annotations

import pytest

from importer.clean import AddColumn, JoinColumns, Recipe, Replace, SplitColumn, count_changes
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
    with pytest.raises(ConfigError, match=r"Operation 5 \(replace\) would make 300,000,000 bytes of text"):
        Recipe((TENFOLD,) * 5).apply(frame_of(a=["n"] * 3_000))


@pytest.mark.parametrize(("pattern", "put"), [("(n+)", r"\1" * 10), ("n", "n" * 10), ("", "n")])
def test_a_pattern_that_repeats_its_groups_is_stopped_too(frame_of, pattern, put):
    step = Replace("a", pattern or "x?", put, is_pattern=True)
    with pytest.raises(ConfigError, match=r"Operation [0-9]+ \(replace\) would make a cell"):
        Recipe((step,) * 20).apply(frame_of(a=["n"]))


def test_a_replacement_is_counted_at_its_size_or_above(frame_of):
    for step in (Replace("a", "na", "xyz"), Replace("a", "(n)(a)", r"\2\1é", is_pattern=True)):
        cells = frame_of(a=["nana n", "", "na"])["a"]
        from importer.profile import column_text

        longest, total = step.most_bytes(column_text(cells.to_frame(), "a"))
        after = [len(text.encode()) for text in step.apply(cells.to_frame())["a"]]
        assert longest >= max(after)
        assert total >= sum(after)


def test_a_cell_that_the_list_has_so_long_itself_keeps_no_step_from_running(frame_of):
    long = "n" * (MAX_ITEM_BYTES + 1)
    assert Recipe((Replace("a", "n", "m"),)).apply(frame_of(a=[long, "n"])).frame["a"].tolist()[1] == "m"


def test_columns_joined_again_and_again_stop(frame_of):
    step = JoinColumns(("a", "b"), "", "a", keep=False)
    steps = [step, SplitColumn("a", "|", ("a2", "b"))]
    grown = [AddColumn("c", "x" * 300_000), AddColumn("d", "x" * 300_000), JoinColumns(("c", "d"), "", "e")]
    with pytest.raises(ConfigError, match=r"Operation 3 \(join_columns\) would make a cell of 600,000 bytes"):
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
