"""Cards of what is only a warning: one for a damage that several columns have, one for what is told of the list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import streamlit as st

from importer.check import ODD_ROW_CODE, Cause, CheckResult
from importer.clean import Change, ClearWords, Decide, Operation, RemoveInvisible, RepairMojibake, Trim
from importer.intake import SET_ASIDE
from importer.list_warning import ListWarning
from importer.profile import TITLES
from importer.run import REPLAY_CODE
from pages.parts import words
from pages.parts.cleaning import Cleaning
from pages.parts.colours import BUCKET_COLOURS
from pages.parts.doing import short_title
from pages.parts.foretell import foretold_line
from pages.parts.guard import guard
from pages.parts.history_bar import do
from pages.parts.markup import Markup, plain, show, tag
from pages.parts.navigation import link
from pages.parts.pieces import examples
from pages.parts.told import ABOUT_THE_TABLE

FEWEST_COLUMNS = 2
MOST_SHOWN = 8
"""Columns named on a card."""

WARNING_ONLY, LEFT_OUT = "Warning only, still imported", "Left out of the import"

MOST_TOLD = 20
"""Cards about the list as a whole."""

FOUND_ON = {"file": "See the File page", "columns": "See the Columns page"}


@dataclass(frozen=True)
class CauseGroup:
    """The same damage in several columns, and the one step that mends all of them."""

    code: str
    causes: tuple[Cause, ...]
    step: Operation

    @property
    def count(self) -> int:
        """Cells of all columns."""
        return sum(cause.count for cause in self.causes)


def without_doubles(causes: Sequence[Cause]) -> tuple[list[Cause], dict[str, list[str]]]:
    """The causes that have a card, and for each column what is said on the card of its failing cells instead: all
    these cells are held back, so that they are no warning. Keys that look the same say that capitals matter. Odd rows
    always have a card: what holds such a row back seldom tells that it is a title or that its cells moved."""
    holding = {cause.column for cause in causes if cause.blocking and cause.verdict != "accept"}
    alike = {cause.column for cause in causes if cause.code == "alike_keys"}
    left, why = [], dict[str, list[str]]()
    for cause in causes:
        if cause.code == ODD_ROW_CODE:
            left.append(cause)
        elif cause.all_held_back and cause.column in holding and not cause.verdict:
            why.setdefault(cause.column, []).append(f"{cause.title}.")
        elif cause.code != "key_capitals" or cause.column not in alike:
            left.append(cause)
    return left, why


def group_causes(causes: Iterable[Cause]) -> tuple[list[CauseGroup], list[Cause]]:
    """Groups of undecided warnings that one step mends, and all other causes."""
    causes = list(causes)
    by_code: dict[str, list[Cause]] = {}
    for cause in causes:
        if not cause.blocking and cause.verdict is None and _joined([cause]) is not None:
            by_code.setdefault(cause.code, []).append(cause)
    groups = [
        CauseGroup(code, tuple(alike), step)
        for code, alike in by_code.items()
        if len(alike) >= FEWEST_COLUMNS and (step := _joined(alike)) is not None
    ]
    grouped = {cause for group in groups for cause in group.causes}
    return groups, [cause for cause in causes if cause not in grouped]


def _joined(causes: Sequence[Cause]) -> Operation | None:
    """The first fix of each as one step for all their columns; None where they have no such fix."""
    columns = tuple(cause.column for cause in causes)
    steps = [cause.suggestions[0] if cause.suggestions else None for cause in causes]
    first = steps[0]
    if not isinstance(first, Trim | RemoveInvisible | RepairMojibake | ClearWords):
        return None
    joined = replace(first, columns=columns)
    alone = [replace(joined, columns=(column,)) for column in columns]
    return joined if alone == steps else None


@st.fragment
def draw_group(work: Cleaning, group: CauseGroup, changes: Mapping[Operation, Change]) -> None:
    """The card: the columns with their counts, what the step will change, the step, and "right as they are"."""
    with st.container(border=True), guard("warning card"):
        told, sample = st.columns([1, 1.15], gap="medium")
        with told:
            change = changes.get(group.step)
            title = f"{TITLES[group.code]}: {words.count(group.count, 'cell')} in {len(group.causes)} columns"
            show(notice_head(title), *([foretold_line(group.step, change, group.count)] if change else []))
        with sample:
            lines = [(f"{cause.count:,}", cause.column) for cause in group.causes[:MOST_SHOWN]]
            show(examples(["cells", "column"], lines))
            if len(group.causes) > MOST_SHOWN:
                st.caption(f"{words.count(len(group.causes) - MOST_SHOWN, 'more column')}.")
        if work.folder.frozen:
            return
        line = st.container(horizontal=True, vertical_alignment="center", gap="small")
        label = plain(short_title(group.step), 80)
        if line.button(label, key=f"fix_group_{group.code}", type="primary", icon=":material/auto_fix_high:"):
            do(work.folder, group.step)
        if line.button(
            "They are right as they are", key=f"accept_group_{group.code}", icon=":material/check:", type="tertiary"
        ):
            steps = (Decide(cause.code, cause.column, "accept") for cause in group.causes)
            do(work.folder, *steps, name=f"Right as they are: {TITLES[group.code]}")


def notice_head(title: str, more: str = "", badge: str = WARNING_ONLY) -> Markup:
    """The head of a card that is only a warning."""
    parts = [tag("span", cls="ci-mark"), tag("span", title, cls="ci-title"), tag("span", badge, cls="ci-badge")]
    if more:
        parts.append(tag("span", more, cls="ci-rule"))
    return tag("div", *parts, cls="ci-cause", style=f"--ci-tone:{BUCKET_COLOURS['pending']}")


def about_the_list(result: CheckResult, warnings: Sequence[ListWarning]) -> list[ListWarning]:
    """What no other card says: of the file, types, the table. Doubts and saved steps stand above all; what holds rows
    back has a card of its own."""
    said = {(cause.code, cause.column) for cause in result.report.causes}
    left = [one for one in warnings if not (one.is_doubt or one.holds_back) and one.code != REPLAY_CODE]
    return [one for one in left if (one.code, one.column) not in said]


def draw_told(work: Cleaning, warnings: Sequence[ListWarning]) -> None:
    """A card each of what is about the list as a whole."""
    left = about_the_list(work.result, warnings)
    for warning in left[:MOST_TOLD]:
        with st.container(border=True):
            title, _, more = warning.message.partition(". ")
            badge = LEFT_OUT if warning.code in SET_ASIDE else WARNING_ONLY
            show(notice_head(f"{title.rstrip('.')}.", more, badge))
            page = "columns" if warning.column else "file"
            if not warning.code.startswith(ABOUT_THE_TABLE):
                link(page, FOUND_ON[page], work.folder.run_id)
    if len(left) > MOST_TOLD:
        st.caption(f"{words.count(len(left) - MOST_TOLD, 'more warning')} about the list.")
