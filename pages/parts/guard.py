"""No raw exception on any page: our own errors as they read, all others as a reference that leads into the log."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from importer.errors import ImporterError
from pages.parts import words
from pages.parts.markup import plain

_LOG = logging.getLogger("importer.pages")


@contextmanager
def guard(place: str) -> Iterator[None]:
    """Show what went wrong in `place` instead of a trace. Streamlit's own signals (stop, rerun) pass through."""
    try:
        yield
    except Exception as error:
        show_error(error, place)


def show_error(error: Exception, place: str = "page") -> bool:
    """Draw the box for `error`; True, so that Streamlit shows nothing of its own (`st.App(on_script_error=…)`)."""
    if isinstance(error, ImporterError):
        st.error(plain(error, limit=2000), icon=":material/error:")
        return True
    reference = secrets.token_hex(4)
    _LOG.error("reference %s on %s", reference, place, exc_info=(type(error), error, error.__traceback__))
    st.error(f"**{words.CRASHED}** {words.CRASHED_HELP} `{reference}`", icon=":material/error:")
    return True
