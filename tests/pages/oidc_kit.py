"""A provider of sign-in (OpenID Connect) on this machine: one person, one password, everything else real."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID, PASSWORD, EMAIL = "importer", "right", "ann@example.com"

FORM = """<!doctype html><title>Provider</title><p>{told}</p><form method="post">
<label>Password <input name="password" type="password" autofocus></label><button>Go on</button></form>"""


class Provider:
    """What it knows: its key, and the codes it gave out with the nonce of each."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
        self.nonces: dict[str, str] = {}

    def metadata(self) -> dict[str, object]:
        """OpenID Connect Discovery 1.0, section 3."""
        ends = {"authorization": "authorize", "token": "token", "end_session": "leave"}
        return {
            "issuer": self.url,
            **{f"{name}_endpoint": f"{self.url}/{path}" for name, path in ends.items()},
            "jwks_uri": f"{self.url}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def code(self, nonce: str) -> str:
        """A code that can be turned into a token once."""
        made = secrets.token_hex(8)
        self.nonces[made] = nonce
        return made

    def tokens(self, code: str) -> dict[str, object]:
        """The answer of the token endpoint, OpenID Connect Core 1.0, section 3.1.3.3."""
        now = int(time.time())
        access = secrets.token_hex(8)
        half = hashlib.sha256(access.encode()).digest()[:16]
        claims = {"iss": self.url, "sub": "1", "aud": CLIENT_ID, "email": EMAIL, "iat": now, "exp": now + 600}
        claims |= {"nonce": self.nonces.pop(code), "at_hash": base64.urlsafe_b64encode(half).decode().rstrip("=")}
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)
        return {"access_token": access, "token_type": "Bearer", "expires_in": 600, "id_token": signed}


class _Server(ThreadingHTTPServer):
    provider: Provider


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        place = urlsplit(self.path)
        if place.path == "/.well-known/openid-configuration":
            self._json(self.server.provider.metadata())
        elif place.path == "/keys":
            self._json({"keys": [self.server.provider.key.as_dict(private=False)]})
        elif place.path == "/leave":
            self._go(parse_qs(place.query)["post_logout_redirect_uri"][0])
        else:
            self._page("Who are you?")

    def do_POST(self) -> None:
        given = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        if self.path == "/token":
            self._json(self.server.provider.tokens(given["code"][0]))
        elif given.get("password") == [PASSWORD]:
            back = {"code": self.server.provider.code(asked["nonce"]), "state": asked["state"]}
            self._go(f"{asked['redirect_uri']}?{urlencode(back)}")
        else:
            self._page("Wrong password.")

    def _page(self, told: str) -> None:
        self._answer(200, "text/html", FORM.format(told=told).encode())

    def _json(self, content: object) -> None:
        self._answer(200, "application/json", json.dumps(content).encode())

    def _go(self, place: str) -> None:
        self.send_response(302)
        self.send_header("Location", place)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *given: object) -> None:
        """Nobody reads it."""


@contextmanager
def running_provider() -> Iterator[Provider]:
    """It answers on a port of its own for as long as the block lasts."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.provider = Provider(f"http://127.0.0.1:{server.server_port}")
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.provider
    finally:
        server.shutdown()
        server.server_close()
