"""Replies as real services and proxies send them, byte for byte, and what each means for the rows.

Bytes go through a real socket into the connection that the importer uses, so nothing is read here by other code than
in a run. The transcripts are public ones of Amazon DynamoDB; the shapes are those of `strict_endpoint.wire` and of
RFC 9112. What may be read must be read right; what may not must be refused in words, with every row sent again.
"""

from __future__ import annotations

import gzip
import itertools
import json
import random
import socket
import time
import zlib
from collections.abc import Iterable, Iterator
from selectors import DefaultSelector
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutants import MANY, chances, mutant
from strict_endpoint import AMAZON, WIRES, Answer, Wire, running_endpoint
from strict_endpoint.kit import EMAIL_KEY, contact_batches, contact_items, run_engine, signing_parts

from importer.errors import RunPaused
from importer.write import Outcome, Part, Reply, TableDestination, Verdict
from importer.write.connection import Connection, Exchange
from importer.write.dialing import Origin
from importer.write.reply import read_reply

PART = Part(next(contact_batches(25)), range(25))
DONE = json.dumps(
    {
        "ConsumedCapacity": [
            {
                "CapacityUnits": 50.0,
                "GlobalSecondaryIndexes": {"by-name": {"CapacityUnits": 25.0}},
                "Table": {"CapacityUnits": 25.0},
                "TableName": "EmailContacts",
            }
        ],
        "UnprocessedItems": {},
    },
    separators=(",", ":"),
).encode()
DATE = "Thu, 18 Apr 2024 23:32:32 GMT"


class Line:
    """A connection of ours, and the other end of it in `peer`."""

    def __init__(self) -> None:
        ours, self.peer = socket.socketpair()
        ours.setblocking(False)
        self.selector = DefaultSelector()
        self.replies: list[Reply] = []
        self.losses: list[tuple[str, bool]] = []
        origin = Origin.of("http://127.0.0.1", "")
        self.connection = Connection(self, origin, ours, self.selector, time.monotonic)

    def answered(self, connection: Connection, exchange: Exchange, reply: Reply) -> None:
        self.replies.append(reply)

    def lost(self, connection: Connection, exchange: Exchange | None, trouble: str, *, unheard: bool) -> None:
        if exchange is not None:
            self.losses.append((trouble, unheard))

    def ask(self) -> None:
        self.connection.begin(Exchange(None, b"POST", True, 0.0))
        assert self.peer.recv(10) == b"POST"

    def hear(self, *pieces: bytes, ended: bool = False) -> None:
        """Each piece is there alone when the connection reads; `ended`: then the other side closes."""
        for piece in pieces:
            if piece and self.connection.usable:
                self.peer.sendall(piece)
                self.connection.ready()
        if ended and self.connection.usable:
            self.peer.shutdown(socket.SHUT_WR)
            self.connection.ready()

    def close(self) -> None:
        if self.connection.usable:
            self.connection.give_up()
        self.peer.close()
        self.selector.close()


@pytest.fixture
def line() -> Iterator[Line]:
    made = Line()
    yield made
    made.close()


def heard(*pieces: bytes, ended: bool = False) -> tuple[Outcome, bool]:
    """What the engine makes of a reply, and whether the connection is kept."""
    line = Line()
    try:
        line.ask()
        line.hear(*pieces, ended=ended)
        kept = line.connection.usable
    finally:
        line.close()
    reply = line.replies[0] if line.replies else Reply(0, {}, b"", line.losses[0][0])
    return read_reply(PART, reply, ("email",), insert=False), kept


def answer(body: bytes = DONE, status: int = 200, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, body, {"Date": DATE, "x-amz-crc32": str(zlib.crc32(body)), **named})


def is_settled(outcome: Outcome) -> bool:
    return outcome.verdict is Verdict.SETTLED and list(outcome.written) == list(range(25))


def is_sent_again(outcome: Outcome) -> bool:
    return outcome.verdict is Verdict.RETRY and outcome.unsure and not outcome.written


# Transcripts of Amazon DynamoDB

TRANSCRIPTS = [
    (
        b"HTTP/1.1 200 OK\r\nServer: Server\r\nDate: Thu, 18 Apr 2024 23:32:32 GMT\r\n"
        b"Content-Type: application/x-amz-json-1.0\r\nContent-Length: 39\r\nConnection: keep-alive\r\n"
        b"x-amzn-RequestId: DJQ5482KAPDE18QMTNTB07ETPVVV4KQNSO5AEMVJF66Q9ASUAAJG\r\nx-amz-crc32: 3413411624\r\n\r\n"
        b'{"Count":0,"Items":[],"ScannedCount":0}'
    ),
    (
        b"HTTP/1.1 200 OK\r\nServer: Server\r\nDate: Wed, 27 Mar 2024 19:48:28 GMT\r\n"
        b"Content-Type: text/plain\r\nContent-Length: 42\r\nConnection: keep-alive\r\n"
        b"x-amzn-RequestId: ACKLHF5MV4GRO07E4GDI2U5FF3VV4KQNSO5AEMVJF66Q9ASUAAJG\r\nx-amz-crc32: 3128867991\r\n\r\n"
        b"healthy: dynamodb.us-east-1.amazonaws.com "
    ),
    (
        b"HTTP/1.1 400 Bad Request\r\nServer: Server\r\nDate: Thu, 27 Jun 2024 22:06:20 GMT\r\n"
        b"Content-Type: application/x-amz-json-1.0\r\nContent-Length: 107\r\nConnection: keep-alive\r\n"
        b"x-amzn-RequestId: AQ43F939QGII7PJFDUT7K7K67RVV4KQNSO5AEMVJF66Q9ASUAAJG\r\nx-amz-crc32: 1281463594\r\n\r\n"
        b'{"__type":"com.amazon.coral.validate#ValidationException",'
        b'"message":"The provided starting key is invalid"}'
    ),
]


@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=["scan", "health", "refusal"])
def test_the_checksums_of_amazons_own_replies_hold(transcript: bytes) -> None:
    """The control is the same reply with one bit of the body turned."""
    damaged = transcript[:-2] + bytes([transcript[-2] ^ 1]) + transcript[-1:]
    good, kept = heard(transcript)
    assert kept
    assert good.code != "WrongChecksum"
    assert heard(damaged)[0].code == "WrongChecksum"


# Every shape


@pytest.mark.parametrize("wire", WIRES.values(), ids=WIRES)
@pytest.mark.parametrize("body", [DONE, b'{"UnprocessedItems":{}}'], ids=["with capacity", "without"])
def test_a_reply_of_every_shape_acknowledges_its_rows(wire: Wire, body: bytes) -> None:
    outcome, kept = heard(wire.written(answer(body)), ended=wire.closes)
    assert is_settled(outcome)
    assert kept == (not wire.closes and wire not in ENDS_THE_CONNECTION)


ENDS_THE_CONNECTION = [WIRES["chunks and a length"], WIRES["bytes after the body"]]
"""It is not sure where the reply ends, so nothing more is read from there."""


@pytest.mark.parametrize("wire", [one for one in WIRES.values() if "x-amz-crc32" in one.order])
def test_a_wrong_checksum_is_seen_in_every_shape(wire: Wire) -> None:
    wrong = answer(x_amz_crc32="12345")
    if wire.gzipped:
        wrong = answer(DONE)
        wire = Wire(**{**vars(wire), "more": {**wire.more, "x-amz-crc32": "12345"}})
    outcome, _ = heard(wire.written(wrong), ended=wire.closes)
    assert is_sent_again(outcome)
    assert outcome.code == "WrongChecksum"


@pytest.mark.parametrize("wire", WIRES.values(), ids=WIRES)
def test_a_reply_in_any_two_pieces_is_the_same(wire: Wire) -> None:
    whole = wire.written(answer())
    for at in range(1, len(whole)):
        outcome, _ = heard(whole[:at], whole[at:], ended=wire.closes)
        assert is_settled(outcome), at


@pytest.mark.parametrize("wire", WIRES.values(), ids=WIRES)
def test_a_reply_that_comes_byte_by_byte_is_the_same(wire: Wire) -> None:
    whole = wire.written(answer())
    assert is_settled(heard(*[whole[at : at + 1] for at in range(len(whole))], ended=wire.closes)[0])


@pytest.mark.parametrize("wire", [one for one in WIRES.values() if not one.last], ids=lambda _: "")
def test_a_reply_that_ends_early_acknowledges_nothing(wire: Wire) -> None:
    """Wherever it is cut: with a length, chunks or a checksum that is told, and without any of them by its JSON."""
    whole = wire.written(answer())
    for at in range(1, len(whole)):
        outcome, kept = heard(whole[:at], ended=True)
        assert is_sent_again(outcome), whole[:at]
        assert not kept


@settings(max_examples=150)
@given(st.permutations([*AMAZON.order, "x-amzn-ErrorType", "Vary"]), st.randoms(use_true_random=False))
def test_neither_order_nor_case_nor_spaces_of_headers_matter(order: list[str], dice: random.Random) -> None:
    lines = {"Vary": "Accept-Encoding", "x-amzn-ErrorType": ""}
    spelled = ["".join(dice.choice((letter.lower(), letter.upper())) for letter in name) for name in order]
    wire = Wire(spelled, {**AMAZON.more, **lines}, colon=":" + dice.choice(["", " ", "   ", "\t", " \r\n  "]))
    outcome, kept = heard(wire.written(answer()))
    assert is_settled(outcome)
    assert kept
    assert heard(wire.written(answer(x_amz_crc32="1")))[0].code == "WrongChecksum"


@settings(max_examples=100)
@given(st.lists(st.integers(1, 200), min_size=1, max_size=8), st.integers(1, 64))
def test_chunks_of_any_size_in_any_pieces_are_read_whole(cuts: list[int], piece_bytes: int) -> None:
    wire = Wire(WIRES["amazon, in chunks"].order, WIRES["amazon, in chunks"].more, piece_bytes=piece_bytes)
    whole, pieces = wire.written(answer()), []
    for cut in cuts:
        pieces.append(whole[:cut])
        whole = whole[cut:]
    assert is_settled(heard(*pieces, whole)[0])


# What a header may hold


def test_a_reply_that_proved_a_write_once_proves_none_with_another_checksum_status_or_coding() -> None:
    for _ in range(2):
        assert is_settled(heard(AMAZON.written(answer()))[0])
        assert is_sent_again(heard(AMAZON.written(answer(x_amz_crc32="7")))[0])
        assert is_sent_again(heard(AMAZON.written(answer(status=500)))[0])
        packed = Wire(("Content-Encoding", *AMAZON.order), {**AMAZON.more, "Content-Encoding": "br"})
        assert is_sent_again(heard(packed.written(answer()))[0])


def test_repeated_checksums_must_all_hold() -> None:
    right = str(zlib.crc32(DONE))
    for stated, holds in ((f"{right}, {right}", True), (f"{right}, 7", False), (f"7, {right}", False), ("x", False)):
        outcome, _ = heard(AMAZON.written(answer(x_amz_crc32=stated)))
        assert is_settled(outcome) == holds, stated


def test_a_trailer_is_no_header() -> None:
    """It comes after what it would be about: a checksum there proves nothing, and one in the head is not replaced."""
    wire = WIRES["amazon, in chunks"]
    whole = wire.written(answer())
    assert is_settled(heard(whole.removesuffix(b"\r\n") + b"x-amz-crc32: 7\r\nContent-Length: 3\r\n\r\n")[0])
    wrong = wire.written(answer(x_amz_crc32="7")).removesuffix(b"\r\n")
    outcome, _ = heard(wrong + b"x-amz-crc32: %d\r\n\r\n" % zlib.crc32(DONE))
    assert outcome.code == "WrongChecksum"


@pytest.mark.parametrize(
    ("coding", "packed", "holds"),
    [
        ("gzip", gzip.compress(DONE), True),
        ("X-GZip", gzip.compress(DONE), True),
        ("deflate", zlib.compress(DONE), True),
        ("identity", DONE, True),
        ("gzip", gzip.compress(DONE)[:-9], False),
        ("gzip", DONE, False),
        ("br", DONE, False),
        ("gzip", gzip.compress(bytes(65 * 1024 * 1024)), False),
    ],
    ids=["gzip", "x-gzip", "deflate", "identity", "cut", "not packed", "unknown", "a bomb"],
)
def test_a_packed_reply_is_unpacked_or_proves_nothing(coding: str, packed: bytes, holds: bool) -> None:
    wire = Wire(("Content-Encoding", *AMAZON.order), {**AMAZON.more, "Content-Encoding": coding})
    outcome, _ = heard(wire.written(answer(packed)))
    assert is_settled(outcome) if holds else is_sent_again(outcome)


def test_a_reply_without_a_body_where_one_is_due_proves_nothing() -> None:
    for status in (200, 204):
        outcome, _ = heard(AMAZON.written(answer(b"", status)))
        assert is_sent_again(outcome), status


# What may not be read

REFUSED = {
    "another protocol": b"SSH-2.0-OpenSSH_9.2\r\n",
    "HTTP/2": b"\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x80",
    "TLS on a plain port": b"\x15\x03\x01\x00\x02\x02\x46",
    "HTTP/0.9": DONE,
    "no such version": b"HTTP/3.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
    "no length": b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
    "a negative length": b"HTTP/1.1 200 OK\r\nContent-Length: -23\r\n\r\n" + DONE,
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 23\r\nContent-Length: 24\r\n\r\n" + DONE,
    "a length twice": b"HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\n{}",
    "no name": b"HTTP/1.1 200 OK\r\n: x\r\nContent-Length: 2\r\n\r\n{}",
    "no colon": b"HTTP/1.1 200 OK\r\nfoo\r\nContent-Length: 2\r\n\r\n{}",
    "a space before the colon": b"HTTP/1.1 200 OK\r\nServer : x\r\nContent-Length: 2\r\n\r\n{}",
    "a chunk of no size": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "a chunk that is longer": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}}\r\n0\r\n\r\n",
    "an upgrade": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
}


@pytest.mark.parametrize("garbled", REFUSED.values(), ids=REFUSED)
def test_what_is_no_http_is_told_as_such_and_the_rows_are_sent_again(garbled: bytes) -> None:
    outcome, kept = heard(garbled, ended=True)
    assert is_sent_again(outcome)
    assert (outcome.code, outcome.reason) == ("NotHttp", "replies that are no HTTP")
    assert not kept


PAGE = b"<html><head><title>Sign in to the network</title></head><body>Welcome</body></html>"


@pytest.mark.parametrize("status", [301, 302, 304, 307])
def test_an_endpoint_that_sends_elsewhere_acknowledges_nothing_and_pauses_the_run(status: int) -> None:
    wire = Wire(("Server", "Content-Type", "Content-Length"), {"Server": "squid/5.7", "Content-Type": "text/html"})
    outcome, _ = heard(wire.written(Answer(status, b"" if status == 304 else PAGE)))
    assert (outcome.verdict, outcome.code) == (Verdict.PAUSE, f"Http{status}")
    assert not [*outcome.written, *outcome.existing, *outcome.failed]


@pytest.mark.parametrize("status", [200, 403, 404, 407, 408, 502, 503, 504, 511])
def test_a_page_of_something_in_between_acknowledges_nothing(status: int) -> None:
    wire = Wire(("Server", "Content-Type", "Content-Length"), {"Server": "squid/5.7", "Content-Type": "text/html"})
    assert is_sent_again(heard(wire.written(Answer(status, PAGE)))[0])


def test_a_second_reply_is_not_taken_for_that_to_the_next_request(line: Line) -> None:
    line.ask()
    line.hear(AMAZON.written(answer()) * 2)
    assert (len(line.replies), line.connection.usable) == (1, False)


def test_bytes_between_replies_end_the_connection(line: Line) -> None:
    line.ask()
    line.hear(AMAZON.written(answer()), b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n")
    assert (len(line.replies), line.connection.usable) == (1, False)


@pytest.mark.parametrize(("first", "unheard"), [(b"HTTP/1.1 100 Continue\r\n\r\n", False), (b"", True)])
def test_a_death_after_an_interim_reply_is_no_silent_one(line: Line, first: bytes, unheard: bool) -> None:
    """A kept connection that dies without a word is tried again by itself; one that has spoken is not."""
    line.ask()
    line.hear(AMAZON.written(answer()))
    line.ask()
    line.hear(first, ended=True)
    assert line.losses == [("lost", unheard)]


# The whole way: the engine, over sockets


def by_email(items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(items, key=lambda item: item["email"]["S"])


@pytest.mark.parametrize("wire", WIRES.values(), ids=WIRES)
def test_rows_land_once_whoever_answers(wire: Wire) -> None:
    with running_endpoint(wire=wire) as endpoint:
        destination = TableDestination(signing_parts(endpoint.url), "EmailContacts", "overwrite", EMAIL_KEY)
        result = run_engine(destination, contact_batches(100), patience_s=10.0)
        assert (result.error, result.written) == (None, list(range(100)))
        assert by_email(endpoint.service.items.values()) == by_email(contact_items(100))
        assert set(endpoint.service.sent.values()) == {1}


def test_a_service_that_cannot_be_understood_pauses_the_run_in_words() -> None:
    with running_endpoint(wire=Wire(AMAZON.order, AMAZON.more, colon=" : ")) as endpoint:
        destination = TableDestination(signing_parts(endpoint.url), "EmailContacts", "overwrite", EMAIL_KEY)
        result = run_engine(destination, contact_batches(50), patience_s=0.3)
    assert isinstance(result.error, RunPaused)
    assert "(replies that are no HTTP)" in str(result.error)
    assert result.written == []


# What AWS says when it refuses

TABLE_ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/EmailContacts"
TOO_FAST = (
    "The level of configured provisioned throughput for the table was exceeded. Consider increasing your "
    "provisioning level with the UpdateTable API."
)


def told(code: str, text: str = "", key: str = "message", status: int = 400, **more: Any) -> Outcome:
    """A refusal in Amazon's form; `code` with its name space or without."""
    body = json.dumps({"__type": code, key: text, **more}, separators=(",", ":")).encode()
    return heard(AMAZON.written(answer(body, status)))[0]


NAME_SPACES = [
    "com.amazonaws.dynamodb.v20120810#",
    "com.amazon.coral.service#",
    "com.amazon.coral.validate#",
    "com.amazon.coral.availability#",
    "",
]


@pytest.mark.parametrize(
    ("code", "text", "status", "verdict", "words"),
    [
        ("ProvisionedThroughputExceededException", TOO_FAST, 400, Verdict.THROTTLED, "the table's write capacity"),
        ("ThrottlingException", "Rate of requests exceeds the allowed throughput.", 400, Verdict.THROTTLED, ""),
        ("RequestLimitExceeded", "Throughput exceeds the current limit", 400, Verdict.THROTTLED, "account's limit"),
        ("ValidationException", "Item size has exceeded the maximum allowed size", 400, Verdict.SPLIT, "400 KB"),
        ("ResourceNotFoundException", "Requested resource not found", 400, Verdict.FATAL, "The table is gone"),
        (
            "AccessDeniedException",
            "User: arn:aws:iam::1:user/x is not authorized",
            400,
            Verdict.PAUSE,
            "may not write",
        ),
        ("UnrecognizedClientException", "The security token is invalid.", 400, Verdict.PAUSE, "does not know these"),
        ("ExpiredTokenException", "The security token is expired", 400, Verdict.PAUSE, "have expired"),
        ("InvalidSignatureException", "The request signature we calculated", 400, Verdict.PAUSE, "secret key"),
        (
            *("InvalidSignatureException", "Credential should be scoped to a valid region, not 'us-east-1'. ", 400),
            *(Verdict.PAUSE, "signed for another region"),
        ),
        (
            *("InvalidSignatureException", "Signature expired: 20130301T000000Z is now earlier than", 400),
            *(Verdict.SKEW, "the clocks differ"),
        ),
        ("InternalServerError", "Internal server error", 500, Verdict.RETRY, "errors 500"),
        ("ServiceUnavailable", "", 503, Verdict.RETRY, "errors 503"),
        ("ReplicatedWriteConflictException", "", 400, Verdict.RETRY, "errors 400"),
        ("SomethingNew", "", 400, Verdict.PAUSE, "The service refuses the requests (SomethingNew)"),
    ],
)
def test_a_refusal_means_the_same_in_every_spelling(
    code: str, text: str, status: int, verdict: Verdict, words: str
) -> None:
    for name_space, key in itertools.product(NAME_SPACES, ("message", "Message")):
        outcome = told(name_space + code, text, key, status)
        message = outcome.failed[0][2] if outcome.failed else ""
        assert outcome.verdict is verdict
        assert words in outcome.message + outcome.reason + message


@pytest.mark.parametrize(
    ("reason", "resource", "words"),
    [
        ("TableWriteProvisionedThroughputExceeded", TABLE_ARN, "throttled: the table's write capacity"),
        ("TableWriteKeyRangeThroughputExceeded", TABLE_ARN, "throttled: a hot partition key"),
        ("TableWriteAccountLimitExceeded", TABLE_ARN, "throttled: the account's limit"),
        ("TableWriteMaxOnDemandThroughputExceeded", TABLE_ARN, "throttled: the table's on-demand maximum"),
        (
            *("IndexWriteProvisionedThroughputExceeded", f"{TABLE_ARN}/index/by-name"),
            "throttled: the write capacity of an index (index by-name)",
        ),
        (
            *("IndexWriteMaxOnDemandThroughputExceeded", f"{TABLE_ARN}/index/by-name"),
            "throttled: the on-demand maximum of an index (index by-name)",
        ),
    ],
)
@pytest.mark.parametrize("field", ["ThrottlingReasons", "throttlingReasons"])
def test_the_reason_of_a_throttle_is_told(field: str, reason: str, resource: str, words: str) -> None:
    code = "com.amazonaws.dynamodb.v20120810#ThrottlingException"
    assert told(code, TOO_FAST, **{field: [{"reason": reason, "resource": resource}]}).reason == words
    assert told(code, TOO_FAST, **{field: None}).reason == "throttled: the table's write capacity"


@pytest.mark.parametrize(
    ("codes", "verdict"),
    [
        (["None", "ThrottlingError"], Verdict.THROTTLED),
        (["None", "ProvisionedThroughputExceeded", "TransactionConflict"], Verdict.THROTTLED),
        (["TransactionConflict"], Verdict.RETRY),
        (["None", "ValidationError"], Verdict.SPLIT),
        (["None"], Verdict.PAUSE),
        ([], Verdict.PAUSE),
    ],
)
def test_a_cancelled_transaction_goes_by_its_first_reason(codes: list[str], verdict: Verdict) -> None:
    reasons = [{"Code": code} if code == "None" else {"Code": code, "Message": "…"} for code in codes]
    text = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{', '.join(codes)}]"
    code = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException"
    assert told(code, text, "Message", CancellationReasons=reasons).verdict is verdict


@pytest.mark.parametrize(
    ("named", "verdict"),
    [
        ("ThrottlingException", Verdict.THROTTLED),
        ("ThrottlingException:http://internal.amazon.com/coral/com.amazon.coral.availability/", Verdict.THROTTLED),
        ("com.amazon.coral.service#AccessDeniedException", Verdict.PAUSE),
        ("", Verdict.RETRY),
    ],
)
def test_an_error_that_only_a_header_names_is_known(named: str, verdict: Verdict) -> None:
    """The control names it nowhere. A code in the body counts before one in the header."""
    wire = Wire((*AMAZON.order[:-1], "x-amzn-ErrorType", "x-amz-crc32"), {**AMAZON.more, "x-amzn-ErrorType": named})
    for body in (b"", b'{"Message":null}', b"<AccessDenied/>"):
        assert heard(wire.written(answer(body, 400)))[0].verdict is verdict
    body = b'{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException"}'
    assert heard(wire.written(answer(body, 400)))[0].verdict is Verdict.FATAL


def test_the_clock_is_that_of_the_date_header_wherever_it_stands() -> None:
    body = (
        b'{"__type":"com.amazon.coral.service#InvalidSignatureException","message":"Signature expired: now earlier"}'
    )
    for wire in WIRES.values():
        if "Date" not in wire.order or "Content-Encoding" in wire.order:
            continue
        destination = TableDestination(
            signing_parts("http://127.0.0.1"), "T", "overwrite", EMAIL_KEY, wall_clock=lambda: 0.0
        )
        line = Line()
        line.ask()
        line.hear(wire.written(answer(body, 400)), ended=wire.closes)
        line.close()
        request = destination.request(PART)
        assert destination.read(PART, request, line.replies[0]).verdict is Verdict.SKEW
        assert b"20240418T233232Z" in destination.request(PART).headers


# Replies that were damaged on the way


def is_whole(outcome: Outcome) -> bool:
    """Whether every row has one end, or all wait for another try."""
    failed = [failure[0] for failure in outcome.failed]
    ends = [*outcome.written, *outcome.existing, *failed, *outcome.again, *outcome.compare]
    if outcome.verdict is Verdict.SETTLED:
        return sorted(ends) == list(range(25))
    return not [*outcome.written, *outcome.existing] and set(ends) <= set(range(25))


LEFT = json.dumps(
    {"UnprocessedItems": {"EmailContacts": [{"PutRequest": {"Item": item}} for item in list(contact_items(25))[:3]]}}
).encode()
REFUSED = b'{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException","message":"Rate exceeded"}'


def damaged_reply(chance: random.Random) -> tuple[Outcome, bytes]:
    """What becomes of a mutant of a reply: its body changed before the checksum was made, or all of it as it came."""
    body = chance.choice((DONE, LEFT, REFUSED))
    status = 400 if body is REFUSED else 200
    wire = chance.choice(list(WIRES.values()))
    whole = wire.written(answer(mutant(chance, body), status))
    if chance.random() < 0.4:
        whole = mutant(chance, wire.written(answer(body, status)))
    return heard(whole, ended=True)[0], whole


def ask_of_reply(chance: random.Random) -> None:
    """Nothing is raised, each row has one end, and rows are written only where the reply names them as that."""
    outcome, raw = damaged_reply(chance)
    assert is_whole(outcome), (outcome, raw[:2000])
    assert "unexpected" not in outcome.message


def test_500_damaged_replies_lose_no_row() -> None:
    for chance in chances("a reply", 0, 500):
        ask_of_reply(chance)


@pytest.mark.soak
def test_10_000_damaged_replies_lose_no_row() -> None:
    for chance in chances("a reply", 500, MANY + 500):
        ask_of_reply(chance)
