"""What people would use otherwise, given nothing, for the comparison in `make bench`.

    python other_readers.py READER FOLDER OUT.json     reads every file of FOLDER
    python other_readers.py READER FILE                 prints seconds for one file

Runs in an environment of its own: it imports nothing of the importer.
"""

from __future__ import annotations

import csv
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

Table = list[list[str]]


def _pandas(path: Path) -> Table:
    import pandas as pd

    frame = pd.read_csv(path)
    return [list(map(str, frame.columns)), *frame.astype(object).where(frame.notna(), "").astype(str).values.tolist()]


def _polars(path: Path) -> Table:
    import polars as pl

    frame = pl.read_csv(path)
    return [frame.columns, *[["" if cell is None else str(cell) for cell in row] for row in frame.rows()]]


def _duckdb(path: Path) -> Table:
    import duckdb

    options = "all_varchar = true, ignore_errors = true, null_padding = true, strict_mode = false"
    found = duckdb.sql(f"select * from read_csv('{path}', {options})")
    return [found.columns, *[["" if cell is None else cell for cell in row] for row in found.fetchall()]]


def _clevercsv(path: Path) -> Table:
    import clevercsv

    return [list(row) for row in clevercsv.read_table(str(path))]


def _sniffer(path: Path) -> Table:
    text = path.read_bytes().decode("utf-8", "replace")
    dialect = csv.Sniffer().sniff(text[:20_000])
    return list(csv.reader(text.splitlines(keepends=True), dialect))


def _csv_reader(path: Path) -> Table:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def _pyarrow(path: Path) -> Table:
    from pyarrow import csv as arrow

    table = arrow.read_csv(path)
    columns = [column.to_pylist() for column in table.columns]
    rows = zip(*columns, strict=True)
    return [table.column_names, *[["" if cell is None else str(cell) for cell in row] for row in rows]]


READERS: dict[str, Callable[[Path], Table]] = {
    "pandas": _pandas,
    "polars": _polars,
    "duckdb lenient": _duckdb,
    "clevercsv": _clevercsv,
    "sniffer + csv.reader": _sniffer,
    "csv.reader": _csv_reader,
    "pyarrow": _pyarrow,
}


def _seconds(name: str, path: Path) -> float:
    """All cells as text, kept in what the library keeps them in (csv.reader: counted and dropped)."""
    start = time.perf_counter()
    if name == "pandas":
        import pandas as pd

        pd.read_csv(path, dtype=str, keep_default_na=False)
    elif name == "polars":
        import polars as pl

        pl.read_csv(path, infer_schema=False)
    elif name == "duckdb lenient":
        import duckdb

        duckdb.sql(f"create table t as select * from read_csv('{path}', all_varchar = true)")
    elif name == "pyarrow":
        from pyarrow import csv as arrow

        arrow.read_csv(path)
    elif name == "clevercsv":
        import clevercsv

        with path.open(encoding="utf-8", newline="") as stream:
            sum(1 for _ in clevercsv.reader(stream, clevercsv.dialect.SimpleDialect(",", '"', "")))
    else:
        with path.open(encoding="utf-8", newline="") as stream:
            sum(1 for _ in csv.reader(stream))
    return time.perf_counter() - start


def _read_all(name: str, folder: Path, out: Path) -> None:
    told: dict[str, Table | None] = {}
    for path in sorted(folder.iterdir()):
        try:
            told[path.name] = READERS[name](path)
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            told[path.name] = None
    out.write_text(json.dumps(told), "utf-8")


if __name__ == "__main__":
    if len(sys.argv) == 4:
        _read_all(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        print(_seconds(sys.argv[1], Path(sys.argv[2])))
