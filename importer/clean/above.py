"""FillFromAbove: blanks that take what stands above them, whichever chunk that is in. Pure.

A chunk does not know the rows before it: the runner resumes in the middle, the page takes single rows. So the list is
read once when the step is made (`importer.clean.fitting.fit`), and the step keeps where blanks stand under what text.
Then every chunk, and every single row, gets the same answer as the whole list. A step that has not seen its list
(`runs` is None: a recipe from another month) refuses to work until it is fitted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import ClassVar, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from importer.clean.columns import with_column
from importer.clean.fields import Fields, is_row_number, is_text, wrong_field
from importer.clean.operation import Operation, check_column, longest_bytes
from importer.errors import ConfigError
from importer.profile import column_text, is_blank

Run = tuple[int, int, str]

MAX_RUNS = 100_000
"""More of them would make a recipe of several megabytes that is read at every click."""


@dataclass(frozen=True)
class FillFromAbove(Operation):
    """Blank cells take the nearest filled cell above. `runs`: (first row, last row, text) of the blanks of one list.

    Blanks above the first filled cell stay blank.
    """

    column: str
    runs: tuple[Run, ...] | None = None

    kind: ClassVar[str] = "fill_from_above"

    def __post_init__(self) -> None:
        check_column(self.column)
        if self.runs is None:
            return
        if not all(is_row_number(first) and is_row_number(last) for first, last, _ in self.runs):
            raise wrong_field("runs", "must be a list of [first row, last row, text].")
        crossed = any(before[1] >= after[0] for before, after in pairwise(self.runs))
        if crossed or any(first > last for first, last, _ in self.runs):
            raise wrong_field("runs", "must be in row order and must not overlap.")

    def needs(self) -> tuple[str, ...]:
        return (self.column,)

    def changes(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        return (self.column,)

    def title(self) -> str:
        return f"Fill blanks in {self.column} from above"

    def longest_put(self) -> int:
        return longest_bytes(text for _, _, text in self.runs or ())

    def apply(self, chunk: pd.DataFrame) -> pd.DataFrame:
        if self.runs is None:
            raise ConfigError(
                f'"{self.title()}" has not seen this list yet. Take the step out and do it anew on the Check page.'
            )
        cells = column_text(chunk, self.column)
        if not self.runs or not len(cells):
            return chunk
        numbers: np.ndarray = chunk.index.to_numpy()
        firsts = np.fromiter((first for first, _, _ in self.runs), np.int64, len(self.runs))
        lasts = np.fromiter((last for _, last, _ in self.runs), np.int64, len(self.runs))
        at = np.asarray(np.searchsorted(firsts, numbers, side="right"), dtype=np.int64) - 1
        ends: np.ndarray = np.take(lasts, at.clip(min=0))
        inside = (at >= 0) & (numbers <= ends) & np.asarray(is_blank(cells))
        if not inside.any():
            return chunk
        texts = pa.array([self.runs[place][2] for place in at[inside]], pa.large_string())
        return with_column(chunk, self.column, pc.replace_with_mask(cells, pa.array(inside), texts))

    def unfitted(self) -> FillFromAbove:
        """The same step for a list it has not seen."""
        return replace(self, runs=None)

    @classmethod
    def read(cls, given: Fields) -> Self:
        column, runs = given.text("column"), given.take("runs", None)
        return cls(column, None if runs is None else _read_runs(runs))


def _read_runs(runs: object) -> tuple[Run, ...]:
    if not isinstance(runs, list | tuple):
        raise wrong_field("runs", "must be a list of [first row, last row, text].")
    for run in runs:
        if not isinstance(run, list | tuple) or len(run) != 3 or not is_text(run[2]):
            raise wrong_field("runs", "must be a list of [first row, last row, text].")
    return tuple((first, last, text) for first, last, text in runs)


class RunFinder:
    """Collects the runs of blanks of a list, chunk after chunk."""

    def __init__(self, column: str) -> None:
        self._column = column
        self._above: str | None = None
        self._open = 0
        self.runs: list[Run] = []

    def add(self, chunk: pd.DataFrame) -> None:
        """The next chunk. Raises ConfigError when there are more than `MAX_RUNS` runs."""
        cells = column_text(chunk, self._column)
        blank, numbers = np.asarray(is_blank(cells)), chunk.index.to_numpy()
        for start, stop in _stretches(blank):
            if blank[start]:
                self._note(int(numbers[start]), int(numbers[stop - 1]))
            else:
                self._above, self._open = cells[stop - 1].as_py(), 0
        if len(self.runs) > MAX_RUNS:
            raise ConfigError(
                f'Column "{self._column}" has more than {MAX_RUNS:,} stretches of blanks; that many cannot be kept. '
                "Fill them with a text or from another column."
            )

    def _note(self, first: int, last: int) -> None:
        if self._above is None:
            return
        if self._open:
            self.runs[-1] = (self._open, last, self._above)
        else:
            self.runs.append((first, last, self._above))
            self._open = first


def _stretches(blank: np.ndarray) -> Iterator[tuple[int, int]]:
    """(start, stop) of each longest stretch of equal flags."""
    if not len(blank):
        return
    edges = [0, *(np.flatnonzero(blank[1:] != blank[:-1]) + 1).tolist(), len(blank)]
    yield from pairwise(edges)
