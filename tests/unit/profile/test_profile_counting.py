"""A list is counted the same whether memory holds it or not, and as a plain reading of its cells counts it."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.errors import ConfigError
from importer.intake import Dialect, Stage, build_stage
from importer.profile import SPACES, ListProfile, classify_shapes, damage_masks, list_census, profile_stage

HOSTILE = ('"; drop table list; --', "'", 'a"b', "c0", "row", "ROW", "", "x" * 10_000, "list", "chunks", "\x00", "é")
ENDLESS = 1 << 60


class Cells:
    """A stage over columns of a list, in chunks of three rows."""

    def __init__(self, columns: dict[str, list[str]]) -> None:
        self.columns = tuple(columns)
        self.rows = len(next(iter(columns.values())))
        index = pd.RangeIndex(2, 2 + self.rows, name="row")
        self.frame = pd.DataFrame(columns, index=index, dtype="str")

    def chunks(self, columns=None):
        frame = self.frame if columns is None else self.frame[list(columns)]
        return (frame.iloc[start : start + 3] for start in range(0, self.rows, 3))


def counted(stage: Cells | Stage, key: str | None, most_cells: int, wide: int = 500) -> ListProfile:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(list_census, "MOST_CELLS", most_cells)
        patch.setattr(list_census, "WIDE", wide)
        return profile_stage(stage, key)


CELL = st.one_of(
    st.sampled_from(
        [
            "",
            " ",
            "a",
            "A",
            " a",
            "a\u00a0",
            "007",
            "1234",
            "12.000",
            "1.5",
            "31/12/2024",
            "5-May",
            "n/a",
            "x\x00",
            "é",
        ]
    ),
    st.text(max_size=4),
    st.from_regex(r"[0-9]{1,6}", fullmatch=True),
)
LISTS = st.integers(1, 12).flatmap(
    lambda rows: st.dictionaries(
        st.sampled_from(HOSTILE), st.lists(CELL, min_size=rows, max_size=rows), min_size=1, max_size=4
    )
)


def by_hand(stage: Cells, key: str) -> dict[str, object]:
    """What a person would count, in Python, cell by cell."""
    seen: dict[str, object] = {}
    for name in stage.columns:
        cells = stage.frame[name].tolist()
        filled = [cell for cell in cells if cell.strip(SPACES)]
        shapes = Counter(classify_shapes(stage.frame[name]))
        lengths = [len(cell) for cell in filled]
        damage = damage_masks(pa.array(cells, pa.large_string()), name)
        seen[name] = (
            (len(cells), len(filled), len(set(filled))),
            dict(shapes),
            tuple(Counter(filled).most_common(10)),
            (min(lengths, default=0), max(lengths, default=0)),
            {code: (int(mask.sum()), 2 + int(mask.argmax())) for code, mask in damage.items()},
        )
    rows = list(zip(*(stage.frame[name] for name in stage.columns), strict=True))
    keys = [cell.strip(SPACES) for cell in stage.frame[key] if cell.strip(SPACES)]
    return {"columns": seen, "rows": len(rows) - len(set(rows)), "keys": len(keys) - len(set(keys))}


def as_by_hand(profile: ListProfile) -> dict[str, object]:
    """The same counts of a profile."""
    columns = {
        column.name: (
            (column.rows, column.filled, column.distinct),
            {shape.shape: shape.count for shape in column.shapes},
            column.top_values,
            (column.length_min, column.length_max),
            {one.code: (one.count, one.first_row) for one in column.damage if one.code != "lost_zeros"},
        )
        for column in profile.columns
    }
    return {"columns": columns, "rows": profile.duplicate_rows, "keys": profile.duplicate_keys}


@given(LISTS)
def test_a_list_is_counted_as_a_person_counts_it_in_memory_by_the_engine_and_some_columns_at_a_time(
    columns: dict[str, list[str]],
) -> None:
    stage = Cells(columns)
    key = stage.columns[0]
    held = counted(stage, key, ENDLESS)
    assert as_by_hand(held) == by_hand(stage, key)
    assert counted(stage, key, 0) == held
    assert counted(stage, key, stage.rows, wide=0) == held


def staged(folder: Path, header: str, rows: list[str]) -> Stage:
    (folder / "list.csv").write_text("\n".join([header, *rows]) + "\n")
    build_stage(folder / "list.csv", Dialect(), folder / "stage")
    return Stage.open(folder / "stage", folder / "list.csv")


def test_a_long_list_is_counted_from_what_was_read_and_leaves_nothing_behind(tmp_path: Path) -> None:
    header = 'email,"""; drop table list; --",row'
    rows = [f"p{number % 700}@example.com,{number % 7},{number % 3}" for number in range(900)]
    stage = staged(tmp_path, header, rows)
    before = sorted(path.name for path in stage.folder.iterdir())
    long = counted(stage, "email", 0)
    assert long == counted(stage, "email", ENDLESS)
    assert (long.rows, long.duplicate_keys, long.column("email").distinct) == (900, 200, 700)
    assert long.columns[1].top_values == tuple((str(n), 129 if n < 4 else 128) for n in range(7))
    assert sorted(path.name for path in stage.folder.iterdir()) == before


def test_whole_rows_that_come_again_are_counted_where_no_column_has_each_cell_once(tmp_path: Path) -> None:
    rows = [f"{number % 10},{number % 4}" for number in range(60)]
    stage = staged(tmp_path, "a,b", rows)
    assert counted(stage, None, 0).duplicate_rows == counted(stage, None, ENDLESS).duplicate_rows == 40


def test_a_list_without_rows_is_counted_by_the_engine_too(tmp_path: Path) -> None:
    long = counted(staged(tmp_path, "a,b", []), "a", -1)
    assert (long.rows, long.duplicate_rows, long.duplicate_keys) == (0, 0, 0)
    assert [column.main_shape for column in long.columns] == ["empty", "empty"]


def test_text_that_is_too_long_for_memory_is_counted_by_the_engine(tmp_path: Path, monkeypatch) -> None:
    stage = staged(tmp_path, "a,b", ["x" * 300 + f",{number}" for number in range(40)])
    held = profile_stage(stage, "a")
    monkeypatch.setattr(list_census, "MOST_BYTES", 1_000)
    asked = []
    engine = list_census.count_long
    monkeypatch.setattr(list_census, "count_long", lambda *what: asked.append(what) or engine(*what))
    assert profile_stage(stage, "a") == held
    assert len(asked) == 1


def test_a_damaged_file_is_told_and_not_a_crash(tmp_path: Path) -> None:
    stage = staged(tmp_path, "a,b", ["x,y"] * 50)
    rows = stage.folder / "rows.parquet"
    assert stage.slices == 1
    data = bytearray(rows.read_bytes())
    data[len(data) // 3] ^= 0xFF
    rows.write_bytes(data[: len(data) // 2])
    with pytest.raises(ConfigError, match="Read the list again"):
        counted(stage, "a", 0)


def test_a_short_list_does_not_load_the_engine() -> None:
    script = (
        "import sys; import pandas as pd; from importer.profile import profile_stage\n"
        "class Short:\n"
        "    columns, rows = ('a',), 3\n"
        "    def chunks(self): yield pd.DataFrame({'a': ['x', 'y', 'x']}, dtype='str')\n"
        "assert profile_stage(Short(), 'a').duplicate_keys == 1\n"
        "assert 'duckdb' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
