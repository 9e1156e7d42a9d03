"""Which sessions of pages are connected, which were let in at the gate, and which sign-in each was opened with."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

SIGN_IN_COOKIE = "_streamlit_user"
"""Streamlit's cookie of who is signed in; a long one comes in pieces whose names begin so."""


def sign_in_of(cookies: Mapping[str, str]) -> str:
    """A digest of the sign-in that the cookies carry; of nothing where there is none."""
    carried = sorted((name, value) for name, value in cookies.items() if name.startswith(SIGN_IN_COOKIE))
    return hashlib.sha256(repr(carried).encode()).hexdigest()


def is_connected(session_id: str) -> bool:
    """Whether a browser holds that session open now."""
    return st.runtime.exists() and st.runtime.get_instance().is_active_session(session_id)


def this_session() -> str:
    """The id of the session whose page is being drawn; "" outside of one."""
    context = get_script_run_ctx()
    return context.session_id if context else ""


@dataclass
class Sessions:
    """The sessions that passed the gate, each with the sign-in it was opened with. Those that ended are forgotten."""

    is_connected: Callable[[str], bool]
    _signed_in: dict[str, str] = field(default_factory=dict)

    def let_in(self, session_id: str, cookies: Mapping[str, str]) -> None:
        """Remember that the gate let this session in."""
        if session_id in self._signed_in:
            return
        for ended in [one for one in list(self._signed_in) if not self.is_connected(one)]:
            self._signed_in.pop(ended, None)
        self._signed_in[session_id] = sign_in_of(cookies)

    def are_of(self, session_id: str, cookies: Mapping[str, str]) -> bool:
        """Whether these cookies are those of a session that was let in and is connected."""
        signed_in = self._signed_in.get(session_id)
        if signed_in is None or not self.is_connected(session_id):
            return False
        return secrets.compare_digest(signed_in, sign_in_of(cookies))


SESSIONS = Sessions(is_connected)
