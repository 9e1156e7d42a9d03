"""What a step will change, before it is done: how many cells or rows, which columns, and the first of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from importer.check import Cause, StepEffect
from importer.clean import (
    Change,
    ChunkSource,
    FillBlanks,
    FillFromAbove,
    Operation,
    Recipe,
    SetColumn,
    count_changes,
    count_each,
    take_cleaned,
)
from importer.intake import Stage
from importer.run import RunFolder, effect_examples, good_changes_of, read_schema
from pages.parts import words
from pages.parts.cleaning import Cleaning
from pages.parts.doing import do, short_title
from pages.parts.markup import Markup, plain, show, tag
from pages.parts.pieces import examples

COUNTED_ROWS = 200_000
"""Up to here it is counted without being asked; above, on request and with progress: it takes seconds."""

KEPT = 30
"""Counts of a long list that are remembered in a session."""

LOOKED_AT = 100
"""Failing rows that are looked through for cells that change."""

SAMPLE_CELLS = 5

GOOD_CELLS = 3
"""Of these, cells that have no problem."""

Version = tuple[str, ...]


def version_of(work: Cleaning, *operations: Operation) -> Version:
    """What a count hangs on: the list and its rules, the steps before, the operations."""
    told = (json.dumps(operation.to_dict(), sort_keys=True) for operation in operations)
    return (work.folder.run_id, work.result.report.fingerprint, work.recipe.fingerprint(), *told)


def draw_do(work: Cleaning, operation: Operation, key: str, cause: Cause | None = None) -> None:
    """How much it will change, the button that does it (none for what changes nothing), and the first of the cells.

    On the card of a `cause`: of those that have no problem, then of those that fail.
    """
    change = _counted(work, operation, key)
    effects = _good_cells(work, operation) if cause is not None and change is not None and change.cells else ()
    if change is not None:
        show(tag("div", change.sentence() + _about_good(change, effects), cls="ci-foretold", role="status"))
        if isinstance(operation, FillFromAbove) and not change.cells:
            st.caption(f"No blank cell of {plain(operation.column)} has a filled one above it.")
    nothing = change is not None and not (change.cells or change.dropped or change.added or change.removed)
    if not nothing and _gives_one_key(work, operation, change):
        told = f"{operation.column} is the key: with the same text several contacts would be one."
        show(tag("div", f"{told} Write each one under Row by row.", cls="ci-note"))
        nothing = True
    if st.button("Apply", type="primary", icon=":material/check:", key=f"{key}_do", disabled=nothing):
        do(work.folder, operation)
    good = [line for effect in effects for line in effect_examples(work.folder, effect)][:GOOD_CELLS]
    lines = _failing_cells(work, operation, cause) if cause is not None and not _is_unfitted(operation) else ()
    if lines and all(before == after for _, before, after in lines):
        show(tag("div", "The cells that fail stay as they are.", cls="ci-note"))
    changed = [line for line in lines if line[1] != line[2]]
    others = change.sample if change is not None and not changed else ()  # what does change is never out of sight
    sample = list(dict.fromkeys([*good, *changed, *others, *lines]))[:SAMPLE_CELLS]
    if sample:
        show(examples(["row", "before", "after"], [(f"{row:,}", before, after) for row, before, after in sample]))


def _gives_one_key(work: Cleaning, operation: Operation, change: Change | None) -> bool:
    """Whether it puts one text into several cells of what alone is the key; from above it is another's at once."""
    keys = [spec.column for spec in read_schema(work.folder).key_specs]
    if not isinstance(operation, FillFromAbove | FillBlanks | SetColumn) or keys != [operation.column]:
        return False
    return isinstance(operation, FillFromAbove) or change is None or change.cells > 1


def _about_good(change: Change, effects: Sequence[StepEffect]) -> str:
    good = sum(effect.good for effect in effects)
    if not good:
        return ""
    all_of_them = "It has" if good == 1 else "All of them have"
    if good < change.cells:
        all_of_them = f"{good:,} of them {'has' if good == 1 else 'have'}"
    return f" {all_of_them} no problem as they are." if good > 1 else f" {all_of_them} no problem as it is."


def _good_cells(work: Cleaning, operation: Operation) -> tuple[StepEffect, ...]:
    """What it changes though nothing is wrong with it; not looked for in a long list."""
    if work.stage.rows > COUNTED_ROWS:
        return ()
    return _count_good(version_of(work, operation), work.folder, operation)


def _is_unfitted(operation: Operation) -> bool:
    """Whether it has not seen the list, as it must before it does anything."""
    return isinstance(operation, FillFromAbove) and operation.runs is None


def _failing_cells(work: Cleaning, operation: Operation, cause: Cause) -> Sequence[tuple[int, str, str]]:
    """Up to five cells that fail, before and after; those that change first."""
    rows = work.result.failing_rows(0, LOOKED_AT, cause=cause)
    now = take_cleaned(work.recipe, work.stage, rows, {cause.column, *operation.needs()})
    if cause.column not in now.columns or cause.column not in operation.changes(tuple(now.columns)):
        return ()
    before, after = now[cause.column], operation.apply(now)[cause.column]
    order = (after == before).sort_values(kind="stable").index[:SAMPLE_CELLS]
    return [(int(row), str(before.at[row]), str(after.at[row])) for row in order]


def foretold(work: Cleaning, operations: Sequence[Operation]) -> dict[Operation, Change]:
    """What each of the operations that are suggested will change; nothing for a long list."""
    distinct = tuple(dict.fromkeys(operations))
    if not distinct or work.stage.rows > COUNTED_ROWS or work.folder.frozen:
        return {}
    told = _count_each(version_of(work, *distinct), _imported(work), work.recipe, distinct)
    return dict(zip(distinct, told, strict=True))


def foretold_line(operation: Operation, change: Change, named: int = 0) -> Markup:
    """`Trim spaces in Email: will change 38 cells in 38 rows.` `named`: cells that the card tells of; others that
    change as well are said."""
    sentence, others = change.sentence(), change.cells - named
    if named and others > 0 and not change.dropped:
        sentence += f" {others:,} of them {'is' if others == 1 else 'are'} not among the {named:,} of this card."
    return tag("div", f"{short_title(operation)}: {sentence[:1].lower()}{sentence[1:]}", cls="ci-note")


def draw_on_request(work: Cleaning, operations: Sequence[Operation], key: str) -> None:
    """For a long list: what the suggested operations will change, counted when a person asks."""
    if not operations or work.stage.rows <= COUNTED_ROWS or work.folder.frozen:
        return
    for operation, change in zip(operations, _asked(work, operations, key), strict=False):
        show(foretold_line(operation, change))


def _counted(work: Cleaning, operation: Operation, key: str) -> Change | None:
    if work.stage.rows <= COUNTED_ROWS:
        return _count(version_of(work, operation), _imported(work), work.recipe, operation)
    changes = _asked(work, (operation,), key)
    return changes[0] if changes else None


def _asked(work: Cleaning, operations: Sequence[Operation], key: str) -> tuple[Change, ...]:
    """What was counted on request; none, and the button that asks for it, before that."""
    kept: dict[Version, tuple[Change, ...]] = st.session_state.setdefault("foretold", {})
    version = version_of(work, *operations)
    if version not in kept:
        place = st.empty()
        if not place.button("What will it change?", key=f"count_{key}", icon=":material/preview:"):
            return ()
        if len(kept) >= KEPT:
            kept.clear()
        place.empty()
        kept[version] = _count_with_progress(work, operations)
    return kept[version]


def _count_with_progress(work: Cleaning, operations: Sequence[Operation]) -> tuple[Change, ...]:
    rows, done, bar = work.stage.rows, 0, st.progress(0.0, text="Counting …")
    stage = _imported(work)

    def tell(more: int) -> None:
        nonlocal done
        done += more
        bar.progress(min(1.0, done / rows), text=f"Counting … {words.percent(done, rows)}")

    changes = count_each(work.recipe, operations, stage, on_progress=tell)
    bar.empty()
    return changes


@dataclass(frozen=True)
class _Imported:
    """The list without the rows that a person left out: what becomes of them does not matter."""

    stage: Stage
    left_out: np.ndarray

    def chunks(self) -> Iterator[pd.DataFrame]:
        for chunk in self.stage.chunks():
            yield chunk[~chunk.index.isin(self.left_out)]


def _imported(work: Cleaning) -> ChunkSource:
    if not work.result.report.skipped:
        return work.stage
    return _Imported(work.stage, work.result.left_out_rows())


@st.cache_data(max_entries=100, show_spinner="Counting what it will change …")
def _count(version: Version, _stage: ChunkSource, _recipe: Recipe, _step: Operation) -> Change:
    return count_changes(_recipe, _step, _stage)


@st.cache_data(max_entries=100, show_spinner="Counting what each fix will change …")
def _count_each(
    version: Version, _stage: ChunkSource, _recipe: Recipe, _steps: tuple[Operation, ...]
) -> tuple[Change, ...]:
    return count_each(_recipe, _steps, _stage, sample=0)


@st.cache_data(max_entries=100, show_spinner="Looking at what it changes …")
def _count_good(version: Version, _folder: RunFolder, _step: Operation) -> tuple[StepEffect, ...]:
    return good_changes_of(Recipe((_step,)), _folder)
