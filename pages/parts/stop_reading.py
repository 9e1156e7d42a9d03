"""Reading a long list can be cancelled; what was read by then is thrown away, and the page offers to read again."""

from __future__ import annotations

import streamlit as st

from importer.run import RunFolder

LONG_BYTES = 16 * 1024 * 1024
"""Read in well under half a second; a button would only flash by."""


def _key(folder: RunFolder) -> str:
    return f"reading_cancelled_{folder.run_id}"


def stop_here_if_cancelled(folder: RunFolder) -> None:
    """Ends the page with an offer to read the list, when its reading was cancelled and nobody asked for it again."""
    if not st.session_state.get(_key(folder)):
        return
    st.info("Reading was cancelled; nothing of it was kept. The file itself is still here.", icon=":material/info:")
    if not st.button("Read the list", type="primary", icon=":material/play_arrow:"):
        st.stop()
    del st.session_state[_key(folder)]


def cancel_button(folder: RunFolder) -> None:
    """For a long list. A click starts the page anew, which ends the reading at its next report of progress."""
    if folder.source.stat().st_size >= LONG_BYTES:
        st.button("Cancel reading", icon=":material/close:", on_click=_cancel, args=(folder,))


def _cancel(folder: RunFolder) -> None:
    st.session_state[_key(folder)] = True
