"""A stage written out as plain CSV that anything reads."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TextIO

from importer.intake.stage import Stage


def write_clean_csv(stage: Stage, out: TextIO | Path) -> None:
    """UTF-8, comma, RFC 4180 (lines end CRLF), header first, cells as they are; a record with more cells than
    the table has columns keeps them all. A TextIO must be opened with `newline=""`."""
    if isinstance(out, Path):
        with out.open("w", encoding="utf-8", newline="") as stream:
            write_clean_csv(stage, stream)
        return
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(stage.columns)
    for number, chunk in enumerate(stage.chunks()):
        rows = zip(*(chunk.iloc[:, at].array.tolist() for at in range(chunk.shape[1])), strict=True)
        surplus = stage.surplus(number) if stage.slices else {}
        if surplus:
            writer.writerows((*cells, *surplus.get(row, ())) for row, cells in zip(chunk.index, rows, strict=True))
        else:
            writer.writerows(rows)
