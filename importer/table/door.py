"""The door before the embedded engine: it keeps out web pages, and whoever does not know the secret of this start.

The engine itself takes any credentials and lets every page of the web read its answers. It listens where nobody
looks, and the door passes on, byte for byte, the requests that carry the secret as their access key. One thread, one
selector; it runs in the supervisor's waits.
"""

from __future__ import annotations

import hmac
import ipaddress
import random
import secrets
import selectors
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field

LOOPBACK = "127.0.0.1"
MOST_HEAD_BYTES = 16 * 1024
MOST_LINES = 512
"""Connections at once; an import opens a few dozen at most."""

READ_BYTES = 64 * 1024
MOST_WAITING_BYTES = 1024 * 1024
"""Bytes for a side that does not take them; then nothing more is read from the other side."""

CONNECT_S = 2.0

_FROM_PAGES = (b"origin", b"access-control-request-method", b"access-control-request-headers")
"""Headers that browsers send for a page; no program of ours does. (Fetch Standard, "CORS protocol")"""

_WAKE = object()
_OWN_NAMES = (b"127.0.0.1", b"localhost")


def new_secret() -> str:
    """An access key that nobody guesses: 128 bits, in the letters that access keys may have."""
    return f"EMB{secrets.token_hex(16).upper()}"


def hidden_host() -> str:
    """Where the engine listens: on Linux somewhere in 127.0.0.0/8, all of which is this machine (24 bits more that a
    page would have to guess besides the port); elsewhere the one loopback address there is."""
    if not sys.platform.startswith("linux"):
        return LOOPBACK
    first = int(ipaddress.IPv4Address("127.1.0.1"))
    last = int(ipaddress.IPv4Address("127.255.255.254"))
    return str(ipaddress.IPv4Address(random.SystemRandom().randint(first, last)))


@dataclass(eq=False)
class _Side:
    """One end of a line: its socket, what still has to be sent to it, and what selectors know of it."""

    socket: socket.socket
    waiting: bytearray = field(default_factory=bytearray)
    other: _Side | None = None
    is_client: bool = False
    head: bytearray = field(default_factory=bytearray)
    body_left: int = 0
    ends: bool = False
    events: int = selectors.EVENT_READ


class Door:
    """Listens on `port` of loopback and passes on to `engine` (host, port) what carries `secret`."""

    def __init__(self, port: int, engine: tuple[str, int], secret: str) -> None:
        self._engine = engine
        self._secret = secret.encode()
        self._hosts = {name + suffix for name in _OWN_NAMES for suffix in (b"", b":%d" % port)}
        self._listener = socket.create_server((LOOPBACK, port), backlog=128)
        self._listener.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._sides: set[_Side] = set()

    def wake_by(self, descriptor: int) -> None:
        """End `serve` at once when this descriptor can be read."""
        self._selector.register(descriptor, selectors.EVENT_READ, _WAKE)

    def serve(self, seconds: float) -> None:
        """Pass on what comes, for so long or until it is woken."""
        deadline = time.monotonic() + seconds
        while (left_s := deadline - time.monotonic()) > 0:
            for key, events in self._selector.select(left_s):
                if key.data is _WAKE:
                    return
                if key.data is None:
                    self._accept()
                elif key.data in self._sides:
                    self._turn(key.data, events)

    def close_lines(self) -> None:
        """End all lines; the engine behind them is gone."""
        for side in list(self._sides):
            self._close(side)

    def close(self) -> None:
        """End everything."""
        self.close_lines()
        self._selector.close()
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            line, _ = self._listener.accept()
            if len(self._sides) >= 2 * MOST_LINES:
                line.close()
                return
            self._add(_Side(line, is_client=True))

    def _add(self, side: _Side) -> None:
        side.socket.setblocking(False)
        side.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sides.add(side)
        self._selector.register(side.socket, side.events, side)

    def _turn(self, side: _Side, events: int) -> None:
        try:
            if events & selectors.EVENT_WRITE:
                self._send(side, b"")
            if events & selectors.EVENT_READ and side in self._sides:
                data = side.socket.recv(READ_BYTES)
                if not data:
                    self._hang_up(side)
                elif side.is_client:
                    self._from_client(side, data)
                elif side.other is not None:
                    self._send(side.other, data)
        except BlockingIOError:
            pass
        except OSError:
            self._close(side)

    def _from_client(self, client: _Side, data: bytes) -> None:
        """Each request's head is looked at, its body passed on by its length."""
        while data and client in self._sides:
            if client.body_left:
                piece, data = data[: client.body_left], data[client.body_left :]
                client.body_left -= len(piece)
                self._to_engine(client, piece)
                continue
            client.head += data
            end = client.head.find(b"\r\n\r\n")
            if end < 0:
                if len(client.head) > MOST_HEAD_BYTES:
                    self._refuse(client)
                return
            head, data = bytes(client.head[: end + 4]), bytes(client.head[end + 4 :])
            client.head.clear()
            length = self._length_if_allowed(head)
            if length is None or client.ends:
                self._refuse(client)
                return
            # Head and body mostly come in one piece and leave in one.
            client.body_left = max(0, length - len(data))
            self._to_engine(client, head + data[:length])
            data = data[length:]

    def _length_if_allowed(self, head: bytes) -> int | None:
        """The length of the body of a request that may pass; None for one that may not."""
        length, host, key = 0, b"", b""
        for line in head.split(b"\r\n")[1:-2]:
            name, colon, value = line.partition(b":")
            name, value = name.lower(), value.strip()
            if not colon or name.strip() != name or name in _FROM_PAGES or name == b"transfer-encoding":
                return None
            if name == b"content-length":
                if not value.isdigit() or len(value) > 9:
                    return None
                length = int(value)
            elif name == b"host":
                host = value.lower()
            elif name == b"authorization":
                key = value.partition(b"Credential=")[2].partition(b"/")[0]
        known = hmac.compare_digest(key, self._secret)
        return length if known and host in self._hosts else None

    def _to_engine(self, client: _Side, data: bytes) -> None:
        if client.other is None:
            line = socket.create_connection(self._engine, CONNECT_S)
            client.other = _Side(line, other=client)
            self._add(client.other)
        self._send(client.other, data)

    def _send(self, side: _Side, data: bytes) -> None:
        """Send what can be sent; keep the rest, and read no more from the other side while there is much."""
        if side.waiting:
            side.waiting += data
            sent = side.socket.send(side.waiting)
            del side.waiting[:sent]
        elif data:
            try:
                sent = side.socket.send(data)
            except BlockingIOError:
                sent = 0
            if sent < len(data):
                side.waiting += data[sent:]
        if side.ends and not side.waiting:
            self._close(side)
            return
        self._listen(side, selectors.EVENT_READ if not side.ends else 0, write=bool(side.waiting))
        if side.other is not None and len(side.waiting) > MOST_WAITING_BYTES:
            self._listen(side.other, 0, write=bool(side.other.waiting))
        elif side.other is not None and not side.waiting:
            self._listen(side.other, selectors.EVENT_READ, write=bool(side.other.waiting))

    def _listen(self, side: _Side, read: int, *, write: bool) -> None:
        events = read | (selectors.EVENT_WRITE if write else 0)
        if events != side.events and side in self._sides:
            if not side.events:
                self._selector.register(side.socket, events, side)
            elif events:
                self._selector.modify(side.socket, events, side)
            else:
                self._selector.unregister(side.socket)
            side.events = events

    def _refuse(self, client: _Side) -> None:
        """Answer like AWS does to an unknown key, and hang up."""
        client.ends = True
        self._send(client, REFUSAL)

    def _hang_up(self, side: _Side) -> None:
        """One end is gone; what came from it still goes to the other."""
        rest = side.other
        if rest is None or not rest.waiting:
            self._close(side)
            return
        rest.ends, rest.other, side.other = True, None, None
        self._close(side)
        self._send(rest, b"")

    def _close(self, side: _Side) -> None:
        for end in (side, side.other):
            if end is not None and end in self._sides:
                self._sides.discard(end)
                if end.events:
                    with suppress(KeyError, ValueError):
                        self._selector.unregister(end.socket)
                end.socket.close()


_BODY = (
    b'{"__type":"com.amazon.coral.service#UnrecognizedClientException",'
    b'"message":"This engine answers the importer that started it."}'
)
REFUSAL = (
    b"HTTP/1.1 403 Forbidden\r\nContent-Type: application/x-amz-json-1.0\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(_BODY), _BODY)
)
