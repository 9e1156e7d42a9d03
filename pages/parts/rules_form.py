"""Rules in plain words, one line a rule, with the rows that fail it: change one, add one, take one away."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from importer.check import ColumnSpec, Rule, Schema
from importer.clean import load_history
from importer.errors import ImporterError
from importer.intake import Stage
from importer.run import RunFolder
from importer.table import TableKey
from pages.parts import words
from pages.parts.guard import guard
from pages.parts.keeping import keep_schema
from pages.parts.markup import plain
from pages.parts.rule_counts import Ruled, counts_of_all
from pages.parts.rule_fields import FORMS, draw_fields, draw_foretold, draw_still_wrong, draw_wrong


def draw_rules(folder: RunFolder, stage: Stage, schema: Schema, key: TableKey, *, in_sight: bool) -> None:
    """All rules as sentences, each with its rows and its way out; below, the form for one more.

    Nothing is counted as long as the tab is not `in_sight`: of a long list it takes seconds, and nobody saw why.
    """
    ruled = Ruled(folder, stage, load_history(folder.recipe).recipe, schema, key, in_sight)
    with_rules = [spec for spec in schema.columns if spec.rules]
    if not with_rules:
        st.info("No rules yet: every row passes that DynamoDB takes.", icon=":material/rule:")
    else:
        _draw_all(ruled, with_rules)
    if not folder.frozen:
        _draw_new(ruled)


def _draw_all(ruled: Ruled, with_rules: list[ColumnSpec]) -> None:
    crumb = f"count_rules_{ruled.folder.run_id}"
    counts = counts_of_all(ruled, asked=bool(st.session_state.pop(crumb, False)))
    if ruled.long and any(count is None for count in counts.values()):
        line = st.container(horizontal=True, vertical_alignment="center")
        line.caption(f"The list has {ruled.stage.rows:,} rows; counting those that fail takes a moment.")
        if line.button("Count them", icon=":material/calculate:", key=f"{crumb}_now"):
            st.session_state[crumb] = True
            st.rerun()
    for spec in with_rules:
        for rule in spec.rules:
            _draw_rule(ruled, spec, rule, counts.get((spec.column, rule.name)))


def _draw_rule(ruled: Ruled, spec: ColumnSpec, rule: Rule, count: int | None) -> None:
    folder, place = ruled.folder, ruled.schema.columns.index(spec)
    key, crumb = f"{folder.run_id}_{place}_{rule.name}", f"changing_{folder.run_id}"
    line = st.container(horizontal=True, vertical_alignment="center", gap="small")
    said = f"**{plain(spec.column)}** {plain(rule.sentence())} {_badge(count)}"
    if rule.message:
        said += f"  \n:gray[:material/chat: {plain(rule.message)}]"
    line.markdown(said, width="stretch")
    buttons = line.container(horizontal=True, width="content", gap="small")
    how: dict[str, Any] = {"type": "tertiary", "disabled": folder.frozen}
    if buttons.button("Change", key=f"change_{key}", icon=":material/edit:", **how):
        st.session_state[crumb] = (spec.column, rule.name)
    if buttons.button("Remove", key=f"away_{key}", icon=":material/close:", **how):
        _save(ruled, replace(spec, rules=tuple(other for other in spec.rules if other is not rule)))
    if st.session_state.get(crumb) == (spec.column, rule.name) and not folder.frozen:
        _draw_change(ruled, spec, rule, crumb)


def _badge(count: int | None) -> str:
    """How many rows fail now, in a colour; nothing where it was not counted."""
    if count is None:
        return ""
    if count == 0:
        return ":green-badge[no row fails]"
    return f":orange-badge[{words.count(count, 'row')} fail{'s' if count == 1 else ''}]"


def _draw_change(ruled: Ruled, spec: ColumnSpec, rule: Rule, crumb: str) -> None:
    key = f"edit_{ruled.folder.run_id}_{ruled.schema.columns.index(spec)}_{rule.name}"
    with st.container(border=True), guard("rule"):
        st.markdown(f"**{plain(spec.column)}** {FORMS[rule.name][0]}")
        wanted = draw_fields(rule.name, key, rule)
        _draw_meaning(ruled, spec.column, wanted, key)
        row = st.container(horizontal=True)
        keep = row.button("Keep the change", icon=":material/check:", type="primary", key=f"{key}_keep")
        if row.button("Leave it as it was", key=f"{key}_leave"):
            st.session_state.pop(crumb, None)
            st.rerun()
        if keep and isinstance(wanted, ImporterError):
            draw_wrong(wanted)
        elif keep:
            st.session_state.pop(crumb, None)
            _save(ruled, replace(spec, rules=tuple(wanted if one is rule else one for one in spec.rules)))


def _draw_meaning(ruled: Ruled, column: str, wanted: Rule | ImporterError, key: str) -> None:
    """What the fields mean now: the rows that would fail, or what is wrong with them."""
    if isinstance(wanted, ImporterError):
        draw_still_wrong(wanted, key)
    else:
        draw_foretold(ruled, column, wanted, key)


@st.fragment
def _draw_new(ruled: Ruled) -> None:
    run_id = ruled.folder.run_id
    with st.container(border=True), guard("rule"):
        st.markdown("**Add a rule**")
        first, second = st.columns(2)
        columns = [spec.column for spec in ruled.schema.columns]
        column = first.selectbox(
            "Column", columns, index=None, placeholder="Choose a column", key=f"rule_column_{run_id}"
        )
        kind = second.selectbox(
            "Rule",
            list(FORMS),
            index=None,
            placeholder="Choose a rule",
            format_func=lambda name: FORMS[name][0],
            key="rule_kind",
        )
        if column is None or kind is None:
            st.caption("Which rows it would fail is said here, before it is added.")
            return
        spec = ruled.schema.column(column)
        there = next((rule for rule in spec.rules if rule.name == kind), None)
        added = f"rules_added_{run_id}"
        key = f"new_{run_id}_{kind}_{st.session_state.get(added, 0)}"
        wanted = draw_fields(kind, key)
        if there is not None:
            st.caption(f"It takes the place of: {plain(there.sentence())}.")
        _draw_meaning(ruled, column, wanted, key)
        if st.button("Add the rule", icon=":material/add:", key=f"add_{run_id}"):
            if isinstance(wanted, ImporterError):
                draw_wrong(wanted)
                return
            st.session_state[added] = st.session_state.get(added, 0) + 1  # the next form starts empty
            kept = tuple(other for other in spec.rules if other.name != wanted.name)
            _save(ruled, replace(spec, rules=(*kept, wanted)))


def _save(ruled: Ruled, spec: ColumnSpec) -> None:
    columns = tuple(spec if other.column == spec.column else other for other in ruled.schema.columns)
    keep_schema(ruled.folder, replace(ruled.schema, columns=columns), ruled.schema)
