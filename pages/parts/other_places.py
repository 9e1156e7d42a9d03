"""Settings of the other places: an endpoint of one's own, and a batch endpoint with its API key, never shown."""

from __future__ import annotations

import streamlit as st

from importer.endpoint import batch_connection, key_file, save_key
from importer.settings import Settings
from importer.table import Connection


def draw_custom(now: Connection) -> Connection | None:
    """An address of one's own; None as long as none is given."""
    first, second = st.columns(2)
    url = first.text_input(
        "Address", now.endpoint_url if now.kind == "custom" else "", placeholder="http://127.0.0.1:8000"
    ).strip()
    region = second.text_input("Region to sign for", now.region or "us-east-1")
    return Connection("custom", region.strip(), now.profile, url) if url else _ask_address()


def draw_batch_endpoint(settings: Settings, now: Connection) -> Connection | None:
    """The connection as it is filled in, None as long as no address is; a key that is typed is kept at once."""
    url = st.text_input(
        "Address",
        now.endpoint_url if now.kind == "batch" else "",
        placeholder="https://….amazonaws.com/prod/contacts/batch",
        help="What `python -m importer endpoint deploy` told. The table's key behind it must be `email`.",
    ).strip()
    if not url:
        return _ask_address()
    wanted = batch_connection(url)
    kept = key_file(settings, url).is_file()
    key = st.text_input("API key", type="password", placeholder="kept" if kept else "none", key=f"key_{url}").strip()
    if key and st.button("Keep this key", icon=":material/key:"):
        save_key(settings, url, key)
        st.rerun()
    st.caption("Contacts that are there are replaced. What is in the table cannot be looked at through the endpoint.")
    return wanted


def _ask_address() -> None:
    """What is missing is no error before anybody has typed."""
    st.caption("Give the endpoint's address.")
