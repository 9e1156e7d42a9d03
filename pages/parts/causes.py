"""Fix cards: a cause in plain words, its rule, examples before and after, and what can be done about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import pandas as pd
import streamlit as st

from importer.check import ODD_ROW_CODE, Cause, OddRow
from importer.clean import (
    DROPPED,
    ORDERS,
    Change,
    ClearNoDates,
    ClearWords,
    Decide,
    FormatPhones,
    Operation,
    ParseDates,
    take_cleaned,
)
from importer.run import read_schema
from pages.parts import words
from pages.parts.cleaning import Cleaning
from pages.parts.colours import BUCKET_COLOURS, NEEDS_FIXING
from pages.parts.countries import countries, country_words
from pages.parts.doing import do, short_title
from pages.parts.foretell import draw_do, foretold, foretold_line
from pages.parts.guard import guard
from pages.parts.markup import Markup, plain, show, tag
from pages.parts.navigation import link
from pages.parts.notice_cards import (
    WARNING_ONLY,
    CauseGroup,
    draw_group,
    draw_told,
    group_causes,
    without_doubles,
)
from pages.parts.other_fix import draw_other_fix
from pages.parts.pieces import examples
from pages.parts.reject_rest import draw_rest

SHOWN = 12
EXAMPLES = 3
OFFERED = 2
ODD_EXAMPLES, ODD_CHARACTERS = 5, 200

ButtonKind = Literal["primary", "secondary", "tertiary"]

LOOKED_AT = 100
"""Failing rows that are looked through for examples that the suggestion mends."""

REPAIRABLE = ("row_too_long", "row_too_short")
"""Reading problems that the File page offers to repair."""


SAID_BY_TITLE = (*REPAIRABLE, "unclosed_quote", "nul_byte", "row_too_big")
"""Reading problems whose rule is their title over again."""


def draw_causes(work: Cleaning) -> None:
    """The cards, those that still need a word first, most rows first."""
    causes, why = without_doubles(work.result.report.causes)
    groups, single = group_causes(causes)
    cards: list[Cause | CauseGroup] = [*single, *groups]
    cards.sort(key=_place)
    offered = [operation for card in cards[:SHOWN] for operation in _offered(card)]
    changes = foretold(work, offered)
    draw_rest(work)
    for card in cards[:SHOWN]:
        if isinstance(card, CauseGroup):
            draw_group(work, card, changes)
        else:
            _draw_cause(work, card, changes, why.get(card.column, []) if card.blocking else [])
    more = len(cards) - SHOWN
    if more > 0:
        st.caption(f"{words.count(more, 'more problem')} with fewer rows. They come up as these are dealt with.")
    with guard("warnings"):
        draw_told(work, work.told)


def _place(card: Cause | CauseGroup) -> tuple[bool, bool, int]:
    if isinstance(card, CauseGroup):
        return False, True, -card.count
    return card.verdict is not None, not card.blocking, -card.count


@st.fragment
def _draw_cause(work: Cleaning, cause: Cause, changes: Mapping[Operation, Change], why: Sequence[str]) -> None:
    """One card, with `why` its cells may be as they are; only it runs again while its form is filled in."""
    tone = NEEDS_FIXING if cause.blocking and cause.verdict is None else BUCKET_COLOURS["pending"]
    with st.container(border=True), guard("fix card"):
        told, sample = st.columns([1, 1.15], gap="medium")
        with told:
            lines = [
                foretold_line(operation, changes[operation], cause.count)
                for operation in _offered(cause)
                if operation in changes
            ]
            show(
                _head(cause, tone, read_schema(work.folder).winner.value),
                *(tag("div", said, cls="ci-note") for said in why),
                *lines,
            )
        with sample:
            _draw_examples(work, cause)
        if not work.folder.frozen:
            _draw_choices(work, cause)


def _head(cause: Cause, tone: str, winner: str) -> Markup:
    """`winner`: which of several rows with one key is imported."""
    parts = [tag("span", cls="ci-mark"), tag("span", cause.title, cls="ci-title")]
    if cause.verdict:
        parts.append(tag("span", words.VERDICT_WORDS[cause.verdict], cls="ci-badge"))
    elif not cause.blocking:
        badge = words.INSTEAD_WORDS[winner] if cause.code == "duplicate_key" else WARNING_ONLY
        if not cause.all_held_back:
            parts.append(tag("span", badge, cls="ci-badge"))
    if cause.code not in SAID_BY_TITLE:
        rule = cause.rule if cause.blocking else f"{cause.rule[:1].upper()}{cause.rule[1:]}."
        if cause.code == ODD_ROW_CODE and cause.held_back:
            rule += f" {cause.held_back_words}"
        parts.append(tag("span", rule, cls="ci-rule"))
    return tag("div", *parts, cls="ci-cause", style=f"--ci-tone:{tone}")


def _offered(cause: Cause | CauseGroup) -> tuple[Operation, ...]:
    if isinstance(cause, CauseGroup):
        return (cause.step,)
    distinct = {short_title(operation): operation for operation in reversed(cause.suggestions)}
    return tuple(operation for operation in cause.suggestions if operation in distinct.values())[:OFFERED]


def _draw_examples(work: Cleaning, cause: Cause) -> None:
    """Up to three rows, those that the first suggestion mends before others."""
    if cause.code == ODD_ROW_CODE:
        _draw_odd_rows(work)
        return
    rows = list(cause.example_rows[:EXAMPLES])
    if cause.suggestions and not work.folder.frozen:
        rows = work.result.failing_rows(0, LOOKED_AT, cause=cause)
    is_of_column = cause.column in work.recipe.columns_after(work.stage.columns)
    needed = {cause.column, *(name for step in cause.suggestions[:1] for name in step.needs())}
    wanted = needed if is_of_column else work.recipe.columns_after(work.stage.columns)
    now = take_cleaned(work.recipe, work.stage, rows, wanted)
    if now.empty:
        return
    if not is_of_column:
        show(examples(["row", "begins with"], [(f"{row:,}", _beginning(now, row)) for row in now.index[:EXAMPLES]]))
        return
    lines = [(f"{row:,}", text) for row, text in now[cause.column].head(EXAMPLES).items()]
    if cause.suggestions and not work.folder.frozen:
        after = cause.suggestions[0].apply(now).reindex(now.index)[cause.column].fillna(DROPPED)
        order = (after == now[cause.column]).sort_values(kind="stable").index[:EXAMPLES]
        lines = [(f"{row:,}", now.at[row, cause.column], after.at[row]) for row in order]
    show(examples(["row", cause.column, "after"][: len(lines[0])], lines))


def _draw_odd_rows(work: Cleaning) -> None:
    """The first of them: where, what is there, and what is odd; of a row as a whole all that is filled."""
    odd = work.result.odd_rows(limit=ODD_EXAMPLES)
    now = work.recipe.apply(work.stage.take([one.row for one in odd])).frame
    lines: list[tuple[str, str, Markup]] = [
        (
            f"{one.row:,}",
            _odd_cell(now, one),
            tag("span", f'"{one.column}" {one.words}' if one.column else one.words, cls="ci-words"),
        )
        for one in odd
        if one.row in now.index
    ]
    show(examples(["row", "what is there", "what is odd"], lines))


def _odd_cell(frame: pd.DataFrame, odd: OddRow) -> str:
    if odd.column in frame.columns:
        return str(frame.at[odd.row, odd.column])[:ODD_CHARACTERS]
    return " · ".join(text for text in map(str, frame.loc[odd.row].tolist()) if text)[:ODD_CHARACTERS]


def _beginning(frame: pd.DataFrame, row: int) -> str:
    return " · ".join(str(value) for value in frame.loc[row].tolist()[:4])


def _draw_choices(work: Cleaning, cause: Cause) -> None:
    name = f"{cause.code}_{cause.column}"
    line = st.container(horizontal=True, vertical_alignment="center", gap="small")
    offered = list(enumerate(_offered(cause)))
    last = [pair for pair in offered if _clears_moved_cells(work, cause, pair[1])]
    for at, operation in offered:
        if (at, operation) not in last:
            kind: ButtonKind = "primary" if at == 0 and cause.verdict is None else "secondary"
            _draw_fix(line, work, operation, f"fix_{name}_{at}", kind)
    if cause.code == "no_country_code" and not cause.suggestions:
        _draw_country(line, work, cause)
    if cause.code == "two_date_orders":
        _draw_order(line, work, cause)
    if cause.column and cause.column in work.recipe.columns_after(work.stage.columns):
        key = f"another_{work.folder.run_id}_{name}"
        another = line.popover("More fixes", icon=":material/tune:", key=key, on_change="rerun")
        if another.open:
            with another:
                draw_other_fix(work, cause)
    if cause.code in REPAIRABLE and work.stage.offers_repair(cause.code):
        with line:
            link("file", "Repair them on the File page", work.folder.run_id, icon=":material/build:")
    _draw_verdicts(line, work, cause)
    for at, operation in last:
        _draw_fix(line, work, operation, f"fix_{name}_{at}", "tertiary")


def _draw_fix(
    line: st.delta_generator.DeltaGenerator, work: Cleaning, operation: Operation, key: str, kind: ButtonKind
) -> None:
    label = plain(short_title(operation), 80)
    if line.button(label, key=key, type=kind, icon=":material/auto_fix_high:"):
        do(work.folder, operation)


def _clears_moved_cells(work: Cleaning, cause: Cause, operation: Operation) -> bool:
    """Whether a step would blank cells of rows that are not like the others: what stands there may have moved, and
    would be lost."""
    clears = isinstance(operation, ClearNoDates | ClearWords)
    has_odd = clears and any(one.code == ODD_ROW_CODE for one in work.result.report.causes)
    return has_odd and bool(work.result.odd_rows(cause.example_rows, limit=1))


def _draw_verdicts(line: st.delta_generator.DeltaGenerator, work: Cleaning, cause: Cause) -> None:
    """What may be done with the rows as they are."""
    for verdict, label, icon in (
        ("reject", "Leave out and list in the error file", ":material/block:"),
        ("drop", "Leave out", ":material/delete:"),
        ("accept", "Import anyway" if cause.blocking else "It is right as it is", ":material/check:"),
    ):
        if verdict == cause.verdict or (verdict == "accept" and not cause.acceptable):
            continue
        if line.button(label, key=f"{verdict}_{cause.code}_{cause.column}", icon=icon, type="tertiary"):
            do(work.folder, Decide(cause.code, cause.column, verdict))


def _draw_order(line: st.delta_generator.DeltaGenerator, work: Cleaning, cause: Cause) -> None:
    """No order is assumed where the list has both: a person says it, sees what that changes, and does it."""
    key = f"order_{work.folder.run_id}_{cause.column}_{len(work.recipe.operations)}"
    with line.popover("Choose the order", icon=":material/today:", type="primary", key=key, on_change="rerun") as box:
        if not box.open:
            return
        order = st.selectbox(
            "Dates are written", list(ORDERS), index=None, format_func=ORDERS.__getitem__, key=f"{key}_order"
        )
        if order is not None:
            draw_do(work, ParseDates(cause.column, str(order)), key, cause)


def _draw_country(line: st.delta_generator.DeltaGenerator, work: Cleaning, cause: Cause) -> None:
    """No country is guessed: a person says it, sees what that changes, and does it."""
    key = f"country_{work.folder.run_id}_{cause.column}_{len(work.recipe.operations)}"
    with line.popover(
        "Choose their country", icon=":material/public:", type="primary", key=key, on_change="rerun"
    ) as box:
        if not box.open:
            return
        region = st.selectbox(
            "Country of these numbers", countries(), index=None, format_func=country_words, key=f"{key}_region"
        )
        possible = st.checkbox("Also numbers not in use, if the length fits", key=f"{key}_possible")
        if region is not None:
            draw_do(work, FormatPhones(cause.column, str(region), not possible), key, cause)
