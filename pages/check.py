"""3 Check: every problem at once, grouped by cause; fix, reject, drop or accept, and watch the number go down."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from importer.check import CheckReport, CheckResult, Winner
from importer.clean import load_history
from importer.errors import ConfigError
from importer.run import open_doubts, read_schema
from pages.parts import words
from pages.parts.alike_values import draw_alike_values
from pages.parts.ask import draw_ask
from pages.parts.causes import draw_causes
from pages.parts.change_list import draw_change
from pages.parts.checking import checked
from pages.parts.cleaning import Cleaning
from pages.parts.colours import BUCKET_COLOURS, NEEDS_FIXING, READY
from pages.parts.doubts import draw_doubts
from pages.parts.fixed_rows import draw_rows_to_fix
from pages.parts.grid import draw_grid
from pages.parts.grid_edits import keep_edits
from pages.parts.grid_place import GridPlace
from pages.parts.head import draw_head
from pages.parts.history_bar import draw_history
from pages.parts.markup import plain, show
from pages.parts.navigation import link
from pages.parts.need import need_stage
from pages.parts.opened import draw_undecided
from pages.parts.pieces import card, cards
from pages.parts.replayed import draw_replay
from pages.parts.run_in_url import settings
from pages.parts.same_person import draw_same_person
from pages.parts.save_list import draw_save
from pages.parts.target import target_now
from pages.parts.told import about_list, told_now

# The tabs, and what the address calls them. (A text below a name would be shown on the page: Streamlit's magic.)
VIEWS = {
    "By problem": "",
    "Row by row": "rows",
    "Fix in Excel": "sheet",
    "Transform": "change",
    "Similar spellings": "alike",
    "Possible duplicates": "person",
    "Ask in SQL": "ask",
}

# Only the open tab is drawn.
DRAW: dict[str, Callable[[Cleaning], None]] = {
    "": draw_causes,
    "rows": draw_grid,
    "sheet": draw_rows_to_fix,
    "change": draw_change,
    "alike": draw_alike_values,
    "person": draw_same_person,
    "ask": draw_ask,
}


def draw_numbers(report: CheckReport, warnings: int, winner: Winner, *, frozen: bool) -> None:
    """Ready, need fixing, `warnings` about the list; then what is decided already."""
    decided = report.rejected - report.undecided
    undecided = ("rejected", "no decision was made") if frozen else ("need fixing", "rejected unless you decide")
    shown = [
        card("ready", report.ready, f"of {report.rows:,} rows", READY),
        card(undecided[0], report.undecided, undecided[1], NEEDS_FIXING),
        card("warnings", warnings, _rows_with_one(report), BUCKET_COLOURS["pending"]),
        card("duplicates", report.duplicate, _which_wins(winner), BUCKET_COLOURS["duplicate"]),
    ]
    if decided:
        shown.append(card("rejected by you", decided, "go to the reject file", BUCKET_COLOURS["failed"]))
    if report.skipped:
        shown.append(card(words.LEFT_OUT_WORDS, report.skipped, "by a step or by you", BUCKET_COLOURS["skipped"]))
    show(cards(*shown))


def _which_wins(winner: Winner) -> str:
    if winner is Winner.REJECT:
        return "no two rows may have the same key"
    return f"the {winner.value} row with the key is imported"


def _rows_with_one(report: CheckReport) -> str:
    if not report.warnings:
        return "about the list"
    return (
        f"in {words.count(report.warnings, 'row')} that {'is' if report.warnings == 1 else 'are'} ready all the same"
    )


def draw_decided(report: CheckReport, warnings: int, *, is_open: bool) -> None:
    """That nothing is left to decide, once it is so; `is_open`: a question about the list still is."""
    if report.undecided:
        return
    look = f" {words.count(warnings, 'warning')}: worth a look." if warnings else ""
    if is_open:
        look = " A question about the list is still open: see above."
    if not report.causes:
        done = "" if look else " There is nothing to fix."
        st.success(f"Every row is ready.{done}{look}", icon=":material/done_all:")
        return
    others = {"rejected": report.rejected, "left out": report.skipped, "duplicates": report.duplicate}
    rest = "".join(f", {number:,} {what}" for what, number in others.items() if number)
    st.success(f"Nothing is left to decide: {report.ready:,} ready{rest}.{look}", icon=":material/done_all:")


folder, stage = need_stage()
head = draw_head("Check", onward=("import", "Next: the import"), run_id=folder.run_id)
numbers = st.container()
keep_edits(folder)
draw_history(folder, stage)
with numbers:
    target = target_now(settings(), folder)
    try:
        report = checked(folder, target)
    except ConfigError as error:
        st.error(plain(error, limit=1000), icon=":material/error:")
        link("columns", "Look at the columns", folder.run_id, icon=":material/view_column:")
        st.stop()
    is_undecided = draw_undecided(folder)
    draw_doubts(folder)
    draw_replay(folder)
    told = told_now(folder, target)
    warnings = len(about_list(told))
    draw_numbers(report, warnings, read_schema(folder).winner, frozen=folder.frozen)
draw_save(folder, head)
if report.rows == 0:
    st.info("The list has a header and no rows. Bring in one that has some.", icon=":material/inbox:")
    st.stop()

work = Cleaning(folder, stage, CheckResult.open(folder.check), load_history(folder.recipe).recipe, told)
draw_decided(report, warnings, is_open=not folder.frozen and (is_undecided or bool(open_doubts(folder, told))))
place, tabs_key = GridPlace.now(folder.run_id), f"check_tabs_{folder.run_id}"
if tabs_key not in st.session_state:
    st.session_state["check_first_tab"] = next((name for name, view in VIEWS.items() if view == place.view), None)
# Another default in a later run would build the tabs anew, and the editor in them with what is being typed.
first = st.session_state["check_first_tab"]
with st.container(key="check_tabs"):
    drawn = st.tabs(list(VIEWS), default=first, key=tabs_key, on_change="rerun")
tabs = dict(zip(VIEWS.values(), drawn, strict=True))
view = next((view for view, tab in tabs.items() if tab.open), "")
place.put(folder.run_id, view=view)
with tabs[view]:
    DRAW[view](work)
