"""Columns that steps wrote are made once, whole, private, and found again; the list is what the recipe makes it."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet
from store_kit import rows_of

from importer.clean import (
    AddColumn,
    ChangeCase,
    Condition,
    DecideRows,
    DropColumns,
    DropRows,
    JoinColumns,
    Recipe,
    RenameColumn,
    SetCells,
    SetColumn,
    Trim,
)
from importer.errors import FatalError
from importer.intake import Stage
from importer.store import CleanedList, cleaned_list, distinct_names
from importer.store.versions import OLD_VERSIONS

UPPER = ChangeCase("city", "upper")


def files_in(store: Path) -> list[Path]:
    return sorted(path for path in store.rglob("*") if path.is_file())


def by_pandas(stage: Stage, recipe: Recipe) -> list[tuple[object, ...]]:
    frame = recipe.apply(next(stage.chunks())).frame
    return [(int(row), *cells) for row, cells in zip(frame.index, frame.itertuples(index=False), strict=True)]


def test_a_list_without_steps_is_the_stage_alone(stage_of: Callable[..., Stage], store: Path) -> None:
    cleaned = cleaned_list(stage_of(), Recipe(), store)
    assert rows_of(cleaned)[0] == (2, "ann@example.com", " Oslo", "first")
    assert files_in(store) == []


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe((Trim(("city",)),)),
        Recipe((Trim(("city",)), UPPER, RenameColumn("city", "town"))),
        Recipe((DropRows(Condition("city", "equals", "Oslo")),)),
        Recipe((Trim(("city",)), DropRows(Condition("city", "equals", "Oslo")), DropColumns(("note",)))),
        Recipe(
            (AddColumn("country", "Norway"), SetColumn("country", "France", Condition("city", "equals", "Paris")))
        ),
        Recipe((AddColumn("made", "x"), DropColumns(("email", "city", "note")))),
        Recipe((SetCells("note", ((3, "new"), (99, "none"))), DecideRows((2,), "drop"))),
        Recipe((JoinColumns(("email", "city"), "; ", "both", keep=False), RenameColumn("both", "city 2"))),
    ],
    ids=lambda recipe: "+".join(step.kind for step in recipe.operations),
)
def test_the_list_is_what_the_recipe_makes_it(recipe: Recipe, stage_of: Callable[..., Stage], store: Path) -> None:
    stage = stage_of()
    cleaned = cleaned_list(stage, recipe, store)
    assert [place.name for place in cleaned.columns] == list(recipe.columns_after(stage.columns))
    assert rows_of(cleaned) == by_pandas(stage, recipe)


def test_only_columns_that_steps_wrote_are_written(stage_of: Callable[..., Stage], store: Path) -> None:
    cleaned = cleaned_list(stage_of(), Recipe((UPPER,)), store)
    assert [place.file == cleaned.stage_rows for place in cleaned.columns] == [True, False, True]
    (version,) = files_in(store)
    assert parquet.read_table(version).to_pydict() == {
        "row": [2, 3, 4, 5],
        "cell": [" OSLO", "PARIS", "OSLO", "ROME"],
    }
    assert stat.S_IMODE(version.stat().st_mode) == 0o600


def test_a_version_is_made_once_and_found_again_after_an_undo(stage_of: Callable[..., Stage], store: Path) -> None:
    stage = stage_of()
    cleaned_list(stage, Recipe((UPPER,)), store)
    (version,) = files_in(store)
    inode = version.stat().st_ino
    cleaned_list(stage, Recipe((UPPER, Trim(("city",)))), store)
    assert len(files_in(store)) == 2
    cleaned_list(stage, Recipe((UPPER,)), store)
    cleaned_list(stage, Recipe((UPPER, RenameColumn("city", "town"))), store)
    assert version.stat().st_ino == inode
    assert len(files_in(store)) == 2


def test_versions_that_nobody_used_for_long_go(stage_of: Callable[..., Stage], store: Path) -> None:
    stage = stage_of()
    for number in range(OLD_VERSIONS + 5):
        cleaned_list(stage, Recipe((SetCells("note", ((2, f"{number}"),)),)), store)
    assert len(files_in(store)) == OLD_VERSIONS + 1


def test_a_list_read_anew_takes_no_version_of_the_one_before(stage_of: Callable[..., Stage], store: Path) -> None:
    recipe = Recipe((UPPER,))
    cleaned_list(stage_of(), recipe, store)
    cleaned = cleaned_list(stage_of(b"email,city,note\nzoe@example.com,Bern,\n"), recipe, store)
    assert rows_of(cleaned) == [(2, "zoe@example.com", "BERN", "")]
    assert len(files_in(store)) == 1


def test_what_cannot_be_written_leaves_nothing_behind(
    stage_of: Callable[..., Stage], store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, written = stage_of(), []

    def full(self: object, table: pa.Table) -> None:
        written.append(table)
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(parquet.ParquetWriter, "write_table", full)
        with pytest.raises(FatalError, match="No space left on device"):
            cleaned_list(stage, Recipe((UPPER,)), store)
    assert written and files_in(store) == []
    assert rows_of(cleaned_list(stage, Recipe((UPPER,)), store))[0][2] == " OSLO"  # control: with space it is made


KILLED = """
import sys
from pathlib import Path
from pyarrow import parquet
from importer.clean import ChangeCase, Recipe
from importer.intake import Stage
from importer.store import cleaned_list

whole = parquet.ParquetWriter.write_table
def write(self, table):
    whole(self, table)
    print("half", flush=True)
    sys.stdin.read()

parquet.ParquetWriter.write_table = write
cleaned_list(Stage.open(Path(sys.argv[1])), Recipe((ChangeCase("city", "upper"),)), Path(sys.argv[2]))
"""


def test_killed_while_it_writes_no_half_version_is_there_and_the_next_one_clears_up(
    stage_of: Callable[..., Stage], store: Path
) -> None:
    stage = stage_of()
    words = [sys.executable, "-c", textwrap.dedent(KILLED), str(stage.folder), str(store)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline() == b"half\n"
        os.kill(process.pid, signal.SIGKILL)
    (left,) = files_in(store)
    assert left.name.startswith(".") and left.suffix != ".parquet"  # a name that nobody reads
    cleaned = cleaned_list(stage, Recipe((UPPER,)), store)
    assert [row[2] for row in rows_of(cleaned)] == [" OSLO", "PARIS", "OSLO", "ROME"]
    assert [path.suffix for path in files_in(store)] == [".parquet"]


def test_a_version_that_was_cut_off_is_made_again(stage_of: Callable[..., Stage], store: Path) -> None:
    stage = stage_of()
    cleaned_list(stage, Recipe((UPPER,)), store)
    (version,) = files_in(store)
    version.write_bytes(version.read_bytes()[:-40])
    assert rows_of(cleaned_list(stage, Recipe((UPPER,)), store))[0][2] == " OSLO"


HOSTILE = ('"; drop table list; --', "it's", "Email", "EMAIL", "email", "nul\0here", "x" * 10_000, "row", "ROW", "")


def test_names_are_apart_whatever_their_capitals() -> None:
    names = distinct_names(HOSTILE)
    assert len({name.lower() for name in ("row", *names)}) == len(HOSTILE) + 1
    assert names[2:5] == ("Email", "EMAIL (2)", "email (3)")
    assert names[-3:] == ("row (2)", "ROW (3)", "column 10")


def test_a_new_name_is_none_that_another_column_has() -> None:
    assert distinct_names(("row", "row (2)", "A", "a", "A (2)")) == ("row (3)", "row (2)", "A", "a (3)", "A (2)")
    assert distinct_names(("", "column 1")) == ("column 1 (2)", "column 1")


def test_names_never_become_sql(stage_of: Callable[..., Stage], store: Path) -> None:
    stage = stage_of(b"a,b,c,d,e,f,g,h,i,j\n" + b",".join(b"%d" % n for n in range(10)) + b"\n")
    places = cleaned_list(stage, Recipe(), store).columns
    renamed = tuple(
        place.__class__(name, place.file, place.cells) for name, place in zip(HOSTILE, places, strict=True)
    )
    cleaned = CleanedList(stage.folder / "rows.parquet", renamed, None)
    import duckdb

    with duckdb.connect() as connection:
        shown = connection.execute(cleaned.sql(distinct_names(HOSTILE)))
        assert [column[0] for column in shown.description] == ["row", *distinct_names(HOSTILE)]
        assert shown.fetchall() == [(2, *"0123456789")]


def test_a_version_in_use_is_touched_so_that_it_is_pruned_last(stage_of: Callable[..., Stage], store: Path) -> None:
    stage, long_ago_s = stage_of(), time.time() - 1_000
    cleaned_list(stage, Recipe((UPPER,)), store)
    (version,) = files_in(store)
    os.utime(version, (long_ago_s, long_ago_s))
    cleaned_list(stage, Recipe((UPPER,)), store)
    assert version.stat().st_mtime > long_ago_s + 500
