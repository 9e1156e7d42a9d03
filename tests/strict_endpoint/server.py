"""The service over HTTP: asyncio, bytes written by hand so that they can be cut anywhere."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from strict_endpoint.faults import Faults
from strict_endpoint.neighbours import Neighbours, SharedService
from strict_endpoint.service import StrictService
from strict_endpoint.wire import AMAZON, Answer, Wire


@dataclass
class Endpoint:
    """A running endpoint."""

    url: str
    service: StrictService


async def serve(service: StrictService, port: int = 0, wire: Wire = AMAZON) -> asyncio.Server:
    """Listen on loopback; answers look like `wire`."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while await _one_request(service, wire, reader, writer):
                pass
        with contextlib.suppress(ConnectionError):
            writer.close()

    return await asyncio.start_server(talk, "127.0.0.1", port, limit=1 << 20)


async def _one_request(
    service: StrictService, wire: Wire, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> bool:
    """Whether the connection stays open."""
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    answer = _inspect(service, first, body) or service.handle(headers, body)
    if answer.delay_s:
        await asyncio.sleep(answer.delay_s)
    if answer.reset:
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
        return False
    writer.write(wire.written(answer))
    await writer.drain()
    return answer.cut_at is None and not answer.raw and not wire.closes


def _inspect(service: StrictService, first: str, body: bytes) -> Answer | None:
    """The doors for tests."""
    if first.startswith("GET /_items"):
        return Answer(200, json.dumps(list(service.items.values())).encode())
    if first.startswith("GET /_log"):
        return Answer(200, json.dumps(service.log()).encode())
    if first.startswith("POST /_faults"):
        service.set_faults(Faults.from_dict(json.loads(body)))
        return Answer(200, b"{}")
    return None


@contextlib.contextmanager
def running_endpoint(
    faults: Faults | None = None,
    *,
    table: str = "EmailContacts",
    key: tuple[str, ...] = ("email",),
    port: int = 0,
    wire: Wire = AMAZON,
    neighbours: Neighbours | None = None,
) -> Iterator[Endpoint]:
    """An endpoint on a thread of its own, on a free port; answers look like `wire`, and `neighbours` write there."""
    how: dict[str, Any] = {"table": table, "key": key, "now": time.monotonic, "wall": time.time}
    service = SharedService(faults, neighbours, **how) if neighbours else StrictService(faults, **how)
    loop = asyncio.new_event_loop()
    ready = threading.Event()
    found: dict[str, int] = {}

    async def main() -> None:
        server = await serve(service, port, wire)
        found["port"] = server.sockets[0].getsockname()[1]
        stop = asyncio.Event()
        found["stop"] = stop  # type: ignore[assignment]
        ready.set()
        await stop.wait()
        server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    thread = threading.Thread(target=loop.run_until_complete, args=(main(),), daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield Endpoint(f"http://127.0.0.1:{found['port']}", service)
    finally:
        loop.call_soon_threadsafe(found["stop"].set)  # type: ignore[attr-defined]
        thread.join(10)
        loop.close()
