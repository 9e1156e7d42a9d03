"""BatchWriteItem until every contact is written or refused, or the function's time is up. Pure: calls, clock, sleep
and random come in.

What is acknowledged is proved, as in `importer.write.reply`: by the key that carries what was *not* written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from importer.endpoint.function.answers import ContactError, Refused
from importer.endpoint.function.contacts import Accepted
from importer.write.items import canonical_key
from importer.write.refusal import BAD_ITEM, NO_ACCESS, THROTTLES, explain_bad_item
from importer.write.retry import Backoff, Uniform

BACKOFF = Backoff(base_s=0.05, cap_s=1.0)
"""As the app's, with a lower cap: API Gateway waits 29 s at most."""

RESERVE_S = 1.5
"""Kept of the function's time for the answer itself. No call starts when less than this is left."""

CALL_S = 4.0
"""The longest that one call may take (connect and read time-outs); none starts that could run over."""

TOO_LARGE = "RequestTooLargeException"


@dataclass(frozen=True)
class PutReply:
    """What one BatchWriteItem brought.

    `unprocessed` are items handed back, None when the reply does not say (then nothing is acknowledged). `code` is
    the service's error code, "NoAnswer" where there was no answer; `text` its message in lower case, never shown.
    """

    unprocessed: Sequence[Any] | None = None
    code: str = ""
    text: str = ""


@dataclass
class PutResult:
    """`written` are places in the request. `calls`, `retries` and `throttled` are counts for the log."""

    written: list[int] = field(default_factory=list)
    errors: list[ContactError] = field(default_factory=list)
    calls: int = 0
    retries: int = 0
    throttled: int = 0


@dataclass
class Putter:
    """One table's puts. `call` gets items in DynamoDB JSON; `remaining_s` the time that is left of the function's."""

    call: Callable[[Sequence[Any]], PutReply]
    key: tuple[str, ...]
    remaining_s: Callable[[], float]
    sleep: Callable[[float], object]
    random: Uniform

    def put(self, accepted: Sequence[Accepted]) -> PutResult:
        """Write them all. Raises Refused (500) when the table is gone or may not be written to."""
        result = PutResult()
        groups = [list(accepted)] if accepted else []
        vain = 0
        while groups:
            if self.remaining_s() < RESERVE_S + CALL_S:
                break
            group = groups.pop()
            result.calls += 1
            again = self._settle(group, self.call([one.item for one in group]), result, groups)
            if not again:
                continue
            vain = 1 if len(again) < len(group) else vain + 1
            groups.insert(0, again)
            result.retries += 1
            delay_s = BACKOFF.delay_s(vain, self.random)
            if self.remaining_s() - delay_s < RESERVE_S + CALL_S:
                break
            self.sleep(delay_s)
        result.errors += [_later(one) for group in groups for one in group]
        return result

    def _settle(
        self, group: list[Accepted], reply: PutReply, result: PutResult, groups: list[list[Accepted]]
    ) -> list[Accepted]:
        """Book what the reply settles; the contacts to send again after a delay. Halves go to `groups` at once."""
        if reply.code in BAD_ITEM or reply.code == TOO_LARGE:
            if len(group) > 1:
                middle = len(group) // 2
                groups += [group[:middle], group[middle:]]
            else:
                result.errors.append(_refused(group[0], reply))
            return []
        if reply.code in THROTTLES:
            result.throttled += 1
            return group
        _stop_for_good(reply.code)
        again = self._handed_back(group, reply)
        left = {one.index for one in again}
        result.written += [one.index for one in group if one.index not in left]
        return again

    def _handed_back(self, group: list[Accepted], reply: PutReply) -> list[Accepted]:
        """The contacts not acknowledged; all of them when the reply is none, or speaks of items that are not ours."""
        if reply.code or reply.unprocessed is None:
            return group
        try:
            ours = {canonical_key(one.item, self.key): one for one in group}
            return [ours[canonical_key(item, self.key)] for item in reply.unprocessed]
        except (KeyError, TypeError, ValueError, AttributeError):
            return group


def _stop_for_good(code: str) -> None:
    """Errors that another call cannot change and that no contact is to blame for."""
    if code == "ResourceNotFoundException":
        raise Refused(500, "table_missing", "The endpoint's table is gone. Deploy it for one that is there.")
    if code in NO_ACCESS:
        raise Refused(500, "no_access", "The endpoint may not write to its table. Deploy it again.")


def _refused(one: Accepted, reply: PutReply) -> ContactError:
    code, message = explain_bad_item(reply.code, reply.text)
    return ContactError(one.index, 422, code, message)


def _later(one: Accepted) -> ContactError:
    told = "The table had no capacity for this contact in time. Send it again."
    return ContactError(one.index, 503, "unprocessed", told, retry=True)
