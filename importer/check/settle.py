"""Second pass: verdicts, then the winner of each key among the rows still ready, then the files. I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from importer.check.gather import Gathered
from importer.check.repeats import Repeats
from importer.check.report import RowOutcome, SliceIndex
from importer.check.schema import Schema, Winner
from importer.check.stored import FAILURE_FIELDS, FAILURES_FILE, OUTCOME_FIELDS, OUTCOMES_FILE, READY_FILE
from importer.check.verdicts import BY_HAND, DROPPED, CauseName, Decided, Failing, decide_rows

_READY, _REJECTED, _SKIPPED, _DUPLICATE = (outcome.value for outcome in RowOutcome)

_VERDICT_OUTCOMES = {"reject": _REJECTED, "drop": _SKIPPED}
"""What a person's word makes of a key's losers; without one they are duplicates (or rejected, by the rule)."""


_BY_RECIPE: tuple[CauseName, ...] = (("dropped_by_recipe", ""), ("rejected_by_hand", ""), ("dropped_by_hand", ""))
"""Reasons that are no failure; numbered -3, -2 and -1 where outcomes are written."""


@dataclass(frozen=True)
class Sums:
    """Rows by outcome (index = RowOutcome), two counts that cut across, and the write units of the ready rows."""

    outcomes: tuple[int, int, int, int]
    undecided: int
    warnings: int
    write_units: int
    slices: tuple[SliceIndex, ...]


class Settling:
    """Turns what was gathered into outcomes. One byte a row is in memory."""

    def __init__(self, gathered: Gathered, schema: Schema, row_verdicts: Mapping[int, str]) -> None:
        self._gathered = gathered
        self._row_verdicts = row_verdicts
        code = "key_conflict" if schema.winner is Winner.REJECT else "duplicate_key"
        self._key_cause: CauseName = (code, schema.key_specs[0].column)
        self._winner = schema.winner
        self._losers: np.ndarray = np.zeros(gathered.max_row + 1, dtype=bool)

    def find_losers(self, repeats: Repeats) -> None:
        """Apply the winner rule to the rows that are ready otherwise. `repeats`: of the keys."""
        if not len(repeats.rows):
            return
        ready: np.ndarray = np.zeros(self._gathered.max_row + 1, dtype=bool)
        for slice_index in range(self._gathered.slices):
            rows, decided = self._decide(slice_index)
            ready[rows[decided.outcome == _READY]] = True
        among = repeats.among(ready)
        self._losers[among.rows[_losing(among, self._winner)]] = True

    def write(self, folder: Path) -> Sums:
        """The three files of a check, slice by slice, and what they add up to."""
        outcomes: np.ndarray = np.zeros(4, dtype=np.int64)
        undecided = warnings = units = 0
        slices: list[SliceIndex] = []
        with (
            (folder / READY_FILE).open("wb") as ready_file,
            _Groups(folder / OUTCOMES_FILE, OUTCOME_FIELDS) as outcome_groups,
            _Groups(folder / FAILURES_FILE, FAILURE_FIELDS) as failure_groups,
        ):
            for slice_index in range(self._gathered.slices):
                rows, decided = self._decide(slice_index)
                decided = self._with_losers(slice_index, rows, decided)
                failing = self._gathered.failing(slice_index)
                ready = rows[decided.outcome == _READY]
                ready_file.write(ready.astype("<i8").tobytes())
                start = slices[-1].ready_start + slices[-1].ready_count if slices else 0
                groups = (
                    outcome_groups.add(self._outcome_table(rows, decided)),
                    failure_groups.add(self._failure_table(failing)),
                )
                slices.append(SliceIndex(len(rows), start, len(ready), *groups))
                units += int(self._gathered.units(slice_index)[decided.outcome == _READY].sum(dtype=np.int64))
                outcomes += np.bincount(decided.outcome, minlength=4)
                undecided += int(decided.undecided.sum())
                warnings += int(np.isin(ready, failing.rows).sum())
        return Sums(_four(outcomes), undecided, warnings, units, tuple(slices))

    def _decide(self, slice_index: int) -> tuple[np.ndarray, Decided]:
        rows, dropped = self._gathered.rows(slice_index)
        failing = self._gathered.failing(slice_index)
        return rows, decide_rows(rows, dropped, failing, self._gathered.causes, self._row_verdicts)

    def _with_losers(self, slice_index: int, rows: np.ndarray, decided: Decided) -> Decided:
        """Losers of their key are a failure case too, and get their own outcome."""
        lost = self._losers[rows]
        if not lost.any():
            return decided
        number = self._gathered.causes.number(self._key_cause)
        self._gathered.add_failing(slice_index, Failing(rows[lost], np.full(int(lost.sum()), number)))
        verdict = self._gathered.causes.verdict(self._key_cause) or ""
        by_rule = _REJECTED if self._winner is Winner.REJECT else _DUPLICATE
        outcome, cause, undecided = decided.outcome.copy(), decided.cause.copy(), decided.undecided.copy()
        outcome[lost] = _VERDICT_OUTCOMES.get(verdict, by_rule)
        cause[lost] = number
        undecided[lost] = self._winner is Winner.REJECT and verdict not in _VERDICT_OUTCOMES
        return Decided(outcome, cause, undecided)

    def _outcome_table(self, rows: np.ndarray, decided: Decided) -> pa.Table:
        out = decided.outcome != _READY
        causes = decided.cause[out]
        by_hand = np.where(decided.outcome[out] == _SKIPPED, -1, -2)
        places = np.where(causes == DROPPED, -3, np.where(causes == BY_HAND, by_hand, causes))
        codes, columns = _words([*self._gathered.causes.names, *_BY_RECIPE], places)
        outcome = pa.array(decided.outcome[out])
        return pa.table([pa.array(rows[out]), outcome, codes, columns], schema=OUTCOME_FIELDS)

    def _failure_table(self, failing: Failing) -> pa.Table:
        order = np.lexsort((self._gathered.causes.order()[failing.causes], failing.rows))
        codes, columns = _words(self._gathered.causes.names, failing.causes[order])
        return pa.table([pa.array(failing.rows[order]), columns, codes], schema=FAILURE_FIELDS)


def _losing(repeats: Repeats, winner: Winner) -> np.ndarray:
    if winner is Winner.FIRST:
        return ~repeats.first
    return ~repeats.last if winner is Winner.LAST else np.ones(len(repeats.rows), dtype=bool)


def _four(counts: np.ndarray) -> tuple[int, int, int, int]:
    first, second, third, fourth = counts.tolist()
    return first, second, third, fourth


def _words(names: list[CauseName], places: np.ndarray) -> list[pa.Array]:
    """Codes and columns of causes by number (negative: from the end), as dictionaries. Each word stands once in its
    dictionary: of one with a word twice pyarrow writes more bytes than it has, which are what else was in memory."""
    indices: np.ndarray = places % max(len(names), 1)
    out = []
    for part in ([code for code, _ in names], [column for _, column in names]):
        words = {word: place for place, word in enumerate(dict.fromkeys(part))}
        number = np.array([words[word] for word in part], dtype=np.int32)
        out.append(pa.DictionaryArray.from_arrays(pa.array(number[indices]), pa.array([*words], pa.string())))
    return out


class _Groups:
    """A Parquet file that takes one row group a slice; empty ones are left out."""

    def __init__(self, path: Path, fields: pa.Schema) -> None:
        self._writer = parquet.ParquetWriter(path, fields, compression="zstd")
        self._count = 0

    def __enter__(self) -> _Groups:
        return self

    def __exit__(self, *_: Any) -> None:
        self._writer.close()

    def add(self, table: pa.Table) -> int:
        """The number of the row group that holds `table`; -1 when it is empty."""
        if not table.num_rows:
            return -1
        self._writer.write_table(table, row_group_size=table.num_rows)
        self._count += 1
        return self._count - 1
