"""From an address to a connected socket: names, TLS, and the proxy that the environment may name."""

from __future__ import annotations

import base64
import socket
import ssl
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from importer.write.model import Request
from importer.write.sign import host_header

USER_AGENT = "contact-importer"
OWN_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Origin:
    """Where requests to one URL go. `proxy` None: straight there; `tls` None: plain HTTP.

    `first_lines` is what every request to it begins with: the start line, `Host`, `User-Agent`, and that the reply
    is wanted without a content coding: where nothing is said, any is welcome (RFC 9110, 12.5.3).
    """

    host: str
    port: int
    first_lines: bytes
    proxy: SplitResult | None
    tls: ssl.SSLContext | None

    @classmethod
    def of(cls, url: str, ca_bundle: str) -> Origin:
        """The origin of `url`; certificates are verified against `ca_bundle` ("" = the system's)."""
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        proxy = _proxy_for(parts)
        asked = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        lines = [f"Host: {host_header(url)}", f"User-Agent: {USER_AGENT}", "Accept-Encoding: identity"]
        if proxy is not None and not secure:
            asked = url
            lines += [f"{name}: {value}" for name, value in _proxy_headers(proxy).items()]
        first = "".join(f"{line}\r\n" for line in [f"POST {asked} HTTP/1.1", *lines]).encode()
        port = parts.port or (443 if secure else 80)
        return cls(parts.hostname or "", port, first, proxy, _tls(ca_bundle) if secure else None)

    def wire(self, request: Request) -> bytes:
        """All bytes of one request."""
        length = b"Content-Length: %d\r\n\r\n" % len(request.body)
        return b"".join((self.first_lines, request.headers, length, request.body))


def dial(origin: Origin, timeout_s: float) -> socket.socket:
    """A new connection that does not block, its certificate verified; through the proxy's tunnel where TLS needs one.

    Raises OSError (ssl.SSLError among them) when there is none. `timeout_s` holds for each step of the way.
    """
    near = origin.proxy or origin
    host, port = (near.hostname or "", near.port or 80) if isinstance(near, SplitResult) else (near.host, near.port)
    if origin.tls is None:
        way = HTTPConnection(host, port, timeout=timeout_s)
    else:
        way = HTTPSConnection(host, port, timeout=timeout_s, context=origin.tls)
        if origin.proxy is not None:
            way.set_tunnel(origin.host, origin.port, _proxy_headers(origin.proxy))
    try:
        way.connect()
    except (HTTPException, UnicodeError) as error:  # what a proxy answers; a host name that is none
        raise ConnectionError("There is no way to the endpoint.") from error
    connected = way.sock
    connected.setblocking(False)
    return connected


def _tls(ca_bundle: str) -> ssl.SSLContext:
    """Verifies certificate and host name: Python's default, and there is no way to turn it off."""
    context = ssl.create_default_context(cafile=ca_bundle or None)
    context.set_alpn_protocols(["http/1.1"])
    return context


def _proxy_for(parts: SplitResult) -> SplitResult | None:
    """The proxy that the environment names for this address; this machine is reached without one."""
    host = parts.hostname or ""
    if host in OWN_HOSTS or proxy_bypass(host):
        return None
    found = getproxies()
    named = found.get(parts.scheme) or found.get("all")
    if not named:
        return None
    return urlsplit(named if "://" in named else f"http://{named}")


def _proxy_headers(proxy: SplitResult) -> dict[str, str]:
    """The proxy's user and password from its address, if it has any (RFC 7617)."""
    if proxy.username is None:
        return {}
    told = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}".encode()
    return {"Proxy-Authorization": "Basic " + base64.b64encode(told).decode()}
