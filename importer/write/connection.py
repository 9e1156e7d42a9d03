"""One kept connection: a request goes out, its reply is read, and both are told to the transport."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from selectors import EVENT_READ, EVENT_WRITE, BaseSelector
from typing import Any, NamedTuple, Protocol

import httptools

from importer.table import MAX_READ_BYTES, MAX_REPLY_BYTES
from importer.write.dialing import Origin
from importer.write.model import Reply

READ_BYTES = 65536
"""As much as one TLS record and any usual reply; larger replies take several reads."""

LENIENT = {
    "lenient_headers": True,
    "lenient_optional_cr_before_lf": True,
    "lenient_chunked_length": True,
    "lenient_spaces_after_chunk_size": True,
}
"""What RFC 9112 lets a client take that llhttp refuses by default: folded lines (5.2), lines ended by LF alone (2.2),
chunks that overrule a length (6.3), spaces after a chunk's size (7.1.1). They are dangerous where requests of several
people share a connection; ours carries one exchange at a time, and ends with any reply whose framing is in doubt.
"""

_NOT_NOW = (BlockingIOError, InterruptedError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


@dataclass(slots=True, eq=False)
class Exchange:
    """A request on its way. `wire` is all of it; `begun_s` is the transport's clock."""

    token: Any
    wire: bytes
    resend_safe: bool
    begun_s: float

    @property
    def most_bytes(self) -> int:
        """How long its reply may be, head and all: what hands all of a request back, escaped, is four times as
        long."""
        head_ends = self.wire.find(b"\r\n\r\n")
        reads = self.wire.find(b"BatchGetItem", 0, head_ends) >= 0
        return MAX_READ_BYTES if reads else max(MAX_REPLY_BYTES, 4 * (len(self.wire) - head_ends))


_REQUEST_ID = b"x-amzn-requestid"
_SHORT_BYTES = 2048
"""Longer than any reply that says only that all is written."""


class Known(NamedTuple):
    """A reply as the parser read it from bytes that came in one piece: all but the id of the request comes again.

    The same bytes, read from the same state, are the same reply. So are those with another id of as many letters and
    digits: within a header's value they mean nothing to the parser. `reply` has no id, as nobody asks for it.
    """

    size_bytes: int
    before: bytes
    id_ends: int
    after: bytes
    reply: Reply

    @classmethod
    def of(cls, data: bytes, reply: Reply) -> Known | None:
        """What came, and what was read of it; None where it is not worth knowing, or the id's place is not sure."""
        if len(data) > _SHORT_BYTES:
            return None
        request_id = reply.headers.get(_REQUEST_ID, b"")
        if not request_id:
            return cls(len(data), data, len(data), b"", reply)
        before, _, after = data.partition(request_id)
        line = before.rsplit(b"\n", 1)[-1].lower().rstrip()
        if not request_id.isalnum() or line != _REQUEST_ID + b":" or b"\r\n\r\n" in before or request_id in after:
            return None
        headers = {name: value for name, value in reply.headers.items() if name != _REQUEST_ID}
        return cls(len(data), before, len(before) + len(request_id), after, reply._replace(headers=headers))

    def is_meant_by(self, data: bytes) -> bool:
        """Whether these bytes are the same reply."""
        size_bytes, before, id_ends, after, _ = self
        if len(data) != size_bytes or not data.startswith(before) or not data.endswith(after):
            return False
        return id_ends == len(before) or data[len(before) : id_ends].isalnum()


class Owner(Protocol):
    """Who hears of replies and losses."""

    def answered(self, connection: Connection, exchange: Exchange, reply: Reply) -> None:
        """A reply, whole."""

    def lost(self, connection: Connection, exchange: Exchange | None, trouble: str, *, unheard: bool) -> None:
        """The connection is gone; `trouble` as in `Reply`."""


class Connection:
    """Carries one exchange at a time over a connected socket that does not block. `usable`: another may follow."""

    def __init__(
        self,
        owner: Owner,
        origin: Origin,
        connected: socket.socket,
        selector: BaseSelector,
        clock: Callable[[], float],
    ) -> None:
        self.origin = origin
        self.usable = True
        self._owner, self._clock = owner, clock
        self._socket, self._selector = connected, selector
        self._pending = getattr(connected, "pending", None)
        # `recv` of an SSLSocket only leads there
        self._read = connected.read if isinstance(connected, ssl.SSLSocket) else connected.recv
        self._exchange: Exchange | None = None
        self._unsent: memoryview | None = None
        self._served = 0
        self._parser = httptools.HttpResponseParser(self)
        self._parser.set_dangerous_leniencies(**LENIENT)
        self._heard = False
        self._headers: dict[bytes, bytes] = {}
        self._head: dict[bytes, bytes] | None = None
        self._body: list[bytes] = []
        self._got = 0
        self._last: Reply | None = None
        self._known: Known | None = None
        selector.register(connected, EVENT_READ, self)

    def begin(self, exchange: Exchange) -> None:
        """Send a request; what the socket does not take at once follows when it can."""
        self._exchange = exchange
        self._heard = False
        self._got = 0
        self._send(exchange.wire)

    def waited_s(self, now_s: float) -> float:
        """How long the request on it has been under way."""
        return now_s - self._exchange.begun_s if self._exchange is not None else 0.0

    def ready(self) -> None:
        """The selector says that something can be read or written."""
        if self._unsent is not None:
            self._send(self._unsent)
        while self.usable:
            try:
                data = self._read(READ_BYTES)
            except _NOT_NOW:
                return
            except OSError:
                self.give_up()
                return
            if self._exchange is None or not data:
                self._ended()
                return
            is_first, self._heard = not self._heard, True
            self._got += len(data)
            if self._got > MAX_REPLY_BYTES and self._got > self._exchange.most_bytes:
                self.give_up("endless")
                return
            known = self._known
            if is_first and known is not None and known.is_meant_by(data) and self._unsent is None:
                self._answer(self._exchange, known.reply)
            else:
                self._parse(data, is_first=is_first)
            if self._pending is None or not self._pending():
                return

    def _parse(self, data: bytes, *, is_first: bool) -> None:
        """Read what came. What was a whole reply, and left the connection as it was before, is known from now on."""
        self._known = None
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self.give_up("garbled")
        if is_first and self._last is not None and self._exchange is None and self.usable:
            self._known = Known.of(data, self._last)
        self._last = None

    def give_up(self, trouble: str = "lost", *, overdue: bool = False) -> None:
        """Close at once; an exchange on it is told as lost. `overdue`: no answer came in time."""
        if not self._close():
            return
        exchange, self._exchange = self._exchange, None
        self._owner.lost(self, exchange, trouble, unheard=self._served > 0 and not self._heard and not overdue)

    def _send(self, data: bytes | memoryview) -> None:
        """A socket that takes no more is not closed here: its last words, an early refusal, may still be read."""
        try:
            sent = self._socket.send(data)
        except _NOT_NOW:
            sent = 0
        except OSError:
            sent = len(data)
        if sent < len(data):
            if self._unsent is None:
                self._selector.modify(self._socket, EVENT_READ | EVENT_WRITE, self)
            self._unsent = memoryview(data)[sent:]
        elif self._unsent is not None:
            self._unsent = None
            self._selector.modify(self._socket, EVENT_READ, self)

    def _ended(self) -> None:
        """Closed by the other side, or bytes came that nobody asked for.

        A reply without a length ends here, and is whole as far as anyone can tell.
        """
        head = self._head
        if self._exchange is None or head is None or b"content-length" in head or b"transfer-encoding" in head:
            self.give_up()
            return
        self._complete(self._exchange, keep=False)

    # What the parser tells

    def on_message_begin(self) -> None:
        """A second reply to one request would be taken for the reply to the next."""
        if self._exchange is None:
            self.give_up()

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header, or one trailer."""
        name, value, headers = name.strip().lower(), value.strip(), self._headers
        headers[name] = b"%b, %b" % (headers[name], value) if name in headers else value

    def on_headers_complete(self) -> None:
        """The head is whole; what follows the body are trailers, and none of them is a header (RFC 9110, 6.5.1)."""
        self._head, self._headers = self._headers, {}

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._body.append(body)

    def on_message_complete(self) -> None:
        """The reply is whole; an interim one (1xx) is not what was asked for."""
        if self._parser.get_status_code() < 200:
            self._forget()
        elif self._exchange is not None:
            self._complete(self._exchange, keep=self._may_be_kept())

    def _may_be_kept(self) -> bool:
        """Whether both sides want another exchange on it, and it is sure where this reply ends (RFC 9112, 6.3)."""
        head = self._head or {}
        sure = b"transfer-encoding" not in head or b"content-length" not in head
        return self._unsent is None and sure and bool(self._parser.should_keep_alive())

    def _complete(self, exchange: Exchange, *, keep: bool) -> None:
        body = self._body[0] if len(self._body) == 1 else b"".join(self._body)
        self._last = Reply(self._parser.get_status_code(), self._head or {}, body)
        self._forget()
        if not keep:
            self._close()
        self._answer(exchange, self._last)

    def _answer(self, exchange: Exchange, read: Reply) -> None:
        """Tell the owner; how long it took is this exchange's own."""
        self._exchange = None
        self._served += 1
        reply = Reply(read.status, read.headers, read.body, "", self._clock() - exchange.begun_s)
        self._owner.answered(self, exchange, reply)

    def _forget(self) -> None:
        self._head = None
        self._headers = {}
        self._body.clear()

    def _close(self) -> bool:
        """False when it was closed before."""
        if not self.usable:
            return False
        self.usable = False
        self._selector.unregister(self._socket)
        self._socket.close()
        return True
