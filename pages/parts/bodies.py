"""Bodies of requests: nobody's is read without a right to send it, few are on their way at once, none stands still.

Whoever has no right is answered before a byte of the body is read, so the body stays with the sender.
"""

from __future__ import annotations

import asyncio
import asyncio.selector_events
import ctypes
from contextlib import suppress
from dataclasses import dataclass

import streamlit as st
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.parts.sessions import SESSIONS

MOST_AT_ONCE = 32
"""Bodies on their way at once, over all people; each holds less than 400 kB of memory while it comes."""

MANY = 8
"""So many at once leave holes in memory that are worth 20 ms to be given back."""

STILL_S = 30.0
"""Without a byte for so long a body is given up: a phone that lost its network sends again by itself."""

LONGEST_S = 900.0
"""A slice of 8 MB at 10 kB a second. A sender that drips is not waited for longer."""

RUN_OUT_S = 3.0
"""How long what nobody wants is still read and thrown away."""

PAGE_UPLOADS = "/_stcore/upload_file/"
"""Streamlit's own way for small files, `…/<session>/<file>`: they stay in memory until the page ends."""


READ_BYTES = 32 * 1024
"""What is taken from a line at a time. asyncio takes 256 kB, and a thousand lines at once then hold 250 MB before any
of them was looked at."""

NOT_YOURS = "This page is closed, or belongs to another person. Reload it."


class TooMany(Exception):
    """As many bodies as may be are on their way."""


@dataclass
class Bodies:
    """ASGI middleware over all routes; a request without a body passes as it is."""

    app: ASGIApp
    most_at_once: int = MOST_AT_ONCE
    still_s: float = STILL_S
    longest_s: float = LONGEST_S
    on_their_way: int = 0
    running_out: int = 0
    most_seen: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 403 or 503 before the body, or let it through piece by piece."""
        if scope["type"] != "http" or not _has_body(scope):
            await self.app(scope, receive, send)
            return
        body = _Body(self, receive)
        app = self.app if _may_send(scope) else _refuse(403, NOT_YOURS)
        answer = _Answer(self, body, send)
        try:
            await app(scope, body.receive, answer.send)
        except TooMany:
            if answer.has_started:
                raise
            told = "Too many uploads are on their way. This one goes on by itself in a moment."
            await _refuse(503, told)(scope, body.receive, answer.send)
        finally:
            body.leave()

    def one_less(self) -> None:
        """A body ended; after the last one of many, glibc returns the pages of their pieces (malloc_trim(3))."""
        now = self.on_their_way + self.running_out
        self.most_seen = max(self.most_seen, now + 1)
        if not now:
            if self.most_seen >= MANY:
                with suppress(OSError, AttributeError):  # another C library keeps its own house
                    ctypes.CDLL(None).malloc_trim(0)
            self.most_seen = 0


@dataclass
class _Answer:
    """What is sent back. Where it is sent before the body is here, the rest is let run out for a moment and the line
    is closed: a browser that is cut off while it sends never reads why."""

    bodies: Bodies
    body: _Body
    send_on: Send
    has_started: bool = False

    async def send(self, message: Message) -> None:
        """One message of the answer."""
        if message["type"] == "http.response.start":
            self.has_started = True
            if not self.body.is_whole:
                message = {**message, "headers": [*message.get("headers", []), (b"connection", b"close")]}
        if message["type"] != "http.response.body" or message.get("more_body", False) or self.body.is_whole:
            await self.send_on(message)
            return
        await self.send_on({**message, "more_body": True})
        if self.bodies.running_out < self.bodies.most_at_once:
            self.bodies.running_out += 1
            try:
                await self.body.run_out(RUN_OUT_S)
            finally:
                self.bodies.running_out -= 1
                self.bodies.one_less()
        await self.send_on({"type": "http.response.body", "body": b"", "more_body": False})


class _Body:
    """One body on its way: it takes a place with its first piece and gives it back at its end."""

    def __init__(self, bodies: Bodies, receive: Receive) -> None:
        self._bodies = bodies
        self._receive = receive
        self._ends_at: float | None = None
        self._has_place = False
        self.is_whole = False

    async def receive(self) -> Message:
        """The next piece; a disconnect where none comes in time. Raises TooMany."""
        if self.is_whole:
            return await self._receive()
        if self._ends_at is None:
            if self._bodies.on_their_way >= self._bodies.most_at_once:
                raise TooMany
            self._bodies.on_their_way += 1
            self._has_place = True
            self._ends_at = asyncio.get_running_loop().time() + self._bodies.longest_s
        left_s = self._ends_at - asyncio.get_running_loop().time()
        try:
            message = await asyncio.wait_for(self._receive(), max(0.0, min(self._bodies.still_s, left_s)))
        except TimeoutError:
            self.leave()
            return {"type": "http.disconnect"}
        if message["type"] != "http.request" or not message.get("more_body", False):
            self.is_whole = message["type"] == "http.request"
            self.leave()
        return message

    async def run_out(self, seconds: float) -> None:
        """Read on and throw away, until the body ends or the time is up."""
        self.leave()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while (message := await self._receive())["type"] == "http.request" and message.get(
                    "more_body", False
                ):
                    pass

    def leave(self) -> None:
        """Give the place back."""
        if self._has_place:
            self._has_place = False
            self._bodies.on_their_way -= 1
            self._bodies.one_less()


def read_small_pieces() -> None:
    """Let asyncio take `READ_BYTES` from a line at a time; it has no setting for that."""
    transport = getattr(asyncio.selector_events, "_SelectorTransport", None)
    if transport is not None:
        transport.max_size = READ_BYTES


def _has_body(scope: Scope) -> bool:
    headers = dict(scope["headers"])
    return headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in headers


def _may_send(scope: Scope) -> bool:
    """Whether whoever asks may send to Streamlit's own route; every other route asks for itself."""
    prefix = str(st.get_option("server.baseUrlPath") or "").strip("/")
    path = str(scope["path"]).removeprefix(f"/{prefix}" if prefix else "")
    if not path.startswith(PAGE_UPLOADS):
        return True
    session_id = path.removeprefix(PAGE_UPLOADS).partition("/")[0]
    return SESSIONS.are_of(session_id, HTTPConnection(scope).cookies)


def _refuse(status: int, told: str) -> JSONResponse:
    return JSONResponse({"message": told}, status, {"Retry-After": "2"})
