"""Requests in, answers out: callers are checked, faults are played. No sockets, no clock of its own."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import formatdate

from strict_endpoint.limits import Refused
from strict_endpoint.table import StrictTable
from strict_endpoint.wire import Answer

_PAGE = b"<html><head><title>Sign in to the network</title></head><body>Welcome</body></html>"


_HTML = {"Content-Type": "text/html"}
_UNWRITTEN = {
    "reset": Answer(reset=True),
    "html": Answer(200, _PAGE, _HTML),
    "no_key": Answer(200, b"{}"),
    "no_code": Answer(400, b""),
    "error_503": Answer(503, b"<html>503 Service Temporarily Unavailable</html>", _HTML),
}


class StrictService(StrictTable):
    """`StrictTable` behind `handle`, with the faults."""

    def handle(self, headers: dict[str, str], body: bytes) -> Answer:
        """One POST; header names in lower case."""
        operation = headers.get("x-amz-target", "").partition(".")[2]
        try:
            self._check_caller(headers, body)
            self._check_right(operation)
            request = json.loads(body)
            handler = {
                "BatchWriteItem": self._batch_write,
                "BatchExecuteStatement": self._batch_statement,
                "BatchGetItem": self._batch_get,
                "GetItem": self._get,
                "Scan": self._scan,
                "DescribeTable": self._describe,
            }.get(operation)
            if handler is None:
                raise Refused("UnknownOperationException", "")
            writes = operation in ("BatchWriteItem", "BatchExecuteStatement")
            self.requests.append((self.now(), operation, _count(request)))
            if self.faults.gone:
                raise Refused("ResourceNotFoundException", "Requested resource not found")
            answer = self._play(lambda: handler(request)) if writes else self._ok(handler(request))
        except Refused as refused:
            self.met[refused.code] += 1
            status = 500 if refused.code == "InternalServerError" else 400
            answer = self._json(status, _told(refused))
        dated = {"Date": formatdate(self.wall() + self.faults.clock_offset_s, usegmt=True), **answer.headers}
        delay_s = answer.delay_s + self.faults.latency_s + self.player.slower_s(self.now())
        return replace(answer, headers=dated, delay_s=delay_s)

    def _play(self, write: Callable[[], dict]) -> Answer:
        """The request with the fault it meets."""
        fault = self.player.pick(self.now())
        if not fault:
            return self._ok(write())
        self.met[fault] += 1
        if fault == "throttle":
            raise self.too_fast()
        if fault in _UNWRITTEN:
            return _UNWRITTEN[fault]
        if fault in ("half_body", "cut_json", "wrong_crc", "no_http"):
            return self._damaged(fault, write)
        if fault == "error_500" and self.player.coin():
            raise Refused("InternalServerError", "Internal server error")
        done = write()
        if fault == "error_500":
            raise Refused("InternalServerError", "Internal server error")
        return Answer(reset=True) if fault == "lost_reply" else self._ok(done, self.faults.slow_s)

    def _damaged(self, fault: str, write: Callable[[], dict]) -> Answer:
        whole = self._ok(write() if self.player.coin() else {"UnprocessedItems": {}, "Responses": []})
        if fault == "no_http":
            return Answer(raw=b"\x15\x03\x01\x00\x02\x02\x46")
        if fault == "wrong_crc":
            return Answer(200, whole.body, {"x-amz-crc32": "12345"})
        if fault == "cut_json":
            return Answer(200, whole.body[: len(whole.body) // 2])
        return Answer(200, whole.body, whole.headers, cut_at=len(whole.body) // 2)

    def _check_caller(self, headers: dict[str, str], body: bytes) -> None:
        found = re.match(
            r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/[^/]+/dynamodb/aws4_request, "
            r"SignedHeaders=[a-z0-9;-]*host[a-z0-9;-]*, Signature=[0-9a-f]{64}\Z",
            headers.get("authorization", ""),
        )
        if not found:
            raise Refused("MissingAuthenticationTokenException", "Request is missing Authentication Token")
        if len(body) > 16 * 1024 * 1024:
            raise Refused("RequestTooLargeException", "Request size exceeded")
        stamp = datetime.strptime(headers.get("x-amz-date", ""), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
        if abs(stamp - self.wall() - self.faults.clock_offset_s) > 300:
            raise Refused(
                "InvalidSignatureException", "Signature expired: " + headers["x-amz-date"] + " is now earlier"
            )
        if found[1] in self.faults.expired_keys:
            raise Refused("ExpiredTokenException", "The security token included in the request is expired")

    def _check_right(self, operation: str) -> None:
        if operation in self.faults.denied:
            raise Refused("AccessDeniedException", "User: arn:aws:iam::123456789012:user/x is not authorized")

    def _ok(self, reply: dict, delay_s: float = 0.0) -> Answer:
        return self._json(200, reply, delay_s)

    def _json(self, status: int, reply: dict, delay_s: float = 0.0) -> Answer:
        body = json.dumps(reply, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()
        return Answer(status, body, {"x-amz-crc32": str(zlib.crc32(body))}, delay_s=delay_s)


_NAME_SPACES = {
    "ValidationException": "com.amazon.coral.validate",
    **dict.fromkeys(
        (
            *("MissingAuthenticationTokenException", "InvalidSignatureException", "ExpiredTokenException"),
            *("AccessDeniedException", "UnknownOperationException"),
        ),
        "com.amazon.coral.service",
    ),
}
"""Where AWS's codes come from; the service's own come from com.amazonaws.dynamodb.v20120810."""


def _told(refused: Refused) -> dict:
    """The error body, as AWS writes it: access denied has its text under `Message`."""
    name_space = _NAME_SPACES.get(refused.code, "com.amazonaws.dynamodb.v20120810")
    text = "Message" if refused.code == "AccessDeniedException" else "message"
    return {"__type": f"{name_space}#{refused.code}", text: refused.text} | refused.more


def _count(request: dict) -> int:
    if "Statements" in request:
        return len(request["Statements"])
    listed = next(iter(request.get("RequestItems", {"": []}).values()))
    return len(listed)
