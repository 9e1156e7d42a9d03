"""Signature Version 4 with the day's key kept, for POST requests with a JSON body.

Source: "Create a signed AWS API request", IAM User Guide. botocore's SigV4Auth gives the same bytes (tested); it
derives the key anew for every request, which costs more than the rest of the signature.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

CONTENT_TYPE = "application/x-amz-json-1.0"
_DEFAULT_PORTS = {"http": 80, "https": 443}


def host_header(url: str) -> str:
    """The value of the `Host` header of requests to `url`: no port where it is the scheme's own."""
    parts = urlsplit(url)
    shown_port = "" if parts.port in (None, _DEFAULT_PORTS.get(parts.scheme)) else f":{parts.port}"
    host = parts.hostname or ""
    return (f"[{host}]" if ":" in host else host) + shown_port


_BLOCK_BYTES = 64
_HMAC_PADS = tuple(bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))
"""HMAC (RFC 2104) in two hashes that have begun already: a third of the time of beginning them for each request."""


@dataclass(frozen=True, slots=True)
class _Second:
    """What stays the same within a second: the header lines, and both hashes as far as they are known already."""

    headers: bytes
    canonical: Any
    inner: Any


class Signer:
    """Headers for requests to one URL. Not for several threads."""

    def __init__(self, url: str, region: str, service: str, credentials: Any) -> None:
        """`credentials` is botocore's object; `get_frozen_credentials()` refreshes it when it has to."""
        self._host = host_header(url)
        self._path = quote(urlsplit(url).path or "/", safe="/-_.~")
        self._region, self._service = region, service
        self._credentials = credentials
        self._second = -1
        self._day = ""
        self._inner = self._outer = hashlib.sha256()
        self._frozen: Any = None
        self._amz_date = ""
        self._kept: dict[str, _Second] = {}

    def headers(self, target: str, body_sha256: bytes, now_s: float) -> bytes:
        """The header lines of one POST, signed, without `Host`. `body_sha256` is in hex, `now_s` UTC since 1970."""
        if int(now_s) != self._second:
            self._renew(int(now_s))
        kept = self._kept.get(target) or self._keep(target)
        canonical, inner, outer = kept.canonical.copy(), kept.inner.copy(), self._outer.copy()
        canonical.update(body_sha256)
        inner.update(canonical.hexdigest().encode())
        outer.update(inner.digest())
        return kept.headers + outer.hexdigest().encode() + b"\r\n"

    def _keep(self, target: str) -> _Second:
        """What all requests to `target` share in this second; only the body's hash is still to come."""
        signed, names = self._signed_headers(target)
        shown = "".join(f"{line}\r\n" for line in signed.splitlines() if not line.startswith("host:"))
        scope = f"{self._day}/{self._region}/{self._service}/aws4_request"
        authorization = (
            f"Authorization: AWS4-HMAC-SHA256 Credential={self._frozen.access_key}/{scope}, "
            f"SignedHeaders={names}, Signature="
        )
        kept = _Second(
            headers=f"{shown}{authorization}".encode(),
            canonical=hashlib.sha256(f"POST\n{self._path}\n\n{signed}\n{names}\n".encode()),
            inner=self._inner.copy(),
        )
        kept.inner.update(f"AWS4-HMAC-SHA256\n{self._amz_date}\n{scope}\n".encode())
        self._kept[target] = kept
        return kept

    def renewed_since(self, headers: bytes) -> bool:
        """Ask for the credentials again at once; whether they are others than those that signed `headers`."""
        self._second = -1
        new = self._credentials.get_frozen_credentials()
        same_key = f"Credential={new.access_key}/".encode() in headers
        return not same_key or (bool(new.token) and f"x-amz-security-token:{new.token}".encode() not in headers)

    def _signed_headers(self, target: str) -> tuple[str, str]:
        """The canonical headers, a line each, and their names."""
        token = self._frozen.token
        lines = f"content-type:{CONTENT_TYPE}\nhost:{self._host}\nx-amz-date:{self._amz_date}\n"
        names = "content-type;host;x-amz-date;"
        if token:
            lines += f"x-amz-security-token:{token}\n"
            names += "x-amz-security-token;"
        return f"{lines}x-amz-target:{target}\n", f"{names}x-amz-target"

    def _renew(self, second: int) -> None:
        """Once a second: the date, the credentials (they may be new ones) and, when either changed, the key."""
        frozen = self._credentials.get_frozen_credentials()
        self._amz_date = datetime.fromtimestamp(second, UTC).strftime("%Y%m%dT%H%M%SZ")
        day = self._amz_date[:8]
        if day != self._day or self._frozen is None or frozen.secret_key != self._frozen.secret_key:
            key = f"AWS4{frozen.secret_key}".encode()
            for part in (day, self._region, self._service, "aws4_request"):
                key = hmac.digest(key, part.encode(), "sha256")
            self._inner, self._outer = (
                hashlib.sha256(key.ljust(_BLOCK_BYTES, b"\0").translate(pad)) for pad in _HMAC_PADS
            )
        self._day, self._frozen, self._second = day, frozen, second
        self._kept = {}
