"""The plan before it is frozen: mode, pace, what stands in the way, one sentence, one button."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from importer.check import CheckReport, CheckResult
from importer.errors import ConfigError
from importer.plan import Mode, Pace, Plan, estimated_seconds
from importer.run import (
    NotAsShown,
    RunFolder,
    ShownList,
    ShownPlan,
    duration,
    freeze_plan,
    guards_for,
    keep_warnings,
    load_plan,
    plan_changes,
    plan_run,
    read_recipe,
    read_schema,
    start_runner,
)
from importer.table import TableKey, Target, create_table
from pages.parts import gate, words
from pages.parts.checking import checked
from pages.parts.colours import BUCKET_COLOURS
from pages.parts.keeping import late_press, pressed, say_next, then_drawn_again
from pages.parts.list_target import draw_other_table
from pages.parts.markup import plain, show, tag
from pages.parts.navigation import link
from pages.parts.opened import draw_undecided
from pages.parts.pace_form import pace_form
from pages.parts.pieces import card, cards
from pages.parts.replayed import draw_replay
from pages.parts.run_in_url import settings
from pages.parts.save_list import draw_save
from pages.parts.target import TargetNow, client_for, look_again, target_now
from pages.parts.told import ABOUT_THE_TABLE, about_list, told_now

LATENCY_S = {"embedded": 0.004, "custom": 0.01, "aws": 0.015, "batch": 0.1}
"""What one batch takes to be answered, roughly; only for the estimate of the time."""


def draw_plan(folder: RunFolder) -> None:
    """Draw it all; the button freezes the plan that stood on screen when it was pressed, and starts the runner."""
    now = target_now(settings(), folder)
    try:
        report = checked(folder, now)
    except ConfigError as error:
        st.error(plain(error, 1000), icon=":material/error:")
        draw_other_table(folder, now)
        link("columns", "Look at the columns", folder.run_id, icon=":material/view_column:")
        return
    _draw_numbers(report)
    mode, pace, max_bad = _draw_choices(folder)
    shown = None
    if now.target is not None:
        plan = replace(_plan(folder, now.target, now.key, report), mode=mode, pace=pace, max_bad=max_bad)
        shown = ShownPlan(plan, ShownList(read_recipe(folder), read_schema(folder)))
        _draw_sentence(plan)
    is_undecided = draw_undecided(folder)
    draw_replay(folder)
    blocked = _draw_guards(folder, now, mode, max_bad)
    _draw_start(folder, now, shown, blocked=blocked or is_undecided)


def _draw_start(folder: RunFolder, now: TargetNow, shown: ShownPlan | None, *, blocked: bool) -> None:
    row = st.container(horizontal=True, vertical_alignment="center")
    meant: ShownPlan | None = pressed(
        row.button,
        "Start the import",
        shown=shown or now.choice,
        key=start_key(folder),
        type="primary",
        icon=":material/play_arrow:",
        disabled=blocked or shown is None,
    )
    row.markdown(f":material/arrow_forward: into **{plain(now.table)}**, {plain(now.place)}", width="content")
    with row:
        draw_other_table(folder, now)
    row = st.container(horizontal=True, vertical_alignment="center")
    draw_save(folder, row)
    with row:
        link("check", "Back to the check", folder.run_id, icon=":material/arrow_back:")
    if isinstance(meant, ShownPlan):
        with then_drawn_again():
            _start(folder, meant, shown, now, blocked=blocked)


def start_key(folder: RunFolder) -> str:
    """The button's name in the session."""
    return f"start_{folder.run_id}"


def _start(folder: RunFolder, meant: ShownPlan, shown: ShownPlan | None, now: TargetNow, *, blocked: bool) -> None:
    """Freeze and start what the person `meant`, only if it is what is `shown` by now. Raises NotAsShown."""
    if shown is None:
        raise NotAsShown((f"The target cannot be reached any more. {now.error}",))
    changes = plan_changes(meant, shown)
    if changes or blocked:
        raise NotAsShown(changes or ("Something stands in the way of the import.",))
    keep_warnings(folder, told_now(folder, now, shown.plan.mode))
    freeze_plan(folder, shown.plan, CheckResult.open(folder.check)).close()
    start_runner(settings(), folder.run_id, who=gate.who())


def refuse_late_start(folder: RunFolder) -> None:
    """Say so to a person who pressed Start when somebody else had done it."""
    meant = late_press(start_key(folder))
    if isinstance(meant, ShownPlan):
        going = load_plan(folder).target
        same = meant.plan.target.same_place(going)
        where = "" if same else f" It goes to {going.sentence()}, not to {meant.plan.target.sentence()}."
        say_next(f"Nothing was done: another person started this import before you pressed.{where}")
        st.rerun()


def _plan(folder: RunFolder, target: Target, key: TableKey, report: CheckReport) -> Plan:
    """Made once a check: to count write units, items are built."""
    kept = st.session_state.get("plan")
    told = (folder.run_id, report.fingerprint, target, key)
    if kept is None or kept[0] != told:
        with st.spinner("Estimating …"):
            kept = (told, plan_run(folder, target=target, key=key))
        st.session_state["plan"] = kept
    return kept[1]


def _draw_numbers(report: CheckReport) -> None:
    show(
        cards(
            card("will be written", report.ready, colour=BUCKET_COLOURS["written"]),
            card("rejected", report.rejected, colour=BUCKET_COLOURS["rejected"]),
            card(words.LEFT_OUT_WORDS, report.skipped, "by a step or by you", colour=BUCKET_COLOURS["skipped"]),
            card("duplicates", report.duplicate, colour=BUCKET_COLOURS["duplicate"]),
        )
    )


def _draw_choices(folder: RunFolder) -> tuple[Mode, Pace, str | None]:
    left, right = st.columns(2, gap="medium")
    with left.container(border=True, height="stretch"):
        mode = st.radio(
            "When a contact is in the table already",
            [mode.value for mode in Mode],
            format_func=lambda value: words.MODE_WORDS[value],
            key=f"mode_{folder.run_id}",
        )
        bad = st.text_input(
            "Stop after this many failed rows (optional)",
            placeholder="20 or 0.5%",
            key=f"max_bad_{folder.run_id}",
        )
    with right.container(border=True, height="stretch"):
        pace = pace_form(folder.run_id)
    return Mode(mode), pace, bad.strip() or None


def _draw_sentence(plan: Plan) -> None:
    batches = words.count(plan.batches, "batch", "batches")
    told = f"{batches} of up to 25 rows, about {plan.estimated_wcu:,.0f} write units{_time_at_pace(plan)}."
    with st.container(border=True):
        show(tag("div", plan.sentence(), cls="ci-sentence"), tag("div", told, cls="ci-note"))


def _time_at_pace(plan: Plan) -> str:
    """The time where the person set the pace; as fast as the table takes it, nobody knows before it runs."""
    if plan.pace == Pace():
        return ""
    latency_s = LATENCY_S[plan.target.connection.kind]
    return f", about {duration(estimated_seconds(plan.ready, plan.estimated_wcu, plan.pace, latency_s))}"


def _draw_guards(folder: RunFolder, now: TargetNow, mode: Mode, max_bad: str | None) -> bool:
    """What stands in the way; True when something must be mended first."""
    found = guards_for(folder, now.description, table_error=now.error, max_bad=max_bad, mode=mode)
    for guard in found:
        box, icon = (st.error, ":material/block:") if guard.blocking else (st.warning, ":material/warning:")
        box(plain(guard.message, 1000), icon=icon)
    _draw_told(folder, now, mode)
    _draw_missing_table(folder, now)
    return any(guard.blocking for guard in found)


def _draw_told(folder: RunFolder, now: TargetNow, mode: Mode) -> None:
    """What the import does to the table, in full; of the list itself how much is told on the Check page."""
    told = told_now(folder, now, mode)
    about_table = [warning for warning in told if warning.code.startswith(ABOUT_THE_TABLE)]
    for warning in about_table:
        st.warning(plain(warning.message, 1000), icon=":material/warning:")
    others = len(about_list(told))
    if others:
        st.caption(f":material/info: {words.count(others, 'warning')} about the list, on the Check page.")


def _draw_missing_table(folder: RunFolder, now: TargetNow) -> None:
    """A button that makes the table that is not there, the one that is named on it."""
    if now.target is None or now.description is not None or now.connection.kind in ("aws", "batch"):
        return
    meant: TargetNow | None = pressed(
        st.button,
        f"Create table {plain(now.table)}",
        shown=now,
        key=f"create_table_{folder.run_id}",
        icon=":material/add_box:",
    )
    if meant is None:
        return
    with then_drawn_again():
        if not meant.choice.same_place(now.choice):
            raise NotAsShown((f"Target: {meant.sentence} → {now.sentence}.",))
        create_table(client_for(now.connection), now.table, now.key)
        look_again()
