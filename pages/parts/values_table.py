"""The values of a column with how many rows have each, and beside each what it shall become."""

from __future__ import annotations

from collections import Counter

import pandas as pd
import streamlit as st

from importer.check import Cause
from importer.clean import MAX_DISTINCT, Recipe, count_values, names_among
from importer.intake import Stage
from importer.run import RunFolder, list_now
from importer.store import value_counts
from pages.parts.beside import is_long
from pages.parts.cleaning import Cleaning

SHOWN_VALUES = 200
"""As many lines as a page ever has; the rest is found with the text above the table."""

LOOKED_AT = 20_000
"""Failing rows whose values a card counts."""

LONGEST = 200
"""Characters. A longer value is no name that comes again, and would be cut on screen."""

Pairs = tuple[tuple[str, str], ...]


def draw_values_table(work: Cleaning, column: str, key: str, cause: Cause | None) -> Pairs:
    """Draw it; (value, what it becomes) of the lines that a person changed. On a card: the failing values only."""
    counts = _counts(work, column, cause)
    wanted = st.text_input("Only values with", key=f"{key}_with", placeholder="part of a value")
    fitting = [(value, n) for value, n in counts.items() if wanted.casefold() in value.casefold()]
    lines = sorted(fitting, key=lambda line: (-line[1], line[0]))[:SHOWN_VALUES]
    if len(fitting) > SHOWN_VALUES:
        st.caption(f"The {SHOWN_VALUES} most frequent of {len(fitting):,} values.")
    frame = pd.DataFrame(lines, columns=["value", "rows"]).astype({"value": "str"})
    frame["becomes"] = frame["value"]
    config = st.column_config
    edited = st.data_editor(
        frame,
        hide_index=True,
        disabled=["value", "rows"],
        column_config={
            "rows": config.NumberColumn(width="small", format="localized"),
            "becomes": config.TextColumn("becomes (write here)"),
        },
        key=f"{key}_{column}_{wanted}",
        height=min(320, 38 + 35 * max(1, len(frame))),
    )
    after = edited["becomes"].fillna("").astype(str)
    return tuple((old, new) for old, new in zip(frame["value"], after, strict=True) if old != new)


def _counts(work: Cleaning, column: str, cause: Cause | None) -> dict[str, int]:
    version = (work.folder.run_id, work.stage.report.source_sha256, work.recipe.fingerprint(), column)
    if cause is not None and cause.column == column:
        rows = work.result.failing_rows(0, LOOKED_AT, cause=cause)
        return _of_rows((*version, cause.code), work.stage, work.recipe, column, rows)
    return _of_list(version, work.folder, work.stage, work.recipe, column)


@st.cache_data(max_entries=16, show_spinner="Counting the values …")
def _of_list(
    version: tuple[str, ...], _folder: RunFolder, _stage: Stage, _recipe: Recipe, column: str
) -> dict[str, int]:
    if is_long(_stage):
        counts = value_counts(list_now(_folder), column, _folder.store, MAX_DISTINCT)
        return _short(names_among(counts, column))
    return _short(count_values(_recipe, column, _stage))


@st.cache_data(max_entries=16, show_spinner="Counting the values …")
def _of_rows(
    version: tuple[str, ...], _stage: Stage, _recipe: Recipe, column: str, _rows: list[int]
) -> dict[str, int]:
    return _short(Counter(_recipe.apply(_stage.take(_rows)).frame[column].tolist()))


def _short(counts: Counter[str]) -> dict[str, int]:
    return {value: number for value, number in counts.items() if len(value) <= LONGEST}
