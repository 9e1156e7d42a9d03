"""One request to one answer. Pure: the table's calls, clock, sleep and random come in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from importer.endpoint.function.answers import ContactError, Refused, answer, cors_headers, status_of
from importer.endpoint.function.config import FunctionConfig
from importer.endpoint.function.contacts import sort_contacts
from importer.endpoint.function.putting import PutReply, PutResult, Putter
from importer.endpoint.function.request_body import header_of, read_contacts
from importer.write.retry import Uniform

RETRY_AFTER_S = 1


@dataclass
class Endpoint:
    """`POST /contacts/batch` over one table. `log` gets one flat record a request, without any value of a contact."""

    config: FunctionConfig
    call: Callable[[Sequence[Any]], PutReply]
    clock: Callable[[], float]
    sleep: Callable[[float], object]
    random: Uniform
    log: Callable[[dict[str, Any]], None]
    cold: bool = True

    def handle(self, event: Mapping[str, Any], remaining_s: Callable[[], float]) -> dict[str, Any]:
        """API Gateway's proxy event → its proxy answer, whatever comes."""
        began_s = self.clock()
        origin = header_of(event, "origin")
        cors = cors_headers(self.config.origins, origin)
        request_id = str((event.get("requestContext") or {}).get("requestId", ""))
        record: dict[str, Any] = {"request": request_id, "cold": self.cold}
        self.cold = False
        try:
            reply = self._answer(event, remaining_s, cors, record)
        except Refused as refused:
            record["code"] = refused.code
            reply = _whole(refused, cors)
        except Exception as error:
            record |= {"code": "internal", **_place(error)}
            reply = _whole(Refused(500, "internal", "The endpoint failed on an error of its own. Try again."), cors)
        record |= {"status": reply["statusCode"], "ms": round((self.clock() - began_s) * 1000, 1)}
        self.log(record)
        return reply

    def _answer(
        self,
        event: Mapping[str, Any],
        remaining_s: Callable[[], float],
        cors: Mapping[str, str],
        record: dict[str, Any],
    ) -> dict[str, Any]:
        method = str(event.get("httpMethod", "POST")).upper()
        if method == "OPTIONS":
            return answer(204, None, {**cors, "Access-Control-Max-Age": "600"})
        if method != "POST":
            raise Refused(405, "wrong_method", "Only POST and OPTIONS are served here.")
        contacts = read_contacts(event, self.config)
        accepted, errors = sort_contacts(contacts, self.config)
        key = tuple(part.name for part in self.config.key)
        put = Putter(self.call, key, remaining_s, self.sleep, self.random).put(accepted)
        return _counted(len(contacts), put, errors, cors, record)


def _counted(
    received: int,
    put: PutResult,
    errors: Sequence[ContactError],
    cors: Mapping[str, str],
    record: dict[str, Any],
) -> dict[str, Any]:
    """The answer with its numbers: `imported` and `errors` together are all that were received."""
    all_errors = sorted([*errors, *put.errors], key=lambda error: error.index)
    imported = len(put.written)
    record |= {"received": received, "imported": imported, "errors": dict(Counter(one.code for one in all_errors))}
    record |= {"calls": put.calls, "retries": put.retries, "throttled": put.throttled}
    status = status_of(imported, all_errors)
    told = {"imported": imported, "received": received, "errors": [error.to_dict() for error in all_errors]}
    if status != 200:
        told["code"] = "unprocessed" if status == 503 else all_errors[0].code
        told["message"] = f"{imported} of {received} contacts were imported; errors says why the others were not."
    return answer(status, told, cors, retry_after_s=RETRY_AFTER_S if status == 503 else None)


def _whole(refused: Refused, cors: Mapping[str, str]) -> dict[str, Any]:
    """The answer where no contact was looked at, or all that may have been written can be sent again."""
    told = {"imported": 0, "errors": [], "code": refused.code, "message": refused.message}
    return answer(refused.status, told, cors)


def _place(error: BaseException) -> dict[str, str]:
    """Type and place of an unexpected error; its text may hold a value."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    where = f"{at.tb_frame.f_code.co_name}:{at.tb_lineno}" if at is not None else ""
    return {"error": type(error).__name__, "at": where}
