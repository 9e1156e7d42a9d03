"""What keeps a recipe from running on a list, all of it at once, each with a button that mends it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from importer.clean import RecipeProblem
from pages.parts import words
from pages.parts.markup import plain


def draw_problems(
    problems: Sequence[RecipeProblem],
    columns: Sequence[str],
    key: str,
    *,
    on_map: Callable[[str, str], None],
    on_leave_out: Callable[[int], None],
) -> None:
    """Every problem in words; its column mapped to the near one or to any other, or the step left out."""
    if len(problems) > 1:
        st.caption(f"{words.count(len(problems), 'problem')} to settle first.")
    for at, problem in enumerate(problems):
        with st.container(border=True):
            st.markdown(plain(_told(problem), 500))
            line = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
            if not problem.exists:
                _draw_mapping(line, problem, columns, f"{key}_{at}", on_map)
            label = f"Leave step {problem.number} out"
            if line.button(label, key=f"{key}_{at}_out", type="tertiary", icon=":material/close:"):
                on_leave_out(problem.number)


def _told(problem: RecipeProblem) -> str:
    if problem.exists:
        return f"Step {problem.number} makes column “{problem.column}”; the list has such a column already."
    has = f"the list has “{problem.near}”: map it?" if problem.near else "the list has none of a like name."
    return f"Step {problem.number} needs column “{problem.column}”; {has}"


def _draw_mapping(
    line: st.delta_generator.DeltaGenerator,
    problem: RecipeProblem,
    columns: Sequence[str],
    key: str,
    on_map: Callable[[str, str], None],
) -> None:
    if problem.near:
        label = f"Use {plain(problem.near, 60)} for {plain(problem.column, 60)}"
        if line.button(label, key=f"{key}_near", type="primary", icon=":material/check:"):
            on_map(problem.column, problem.near)
    other = line.selectbox(
        f"Another column for {plain(problem.column, 60)}",
        [column for column in columns if column != problem.near],
        index=None,
        placeholder="Another column",
        label_visibility="collapsed",
        key=f"{key}_other",
    )
    if other is not None:
        on_map(problem.column, str(other))
