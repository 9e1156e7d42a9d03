"""What the endpoint's answer means for the contacts of one request. Pure.

Read as strictly as a table's reply (`importer.write.reply`): contacts count as written only when the answer counts
all of them. Texts of the answer are never shown; codes are, when they look like one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from importer.write import FailedRow, Outcome, Part, Reply, Verdict, plain_body, unusable

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]{1,60}")

BUSY = frozenset({408, 425, 500, 502, 503, 504})
"""The gateway's or the function's own trouble: the contacts may be in the table all the same, and go again."""

_STOPPED = {
    "table_missing": "The endpoint's table is gone. Have the endpoint deployed again, and resume.",
    "no_access": "The endpoint may not write to its table. Have it deployed again, and resume.",
    "QUOTA_EXCEEDED": "The API key's quota is used up. Wait for the next period or ask for more, and resume.",
}

_BY_STATUS = {
    401: "The endpoint refuses the API key. Set the right one, and resume.",
    403: "The endpoint refuses the API key. Set the right one, and resume.",
    404: "There is no endpoint at this address. Check it: it ends in /contacts/batch.",
    405: "The address takes no contacts. Check it: it ends in /contacts/batch.",
}

TOO_LARGE = "The contact is larger than the endpoint takes in one request. Shorten its texts."
"""API Gateway and Lambda take less than DynamoDB: about 4 MB a request."""


@dataclass(frozen=True)
class ContactFailure:
    """One contact of the request was not imported; `retry` when it may go through later."""

    place: int
    code: str
    retry: bool


def read_answer(part: Part, reply: Reply) -> Outcome:
    """The outcome of one request to the endpoint."""
    plain = plain_body(reply)
    outcome = unusable(reply, plain)
    if outcome is not None:
        return outcome
    told = _parsed(plain)
    failures = read_failures(told, len(part.indexes))
    if failures is not None:
        return _settled(part, failures)
    code = clean_code(told.get("code")) if isinstance(told, dict) else ""
    return _refused(part, reply.status, code)


def read_failures(told: Any, sent: int) -> list[ContactFailure] | None:
    """The contacts not imported; None unless the answer counts all that were sent, each once."""
    if not isinstance(told, dict) or not isinstance(told.get("errors"), list):
        return None
    imported = told.get("imported")
    failures = [_failure(error) for error in told["errors"]]
    places = {one.place for one in failures if one is not None and 0 <= one.place < sent}
    if (
        type(imported) is not int
        or None in failures
        or len(places) != len(failures)
        or imported + len(places) != sent
    ):
        return None
    return [one for one in failures if one is not None]


def _failure(error: Any) -> ContactFailure | None:
    if not isinstance(error, dict) or type(error.get("index")) is not int:
        return None
    return ContactFailure(error["index"], clean_code(error.get("code")) or "refused", error.get("retry") is True)


def clean_code(word: Any) -> str:
    """The code when it looks like one, else ""."""
    return word if isinstance(word, str) and _CODE.fullmatch(word) else ""


def _settled(part: Part, failures: Sequence[ContactFailure]) -> Outcome:
    again = sorted(part.indexes[one.place] for one in failures if one.retry)
    failed = [FailedRow(part.indexes[one.place], one.code, _message(one.code)) for one in failures if not one.retry]
    left = {*again, *(row.place for row in failed)}
    return Outcome(
        Verdict.SETTLED,
        written=[index for index in part.indexes if index not in left],
        failed=failed,
        again=again,
        reason="contacts handed back by the endpoint" if again else "",
    )


def _message(code: str) -> str:
    return f"The endpoint refused the contact ({code}). The code says why; fix the row and import it again."


def _refused(part: Part, status: int, code: str) -> Outcome:
    """An answer that settles no contact."""
    if code in _STOPPED:
        return Outcome(Verdict.PAUSE, code=code, message=_STOPPED[code])
    if status == 429:
        return Outcome(Verdict.THROTTLED, code=code or "Http429", reason="throttled: the endpoint's rate")
    if status == 413 or code in ("too_many_contacts", "REQUEST_TOO_LARGE"):
        return Outcome(
            Verdict.SPLIT, failed=[FailedRow(index, "RequestTooLarge", TOO_LARGE) for index in part.indexes]
        )
    if status in BUSY or status == 200:
        reason = "unreadable answers" if status == 200 else f"errors {status}"
        return Outcome(Verdict.RETRY, unsure=True, code=code or f"Http{status}", reason=reason)
    if 300 <= status < 400:
        told = "The address sends requests on to another one. Give the endpoint's own address."
        return Outcome(Verdict.PAUSE, code=f"Http{status}", message=told)
    told = _BY_STATUS.get(status, f"The endpoint refuses the requests (status {status}). Check its address.")
    return Outcome(Verdict.PAUSE, code=code or f"Http{status}", message=told)


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
