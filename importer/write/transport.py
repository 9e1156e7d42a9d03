"""HTTP requests side by side in one thread: libcurl's multi interface over connections that are kept."""

from __future__ import annotations

import io
import time
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

import pycurl

from importer.write.model import Reply, Request

CONNECT_TIMEOUT_S = 5.0
ANSWER_TIMEOUT_S = 60.0
"""botocore's default read time-out; 16 MB over a line of 10 Mbit/s take 13 s of it."""

USER_AGENT = "contact-importer"
_NO_SEND = frozenset({pycurl.E_COULDNT_RESOLVE_HOST, pycurl.E_COULDNT_RESOLVE_PROXY, pycurl.E_COULDNT_CONNECT})
_TLS = frozenset(
    {
        pycurl.E_PEER_FAILED_VERIFICATION,
        pycurl.E_SSL_CACERT_BADFILE,
        pycurl.E_SSL_CERTPROBLEM,
        pycurl.E_SSL_ISSUER_ERROR,
    }
)


class Transport(Protocol):
    """Sends requests and gives back replies, in any order."""

    @property
    def in_flight(self) -> int:
        """Requests without a reply yet."""

    def send(self, token: Any, request: Request) -> None:
        """Start a request; `token` comes back with its reply."""

    def poll(self, timeout_s: float) -> list[tuple[Any, Reply]]:
        """Replies that are there, after at most `timeout_s` without any."""

    def close(self) -> None:
        """Give up what is in flight and close all connections."""


@dataclass(eq=False)
class _Slot:
    """One easy handle with its buffers."""

    easy: Any
    headers: io.BytesIO = field(default_factory=io.BytesIO)
    body: io.BytesIO = field(default_factory=io.BytesIO)
    token: Any = None


class CurlTransport:
    """Keep-alive connections to one endpoint, TLS always verified against `ca_bundle` (a file; "" = libcurl's)."""

    def __init__(
        self,
        ca_bundle: str = "",
        *,
        connect_timeout_s: float = CONNECT_TIMEOUT_S,
        answer_timeout_s: float = ANSWER_TIMEOUT_S,
    ) -> None:
        self._ca_bundle = ca_bundle
        self._connect_timeout_s, self._answer_timeout_s = connect_timeout_s, answer_timeout_s
        self._multi = pycurl.CurlMulti()
        self._idle: list[_Slot] = []
        self._busy: set[_Slot] = set()
        self._done: list[tuple[Any, Reply]] = []

    @property
    def in_flight(self) -> int:
        """Requests without a reply given back yet."""
        return len(self._busy) + len(self._done)

    def send(self, token: Any, request: Request) -> None:
        """Hand a request to libcurl; it leaves at the next `poll`."""
        slot = self._idle.pop() if self._idle else self._new_slot(request.url)
        slot.token = token
        slot.easy.setopt(pycurl.HTTPHEADER, [*request.headers, b"Expect:", b"Accept:"])
        if request.resend_safe:
            slot.easy.setopt(pycurl.POSTFIELDS, request.body)
        else:
            _forbid_resend(slot.easy, request.body)
        self._multi.add_handle(slot.easy)
        self._busy.add(slot)

    def poll(self, timeout_s: float) -> list[tuple[Any, Reply]]:
        """Let libcurl work; wait for it only while nothing has come."""
        self._perform()
        if not self._done and self._busy and timeout_s > 0:
            own = self._multi.timeout() / 1000
            wait_s = min(timeout_s, own) if own >= 0 else timeout_s
            if self._multi.select(wait_s) < 0:
                time.sleep(min(wait_s, 0.002))  # no socket yet: libcurl resolves a name
            self._perform()
        done, self._done = self._done, []
        return done

    def close(self) -> None:
        """Give up what is in flight and close all connections."""
        for slot in self._busy:
            self._multi.remove_handle(slot.easy)
        for slot in [*self._busy, *self._idle]:
            slot.easy.close()
        self._busy.clear()
        self._idle.clear()
        self._multi.close()

    def _perform(self) -> None:
        while self._multi.perform()[0] == pycurl.E_CALL_MULTI_PERFORM:
            pass
        left = 1
        while left:
            left, finished, broken = self._multi.info_read()
            for easy in finished:
                self._finish(easy.slot, easy.getinfo(pycurl.RESPONSE_CODE), "")
            for easy, error, _ in broken:
                self._finish(easy.slot, 0, "tls" if error in _TLS else "connect" if error in _NO_SEND else "lost")

    def _finish(self, slot: _Slot, status: int, trouble: str) -> None:
        self._multi.remove_handle(slot.easy)
        latency_s = slot.easy.getinfo(pycurl.TOTAL_TIME)
        reply = Reply(status, slot.headers.getvalue(), slot.body.getvalue(), trouble, latency_s)
        self._done.append((slot.token, reply))
        self._busy.discard(slot)
        if trouble or slot.easy.resend_forbidden:
            slot.easy.close()
            return
        slot.token = None
        for buffer in (slot.headers, slot.body):
            buffer.seek(0)
            buffer.truncate()
        self._idle.append(slot)

    def _new_slot(self, url: str) -> _Slot:
        easy = pycurl.Curl()
        slot = _Slot(easy)
        easy.slot, easy.resend_forbidden = slot, False
        easy.setopt(pycurl.URL, url)
        easy.setopt(pycurl.POST, 1)
        easy.setopt(pycurl.NOSIGNAL, 1)
        easy.setopt(pycurl.TCP_NODELAY, 1)
        easy.setopt(pycurl.TCP_KEEPALIVE, 1)
        easy.setopt(pycurl.FOLLOWLOCATION, 0)
        easy.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
        easy.setopt(pycurl.USERAGENT, USER_AGENT)
        easy.setopt(pycurl.CONNECTTIMEOUT_MS, int(self._connect_timeout_s * 1000))
        easy.setopt(pycurl.TIMEOUT_MS, int(self._answer_timeout_s * 1000))
        easy.setopt(pycurl.SSL_VERIFYPEER, 1)
        easy.setopt(pycurl.SSL_VERIFYHOST, 2)
        if self._ca_bundle:
            easy.setopt(pycurl.CAINFO, self._ca_bundle)
        if urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1"):
            easy.setopt(pycurl.PROXY, "")  # a proxy named in the environment is not for this machine
        easy.setopt(pycurl.HEADERFUNCTION, slot.headers.write)
        easy.setopt(pycurl.WRITEFUNCTION, slot.body.write)
        return slot


def _forbid_resend(easy: Any, body: bytes) -> None:
    """When a kept connection dies before the reply, libcurl sends a POST again without a word.

    For an INSERT that would turn our own row into "exists already". To send again it has to rewind the body, so a
    body that cannot be rewound makes it report the loss instead.
    """
    easy.resend_forbidden = True
    easy.setopt(pycurl.POSTFIELDSIZE_LARGE, len(body))
    easy.setopt(pycurl.READFUNCTION, io.BytesIO(body).read)
    easy.setopt(pycurl.SEEKFUNCTION, lambda offset, origin: pycurl.SEEKFUNC_FAIL)
