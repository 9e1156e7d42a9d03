"""A small stage made of rows that are in memory, under row numbers of their own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from importer.intake.dialect import Dialect
from importer.intake.part_table import PROBLEM_SCHEMA
from importer.intake.problems import BLOCKING, Audit
from importer.intake.stage import PROBLEMS_FILE, REPORT_FILE, ROWS_FILE, SLICE_ROWS, Stage, StageReport


def write_few_rows(
    stage_dir: Path,
    frame: pd.DataFrame,
    *,
    dialect: Dialect,
    source_sha256: str,
    surplus: Mapping[int, tuple[str, ...]],
    problems: Mapping[int, str],
) -> Stage:
    """A new stage of `frame` (text, index `row`, ascending). `surplus`: row → its cells past the last column;
    `problems`: row → the code of what is wrong with its record. No bytes of the source belong to its rows."""
    stage_dir.mkdir(mode=0o700)
    rows = frame.index.to_numpy()
    nowhere = pa.array([0] * len(frame), pa.int64())
    beyond = [json.dumps(list(surplus[row]), ensure_ascii=False) if row in surplus else None for row in rows.tolist()]
    table = pa.table(
        {
            "row": pa.array(rows, pa.int64()),
            "byte_start": nowhere,
            "byte_end": nowhere,
            "surplus": pa.array(beyond, pa.string()),
            **{f"c{at}": pa.array(frame.iloc[:, at].tolist(), pa.string()) for at in range(frame.shape[1])},
        }
    )
    parquet.write_table(
        table, stage_dir / ROWS_FILE, row_group_size=SLICE_ROWS, use_dictionary=False, write_statistics=["row"]
    )
    parquet.write_table(_problem_table(problems), stage_dir / PROBLEMS_FILE)
    codes = pd.Series(list(problems.values()), dtype="object").value_counts()
    report = StageReport(
        rows=len(frame),
        columns=tuple(frame.columns),
        dialect=dialect,
        source_sha256=source_sha256,
        audit=Audit(0, 0, 0, 0, len(frame), 0),
        problem_counts={str(code): int(count) for code, count in codes.items()},
        fast_bytes=0,
        tolerant_bytes=0,
    )
    (stage_dir / REPORT_FILE).write_text(report.to_json(), "utf-8")
    return Stage.open(stage_dir)


def _problem_table(problems: Mapping[int, str]) -> pa.Table:
    found = sorted(problems.items())
    columns = {
        "code": [code for _, code in found],
        "row": [row for row, _ in found],
        "byte_start": [0] * len(found),
        "byte_end": [0] * len(found),
        "message": [f"Row {row:,} is not whole in the fixed file." for row, _ in found],
        "blocking": [BLOCKING[code] for _, code in found],
        "repair": [""] * len(found),
        "rows": [1] * len(found),
    }
    return pa.table(columns, schema=PROBLEM_SCHEMA)
