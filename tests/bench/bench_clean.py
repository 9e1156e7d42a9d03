"""Cleaning: rows/s of ten ordinary operations and of each by itself, and seconds to find clusters.

    python tests/bench/bench_clean.py [--rows 1000000] [--workers 2] [--cluster-rows 100000]

The list is made once and handed out in chunks of 20,000 rows, as a stage does; reading the stage is not measured. The
recipe is run by one worker and by `--workers` processes, each with its share of the chunks, as the runner's are.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2])]

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

from importer.clean import (  # noqa: E402
    METHODS,
    ChangeCase,
    Condition,
    DropRows,
    FillBlanks,
    FormatPhones,
    JoinColumns,
    MapValues,
    NormaliseEmails,
    Operation,
    ParseDates,
    ParseNumbers,
    ParseYesNo,
    PersonColumns,
    Recipe,
    RemoveInvisible,
    RepairMojibake,
    Replace,
    SplitColumn,
    Trim,
    count_values,
    find_clusters,
    find_people,
)

CHUNK_ROWS = 20_000
PER_CPU = "rows per second of processor time"

ORDINARY: tuple[Operation, ...] = (
    Trim(),
    RemoveInvisible(("first_name", "last_name", "city")),
    ChangeCase("last_name", "name"),
    Replace("company", "Ltd.", "Ltd"),
    MapValues("country", (("USA", "US"), ("U.S.", "US"), ("Germany", "DE"))),
    FillBlanks("city", "unknown"),
    ParseDates("signup", "dmy"),
    ParseNumbers("score", ",", "."),
    ParseYesNo("opt_in"),
    NormaliseEmails("email"),
)
OTHERS: tuple[Operation, ...] = (
    RepairMojibake(("city",)),
    SplitColumn("company", " ", ("word", "rest")),
    JoinColumns(("first_name", "last_name"), " ", "full_name"),
    DropRows(Condition("country", "is blank")),
    FormatPhones("phone", "US"),
)


def contacts(rows: int, seed: int = 7) -> pd.DataFrame:
    """Made-up contacts of 10 columns, with the usual troubles."""
    rng = np.random.default_rng(seed)
    number = np.arange(rows)

    def pick(texts: list[str]) -> np.ndarray:
        return np.array(texts, dtype=object)[rng.integers(0, len(texts), rows)]

    days = [
        f"{day:02}/{month:02}/{year}" for year in range(2019, 2025) for month in range(1, 13) for day in range(1, 29)
    ]
    columns = {
        "email": [f"{'Person' if at % 9 else ' person'}{at}@Example{at % 50}.com" for at in number],
        "first_name": pick([f"Given{chr(97 + at % 26)}{chr(97 + at // 26)}" for at in range(600)]),
        "last_name": pick([f"TESTPERSON{chr(65 + at % 26)}{chr(65 + at // 26)}" for at in range(600)]),
        "phone": [f"(202) 555-{at % 10_000:04}" for at in number],
        "company": pick([f"Example & Söhne {at} Ltd." for at in range(3000)]),
        "city": pick(["Springfield", "Köln ", "São Paulo", "KÃ¶ln", "", "Plzeň\u200b"]),
        "country": pick(["US", "USA", "Germany", "DE", "U.S.", ""]),
        "signup": pick(days),
        "score": pick([f"{at // 1000}.{at % 1000:03},5" for at in range(1000, 9000)]),
        "opt_in": pick(["Yes", "no ", "Ja", "1", "0", "maybe"]),
    }
    index = pd.RangeIndex(2, rows + 2, name="row").astype("int64")
    return pd.DataFrame({name: pd.Series(list(cells), index=index, dtype="str") for name, cells in columns.items()})


class Chunks:
    """A list in chunks."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame

    def chunks(self) -> Iterator[pd.DataFrame]:
        for start in range(0, len(self.frame), CHUNK_ROWS):
            yield self.frame.iloc[start : start + CHUNK_ROWS]


def run_recipe(recipe: Recipe, rows: int, seed: int) -> tuple[float, float]:
    """Seconds on the clock and of the processor to apply `recipe` to `rows` rows (made here, not measured)."""
    stage = Chunks(contacts(rows, seed))
    recipe.apply(stage.frame.iloc[:100])
    start, busy = time.perf_counter(), time.process_time()
    for chunk in stage.chunks():
        recipe.apply(chunk)
    return time.perf_counter() - start, time.process_time() - busy


def report_recipe(rows: int, workers: int) -> None:
    recipe = Recipe(ORDINARY)
    print(f"ten ordinary operations, {rows:,} rows")
    alone = run_recipe(recipe, rows, 7)
    print(
        f"  1 worker   {rows / alone[0]:>10,.0f} rows/s   {rows / alone[1]:>10,.0f} rows per second of processor time"
    )
    if workers > 1:
        share = rows // workers
        with ProcessPoolExecutor(workers) as pool:
            jobs = [pool.submit(run_recipe, recipe, share, seed) for seed in range(workers)]
            told = [job.result() for job in jobs]
        slowest, busy = max(one for one, _ in told), sum(one for _, one in told)
        every = share * workers
        print(f"  {workers} workers  {every / slowest:>10,.0f} rows/s   {every / busy:>10,.0f} {PER_CPU}")


def report_each(rows: int) -> None:
    stage = Chunks(contacts(rows))
    print(f"each operation by itself, {rows:,} rows")
    for operation in (*ORDINARY, *OTHERS):
        start = time.process_time()
        for chunk in stage.chunks():
            operation.apply(chunk)
        took = time.process_time() - start
        print(f"  {operation.kind:<18} {rows / took:>12,.0f} {PER_CPU}")


def report_clusters(rows: int) -> None:
    frame = contacts(rows)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    rng = np.random.default_rng(3)
    for name, stems in (("3,000 different values", 3000), ("every value different", rows)):
        words = ["".join(word) for word in letters[rng.integers(0, 26, (stems, 9))]]
        values = [f"{words[at % stems].title()} Ltd" for at in range(rows)]
        values[::49] = [value.replace("a", "e", 1).upper() for value in values[::49]]
        stage = Chunks(frame.assign(company=pd.Series(values, index=frame.index, dtype="str")))
        start = time.perf_counter()
        counts = count_values(Recipe(), "company", stage)
        print(f"clusters of {rows:,} rows, {name}: counted in {time.perf_counter() - start:.1f} s")
        for method in METHODS:
            start = time.perf_counter()
            found = find_clusters(counts, method)
            print(f"  {method:<12} {time.perf_counter() - start:6.1f} s   {len(found):,} clusters")
    stage = Chunks(frame)
    start = time.perf_counter()
    found_people = find_people(Recipe(), PersonColumns("email", "phone", ("first_name", "last_name")), stage)
    print(f"people in {rows:,} rows: {time.perf_counter() - start:.1f} s, {len(found_people):,} clusters")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--cluster-rows", type=int, default=100_000)
    options = parser.parse_args()
    report_recipe(options.rows, options.workers)
    report_each(min(options.rows, 200_000))
    report_clusters(options.cluster_rows)


if __name__ == "__main__":
    main()
