"""Where batches go: how one part becomes a request, and what its reply means."""

from __future__ import annotations

import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Protocol

from importer.errors import RunPaused
from importer.plan import Mode
from importer.table import SigningParts, TableKey
from importer.write import refusal, request
from importer.write.model import Ask, Body, Outcome, Part, Reply, Request, Verdict
from importer.write.reply import read_comparison, read_reply
from importer.write.sign import Signer
from importer.write.transport import HttpTransport, Transport


class Destination(Protocol):
    """What the engine needs of a place that takes batches."""

    @property
    def place(self) -> str:
        """What it is, for a message: `table EmailContacts at http://127.0.0.1:8000`."""

    def open_transport(self) -> Transport:
        """Connections of its own; the engine closes them."""

    def request(self, part: Part) -> Request:
        """The part as one POST. Raises RunPaused when there are no credentials to sign it with."""

    def read(self, part: Part, request: Request, reply: Reply) -> Outcome:
        """What the reply means for the part's rows."""


class TableDestination:
    """A DynamoDB table, written to with requests that we build, sign and send ourselves.

    Overwrite is BatchWriteItem. Insert is PartiQL INSERT through BatchExecuteStatement; where an earlier request
    may have landed, the stored items tell whether a "duplicate" is our own (BatchGetItem, consistent).
    """

    def __init__(
        self,
        parts: SigningParts,
        table: str,
        mode: Mode | str,
        key: TableKey,
        *,
        wall_clock: Callable[[], float] = time.time,
        open_transport: Callable[[], Transport] | None = None,
    ) -> None:
        """`wall_clock` gives UTC in seconds since 1970; `open_transport` replaces the connections."""
        self._parts, self._table = parts, table
        self._insert = Mode(mode) is Mode.INSERT
        self._key = key.attributes
        self._body_of = request.TableBody(table, self._insert)
        self._wall_clock = wall_clock
        self._skew_s = 0.0
        self._signer = Signer(parts.url, parts.region, parts.service, parts.credentials)
        self._open = open_transport or (lambda: HttpTransport(parts.ca_bundle))

    @property
    def place(self) -> str:
        """The table and its endpoint."""
        return f"table {self._table} at {self._parts.url}"

    def open_transport(self) -> Transport:
        """New connections to the table's endpoint."""
        return self._open()

    def request(self, part: Part) -> Request:
        """The part as one signed POST."""
        body = self._comparing(part) if part.ask is Ask.COMPARE else request.part_body(part, self._body_of)
        try:
            headers = self._signer.headers(body.target, body.sha256, self._wall_clock() + self._skew_s)
        except Exception as error:  # botocore's providers raise errors of many kinds, and quote what they read
            raise RunPaused(_NO_CREDENTIALS) from error
        return Request(self._parts.url, headers, body.data, not self._insert or part.ask is Ask.COMPARE)

    def _comparing(self, part: Part) -> Body:
        """What reads the stored items of the part's keys."""
        puts = request.part_puts(part)
        return request.with_hash(request.BATCH_GET, request.compare_body(self._table, puts, self._key))

    def read(self, part: Part, sent: Request, reply: Reply) -> Outcome:
        """The reply's meaning; a clock that differs and credentials that can be renewed are settled here."""
        if part.ask is Ask.COMPARE:
            outcome = read_comparison(part, reply, self._key)
        else:
            outcome = read_reply(part, reply, self._key, insert=self._insert)
        if outcome.verdict is Verdict.SKEW:
            return self._follow_clock(outcome, reply)
        if outcome.verdict is Verdict.PAUSE and outcome.code in refusal.RENEWABLE and self._renewed_since(sent):
            return Outcome(Verdict.RETRY, code=outcome.code, reason="credentials renewed")
        return outcome

    def _follow_clock(self, outcome: Outcome, reply: Reply) -> Outcome:
        """Sign by the service's clock from now on."""
        try:
            theirs = parsedate_to_datetime(reply.headers.get(b"date", b"").decode("latin-1")).timestamp()
        except (ValueError, TypeError):
            message = "The service says that this machine's clock is wrong. Set the clock, and resume."
            return Outcome(Verdict.PAUSE, code=outcome.code, message=message)
        self._skew_s = theirs - self._wall_clock()
        return outcome

    def _renewed_since(self, sent: Request) -> bool:
        try:
            return self._signer.renewed_since(sent.headers)
        except Exception:  # as in `request`: nothing to renew from
            return False


_NO_CREDENTIALS = "The credentials cannot be renewed. Sign in again (or set the profile), and resume."
