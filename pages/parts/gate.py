"""Who is at the desk. With `[auth]` in the secrets nobody gets past the frame unsigned; without it, local use."""

from __future__ import annotations

import getpass

import streamlit as st

from pages.parts import words


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
    st.title(words.PRODUCT)
    st.write("Sign in to see lists, runs and the table.")
    if st.button("Sign in", type="primary", icon=":material/login:"):
        st.login()
