"""Search, filter and sort what the grid shows: any of the list's rows, however many there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import streamlit as st

from importer.check import Cause
from importer.store import ListLook, RowFilter, RowOrder, cleaned_list
from pages.parts import words
from pages.parts.cleaning import Cleaning
from pages.parts.foretell import version_of
from pages.parts.grid_place import GridPlace, cause_name
from pages.parts.markup import plain
from pages.parts.one_row import decided_by_hand

MOST_VALUES = 200
"""Of a column to choose from; what is rarer is searched for."""

MOST_NAMED = 1_000
"""Columns to choose from: the names of more are too much for a list that opens."""

VALUE_CHARACTERS = 60
CAUSE_CHARACTERS = 70

MOST_CAUSES = 5
"""Problems of the rows that were found; the field above has all of them."""


@dataclass(frozen=True)
class Looked:
    """What is asked of the rows, and how many there are. `key`: all that the answers hang on."""

    look: ListLook
    wanted: RowFilter
    order: RowOrder
    total: int
    key: tuple[str, ...]

    def page(self, offset: int, limit: int) -> list[int]:
        """Numbers of some of the rows, in their order."""
        asked = (*self.key, str(offset), str(limit))
        rows: list[int] = _kept(asked, lambda: self.look.rows(self.wanted, self.order, offset, limit))
        return rows

    def all_rows(self) -> list[int]:
        """Numbers of all of them."""
        rows: list[int] = self.look.all_rows(self.wanted).tolist()
        return rows


def draw_look(work: Cleaning, cause: Cause | None, *, is_every: bool) -> Looked | None:
    """A line of search, column, value and order. None where nothing is asked: then the grid shows what it does."""
    run_id = work.folder.run_id
    columns = work.recipe.columns_after(work.stage.columns)[:MOST_NAMED]
    bar = st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="grid_look")
    text = bar.text_input("Search", placeholder="In any column", icon=":material/search:", key=f"grid_text_{run_id}")
    column = _choice(bar, "Only where", columns, "Any column", f"grid_column_{run_id}")
    values = bar.container(width=230) if column else None
    order = RowOrder(_choice(bar, "Sort by", columns, "As in the list", f"grid_sort_{run_id}"))
    if order.column and bar.checkbox("Largest first", key=f"grid_down_{run_id}"):
        order = replace(order, is_descending=True)
    if not (text.strip() or column or order.column):
        return None
    wanted = RowFilter(text.strip(), cause=(cause.code, cause.column) if cause else None)
    if cause is None and not is_every:
        wanted = replace(wanted, among=_undecided(work))
    work.folder.store.mkdir(mode=0o700, exist_ok=True)
    cleaned = cleaned_list(work.stage, work.recipe, work.folder.store)
    look = ListLook(cleaned, work.folder.check / "failures.parquet", work.folder.store)
    base = (*version_of(work), cause_name(cause) if cause else str(is_every), wanted.text)
    if wanted.text:
        wanted = RowFilter(among=_searched(base, look, wanted))
    if values is not None:
        with values:
            wanted = _draw_values(look, replace(wanted, column=column), base)
    key = (*base, column, repr(wanted.value), repr(order))
    total = _kept((*key, "count"), lambda: look.count(wanted))
    _begin_anew(run_id, key)
    looked = Looked(look, wanted, order, total, key)
    if cause is None and (text.strip() or wanted.value is not None):
        _draw_causes(work, looked)
    return looked


def _choice(bar: st.delta_generator.DeltaGenerator, label: str, columns: Sequence[str], none: str, key: str) -> str:
    return str(
        bar.selectbox(label, ["", *columns], format_func=lambda name: name[:60] or none, key=key, width=190) or ""
    )


def _draw_values(look: ListLook, wanted: RowFilter, base: tuple[str, ...]) -> RowFilter:
    """The column's most frequent values under the rest of the filter, with their counts."""
    counts = dict(_kept((*base, wanted.column, "values"), lambda: look.values(wanted, wanted.column, MOST_VALUES)))
    key = f"grid_value_{base[0]}_{wanted.column}"
    chosen = st.session_state.get(key)
    if chosen is not None:
        # The browser knows a choice by its words, and these change with the count: it is told them anew each time.
        st.session_state[key] = chosen

    def shown(value: str) -> str:
        name = (value if len(value) <= VALUE_CHARACTERS else value[:VALUE_CHARACTERS] + "…") or "(empty)"
        return f"{name} ({counts[value]:,})" if value in counts else name

    options = [*counts, *([chosen] if chosen is not None and chosen not in counts else ())]
    value = st.selectbox(
        "is", options, index=None, placeholder="Anything", format_func=shown, key=key, accept_new_options=True
    )
    return replace(wanted, value=value)


def _draw_causes(work: Cleaning, looked: Looked) -> None:
    """The problems that most of these rows have, with their counts; one click shows only its rows."""
    counts = _kept((*looked.key, "causes"), lambda: looked.look.causes(looked.wanted))
    causes = [cause for cause in work.result.report.causes if (cause.code, cause.column) in counts]
    causes.sort(key=lambda cause: -counts[cause.code, cause.column])
    if not causes:
        return
    titles = {
        cause_name(cause): f"{counts[cause.code, cause.column]:,} · {_said(work, cause)}"
        for cause in causes[:MOST_CAUSES]
    }
    more = f" (the {MOST_CAUSES} most frequent of {len(causes)})" if len(causes) > MOST_CAUSES else ""
    run_id = work.folder.run_id
    st.pills(
        f"Problems in these rows{more}",
        list(titles),
        format_func=titles.get,
        key=f"grid_facet_{run_id}",
        on_change=_choose,
        args=(run_id,),
    )


def _said(work: Cleaning, cause: Cause) -> str:
    """The reason as the rows have it, short."""
    said = work.result.message(cause.code, cause.column).rstrip(".")
    return plain(said if len(said) <= CAUSE_CHARACTERS else said[:CAUSE_CHARACTERS] + "…")


def _choose(run_id: str) -> None:
    problem = st.session_state.get(f"grid_facet_{run_id}")
    if problem:
        st.session_state[f"grid_cause_{run_id}"] = problem
        st.session_state[f"grid_facet_{run_id}"] = None


def _begin_anew(run_id: str, key: tuple[str, ...]) -> None:
    """Another question begins on its first page; what only a step changed stays where it is."""
    crumb, asked = f"grid_looked_{run_id}", key[3:]
    if st.session_state.get(crumb, asked) != asked:
        GridPlace.now(run_id).put(run_id, page=1)
    st.session_state[crumb] = asked


def _searched(base: tuple[str, ...], look: ListLook, wanted: RowFilter) -> np.ndarray:
    """The rows with the text, looked for once: what is counted and sorted of them reads no other row."""
    crumb = f"grid_searched_{base[0]}"
    search = st.session_state.get(crumb)
    if search is None or search[0] != base:
        with st.spinner("Looking through the list …"):
            search = (base, look.all_rows(wanted))
        st.session_state[crumb] = search
    rows: np.ndarray = search[1]
    return rows


def _undecided(work: Cleaning) -> np.ndarray:
    by_hand = decided_by_hand(work)
    rows = work.result.undecided_rows(0, work.result.report.undecided, by_hand=by_hand)
    numbers: np.ndarray = np.array(rows, dtype=np.int64)
    return numbers


@st.cache_data(max_entries=200, show_spinner="Looking through the list …")
def _kept(key: tuple[str, ...], _make: Callable[[], Any]) -> Any:
    """What was looked up, until the list or the question is another."""
    return _make()


def rows_words(looked: Looked) -> str:
    """`1,234 rows`."""
    return words.count(looked.total, "row")
