"""What a check of a whole list costs, first and after each thing that a person does, beside DuckDB's bare queries.

    PYTHONPATH=. python tests/bench/bench_check.py [--rows 1000000] [--rounds 3] [--home FOLDER] [--ibis]

Twelve columns, twelve rules of nine kinds, and a key; one cell in 40 of each column breaks its rule or type, one key
in 200 is there twice. Seconds on the clock and of CPU, the best of the rounds; memory is the process's largest
resident size. `--home` keeps the list that was read, for the next time. `--ibis`: pandera's Ibis backend over DuckDB
too, with our rules as far as SQL can say them (where it cannot: tests/unit/check/test_check_judges.py).
"""

from __future__ import annotations

import argparse
import csv
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

from bench_kit.contacts import COLUMNS, contacts  # noqa: E402

from importer.check import (  # noqa: E402
    Allowed,
    ColumnSpec,
    Date,
    DynamoType,
    Email,
    Length,
    Pattern,
    Phone,
    Range,
    Required,
    Rule,
    Schema,
    check_stage,
)
from importer.check.by_pandera import RulePass  # noqa: E402
from importer.clean import (  # noqa: E402
    ChangeCase,
    Condition,
    Decide,
    DecideRows,
    DropRows,
    NormaliseEmails,
    Recipe,
    SetCells,
    Trim,
)
from importer.intake import Dialect, Stage, build_stage  # noqa: E402
from importer.table import KeyPart, TableKey  # noqa: E402

KEY = TableKey(KeyPart("email"))
BORN = COLUMNS.index("street")
NAMES = tuple("born" if name == "street" else name for name in COLUMNS)
BROKEN = {
    "email": "person {row} (at) example.com",
    "first_name": "Given{row} with ever so many more names than there is room for",
    "last_name": "",
    "company": "x",
    "phone": "ask at the desk",
    "born": "31.02.19{year:02}",
    "city": "",
    "zip": "{row}x",
    "country": "Somewhere",
    "note": "",
    "age": "{row}",
    "active": "perhaps",
}
"""What stands in one cell in 40 of each column, in rows of its own."""

RULES: dict[str, tuple[Rule, ...]] = {
    "email": (Required(), Email()),
    "first_name": (Length(1, 40),),
    "last_name": (Required(),),
    "company": (Length(2, 200),),
    "phone": (Phone(),),
    "born": (Date("DD.MM.YYYY", "1900-01-01"),),
    "city": (Required(),),
    "zip": (Pattern("[0-9]{5}"),),
    "country": (Allowed(("Nowhere", "Elsewhere")),),
    "note": (Length(1, 500),),
    "age": (Range("0", "130"),),
}
TYPES = {"age": DynamoType.N, "active": DynamoType.BOOL}
SCHEMA = Schema(
    tuple(ColumnSpec(name, name, TYPES.get(name, DynamoType.S), rules=RULES.get(name, ())) for name in NAMES),
    ("email",),
)


def rows_of_list(rows: int) -> Iterator[list[str]]:
    """The list, row by row."""
    for row, cells in enumerate(contacts(rows)):
        out = list(cells)
        out[BORN] = f"{1 + row % 28:02}.{1 + row % 12:02}.{1940 + row % 70}"
        if row % 200 == 199:
            out[0] = f"person{row - 100}@example.com"
        at = row % 40
        if at < len(NAMES):
            out[at] = BROKEN[NAMES[at]].format(row=row, year=row % 100)
        yield out


def stage_of(home: Path, rows: int) -> Stage:
    """The list, read; taken from `home` where it is there."""
    folder = home / f"stage-{rows}"
    if not folder.exists():
        source = home / f"list-{rows}.csv"
        with source.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(NAMES)
            writer.writerows(rows_of_list(rows))
        build_stage(source, Dialect(), folder)
        source.unlink()
    return Stage.open(folder)


def timed(work: Callable[[], Any]) -> tuple[float, float]:
    """Seconds on the clock and of this process's CPU."""
    begun, begun_cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - begun, time.process_time() - begun_cpu


TRIM, UPPER, LOWER = Trim(("city",)), ChangeCase("company", "upper"), NormaliseEmails("email")
STRANGE = DropRows(Condition("country", "equals", "Somewhere"))
OTHER_AGE: dict[str, tuple[Rule, ...]] = {"age": (Range("18", "99"),)}
STATES: tuple[tuple[str, Recipe, dict[str, tuple[Rule, ...]]], ...] = (
    ("one column mended", Recipe((TRIM,)), {}),
    ("another one mended", Recipe((TRIM, UPPER)), {}),
    ("undone", Recipe((TRIM,)), {}),
    ("a decision on a cause", Recipe((TRIM, Decide("not_an_email", "email", "reject"))), {}),
    ("a decision on a row", Recipe((TRIM, DecideRows((4711,), "drop"))), {}),
    ("a rule changed", Recipe((TRIM,)), OTHER_AGE),
    ("rows dropped", Recipe((TRIM, STRANGE)), {}),
    ("the key's column mended", Recipe((TRIM, LOWER)), {}),
    ("a cell of the key set", Recipe((TRIM, LOWER, SetCells("email", ((40, "new@example.com"),)))), {}),
)
"""What a person does one after another; rules that are other ones then."""


def schema_with(rules: dict[str, tuple[Rule, ...]]) -> Schema:
    """SCHEMA with other rules for some columns."""
    columns = (replace(spec, rules=rules.get(spec.column, spec.rules)) for spec in SCHEMA.columns)
    return Schema(tuple(columns), SCHEMA.key)


def checks(stage: Stage, work: Path) -> Iterator[tuple[str, Callable[[], Any]]]:
    """What is measured, in the order in which it must be done."""
    yield "first check, keeping nothing", lambda: check_stage(stage, Recipe(), SCHEMA, KEY, work / "plain")
    yield (
        "first check, keeping all",
        lambda: check_stage(stage, Recipe(), SCHEMA, KEY, work / "check", memory=work / "kept"),
    )
    for name, recipe, rules in STATES:
        yield (
            name,
            partial(check_stage, stage, recipe, schema_with(rules), KEY, work / "check", memory=work / "kept"),
        )


BARE = {
    "DuckDB: the 12 rules, bare": """select
        count(*) filter (c0 = '' or not regexp_full_match(c0, '[^@\\s]+@[^@\\s]+\\.[^@\\s]+')),
        count(*) filter (length(c1) > 40), count(*) filter (trim(c2) = ''), count(*) filter (length(c3) < 2),
        count(*) filter (not regexp_full_match(c4, '\\+?[0-9 ()-]{6,20}')),
        count(*) filter (try_strptime(c5, '%d.%m.%Y') is null), count(*) filter (trim(c6) = ''),
        count(*) filter (not regexp_full_match(c7, '[0-9]{5}')),
        count(*) filter (c8 not in ('Nowhere', 'Elsewhere')), count(*) filter (length(c9) > 500),
        count(*) filter (coalesce(try_cast(c10 as double) not between 0 and 130, true)) from """,
    "DuckDB: keys that repeat, bare": "select count(*) from (select c0 from {} group by 1 having count(*) > 1)",
    "DuckDB: keys that look the same": "select count(*) from (select lower(trim(c0)) from {} group by 1 having "
    "count(distinct c0) > 1)",
}
"""Counts alone: no row is told, no case of Unicode, of a phone or of a number beyond a double is judged."""


def bare(stage: Stage) -> Iterator[tuple[str, Callable[[], Any]]]:
    """The same sums by DuckDB alone, over the stage as it lies."""
    import duckdb

    file = f"read_parquet('{stage.folder / 'rows.parquet'}')"
    connection = duckdb.connect(config={"threads": 2})
    for name, sql in BARE.items():
        asked = sql.format(file) if "{}" in sql else sql + file
        yield name, partial(_counted, connection, asked)


def _counted(connection: Any, sql: str) -> Any:
    return connection.execute(sql).fetchall()


def rules_alone(stage: Stage) -> Iterator[tuple[str, Callable[[], Any]]]:
    """The 12 rules by pandera, without types, keys, notices and files: our pass over pandas, and over DuckDB."""
    passing = RulePass(RULES)
    yield (
        "pandera over pandas: the 12 rules",
        lambda: [passing.failures(chunk) for chunk in stage.chunks(tuple(RULES))],
    )
    sys.path.append(str(HERE.parent / "unit" / "check"))
    import ibis
    from ibis_rules import failing_places, ibis_schema

    names = {name: f"c{at}" for at, name in enumerate(NAMES)}
    schema = ibis_schema({names[column]: rules for column, rules in RULES.items()})
    table = ibis.duckdb.connect(threads=2).read_parquet(stage.folder / "rows.parquet")
    yield "pandera over DuckDB (Ibis): the 12 rules, nearly", lambda: failing_places(schema, table)


def measure(stage: Stage, home: Path, rounds: int, *, with_ibis: bool) -> dict[str, tuple[float, float]]:
    """Name → seconds on the clock and of CPU, the best of the rounds."""
    best: dict[str, tuple[float, float]] = {}
    for _ in range(rounds):
        work = home / "work"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        for name, run in chain(checks(stage, work), bare(stage), rules_alone(stage) if with_ibis else ()):
            took = timed(run)
            best[name] = tuple(map(min, took, best.get(name, took)))  # type: ignore[assignment]
            print(f"  {took[0]:6.2f} s, {took[1]:6.2f} s of CPU  {name}", file=sys.stderr, flush=True)
        shutil.rmtree(work)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--ibis", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-check-") as folder:
        home = given.home or Path(folder)
        home.mkdir(exist_ok=True, parents=True)
        stage = stage_of(home, given.rows)
        best = measure(stage, home, given.rounds, with_ibis=given.ibis)
    whole = best["DuckDB: the 12 rules, bare"][0] + best["DuckDB: keys that repeat, bare"][0]
    print(f"{given.rows:,} rows x {len(NAMES)} columns; seconds, seconds of CPU, ratio to DuckDB's bare queries")
    for name, (wall, cpu) in best.items():
        print(f"{wall:6.2f} {cpu:6.2f} {wall / whole:5.1f}  {name}")
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MB at most")


if __name__ == "__main__":
    main()
