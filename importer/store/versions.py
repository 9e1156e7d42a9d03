"""The columns of the cleaned list on disk, each version once: what steps wrote, beside the stage that is left alone.

A file `<fingerprint>.parquet` (row, cell) is a column as steps make it, in every row of the list; the fingerprint is
that of its lineage, so an undo finds the version of before and a rename changes nothing. `rows-<fingerprint>.parquet`
(row) are the rows that steps leave. A file is whole or not there: it gets its name when it is on the disk. I/O.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from importer.clean import Lineage, Part, Recipe, lineage_of, part_for
from importer.duckdb_engine import quoted, read_sql
from importer.errors import FatalError
from importer.files import new_file
from importer.intake import Stage
from importer.profile import column_text

OLD_VERSIONS = 40
"""Files kept beside those in use, the last used first: the undos of some steps are at once. One of a million short
cells has about 10 MB."""

PARQUET_MARK = b"PAR1"
"""The first and the last bytes of a whole file (Apache Parquet, "File format")."""

_CELLS = pa.schema([("row", pa.int64()), ("cell", pa.large_string())])
_ROWS = pa.schema([("row", pa.int64())])


@dataclass(frozen=True)
class ColumnPlace:
    """Where the cells of one column of the cleaned list lie: column `cells` of `file`, beside a column `row`."""

    name: str
    file: Path
    cells: str


@dataclass(frozen=True)
class CleanedList:
    """The cleaned list as files. `stage_rows`: the stage, in which every row is; `left`: the rows that steps leave,
    None for all of them."""

    stage_rows: Path
    columns: tuple[ColumnPlace, ...]
    left: Path | None

    @property
    def files(self) -> tuple[Path, ...]:
        """All that is read."""
        files = (self.stage_rows, *(place.file for place in self.columns), *((self.left,) if self.left else ()))
        return tuple(dict.fromkeys(files))

    def column_sql(self, place: ColumnPlace) -> str:
        """A SELECT of `row` and `cell` of one column, in every row of the list."""
        return f"select row, {quoted(place.cells)} as cell from {read_sql(place.file)}"

    def sql(self, names: Sequence[str]) -> str:
        """A SELECT of `row` and of every column, called by `names` (no two alike whatever their capitals)."""
        tables = {place.file: f"v{at}" for at, place in enumerate(self.columns) if place.file != self.stage_rows}
        tables[self.stage_rows] = "stage"
        cells = (
            f"{tables[place.file]}.{quoted(place.cells)} as {quoted(name)}"
            for place, name in zip(self.columns, names, strict=True)
        )
        joins = (f"join {read_sql(file)} {alias} using (row)" for file, alias in tables.items() if alias != "stage")
        only = f" semi join {read_sql(self.left)} rows_left using (row)" if self.left else ""
        shown = ", ".join(("stage.row", *cells))
        return f"select {shown} from {read_sql(self.stage_rows)} stage {' '.join(joins)}{only}"


def cleaned_list(stage: Stage, recipe: Recipe, folder: Path) -> CleanedList:
    """The list of the stage as the recipe makes it; the versions that are not in `folder` yet are made.

    Decisions change neither cells nor rows. Raises ConfigError when the recipe does not fit the list, FatalError when
    the disk refuses.
    """
    lineage = lineage_of(recipe, stage.columns)
    untouched = {print_: f"c{at}" for at, print_ in enumerate(lineage_of(Recipe(), stage.columns).columns.values())}
    everything = lineage_of(Recipe(), stage.columns).rows
    home = folder / _stage_mark(stage)
    written = {name: print_ for name, print_ in lineage.columns.items() if print_ not in untouched}
    left = None if lineage.rows == everything else home / f"rows-{lineage.rows}.parquet"
    needed = {home / f"{print_}.parquet": name for name, print_ in written.items()}
    try:
        _make_missing(stage, recipe, needed, left)
    except OSError as error:
        raise FatalError(
            f"The cleaned columns cannot be written to {home} ({error.strerror}). Free space there, then go on."
        ) from None
    return CleanedList(stage.folder / "rows.parquet", tuple(_places(lineage, untouched, stage, home)), left)


def _places(lineage: Lineage, untouched: dict[str, str], stage: Stage, home: Path) -> Iterator[ColumnPlace]:
    for name, print_ in lineage.columns.items():
        if print_ in untouched:
            yield ColumnPlace(name, stage.folder / "rows.parquet", untouched[print_])
        else:
            yield ColumnPlace(name, home / f"{print_}.parquet", "cell")


def _stage_mark(stage: Stage) -> str:
    """What tells one reading of the source from another: fingerprints of columns say nothing of the list itself."""
    return hashlib.sha256(stage.report.to_json().encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _make_missing(stage: Stage, recipe: Recipe, needed: dict[Path, str], left: Path | None) -> None:
    """Make the files that are not there, in one reading of the columns that they are made of."""
    in_use = {*needed, *((left,) if left else ())}
    if not in_use or all(_is_whole(file) for file in in_use):
        for file in in_use:
            os.utime(file)
        return
    home = next(iter(in_use)).parent
    with _turn(home):
        columns = {file: name for file, name in needed.items() if not _is_whole(file)}
        if columns:
            part = part_for(recipe, stage.columns, columns.values())
            _write(columns, None, _frames(stage, part))
        if left is not None and not _is_whole(left):
            _write({}, left, _frames(stage, part_for(recipe, stage.columns, (), rows=True)))
        _prune(home, in_use)


def _is_whole(file: Path) -> bool:
    """Whether there is a Parquet file to its end; one that the disk damaged is made again."""
    try:
        with file.open("rb") as opened:
            opened.seek(-len(PARQUET_MARK), os.SEEK_END)
            return opened.read() == PARQUET_MARK
    except OSError:
        return False


def _frames(stage: Stage, part: Part) -> Iterator[pd.DataFrame]:
    columns = part.columns or stage.columns[:1]  # a frame without columns does not know how many rows it has
    return (part.recipe.apply(chunk).frame for chunk in stage.chunks(columns))


def _write(columns: dict[Path, str], left: Path | None, frames: Iterator[pd.DataFrame]) -> None:
    schemas = {**dict.fromkeys(columns, _CELLS), **({left: _ROWS} if left else {})}
    with ExitStack() as opened:
        writers = {file: opened.enter_context(_new_table(file, schema)) for file, schema in schemas.items()}
        for frame in frames:
            rows = pa.array(frame.index.to_numpy(), pa.int64())
            for file, writer in writers.items():
                arrays = [rows, column_text(frame, columns[file])] if file in columns else [rows]
                writer.write_table(pa.table(arrays, schema=schemas[file]))


@contextmanager
def _new_table(path: Path, schema: pa.Schema) -> Iterator[parquet.ParquetWriter]:
    """A Parquet file that gets its name when all of it is on the disk."""
    with (
        new_file(path) as file,
        parquet.ParquetWriter(file, schema, compression="lz4", write_statistics=["row"]) as writer,
    ):
        yield writer


@contextmanager
def _turn(home: Path) -> Iterator[None]:
    """One maker at a time, over all processes. What is left of one that was killed goes."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(home, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        for left in home.glob(".*"):
            left.unlink(missing_ok=True)
        yield
    finally:
        os.close(handle)


def _prune(home: Path, in_use: set[Path]) -> None:
    """Take away versions that nobody used for long, and those of other readings of the source."""
    others = [file for file in home.glob("*.parquet") if file not in in_use]
    with suppress(FileNotFoundError):
        others.sort(key=lambda file: file.stat().st_mtime, reverse=True)
    for file in others[OLD_VERSIONS:]:
        file.unlink(missing_ok=True)
    for other in home.parent.iterdir():
        if other.is_dir() and other != home and not other.name.startswith("."):
            shutil.rmtree(other, ignore_errors=True)


def distinct_names(columns: Sequence[str], taken: Sequence[str] = ("row",)) -> tuple[str, ...]:
    """Names for the columns of a table in SQL, where capitals tell no two apart and none is empty: `row (2)`, `Email
    (2)` where there is an `email` before it, `column 3` for one without a name. No new name is one that another
    column of the list has."""
    used, of_columns = {name.lower() for name in taken}, {name.lower() for name in columns}
    names = []
    for at, column in enumerate(columns, start=1):
        base = name = column or f"column {at}"
        number = 2
        while name.lower() in used or (name != column and name.lower() in of_columns):
            name, number = f"{base} ({number})", number + 1
        used.add(name.lower())
        names.append(name)
    return tuple(names)
