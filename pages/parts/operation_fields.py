"""The fields of an operation's form, drawn; what a person put into them; the operation they make."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import available_timezones

import streamlit as st

from importer.check import Cause
from importer.clean import Condition, ConditionTest, Operation
from importer.errors import ConfigError
from pages.parts.cleaning import Cleaning
from pages.parts.countries import countries, country_words
from pages.parts.markup import plain
from pages.parts.operation_forms import Field, Form
from pages.parts.values_table import draw_values_table

UNFINISHED = object()
"""A condition of which something is still to be chosen or written."""

EVERY = "Every column"

NEEDS_NO_TEXT = (ConditionTest.IS_BLANK, ConditionTest.IS_NOT_BLANK)
FEWEST = {"one": 1, "these": 1, "two": 2}
MISSING = {
    "one": "Choose a column.",
    "some": f"Pick columns, or “{EVERY}”.",
    "these": "Pick at least one column.",
    "two": "Pick at least two columns, in the order they are joined.",
}


@dataclass(frozen=True)
class Place:
    """Where a form stands: `key` begins the keys of its fields. `cause`: on the card of which cause; `fix`: the step
    that puts a text into the cells with that problem."""

    work: Cleaning
    key: str
    columns: tuple[str, ...]
    key_column: str
    cause: Cause | None = None
    fix: Callable[[str], Operation] | None = None


def draw_operation(place: Place, form: Form, picked: tuple[str, ...] | None) -> Operation | None:
    """Draw the fields; the operation they make, None (and why) as long as they make none. `picked` None: no column is
    chosen yet."""
    if picked is None or len(picked) < FEWEST.get(form.picks, 0):
        st.caption(MISSING[form.picks])
        return None
    given: dict[str, object] = {"columns": picked, "key_column": place.key_column, "fix": place.fix}
    missing = []
    for field in form.fields:
        label = plain(field.label.format(key=place.key_column))
        given[field.name] = DRAWN[field.kind](place, field, label, picked)
        if field.needed and _is_unsaid(field, given[field.name]):
            missing.append(f"Fill in: {field.label.format(key=place.key_column)}.")
    if any(given[field.name] is UNFINISHED for field in form.fields):
        missing.append("Say which rows are meant.")
    if missing:
        st.caption(plain(missing[0]))
        return None
    try:
        operation = form.build(given)
        _refuse_misfit(place, operation)
    except ConfigError as error:
        st.warning(plain(_in_words(error, form, place), 500), icon=":material/info:")
        return None
    return operation


def _is_unsaid(field: Field, value: object) -> bool:
    """Whether a person has not said it yet; a choice may be an empty text."""
    return value is None or (not value and field.kind not in ("choice", "text or nothing"))


def _refuse_misfit(place: Place, operation: Operation) -> None:
    """A column that is there already, before anything is counted."""
    after = operation.columns_after(place.columns)
    twin = next((column for column in operation.makes() if after.count(column) > 1), None)
    if twin is not None:
        raise ConfigError(f'The list has a column "{twin}" already. Give the new one another name.')


def _in_words(error: ConfigError, form: Form, place: Place) -> str:
    told = str(error).replace('Field "key_column"', f'"{place.key_column}"')
    for field in form.fields:
        told = told.replace(f'Field "{field.name}"', f'"{field.label.format(key=place.key_column)}"')
    return told


def draw_columns(place: Place, form: Form, key: str) -> tuple[str, ...] | None:
    """The columns that a person chose, empty for every column; None as long as none is chosen."""
    if form.picks == "no":
        return ()
    if form.picks == "one":
        chosen = st.selectbox("Column", place.columns, index=None, placeholder="Choose a column", key=f"{key}_column")
        return None if chosen is None else (str(chosen),)
    if form.picks == "some" and st.checkbox(EVERY, key=f"{key}_every"):
        return ()
    picked = st.multiselect("Columns", place.columns, placeholder="Pick columns", key=f"{key}_columns")
    return tuple(str(column) for column in picked) or None


def _text(place: Place, field: Field, label: str, picked: tuple[str, ...]) -> object:
    return st.text_input(label, str(field.start), key=f"{place.key}_{field.name}", help=field.hint)


def _text_or_nothing(place: Place, field: Field, label: str, picked: tuple[str, ...]) -> object:
    """A text, or a person's word that the cells are to be empty; None as long as neither is said."""
    key = f"{place.key}_{field.name}"
    empty = bool(st.session_state.get(f"{key}_empty"))
    text = st.text_input(label, key=key, help=field.hint, disabled=empty)
    empty = st.checkbox("Empty the cells instead", key=f"{key}_empty")
    return "" if empty else text or None


def _flag(place: Place, field: Field, label: str, picked: tuple[str, ...]) -> object:
    return st.checkbox(label, bool(field.start), key=f"{place.key}_{field.name}")


def _choice(place: Place, field: Field, label: str, picked: tuple[str, ...]) -> object:
    choices = field.choices or {}
    return st.selectbox(
        label,
        list(choices),
        index=None if field.start is None else list(choices).index(str(field.start)),
        format_func=lambda value: choices[value],
        key=f"{place.key}_{field.name}",
    )


def _words(place: Place, field: Field, label: str, picked: tuple[str, ...]) -> object:
    start = ", ".join(str(word) for word in field.start) if isinstance(field.start, tuple) else ""
    told = st.text_input(label, start, key=f"{place.key}_{field.name}", help="Commas between them.")
    return tuple(word.strip() for word in told.split(",") if word.strip())


def _whole(place: Place, field: Field, label: str, picked: tuple[str, ...]) -> object:
    start = int(str(field.start))
    return int(
        st.number_input(label, 1999, 2199, start, key=f"{place.key}_{field.name}", help="With 2068, 69 is 1969.")
    )


def _digits(place: Place, field: Field, label: str, picked: tuple[str, ...]) -> object:
    return st.number_input(label, 2, 40, None, placeholder="5", key=f"{place.key}_{field.name}")


def _zone(place: Place, field: Field, label: str, picked: tuple[str, ...]) -> object:
    """A person says it: the same day begins at another second in each."""
    return st.selectbox(label, time_zones(), index=None, key=f"{place.key}_{field.name}")


@st.cache_data(show_spinner=False)
def time_zones() -> list[str]:
    """UTC, then the names of the IANA database."""
    return ["UTC", *sorted(available_timezones() - {"UTC"})]


def _other(place: Place, field: Field, label: str, picked: tuple[str, ...]) -> object:
    others = [column for column in place.columns if column not in picked]
    return st.selectbox(label, others, index=None, placeholder="Choose a column", key=f"{place.key}_{field.name}")


def _country(place: Place, field: Field, label: str, picked: tuple[str, ...]) -> object:
    return st.selectbox(label, ["", *countries()], format_func=country_words, key=f"{place.key}_{field.name}")


def _pairs(place: Place, field: Field, label: str, picked: tuple[str, ...]) -> object:
    return draw_values_table(place.work, picked[0], f"{place.key}_{field.name}", place.cause)


def _condition(place: Place, field: Field, label: str, picked: tuple[str, ...]) -> object:
    columns, tests = place.columns, [test.value for test in ConditionTest]
    first, second, third = st.columns([1, 1, 1.2], vertical_alignment="bottom", gap="small")
    key = f"{place.key}_{field.name}"
    column = first.selectbox(label, columns, index=None, placeholder="Choose a column", key=f"{key}_column")
    test = second.selectbox(
        "Test", tests, index=None, placeholder="Choose", key=f"{key}_test", label_visibility="collapsed"
    )
    if column is None or test is None:
        return UNFINISHED
    if test in NEEDS_NO_TEXT:
        return Condition(str(column), str(test))
    text = third.text_input(
        "Text", placeholder="text", key=f"{place.key}_{field.name}_text", label_visibility="collapsed"
    )
    return Condition(str(column), str(test), text) if text and _pattern_is_good(str(test), text) else UNFINISHED


def _pattern_is_good(test: str, text: str) -> bool:
    try:
        Condition("x", test, text)
    except ConfigError as error:
        st.warning(plain(str(error).replace('Field "text"', "The pattern"), 500), icon=":material/info:")
        return False
    return True


def _condition_or_all(place: Place, field: Field, label: str, picked: tuple[str, ...]) -> object:
    all_rows = {"all": "in every row", "some": "only in some rows"}
    chosen = st.radio(
        label,
        list(all_rows),
        index=None,
        format_func=all_rows.__getitem__,
        horizontal=True,
        key=f"{place.key}_{field.name}",
    )
    if chosen is None:
        return UNFINISHED
    return None if chosen == "all" else _condition(place, field, "Rows where", picked)


DRAWN: dict[str, Callable[[Place, Field, str, tuple[str, ...]], object]] = {
    "text": _text,
    "text or nothing": _text_or_nothing,
    "flag": _flag,
    "choice": _choice,
    "words": _words,
    "whole": _whole,
    "digits": _digits,
    "zone": _zone,
    "other": _other,
    "country": _country,
    "pairs": _pairs,
    "condition": _condition,
    "condition or all": _condition_or_all,
}
