"""Where an import's CPU goes, step by step, and how its memory grows.

    python tests/bench/bench_steps.py [--rows 100000] [--rounds 3] [--memory-rows 100000 1000000]

Each step is called by itself over the whole list, in one process; µs of CPU a row, medians. "send" is the write
engine with its connections and the kernel, without building and signing the requests. Memory is the largest resident
size of a process that imports lists of different lengths, from the file to finished.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

from bench_import import OURS, Lists, started  # noqa: E402
from bench_kit.contacts import COLUMNS, write_csv  # noqa: E402
from bench_kit.ours import KEY, destination, list_schema, send_batches  # noqa: E402
from bench_kit.sink import nginx_sink  # noqa: E402

from importer.check import CheckResult, check_stage, convert_chunk  # noqa: E402
from importer.clean import ChangeCase, Recipe, Trim  # noqa: E402
from importer.intake import Dialect, Stage, build_stage  # noqa: E402
from importer.profile import profile_stage  # noqa: E402
from importer.run import Ledger, RunCommand  # noqa: E402
from importer.write import Acknowledged, Batch, Part, build_puts, pack_batches  # noqa: E402

ACKS_AT_A_TIME = 8
"""Replies that are recorded together when 8 requests are in flight."""


def cpu_us(work: Callable[[], Any], rows: int, rounds: int) -> float:
    """Median µs of this process's CPU a row."""
    found = []
    for _ in range(rounds):
        begun_s = time.process_time()
        work()
        found.append(1e6 * (time.process_time() - begun_s) / rows)
    return statistics.median(found)


def steps(source: Path, folder: Path, rows: int, rounds: int) -> Iterator[tuple[str, float]]:
    """Each step and its µs a row."""
    schema, numbers = list_schema(), iter(range(1_000_000))
    recipe = Recipe((Trim(COLUMNS), ChangeCase("email", "lower")))

    def measured(work: Callable[[], Any]) -> float:
        return cpu_us(work, rows, rounds)

    yield "read (file to stage)", measured(lambda: build_stage(source, Dialect(), folder / "stage"))
    stage = Stage.open(folder / "stage")
    yield "profile (when no schema is given)", measured(lambda: profile_stage(stage, "email"))
    chunks = [stage.chunk(index) for index in range(stage.slices)]
    yield "recipe (trim 12 columns, lower one)", measured(lambda: [recipe.apply(chunk) for chunk in chunks])
    nothing = Recipe(())
    check = measured(lambda: check_stage(stage, nothing, schema, KEY, folder / f"check-{next(numbers)}"))
    yield "check (3 columns with rules)", check
    checked = CheckResult.open(folder / "check-0")
    yield "take up (stage to frame)", measured(lambda: [stage.chunk(index) for index in range(stage.slices)])
    typed = [convert_chunk(chunk, schema) for chunk in chunks]
    yield "convert", measured(lambda: [convert_chunk(chunk, schema) for chunk in chunks])
    puts = [build_puts(columns, key=("email",)) for columns in typed]
    yield "build", measured(lambda: [build_puts(columns, key=("email",)) for columns in typed])

    def packed() -> list[Batch]:
        return [one for index, some in enumerate(puts) for one in pack_batches(index, range(len(some)), some)]

    yield "pack", measured(packed)
    batches = packed()
    place = destination("http://127.0.0.1:1", "")
    parts = [Part(batch, range(len(batch.puts))) for batch in batches]
    signing = measured(lambda: [place.request(part) for part in parts])
    yield "sign (with the request's body)", signing
    with nginx_sink() as sink:
        yield "send", measured(lambda: send_batches(batches, sink.url, "", 8)) - signing
    ready = [checked.ready_rows(index) for index in range(stage.slices)]
    yield "ledger", measured(lambda: record_all(folder / f"ledger-{next(numbers)}", ready, batches))


def record_all(path: Path, ready: list[Any], batches: list[Batch]) -> None:
    """A ledger that is told of every batch."""
    sizes = [len(rows) for rows in ready]
    with Ledger.create(
        path,
        plan_hash="",
        rows=sum(sizes),
        ready_by_slice=sizes,
        batches=len(batches),
        outcomes=(),
        command=RunCommand(),
        now=datetime.now(UTC),
    ) as ledger:
        for index, rows in enumerate(ready):
            ledger.open_slice(index, rows)
        for first in range(0, len(batches), ACKS_AT_A_TIME):
            some = batches[first : first + ACKS_AT_A_TIME]
            ledger.record([Acknowledged(one.slice_index, tuple(one.positions), (), (), 0, 1, 25, 0) for one in some])


def memory(rows: list[int], folder: Path) -> Iterator[tuple[str, float]]:
    """MB at the most, of a process a length of list."""
    with nginx_sink() as sink:
        for count in rows:
            source = folder / f"list-{count}.csv"
            write_csv(source, count)
            lists = Lists(source, count, source, count, sys.executable, (), 1)
            with started(OURS, lists, {"url": sink.url, "part": "whole"}) as own:
                own.measure()
            source.unlink()
            yield f"{count:,} rows", own.passes[0]["memory_mb"]


def main() -> None:
    """Print two tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory-rows", type=int, nargs="*", default=[100_000, 1_000_000])
    given = parser.parse_args()
    os.environ.update(AWS_ACCESS_KEY_ID="AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY="made-up")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "list.csv"
        write_csv(source, given.rows)
        print(f"{'step':36}  CPU µs/row")
        for step, took_us in steps(source, folder, given.rows, given.rounds):
            print(f"{step:36}  {took_us:10.2f}", flush=True)
        print(f"\n{'memory of one import':36}  MB")
        for length, size_mb in memory(given.memory_rows, folder):
            print(f"{length:36}  {size_mb:10.0f}", flush=True)


if __name__ == "__main__":
    main()
