"""A reply without an end costs no memory and is refused by its name."""

from __future__ import annotations

import resource
import socket

import pytest
from socket_kit import read_message, server

from importer.errors import ConfigError, ImporterError
from importer.table import Connection, client, describe_table, dynamodb_client, list_tables
from importer.write import Request
from importer.write.transport import HttpTransport

MB = 1024 * 1024
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\n"
LENGTH = b"Content-Length: 3000000000\r\n\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
ENDLESS = 3_000_000_000


class Endless:
    """Sends a head and then goes on; `sent` counts what was taken of it."""

    def __init__(self, head: bytes, piece: bytes, most: int = ENDLESS) -> None:
        self.head, self.piece, self.most, self.sent = head, piece, most, 0

    def __call__(self, connection: socket.socket, number: int) -> None:
        read_message(connection)
        connection.sendall(self.head)
        while self.sent < self.most:
            connection.sendall(self.piece)
            self.sent += len(self.piece)


KINDS = {
    "length": (HEAD + LENGTH, b" " * MB),
    "chunks": (HEAD + CHUNKED, b"100000\r\n" + b" " * MB + b"\r\n"),
    "no length": (HEAD + b"\r\n", b" " * MB),
}


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")


@pytest.mark.parametrize("kind", KINDS)
def test_asked_by_the_sdk_it_is_refused_after_16_mb(kind: str) -> None:
    endless = Endless(*KINDS[kind])
    with server(endless) as port:
        asked = dynamodb_client(Connection("custom", endpoint_url=f"http://127.0.0.1:{port}"))
        before = peak_mb()
        with pytest.raises(ConfigError, match="does not end within 16 MB"):
            list_tables(asked)
        with pytest.raises(ConfigError, match="does not end within 16 MB"):
            describe_table(asked, "EmailContacts")
        asked.close()
    assert endless.sent < 60 * MB
    assert peak_mb() - before < 80


def test_a_read_of_items_may_be_longer_and_ends_too() -> None:
    endless = Endless(*KINDS["length"])
    with server(endless) as port:
        asked = dynamodb_client(Connection("custom", endpoint_url=f"http://127.0.0.1:{port}"))
        with pytest.raises(ConfigError, match="does not end within 64 MB"):
            asked.scan(TableName="T")
        asked.close()
    assert endless.sent < 120 * MB


def test_control_without_the_bound_all_of_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_Bounded", lambda session: session)
    endless = Endless(HEAD + b"Content-Length: 100663296\r\n\r\n", b" " * MB, 96 * MB)
    with server(endless) as port:
        asked = dynamodb_client(Connection("custom", endpoint_url=f"http://127.0.0.1:{port}"))
        with pytest.raises(ImporterError, match=r"^(?!.*does not end)"):
            list_tables(asked)
        asked.close()
    assert endless.sent == 96 * MB


@pytest.mark.parametrize(("target", "most_mb"), [("BatchWriteItem", 16), ("BatchGetItem", 64)])
@pytest.mark.parametrize(
    "kind", [*KINDS.values(), (HEAD, b"X-More: " + b"x" * MB + b"\r\n")], ids=[*KINDS, "headers"]
)
def test_asked_by_the_write_engine_it_is_given_up_as_endless(
    kind: tuple[bytes, bytes], target: str, most_mb: int
) -> None:
    endless = Endless(*kind)
    with server(endless) as port:
        transport = HttpTransport()
        headers = f"X-Amz-Target: DynamoDB_20120810.{target}\r\n".encode()
        transport.send("one", Request(f"http://127.0.0.1:{port}/", headers, b"{}"))
        replies: list[object] = []
        while not replies:
            replies = [reply.trouble for _, reply in transport.poll(0.1)]
        transport.close()
    assert replies == ["endless"]
    assert endless.sent < (most_mb + 30) * MB
