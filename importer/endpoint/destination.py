"""The endpoint as the place that a run's batches go to: the same engine, another kind of request."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlsplit

from importer.check import Schema
from importer.endpoint.counted import read_answer
from importer.errors import ConfigError
from importer.plan import Guard, Mode
from importer.table import Connection, TableDescription, TableKey
from importer.write import Body, HttpTransport, Outcome, Part, Reply, Request, Transport, part_body

BATCH_TABLE = "(batch endpoint)"
"""Stands where a table's name would."""

ANSWER_TIMEOUT_S = 35.0
"""API Gateway itself gives up after 29 s."""

NOT_JSON = frozenset({"SS", "B", "NS", "BS"})
"""Types of DynamoDB that plain JSON cannot say."""


class EndpointDestination:
    """`POST /contacts/batch` at `url`, with an API key where it wants one. Contacts are replaced by their key."""

    def __init__(self, url: str, api_key: str = "", *, open_transport: Callable[[], Transport] | None = None) -> None:
        """`open_transport` replaces the connections."""
        check_batch_url(url)
        self._url = url
        self._headers = b"Content-Type: application/json\r\n"
        if api_key:
            self._headers += b"X-Api-Key: " + _header_bytes(api_key) + b"\r\n"
        self._open = open_transport or (lambda: HttpTransport(answer_timeout_s=ANSWER_TIMEOUT_S))

    @property
    def place(self) -> str:
        """The address; the key is never told."""
        return f"endpoint {self._url}"

    def open_transport(self) -> Transport:
        """New connections to the endpoint."""
        return self._open()

    def request(self, part: Part) -> Request:
        """The part as one POST. Puts are idempotent, so it may be sent again on another connection."""
        return Request(self._url, self._headers, part_body(part, BatchBody()).data)

    def read(self, part: Part, sent: Request, reply: Reply) -> Outcome:
        """What the answer means for the part's rows."""
        return read_answer(part, reply)


@dataclass(frozen=True)
class BatchBody:
    """Puts → `{"contacts":[…]}` in plain JSON; numbers keep their digits. It is not signed: no hash."""

    around: ClassVar[None] = None

    def __call__(self, puts: Sequence[bytes]) -> Body:
        """The body for all puts."""
        return Body("", b'{"contacts":[' + b",".join(contact_json(put) for put in puts) + b"]}", b"")


def contact_json(put: bytes) -> bytes:
    """`{"PutRequest":{"Item":{…}}}` as a plain JSON object."""
    item = json.loads(put)["PutRequest"]["Item"]
    return b"{" + b",".join(_text(name) + b":" + _plain(value) for name, value in item.items()) + b"}"


def _plain(value: dict[str, Any]) -> bytes:
    """One value. A canonical number text is a JSON number already, and so never goes through a float."""
    ((kind, inner),) = value.items()
    if kind == "N":
        return str(inner).encode()
    if kind == "L":
        return b"[" + b",".join(_plain(one) for one in inner) + b"]"
    if kind == "M":
        return b"{" + b",".join(_text(name) + b":" + _plain(one) for name, one in inner.items()) + b"}"
    if kind in NOT_JSON:
        raise ConfigError(f"The endpoint takes no values of type {kind}. Change the column's type in the schema.")
    return _text(None if kind == "NULL" else inner)


def _text(value: str | bool | None) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def endpoint_guards(schema: Schema, mode: Mode) -> tuple[Guard, ...]:
    """What the endpoint cannot do though a table could, found before the first request."""
    found = []
    if mode is not Mode.OVERWRITE:
        told = "The endpoint replaces contacts that are there; it cannot insert only. Choose overwrite."
        found.append(Guard("endpoint_mode", told, True))
    for spec in schema.imported:
        if spec.type.name in NOT_JSON:
            told = f'Column "{spec.column}" is {spec.type.name}, which plain JSON cannot say. Make it S or L.'
            found.append(Guard("endpoint_type", told, True))
    return tuple(found)


def check_batch_url(url: str) -> None:
    """ConfigError unless contacts can be posted there without being read on the way."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise ConfigError("The endpoint's address must be like https://HOST/prod/contacts/batch.")
    if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise ConfigError("Contacts are sent to https addresses only. Write https:// in the endpoint's address.")


def batch_connection(url: str) -> Connection:
    """The connection that stands for the endpoint in a plan."""
    check_batch_url(url)
    return Connection("batch", "", None, url)


def batch_description(url: str, key: TableKey) -> TableDescription:
    """What may be said of a table that is not seen: its key is what the person tells."""
    place = urlsplit(url).netloc
    return TableDescription(BATCH_TABLE, "ACTIVE", key, "PAY_PER_REQUEST", None, 0, 0, (), "", f"at {place}", "")


def _header_bytes(api_key: str) -> bytes:
    if not api_key.isascii() or not api_key.isprintable() or " " in api_key:
        raise ConfigError("The API key has characters that no key has. Set it again.")
    return api_key.encode()
