"""Which run is on screen: the address says so. The session keeps a crumb of it for links that drop it."""

from __future__ import annotations

import os

import streamlit as st

from importer.run import RunFolder, open_run
from importer.settings import Settings, load_settings

_CRUMB = "run"


def settings() -> Settings:
    """Where the data lives; read anew each time, it is one look at the environment."""
    return load_settings(os.environ)


def keep_run_in_url() -> None:
    """The sidebar's links lose the address's query: put the run back that this session was looking at."""
    if "run" in st.query_params:
        st.session_state[_CRUMB] = st.query_params["run"]
    elif _CRUMB in st.session_state:
        st.query_params["run"] = st.session_state[_CRUMB]


def show_run(run_id: str | None) -> None:
    """From now on this run is the one on screen; None for a new list."""
    if run_id is None:
        st.session_state.pop(_CRUMB, None)
        st.query_params.pop("run", None)
    else:
        st.session_state[_CRUMB] = run_id
        st.query_params["run"] = run_id


def run_id() -> str | None:
    """The run in the address."""
    return st.query_params.get("run") or None


def current_run() -> RunFolder | None:
    """The folder of the run in the address; None without one, ConfigError for one that does not exist."""
    wanted = run_id()
    return None if wanted is None else open_run(settings(), wanted)
