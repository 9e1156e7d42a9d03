"""Encoding, delimiter, quote and header: what was found, why, and the runners-up one click away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from importer.intake import ENCODING_WORDS, Choice, Dialect, Guess
from pages.parts import words
from pages.parts.markup import plain

HEADERS = {
    (1, 0): "row 1 names columns",
    (0, 0): "no header",
    (2, 0): "rows 1–2 name columns",
    (3, 0): "rows 1–3 name columns",
}
"""(rows that name the columns, rows below them that say it again)"""

MOST_ABOVE = 10_000_000
"""A header further down is out of reach anyway."""


def dialect_form(guess: Guess, now: Dialect, place: str, *, only_header: bool = False) -> Dialect:
    """Draw the choices, `now` being picked; the dialect that is wanted. `place` tells lists apart. `only_header`: the
    list has cells of its own, so that nothing else is open."""
    with st.container(border=True, key="dialect"):
        if only_header:
            with st.container(width=520):
                return _with_header(guess, now, place)
        first, second, third, fourth = st.columns(4)
        with first:
            encoding = _pick(
                "Encoding", guess.encodings, (now.encoding, guess.dialect.encoding), ENCODING_WORDS, place
            )
        with second:
            delimiter = _pick(
                "Delimiter", guess.delimiters, (now.delimiter, guess.dialect.delimiter), words.DELIMITER_WORDS, place
            )
        with third:
            quote = _pick("Quote", guess.quotes, (now.quote, guess.dialect.quote), words.QUOTE_WORDS, place)
        with fourth:
            made = _with_header(guess, now, place)
        if now.drawn or guess.dialect.drawn:
            st.caption(
                "The list is a table drawn in text; its lines are cut at its columns, whatever the delimiter. Choose "
                "another delimiter to cut them there instead."
            )
    drawn = guess.dialect.drawn if delimiter == guess.dialect.delimiter else ""
    curly = guess.dialect.curly if quote and delimiter == guess.dialect.delimiter else ""
    return replace(made, encoding=encoding, delimiter=delimiter, quote=quote, drawn=drawn, curly=curly)


def _with_header(guess: Guess, now: Dialect, place: str) -> Dialect:
    header, labels, preamble = _header(guess, now, place)
    return replace(now, header_rows=header, label_rows=labels, preamble_rows=preamble)


def _pick(
    label: str, found: tuple[Choice, ...], now_and_guess: tuple[str, str], names: Mapping[str, str], place: str
) -> str:
    """One choice with its reason; the runner-up, or what was found first, is a button."""
    now, guessed = now_and_guess
    key = f"dialect_{label}_{place}"
    known = str(st.session_state.setdefault(key, now))
    reasons = {choice.value: choice.reason for choice in found}
    options = list(dict.fromkeys([*reasons, guessed, now, known, *names]))
    picked = str(st.selectbox(label, options, format_func=lambda value: names.get(value, value or "none"), key=key))
    st.caption(plain(reasons.get(picked, "your choice")))
    runner_up = next((choice.value for choice in found if choice.value != guessed), guessed)
    other = runner_up if picked == guessed else guessed
    if other != picked:
        name = names.get(other, other or "none").split("  ")[0].split(" (")[0]
        st.button(
            plain(f"Use {name} instead" if picked == guessed else f"Back to {name}"),
            type="tertiary",
            icon=":material/swap_horiz:",
            help=plain(reasons.get(other, "found first")),
            key=f"rather_{label}_{place}",
            on_click=_choose,
            args=(key, other),
        )
    return picked


def _choose(key: str, value: str) -> None:
    st.session_state[key] = value


def _header(guess: Guess, now: Dialect, place: str) -> tuple[int, int, int]:
    """Rows that name the columns, rows below that say it again, lines above."""
    found = (guess.dialect.header_rows, guess.dialect.label_rows)
    options = sorted({*HEADERS, found, (now.header_rows, now.label_rows)}, reverse=True)
    header, labels = st.selectbox(
        "Header",
        options,
        index=options.index((now.header_rows, now.label_rows)),
        format_func=lambda rows: HEADERS.get(rows) or _header_words(*rows),
        key=f"dialect_header_{place}",
    )
    st.caption(plain(guess.header_reason))
    preamble = st.number_input(
        "Lines to skip above the header", 0, MOST_ABOVE, now.preamble_rows, key=f"dialect_preamble_{place}"
    )
    return int(header), int(labels), int(preamble)


def _header_words(header: int, labels: int) -> str:
    names = HEADERS.get((header, 0), f"rows 1–{header} name columns")
    return f"{names}, {words.count(labels, 'row')} below left out" if labels else names
