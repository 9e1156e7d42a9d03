"""The other ways to mend the cells of one cause: trim, case, replace, one text for all of them, fill blanks."""

from __future__ import annotations

import streamlit as st

from importer.check import Cause, CheckResult
from importer.clean import ChangeCase, FillBlanks, Operation, Replace, SetCells, Trim, count_changes
from importer.errors import ConfigError, ImporterError
from pages.parts.cleaning import Cleaning
from pages.parts.guard import guard
from pages.parts.history_bar import do
from pages.parts.markup import plain, show
from pages.parts.pieces import examples

KINDS = {
    "trim": "Trim spaces",
    "case": "Change capitals",
    "replace": "Replace a text",
    "set": "Put one text into all these cells",
    "fill": "Fill the blanks",
}
MOST_CELLS = 20_000
"""One step with more cells than this would make the recipe unreadable; replace or a condition does it better."""


def draw_other_fix(work: Cleaning, cause: Cause) -> None:
    """The form in the popover: choose, see what it will change, do it."""
    name = f"{cause.code}_{cause.column}"
    kind = st.selectbox("What to do", list(KINDS), format_func=lambda value: KINDS[value], key=f"other_{name}")
    with st.form(f"other_form_{name}", border=False), guard("another way"):
        fields = _draw_fields(str(kind))
        row = st.container(horizontal=True)
        look = row.form_submit_button("What will it change?", icon=":material/preview:")
        go = row.form_submit_button("Do it", icon=":material/check:", type="primary")
        if look or go:
            operation = _operation(str(kind), fields, work.result, cause)
            if go:
                do(work.folder, operation)
            _draw_change(work, operation)


def _draw_fields(kind: str) -> dict[str, object]:
    if kind == "trim":
        return {"collapse": st.checkbox("Also make runs of spaces inside one space")}
    if kind == "case":
        cases = {"lower": "all small", "upper": "ALL CAPITALS", "title": "Each Word"}
        return {"case": st.radio("Capitals", list(cases), format_func=lambda value: cases[value], horizontal=True)}
    if kind == "replace":
        return {
            "find": st.text_input("Find"),
            "replacement": st.text_input("Put instead"),
            "is_pattern": st.checkbox("It is a pattern (regular expression)"),
        }
    return {"text": st.text_input("Text" if kind == "fill" else "Text (leave empty to empty the cells)")}


def _operation(kind: str, fields: dict[str, object], result: CheckResult, cause: Cause) -> Operation:
    if kind == "trim":
        return Trim((cause.column,), bool(fields["collapse"]))
    if kind == "case":
        return ChangeCase(cause.column, str(fields["case"]))
    if kind == "replace":
        return Replace(cause.column, str(fields["find"]), str(fields["replacement"]), bool(fields["is_pattern"]))
    if kind == "fill":
        return FillBlanks(cause.column, str(fields["text"]))
    if cause.count > MOST_CELLS:
        raise ConfigError(
            f"These are {cause.count:,} cells; at most {MOST_CELLS:,} are set at once. Use replace instead."
        )
    rows = result.failing_rows(0, MOST_CELLS, cause=cause)
    return SetCells(cause.column, tuple((int(row), str(fields["text"])) for row in rows))


def _draw_change(work: Cleaning, operation: Operation) -> None:
    try:
        change = count_changes(work.recipe, operation, work.stage)
    except ImporterError as error:
        st.error(plain(error))
        return
    st.caption(change.sentence())
    if change.sample:
        show(
            examples(
                ["row", "before", "after"], [(f"{row:,}", before, after) for row, before, after in change.sample]
            )
        )
