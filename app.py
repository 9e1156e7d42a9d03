"""The app: Streamlit over `pages/frame.py`, the embedded engine for as long as it runs, own routes, headers.

Start it with `streamlit run app.py`.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from importer.errors import ImporterError
from importer.logs import start_logging
from importer.settings import load_settings
from pages.parts.bodies import Bodies, read_small_pieces
from pages.parts.engine import hold_engine, release_engine
from pages.parts.guard import show_error
from pages.parts.headers import OwnHosts, SecurityHeaders
from pages.parts.routes import ROUTES
from pages.parts.sign_in_back import SignInBack
from pages.parts.warm import import_heavy

HERE = Path(__file__).resolve().parent
ENGINE_WAIT_S = 5.0
"""The engine answers in 0.05 s once it is fetched; fetching goes on beside the open app."""

TURN_S = 0.001
"""As long as one thread has Python to itself while another waits. Beside a list that is read in Python a second
person's click took 0.19 s with Python's own 5 ms and 0.11 s with this (medians)."""

_LOG = logging.getLogger("importer.app")


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[dict[str, object]]:
    """Start what pages need before the first one is asked for; stop it with the app."""
    start_logging(sys.stderr)
    os.umask(0o077)
    sys.setswitchinterval(TURN_S)
    read_small_pieces()
    settings = load_settings(os.environ)
    import_heavy()
    starting = asyncio.ensure_future(asyncio.to_thread(_start, settings))
    await asyncio.wait({starting}, timeout=ENGINE_WAIT_S)
    # Streamlit collects all garbage after every run of a page; what will never be garbage is taken out of that.
    gc.collect()
    gc.freeze()
    try:
        yield {}
    finally:
        with suppress(ImporterError):
            await asyncio.to_thread(release_engine, settings)


def _start(settings: object) -> None:
    try:
        hold_engine(settings)
    except ImporterError as error:
        _LOG.error("the engine is not up: %s", error)


app = st.App(
    HERE / "pages" / "frame.py",
    lifespan=lifespan,
    routes=ROUTES,
    middleware=[Middleware(SecurityHeaders), Middleware(OwnHosts), Middleware(Bodies), Middleware(SignInBack)],
    on_script_error=show_error,
)
