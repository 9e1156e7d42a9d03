"""libcurl over real sockets: kept connections, verified certificates, no silent repeats."""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from importer.write import CurlTransport, Reply, Request

OK = b'HTTP/1.1 200 OK\r\nContent-Length: 23\r\n\r\n{"UnprocessedItems":{}}'


@contextlib.contextmanager
def server(talk: Callable[[socket.socket, int], None], context: ssl.SSLContext | None = None) -> Iterator[int]:
    """`talk(connection, number)` for each connection, on a thread each; gives the port."""
    listener = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def one(connection: socket.socket, number: int) -> None:
        with contextlib.suppress(OSError), connection:
            wrapped = context.wrap_socket(connection, server_side=True) if context else connection
            with wrapped:
                talk(wrapped, number)

    def accept() -> None:
        with contextlib.suppress(OSError):
            for number in range(1000):
                connection, _ = listener.accept()
                threads.append(threading.Thread(target=one, args=(connection, number), daemon=True))
                threads[-1].start()

    acceptor = threading.Thread(target=accept, daemon=True)
    acceptor.start()
    try:
        yield listener.getsockname()[1]
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in [acceptor, *threads]:
            thread.join(5)


def read_request(connection: socket.socket) -> bytes:
    """One request; b"" at the end."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return b""
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(
        next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")).split(b":")[1]
    )
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def exchange(transport: CurlTransport, *requests: Request) -> list[Reply]:
    """All of them at once; replies by request."""
    for number, request in enumerate(requests):
        transport.send(number, request)
    replies: dict[int, Reply] = {}
    end_s = time.monotonic() + 20
    while len(replies) < len(requests) and time.monotonic() < end_s:
        replies.update(dict(transport.poll(0.5)))
    return [replies[number] for number in range(len(requests))]


@pytest.fixture
def transport() -> Iterator[CurlTransport]:
    made = CurlTransport(connect_timeout_s=2.0, answer_timeout_s=10.0)
    yield made
    made.close()


def post(port: int, body: bytes = b"x", *, resend_safe: bool = True, scheme: str = "http") -> Request:
    return Request(f"{scheme}://127.0.0.1:{port}", [b"x-amz-target: T"], body, resend_safe)


def test_connections_are_kept_and_headers_are_only_ours(transport: CurlTransport) -> None:
    seen: list[tuple[int, bytes]] = []

    def talk(connection: socket.socket, number: int) -> None:
        while request := read_request(connection):
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
    assert not [line for line in lines if line.lower().startswith((b"accept", b"expect"))]
    assert seen[0][1].endswith("\r\n\r\nzoë".encode())


def test_requests_travel_side_by_side(transport: CurlTransport) -> None:
    together = threading.Barrier(8, timeout=10)

    def talk(connection: socket.socket, number: int) -> None:
        while read_request(connection):
            together.wait()
            connection.sendall(OK)

    with server(talk) as port:
        assert {reply.status for reply in exchange(transport, *[post(port)] * 8)} == {200}
        transport.close()


@pytest.mark.parametrize(("resend_safe", "arrivals", "trouble"), [(True, 3, ""), (False, 2, "lost")])
def test_a_request_that_must_not_be_repeated_is_reported_lost(
    transport: CurlTransport, *, resend_safe: bool, arrivals: int, trouble: str
) -> None:
    """The control is libcurl's own way: on a kept connection that dies it sends the POST a second time."""
    seen: list[int] = []

    def talk(connection: socket.socket, number: int) -> None:
        while read_request(connection):
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


def test_a_body_that_ends_early_is_lost(transport: CurlTransport) -> None:
    def talk(connection: socket.socket, number: int) -> None:
        read_request(connection)
        connection.sendall(OK[:-5])

    with server(talk) as port:
        (reply,) = exchange(transport, post(port))
    assert (reply.status, reply.trouble) == (0, "lost")


def test_nobody_there_is_told_from_lost(transport: CurlTransport) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    (reply,) = exchange(transport, post(port))
    assert (reply.status, reply.trouble) == (0, "connect")


def test_an_answer_that_never_comes_is_lost() -> None:
    transport = CurlTransport(answer_timeout_s=0.2)
    done = threading.Event()
    with server(lambda connection, number: bool(read_request(connection)) and done.wait(10)) as port:
        (reply,) = exchange(transport, post(port))
        done.set()
    transport.close()
    assert (reply.status, reply.trouble) == (0, "lost")


def test_a_proxy_of_the_environment_is_not_used_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    transport = CurlTransport()

    def talk(connection: socket.socket, number: int) -> None:
        read_request(connection)
        connection.sendall(OK)

    with server(talk) as port:
        (reply,) = exchange(transport, post(port))
    transport.close()
    assert reply.status == 200


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for 127.0.0.1 that nobody has signed, and a server context with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "strict endpoint")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain, secret = folder / "cert.pem", folder / "key.pem"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, secret)
    return chain, context


def test_a_certificate_is_always_verified(tmp_path: Path) -> None:
    chain, context = certificate(tmp_path)

    def talk(connection: socket.socket, number: int) -> None:
        while read_request(connection):
            connection.sendall(OK)

    with server(talk, context) as port:
        for ca_bundle, told in ((str(chain), (200, "")), ("", (0, "tls"))):
            transport = CurlTransport(ca_bundle)
            (reply,) = exchange(transport, post(port, scheme="https"))
            transport.close()
            assert (reply.status, reply.trouble) == told
