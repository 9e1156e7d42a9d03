"""The form of a pace: before a run, and while it runs."""

from __future__ import annotations

import streamlit as st

from importer.plan import Pace
from pages.parts import words

FREE = Pace()
MOST_A_SECOND = 1_000_000


def pace_form(run_id: str, now: Pace = FREE) -> Pace:
    """How fast; it begins with what holds `now`. The old 100 ms pause is one of the choices."""
    kinds = list(words.PACE_WORDS)
    kind = st.radio(
        "How fast",
        kinds,
        index=kinds.index(pace_kind(now)),
        format_func=lambda value: words.PACE_WORDS[value],
        key=f"pace_{run_id}",
    )
    if kind == "gentle":
        return Pace(pause_s=0.1, workers=1)
    rows = wcu = None
    if kind == "rows":
        rows = st.number_input("Rows a second", 1, MOST_A_SECOND, int(now.rate_rows or 500), key=f"rows_s_{run_id}")
    if kind == "wcu":
        units = int(now.rate_wcu or 100)
        wcu = st.number_input("Write units a second", 1, MOST_A_SECOND, units, key=f"wcu_s_{run_id}")
    workers = st.number_input(
        "Parallel requests",
        1,
        64,
        None if pace_kind(now) == "gentle" else now.workers,
        placeholder="automatic",
        help="Leave it empty: as many as bring more rows, 64 at the most.",
        key=f"workers_{run_id}",
    )
    return Pace(None if wcu is None else float(wcu), None if rows is None else float(rows), workers=workers)


def pace_kind(now: Pace) -> str:
    """Which of the choices it is."""
    if now.pause_s:
        return "gentle"
    if now.rate_wcu is not None:
        return "wcu"
    return "free" if now.rate_rows is None else "rows"
