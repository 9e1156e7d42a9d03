"""Another way to mend the cells of one cause: every operation that works on the cells of one column."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from importer.check import Cause, Schema, are_dates, fix_of_cause
from importer.clean import Operation, Recipe, SetCells
from importer.errors import ConfigError
from importer.intake import Stage
from importer.run import read_schema
from pages.parts.cleaning import Cleaning
from pages.parts.foretell import Version, draw_do, version_of
from pages.parts.guard import guard
from pages.parts.operation_fields import Place, draw_operation
from pages.parts.operation_forms import FORMS, IN_A_CELL, SET_THESE

MOST_CELLS = 20_000
"""One step with more cells than this would make the recipe unreadable; replace or a condition does it better."""

LIKELY = {
    "key_missing": ("fill_from_column",),
    "required_blank": ("fill_blanks", "fill_from_column", "fill_from_above"),
    "not_a_phone": ("format_phones", "replace"),
    "no_country_code": ("format_phones",),
    "not_an_email": ("normalise_emails", "replace"),
    "not_a_number": ("parse_numbers", "replace"),
    "not_a_boolean": ("parse_yes_no", "map_values"),
    "wrong_date": ("parse_dates", "clear_no_dates"),
    "unread_date": ("parse_dates", "clear_no_dates"),
    "odd_date": ("parse_dates", "clear_no_dates"),
    "zero_date": ("clear_no_dates",),
    "two_date_orders": ("parse_dates",),
    "lost_zeros": ("pad_zeros",),
    "null_word": ("clear_words",),
    "prefix": ("replace",),
    "alike_keys": ("one_writing", "normalise_emails", "change_case"),
    "key_capitals": ("normalise_emails", "change_case"),
    "mojibake": ("repair_mojibake",),
    "padded": ("trim",),
    "invisible": ("remove_invisible",),
    "not_allowed": ("map_values", "replace"),
    "pattern_mismatch": ("replace", "parse_dates", "change_case"),
    "empty_set_element": ("parse_list",),
    "set_repeats_removed": ("parse_list",),
}
"""What mends a cause most often stands first."""


ONE_TEXT = ("fill_blanks", "fill_from_above", "set_column")
"""What puts the same text into several cells."""

OF_DATES = ("wrong_date", "unread_date", "odd_date", "two_date_orders")
"""Causes that only a column of dates has."""


def draw_other_fix(work: Cleaning, cause: Cause) -> None:
    """The form in the popover: choose, see what it will change, do it."""
    key = f"other_{work.folder.run_id}_{cause.code}_{cause.column}"
    schema = read_schema(work.folder)
    keys = [spec.column for spec in schema.key_specs]
    likely = LIKELY.get(cause.code, ())
    set_these = ("set_these",) if cause.column not in keys else ()
    names = dict.fromkeys((*likely, *set_these, *IN_A_CELL))
    for name in ONE_TEXT if keys == [cause.column] else ():
        names.pop(name)  # one key of several contacts
    if cause.code not in OF_DATES and not _are_dates(version_of(work), work.stage, work.recipe, cause.column):
        names.pop("clear_no_dates", None)  # it would empty the column
    forms = {**FORMS, "set_these": SET_THESE}
    with guard("another way"):
        name = st.selectbox(
            "What to do",
            list(names),
            index=None,
            placeholder="Choose what to do",
            format_func=lambda one: forms[one].label,
            key=f"{key}_what",
        )
        if name is None:
            st.caption("What it will change is said here, before anything is done.")
            return
        fields = f"{key}_{name}_{len(work.recipe.operations)}"
        columns = work.recipe.columns_after(work.stage.columns)
        fix = _fix_of(work, cause, schema) if name == "set_these" else None
        place = Place(work, fields, columns, keys[0], cause, fix)
        operation = draw_operation(place, forms[name], (cause.column,))
        if operation is not None:
            draw_do(work, operation, fields, cause)


@st.cache_data(max_entries=100, show_spinner=False)
def _are_dates(version: Version, _stage: Stage, _recipe: Recipe, column: str) -> bool:
    return are_dates(_recipe, _stage, column)


def _fix_of(work: Cleaning, cause: Cause, schema: Schema) -> Callable[[str], Operation]:
    """The step for a text: about the cause where a cell tells that it fails, so that it holds for any list; else
    about the rows of this one."""
    rows = work.result.failing_rows(0, MOST_CELLS + 1, cause=cause)
    cells = work.recipe.apply(work.stage.take(rows)).frame[cause.column]

    def fix(text: str) -> Operation:
        step = fix_of_cause(cause.code, schema.column(cause.column), cells, text)
        if step is not None:
            return step
        if len(rows) > MOST_CELLS:
            raise ConfigError(f"More than {MOST_CELLS:,} rows have this problem. Replace a text, or use a condition.")
        return SetCells(cause.column, tuple((int(row), text) for row in cells.index))

    return fix
