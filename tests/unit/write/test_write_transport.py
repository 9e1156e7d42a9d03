"""Requests over real sockets: kept connections, verified certificates, no silent repeats."""

from __future__ import annotations

import base64
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from socket_kit import certificate, read_message, server

from importer.write import HttpTransport, Reply, Request
from importer.write.connection import Connection, Known

OK = b'HTTP/1.1 200 OK\r\nContent-Length: 23\r\n\r\n{"UnprocessedItems":{}}'


def exchange(transport: HttpTransport, *requests: Request) -> list[Reply]:
    """All of them at once; replies by request."""
    for number, request in enumerate(requests):
        transport.send(number, request)
    replies: dict[int, Reply] = {}
    end_s = time.monotonic() + 20
    while len(replies) < len(requests) and time.monotonic() < end_s:
        replies.update(dict(transport.poll(0.5)))
    return [replies[number] for number in range(len(requests))]


@pytest.fixture
def transport() -> Iterator[HttpTransport]:
    made = HttpTransport(connect_timeout_s=2.0, answer_timeout_s=10.0)
    yield made
    made.close()


def post(port: int, body: bytes = b"x", *, resend_safe: bool = True, scheme: str = "http") -> Request:
    return Request(f"{scheme}://127.0.0.1:{port}", b"x-amz-target: T\r\n", body, resend_safe)


def test_connections_are_kept_and_headers_are_only_ours(transport: HttpTransport) -> None:
    seen: list[tuple[int, bytes]] = []

    def talk(connection: socket.socket, number: int) -> None:
        while request := read_message(connection):
            seen.append((number, request))
            connection.sendall(OK)

    with server(talk) as port:
        for _ in range(5):
            (reply,) = exchange(transport, post(port, "zoë".encode()))
            assert (reply.status, reply.body, reply.trouble) == (200, b'{"UnprocessedItems":{}}', "")
        transport.close()
    assert [number for number, _ in seen] == [0] * 5
    lines = seen[0][1].split(b"\r\n")
    assert b"x-amz-target: T" in lines
    assert [line for line in lines if line.lower().startswith((b"accept", b"expect"))] == [
        b"Accept-Encoding: identity"
    ]
    assert seen[0][1].endswith("\r\n\r\nzoë".encode())


def test_requests_travel_side_by_side(transport: HttpTransport) -> None:
    together = threading.Barrier(8, timeout=10)

    def talk(connection: socket.socket, number: int) -> None:
        while read_message(connection):
            together.wait()
            connection.sendall(OK)

    with server(talk) as port:
        assert {reply.status for reply in exchange(transport, *[post(port)] * 8)} == {200}
        transport.close()


@pytest.mark.parametrize(("resend_safe", "arrivals", "trouble"), [(True, 3, ""), (False, 2, "lost")])
def test_a_request_that_must_not_be_repeated_is_reported_lost(
    transport: HttpTransport, *, resend_safe: bool, arrivals: int, trouble: str
) -> None:
    """The control may be repeated: on a kept connection that dies, the POST is sent a second time."""
    seen: list[int] = []

    def talk(connection: socket.socket, number: int) -> None:
        while read_message(connection):
            seen.append(number)
            if number == 0 and len(seen) == 2:
                return
            connection.sendall(OK)

    with server(talk) as port:
        exchange(transport, post(port, resend_safe=resend_safe))
        (reply,) = exchange(transport, post(port, resend_safe=resend_safe))
        assert (reply.trouble, len(seen)) == (trouble, arrivals)
        (reply,) = exchange(transport, post(port))
        assert reply.status == 200
        transport.close()


def test_a_body_that_ends_early_is_lost(transport: HttpTransport) -> None:
    def talk(connection: socket.socket, number: int) -> None:
        read_message(connection)
        connection.sendall(OK[:-5])

    with server(talk) as port:
        (reply,) = exchange(transport, post(port))
    assert (reply.status, reply.trouble) == (0, "lost")


def test_nobody_there_is_told_from_lost(transport: HttpTransport) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    (reply,) = exchange(transport, post(port))
    assert (reply.status, reply.trouble) == (0, "connect")


def test_an_answer_that_never_comes_is_lost() -> None:
    transport = HttpTransport(answer_timeout_s=0.2)
    done = threading.Event()
    with server(lambda connection, number: bool(read_message(connection)) and done.wait(10)) as port:
        (reply,) = exchange(transport, post(port))
        done.set()
    transport.close()
    assert (reply.status, reply.trouble) == (0, "lost")


@pytest.mark.parametrize(("told_as", "arrivals"), [("overdue", 2), ("control: a death", 3)])
def test_an_answer_that_never_comes_on_a_kept_connection_is_lost_and_not_asked_for_again(
    monkeypatch: pytest.MonkeyPatch, told_as: str, arrivals: int
) -> None:
    if told_as != "overdue":
        give_up = Connection.give_up
        monkeypatch.setattr(
            Connection, "give_up", lambda connection, trouble="lost", **_: give_up(connection, trouble)
        )
    transport = HttpTransport(answer_timeout_s=0.3)
    seen, done, again = [], threading.Event(), threading.Event()

    def talk(connection: socket.socket, number: int) -> None:
        while read_message(connection):
            seen.append(number)
            if len(seen) == 1:
                connection.sendall(OK)
            elif len(seen) == 2:
                done.wait(10)
            else:
                again.set()

    with server(talk) as port:
        exchange(transport, post(port))
        (reply,) = exchange(transport, post(port))
        again.wait(0.1 if arrivals == 2 else 5)
        done.set()
        transport.close()
    assert (reply.status, reply.trouble) == (0, "lost")
    assert len(seen) == arrivals


def test_a_proxy_of_the_environment_is_not_used_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    transport = HttpTransport()

    def talk(connection: socket.socket, number: int) -> None:
        read_message(connection)
        connection.sendall(OK)

    with server(talk) as port:
        (reply,) = exchange(transport, post(port))
    transport.close()
    assert reply.status == 200


def test_bytes_that_nobody_asked_for_end_the_connection(transport: HttpTransport) -> None:
    """They could be taken for the reply to the next request."""
    seen: list[int] = []

    def talk(connection: socket.socket, number: int) -> None:
        while read_message(connection):
            seen.append(number)
            connection.sendall(OK)
            if number == 0:
                connection.sendall(OK.replace(b"{}}", b"[]}"))

    with server(talk) as port:
        exchange(transport, post(port))
        end_s = time.monotonic() + 5
        while transport.kept and time.monotonic() < end_s:
            transport.poll(0.01)
        (reply,) = exchange(transport, post(port))
        assert (reply.body, seen) == (b'{"UnprocessedItems":{}}', [0, 1])
        transport.close()


@pytest.mark.parametrize(
    ("raw", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", b"abcde"),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", b"abc"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", b""),
        (b"HTTP/1.1 200 OK\r\n\r\nup to the end", b"up to the end"),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", b"ok"),
    ],
)
@pytest.mark.parametrize("piece_bytes", [1, 7, 1000])
def test_replies_of_every_shape_and_in_any_pieces_are_read_whole(
    transport: HttpTransport, raw: bytes, body: bytes, piece_bytes: int
) -> None:
    def talk(connection: socket.socket, number: int) -> None:
        read_message(connection)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for start in range(0, len(raw), piece_bytes):
            connection.sendall(raw[start : start + piece_bytes])

    with server(talk) as port:
        for _ in range(2):
            (reply,) = exchange(transport, post(port))
            assert (reply.status, reply.body, reply.trouble) == (200, body, "")


@pytest.mark.parametrize("raw", [b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"])
def test_what_is_not_http_is_told_as_such(transport: HttpTransport, raw: bytes) -> None:
    def talk(connection: socket.socket, number: int) -> None:
        read_message(connection)
        connection.sendall(raw)

    with server(talk) as port:
        (reply,) = exchange(transport, post(port))
    assert (reply.status, reply.trouble) == (0, "garbled")


def test_a_large_body_that_the_socket_takes_in_pieces_arrives_whole(transport: HttpTransport) -> None:
    seen: list[int] = []
    body = bytes(range(256)) * 32_768

    def talk(connection: socket.socket, number: int) -> None:
        while request := read_message(connection):
            seen.append(request.endswith(body) and len(request))
            connection.sendall(OK)

    with server(talk) as port:
        replies = exchange(transport, *[post(port, body)] * 3, post(port))
        assert [reply.status for reply in replies] == [200] * 4
        transport.close()
    assert len([size for size in seen if size]) == 3


def test_an_early_refusal_of_a_large_body_is_heard(transport: HttpTransport) -> None:
    def talk(connection: socket.socket, number: int) -> None:
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass

    with server(talk) as port:
        (reply,) = exchange(transport, post(port, b"x" * 8_000_000))
    assert (reply.status, reply.trouble) == (413, "")


@pytest.mark.parametrize("password", ["", "maria:s%40crate@"])
def test_tls_goes_through_the_tunnel_of_the_environments_proxy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    """The name is told to the proxy alone; the certificate is verified behind it."""
    chain, context = certificate(tmp_path, "table.example.com")
    asked: list[bytes] = []

    def tunnel(connection: socket.socket, number: int) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(65536)
        asked.append(head)
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with context.wrap_socket(connection, server_side=True) as secured:
            while read_message(secured):
                secured.sendall(OK)

    with server(tunnel) as port:
        monkeypatch.setenv("https_proxy", f"http://{password}127.0.0.1:{port}")
        transport = HttpTransport(str(chain))
        request = Request("https://table.example.com", b"x-amz-target: T\r\n", b"x")
        replies = [*exchange(transport, request), *exchange(transport, request)]
        transport.close()
    assert [(reply.status, reply.trouble) for reply in replies] == [(200, ""), (200, "")]
    assert [head.split(b"\r\n")[0].split(b" ")[:2] for head in asked] == [[b"CONNECT", b"table.example.com:443"]]
    told = b"Proxy-Authorization: Basic " + base64.b64encode(b"maria:s@crate")
    assert (told in asked[0]) == bool(password)


def test_a_proxy_that_refuses_is_told_as_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(connection: socket.socket, number: int) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")

    with server(refuse) as port:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{port}")
        transport = HttpTransport()
        (reply,) = exchange(transport, Request("https://table.example.com", b"", b"x"))
        transport.close()
    assert (reply.status, reply.trouble) == (0, "connect")


def test_plain_http_is_asked_of_the_proxy_by_its_whole_address(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []

    def talk(connection: socket.socket, number: int) -> None:
        seen.append(read_message(connection))
        connection.sendall(OK)

    with server(talk) as port:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{port}")
        transport = HttpTransport()
        (reply,) = exchange(transport, Request("http://table.example.com:8000/", b"", b"x"))
        transport.close()
    assert reply.status == 200
    lines = seen[0].split(b"\r\n")
    assert lines[:2] == [b"POST http://table.example.com:8000/ HTTP/1.1", b"Host: table.example.com:8000"]


def test_a_certificate_is_always_verified(tmp_path: Path) -> None:
    chain, context = certificate(tmp_path)

    def talk(connection: socket.socket, number: int) -> None:
        while read_message(connection):
            connection.sendall(OK)

    with server(talk, context) as port:
        for ca_bundle, told in ((str(chain), (200, "")), ("", (0, "tls"))):
            transport = HttpTransport(ca_bundle)
            (reply,) = exchange(transport, post(port, scheme="https"))
            transport.close()
            assert (reply.status, reply.trouble) == told


ID = b"DJQ5482KAPDE18QMTNTB07ETPV"
BODY = b'{"UnprocessedItems":{}}'


def answer(
    request_id: bytes = ID, *, status: bytes = b"200 OK", body: bytes = BODY, more: bytes = b"X-Kept: yesyes"
) -> bytes:
    """A reply as AWS sends it; of one length whatever of it is another."""
    head = b"HTTP/1.1 %s\r\nx-amzn-RequestId: %s\r\n%s\r\nContent-Length: 23\r\n\r\n"
    return head % (status, request_id, more) + body


def answered(
    transport: HttpTransport, *replies: bytes
) -> tuple[list[tuple[int, bytes, bytes | None, str]], list[int]]:
    """What the transport reads of replies on one connection: status, body, X-Kept, trouble; and the connections that
    the requests came on."""
    waiting, came_on = list(replies), []

    def talk(connection: socket.socket, number: int) -> None:
        while waiting and read_message(connection):
            came_on.append(number)
            connection.sendall(waiting.pop(0))

    with server(talk) as port:
        read = [exchange(transport, post(port, resend_safe=False))[0] for _ in replies]
        transport.close()
    return [(reply.status, reply.body, reply.headers.get(b"x-kept"), reply.trouble) for reply in read], came_on


USUAL = (200, BODY, b"yesyes", "")


@pytest.mark.parametrize(
    ("reply", "read"),
    [
        (answer(), USUAL),
        (answer(b"0" * 26), USUAL),
        (answer(b"-" * 26), USUAL),
        (answer(body=b'{"UnprocessedItems":{?}'), (200, b'{"UnprocessedItems":{?}', b"yesyes", "")),
        (answer(status=b"503 No"), (503, BODY, b"yesyes", "")),
        (answer(more=b"X-Kept: not so"), (200, BODY, b"not so", "")),
    ],
    ids=["the same", "another id", "an id of signs", "another body", "another status", "another header"],
)
def test_a_reply_that_is_nearly_the_last_one_is_read_as_it_is(
    transport: HttpTransport, reply: bytes, read: tuple[int, bytes, bytes | None, str]
) -> None:
    assert answered(transport, answer(), answer(), reply, answer()) == ([USUAL, USUAL, read, USUAL], [0] * 4)


def test_control_replies_taken_for_the_last_one_are_misread(
    transport: HttpTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Known, "is_meant_by", lambda known, data: True)
    assert answered(transport, answer(), answer(status=b"503 No"))[0] == [USUAL, USUAL]


def test_a_reply_that_ends_the_connection_ends_it_though_the_last_was_like_it(transport: HttpTransport) -> None:
    ends = b"HTTP/1.1 200 OK\r\nx-amzn-RequestId: %s\r\nConnection: close\r\nContent-Length: 23\r\n\r\n" % ID + BODY
    read, came_on = answered(transport, ends, ends, ends)
    assert ([status for status, *_ in read], came_on) == ([200] * 3, [0, 1, 2])


def test_a_known_reply_that_comes_in_pieces_or_is_cut_off_is_no_reply_before_its_end(
    transport: HttpTransport,
) -> None:
    whole = answer()
    read, _ = answered(transport, whole, whole, whole[:-1])
    assert [trouble for *_, trouble in read] == ["", "", "lost"]


def test_two_replies_at_once_are_not_known_as_one(transport: HttpTransport) -> None:
    read, came_on = answered(transport, answer(), answer() + answer(), answer())
    assert read[0] == USUAL
    assert read[2] == USUAL
    assert came_on[2] == 1, "bytes that nobody asked for end the connection"
