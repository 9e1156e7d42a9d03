"""Where a sign-in that came to nothing ends: at the gate, and nothing but the two routes of sign-in is led there."""

from __future__ import annotations

import asyncio

import pytest
from starlette.responses import PlainTextResponse

from pages.parts.sign_in_back import SignInBack


def answer(path: str, status: int, query: bytes = b"") -> tuple[int, str, bytes]:
    """Status, location and body that a browser gets when the route below answers with `status`."""
    sent: list[dict[str, object]] = []

    async def nothing() -> dict[str, object]:
        return {"type": "http.disconnect"}

    async def keep(message: dict[str, object]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "query_string": query, "headers": []}
    asyncio.run(SignInBack(PlainTextResponse("Authentication error", status))(scope, nothing, keep))
    [start] = [message for message in sent if message["type"] == "http.response.start"]
    headers = dict(start["headers"])
    body = b"".join(message["body"] for message in sent if message["type"] == "http.response.body")
    return start["status"], headers.get(b"location", b"").decode(), body


GATE = (302, "/?sign_in_failed=1", b"")


@pytest.mark.parametrize(
    ("path", "status", "query"),
    [
        ("/auth/login", 400, b"provider=x"),
        ("/auth/login", 500, b"provider=x"),
        ("/oauth2callback", 302, b"error=access_denied&state=x"),
    ],
)
def test_a_failed_sign_in_leads_back_to_the_gate(path: str, status: int, query: bytes) -> None:
    assert answer(path, status, query) == GATE


@pytest.mark.parametrize(
    ("path", "status", "query"),
    [
        ("/auth/login", 302, b"provider=x"),
        ("/oauth2callback", 302, b"code=1&state=error"),
        ("/auth/logout", 400, b""),
        ("//elsewhere.example/auth/login", 400, b""),
    ],
)
def test_all_else_is_answered_as_it_was(path: str, status: int, query: bytes) -> None:
    """The control: the same answers, let through."""
    assert answer(path, status, query) == (status, "", b"Authentication error")
