"""Settings: which table service, and what this app runs on."""

from __future__ import annotations

import streamlit as st

from importer.errors import ImporterError
from importer.table import Connection, list_tables, load_default, save_default
from pages.parts import gate, words
from pages.parts.guard import guard
from pages.parts.head import draw_head
from pages.parts.list_target import draw_default
from pages.parts.markup import plain, show
from pages.parts.pieces import facts
from pages.parts.place_form import draw_place
from pages.parts.run_in_url import current_run, settings
from pages.parts.target import client_for, look_again, target_now


def draw_test(wanted: Connection) -> None:
    """Ask the place for its tables and say in plain words what came back."""
    try:
        tables = list_tables(client_for(wanted))
    except ImporterError as error:
        st.error(plain(error), icon=":material/cloud_off:")
        return
    told = ", ".join(tables[:8]) or "no tables yet"
    st.success(f"It answers: {words.count(len(tables), 'table')}. {plain(told)}", icon=":material/cloud_done:")


def draw_list() -> None:
    """The list that is open: it keeps its own table, whatever new lists go to."""
    folder = current_run()
    if folder is None or folder.frozen:
        return
    with st.container(border=True):
        st.subheader("The list that is open", anchor=False)
        now = target_now(settings(), folder)
        show(facts({folder.draft().source_name: f"goes to {now.sentence}"}))
        draw_default(folder, now, f"default_too_{folder.run_id}")


draw_head("Settings")
now = load_default(settings())
with st.container(border=True):
    st.subheader("Where new lists go", anchor=False)
    st.caption("Lists that are open already keep the table that they have.")
    with guard("connection"):
        kind, wanted = draw_place(settings(), now)
        row = st.container(horizontal=True)
        new = wanted is not None and not wanted.same_place(now)
        if row.button("Use this", type="primary", icon=":material/check:", disabled=not new):
            save_default(settings(), wanted)
            look_again()
            st.rerun()
        if kind != "batch" and row.button("Test it", icon=":material/network_check:", disabled=wanted is None):
            draw_test(now.connection if kind == "embedded" else wanted.connection)
with guard("list"):
    draw_list()
with st.container(border=True):
    st.subheader("This app", anchor=False)
    access = (
        "Sign-in is on." if gate.sign_in_wanted() else "No sign-in is set up: for local use, on this machine alone."
    )
    show(facts({"you are": gate.who(), "access": access, "data folder": settings().home}))
    if not gate.sign_in_wanted():
        st.caption(
            "To ask for sign-in, put an `[auth]` section into `.streamlit/secrets.toml`; the README shows one."
        )
