"""Replies of DynamoDB, read strictly: a batch counts as written only when the reply proves it.

Proof is HTTP 200, a right CRC where one is given, JSON, and the key that carries what was *not* written. A proxy's
page and a reply that was cut off have the status 200 too, and lack that key.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from importer.table import undo_coding
from importer.write import refusal
from importer.write.items import canonical_item, canonical_key, has_repeated_key, match_items, parse_put
from importer.write.model import Ask, FailedRow, Outcome, Part, Reply, Verdict

_NOTHING_LEFT = b'"UnprocessedItems":{}'
_SHORT_BYTES = 512
"""Longer than any reply that hands nothing back and tells the units of a table with a few indexes."""

_CHECKSUM = b"x-amz-crc32"
_CODING = b"content-encoding"


def read_reply(part: Part, reply: Reply, key: Sequence[str], *, insert: bool) -> Outcome:
    """What the reply to a write means for the part's rows. `key`: the table's key attributes."""
    if reply.status == 200 and not insert and len(reply.body) <= _SHORT_BYTES:
        known = _all_written(reply.body, reply.headers.get(_CHECKSUM), reply.headers.get(_CODING))
        if known is not None:
            return Outcome(Verdict.SETTLED, part.indexes, (), (), (), (), False, known[0])
    plain = plain_body(reply)
    outcome = unusable(reply, plain)
    if outcome is not None:
        return outcome
    body = refusal.read_json(plain)
    if reply.status != 200:
        return _refused(part, reply, body, key)
    if not isinstance(body, dict):
        return _unreadable()
    return _inserted(part, body) if insert else _written(part, body, key)


@lru_cache(maxsize=64)
def _all_written(body: bytes, stated: bytes | None, coding: bytes | None) -> tuple[float | None] | None:
    """The write units that a plain body tells, where it hands nothing back and its checksum is the one stated; else
    None.

    Kept, because most replies of a run are the same to the byte: what one of them means costs as much to find out as
    to send and hear it.
    """
    read = refusal.read_json(body) if coding is None and _NOTHING_LEFT in body else None
    if not isinstance(read, dict) or read.get("UnprocessedItems") != {}:
        return None
    return (consumed_wcu(read),) if stated in (None, b"%d" % zlib.crc32(body)) else None


def read_comparison(part: Part, reply: Reply, key: Sequence[str]) -> Outcome:
    """What is in the table where our insert met a key that exists: our own item, or another's."""
    plain = plain_body(reply)
    outcome = unusable(reply, plain)
    if outcome is not None:
        return outcome
    body = refusal.read_json(plain)
    if reply.status != 200:
        return _refused(part, reply, body, key)
    found = _listed(body, "Responses")
    left = _listed(body, "UnprocessedKeys", "Keys")
    if found is None or left is None:
        return _unreadable()
    return _compared(part, found, left, key)


def unusable(reply: Reply, plain: bytes) -> Outcome | None:
    """The outcome of a reply that is none, or whose checksum is wrong; None of one to be read. `plain`: its body."""
    if reply.trouble == "tls":
        message = "The endpoint's certificate cannot be verified. Check the endpoint and the CA bundle, and resume."
        return Outcome(Verdict.PAUSE, code="TlsFailed", message=message)
    if reply.trouble == "endless":
        return Outcome(Verdict.RETRY, unsure=True, code="EndlessReply", reason="replies without an end")
    if reply.trouble == "garbled":
        return Outcome(Verdict.RETRY, unsure=True, code="NotHttp", reason="replies that are no HTTP")
    if reply.status == 0:
        unsure = reply.trouble != "connect"
        return Outcome(Verdict.RETRY, unsure=unsure, code="NoAnswer", reason="no answer from the endpoint")
    if not _checksum_holds(reply, plain):
        return Outcome(Verdict.RETRY, unsure=True, code="WrongChecksum", reason="replies with a wrong checksum")
    return None


def _checksum_holds(reply: Reply, plain: bytes) -> bool:
    """Whether all that is stated is the CRC of the body: as it was sent, or as it was before a proxy packed it."""
    stated = reply.headers.get(_CHECKSUM)
    as_sent = b"%d" % zlib.crc32(reply.body)
    if not stated or stated == as_sent:
        return True
    sums = {as_sent, b"%d" % zlib.crc32(plain)}
    return all(one.strip() in sums for one in stated.split(b","))


def plain_body(reply: Reply) -> bytes:
    """The body without its content coding; b"" when it cannot be undone."""
    return undo_coding(reply.body, reply.headers[_CODING]) if _CODING in reply.headers else reply.body


def _written(part: Part, body: dict[str, Any], key: Sequence[str]) -> Outcome:
    returned = _unprocessed_items(body)
    again: list[int] | None = []
    if returned:
        again = match_items([part.batch.puts[index] for index in part.indexes], returned, key)
    if returned is None or again is None:
        return _unreadable()
    consumed = consumed_wcu(body)
    if not again:
        return Outcome(Verdict.SETTLED, written=part.indexes, consumed_wcu=consumed)
    left = {part.indexes[index] for index in again}
    return Outcome(
        Verdict.SETTLED,
        written=[index for index in part.indexes if index not in left],
        again=sorted(left),
        consumed_wcu=consumed,
        reason="items handed back unprocessed",
    )


def _unprocessed_items(body: dict[str, Any]) -> list[Any] | None:
    """The items handed back; None when the reply does not say."""
    tables = body.get("UnprocessedItems")
    if not isinstance(tables, dict):
        return None
    try:
        return [request["PutRequest"]["Item"] for requests in tables.values() for request in requests]
    except (TypeError, KeyError):
        return None


@dataclass
class _Pile:
    """Indexes of one part, sorted by what becomes of them."""

    written: list[int] = field(default_factory=list)
    existing: list[int] = field(default_factory=list)
    failed: list[FailedRow] = field(default_factory=list)
    again: list[int] = field(default_factory=list)
    compare: list[int] = field(default_factory=list)

    def outcome(self, **more: Any) -> Outcome:
        return Outcome(Verdict.SETTLED, self.written, self.existing, self.failed, self.again, self.compare, **more)


def _inserted(part: Part, body: dict[str, Any]) -> Outcome:
    """One answer for each statement, in order."""
    answers = body.get("Responses")
    if not isinstance(answers, list) or len(answers) != len(part.indexes):
        return _unreadable()
    pile, codes = _Pile(), set()
    for index, answer in zip(part.indexes, answers, strict=True):
        code, text = _statement_error(answer)
        if code == "":
            pile.written.append(index)
        elif code == "DuplicateItem":
            (pile.compare if part.maybe_written else pile.existing).append(index)
        elif code in refusal.BAD_ITEM:
            told = refusal.explain_bad_item(code, text)
            pile.failed.append(FailedRow(index, *told, refusal.refused_attribute(text)))
        elif code in _WHOLE:
            return _refused(part, Reply(400, {}, b""), {"__type": _WHOLE[code]}, ())
        else:
            pile.again.append(index)
            codes.add(code)
    throttles = sorted(codes & refusal.THROTTLES)
    reason = refusal.throttle_reason(None, throttles[0]) if throttles else ""
    return pile.outcome(
        consumed_wcu=consumed_wcu(body),
        unsure=bool(codes - refusal.THROTTLES),
        code="".join(throttles[:1]),
        reason=reason,
    )


_WHOLE = {"ResourceNotFound": "ResourceNotFoundException", "AccessDenied": "AccessDeniedException"}
"""Codes of a statement that are true of every row: the table is gone, or may not be written to."""


def _statement_error(answer: Any) -> tuple[str, str]:
    """Code and text of one statement's error; "" when it went through."""
    if not isinstance(answer, dict):
        return "UnreadableReply", ""
    error = answer.get("Error")
    if error is None:
        return "", ""
    code = refusal.clean_code(error.get("Code")) if isinstance(error, dict) else ""
    return code or "UnreadableReply", refusal.error_text(error)


def _compared(part: Part, found: list[Any], left: list[Any], key: Sequence[str]) -> Outcome:
    """Our own item: written. Another: existing. None: it was deleted meanwhile, so it is sent again."""
    try:
        stored = {canonical_key(item, key): canonical_item(item) for item in found}
        unread = {canonical_key(item, key) for item in left}
    except (KeyError, TypeError, ValueError, AttributeError):
        return _unreadable()
    pile = _Pile()
    for index in part.indexes:
        item = parse_put(part.batch.puts[index])
        own = canonical_key(item, key)
        if own in unread:
            pile.compare.append(index)
        elif own not in stored:
            pile.again.append(index)
        else:
            (pile.written if stored[own] == canonical_item(item) else pile.existing).append(index)
    return pile.outcome(consumed_wcu=0.0)


def _unreadable() -> Outcome:
    return Outcome(Verdict.RETRY, unsure=True, code="UnreadableReply", reason="unreadable replies")


def _refused(part: Part, reply: Reply, body: Any, key: Sequence[str]) -> Outcome:
    """A reply that is an error as a whole."""
    status, code = reply.status, refusal.error_code(body, reply.headers)
    if code in refusal.THROTTLES or (status == 429 and not code):
        return Outcome(Verdict.THROTTLED, code=code, reason=refusal.throttle_reason(body, code))
    if code in refusal.SKEWED or (code == "InvalidSignatureException" and _about_time(refusal.error_text(body))):
        return Outcome(Verdict.SKEW, code=code, reason="the clocks differ")
    if status == 413 or code in refusal.BAD_ITEM or code == "RequestTooLargeException":
        return _bad_item(part, status, body, code, key)
    if 300 <= status < 400 and not code:
        message = f"The endpoint sends the requests elsewhere (HTTP {status}), as a proxy or a sign-in page does."
        return Outcome(Verdict.PAUSE, code=f"Http{status}", message=f"{message} Set its right address, and resume.")
    if status >= 500 or status in (408, 425) or code in refusal.PASSING or not code:
        return Outcome(Verdict.RETRY, unsure=True, code=code or f"Http{status}", reason=f"errors {status}")
    return _stopped(code, refusal.error_text(body), part.ask)


def _stopped(code: str, text: str, ask: Ask) -> Outcome:
    """An error that another try cannot change."""
    if code == "ResourceNotFoundException":
        message = "The table is gone, or not in this account and region. Create it or correct them, and resume."
        return Outcome(Verdict.FATAL, code=code, message=message)
    said = refusal.NO_ACCESS.get(code, "The service refuses the requests")
    if code in refusal.DENIED:
        said = refusal.may_not(text)
    if refusal.OTHER_REGION in text.lower():
        said = "The requests are signed for another region than the endpoint's: set the endpoint's region"
    if ask is Ask.COMPARE and code in refusal.DENIED:
        said = refusal.MAY_NOT_READ
    return Outcome(Verdict.PAUSE, code=code, message=f"{said} ({code}). Give the run what it needs, and resume.")


def _bad_item(part: Part, status: int, body: Any, code: str, key: Sequence[str]) -> Outcome:
    """One of the items is bad. One key twice in a batch is refused too, and must never be split into two writes."""
    puts = [part.batch.puts[index] for index in part.indexes]
    if key and has_repeated_key(puts, key):
        message = "A batch holds one key twice, so its winner is not settled. Run the check again, and start anew."
        return Outcome(Verdict.FATAL, code="RepeatedKey", message=message)
    if status == 413:
        ours, message = "RequestTooLarge", "The request is larger than the service takes. Shorten the row's texts."
        attribute = ""
    else:
        text = refusal.error_text(body)
        (ours, message), attribute = refusal.explain_bad_item(code, text), refusal.refused_attribute(text)
    failed = [FailedRow(index, ours, message, attribute) for index in part.indexes]
    return Outcome(Verdict.SPLIT, failed=failed, code=code)


def _about_time(text: str) -> bool:
    return "signature expired" in text.lower() or "not yet current" in text.lower()


def _listed(body: Any, name: str, inner: str = "") -> list[Any] | None:
    """All entries under `name`, over all tables; None when the reply has no such key."""
    tables = body.get(name) if isinstance(body, dict) else None
    if not isinstance(tables, dict):
        return None
    try:
        return [one for listed in tables.values() for one in (listed[inner] if inner else listed)]
    except (KeyError, TypeError):
        return None


def consumed_wcu(body: dict[str, Any]) -> float | None:
    """Write units of the table and its indexes together; None when the reply does not tell."""
    listed = body.get("ConsumedCapacity")
    if not isinstance(listed, list) or not listed:
        return None
    units = [one.get("CapacityUnits") for one in listed if isinstance(one, dict)]
    return float(sum(one for one in units if isinstance(one, int | float)))
