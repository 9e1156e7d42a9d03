"""Repairs that reading suggests: for picked rows or for all alike; the file is never changed."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from importer.intake import ReadingProblem, Repair, Repairs, SourceSpec, Stage
from importer.run import RunFolder, prepare_stage
from pages.parts import words
from pages.parts.markup import plain

SHOWN_ROWS = 200

KIND_WORDS = {
    "join": "A delimiter inside a cell: join the cells",
    "drop_empty": "An empty cell too many: take it out",
    "insert": "A cell missing: put an empty one in",
    "other_delimiter": "Another delimiter: cut the row there",
    "join_rows": "A row cut in two by a line end: join its parts",
    "mojibake": "Garbled letters: put them right",
}


def draw_repairs(folder: RunFolder, stage: Stage) -> None:
    """What could be repaired, by kind; what was, with a way back."""
    suggested: dict[str, list[ReadingProblem]] = {}
    if {"row_too_long", "row_too_short", "mojibake"} & stage.report.problem_counts.keys():
        for problem in stage.problems():
            if problem.repair and problem.code != "repaired_row":
                suggested.setdefault(problem.repair.split("/")[0], []).append(problem)
    repaired = stage.report.problem_counts.get("repaired_row", 0)
    if not suggested and not repaired:
        return
    st.subheader("Repairs", anchor=False)
    if repaired:
        left, right = st.columns([3, 1])
        told = words.count(repaired, "row is", "rows are")
        left.caption(f"{told} repaired. The original text is kept.")
        if right.button("Take repairs back", icon=":material/undo:", key="repairs_back"):
            _read_again(folder, stage, Repairs())
    for kind, problems in suggested.items():
        with st.expander(f"{KIND_WORDS.get(kind, kind)} ({words.count(len(problems), 'row')})"):
            _draw_kind(folder, stage, kind, problems)


def _draw_kind(folder: RunFolder, stage: Stage, kind: str, problems: list[ReadingProblem]) -> None:
    shown = problems[:SHOWN_ROWS]
    raw = dict(stage.raw_records([row for one in shown for row in _rows(one)]))
    frame = pd.DataFrame(
        {
            "row": [one.row for one in shown],
            "as in the file": [
                " ⏎ ".join(raw.get(row, b"").decode("utf-8", "replace") for row in _rows(one))[:300] for one in shown
            ],
            "repair": [_title(one.repair) for one in shown],
        }
    )
    picked = st.dataframe(
        frame,
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        column_config={"row": st.column_config.NumberColumn(width="small", format="localized")},
        key=f"repair_rows_{kind}",
    )
    places = picked["selection"]["rows"]
    line = st.container(horizontal=True)
    is_row_kind = kind != "mojibake"
    label = f"Repair the {len(places):,} picked" if places else "Repair the picked ones"
    if is_row_kind and line.button(label, disabled=not places, key=f"repair_some_{kind}"):
        wanted = {shown[at].row: Repair.from_text(shown[at].repair) for at in places}
        rows = {row: repair for row, repair in wanted.items() if row is not None and repair is not None}
        now = stage.report.repairs
        _read_again(folder, stage, Repairs({**now.rows, **rows}, now.kinds))
    if line.button(f"Repair all {len(problems):,}", type="primary", key=f"repair_all_{kind}"):
        now = stage.report.repairs
        _read_again(folder, stage, Repairs(now.rows, now.kinds | {kind}))


def _rows(problem: ReadingProblem) -> range:
    """The rows that a repair is about: of cut ones all."""
    row = problem.row or 0
    found = Repair.from_text(problem.repair) if "/" in problem.repair else None
    joined = found is not None and found.kind == "join_rows"
    return (
        range(row - found.at, row - found.at + found.count) if found is not None and joined else range(row, row + 1)
    )


def _title(repair: str) -> str:
    found = Repair.from_text(repair) if "/" in repair else None
    return plain(found.title()) if found is not None else "Put the letters right."


def _read_again(folder: RunFolder, stage: Stage, repairs: Repairs) -> None:
    with st.spinner("Reading the list again …"):
        spec = SourceSpec.from_dict(folder.draft().reading)
        spec = replace(spec, repair=tuple(sorted(repairs.kinds)))
        prepare_stage(folder, stage.report.dialect, repairs=repairs, spec=spec)
    st.rerun()
