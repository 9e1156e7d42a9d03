"""Settings: which table service, and what this app runs on."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from importer.errors import ImporterError
from importer.table import Connection, engine_status, list_profiles, list_tables, load_connection, save_connection
from pages.parts import gate, words
from pages.parts.engine import hold_engine
from pages.parts.guard import guard
from pages.parts.head import draw_head
from pages.parts.markup import plain, show
from pages.parts.other_places import draw_batch_endpoint, draw_custom
from pages.parts.pieces import facts
from pages.parts.run_in_url import settings
from pages.parts.target import choose_table, chosen_table, client_for, look_again

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


def draw_embedded() -> Connection:
    """Nothing to choose; what it is and whether it keeps data."""
    info = engine_status(settings())
    if info is None:
        st.warning("The embedded engine is not up.", icon=":material/power_off:")
        if st.button("Start it", icon=":material/power:"):
            with st.spinner("Starting the engine …"):
                hold_engine(settings())
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


def same(wanted: Connection, now: Connection) -> bool:
    """True when nothing would change; the embedded engine's address is not a choice."""
    return wanted == now or wanted.kind == now.kind == "embedded"


def draw_test(wanted: Connection) -> None:
    """Ask the place for its tables and say in plain words what came back."""
    try:
        tables = list_tables(client_for(wanted))
    except ImporterError as error:
        st.error(plain(error), icon=":material/cloud_off:")
        return
    told = ", ".join(tables[:8]) or "no tables yet"
    st.success(f"It answers: {words.count(len(tables), 'table')}. {plain(told)}", icon=":material/cloud_done:")


DRAWN: dict[str, Callable[[Connection], Connection | None]] = {
    "embedded": lambda now: draw_embedded(),
    "aws": draw_aws,
    "custom": draw_custom,
    "batch": lambda now: draw_batch_endpoint(settings(), now),
}

draw_head("Settings")
now = load_connection(settings())
with st.container(border=True):
    st.subheader("Where contacts go", anchor=False)
    kind = st.radio(
        "Where",
        list(KINDS),
        index=list(KINDS).index(now.kind),
        format_func=lambda name: KINDS[name],
        label_visibility="collapsed",
    )
    with guard("connection"):
        wanted = DRAWN[kind](now)
        row = st.container(horizontal=True)
        new = wanted is not None and not same(wanted, now)
        if row.button("Use this", type="primary", icon=":material/check:", disabled=not new):
            save_connection(settings(), wanted)
            look_again()
            st.rerun()
        if kind != "batch" and row.button("Test it", icon=":material/network_check:", disabled=wanted is None):
            draw_test(load_connection(settings()) if kind == "embedded" else wanted)
with st.container(border=True):
    st.subheader("Table", anchor=False)
    with st.form("table", border=False):
        table = st.text_input("Name", chosen_table(settings()), max_chars=255)
        if st.form_submit_button("Use this table", icon=":material/check:") and table.strip():
            choose_table(settings(), table.strip())
            st.rerun()
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
