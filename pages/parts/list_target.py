"""Where one list goes: its own choice of table, changed here and nowhere else."""

from __future__ import annotations

import streamlit as st

from importer.errors import ImporterError
from importer.run import RunFolder, choose_table
from importer.table import TableChoice, list_tables, load_default
from pages.parts.keeping import pressed, then_drawn_again
from pages.parts.markup import plain
from pages.parts.navigation import link
from pages.parts.run_in_url import settings
from pages.parts.target import TargetNow, client_for, look_again


def draw_other_table(folder: RunFolder, now: TargetNow) -> None:
    """A button that unfolds: another table of the same place, or what new lists go to."""
    box = st.popover(
        "Another table", icon=":material/table_edit:", key=f"other_table_{folder.run_id}", on_change="rerun"
    )
    with box:
        if not box.open:
            return
        if now.connection.kind != "batch":
            _draw_tables(folder, now)
        draw_default(folder, now, f"default_here_{folder.run_id}")
        link("settings", "Another account or endpoint: Settings", folder.run_id, icon=":material/settings:")


def draw_default(folder: RunFolder, now: TargetNow, key: str) -> None:
    """The way from the list's own table to the one that new lists go to; nothing where they are the same."""
    default = load_default(settings())
    if default.same_place(now.choice):
        return
    where = default.sentence()
    st.caption(f"New lists go to {plain(where)}.")
    meant: TableChoice | None = pressed(
        st.button, "Use that for this list too", shown=default, key=key, icon=":material/keyboard_return:"
    )
    if meant is not None:
        _move(folder, meant, now)


def _draw_tables(folder: RunFolder, now: TargetNow) -> None:
    try:
        names = list(list_tables(client_for(now.connection)))
    except ImporterError as error:
        st.caption(plain(error, 500))
        names = []
    picked = st.selectbox(
        "Table for this list",
        [name for name in names if name != now.table],
        index=None,
        placeholder="Choose a table, or type a name",
        accept_new_options=True,
        key=f"table_for_{folder.run_id}_{now.table}",
    )
    name = str(picked or "").strip()
    if st.button("Use it for this list", type="primary", disabled=not name, key=f"use_table_{folder.run_id}"):
        _move(folder, TableChoice(now.connection, name), now)


def _move(folder: RunFolder, choice: TableChoice, now: TargetNow) -> None:
    with then_drawn_again():
        choose_table(folder, choice, seen=now.choice)
        look_again()
