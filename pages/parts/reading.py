"""How the source is read: what was found and why, each choice correctable, and what came of it."""

from __future__ import annotations

import json
from contextlib import suppress

import pandas as pd
import streamlit as st

from importer.errors import ImporterError, SourceError
from importer.intake import Dialect, Preview, Stage, has_cells_of_its_own, preview_source
from importer.run import RunFolder, open_stage
from pages.parts import words
from pages.parts.markup import plain, show, tag
from pages.parts.pieces import card, cards, raw_lines
from pages.parts.readings import read_list, reading_now
from pages.parts.source_form import draw_members, source_form

PREVIEW_ROWS = 20

MOST_PREVIEWED = 5
"""Of several lists that are read as one."""

PROBLEM_ROWS = 200


def draw_reading(folder: RunFolder) -> Stage | None:
    """Which list, the dialect with its choices, the first lines, the table that follows; the stage, read again where
    needed. None while it is open which of several lists is meant."""
    chosen = source_form(folder, kept_dialect(folder))
    if chosen is None:
        return None
    dialect, spec = chosen
    draw_preview(folder, dialect)
    if folder.stage.exists() and reading_now(folder) is None:
        with suppress(SourceError):  # what is damaged on the disk is read again
            stage = open_stage(folder)
            if stage.report.dialect == dialect and stage.slices >= 0:
                return stage
    return read_list(folder, dialect, spec)


def draw_frozen_reading(folder: RunFolder) -> Stage:
    """A planned run keeps the reading it was planned with."""
    st.info("This list is planned or imported: how it is read can no longer change.", icon=":material/lock:")
    dialect = kept_dialect(folder)
    if dialect is not None and folder.source.exists():
        draw_preview(folder, dialect)
    return open_stage(folder)


def kept_dialect(folder: RunFolder) -> Dialect | None:
    """The dialect that the stage was read with; None as long as there is none."""
    try:
        return Dialect.from_dict(json.loads(folder.dialect.read_text("utf-8")))
    except (OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError, ImporterError):
        return None


def draw_preview(folder: RunFolder, dialect: Dialect) -> None:
    """The first lines with their separators marked, and beside them the table they make; some rows of each list where
    they are several."""
    each = dialect.of_each[:MOST_PREVIEWED]
    previews = [preview_source(folder.source, one, max(1, PREVIEW_ROWS // len(each))) for one in each]
    frames = [_preview_frame(preview) for preview in previews]
    if len(frames) > 1:
        for frame, one in zip(frames, each, strict=True):
            frame.index = pd.Index([f"{one.member}, {row}" for row in frame.index], name="list, row")
    frame = pd.concat(frames)
    shown = words.count(len(frame), "row")
    shown = f"The first {shown}" if len(frame) > 1 else shown.capitalize()
    if len(frames) > 1:
        shown = f"The first rows of {'all' if len(each) == len(dialect.of_each) else f'{len(each)} of the'} lists"
    cells = "Every cell stays the text it is in the file."
    if has_cells_of_its_own(folder.source, each[0].member):
        cells = "Every cell has its value, whatever its format shows."
    if frame.empty and previews[0].is_cut:
        shown, cells = "The first row is too long to be shown here", "The numbers below are of the whole list."
    table, raw = st.tabs(["As a table", "As in the file"])
    with table:
        st.dataframe(frame, height=min(320, 38 + 35 * max(1, len(frame))), key="preview_table")
    with raw:
        show(raw_lines(previews[0].raw_lines, each[0].delimiter, each[0].quote))
    show(tag("div", f"{shown}. {cells}", cls="ci-note"))


def _preview_frame(preview: Preview) -> pd.DataFrame:
    frame = pd.DataFrame(list(preview.rows), columns=_distinct(preview.columns), dtype=str)
    frame.index = pd.Index(preview.row_numbers, name="row")
    return frame


def draw_audit(stage: Stage) -> None:
    """That every byte of the file is accounted for, and what was odd on the way, by kind."""
    audit, report = stage.report.audit, stage.report
    tone = "good" if audit.unaccounted_bytes == 0 else "bad"
    show(
        cards(
            card("rows", audit.records),
            card("columns", len(report.columns)),
            card("lines not imported", audit.set_aside, "header, blank lines, titles, totals"),
            card("bytes not read", audit.unaccounted_bytes, "" if tone == "good" else "Do not import this list."),
        )
    )
    draw_members(report)
    if not report.problem_counts and not report.warnings:
        show(tag("div", "No problems found in the file.", cls="ci-note"))
        return
    st.subheader("Problems found in the file", anchor=False)
    if report.warnings:
        st.markdown("\n".join(f"- {plain(warning.message, 500)}" for warning in report.warnings))
    if report.problem_counts:
        _draw_kinds(stage)


def _draw_kinds(stage: Stage) -> None:
    """Reading problems by kind, and the rows of the kind that is picked."""
    counts = sorted(stage.report.problem_counts.items(), key=lambda pair: -pair[1])
    told = {code: f"{problem_words(code)} ({count:,})" for code, count in counts}
    picked = st.pills(
        "Kind", list(told), format_func=told.__getitem__, label_visibility="collapsed", key="problem_kind"
    )
    if picked:
        _draw_problems(stage, str(picked))
    else:
        st.caption("Pick one to see its rows.")


def problem_words(code: str) -> str:
    """A reading problem's name for people."""
    return words.PROBLEM_WORDS.get(code, code.replace("_", " ").capitalize())


def _draw_problems(stage: Stage, code: str) -> None:
    found = [problem for problem in stage.problems() if problem.code == code]
    frame = pd.DataFrame(
        {"row": [p.row for p in found[:PROBLEM_ROWS]], "what": [p.message for p in found[:PROBLEM_ROWS]]}
    )
    config = {
        "row": st.column_config.NumberColumn(width="small", format="localized"),
        "what": st.column_config.TextColumn(width="large"),
    }
    st.dataframe(frame, hide_index=True, column_config=config, height=min(320, 38 + 35 * len(frame)))
    if any(problem.blocking for problem in found):
        st.caption("These rows are held back until you decide on the Check page.")
    elif code == "row_too_big":
        st.caption("These rows could not be taken in; they are set aside.")


def _distinct(columns: tuple[str, ...]) -> list[str]:
    """Column names fit for a frame: a blank one is shown as such, a second one gets its number."""
    seen: dict[str, int] = {}
    made = []
    for name in columns:
        seen[name] = seen.get(name, 0) + 1
        made.append(f"{name or '(no name)'} ({seen[name]})" if seen[name] > 1 else name or "(no name)")
    return made
