"""What a step will change, before it is done: how many cells or rows, which columns, and the first of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import partial

import numpy as np
import streamlit as st

from importer.check import Cause, StepEffect
from importer.clean import Change, FillBlanks, FillFromAbove, Operation, Recipe, SetColumn, take_cleaned
from importer.run import RunFolder, changes_job, effect_examples, good_changes_of, read_schema
from pages.parts.alike import WHOLE_S, columns_version
from pages.parts.beside import AT_ONCE_S, Telling, ended, is_long
from pages.parts.cleaning import Cleaning
from pages.parts.doing import do, short_title
from pages.parts.markup import Markup, plain, show, tag
from pages.parts.pieces import examples

COUNTING = Telling("Counting what it will change", "Counting was stopped.", "Count what it will change")
COUNTING_FIXES = Telling(
    "Counting what each fix will change", "Counting was stopped.", "Count what each fix will change"
)

MOST_CELLS_HERE = 40_000_000
"""Of a longer list one count takes some seconds of the processor: a process does it, in turn with others."""

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
    if is_long(work.stage):
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
    """What each of the operations that are suggested will change; of a long list nothing before it is counted, which
    is drawn meanwhile."""
    distinct = tuple(dict.fromkeys(operations))
    if work.folder.frozen:
        return {}
    left = tuple(operation for operation in distinct if _mark(work, operation) not in _KEPT)
    if left and not _count_beside(work, left, "fixes", COUNTING_FIXES, apart=is_long(work.stage)):
        return {step: _KEPT[_mark(work, step)] for step in distinct if step not in left}
    return {step: _KEPT[_mark(work, step)] for step in distinct}


def foretold_line(operation: Operation, change: Change, named: int = 0) -> Markup:
    """`Trim spaces in Email: will change 38 cells in 38 rows.` `named`: cells that the card tells of; others that
    change as well are said."""
    sentence, others = change.sentence(), change.cells - named
    if named and others > 0 and not change.dropped:
        sentence += f" {others:,} of them {'is' if others == 1 else 'are'} not among the {named:,} of this card."
    return tag("div", f"{short_title(operation)}: {sentence[:1].lower()}{sentence[1:]}", cls="ci-note")


_KEPT: dict[Version, Change] = {}
"""What was counted, over all sessions, by what it hangs on."""

MOST_KEPT = 1_000


def _mark(work: Cleaning, operation: Operation) -> Version:
    """What the count of one operation hangs on: the cells that it reads and writes, which rows are left, and which of
    them a person left out."""
    columns = work.recipe.columns_after(work.stage.columns)
    cells = [name for name in dict.fromkeys((*operation.needs(), *operation.changes(columns))) if name in columns]
    told = json.dumps(operation.to_dict(), sort_keys=True)
    out = _left_out(work)
    left_out = hashlib.sha256(out.tobytes()).hexdigest() if len(out) else ""
    return (work.folder.run_id, told, left_out, *columns, *map(str, columns_version(work, cells)))


def _left_out(work: Cleaning) -> np.ndarray:
    return work.result.left_out_rows() if work.result.report.skipped else np.empty(0, np.int64)


def _count_beside(
    work: Cleaning, operations: tuple[Operation, ...], kind: str, telling: Telling, *, apart: bool
) -> bool:
    """Count them, beside the page of a long list; whether they are counted by now."""
    marks = [_mark(work, operation) for operation in operations]
    job = partial(
        changes_job,
        folder=work.folder,
        recipe=work.recipe,
        operations=operations,
        left_out=_left_out(work),
        sample=SAMPLE_CELLS,
    )
    wait_s = AT_ONCE_S if is_long(work.stage) else WHOLE_S
    counted = ended(work.folder, kind, marks, job, telling, apart=apart, at_once_s=wait_s)
    if counted is None:
        return False
    _KEPT.update(zip(marks, counted.result, strict=True))
    for mark in list(_KEPT)[: max(0, len(_KEPT) - MOST_KEPT)]:
        _KEPT.pop(mark, None)
    return True


def _counted(work: Cleaning, operation: Operation, key: str) -> Change | None:
    """What it will change; None while that is counted."""
    mark = _mark(work, operation)
    is_big = work.stage.rows * len(work.stage.columns) > MOST_CELLS_HERE
    if mark not in _KEPT and not _count_beside(work, (operation,), f"preview_{key}", COUNTING, apart=is_big):
        return None
    return _KEPT[mark]


@st.cache_data(max_entries=100, show_spinner="Looking at what it changes …")
def _count_good(version: Version, _folder: RunFolder, _step: Operation) -> tuple[StepEffect, ...]:
    return good_changes_of(Recipe((_step,)), _folder)
