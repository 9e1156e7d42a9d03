"""Table: what it is, how many items it has, and the items themselves."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from importer.errors import ImporterError
from importer.table import TableChoice, TableDescription, browse_table, count_items, list_tables
from pages.parts import words
from pages.parts.head import draw_head
from pages.parts.markup import plain, show, tag
from pages.parts.pieces import facts
from pages.parts.run_in_url import current_run, settings
from pages.parts.target import TargetNow, client_for, look_at, target_now

PAGE_ITEMS = 50


def draw_choice(home: TargetNow) -> TargetNow:
    """Another table of the same place to look at, for this page alone; where lists go is not changed here."""
    try:
        names = list(list_tables(client_for(home.connection)))
    except ImporterError as error:
        st.warning(plain(error), icon=":material/cloud_off:")
        return home
    options = list(dict.fromkeys([home.table, *names]))
    picked = st.selectbox(
        "Table",
        options,
        index=0,
        key=f"table_{home.table}",
        accept_new_options=True,
        help="To look at. Where a list goes is chosen on its Import page, where new lists go on the Settings page.",
    )
    name = str(picked or "").strip()
    return home if name in ("", home.table) else look_at(settings(), TableChoice(home.connection, name))


def draw_facts(now: TargetNow, description: TableDescription) -> None:
    """What the table says of itself, and an exact count on demand."""
    billing = (
        "on demand" if description.billing == "PAY_PER_REQUEST" else f"{description.write_capacity:,} write units/s"
    )
    # The embedded engine counts its items and not their bytes.
    unknown = description.item_count > 0 and description.size_bytes == 0
    size = "not reported" if unknown else words.size(description.size_bytes)
    told = {
        "key": str(description.key),
        "state": description.status,
        "capacity": billing,
        "items, as last reported": f"{description.item_count:,}",
        "size, as last reported": size,
        "indexes": ", ".join(description.indexes) or "none",
    }
    left, right = st.columns([2, 1], gap="medium")
    with left:
        show(facts(told))
    with right:
        if st.button("Count the items now", icon=":material/calculate:", width="stretch"):
            with st.spinner("Counting …"):
                st.session_state["counted"] = (now.table, count_items(client_for(now.connection), now.table))
        table, number = st.session_state.get("counted", ("", 0))
        if table == now.table:
            show(tag("div", f"{number:,} items, counted one by one", cls="ci-note"))


def draw_items(now: TargetNow, description: TableDescription) -> None:
    """A page of items, or those of one key."""
    partition, sort = description.key.partition.attribute, description.key.sort
    crumb = f"pages_{now.table}"
    fields = st.columns(3 if sort else 2, vertical_alignment="bottom")
    wanted = {partition: fields[0].text_input(f"Find by {plain(partition)}", key=f"find_{now.table}").strip()}
    if sort:
        wanted[sort.attribute] = (
            fields[1].text_input(f"and {plain(sort.attribute)}", key=f"find2_{now.table}").strip()
        )
    starts: list[str | None] = st.session_state.setdefault(crumb, [None])
    looked_up = wanted[partition] != ""
    start = None if looked_up else starts[-1]
    page = browse_table(
        client_for(now.connection),
        description,
        limit=PAGE_ITEMS,
        start=start,
        key_equals=wanted if looked_up else None,
    )
    if not page.items:
        nothing = "No item has this key." if looked_up else "The table is empty. Import a list and it fills."
        st.info(nothing, icon=":material/inbox:")
    else:
        frame = pd.DataFrame(list(page.items), columns=list(page.columns)).fillna("")
        st.dataframe(frame, hide_index=True, height=min(640, 38 + 35 * len(frame)), key=f"items_{len(starts)}")
    if not looked_up and (page.items or len(starts) > 1):
        draw_paging(starts, page.next_start, len(page.items))


def draw_paging(starts: list[str | None], next_start: str | None, shown: int) -> None:
    """Back and on: a table has no page numbers, only where the next page starts."""
    row = st.container(horizontal=True, vertical_alignment="center")
    first = PAGE_ITEMS * (len(starts) - 1) + 1
    if row.button("Back", icon=":material/chevron_left:", disabled=len(starts) < 2):
        starts.pop()
        st.rerun()
    if row.button("Next", icon=":material/chevron_right:", disabled=next_start is None):
        starts.append(next_start)
        st.rerun()
    if row.button("From the start", icon=":material/refresh:", type="tertiary"):
        starts[:] = [None]
        st.rerun()
    if shown:
        row.caption(f"Items {first:,} to {first + shown - 1:,}, in the table's own order")


folder = current_run()
now = target_now(settings(), folder)
draw_head("Table")
if folder is not None:
    st.caption(f"Where {plain(folder.draft().source_name)} goes. Pick another table to look at it.")
if now.target is None and now.error:
    st.warning(plain(now.error), icon=":material/cloud_off:")
    st.stop()
if now.connection.kind == "batch":
    st.info("What is behind a batch endpoint cannot be looked at from here.", icon=":material/visibility_off:")
    st.stop()
now = draw_choice(now)
if now.description is None:
    st.warning(plain(now.error), icon=":material/cloud_off:")
    st.stop()
draw_facts(now, now.description)
st.subheader("Items", anchor=False)
draw_items(now, now.description)
