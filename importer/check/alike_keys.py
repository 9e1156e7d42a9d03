"""Keys that look the same and are not: they differ only in capitals, spaces, invisible signs or Unicode form. I/O.

A key's plain form is what `alike_writing` makes of it. Only keys that are not their own plain form are kept here; the
others are in the finder of repeated keys already, under the same hashes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import pandas as pd

from importer.check.repeats import RECORD, RecordFiles, RepeatFinder, TextHashes, is_among, sorted_records
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

    def alike(self) -> AlikeKeys:
        """All rows taken whose key looks like another's and is not the same."""
        if not self._any:
            return AlikeKeys.of(np.empty(0, dtype=ALIKE))
        parts = [
            _alike_in(plain, exact)
            for plain, exact in zip(self._files.parts(), self._keys.record_parts(), strict=True)
        ]
        return AlikeKeys(*(np.concatenate(of) for of in zip(*(part.arrays for part in parts), strict=True)))


@dataclass(frozen=True)
class AlikeKeys:
    """Rows in groups of keys with one plain form, by group and row; each group has more than one key. `first`:
    whether a row is the first of its group; `exact`: a number for its key as it is."""

    rows: np.ndarray
    first: np.ndarray
    exact: np.ndarray

    @property
    def arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """All three."""
        return self.rows, self.first, self.exact

    @classmethod
    def of(cls, records: np.ndarray) -> AlikeKeys:
        """Of ALIKE, of which those whose key looks like no other stay behind."""
        ordered, first = sorted_records(records)
        return cls(ordered["row"], first, ordered["exact"])._only_groups()

    def among(self, keep: np.ndarray) -> AlikeKeys:
        """Those that are alike among some rows of the list alone. `keep`: bool by row number."""
        stays = keep[self.rows]
        group = np.cumsum(self.first)[stays]
        first: np.ndarray = np.ones(len(group), dtype=bool)
        first[1:] = group[1:] != group[:-1]
        return AlikeKeys(self.rows[stays], first, self.exact[stays])._only_groups()

    def groups(self) -> list[list[int]]:
        """The first groups, by their first row."""
        starts = np.flatnonzero(self.first)
        ends: np.ndarray = np.append(starts[1:], len(self.rows))
        order = np.argsort(self.rows[starts], kind="stable")[:GROUPS_TRIED]
        return [
            self.rows[start : min(stop, start + ROWS_TRIED)].tolist()
            for start, stop in zip(starts[order].tolist(), ends[order].tolist(), strict=True)
        ]

    def _only_groups(self) -> AlikeKeys:
        if not len(self.rows):
            return self
        group = np.cumsum(self.first) - 1
        differs = self.exact != self.exact[np.flatnonzero(self.first)[group]]
        alike = (np.bincount(group, weights=differs) > 0)[group]
        return AlikeKeys(*(array[alike] for array in self.arrays))


def _alike_in(plain: np.ndarray, exact: np.ndarray) -> AlikeKeys:
    """Of one part. A key that is its own plain form counts only where another one has that form too."""
    own = exact[is_among(exact["high"], np.sort(plain["high"]))]
    own = own[~np.isin(own["row"], plain["row"])]
    together: np.ndarray = np.empty(len(own) + len(plain), dtype=ALIKE)
    for name in RECORD.names or ():
        together[name] = np.concatenate([own[name], plain[name]])
    together["exact"] = np.concatenate([own["high"], plain["exact"]])
    return AlikeKeys.of(together)


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
