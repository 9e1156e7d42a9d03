"""The strict endpoint refuses what AWS refuses: asked through boto3, not through the code it is there to test."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from strict_endpoint import Endpoint, Faults, running_endpoint


def client_of(url: str) -> Any:
    session = boto3.Session("AKIDEXAMPLE", "made-up", region_name="us-east-1")
    return session.client("dynamodb", endpoint_url=url, config=Config(retries={"total_max_attempts": 1}))


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Endpoint]:
    with running_endpoint() as running:
        yield running


def put(url: str, *items: dict) -> dict:
    requests = [{"PutRequest": {"Item": item}} for item in items]
    return client_of(url).batch_write_item(RequestItems={"EmailContacts": requests})


def email(text: str, **more: dict) -> dict:
    return {"email": {"S": text}, **more}


@pytest.mark.parametrize(
    ("items", "phrase"),
    [
        ([email(str(row)) for row in range(26)], "Too many items"),
        ([email("a"), email("a")], "contains duplicates"),
        ([email("a", x={"S": "y" * 410_000})], "Item size has exceeded"),
        ([email("")], "empty string value"),
        ([email("x" * 2049)], "Size of hashkey"),
        ([{"x": {"S": "y"}}], "Missing the key"),
        ([{"email": {"N": "1"}}, {"email": {"BOOL": True}}], "Type mismatch"),
        ([email("a", x={"N": "1" * 39})], "38 significant digits"),
        ([email("a", x={"N": "1E126"})], "overflow"),
        ([email("a", x={"N": "1E-131"})], "underflow"),
        ([email("a", x={"N": "NaN"})], "numeric value"),
        ([email("a", x={"SS": []})], "may not be empty"),
        ([email("a", x={"SS": ["b", "b"]})], "duplicates"),
        ([email("a", x={"L": [{"N": "x"}]})], "numeric value"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_aws_refuses_is_refused(endpoint: Endpoint, items: list[dict], phrase: str) -> None:
    with pytest.raises(ClientError, match="ValidationException") as refused:
        put(endpoint.url, *items)
    assert phrase in str(refused.value)
    assert endpoint.service.items == {}


def test_what_aws_takes_is_stored_and_read_back() -> None:
    with running_endpoint() as endpoint:
        item = email("a", n={"N": "9.99E125"}, s={"SS": ["x", "y"]}, m={"M": {"k": {"NULL": True}}})
        assert put(endpoint.url, item, *(email(str(row)) for row in range(24)))["UnprocessedItems"] == {}
        client = client_of(endpoint.url)
        assert client.get_item(TableName="EmailContacts", Key=email("a"))["Item"] == item
        assert client.scan(TableName="EmailContacts")["Count"] == 25
        assert client.describe_table(TableName="EmailContacts")["Table"]["TableStatus"] == "ACTIVE"


def test_an_unsigned_request_is_refused(endpoint: Endpoint) -> None:
    request = urllib.request.Request(endpoint.url, b"{}", {"X-Amz-Target": "DynamoDB_20120810.BatchWriteItem"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=5)
    with refused.value as answer:
        assert "MissingAuthenticationToken" in answer.read().decode()


def test_the_same_seed_plays_the_same_faults() -> None:
    def played(seed: int) -> list[int]:
        with running_endpoint(Faults(seed=seed, unprocessed=0.5)) as endpoint:
            answers = [put(endpoint.url, *(email(str(row)) for row in range(25))) for _ in range(3)]
        return [len(answer["UnprocessedItems"].get("EmailContacts", [])) for answer in answers]

    assert played(1) == played(1) != played(2)


def test_it_runs_as_a_process_and_tells_its_log() -> None:
    command = [sys.executable, "-m", "strict_endpoint", "--key", "email", "--faults", '{"unprocessed": 1.0}']
    paths = ":".join(path for path in sys.path if path)
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={"PYTHONPATH": paths}) as process:
        try:
            assert process.stdout is not None
            url = json.loads(process.stdout.readline())["url"]
            put(url, email("a"))
            faults = urllib.request.Request(f"{url}/_faults", b'{"latency_s": 0.0}', method="POST")
            urllib.request.urlopen(faults, timeout=5).close()
            put(url, email("a"))
            with urllib.request.urlopen(f"{url}/_log", timeout=5) as answer:
                log = json.load(answer)
            with urllib.request.urlopen(f"{url}/_items", timeout=5) as answer:
                assert json.load(answer) == [email("a")]
        finally:
            process.terminate()
    assert (log["sent"], log["written"], log["requests"]) == ({"a": 2}, {"a": 1}, 2)
