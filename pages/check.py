"""3 Check: every problem at once, grouped by cause; fix, reject, drop or accept, and watch the number go down."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from importer.check import CheckReport, CheckResult
from importer.clean import load_history
from importer.errors import ConfigError
from pages.parts import words
from pages.parts.alike_values import draw_alike_values
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
from pages.parts.notice_cards import about_the_list
from pages.parts.pieces import card, cards
from pages.parts.run_in_url import settings
from pages.parts.same_person import draw_same_person
from pages.parts.save_list import draw_save
from pages.parts.target import target_now
from pages.parts.told import told_now

# The tabs, and what the address calls them. (A text below a name would be shown on the page: Streamlit's magic.)
VIEWS = {
    "By problem": "",
    "Row by row": "rows",
    "Fix in Excel": "sheet",
    "Transform": "change",
    "Similar spellings": "alike",
    "Possible duplicates": "person",
}

# Only the open tab is drawn.
DRAW: dict[str, Callable[[Cleaning], None]] = {
    "": draw_causes,
    "rows": draw_grid,
    "sheet": draw_rows_to_fix,
    "change": draw_change,
    "alike": draw_alike_values,
    "person": draw_same_person,
}


def draw_numbers(report: CheckReport, about_list: int, *, frozen: bool) -> None:
    """Ready, need fixing, warnings (of rows, and `about_list` of the whole list); then what is decided already."""
    worth = "ready, but worth a look"
    if about_list:
        worth = f"{words.count(report.warnings, 'row')}, {about_list} about the list"
    decided = report.rejected - report.undecided
    undecided = ("rejected", "no decision was made") if frozen else ("need fixing", "rejected unless you decide")
    shown = [
        card("ready", report.ready, f"of {report.rows:,} rows", READY),
        card(undecided[0], report.undecided, undecided[1], NEEDS_FIXING),
        card("warnings", report.warnings + about_list, worth, BUCKET_COLOURS["pending"]),
        card("duplicates", report.duplicate, "another row with the key wins", BUCKET_COLOURS["duplicate"]),
    ]
    if decided:
        shown.append(card("rejected by you", decided, "go to the reject file", BUCKET_COLOURS["failed"]))
    if report.skipped:
        shown.append(card(words.DROPPED_WORDS, report.skipped, "left out as wished", BUCKET_COLOURS["skipped"]))
    show(cards(*shown))


def draw_decided(report: CheckReport) -> None:
    """That nothing is left to decide, once it is so."""
    if report.undecided:
        return
    others = {"rejected": report.rejected, "dropped": report.skipped, "duplicates": report.duplicate}
    rest = "".join(f", {number:,} {what}" for what, number in others.items() if number)
    st.success(f"Nothing is left to decide: {report.ready:,} ready{rest}.", icon=":material/done_all:")


folder, stage = need_stage()
head = draw_head("Check", onward=("import", "Next: the import"), run_id=folder.run_id)
numbers = st.container()
keep_edits(folder)
draw_history(folder, stage)
with numbers:
    try:
        target = target_now(settings(), folder)
        report = checked(folder, target)
    except ConfigError as error:
        st.error(plain(error, limit=1000), icon=":material/error:")
        link("columns", "Look at the columns", folder.run_id, icon=":material/view_column:")
        st.stop()
    draw_doubts(folder)
    about = about_the_list(CheckResult.open(folder.check), told_now(folder, target))
    draw_numbers(report, len(about), frozen=folder.frozen)
draw_save(folder, head)
if report.rows == 0:
    st.info("The list has a header and no rows. Bring in one that has some.", icon=":material/inbox:")
    st.stop()

work = Cleaning(folder, stage, CheckResult.open(folder.check), load_history(folder.recipe).recipe)
if report.causes:
    draw_decided(report)
else:
    st.success("Every row is ready. There is nothing to fix.", icon=":material/done_all:")
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
