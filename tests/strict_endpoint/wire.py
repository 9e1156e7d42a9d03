"""How an answer is put on the wire: header by header as services and proxies were seen to do it.

Sources: what boto3 and curl printed of replies (public transcripts of 2016 to 2024) and RFC 9112. AMAZON is what
dynamodb.REGION.amazonaws.com sends, and what the endpoint sends unless told otherwise.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

REQUEST_ID = "DJQ5482KAPDE18QMTNTB07ETPVVV4KQNSO5AEMVJF66Q9ASUAAJG"
JSON = "application/x-amz-json-1.0"


@dataclass(frozen=True)
class Answer:
    """What goes back. `reset`: the connection dies instead. `cut_at`: only so many bytes of the body leave. `raw`:
    these bytes go instead of a reply, and the connection ends."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    reset: bool = False
    cut_at: int | None = None
    delay_s: float = 0.0
    raw: bytes = b""


@dataclass(frozen=True)
class Wire:
    """`order`: the names of the headers, as they are spelled, in the order in which they come; a name that stands
    there twice comes twice. What an answer has no value for is left out, but for the constants in `more`.

    `first`: bytes before the reply; `colon`: what stands between name and value; `last`: bytes after the body.
    `piece_bytes`: the body goes in chunks of so many; `gzipped`: it is packed, and the checksum is that of the packed
    one; `gzipped_late`: of the plain one, as behind a proxy that packs.
    """

    order: Sequence[str] = ()
    more: dict[str, str] = field(default_factory=dict)
    version: str = "1.1"
    first: bytes = b""
    colon: str = ": "
    line_end: str = "\r\n"
    last: bytes = b""
    piece_bytes: int = 0
    chunk_end: str = ""
    gzipped: bool = False
    gzipped_late: bool = False
    closes: bool = False

    def written(self, answer: Answer) -> bytes:
        """All bytes of the answer."""
        if answer.raw:
            return answer.raw
        body = gzip.compress(answer.body) if self.gzipped or self.gzipped_late else answer.body
        values = {"server": "Server", "x-amzn-requestid": REQUEST_ID, "content-length": str(len(body))}
        values |= {name.lower(): value for name, value in {"Content-Type": JSON, **answer.headers}.items()}
        if self.gzipped and "x-amz-crc32" in values:
            values["x-amz-crc32"] = str(zlib.crc32(body))
        values |= {name.lower(): value for name, value in self.more.items()}
        reason = HTTPStatus(answer.status).phrase
        lines = [f"HTTP/{self.version} {answer.status} {reason}"]
        lines += [f"{name}{self.colon}{values[name.lower()]}" for name in self.order if name.lower() in values]
        head = "".join(line + self.line_end for line in [*lines, ""]).encode()
        if answer.cut_at is not None:
            body = body[: answer.cut_at]
        return self.first + head + (self._in_chunks(body, whole=answer.cut_at is None) or body) + self.last

    def _in_chunks(self, body: bytes, *, whole: bool) -> bytes:
        if not self.piece_bytes:
            return b""
        pieces = [body[at : at + self.piece_bytes] for at in range(0, len(body), self.piece_bytes)]
        end = self.chunk_end.encode()
        chunks = b"".join(b"%x%b\r\n%b\r\n" % (len(piece), end, piece) for piece in pieces)
        return chunks + (b"0%b\r\n\r\n" % end if whole else b"")


_KEPT = {"Connection": "keep-alive"}
AMAZON_ORDER = (
    *("Server", "Date", "Content-Type", "Content-Length", "Connection"),
    *("x-amzn-RequestId", "x-amz-crc32"),
)
_CHUNKED_ORDER = tuple(name.replace("Content-Length", "Transfer-Encoding") for name in AMAZON_ORDER)
_CHUNKED = {**_KEPT, "Transfer-Encoding": "chunked"}

AMAZON = Wire(AMAZON_ORDER, _KEPT)

WIRES = {
    "amazon": AMAZON,
    "amazon, in chunks": Wire(_CHUNKED_ORDER, _CHUNKED, piece_bytes=7),
    "amazon, before 2017": Wire(
        ("x-amzn-RequestId", "x-amz-crc32", "Content-Type", "Content-Length", "Date"),
    ),
    "DynamoDB local (Jetty)": Wire(
        ("Date", "Content-Type", "x-amz-crc32", "x-amzn-RequestId", "Content-Length", "Server"),
        {"Server": "Jetty(9.4.48.v20220622)"},
    ),
    "Yandex Document API": Wire(
        ("content-type", "x-amz-crc32", "x-request-id", "date", "content-length"), {"x-request-id": REQUEST_ID}
    ),
    "node (dynalite)": Wire(
        (
            *("x-amzn-RequestId", "x-amz-crc32", "Content-Type", "Content-Length", "Date"),
            *("Connection", "Keep-Alive"),
        ),
        {**_KEPT, "Keep-Alive": "timeout=5"},
    ),
    "no checksum (Seastar)": Wire(("Content-Length", "Content-Type", "Server", "Date"), {"Server": "Seastar httpd"}),
    "HTTP/1.0 server": Wire(AMAZON_ORDER, {"Server": "BaseHTTP/0.6 Python/3.12"}, version="1.0", closes=True),
    "HTTP/1.0 server that keeps": Wire(AMAZON_ORDER, {"Connection": "Keep-Alive"}, version="1.0"),
    "no length": Wire(
        tuple(name for name in AMAZON_ORDER if name != "Content-Length"), {"Connection": "close"}, closes=True
    ),
    "closes each time": Wire(AMAZON_ORDER, {"Connection": "close"}, closes=True),
    "proxy that packs": Wire(
        ("Content-Encoding", "Vary", "Via", *AMAZON_ORDER),
        {**_KEPT, "Content-Encoding": "gzip", "Vary": "Accept-Encoding", "Via": "1.1 proxy.example.com (squid/5.7)"},
        gzipped_late=True,
    ),
    "packed service": Wire(
        (*AMAZON_ORDER[:4], "Content-Encoding", *AMAZON_ORDER[4:]),
        {**_KEPT, "Content-Encoding": "gzip"},
        gzipped=True,
    ),
    "100 first": Wire(AMAZON_ORDER, _KEPT, first=b"HTTP/1.1 100 Continue\r\n\r\n"),
    "103 with a checksum first": Wire(
        AMAZON_ORDER, _KEPT, first=b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\nx-amz-crc32: 1\r\n\r\n"
    ),
    "no space after the colon": Wire(AMAZON_ORDER, _KEPT, colon=":"),
    "spaces after the colon": Wire(AMAZON_ORDER, _KEPT, colon=": \t  "),
    "folded": Wire(AMAZON_ORDER, _KEPT, colon=":\r\n\t "),
    "lines ended by LF": Wire(AMAZON_ORDER, _KEPT, line_end="\n"),
    "repeated": Wire((*AMAZON_ORDER, "x-amz-crc32", "Date"), _KEPT),
    "chunks with extensions": Wire(_CHUNKED_ORDER, _CHUNKED, piece_bytes=9, chunk_end=';name=value;quoted="a;b"'),
    "chunks with spaces": Wire(_CHUNKED_ORDER, _CHUNKED, piece_bytes=9, chunk_end="  "),
    "chunks and a length": Wire((*_CHUNKED_ORDER, "Content-Length"), _CHUNKED, piece_bytes=9),
    "an empty line after the body": Wire(AMAZON_ORDER, _KEPT, last=b"\r\n"),
    "bytes after the body": Wire(AMAZON_ORDER, _KEPT, last=b"xyz"),
}
"""By who or what sends so. Each is to be read as what it says."""
