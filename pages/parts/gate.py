"""Who is at the desk. With `[auth]` in the secrets nobody gets past the frame unsigned; without it, local use."""

from __future__ import annotations

import getpass
import logging

import streamlit as st
from streamlit.errors import StreamlitAuthError

from pages.parts import words
from pages.parts.markup import show, tag
from pages.parts.sign_in_back import TROUBLE

ERROR = ":material/error:"

_LOG = logging.getLogger("importer.pages")


def sign_in_wanted() -> bool:
    """True when the operator has put an `[auth]` section into the secrets."""
    return bool(st.secrets.load_if_toml_exists()) and "auth" in st.secrets


def signed_in() -> bool:
    """True when this session may see pages."""
    return not sign_in_wanted() or bool(st.user.get("is_logged_in", False))


def who() -> str:
    """The name that a run is recorded under: the signed-in address, else the account the app runs as."""
    if sign_in_wanted():
        return str(st.user.get("email") or st.user.get("name") or st.user.get("sub") or "signed in")
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "local"


def draw_sign_in() -> None:
    """The only screen of a session that is not signed in."""
    st.title(words.PRODUCT, anchor=False)
    st.write("Sign in to see lists, runs and the table.")
    if st.button("Sign in", type="primary", icon=":material/login:"):
        _go_to_provider()
    elif st.query_params.get(TROUBLE):
        st.error("You are not signed in: the sign-in service refused, or did not answer. Try again.", icon=ERROR)


def _go_to_provider() -> None:
    """Leave for the provider of sign-in; what its set-up lacks is for the log, it names keys and no secret."""
    try:
        st.login()
    except StreamlitAuthError as error:
        _LOG.error("sign-in is not set up: %s", " ".join(str(error).split()))
        st.error(
            "Sign-in is not set up completely. The app's log names what is missing, for whoever looks after the app.",
            icon=ERROR,
        )


def draw_sign_out() -> None:
    """Who is signed in, and the way out, beside every page."""
    if sign_in_wanted():
        with st.sidebar:
            show(tag("div", who(), cls="ci-note"))
            if st.button("Sign out", icon=":material/logout:"):
                st.logout()
