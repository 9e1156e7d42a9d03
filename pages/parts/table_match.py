"""The list's columns beside the attributes that the table's items have: take the names that mean the same."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from importer.check import (
    AttributeMatch,
    KnownAttribute,
    Schema,
    TypeConflict,
    known_attributes,
    match_attributes,
    take_matches,
    type_conflicts,
    with_type,
)
from importer.run import RunFolder
from importer.table import TableSample
from pages.parts import words
from pages.parts.guard import guard
from pages.parts.keeping import keep_schema
from pages.parts.markup import plain
from pages.parts.table_names import draw_new_names, draw_taken
from pages.parts.target import TargetNow, known_now, look_again

SHOWN = 10


def draw_table_match(folder: RunFolder, schema: Schema, now: TargetNow) -> None:
    """What is the table's own already, names to take, types that differ, and from how much of the table that is
    known."""
    if now.connection.kind == "batch":
        st.caption("The table behind a batch endpoint cannot be looked at, so its attributes are not compared.")
        return
    if now.description is None:
        st.caption(f"The table cannot be read, so its attributes are not compared. {plain(now.error)}")
        return
    table = known_now(now)
    sample = table.sample
    if sample.error:
        st.caption(f"The table's items cannot be read, so only its keys are known. {plain(sample.error)}")
    known = known_attributes(table, nest_dots=schema.nest_dots)
    with guard("table match"):
        matches = open_matches(schema, known)
        _draw_origin(now, sample, matches)
        draw_taken(schema, known)
        if not folder.frozen:
            draw_new_names(folder, schema, known_attributes(table, nest_dots=True))
        if matches:
            _draw_matches(folder, schema, matches, sample)
        for conflict in type_conflicts(schema, known):
            _draw_conflict(folder, schema, conflict, sample)


def open_matches(schema: Schema, known: tuple[KnownAttribute, ...]) -> tuple[AttributeMatch, ...]:
    """What is still to take: of columns and attributes that have not found each other."""
    names = {attribute.name for attribute in known}
    settled = {spec.attribute for spec in schema.columns if spec.attribute in names}
    columns = [spec.column for spec in schema.columns if spec.attribute not in settled]
    return match_attributes(columns, [attribute for attribute in known if attribute.name not in settled])


def _draw_origin(now: TargetNow, sample: TableSample, matches: tuple[AttributeMatch, ...]) -> None:
    line = st.container(horizontal=True, vertical_alignment="center", gap="small")
    if not sample.items:
        told = f"{plain(now.table)} has no items yet, so only its keys are known."
    elif matches:
        told = f"From {words.count(sample.items, 'item')} of {plain(now.table)}: these look like the same."
    else:
        told = (
            f"From {words.count(sample.items, 'item')} of {plain(now.table)}: no other column looks like an "
            "attribute that the table has."
        )
    line.caption(told, width="content")
    if line.button("Refresh", type="tertiary", icon=":material/refresh:", key="sample_again"):
        look_again()
        st.rerun()


def _draw_matches(
    folder: RunFolder, schema: Schema, matches: tuple[AttributeMatch, ...], sample: TableSample
) -> None:
    with st.container(border=True):
        sure = [match for match in matches if match.confident]
        for match in sorted(matches, key=lambda one: -one.confidence)[:SHOWN]:
            line = st.container(horizontal=True, vertical_alignment="center", gap="small")
            line.markdown(_sentence(match, schema, sample), width="stretch")
            key = f"take_{folder.run_id}_{schema.columns.index(schema.column(match.column))}"
            if line.button("Use this match", key=key, disabled=folder.frozen):
                keep_schema(folder, take_matches(schema, [match]), schema)
        if len(matches) > SHOWN:
            st.caption(f"{len(matches) - SHOWN} more come up as these are taken.")
        if len(sure) > 1:
            label = f"Use all {len(sure)} sure matches"
            if st.button(label, icon=":material/done_all:", type="primary", key="take_sure", disabled=folder.frozen):
                keep_schema(folder, take_matches(schema, sure), schema)


def _sentence(match: AttributeMatch, schema: Schema, sample: TableSample) -> str:
    """`Vorname → given_name  same meaning, 93 %`, and what the table holds there."""
    colour = "green" if match.confident else "orange"
    arrow = f"**{plain(match.column)}** → **{plain(match.attribute.name)}**"
    sure = f":{colour}-badge[{match.reason}, {round(100 * match.confidence)} %]"
    key = " :blue-badge[key]" if match.attribute.is_key else ""
    return f"{arrow} {sure}{key}  \n:gray[{_held(match, schema, sample)}]"


def _held(match: AttributeMatch, schema: Schema, sample: TableSample) -> str:
    """What the table holds there, and whether that is what this list would write."""
    writes = schema.column(match.column).type.value
    types = sample.types.get(match.attribute.name)
    if not types:
        return f"Not in the items looked at; you write {words.type_name(writes)}"
    told = ", ".join(f"{words.type_name(kind)} in {count:,}" for kind, count in types.items())
    same = "as you write it" if set(types) == {writes} else f"you write {words.type_name(writes)}"
    return f"The table holds {told} of {words.count(sample.items, 'item')}, {same}"


def _draw_conflict(folder: RunFolder, schema: Schema, conflict: TypeConflict, sample: TableSample) -> None:
    line = st.container(horizontal=True, vertical_alignment="center", gap="small")
    spec = schema.column(conflict.column)
    seen = words.type_name(conflict.seen)
    line.warning(
        f"The table holds {plain(conflict.attribute)} as {seen} in {conflict.count:,} of "
        f"{words.count(sample.items, 'item')}; you write {words.type_name(spec.type.value)}.",
        icon=":material/difference:",
        width="stretch",
    )
    if conflict.seen not in words.TYPE_WORDS or spec.attribute in schema.key:
        return
    if line.button(f"Write {seen}", key=f"type_{folder.run_id}_{conflict.attribute}", disabled=folder.frozen):
        made = with_type(spec, conflict.seen)
        columns = tuple(made if one.column == spec.column else one for one in schema.columns)
        keep_schema(folder, replace(schema, columns=columns), schema)
