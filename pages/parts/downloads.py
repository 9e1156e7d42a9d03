"""Files that a page hands out: made when they are asked for, to the session that was shown them and to nobody else.

Streamlit's own links answer whoever has them, without a cookie, and outlive the session by hours. Ours are checked:
the session that was shown the button is connected, and the browser that asks carries the sign-in of that session.
"""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import BinaryIO
from urllib.parse import quote

import streamlit as st
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route

from importer.errors import ImporterError
from importer.run import RunFolder, note_deed
from pages.parts import gate, words
from pages.parts.markup import show, tag
from pages.parts.sessions import is_connected, sign_in_of, this_session

DOWNLOAD_PATH = "/api/download"
NO_STORE = {"Cache-Control": "no-store"}
GONE = "This file was made ready for a page that is closed by now, or for another person. Open the list again."
_PIECE_BYTES = 256 * 1024
_LOG = logging.getLogger("importer.pages")

Content = Callable[[], "Path | bytes | str"]


@dataclass(frozen=True)
class Offer:
    """One file on one page. `content` makes it; `session_id` and `signed_in` say whose it is."""

    content: Content
    name: str
    media_type: str
    session_id: str
    signed_in: str
    of: RunFolder | None = None
    who: str = ""


@dataclass
class Offers:
    """Files that pages offer now, by a token nobody guesses; those of sessions that ended go with the next offer."""

    is_active: Callable[[str], bool]
    _by_token: dict[str, Offer] = field(default_factory=dict)
    _tokens: dict[tuple[str, str], str] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def put(self, key: str, offer: Offer) -> str:
        """The token; the same one for the same session and key, whose offer is replaced."""
        with self._lock:
            self._drop_ended(but=offer.session_id)
            token = self._tokens.setdefault((offer.session_id, key), secrets.token_urlsafe(32))
            self._by_token[token] = offer
            return token

    def take(self, token: str, cookies: Mapping[str, str]) -> Offer | None:
        """The offer, where its session is connected and the cookies are those that it was opened with."""
        offer = self._by_token.get(token)
        if offer is None or not self.is_active(offer.session_id):
            return None
        return offer if secrets.compare_digest(offer.signed_in, sign_in_of(cookies)) else None

    def _drop_ended(self, *, but: str) -> None:
        for place, token in list(self._tokens.items()):
            if place[0] != but and not self.is_active(place[0]):
                del self._tokens[place]
                self._by_token.pop(token, None)


OFFERS = Offers(is_connected)


def draw_download(
    row: st.delta_generator.DeltaGenerator,
    label: str,
    content: Content,
    name: str,
    media_type: str,
    *,
    icon: str = "download",
    key: str = "",
    of: RunFolder | None = None,
    hint: str = "",
    quiet: bool = False,
) -> None:
    """A button that fetches the file. `key` tells apart two of one name on a page; `quiet`: without a border. `of`:
    the run whose rows are in it; its ledger keeps who took them along."""
    offer = Offer(content, name, media_type, this_session(), sign_in_of(st.context.cookies), of, gate.who())
    token = OFFERS.put(f"{key} {name}", offer)
    prefix = str(st.get_option("server.baseUrlPath") or "").strip("/")
    picture = tag("span", icon, cls="ci-icon", aria_hidden="true", translate="no")
    button = tag("button", picture, label, type="submit", title=hint or None, data_quiet="yes" if quiet else None)
    path = f"/{prefix}{DOWNLOAD_PATH}" if prefix else DOWNLOAD_PATH
    with row:
        show(tag("form", button, action=f"{path}/{token}", method="get", cls="ci-download"), width="content")


async def get_download(request: Request) -> Response:
    """`GET /api/download/<token>` → the file, never kept by any cache; 403 in words for everybody else."""
    offer = OFFERS.take(request.path_params["token"], request.cookies)
    if offer is None:
        return _refusal(403, GONE)
    try:
        content = await run_in_threadpool(offer.content)
        if offer.of is not None:
            await run_in_threadpool(note_deed, offer.of, offer.who, f"downloaded {offer.name}")
        return await run_in_threadpool(_answer, offer, content)
    except ImporterError as error:
        return _refusal(409, str(error))
    except OSError as error:
        _LOG.error("download not made: %s", type(error).__name__)
        return _refusal(500, "The server could not make this file. Look whether its disk is full, then try again.")


def _answer(offer: Offer, content: Path | bytes | str) -> Response:
    headers = NO_STORE | {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(offer.name, safe='')}"}
    if isinstance(content, Path):
        file = content.open("rb")
        headers["Content-Length"] = str(os.fstat(file.fileno()).st_size)
        pieces = iterate_in_threadpool(_pieces(file))
        return StreamingResponse(pieces, headers=headers, media_type=offer.media_type)
    return Response(content, headers=headers, media_type=offer.media_type)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    """Of the file that was opened: another one may take its name meanwhile."""
    with file:
        while piece := file.read(_PIECE_BYTES):
            yield piece


def _refusal(status: int, told: str) -> Response:
    page = tag("main", tag("h1", words.PRODUCT), tag("p", told), tag("p", tag("a", "Back to the app", href="/")))
    return HTMLResponse(f"<!doctype html><html lang=en><title>{words.PRODUCT}</title>{page}", status, NO_STORE)


DOWNLOAD_ROUTES = [Route(DOWNLOAD_PATH + "/{token}", get_download, methods=["GET"])]
