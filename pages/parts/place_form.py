"""The form of where contacts go: the engine on this machine, AWS, an endpoint of one's own, a batch endpoint.

Keys of AWS are never typed here; the API key of a batch endpoint is kept and never shown.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from importer.endpoint import batch_connection, key_file, save_key
from importer.settings import Settings
from importer.table import Connection, TableChoice, check_keys_may_go, engine_status, list_profiles
from pages.parts.engine import start_held_engine
from pages.parts.markup import show
from pages.parts.pieces import facts
from pages.parts.target import look_again

KINDS = {
    "embedded": "The embedded engine on this machine",
    "aws": "Amazon DynamoDB",
    "custom": "Another endpoint that speaks DynamoDB",
    "batch": "A batch endpoint (POST /contacts/batch), without AWS keys",
}
REGIONS = (
    "us-gov-west-1",
    "us-gov-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "ca-central-1",
    "eu-west-1",
    "eu-central-1",
    "eu-north-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-northeast-1",
)
NO_PROFILE = "the machine's own credentials"


def draw_place(settings: Settings, now: TableChoice) -> tuple[str, TableChoice | None]:
    """The form of a connection and a table: the kind that is picked, and the whole once it is filled in."""
    kinds = list(KINDS)
    kind = st.radio(
        "Where",
        kinds,
        index=kinds.index(now.connection.kind),
        format_func=lambda name: KINDS[name],
        label_visibility="collapsed",
    )
    drawn: dict[str, Callable[[], Connection | None]] = {
        "embedded": lambda: draw_embedded(settings),
        "aws": lambda: draw_aws(now.connection),
        "custom": lambda: draw_custom(settings, now.connection),
        "batch": lambda: draw_batch_endpoint(settings, now.connection),
    }
    connection, table = drawn[kind](), now.table
    if kind != "batch":
        table = st.text_input("Table", now.table, max_chars=255, key=f"default_table_{now.table}").strip()
    return kind, TableChoice(connection, table) if connection is not None and table else None


def draw_aws(now: Connection) -> Connection:
    """Profile, region and the two endpoint variants. Secrets are never typed here."""
    first, second = st.columns(2)
    profiles = list(dict.fromkeys([NO_PROFILE, *list_profiles(), *([now.profile] if now.profile else [])]))
    profile = first.selectbox(
        "Credentials",
        profiles,
        index=profiles.index(now.profile or NO_PROFILE),
        help="AWS profiles of this machine. Keys are never typed or kept here.",
    )
    regions = list(dict.fromkeys([*([now.region] if now.kind == "aws" and now.region else []), *REGIONS]))
    region = second.selectbox("Region", regions, accept_new_options=True)
    fips = first.toggle("FIPS endpoint", now.use_fips, help="Validated cryptography, for government work.")
    dual = second.toggle("Dual-stack endpoint", now.use_dualstack, help="Reachable over IPv6 too.")
    return Connection(
        "aws", str(region or "").strip(), None if profile == NO_PROFILE else str(profile), None, fips, dual
    )


def draw_embedded(settings: Settings) -> Connection:
    """Nothing to choose; what it is and whether it keeps data."""
    info = engine_status(settings)
    if info is None:
        st.warning("The embedded engine is not up.", icon=":material/power_off:")
        if st.button("Start it", icon=":material/power:"):
            with st.spinner("Starting the engine …"):
                start_held_engine(settings)
            look_again()
            st.rerun()
    else:
        kept = "yes, through a crash too" if info.durable else "only when it is stopped cleanly"
        show(
            facts(
                {
                    "engine": f"{info.engine} {info.version}",
                    "address": info.endpoint_url,
                    "data": info.data,
                    "keeps data": kept,
                }
            )
        )
    st.caption("It listens on this machine alone and cannot reach AWS.")
    return Connection("embedded")


def draw_custom(settings: Settings, now: Connection) -> Connection | None:
    """An address of one's own; None as long as none is given."""
    first, second = st.columns(2)
    url = first.text_input(
        "Address", now.endpoint_url if now.kind == "custom" else "", placeholder="http://127.0.0.1:8000"
    ).strip()
    region = second.text_input("Region to sign for", now.region or "us-east-1")
    if not url:
        return _ask_address()
    wanted = Connection("custom", region.strip(), now.profile, url)
    check_keys_may_go(wanted, settings.endpoints)
    return wanted


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
