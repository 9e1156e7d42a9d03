"""`python -m endpoint_server`: the endpoint's real function behind HTTP, with the faults that a gateway has.

Prints `{"url": …}`. `GET /_log` answers how often each key was sent and how many requests came, `POST /_faults` sets
other faults. Faults are probabilities a request: `throttle` (429), `bad_gateway` (502), `unavailable` (503),
`timeout` (504 after the function ran), `lost` (the connection dies after the function ran), `page` (200 with HTML).
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from importer.endpoint.function.config import FunctionConfig, KeyAttribute
from importer.endpoint.function.handler import make_endpoint, table_client

BEFORE = {"throttle": 429, "bad_gateway": 502, "unavailable": 503}
ACCESS_KEY = os.environ.get("TABLE_ACCESS_KEY", "AKIDEXAMPLE")
CREDENTIALS = {"aws_access_key_id": ACCESS_KEY, "aws_secret_access_key": "made-up", "region_name": "us-east-1"}


class Gateway(ThreadingHTTPServer):
    """State of all requests."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, config: FunctionConfig, table_url: str, faults: dict[str, float], api_key: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.config, self.table_url, self.faults, self.api_key = config, table_url, faults, api_key
        self.sent: Counter[str] = Counter()
        self.requests, self.latency_s = 0, faults.get("latency_s", 0.0)
        self.lock, self.random = threading.Lock(), random.Random(faults.get("seed", 1))
        self.warm: queue.LifoQueue[Any] = queue.LifoQueue()
        self.logged: list[dict[str, Any]] = []

    def fault(self) -> str:
        """The one that this request meets."""
        with self.lock:
            names = ("throttle", "bad_gateway", "unavailable", "timeout", "lost", "page")
            return next((name for name in names if self.random.random() < self.faults.get(name, 0.0)), "")

    @contextmanager
    def endpoint(self) -> Iterator[Any]:
        """One a request at a time, as Lambda has one an execution environment."""
        try:
            made = self.warm.get_nowait()
        except queue.Empty:
            client = table_client(endpoint_url=self.table_url, **CREDENTIALS)
            made = make_endpoint(self.config, client, self.logged.append)
        yield made
        self.warm.put(made)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: Gateway
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        told = {"sent": self.server.sent, "requests": self.server.requests}
        self.reply(200, json.dumps(told).encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/_faults":
            self.server.faults = json.loads(body)
            self.reply(200, b"{}")
            return
        if self.server.api_key and self.headers.get("X-Api-Key") != self.server.api_key:
            self.reply(403, b'{"imported":0,"errors":[],"code":"INVALID_API_KEY","message":"Forbidden"}')
            return
        fault = self.server.fault()
        if fault in BEFORE:
            self.reply(BEFORE[fault], b'{"imported":0,"errors":[],"code":"gateway","message":"made up"}')
            return
        if fault == "page":
            self.reply(200, b"<html>a proxy's page</html>")
            return
        self.run_function(body, fault)

    def run_function(self, body: bytes, fault: str) -> None:
        """The real one; then maybe its answer gets lost."""
        with self.server.lock:
            self.server.requests += 1
            self.server.sent.update(one.get("email", "") for one in json.loads(body)["contacts"])
        event = {"httpMethod": "POST", "headers": dict(self.headers), "body": body.decode(), "isBase64Encoded": False}
        until_s = time.monotonic() + 28
        with self.server.endpoint() as endpoint:
            answer = endpoint.handle(event, lambda: until_s - time.monotonic())
        time.sleep(self.server.latency_s)
        if fault == "lost":
            self.close_connection = True
            self.connection.close()
        elif fault == "timeout":
            self.reply(504, b'{"message":"Endpoint request timed out"}')
        else:
            self.reply(answer["statusCode"], answer["body"].encode())

    def reply(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


def main() -> None:
    """Serve until terminated."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--table-url", required=True)
    parser.add_argument("--faults", default="{}")
    parser.add_argument("--api-key", default="")
    given = parser.parse_args()
    config = FunctionConfig("EmailContacts", (KeyAttribute("email"),))
    server = Gateway(config, given.table_url, json.loads(given.faults), given.api_key)
    print(json.dumps({"url": f"http://127.0.0.1:{server.server_port}/prod/contacts/batch"}), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
