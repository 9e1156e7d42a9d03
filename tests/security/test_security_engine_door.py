"""The embedded engine obeys the importer that started it, and no page of the web, whatever address it is found at."""

from __future__ import annotations

import http.client
import json
import socket
import stat
import sys
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from engine_kit import behind_the_door

from importer.settings import Settings
from importer.table import (
    Connection,
    EngineInfo,
    dynamodb_client,
    embedded_connection,
    engine_secret,
    engine_status,
    start_engine,
    stop_engine,
)
from importer.table.engine_state import state_file

LIST = {"X-Amz-Target": "DynamoDB_20120810.ListTables", "Content-Type": "application/x-amz-json-1.0"}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    settings = Settings(tmp_path_factory.mktemp("door") / "home")
    start_engine(settings, lease="tests")
    yield settings
    stop_engine(settings)


@pytest.fixture(scope="module")
def info(settings: Settings) -> EngineInfo:
    info = engine_status(settings)
    assert info is not None
    return info


def port_of(info: EngineInfo) -> int:
    return int(info.endpoint_url.rsplit(":", 1)[1])


def key(info: EngineInfo, secret: str = "") -> dict[str, str]:
    """What a program of ours sends to be let in."""
    known = secret or engine_secret(info.endpoint_url)
    signed = f"AWS4-HMAC-SHA256 Credential={known}/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host"
    return {"Authorization": f"{signed}, Signature=0", "X-Amz-Date": "20260101T000000Z"}


def asked(
    line: http.client.HTTPConnection, headers: dict[str, str], method: str = "POST"
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of one request to list tables."""
    line.request(method, "/", b"{}", LIST | headers)
    answer = line.getresponse()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


def ask(info: EngineInfo, headers: dict[str, str], method: str = "POST") -> tuple[int, dict[str, str], bytes]:
    with closing(http.client.HTTPConnection("127.0.0.1", port_of(info), timeout=30)) as line:
        return asked(line, headers, method)


def test_a_program_that_knows_the_secret_is_answered(info: EngineInfo) -> None:
    status, headers, body = ask(info, key(info))
    assert (status, json.loads(body)) == (200, {"TableNames": ["EmailContacts"]})
    assert not [name for name in headers if name.startswith("access-control")]
    assert ask(info, key(info) | {"Host": f"localhost:{port_of(info)}"})[0] == 200


@pytest.mark.parametrize(
    ("told", "method"),
    [
        ({"Origin": "http://10.0.0.7:8000"}, "POST"),
        ({"Origin": "null"}, "POST"),
        ({"ORIGIN": "http://localhost:3000"}, "POST"),
        ({"Origin": "http://a.example", "Access-Control-Request-Method": "POST"}, "OPTIONS"),
        ({"Host": "rebound.example:1"}, "POST"),
        ({"Host": "127.0.0.1:1"}, "POST"),
        ({"Authorization": ""}, "POST"),
        ({"Authorization": "AWS4-HMAC-SHA256 Credential=embedded/20260101/us-east-1/dynamodb/aws4_request"}, "POST"),
        ({"Transfer-Encoding": "chunked"}, "POST"),
        ({"Content-Length": "-1"}, "POST"),
    ],
)
def test_a_page_or_a_stranger_is_refused_even_with_the_secret(
    info: EngineInfo, told: dict[str, str], method: str
) -> None:
    status, headers, body = ask(info, key(info) | told, method)
    assert status == 403
    assert not [name for name in headers if name.startswith("access-control")]
    assert b"TableNames" not in body


def test_each_request_of_a_line_is_looked_at(info: EngineInfo) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", port_of(info), timeout=30)) as line:
        assert asked(line, key(info))[0] == 200
        assert asked(line, key(info))[0] == 200
        assert asked(line, {})[0] == 403


def test_a_request_in_single_bytes_and_two_in_one_piece_pass(info: EngineInfo) -> None:
    head = "".join(f"{name}: {value}\r\n" for name, value in (LIST | key(info)).items())
    request = f"POST / HTTP/1.1\r\nHost: 127.0.0.1:{port_of(info)}\r\n{head}Content-Length: 2\r\n\r\n{{}}".encode()
    with socket.create_connection(("127.0.0.1", port_of(info)), 30) as line:
        for at in range(len(request)):
            line.sendall(request[at : at + 1])
        line.sendall(request + request)
        line.settimeout(30)
        got = b""
        while got.count(b"EmailContacts") < 3:
            got += line.recv(65536)


def test_bodies_and_replies_of_megabytes_pass_whole(settings: Settings) -> None:
    client = dynamodb_client(embedded_connection(settings))
    names = [f"p{number}@example.org" for number in range(20)]
    puts = [{"PutRequest": {"Item": {"email": {"S": name}, "notes": {"S": "x" * 390_000}}}} for name in names]
    assert client.batch_write_item(RequestItems={"EmailContacts": puts})["UnprocessedItems"] == {}
    keys: dict[str, Any] = {"EmailContacts": {"Keys": [{"email": {"S": name}} for name in names]}}
    got = client.batch_get_item(RequestItems=keys)["Responses"]["EmailContacts"]
    assert sorted((item["email"]["S"], len(item["notes"]["S"])) for item in got) == sorted(
        (n, 390_000) for n in names
    )
    client.close()


def test_the_secret_is_the_owners_alone_and_new_with_each_start(settings: Settings) -> None:
    before = engine_secret(str(embedded_connection(settings).endpoint_url))
    assert stat.S_IMODE(state_file(settings).stat().st_mode) == 0o600
    assert len(before) == 35
    client = dynamodb_client(embedded_connection(settings))
    stop_engine(settings)
    after = start_engine(settings, lease="tests")
    assert engine_secret(after.endpoint_url) not in ("", before)
    assert "EmailContacts" in client.list_tables()["TableNames"], "a client that is open already learns the new one"
    assert ask(after, key(after, before))[0] == 403
    client.close()


def test_our_own_client_with_the_engines_address_by_hand_knows_the_secret(settings: Settings) -> None:
    by_hand = Connection("custom", endpoint_url=embedded_connection(settings).endpoint_url)
    assert "EmailContacts" in dynamodb_client(by_hand).list_tables()["TableNames"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is one loopback address")
def test_the_engine_itself_listens_where_nobody_looks(settings: Settings) -> None:
    info = start_engine(settings, lease="tests")
    ip, port = behind_the_door(info)
    assert ip.startswith("127.")
    assert (ip, port) != ("127.0.0.1", port_of(info))
    assert ip != "127.0.0.1"
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), 5)


def test_control_behind_the_door_the_engine_obeys_every_page(settings: Settings) -> None:
    info = start_engine(settings, lease="tests")
    ip, port = behind_the_door(info)
    with closing(http.client.HTTPConnection(ip, port, timeout=30)) as line:
        status, headers, body = asked(line, key(info, "anything") | {"Origin": "http://evil.example"})
    assert (status, headers["access-control-allow-origin"]) == (200, "*")
    assert b"EmailContacts" in body
