"""Which fixed rows want what another row of the run has already: its key, or a text that must not repeat.

The list is read once more, chunk by chunk; of it only the row numbers of such clashes are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from importer.check import Schema, Unique, Winner, key_texts
from importer.run import Bucket, Ledger, ListToSend

Outcome = tuple[str, str, str]
"""Bucket, code, column."""

OnProgress = Callable[[int, int], None]


@dataclass(frozen=True)
class Wanted:
    """The texts of fixed rows that other rows might have: under "" the keys, else by column. Index: row numbers."""

    texts: Mapping[str, pd.Series]

    @classmethod
    def of(cls, frame: pd.DataFrame, schema: Schema) -> Wanted:
        """Of `frame`, cleaned rows that the check called ready."""
        return cls(_texts(frame, schema))


def find_clashes(
    wanted: Wanted, lists: Sequence[ListToSend], ledger: Ledger, on_progress: OnProgress | None = None
) -> dict[int, Outcome]:
    """Row → what becomes of it, of fixed rows that clash with a row that is written or waits to be sent.

    The other row stays, whatever the winner rule: it may be in the table already, and a fix must not replace it
    without a word. With the rule "reject them all" the fixed row is rejected, else it is a duplicate.
    """
    schema = lists[0].schema
    fixed = ledger.fixed_rows()
    total = sum(listed.stage.rows for listed in lists)
    clashes: dict[int, Outcome] = {}
    done = 0
    for number, listed in enumerate(lists):
        for index in range(listed.stage.slices):
            ready = listed.checked.ready_rows(index)
            holds = ready[[fixed.get(row, 0) == number for row in ready.tolist()]]
            failed = ledger.buckets_of(holds.tolist()) if len(holds) else {}
            holds = holds[[failed.get(row) not in _WITHOUT for row in holds.tolist()]]
            if len(holds):
                frame = listed.recipe.apply(listed.stage.chunk(index)).frame.loc[holds]
                clashes |= _clashes(wanted, frame, schema)
            done += listed.stage.slice_rows[index]
            if on_progress is not None:
                on_progress(done, total)
    return clashes


_WITHOUT = (Bucket.FAILED.value, Bucket.REJECTED.value, Bucket.DUPLICATE.value)
"""Such a row has a place in a slice and is not in the table."""


def _texts(frame: pd.DataFrame, schema: Schema) -> dict[str, pd.Series]:
    unique = {spec.column: frame[spec.column] for spec in schema.columns if spec.unique}
    return {"": key_texts(frame, schema), **{column: cells[cells != ""] for column, cells in unique.items()}}


def _clashes(wanted: Wanted, frame: pd.DataFrame, schema: Schema) -> dict[int, Outcome]:
    found: dict[int, Outcome] = {}
    held = _texts(frame, schema)
    for column in (*(name for name in held if name), ""):
        mine = wanted.texts[column]
        taken: Any = mine.isin(set(np.asarray(held[column][held[column].isin(mine)])))
        for row in mine.index[taken].tolist():
            found[int(row)] = _outcome(column, schema)
    return found


def _outcome(column: str, schema: Schema) -> Outcome:
    if column:
        return Bucket.REJECTED.value, Unique.code, column
    key = schema.key_specs[0].column
    if schema.winner is Winner.REJECT:
        return Bucket.REJECTED.value, "key_conflict", key
    return Bucket.DUPLICATE.value, "duplicate_key", key
