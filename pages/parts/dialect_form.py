"""Encoding, delimiter, quote and header: what was found, why, and the runners-up one click away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from importer.intake import Choice, Dialect, Guess
from pages.parts import words
from pages.parts.markup import plain

HEADERS = {1: "first row names the columns", 0: "no header"}


def dialect_form(guess: Guess, now: Dialect, run_id: str) -> Dialect:
    """Draw the choices, `now` being picked; the dialect that is wanted."""
    member = now.member
    with st.container(border=True):
        if guess.members:
            member = _pick("Part of the file", guess.members, now.member, {}, run_id)
        first, second, third, fourth = st.columns(4)
        with first:
            encoding = _pick("Encoding", guess.encodings, now.encoding, words.ENCODING_WORDS, run_id)
        with second:
            delimiter = _pick("Delimiter", guess.delimiters, now.delimiter, words.DELIMITER_WORDS, run_id)
        with third:
            quote = _pick("Quote", guess.quotes, now.quote, words.QUOTE_WORDS, run_id)
        with fourth:
            header, preamble = _header(guess, now, run_id)
    return replace(
        now,
        encoding=encoding,
        delimiter=delimiter,
        quote=quote,
        header_rows=header,
        preamble_rows=preamble,
        member=member,
    )


def _pick(label: str, found: tuple[Choice, ...], now: str, names: Mapping[str, str], run_id: str) -> str:
    reasons = {choice.value: choice.reason for choice in found}
    options = list(dict.fromkeys([*reasons, now, *names]))
    picked = st.selectbox(
        label,
        options,
        index=options.index(now),
        format_func=lambda value: names.get(value, value or "none"),
        key=f"dialect_{label}_{run_id}",
    )
    best = found[0].value if found else now
    reason = reasons.get(picked, "your choice")
    st.caption(plain(reason) if picked == best else f"{plain(reason)} · found first: {plain(names.get(best, best))}")
    return str(picked)


def _header(guess: Guess, now: Dialect, run_id: str) -> tuple[int, int]:
    options = sorted({*HEADERS, 2, 3, now.header_rows}, reverse=True)
    header = st.selectbox(
        "Header",
        options,
        index=options.index(now.header_rows),
        format_func=lambda value: HEADERS.get(value, f"first {value} rows name the columns"),
        key=f"dialect_header_{run_id}",
    )
    st.caption(plain(guess.header_reason))
    preamble = st.number_input(
        "Lines to pass over before it", 0, 1000, now.preamble_rows, key=f"dialect_preamble_{run_id}"
    )
    return int(header), int(preamble)
