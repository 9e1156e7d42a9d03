"""The profile on screen: the list in numbers, all columns at a glance, one column closely."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from importer.profile import ColumnProfile, Damage, ListProfile
from pages.parts import words
from pages.parts.colours import BUCKET_COLOURS
from pages.parts.markup import show, tag
from pages.parts.pictures import fill_bars, length_histogram, top_values
from pages.parts.pieces import card, cards, facts

MANY_COLUMNS = 60
"""Above this the bars of all columns are not drawn at once; the table below has them all."""


def draw_list_facts(profile: ListProfile, steps: int) -> None:
    """Rows, duplicates, damage: what a person asks first. `steps`: of the list's recipe, which the file knows nothing
    of."""
    damaged = sum(damage.count for damage in profile.damage)
    keys = profile.duplicate_keys
    key_note = f"by {profile.key_column}" if profile.key_column else "no key column found"
    show(
        cards(
            card("rows", profile.rows),
            card("columns", len(profile.columns)),
            card("exact duplicate rows", profile.duplicate_rows, colour=BUCKET_COLOURS["duplicate"]),
            card(
                "rows with a repeated key", keys if keys is not None else "–", key_note, BUCKET_COLOURS["duplicate"]
            ),
            card("cells that look damaged", damaged, colour=BUCKET_COLOURS["failed"] if damaged else None),
        )
    )
    if profile.damage:
        with st.container(border=True):
            st.markdown(":material/healing: **Damage from Excel or exports**")
            show(tag("ul", *(tag("li", _damage(damage)) for damage in profile.damage), cls="ci-list"))
            done = f"{words.count(steps, 'step is', 'steps are')} done after that"
            is_left = f"So it is in the file; {done}. What is left is on the Check page."
            st.caption(is_left if steps else "The Check page offers a fix for each.")


def _damage(damage: Damage) -> str:
    return f"{damage.title}: {words.count(damage.count, 'cell')}, first in row {damage.first_row:,}"


def draw_overview(profile: ListProfile) -> None:
    """Fill bars and a table with a line a column."""
    if profile.rows == 0:
        st.info("The list has a header and no rows.", icon=":material/inbox:")
        return
    if len(profile.columns) <= MANY_COLUMNS:
        st.plotly_chart(fill_bars(profile), key="fill_bars", config={"displayModeBar": False})
    frame = pd.DataFrame([_line(column) for column in profile.columns])
    filled = st.column_config.ProgressColumn("filled", min_value=0, max_value=100, format="%.0f %%", width="small")
    misfit = st.column_config.TextColumn(
        "first unusual value", help="The first cell that looks unlike most of its column."
    )
    st.dataframe(frame, hide_index=True, column_config={"filled": filled, "first unusual value": misfit})


def _line(column: ColumnProfile) -> dict[str, object]:
    return {
        "column": column.name,
        "filled": _filled_percent(column),
        "different values": f"{column.distinct:,}",
        "looks like": column.main_shape,
        "first unusual value": column.first_misfit or "",
        "row": "" if column.first_misfit_row is None else f"{column.first_misfit_row:,}",
        "length": f"{column.length_min} – {column.length_max}" if column.filled else "",
        "most common": column.top_values[0][0] if column.top_values else "",
    }


def _filled_percent(column: ColumnProfile) -> float:
    """0 to 100; like `words.percent` never shown as 100 while a cell is empty, nor as 0 while one is filled."""
    share = 100 * column.filled / max(1, column.rows)
    return share if column.filled in (0, column.rows) else min(99.0, max(1.0, share))


def draw_column(profile: ListProfile, name: str) -> None:
    """One column: census of shapes, lengths, top values."""
    column = next(column for column in profile.columns if column.name == name)
    told, lengths, values = st.columns([1.1, 1, 1], gap="medium")
    with told:
        show(facts(_facts(column)))
        for damage in column.damage:
            show(tag("div", _damage(damage), cls="ci-note"))
    if not column.filled:
        return
    with lengths:
        st.caption("How long the cells are")
        st.plotly_chart(length_histogram(column), key=f"lengths_{name}", config={"displayModeBar": False})
    with values:
        st.caption("Most common values")
        st.plotly_chart(top_values(column), key=f"values_{name}", config={"displayModeBar": False})


def _facts(column: ColumnProfile) -> dict[str, object]:
    told: dict[str, object] = {
        "filled": f"{column.filled:,} ({words.percent(column.filled, column.rows)})",
        "empty": f"{column.empty:,}",
        "different values": f"{column.distinct:,}",
    }
    told |= {shape.shape: f"{shape.count:,}" for shape in column.shapes if shape.shape != "empty"}
    if column.first_misfit_row is not None:
        told["first unusual value"] = f"row {column.first_misfit_row:,}: {column.first_misfit}"
    if column.filled:
        told["length"] = f"{column.length_min} to {column.length_max}, {column.length_mean:.1f} on average"
    return told
