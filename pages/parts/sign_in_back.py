"""A sign-in that came to nothing leads back to the gate, which says so; else it ends on a bare page, or silently."""

from __future__ import annotations

from urllib.parse import parse_qs

import streamlit as st
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOGIN_PATH = "/auth/login"
CALLBACK_PATH = "/oauth2callback"
"""Streamlit's own routes: the way to the provider of sign-in, and the way back."""

TROUBLE = "sign_in_failed"
"""Stands in the gate's address then."""


class SignInBack:
    """ASGI middleware over the two routes above; all else passes."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        prefix = str(st.get_option("server.baseUrlPath") or "").strip("/")
        base = f"/{prefix}" if prefix else ""
        if scope["type"] != "http" or scope["path"] not in (base + LOGIN_PATH, base + CALLBACK_PATH):
            await self.app(scope, receive, send)
            return
        failed = scope["path"].endswith(CALLBACK_PATH) and b"error" in parse_qs(scope["query_string"])

        async def look(message: Message) -> None:
            nonlocal failed
            if message["type"] == "http.response.start":
                failed = failed or message["status"] >= 400
            if not failed:
                await send(message)

        await self.app(scope, receive, look)
        if failed:
            await RedirectResponse(f"{base}/?{TROUBLE}=1", status_code=302)(scope, receive, send)
