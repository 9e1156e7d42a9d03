"""What the function answers: JSON, always with the headers that let a page of another origin read it. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ALLOWED_METHODS = "OPTIONS,POST"
ALLOWED_HEADERS = "Content-Type,X-Api-Key,Authorization,X-Amz-Date,X-Amz-Security-Token"
PREFLIGHT_AGE_S = "600"


class Refused(Exception):
    """The request as a whole is wrong: HTTP `status`, stable `code`, a message without any value of it."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


@dataclass(frozen=True)
class ContactError:
    """One contact was not imported: its place in the request, and why. `retry`: the same may go through later."""

    index: int
    status: int
    code: str
    message: str
    retry: bool = False

    def to_dict(self) -> dict[str, Any]:
        """As it stands in an answer."""
        told = {"index": self.index, "status": self.status, "code": self.code, "message": self.message}
        return told | ({"retry": True} if self.retry else {})


def cors_headers(origins: Sequence[str], origin: str) -> dict[str, str]:
    """The headers for a request from `origin` ("" = none told). An origin that is not allowed gets no permission."""
    shared = {"Access-Control-Allow-Methods": ALLOWED_METHODS, "Access-Control-Allow-Headers": ALLOWED_HEADERS}
    if "*" in origins:
        return {"Access-Control-Allow-Origin": "*"} | shared
    shared["Vary"] = "Origin"
    if origin in origins or not origin:
        return {"Access-Control-Allow-Origin": origin or origins[0]} | shared
    return shared


def answer(
    status: int, told: Mapping[str, Any] | None, cors: Mapping[str, str], *, retry_after_s: int | None = None
) -> dict[str, Any]:
    """The reply in the form that API Gateway's proxy integration takes; `told` None sends no body."""
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store", **cors}
    if retry_after_s is not None:
        headers["Retry-After"] = str(retry_after_s)
    body = "" if told is None else json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return {"statusCode": status, "headers": headers, "body": body, "isBase64Encoded": False}


def status_of(imported: int, errors: Sequence[ContactError]) -> int:
    """503 while contacts are left that may go through later; 200 when any was imported; else the errors' own."""
    if any(error.retry for error in errors):
        return 503
    if imported or not errors:
        return 200
    statuses = {error.status for error in errors}
    return statuses.pop() if len(statuses) == 1 else 422
