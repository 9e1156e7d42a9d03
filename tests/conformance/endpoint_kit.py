"""An AWS on this machine (ministack) with API Gateway and Lambda, and the endpoint deployed into it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from importer.errors import ConfigError
from importer.settings import Settings
from importer.table import Connection, engine_cache, fetch_engine, is_loopback

START_PATIENCE_S = 60.0
JSON = "application/json"


@contextmanager
def local_aws() -> Iterator[str]:
    """Its address. Everything in it is gone afterwards."""
    try:
        program = fetch_engine("ministack", engine_cache(Settings(Path("var")), os.environ))
    except ConfigError as error:
        pytest.skip(f"THE ENDPOINT IS NOT TESTED: ministack cannot be had on this machine. {error}")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="local-aws-") as name:
        data = Path(name) / "state"
        data.mkdir()
        environ = program.environment(port, data, os.environ)
        environ |= {"PERSIST_STATE": "0", "LAMBDA_EXECUTOR": "local"}
        del environ["SERVICES"]
        process = subprocess.Popen(
            program.command(port, data),
            env=environ,
            cwd=name,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _await_ready(url, process)
            yield url
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _await_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    give_up_s = time.monotonic() + START_PATIENCE_S
    while time.monotonic() < give_up_s:
        assert process.poll() is None, "ministack ended while it started"
        try:
            if post(f"{url}/_ministack/health", None, method="GET").status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("ministack did not come up")


def connection_to(url: str, region: str = "us-east-1") -> Connection:
    """For the deploy command and for clients of a test."""
    return Connection("custom", region, None, url)


@dataclass(frozen=True)
class HttpAnswer:
    """What came back; header names in lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    text: str

    @property
    def told(self) -> Any:
        return json.loads(self.text)

    @property
    def codes(self) -> list[tuple[int, str]]:
        return [(error["index"], error["code"]) for error in self.told["errors"]]


def post(url: str, body: Any, *, method: str = "POST", **headers: str) -> HttpAnswer:
    """One request as any HTTP client would send it; `content_type=""` leaves the header out."""
    assert is_loopback(url)
    parts = urlsplit(url)
    sent = {"Content-Type": "application/json"} | {
        name.replace("_", "-").title(): text for name, text in headers.items()
    }
    raw = body if isinstance(body, bytes | None) else (body if isinstance(body, str) else json.dumps(body)).encode()
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    try:
        connection.request(method, parts.path, raw, {name: text for name, text in sent.items() if text})
        reply = connection.getresponse()
        told = {name.lower(): text for name, text in reply.getheaders()}
        return HttpAnswer(reply.status, told, reply.read().decode())
    finally:
        connection.close()


def people(count: int, first: int = 0) -> list[dict[str, Any]]:
    """Contacts that never were."""
    return [
        {"email": f"contact{one}@example.com", "first_name": f"Zoë {one}", "zip": f"{one:05}", "age": one % 90}
        for one in range(first, first + count)
    ]
