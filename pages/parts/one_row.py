"""One failing row at a time: what is wrong with it, its bad cells to type in, and on to the next. Fits a phone."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from importer.check import Cause, FailureCase
from importer.clean import DecideRows, Operation, SetCells
from importer.profile import SPACES
from importer.run import RunFolder
from pages.parts import words
from pages.parts.cleaning import Cleaning
from pages.parts.focus import focus_first
from pages.parts.grid_editor import why
from pages.parts.grid_edits import SHOWN_CHARACTERS, keep_steps
from pages.parts.grid_place import GridPlace
from pages.parts.guard import guard
from pages.parts.markup import plain, show, tag
from pages.parts.pieces import cell

STILL = {
    "save": "Saved, but the row still needs fixing.",
    "same": "Nothing was changed in this row, so it still needs fixing.",
    "accept": "Some of this cannot be accepted: the table has no such value. Mend it or reject the row.",
}


def decided_by_hand(work: Cleaning) -> list[int]:
    """Rows that were rejected or dropped one by one."""
    return [row for row, verdict in work.recipe.row_verdicts().items() if verdict != "accept"]


def next_row(work: Cleaning, cause: Cause | None, at: int) -> int | None:
    """The first row from `at` on that still wants a word; None when there is none."""
    decided = decided_by_hand(work)
    if cause is None:
        rows = work.result.undecided_rows(0, 1, after=at - 1, by_hand=decided)
    else:
        done = work.recipe.row_verdicts() if cause.acceptable else decided
        rows = work.result.rows_of(cause, after=at - 1, limit=1, without=done)
    return rows[0] if rows else None


def draw_one_row(work: Cleaning, place: GridPlace, cause: Cause | None, left: int) -> None:
    """The row at `place`, or the first after it with a problem."""
    row = next_row(work, cause, place.row)
    if row is None:
        _draw_end(work, place, cause)
        return
    cells = work.recipe.apply(work.stage.take([row])).frame
    if cells.empty:
        place.put(work.folder.run_id, row=row + 1)
        st.rerun()
    cases = work.result.problems_of([row])[row]
    told = st.session_state.pop(_crumb(work.folder), None)
    place.put(work.folder.run_id, row=row)
    with st.container(border=True, key="one_row"):
        count = words.count(left, "row")
        show(tag("div", tag("b", f"Row {row:,}"), tag("span", f"{count} left", cls="ci-note"), cls="ci-row-head"))
        if told and told[0] == row:
            st.warning(STILL[told[1]], icon=":material/error:")
        _draw_form(work, cells.loc[row], row, cases)


def _draw_end(work: Cleaning, place: GridPlace, cause: Cause | None) -> None:
    if next_row(work, cause, 1) is None:
        st.success("No row is left here.", icon=":material/done_all:")
        return
    st.info("That was the last row. Those that were skipped are left.", icon=":material/last_page:")
    if st.button("Start again at the first", icon=":material/first_page:", key="one_again"):
        place.put(work.folder.run_id, row=1)
        st.rerun()


def _draw_form(work: Cleaning, cells: pd.Series, row: int, cases: Sequence[FailureCase]) -> None:
    bad = list(dict.fromkeys(case.column for case in cases if case.column in cells.index))
    whole = [case for case in cases if case.column not in cells.index]
    if whole:
        st.markdown(plain(why(whole)))
    every = not bad or st.toggle("Change the other cells too", key=f"one_all_{work.folder.run_id}")
    fields = [*bad, *(column for column in cells.index if column not in bad)] if every else bad
    name = f"one_{work.folder.run_id}_{row}_{work.recipe.fingerprint()[:8]}"
    wide, aside = (st.container(), None) if every else st.columns([1.25, 1], gap="large")
    with wide, st.form(name, border=False):
        for at, column in enumerate(fields):
            reason = [case for case in cases if case.column == column]
            _draw_field(f"{name}_{at}", str(column), str(cells[column]), why(reason) if reason else "")
        before = {str(column): str(cells[column]) for column in fields}
        _draw_buttons(work.folder, row, name, before, acceptable=_acceptable(work, cases))
    if aside is not None:
        others = [part for c in cells.index if c not in bad for part in _fact(str(c), str(cells[c]))]
        with aside:
            show(tag("dl", *others, cls="ci-facts"))
    focus_first("one_row", name)


def _draw_field(key: str, column: str, text: str, reason: str) -> None:
    label = plain(reason or column)
    if text != text.strip(SPACES):
        show(tag("div", "As it stands: ", cell(text[:SHOWN_CHARACTERS]), cls="ci-note"))
    if len(text) > SHOWN_CHARACTERS:
        st.caption(plain(f"{column}: {len(text):,} characters, too long to change here. Use Find and replace."))
    elif "\n" in text or "\r" in text:
        st.text_area(label, text, key=key)
    else:
        st.text_input(label, text, key=key)


def _fact(column: str, text: str) -> tuple[object, object]:
    return tag("dt", column), tag("dd", cell(text[:SHOWN_CHARACTERS]))


def _draw_buttons(folder: RunFolder, row: int, name: str, before: dict[str, str], *, acceptable: bool) -> None:
    line = st.container(horizontal=True, gap="small")
    ways = [("save", "Save and next", ":material/arrow_forward:"), ("reject", "Reject and next", ":material/block:")]
    if acceptable:
        ways.append(("accept", "Accept and next", ":material/check:"))
    ways.append(("skip", "Skip", ":material/skip_next:"))
    for way, label, icon in ways:
        line.form_submit_button(
            label,
            icon=icon,
            type="primary" if way == "save" else "secondary",
            disabled=folder.frozen and way != "skip",
            on_click=_answer,
            args=(folder, row, way, name, before),
            key=f"{name}_{way}",
        )


def _acceptable(work: Cleaning, cases: Sequence[FailureCase]) -> bool:
    causes = (work.result.report.cause(case.code, case.column) for case in cases)
    return any(cause is not None and cause.acceptable for cause in causes)


def _answer(folder: RunFolder, row: int, way: str, name: str, before: dict[str, str]) -> None:
    """What the person said about this row, whatever row is on screen by now."""
    with guard("one row"):
        if way == "skip":
            GridPlace.now(folder.run_id).put(folder.run_id, row=row + 1)
            return
        steps: list[Operation] = [] if way == "save" else [DecideRows((row,), way)]
        if way == "save":
            steps = [SetCells(column, ((row, text),)) for column, text in _typed(name, before).items()]
        st.session_state[_crumb(folder)] = (row, way if steps else "same")
        if steps and not folder.frozen:
            keep_steps(folder, *steps)


def _typed(name: str, before: dict[str, str]) -> dict[str, str]:
    """Column → new text, of the fields that were changed. A browser's field has only one kind of line end."""
    found = {}
    for at, (column, text) in enumerate(before.items()):
        now = st.session_state.get(f"{name}_{at}")
        if isinstance(now, str) and _one_line_end(now) != _one_line_end(text):
            found[column] = now
    return found


def _one_line_end(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _crumb(folder: RunFolder) -> str:
    return f"one_row_told_{folder.run_id}"
