"""Find and replace: which cells would change, counted and sampled before anything is done. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from importer.clean.cells import SetCells
from importer.clean.growth import Growth
from importer.clean.operation import Operation
from importer.clean.replace import Replace
from importer.errors import ConfigError
from importer.profile import column_text

SAMPLE_CELLS = 5
"""Enough to see what happens, few enough to read."""

MOST_CELLS = 20_000
MOST_CHARACTERS = 5_000_000
"""More in single cells would make the recipe unreadable; a step for the whole column does it better."""


@dataclass
class Found:
    """What a search came to: `cells` that would change, in `rows` rows; how many of each column; the first as
    (row, column, before, after); the steps that do it, one a column."""

    cells: int = 0
    rows: int = 0
    by_column: dict[str, int] = field(default_factory=dict)
    sample: list[tuple[int, str, str, str]] = field(default_factory=list)
    steps: tuple[Operation, ...] = ()


@dataclass(frozen=True)
class _Hits:
    """The cells of one column of one chunk that change: their rows, and what they will be."""

    column: str
    rows: np.ndarray
    before: pa.Array
    after: pa.Array


def find_everywhere(frames: Iterable[pd.DataFrame], wanted: Sequence[Replace]) -> Found:
    """What the replacements change in the whole list (`frames`: its cleaned chunks).

    The steps are those of `wanted` that change anything: next month's list gets them too.
    """
    found = Found()
    for frame in frames:
        _add(found, _hits(frame, wanted))
    found.steps = tuple(replace for replace in wanted if replace.column in found.by_column)
    return found


def find_in_rows(frames: Iterable[pd.DataFrame], wanted: Sequence[Replace]) -> Found:
    """The same for some rows of the list (`frames`: only those): the steps set just these cells.

    Raises ConfigError above MOST_CELLS cells or MOST_CHARACTERS characters.
    """
    found, characters = Found(), 0
    cells: dict[str, list[tuple[int, str]]] = {}
    for frame in frames:
        hits = _hits(frame, wanted)
        _add(found, hits)
        for hit in hits:
            texts = hit.after.to_pylist()
            characters += sum(map(len, texts))
            cells.setdefault(hit.column, []).extend(zip(hit.rows.tolist(), texts, strict=True))
        if found.cells > MOST_CELLS or characters > MOST_CHARACTERS:
            raise ConfigError(
                f"These are more than {MOST_CELLS:,} cells, or very long ones. "
                "Replace in the whole list instead: that is one step for the column."
            )
    found.steps = tuple(SetCells(column, tuple(found_in)) for column, found_in in cells.items())
    return found


def _hits(frame: pd.DataFrame, wanted: Sequence[Replace]) -> list[_Hits]:
    out = []
    for replace in wanted:
        Growth(frame).refuse_ahead(replace, frame)
        before = column_text(frame, replace.column)
        after = column_text(replace.apply(frame), replace.column)
        changed = np.asarray(pc.fill_null(pc.not_equal(before, after), fill_value=False))
        if changed.any():
            mask = pa.array(changed)
            rows = frame.index.to_numpy()[changed]
            out.append(_Hits(replace.column, rows, before.filter(mask), after.filter(mask)))
    return out


def _add(found: Found, hits: Sequence[_Hits]) -> None:
    if not hits:
        return
    found.rows += len(np.unique(np.concatenate([hit.rows for hit in hits])))
    first: list[tuple[int, str, str, str]] = []
    for hit in hits:
        found.cells += len(hit.rows)
        found.by_column[hit.column] = found.by_column.get(hit.column, 0) + len(hit.rows)
        texts = (hit.before[:SAMPLE_CELLS].to_pylist(), hit.after[:SAMPLE_CELLS].to_pylist())
        first += [
            (int(row), hit.column, before, after)
            for row, before, after in zip(hit.rows[:SAMPLE_CELLS], *texts, strict=True)
        ]
    first.sort(key=lambda cell: cell[0])
    found.sample += first[: SAMPLE_CELLS - len(found.sample)]
