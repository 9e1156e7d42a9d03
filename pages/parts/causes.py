"""Fix cards: a cause in plain words, its rule, examples before and after, and what can be done about it."""

from __future__ import annotations

import json

import pandas as pd
import streamlit as st

from importer.check import Cause
from importer.clean import Decide, Operation, Recipe, count_changes
from importer.intake import Stage
from pages.parts import words
from pages.parts.cleaning import Cleaning
from pages.parts.colours import BUCKET_COLOURS, NEEDS_FIXING
from pages.parts.history_bar import do, short_title
from pages.parts.markup import Markup, plain, show, tag
from pages.parts.other_fix import draw_other_fix
from pages.parts.pieces import examples

SHOWN = 12
EXAMPLES = 3
OFFERED = 2

LOOKED_AT = 100
"""Failing rows that are looked through for examples that the suggestion mends."""

COUNTED_ROWS = 200_000
"""Up to here a suggestion says what it will change before it is picked; above, counting would hold up the page."""


def draw_causes(work: Cleaning) -> None:
    """The cards, those that still need a word first, most rows first."""
    causes = sorted(
        work.result.report.causes, key=lambda cause: (cause.verdict is not None, not cause.blocking, -cause.count)
    )
    for cause in causes[:SHOWN]:
        _draw_cause(work, cause)
    if len(causes) > SHOWN:
        st.caption(f"{len(causes) - SHOWN} more causes with fewer rows. They come up as these are dealt with.")


def _draw_cause(work: Cleaning, cause: Cause) -> None:
    tone = NEEDS_FIXING if cause.blocking and cause.verdict is None else BUCKET_COLOURS["pending"]
    with st.container(border=True):
        told, sample = st.columns([1, 1.15], gap="medium")
        with told:
            show(_head(cause, tone), *(_foretold(work, operation) for operation in _offered(cause)))
        with sample:
            _draw_examples(work, cause)
        if not work.folder.frozen:
            _draw_choices(work, cause)


def _head(cause: Cause, tone: str) -> Markup:
    parts = [tag("span", cls="ci-mark"), tag("span", cause.title, cls="ci-title")]
    if cause.verdict:
        parts.append(tag("span", words.VERDICT_WORDS[cause.verdict], cls="ci-badge"))
    elif not cause.blocking:
        parts.append(tag("span", "Does not hold rows back", cls="ci-badge"))
    parts.append(tag("span", cause.rule, cls="ci-rule"))
    return tag("div", *parts, cls="ci-cause", style=f"--ci-tone:{tone}")


def _offered(cause: Cause) -> tuple[Operation, ...]:
    distinct = {short_title(operation): operation for operation in reversed(cause.suggestions)}
    return tuple(operation for operation in cause.suggestions if operation in distinct.values())[:OFFERED]


def _foretold(work: Cleaning, operation: Operation) -> Markup:
    """What a suggestion will change, before it is picked."""
    if work.stage.rows > COUNTED_ROWS or work.folder.frozen:
        return Markup("")
    told = json.dumps(operation.to_dict(), sort_keys=True)
    version = (work.folder.run_id, work.stage.report.source_sha256, work.recipe.fingerprint(), told)
    return tag(
        "div", f"{short_title(operation)}: {_count(version, work.stage, work.recipe, operation)}", cls="ci-note"
    )


def _draw_examples(work: Cleaning, cause: Cause) -> None:
    """Up to three rows, those that the first suggestion mends before others."""
    rows = list(cause.example_rows[:EXAMPLES])
    if cause.suggestions and not work.folder.frozen:
        rows = work.result.failing_rows(0, LOOKED_AT, cause=cause)
    now = work.recipe.apply(work.stage.take(rows)).frame
    if now.empty:
        return
    if cause.column not in now.columns:
        show(examples(["row", "begins with"], [(f"{row:,}", _beginning(now, row)) for row in now.index[:EXAMPLES]]))
        return
    lines = [(f"{row:,}", text) for row, text in now[cause.column].head(EXAMPLES).items()]
    if cause.suggestions and not work.folder.frozen:
        after = cause.suggestions[0].apply(now).reindex(now.index)[cause.column].fillna("(dropped)")
        order = (after == now[cause.column]).sort_values(kind="stable").index[:EXAMPLES]
        lines = [(f"{row:,}", now.at[row, cause.column], after.at[row]) for row in order]
    show(examples(["row", cause.column, "after"][: len(lines[0])], lines))


def _beginning(frame: pd.DataFrame, row: int) -> str:
    return " · ".join(str(value) for value in frame.loc[row].tolist()[:4])


def _draw_choices(work: Cleaning, cause: Cause) -> None:
    name = f"{cause.code}_{cause.column}"
    line = st.container(horizontal=True, vertical_alignment="center", gap="small")
    for at, operation in enumerate(_offered(cause)):
        kind = "primary" if at == 0 and cause.verdict is None else "secondary"
        label = plain(short_title(operation), 80)
        if line.button(label, key=f"fix_{name}_{at}", type=kind, icon=":material/auto_fix_high:"):
            do(work.folder, operation)
    if cause.column and cause.column in work.stage.columns:
        with line.popover("Another way", icon=":material/tune:"):
            draw_other_fix(work, cause)
    for verdict, label, icon in (
        ("reject", "Reject these rows", ":material/block:"),
        ("drop", "Drop these rows", ":material/delete:"),
        ("accept", "Accept as they are", ":material/check:"),
    ):
        if verdict == cause.verdict or (verdict == "accept" and not cause.acceptable):
            continue
        if line.button(label, key=f"{verdict}_{name}", icon=icon, type="tertiary"):
            do(work.folder, Decide(cause.code, cause.column, verdict))


@st.cache_data(max_entries=200, show_spinner=False)
def _count(version: tuple[str, ...], _stage: Stage, _recipe: Recipe, _step: Operation) -> str:
    return str(count_changes(_recipe, _step, _stage).sentence())
