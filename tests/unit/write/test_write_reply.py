"""What counts as an acknowledgement, and what every other reply means."""

from __future__ import annotations

import json
import zlib

import pytest
from strict_endpoint.kit import contact_batches, contact_items

from importer.write.follow import first_part
from importer.write.model import Ask, Outcome, Part, Reply, Verdict
from importer.write.reply import read_comparison, read_reply

KEY = ("email",)
SECRET = "Zoë Testperson, 12 Example Street"


def part_of(rows: int = 4, *, maybe_written: bool = False, ask: Ask = Ask.WRITE) -> Part:
    batch = next(contact_batches(rows))
    return Part(batch, range(rows), ask, 0, maybe_written)


def reply_of(body: object, status: int = 200, headers: dict[bytes, bytes] | None = None) -> Reply:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    crc = {b"x-amz-crc32": b"%d" % zlib.crc32(raw)}
    return Reply(status, crc if headers is None else headers, raw)


def error_of(code: str, text: str = "", status: int = 400, **more: object) -> Reply:
    return reply_of({"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": text, **more}, status)


def write(reply: Reply, rows: int = 4) -> Outcome:
    return read_reply(part_of(rows), reply, KEY, insert=False)


def test_the_key_that_is_empty_is_the_acknowledgement() -> None:
    for body in ({"UnprocessedItems": {}}, b'{"UnprocessedItems":{}}'):
        assert list(write(reply_of(body)).written) == [0, 1, 2, 3]


def test_consumed_capacity_is_summed_over_tables() -> None:
    body = {"UnprocessedItems": {}, "ConsumedCapacity": [{"TableName": "T", "CapacityUnits": 6.5}]}
    assert write(reply_of(body)).consumed_wcu == 6.5


@pytest.mark.parametrize(
    "reply",
    [
        reply_of({}),
        reply_of({"UnprocessedItems": None}),
        reply_of({"UnprocessedItems": []}),
        reply_of({"UnprocessedItems": {"T": [{"DeleteRequest": {}}]}}),
        reply_of({"UnprocessedItems": {"T": [{"PutRequest": {"Item": {"email": {"S": "x@example.org"}}}}]}}),
        reply_of([1]),
        reply_of(b""),
        reply_of(b'{"UnprocessedItems":{'),
        reply_of(b"<html>Sign in</html>", headers={}),
        reply_of(b'{"UnprocessedItems":{}}', headers={b"x-amz-crc32": b"7"}),
        reply_of(b"[" * 100_000),
        reply_of(b"", 500),
        reply_of(b"<html>", 503),
        reply_of(b"", 400, headers={}),
        reply_of(b"<html>no</html>", 403, headers={}),
        error_of("InternalServerError", status=500),
        error_of("TransactionConflictException"),
        Reply(0, {}, b"", "lost"),
    ],
)
def test_whatever_proves_nothing_is_sent_again(reply: Reply) -> None:
    outcome = write(reply)
    assert outcome.verdict is Verdict.RETRY
    assert not outcome.written
    assert outcome.unsure


def test_a_connection_that_never_was_leaves_no_doubt() -> None:
    outcome = write(Reply(0, {}, b"", "connect"))
    assert (outcome.verdict, outcome.unsure) == (Verdict.RETRY, False)


def test_unprocessed_items_are_found_among_ours() -> None:
    back = [{"PutRequest": {"Item": contact_items(4)[row]}} for row in (3, 1)]
    outcome = write(reply_of({"UnprocessedItems": {"arn:aws:dynamodb:us-east-1:1:table/T": back}}))
    assert (list(outcome.written), list(outcome.again)) == ([0, 2], [1, 3])


@pytest.mark.parametrize(
    "code", ["ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"]
)
def test_throttles(code: str) -> None:
    assert write(error_of(code)).verdict is Verdict.THROTTLED


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("TableWriteKeyRangeThroughputExceeded", "throttled: a hot partition key"),
        ("IndexWriteProvisionedThroughputExceeded", "throttled: the write capacity of an index"),
        ("TableWriteAccountLimitExceeded", "throttled: the account's limit"),
        ("TableWriteMaxOnDemandThroughputExceeded", "throttled: the table's on-demand maximum"),
        ("TableWriteProvisionedThroughputExceeded", "throttled: the table's write capacity"),
    ],
)
def test_the_limit_that_throttles_is_named(reason: str, words: str) -> None:
    assert write(error_of("ThrottlingException", ThrottlingReasons=[{"reason": reason}])).reason == words


@pytest.mark.parametrize(
    "code",
    ["ExpiredTokenException", "UnrecognizedClientException", "AccessDeniedException", "SomethingNewException"],
)
def test_what_a_person_must_settle_pauses(code: str) -> None:
    outcome = write(error_of(code, SECRET))
    assert outcome.verdict is Verdict.PAUSE
    assert code in outcome.message
    assert SECRET not in outcome.message


def test_a_certificate_that_cannot_be_verified_pauses() -> None:
    assert write(Reply(0, {}, b"", "tls")).verdict is Verdict.PAUSE


def test_a_table_that_is_gone_is_fatal() -> None:
    assert write(error_of("ResourceNotFoundException")).verdict is Verdict.FATAL


def test_a_signature_out_of_time_is_skew_and_a_wrong_one_is_not() -> None:
    assert (
        write(error_of("InvalidSignatureException", "Signature expired: 2026 is now earlier")).verdict is Verdict.SKEW
    )
    assert write(error_of("InvalidSignatureException", "does not match")).verdict is Verdict.PAUSE


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Item size has exceeded the maximum allowed size", "ItemTooLarge"),
        ("Size of hashkey has exceeded the maximum size limit of2048 bytes", "KeyTooLarge"),
        ("Type mismatch for key email expected: S actual: N", "WrongKeyType"),
        ("Missing the key email in the item", "MissingKey"),
        ("cannot contain an empty string value. Key: email", "EmptyKey"),
        ("An string set  may not be empty", "EmptySet"),
        ("Attempting to store more than 38 significant digits in a Number", "BadNumber"),
        ("words nobody has seen", "ValidationException"),
    ],
)
def test_a_refused_item_gets_a_stable_code_and_a_text_of_ours(text: str, code: str) -> None:
    outcome = write(error_of("ValidationException", f"{text} {SECRET}"), 1)
    assert outcome.verdict is Verdict.SPLIT
    ((index, told, message, _),) = outcome.failed
    assert (index, told) == (0, code)
    assert SECRET not in message


def test_413_is_a_bad_item() -> None:
    assert write(reply_of(b"<html>too large</html>", 413, headers={})).failed[0][1] == "RequestTooLarge"


def test_one_key_twice_is_never_split_into_two_writes() -> None:
    batch = next(contact_batches(2))
    twice = Part(type(batch)(0, (0, 1), (batch.puts[0], batch.puts[0]), 2.0), (0, 1))
    outcome = read_reply(
        twice, error_of("ValidationException", "list of item keys contains duplicates"), KEY, insert=False
    )
    assert (outcome.verdict, outcome.code) == (Verdict.FATAL, "RepeatedKey")


def insert(answers: list[object], *, maybe_written: bool = False) -> Outcome:
    part = part_of(len(answers), maybe_written=maybe_written)
    return read_reply(part, reply_of({"Responses": answers}), KEY, insert=True)


def said(code: str) -> dict:
    return {"Error": {"Code": code, "Message": SECRET}}


def test_each_statement_has_its_own_answer() -> None:
    outcome = insert([{"TableName": "T"}, said("DuplicateItem"), said("ValidationError"), said("ThrottlingError")])
    assert list(outcome.written) == [0]
    assert list(outcome.existing) == [1]
    assert [index for index, *_ in outcome.failed] == [2]
    assert list(outcome.again) == [3]
    assert not outcome.unsure
    assert SECRET not in repr(outcome)


def test_a_statement_that_failed_inside_the_service_may_have_landed() -> None:
    assert insert([said("InternalServerError")]).unsure


def test_a_duplicate_of_what_may_be_our_own_is_compared() -> None:
    outcome = insert([said("DuplicateItem")], maybe_written=True)
    assert (list(outcome.existing), list(outcome.compare)) == ([], [0])


def test_a_table_gone_is_told_by_a_statement_too() -> None:
    assert insert([said("ResourceNotFound")]).verdict is Verdict.FATAL
    assert insert([said("AccessDenied")]).verdict is Verdict.PAUSE


@pytest.mark.parametrize("body", [{}, {"Responses": []}, {"Responses": [{}, {}, {}]}])
def test_answers_must_be_as_many_as_statements(body: dict) -> None:
    assert read_reply(part_of(2), reply_of(body), KEY, insert=True).verdict is Verdict.RETRY


def test_comparison_tells_our_item_from_anothers() -> None:
    ours = contact_items(4)
    stored = [{**ours[0], "age": {"N": "0.0"}}, {**ours[1], "name": {"S": "Someone Else"}}]
    unread = {"T": {"Keys": [{"email": ours[3]["email"]}]}}
    outcome = read_comparison(
        part_of(4, ask=Ask.COMPARE), reply_of({"Responses": {"T": stored}, "UnprocessedKeys": unread}), KEY
    )
    found = [list(one) for one in (outcome.written, outcome.existing, outcome.again, outcome.compare)]
    assert found == [[0], [1], [2], [3]]


def test_a_comparison_without_its_keys_proves_nothing() -> None:
    for body in ({}, {"Responses": {}}, {"Responses": {"T": [{"x": 1}]}, "UnprocessedKeys": {}}):
        assert read_comparison(part_of(1, ask=Ask.COMPARE), reply_of(body), KEY).verdict is Verdict.RETRY


def test_first_part_is_the_whole_batch() -> None:
    assert list(first_part(next(contact_batches(3))).indexes) == [0, 1, 2]
