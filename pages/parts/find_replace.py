"""Find and replace over the failing rows or the whole list: counted and shown before it is done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from importer.check import Cause
from importer.clean import Found, Replace, find_everywhere, find_in_rows
from pages.parts import words
from pages.parts.cleaning import Cleaning
from pages.parts.grid_place import cause_name
from pages.parts.guard import guard
from pages.parts.history_bar import do
from pages.parts.markup import plain, show
from pages.parts.one_row import decided_by_hand
from pages.parts.pieces import examples

EVERY = "Every column"
SHOWN, WHOLE = "Only in the rows shown here, on every page", "In the whole list, and in the next one too"

BATCH_ROWS = 20_000
"""Rows taken at a time: the rows of a slice."""


@dataclass(frozen=True)
class _Search:
    """What was looked for; `version`: the list and the filter it was looked for in."""

    wanted: tuple[Replace, ...]
    whole: bool
    version: tuple[str, ...]


def draw_find(work: Cleaning, cause: Cause | None) -> None:
    """The form, behind a popover; below it what was found."""
    crumb = f"find_found_{work.folder.run_id}"
    version = (work.recipe.fingerprint(), work.result.report.fingerprint, cause_name(cause) if cause else "")
    with st.popover("Find and replace", icon=":material/find_replace:"), guard("find and replace"):
        search = _draw_form(work, cause, version)
        if search is not None:
            st.session_state.pop(crumb, None)
            st.session_state[crumb] = (search, _look(work, cause, search))
        made = st.session_state.get(crumb)
        if made is not None and made[0].version == version:
            _draw_found(work, made[1])


def _draw_form(work: Cleaning, cause: Cause | None, version: tuple[str, ...]) -> _Search | None:
    """The search, in the run that asks for it; None otherwise."""
    run_id, columns = work.folder.run_id, work.recipe.columns_after(work.stage.columns)
    start = columns.index(cause.column) + 1 if cause and cause.column in columns else None
    with st.form(f"find_{run_id}", border=False):
        find = st.text_input("Find", key=f"find_what_{run_id}")
        put = st.text_input("Put instead (empty takes it away)", key=f"find_put_{run_id}")
        is_pattern = st.checkbox("It is a pattern (regular expression)", key=f"find_pattern_{run_id}")
        column = st.selectbox(
            "In", [EVERY, *columns], index=start, placeholder="Choose a column", key=f"find_in_{run_id}_{start or 0}"
        )
        where = st.radio("Where", [SHOWN, WHOLE], key=f"find_where_{run_id}")
        if not st.form_submit_button("Find", icon=":material/search:", type="primary"):
            return None
        if column is None:
            st.caption(f"Choose a column, or “{EVERY}”.")
            return None
    names = columns if column == EVERY else (str(column),)
    return _Search(tuple(Replace(name, find, put, is_pattern) for name in names), where == WHOLE, version)


def _look(work: Cleaning, cause: Cause | None, search: _Search) -> Found:
    with st.spinner("Looking through the list …"):
        if search.whole:
            frames = (work.recipe.apply(chunk).frame for chunk in work.stage.chunks())
            return find_everywhere(frames, search.wanted)
        return find_in_rows(_failing(work, cause), search.wanted)


def _failing(work: Cleaning, cause: Cause | None) -> Iterator[pd.DataFrame]:
    """The rows of the filter, cleaned, some at a time."""
    after, by_hand = 0, decided_by_hand(work)
    while True:
        if cause:
            rows = work.result.rows_of(cause, after=after, limit=BATCH_ROWS)
        else:
            rows = work.result.undecided_rows(0, BATCH_ROWS, after=after, by_hand=by_hand)
        if not rows:
            return
        yield work.recipe.apply(work.stage.take(rows)).frame
        after = rows[-1]


def _draw_found(work: Cleaning, found: Found) -> None:
    if not found.cells:
        st.info("Not found. Capitals and spaces count.", icon=":material/search_off:")
        return
    where = ", ".join(f"{count:,} in {column}" for column, count in found.by_column.items())
    told = f"{words.count(found.cells, 'cell')} in {words.count(found.rows, 'row')} will change: {where}."
    st.markdown(plain(told, limit=600))
    head = ["row", "column", "before", "after"]
    show(examples(head, [(f"{row:,}", column, before, after) for row, column, before, after in found.sample]))
    steps = "" if len(found.steps) == 1 else f" ({len(found.steps)} steps)"
    label = f"Replace in {words.count(found.cells, 'cell')}{steps}"
    if st.button(label, icon=":material/check:", type="primary", key="find_do", disabled=work.folder.frozen):
        do(work.folder, *found.steps, name="Find and replace")
