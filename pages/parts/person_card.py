"""Rows of one person side by side: what differs is marked, and what stays is chosen field by field."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from difflib import SequenceMatcher

import pandas as pd
import streamlit as st

from importer.clean import Survivor, propose_survivor
from importer.profile import SPACES
from pages.parts.alike import visible
from pages.parts.markup import Markup, plain, tag
from pages.parts.pieces import BLANK

ROWS = 8
"""Side by side on screen. What is not seen is not merged."""

CELL_CHARACTERS = 160

NEAR = 0.6
"""difflib ratio from which the letters that differ are marked one by one; below, the whole cell is another one."""


def row_words(rows: Sequence[int]) -> str:
    """`Row 12`, `Rows 12 and 845`, `Rows 2, 3 and 8`; of many rows the first and how many more."""
    if len(rows) == 1:
        return f"Row {rows[0]:,}"
    told = [f"{row:,}" for row in rows[:ROWS]]
    more = len(rows) - len(told)
    last = f"{more:,} more" if more else told.pop()
    return f"Rows {', '.join(told)} and {last}"


def choose_fields(
    cells: pd.DataFrame, failing: Collection[tuple[int, str]], key: str
) -> tuple[list[int], dict[str, int]]:
    """Which rows are one person, and for each column in which they differ the row whose cell stays."""
    rows = [int(row) for row in cells.index]
    if len(rows) > 2:
        picked = st.pills(
            "Rows that are this person",
            rows,
            selection_mode="multi",
            default=rows,
            format_func=lambda row: f"row {row:,}",
            key=f"rows_{key}",
        )
        rows = [row for row in rows if row in picked]
    if len(rows) < 2:
        return rows, {}
    choices: dict[str, int] = {}
    for one in propose_survivor(cells.loc[rows], failing).fields:
        if one.differs:
            texts = dict(one.cells)
            choices[one.column] = st.radio(
                plain(one.column),
                rows,
                index=rows.index(one.chosen),
                format_func=lambda row, texts=texts: f"{plain(visible(texts[row]))} :small[(row {row:,})]",
                key=f"field_{key}_{len(rows)}_{one.column}",
            )
    return rows, choices


def compare(cells: pd.DataFrame, survivor: Survivor | None, choices: Mapping[str, int]) -> Markup:
    """The rows as columns of a table, the columns that differ as its lines; below it what all have alike."""
    rows = [int(row) for row in cells.index]
    merged = {row for one in survivor.fields for row, _ in one.cells} if survivor else set()
    head = [tag("th", "")]
    for row in rows:
        fate = "would stay" if survivor and row == survivor.row else "would go" if row in merged else "is left alone"
        head.append(tag("th", f"row {row:,} ", tag("span", fate, cls="ci-fate")))
    differing = [name for name in cells.columns if cells[name].nunique() > 1]
    chosen = {one.column: choices.get(one.column, one.chosen) for one in survivor.fields} if survivor else {}
    lines = [_line(str(name), dict(cells[name].items()), rows, chosen.get(str(name))) for name in differing]
    table = tag("table", tag("thead", tag("tr", *head)), tag("tbody", *lines), cls="ci-compare")
    return Markup(tag("div", table, cls="ci-sideways") + _alike(cells, differing))


def _line(column: str, texts: dict[int, str], rows: Sequence[int], chosen: int | None) -> Markup:
    pattern = texts[chosen] if chosen is not None else None
    made = [tag("th", column, scope="row")]
    for row in rows:
        kept = row == chosen
        inner = _cell(texts[row], None if kept or pattern is None else pattern)
        made.append(
            tag("td", tag("span", "✓\u00a0", cls="ci-tick") if kept else "", inner, cls="ci-kept" if kept else None)
        )
    return tag("tr", *made)


def _cell(text: str, pattern: str | None) -> Markup:
    """A cell; where it differs from `pattern` it is marked."""
    if not text.strip(SPACES):
        return BLANK
    told = visible(text, CELL_CHARACTERS)
    if pattern is None:
        return tag("span", told)
    compared = SequenceMatcher(None, visible(pattern, CELL_CHARACTERS), told, autojunk=False)
    if compared.ratio() < NEAR:
        return tag("mark", told)
    pieces = compared.get_opcodes()
    return tag(
        "span",
        *(told[a:b] if kind == "equal" else tag("mark", told[a:b]) for kind, _, _, a, b in pieces if told[a:b]),
    )


def _alike(cells: pd.DataFrame, differing: Sequence[str]) -> Markup:
    same = [
        f"{name}: {visible(text)}" for name, text in cells.iloc[0].items() if name not in differing and text.strip()
    ]
    return tag("div", "The same in all: ", " · ".join(same), cls="ci-note ci-same") if same else Markup()
