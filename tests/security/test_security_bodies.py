"""Bodies that are held back cost the server next to nothing, come to an end, and leave room for everybody else."""

from __future__ import annotations

import os
import resource
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from pages.parts.bodies import MOST_AT_ONCE
from pages.parts.upload_desk import Ticket, UploadDesk

REPOSITORY = Path(__file__).resolve().parents[2]
BODY_BYTES = 7_000_000
MB = 1_000_000


@dataclass
class Server:
    """The upload route in a process of its own."""

    port: int
    pid: int
    desk: UploadDesk

    def memory_mb(self) -> float:
        """What the process holds now."""
        return float(psutil.Process(self.pid).memory_info().rss / MB)


@contextmanager
def serving(home: Path, kind: str = "guarded", still_s: float = 30.0) -> Iterator[Server]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "tests.security.body_server", kind, str(port), str(still_s)]
    process = subprocess.Popen(
        command, cwd=REPOSITORY, env={**os.environ, "IMPORTER_HOME": str(home)}, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(lambda: answers(port), "the server is up")
        server = Server(port, process.pid, UploadDesk(home / "uploads"))
        assert put_whole(server).startswith(b"HTTP/1.1 200"), "all is loaded before memory is looked at"
        yield server
    finally:
        process.terminate()
        process.wait(20)


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def wait_for(condition: object, what: str, patience_s: float = 60.0) -> None:
    deadline = time.monotonic() + patience_s
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def head(ticket: Ticket | None, length: int = BODY_BYTES, offset: int = 0) -> bytes:
    place = ticket.upload_id if ticket else "0" * 32
    token = ticket.token if ticket else "guess"
    return (
        f"PUT /api/upload/{place}?offset={offset}&total={BODY_BYTES} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"X-Upload-Ticket: {token}\r\nContent-Length: {length}\r\n\r\n"
    ).encode()


def put_whole(server: Server) -> bytes:
    """The head of the answer to a slice that comes whole."""
    with socket.create_connection(("127.0.0.1", server.port), 30) as line:
        line.sendall(head(server.desk.mint()) + b"x" * BODY_BYTES)
        return line.recv(65536)


def hold(stack: ExitStack, server: Server, count: int, tickets: list[Ticket] | None = None) -> list[socket.socket]:
    """So many bodies, each sent all but its last byte as far as the server takes it, then nothing more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4 * count)), hard))
    waiting = stack.enter_context(selectors.DefaultSelector())
    lines: list[socket.socket] = []
    left: dict[socket.socket, int] = {}
    for at in range(count):
        line = stack.enter_context(socket.create_connection(("127.0.0.1", server.port), 30))
        line.sendall(head(tickets[at] if tickets else None))
        line.setblocking(False)
        waiting.register(line, selectors.EVENT_WRITE)
        left[line] = BODY_BYTES - 1
        lines.append(line)
    piece = b"x" * 262_144
    while left and (ready := waiting.select(0.5)):
        for key, _ in ready:
            line = key.fileobj
            assert isinstance(line, socket.socket)
            try:
                left[line] -= line.send(piece[: left[line]])
            except BlockingIOError:
                continue
            except OSError:
                left[line] = 0
            if left[line] <= 0:
                waiting.unregister(line)
                del left[line]
    return lines


def answer_of(line: socket.socket, patience_s: float = 60.0) -> bytes:
    """What came back until the line was closed."""
    line.settimeout(patience_s)
    got = b""
    try:
        while piece := line.recv(65536):
            got += piece
    except ConnectionError:
        pass
    return got


def test_bodies_without_a_ticket_are_refused_before_they_are_read(tmp_path: Path) -> None:
    with serving(tmp_path) as server, ExitStack() as stack:
        before = server.memory_mb()
        lines = hold(stack, server, 200)
        assert server.memory_mb() - before < 50
        assert answer_of(lines[0]).startswith(b"HTTP/1.1 403")
        assert len(list(tmp_path.rglob("*.part"))) == 1, "that of the whole slice"


def test_control_read_before_the_ticket_the_bodies_stay_in_memory(tmp_path: Path) -> None:
    with serving(tmp_path, "open") as server, ExitStack() as stack:
        before = server.memory_mb()
        hold(stack, server, 40)
        wait_for(lambda: server.memory_mb() - before > 150, "40 bodies of 7 MB are held")


def test_stalled_bodies_with_tickets_are_few_go_to_the_disk_and_end(tmp_path: Path) -> None:
    with serving(tmp_path, still_s=0.7) as server, ExitStack() as stack:
        tickets = [server.desk.mint() for _ in range(80)]
        before = server.memory_mb()
        lines = hold(stack, server, 80, tickets)
        assert server.memory_mb() - before < 50
        answers_ = [answer_of(line)[:12] for line in lines]
        assert answers_.count(b"HTTP/1.1 503") <= 80 - MOST_AT_ONCE
        assert set(answers_) <= {b"HTTP/1.1 503", b"HTTP/1.1 400", b""}
        sizes = [server.desk.size(ticket.upload_id, ticket.token) for ticket in tickets]
        assert max(sizes) == BODY_BYTES - 1, "what came is kept"
        ticket = tickets[sizes.index(BODY_BYTES - 1)]
        line = stack.enter_context(socket.create_connection(("127.0.0.1", server.port), 30))
        line.sendall(head(ticket, 1, BODY_BYTES - 1) + b"x")
        assert line.recv(65536).startswith(b"HTTP/1.1 200"), "and the browser goes on there"

        assert put_whole(server).startswith(b"HTTP/1.1 200"), "and there is room again"


def test_of_two_first_slices_at_once_one_total_is_taken(tmp_path: Path) -> None:
    desk = UploadDesk(tmp_path)
    ticket = desk.mint()
    with desk.coming(ticket.upload_id, ticket.token, 0, 10) as first:
        first.write(b"abc")
        with pytest.raises(Exception, match="Another slice of this file is coming in"):
            desk.put_slice(ticket.upload_id, ticket.token, 0, 20, b"other")
    with pytest.raises(Exception, match="belongs to another file"):
        desk.put_slice(ticket.upload_id, ticket.token, 3, 20, b"other")
    assert desk.put_slice(ticket.upload_id, ticket.token, 3, 10, b"defghij") == 10


@pytest.mark.soak
@pytest.mark.parametrize("with_tickets", [False, True])
def test_a_thousand_stalled_bodies_cost_less_than_50_mb_and_give_it_back(tmp_path: Path, with_tickets: bool) -> None:
    with serving(tmp_path) as server, ExitStack() as stack:
        before = server.memory_mb()
        tickets = [server.desk.mint() for _ in range(1000)] if with_tickets else None
        lines = hold(stack, server, 1000, tickets)
        held = server.memory_mb()
        print(f"before {before:.0f} MB, 1,000 held {held:.0f} MB", end="")
        assert held - before < 50
        started = time.monotonic()
        for line in lines:
            answer_of(line)
        assert time.monotonic() - started < 45, "30 s after the last byte that the server took"
        print(f", after {server.memory_mb():.0f} MB")
        assert server.memory_mb() - before < 50
