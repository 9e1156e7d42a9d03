"""Row by row: the failing rows or all, a page of them to type in or one at a time, and what is done with many."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from importer.check import Cause, FailureCase
from pages.parts import words
from pages.parts.cleaning import Cleaning
from pages.parts.find_replace import draw_find
from pages.parts.grid_editor import draw_editor, mount_again, page_on_screen, ready_now
from pages.parts.grid_edits import Mounted, mounted, unmount
from pages.parts.grid_look import Looked, draw_look
from pages.parts.grid_picks import draw_all, draw_looked, draw_picked
from pages.parts.grid_place import GridPlace, cause_name, cause_of
from pages.parts.markup import plain, show, tag
from pages.parts.one_row import decided_by_hand, draw_one_row

PAGE_ROWS = 100
"""At most 200, so that a page stays small however long the list is."""

ALL = "All that need fixing"

EVERY = "every"
"""What the address calls all rows, ready ones too."""

HOW = (
    "A changed cell is kept at once and can be undone above. A column copied from a spreadsheet can be pasted: "
    "it fills this page downwards, and what goes past its last row is not taken."
)
NARROW = "The screen is too narrow for the table. Next problem shows the rows one at a time."
NARROW_EVERY = "The screen is too narrow for the table of all rows. Open this page in a wider window."


@dataclass(frozen=True)
class _Shown:
    """The rows of the filter: how many, and a page of them from an offset on. `name` tells it from other filters;
    `is_every`: also rows that nothing is wrong with, so that none goes off the page for being ready."""

    name: str
    total: int
    rows: Callable[[int], list[int]]
    is_every: bool = False


def draw_grid(work: Cleaning) -> None:
    """A filter, what can be done with all it shows, and the rows: a page of them, or one."""
    run_id = work.folder.run_id
    line = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
    cause = _draw_filter(work, GridPlace.now(run_id), line)
    is_every = GridPlace.now(run_id).problem == EVERY
    looked = draw_look(work, cause, is_every=is_every)
    place = GridPlace.now(run_id)
    if looked is not None:
        _draw_looked(work, place, looked, line)
        return
    if is_every:
        stage = work.stage
        _draw_page(work, place, _Shown(EVERY, stage.rows, lambda at: stage.row_numbers(at, PAGE_ROWS), is_every=True))
        return
    total = work.result.report.undecided if cause is None else cause.count
    if total == 0:
        if work.result.report.causes:
            st.caption("Choose a problem above to see its rows.")
        return
    with line:
        if place.row:
            if st.button("Back to the page of rows", icon=":material/table_rows:", key="one_back"):
                place.put(run_id, row=0)
                st.rerun()
        elif st.button("Next problem", icon=":material/arrow_forward:", key="one_next", disabled=work.folder.frozen):
            place.put(run_id, row=_first_shown(work))
            st.rerun()
        if not work.folder.frozen:
            draw_find(work, cause)
            draw_all(work, cause, total)
    if place.row and not work.folder.frozen:
        draw_one_row(work, place, cause, total)
    else:
        _draw_page(work, place, _failing(work, cause, total))


def _failing(work: Cleaning, cause: Cause | None, total: int) -> _Shown:
    if cause is not None:
        return _Shown(
            cause_name(cause), total, lambda offset: work.result.failing_rows(offset, PAGE_ROWS, cause=cause)
        )
    by_hand = decided_by_hand(work)
    return _Shown("", total, lambda offset: work.result.undecided_rows(offset, PAGE_ROWS, by_hand=by_hand))


def _draw_looked(work: Cleaning, place: GridPlace, looked: Looked, line: st.delta_generator.DeltaGenerator) -> None:
    """The rows that were searched or chosen, in the order that was asked for."""
    name = "looked " + " ".join(looked.key[3:])
    page = mounted(work.folder)
    if not looked.total and (page is None or page.scope[0] != name):
        st.info("No row is like that. Search for less, or choose other rows.", icon=":material/search_off:")
        return
    if looked.total and not work.folder.frozen:
        with line:
            draw_looked(work, looked)
    if place.row:
        place.put(work.folder.run_id, row=0)
    _draw_page(work, place, _Shown(name, max(looked.total, 1), lambda at: looked.page(at, PAGE_ROWS), is_every=True))


def _draw_filter(work: Cleaning, place: GridPlace, line: st.delta_generator.DeltaGenerator) -> Cause | None:
    run_id, report = work.folder.run_id, work.result.report
    causes = {cause_name(cause): cause for cause in report.causes}
    others = {"": f"{ALL} ({report.undecided:,})", EVERY: f"All rows ({report.rows:,})"}
    names = ["", *causes, EVERY]
    picked = line.selectbox(
        "Show rows with",
        names,
        index=names.index(place.problem) if place.problem in names else 0,
        format_func=lambda name: others.get(name) or causes[name].title,
        key=f"grid_cause_{run_id}",
    )
    if picked != place.problem:
        alone = 1 if place.row and picked != EVERY else 0
        place.put(run_id, problem=str(picked), page=1, row=alone)
    return cause_of(report, str(picked))


def _first_shown(work: Cleaning) -> int:
    page = mounted(work.folder)
    return int(page.cells.index[0]) if page is not None and len(page.cells) else 1


def _draw_page(work: Cleaning, place: GridPlace, shown: _Shown) -> None:
    run_id = work.folder.run_id
    show(tag("div", NARROW_EVERY if shown.is_every else NARROW, cls="ci-note ci-narrow"))
    whole = st.container(key="grid_page")
    body, pages = whole.container(), -(-shown.total // PAGE_ROWS)
    number = min(place.page, pages)
    if pages > 1:
        number = whole.pagination(pages, default=number, key=f"grid_page_{run_id}_{shown.name}")
    place.put(run_id, page=number)
    with body:
        _draw_rows(work, shown, number)


def _draw_rows(work: Cleaning, shown: _Shown, number: int) -> None:
    rows, scope = shown.rows((number - 1) * PAGE_ROWS), (shown.name, number)
    page = page_on_screen(work, scope, rows)
    if page is not None and page.told:
        for text in page.told:
            st.warning(plain(text), icon=":material/cut:")
        unmount(work.folder)
        page = page_on_screen(work, scope, rows)
    if page is None:
        reason = "These rows are left out by a step." if rows else "No row is like that any more."
        st.info(reason, icon=":material/delete:" if rows else ":material/search_off:")
        return
    reasons = work.result.problems_of(page.cells.index.tolist())
    picks = st.container(horizontal=True, vertical_alignment="center", gap="medium")
    picked = draw_editor(work, page, reasons)
    if not work.folder.frozen:
        with picks:
            _draw_pick_all(work, page)
            draw_picked(work, picked)
    _draw_below(work, reasons, shown)


def _draw_pick_all(work: Cleaning, page: Mounted) -> None:
    count = words.count(len(page.cells), "row")
    wanted = st.checkbox(f"Pick all {count} on this page", page.picked, key=f"pick_all_{page.key}")
    if wanted != page.picked:
        mount_again(work, page, picked=wanted)
        st.rerun()


def _draw_below(work: Cleaning, reasons: Mapping[int, Sequence[FailureCase]], shown: _Shown) -> None:
    mended = 0 if shown.is_every else ready_now(reasons)
    total = shown.total if shown.is_every else max(shown.total, len(reasons))
    line = st.container(horizontal=True, vertical_alignment="center", gap="small")
    line.caption(f"{words.count(total, 'row')} in all. {HOW}")
    if mended:
        label = f"Take the {words.count(mended, 'ready row')} off this page"
        if line.button(label, icon=":material/playlist_remove:", key="grid_refresh"):
            unmount(work.folder)
            st.rerun()
