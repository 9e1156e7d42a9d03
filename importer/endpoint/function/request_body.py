"""From API Gateway's event to a list of contacts, or to the reason why there is none. Pure."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from importer.check.cells import RepeatedNames, parse_json
from importer.endpoint.function.answers import Refused
from importer.endpoint.function.config import FunctionConfig


def header_of(event: Mapping[str, Any], name: str) -> str:
    """A request header, whatever the case of its name; "" when absent."""
    headers = event.get("headers") or {}
    return next((str(text) for key, text in headers.items() if key.lower() == name and text is not None), "")


def read_contacts(event: Mapping[str, Any], config: FunctionConfig) -> list[Any]:
    """The contacts of the request, not looked at yet. Raises Refused."""
    _check_content_type(header_of(event, "content-type"))
    body = _parse(_raw_body(event, config.max_body_bytes))
    contacts = body.get("contacts") if isinstance(body, dict) and not isinstance(body, RepeatedNames) else None
    if not isinstance(contacts, list):
        raise Refused(400, "no_contacts", 'The body must be a JSON object with one list, "contacts".')
    if not contacts:
        raise Refused(400, "no_contacts", 'The list "contacts" is empty. Send 1 to 25 contacts.')
    if len(contacts) > config.max_contacts:
        told = f"{len(contacts):,} contacts are too many. Send at most {config.max_contacts} in one request."
        raise Refused(400, "too_many_contacts", told)
    return contacts


def _check_content_type(text: str) -> None:
    """JSON in UTF-8; a request that names no type is taken for JSON, as API Gateway takes it."""
    kind, _, parameters = text.lower().partition(";")
    kind = kind.strip()
    if kind and kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise Refused(415, "wrong_content_type", "The content type must be application/json.")
    charset = parameters.partition("charset=")[2].split(";")[0].strip(' "')
    if charset and charset not in ("utf-8", "utf8", "us-ascii"):
        raise Refused(415, "wrong_content_type", "The body must be in UTF-8.")


def _raw_body(event: Mapping[str, Any], max_bytes: int) -> bytes:
    text = event.get("body")
    if not text:
        raise Refused(400, "no_body", 'The request has no body. Send {"contacts":[…]}.')
    _check_size(len(text) // 4 * 3 if event.get("isBase64Encoded") else len(text), max_bytes)
    try:
        raw = base64.b64decode(text, validate=True) if event.get("isBase64Encoded") else text.encode("utf-8")
    except (binascii.Error, ValueError) as error:
        raise Refused(400, "bad_encoding", "The body's bytes cannot be read as UTF-8 text.") from error
    _check_size(len(raw), max_bytes)
    return bytes(raw)


def _check_size(size_bytes: int, max_bytes: int) -> None:
    if size_bytes > max_bytes:
        told = f"The body is over {max_bytes:,} bytes. Send fewer contacts in one request."
        raise Refused(413, "body_too_large", told)


def _parse(raw: bytes) -> Any:
    try:
        return parse_json(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Refused(400, "bad_encoding", "The body's bytes cannot be read as UTF-8 text.") from error
    except RecursionError as error:
        raise Refused(400, "bad_json", "The body's JSON is nested too deep.") from error
    except ValueError as error:
        place = getattr(error, "pos", None)
        where = "" if place is None else f" (it breaks at character {place + 1:,})"
        raise Refused(400, "bad_json", f"The body is not JSON{where}.") from error
