"""What the profile of a list costs beside bare queries of DuckDB for the counts alone.

    python tests/bench/bench_counting.py [--rows 1000000] [--rounds 3]

Of 12 columns, read once: seconds and seconds of CPU, medians. "bare" asks DuckDB for how many rows have each cell of
each column and which is the first, and takes in what comes back: without it no shape, damage or number is told.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

from bench_kit.contacts import write_csv  # noqa: E402

from importer.duckdb_engine import connected, read_sql  # noqa: E402
from importer.intake import Dialect, Stage, build_stage  # noqa: E402
from importer.profile import profile_stage  # noqa: E402


def timed(work: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Median seconds, and seconds of CPU."""
    walls, cpus = [], []
    for _ in range(rounds):
        wall_s, cpu_s = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall_s)
        cpus.append(time.process_time() - cpu_s)
    return statistics.median(walls), statistics.median(cpus)


def bare(stage: Stage) -> None:
    """The different cells of each column, one column after another."""
    with connected(stage.folder) as connection:
        for at in range(len(stage.columns)):
            rows = read_sql(stage.folder / "rows.parquet")
            for _ in connection.sql(f"select c{at}, count(*), min(row) from {rows} group by c{at}").to_arrow_reader():
                pass


def main() -> None:
    """Measure, and print a line each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        write_csv(folder / "list.csv", asked.rows)
        build_stage(folder / "list.csv", Dialect(), folder / "stage")
        stage = Stage.open(folder / "stage", folder / "list.csv")
        key = stage.columns[0]
        ours = timed(lambda: profile_stage(stage, key), asked.rounds)
        theirs = timed(lambda: bare(stage), asked.rounds)
    shape = f"{asked.rows:,} x {len(stage.columns)}, {os.cpu_count()} cores, DuckDB {duckdb.__version__}"
    print(f"profile   {ours[0]:6.2f} s   {ours[1]:6.2f} s of CPU   {shape}")
    print(f"bare      {theirs[0]:6.2f} s   {theirs[1]:6.2f} s of CPU   profile: {ours[0] / theirs[0]:.1f} times")


if __name__ == "__main__":
    main()
