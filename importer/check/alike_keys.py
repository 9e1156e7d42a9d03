"""Keys that look the same and are not: they differ only in capitals, spaces, invisible signs or Unicode form. I/O.

A key's plain form is what `alike_writing` makes of it. Only keys that are not their own plain form are kept here; the
others are in the finder of repeated keys already, under the same hashes.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import pandas as pd

from importer.check.repeats import RECORD, RecordFiles, RepeatFinder, TextHashes, sorted_records
from importer.check.schema import ColumnSpec, DynamoType
from importer.check.text import arrow_text, text_series
from importer.clean import ChangeCase, NormaliseEmails, OneWriting, Operation, alike_writing

ALIKE = np.dtype([*RECORD.descr, ("exact", "<u8")])
"""As RECORD, of the plain form; `exact`: the first hash of the key as it is."""

GROUPS_TRIED, ROWS_TRIED = 50, 100
"""Groups of alike keys, and rows of each, that a step is tried on before it is suggested."""


def plain_parts(parts: Sequence[pd.Series], specs: Sequence[ColumnSpec]) -> list[pd.Series]:
    """The parts of each row's key in their plain form; numbers and binary keys are as they are."""
    return [
        text_series(alike_writing(arrow_text(part)), part) if spec.type is DynamoType.S else part
        for part, spec in zip(parts, specs, strict=True)
    ]


def alike_records(hashes: TextHashes, rows: np.ndarray, exact: np.ndarray, plain: pd.Series) -> np.ndarray:
    """ALIKE of `rows`, whose keys' records are `exact` and whose plain forms are `plain`."""
    records: np.ndarray = np.empty(len(rows), dtype=ALIKE)
    for name, values in ((field, hashes.records(rows, plain)[field]) for field in RECORD.names or ()):
        records[name] = values
    records["exact"] = exact["high"]
    return records


class AlikeFinder:
    """Takes the keys that are not their own plain form. A context manager: its files go when it ends."""

    def __init__(self, folder: Path, keys: RepeatFinder) -> None:
        self._keys = keys
        self._files = RecordFiles(folder, "alike", keys.part_count, ALIKE)
        self._any = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._files.close()

    def add(self, records: np.ndarray) -> None:
        """Take note of some rows, as `alike_records` made them."""
        if len(records):
            self._any = True
            self._files.add(records)

    def groups(self) -> tuple[np.ndarray, list[list[int]]]:
        """All rows whose key looks like another's (ascending), and some of the groups they make."""
        if not self._any:
            return np.empty(0, dtype=np.int64), []
        rows: list[np.ndarray] = []
        some: list[list[int]] = []
        for plain, exact in zip(self._files.parts(), self._keys.record_parts(), strict=True):
            found, groups = _alike_in(plain, exact)
            rows.append(found)
            some += groups[: GROUPS_TRIED - len(some)]
        return np.sort(np.concatenate(rows)), some


def _alike_in(plain: np.ndarray, exact: np.ndarray) -> tuple[np.ndarray, list[list[int]]]:
    """Of one part: rows in groups of one plain form that has more than one key, and some of these groups."""
    own = exact[~np.isin(exact["row"], plain["row"])]
    together: np.ndarray = np.empty(len(own) + len(plain), dtype=ALIKE)
    for name in RECORD.names or ():
        together[name] = np.concatenate([own[name], plain[name]])
    together["exact"] = np.concatenate([own["high"], plain["exact"]])
    ordered, first = sorted_records(together)
    group = np.cumsum(first) - 1
    starts = np.flatnonzero(first)
    differs = ordered["exact"] != ordered["exact"][starts[group]] if len(ordered) else first
    alike = (np.bincount(group, weights=differs) > 0)[group] if len(ordered) else first
    found = ordered["row"][alike]
    borders: np.ndarray = np.flatnonzero(np.diff(group[alike])) + 1
    ends = [0, *borders[:GROUPS_TRIED].tolist(), len(found)]
    groups = [
        found[start : min(stop, start + ROWS_TRIED)].tolist()
        for start, stop in pairwise(ends[: GROUPS_TRIED + 1])
        if start < stop
    ]
    return found, groups


def mend_alike(column: str, groups: Sequence[Sequence[str]], *, is_email: bool) -> tuple[Operation, ...]:
    """The step that makes one writing of most groups of alike cells, that which changes least first; () for none.

    E-mail addresses are offered in lower case. Codes that are mostly in capitals stay in capitals.
    """
    rows = pd.Index([at for at, group in enumerate(groups) for _ in group])
    cells = pd.DataFrame({column: pd.array([cell for group in groups for cell in group], dtype="str")})
    cases = ("upper", "lower") if _mostly_capitals(cells[column]) else ("lower", "upper")
    steps: list[Operation] = [NormaliseEmails(column)] if is_email else []
    steps += [OneWriting(column, case, inner) for inner in ("one", "none") for case in ("keep", *cases)]
    if not is_email:
        steps[1:1] = [ChangeCase(column, case) for case in cases]
    mended = [int((step.apply(cells)[column].groupby(rows).nunique() == 1).sum()) for step in steps]
    best = max(mended, default=0)
    return (steps[mended.index(best)],) if best else ()


def _mostly_capitals(cells: pd.Series) -> bool:
    upper, lower = cells.str.upper(), cells.str.lower()
    letters = upper != lower
    return bool((letters & (cells == upper)).sum() > (letters & (cells == lower)).sum())
