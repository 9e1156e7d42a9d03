"""The table's side: retries inside the time, bisecting, and what counts as acknowledged."""

from __future__ import annotations

from dataclasses import replace

import pytest
from strict_endpoint import WIRES, running_endpoint
from strict_endpoint.kit import contact_items

from importer.endpoint.function.handler import table_calls, table_client
from importer.endpoint.function.putting import CALL_S, RESERVE_S, PutReply


def hand_back(*places: int):
    return lambda items: PutReply(unprocessed=[items[place] for place in places])


def code(name: str, text: str = ""):
    return lambda items: PutReply(code=name, text=text)


def test_unprocessed_items_are_sent_again_until_they_are_written(desk, people) -> None:
    desk.replies = [hand_back(3, 7, 20), hand_back(0, 2), hand_back(1)]
    answer = desk.send({"contacts": people(25)})
    assert (answer.status, answer.told["imported"], answer.told["errors"]) == (200, 25, [])
    sent = [[item["email"]["S"][7:-12] for item in items] for items in desk.calls]
    assert sent[1:] == [["3", "7", "20"], ["3", "20"], ["20"]]
    assert len(desk.sleeps) == 3


def test_what_is_left_when_the_time_is_over_is_named_and_nothing_else(desk, people) -> None:
    desk.last = hand_back(-1)
    answer = desk.send({"contacts": people(25)})
    assert (answer.status, answer.told["imported"], answer.told["code"]) == (503, 24, "unprocessed")
    assert answer.headers["Retry-After"] == "1"
    assert answer.told["errors"] == [
        {
            "index": 24,
            "status": 503,
            "code": "unprocessed",
            "message": "The table had no capacity for this contact in time. Send it again.",
            "retry": True,
        }
    ]
    assert desk.left_s >= RESERVE_S


def test_no_call_starts_that_could_outlast_the_function(desk, people) -> None:
    desk.left_s = RESERVE_S + CALL_S - 0.1
    answer = desk.send({"contacts": people(2)})
    assert (answer.status, answer.codes, desk.calls) == (503, [(0, "unprocessed"), (1, "unprocessed")], [])


def test_delays_are_jittered_and_bounded(desk, people) -> None:
    desk.last = hand_back(0)
    desk.send({"contacts": people(1)})
    assert len(set(desk.sleeps)) == len(desk.sleeps)
    assert max(desk.sleeps) <= 1.0
    assert desk.sleeps[0] <= 0.05


@pytest.mark.parametrize("trouble", ["ThrottlingException", "InternalServerError", "NoAnswer", "Unknown"])
def test_throttles_faults_and_lost_answers_are_tried_again(desk, people, trouble) -> None:
    desk.replies = [code(trouble)] * 3
    assert desk.send({"contacts": people(5)}).told["imported"] == 5
    assert len(desk.calls) == 4


def test_a_reply_without_the_key_of_unprocessed_items_acknowledges_nothing(desk, people) -> None:
    desk.replies = [lambda items: PutReply(unprocessed=None)]
    assert desk.send({"contacts": people(5)}).told["imported"] == 5
    assert len(desk.calls) == 2


def test_control_a_reply_with_the_key_is_not_asked_again(desk, people) -> None:
    desk.send({"contacts": people(5)})
    assert len(desk.calls) == 1


def test_items_that_are_not_ours_acknowledge_nothing(desk, people) -> None:
    desk.replies = [lambda items: PutReply(unprocessed=[{"email": {"S": "other@example.com"}}])]
    assert desk.send({"contacts": people(5)}).told["imported"] == 5
    assert len(desk.calls) == 2


def test_one_contact_that_dynamodb_refuses_costs_ten_calls_and_no_other_contact(desk, people) -> None:
    def strict(items):
        bad = any(item["email"]["S"] == "contact13@example.com" for item in items)
        return PutReply(code="ValidationException", text="type mismatch for key") if bad else PutReply(unprocessed=[])

    desk.last = strict
    answer = desk.send({"contacts": people(25)})
    assert (answer.status, answer.told["imported"], answer.codes) == (200, 24, [(13, "WrongKeyType")])
    assert len(desk.calls) <= 1 + 10


@pytest.mark.parametrize(
    ("trouble", "told"),
    [("ResourceNotFoundException", "table_missing"), ("AccessDeniedException", "no_access")],
)
def test_a_table_that_is_gone_or_closed_is_no_fault_of_a_contact(desk, people, trouble, told) -> None:
    desk.last = code(trouble)
    answer = desk.send({"contacts": people(5)})
    assert (answer.status, answer.told["code"], len(desk.calls)) == (500, told, 1)


@pytest.mark.parametrize(
    "name", ["amazon", "amazon, in chunks", "folded", "repeated", "no checksum (Seastar)", "packed service"]
)
def test_the_functions_own_client_acknowledges_replies_of_every_form_or_nothing(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control states a wrong checksum. botocore does not unpack bodies, and then nothing is acknowledged."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
    wire = WIRES[name]
    wrong = replace(wire, more={**wire.more, "x-amz-crc32": "7"})
    for form in (wire, wrong):
        with running_endpoint(wire=form) as endpoint:
            client = table_client(endpoint_url=endpoint.url, region_name="us-east-1")
            replies = [table_calls(client, "EmailContacts")(contact_items(5)) for _ in range(2)]
            client.close()
        unproved = wire.gzipped or (form is wrong and "x-amz-crc32" in wire.order)
        assert [reply.unprocessed for reply in replies] == ([None, None] if unproved else [[], []])
