"""3 Check: every problem at once, grouped by cause; fix, reject, drop or accept, and watch the number go down."""

from __future__ import annotations

import streamlit as st

from importer.check import CheckReport, CheckResult
from importer.clean import load_history
from pages.parts.alike_values import draw_alike_values
from pages.parts.causes import draw_causes
from pages.parts.change_list import draw_change
from pages.parts.checking import checked
from pages.parts.cleaning import Cleaning
from pages.parts.colours import BUCKET_COLOURS, NEEDS_FIXING, READY
from pages.parts.fixed_rows import draw_rows_to_fix
from pages.parts.grid import draw_grid
from pages.parts.head import draw_head
from pages.parts.history_bar import draw_history
from pages.parts.markup import show
from pages.parts.need import need_stage
from pages.parts.pieces import card, cards
from pages.parts.run_in_url import settings
from pages.parts.same_person import draw_same_person
from pages.parts.save_list import draw_save
from pages.parts.target import target_now


def draw_numbers(report: CheckReport) -> None:
    """Ready, need fixing, warnings; then what is decided already."""
    decided = report.rejected - report.undecided
    shown = [
        card("ready", report.ready, f"of {report.rows:,} rows", READY),
        card("need fixing", report.undecided, "rejected unless you decide", NEEDS_FIXING),
        card("warnings", report.warnings, "ready, but worth a look", BUCKET_COLOURS["pending"]),
        card("duplicates", report.duplicate, "another row with the key wins", BUCKET_COLOURS["duplicate"]),
    ]
    if decided:
        shown.append(card("rejected by you", decided, "go to the reject file", BUCKET_COLOURS["failed"]))
    if report.skipped:
        shown.append(card("dropped by you", report.skipped, "left out as wished", BUCKET_COLOURS["skipped"]))
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
draw_history(folder, stage)
with numbers:
    report = checked(folder, target_now(settings()).key)
    draw_numbers(report)
draw_save(folder, head)
if report.rows == 0:
    st.info("The list has a header and no rows. Bring in one that has some.", icon=":material/inbox:")
    st.stop()

work = Cleaning(folder, stage, CheckResult.open(folder.check), load_history(folder.recipe).recipe)
names = ["By cause", "Row by row", "In a spreadsheet", "Change the list", "Alike values", "Same person?"]
causes, grid, sheet, change, alike, people = st.tabs(names, key=f"check_tabs_{folder.run_id}", on_change="rerun")
with causes:
    if not report.causes:
        st.success("Every row is ready. There is nothing to fix.", icon=":material/done_all:")
    else:
        draw_decided(report)
        draw_causes(work)
with grid:
    draw_grid(work)
with sheet:
    draw_rows_to_fix(folder, report.undecided)
with change:
    if change.open:
        draw_change(work)
if alike.open:
    with alike:
        draw_alike_values(work)
if people.open:
    with people:
        draw_same_person(work)
