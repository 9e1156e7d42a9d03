"""The write part against boto3's `batch_writer`, side by side: prebuilt items to the last acknowledged batch.

    python tests/bench/bench_write.py [--rows 100000] [--rounds 3] [--boto-rows 10000] [--workers 8]

Two places: a bare HTTP sink (nginx, one worker, that answers 200 `{"UnprocessedItems":{}}` and looks at nothing) and
the embedded engine. Medians of the rounds, rows/s and the ratio to `batch_writer` of the same call. Client and
service share the machine, so the figures are floors. Also µs a row for building the puts.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

import boto3  # noqa: E402
from botocore.config import Config  # noqa: E402
from strict_endpoint.kit import EMAIL_KEY, signing_parts, typed  # noqa: E402

from importer.settings import Settings  # noqa: E402
from importer.table import dynamodb_client, embedded_connection, start_engine, stop_engine  # noqa: E402
from importer.write import Command, Puts, TableDestination, build_puts, pack_batches, write_batches  # noqa: E402

NGINX = """
daemon off; worker_processes 1; pid {folder}/pid; error_log /dev/null crit;
events {{ worker_connections 256; }}
http {{
  access_log off; keepalive_requests 100000000; keepalive_timeout 600s; client_max_body_size 20m;
  client_body_buffer_size 1m; client_body_temp_path {folder}/body; tcp_nodelay on;
  server {{ listen 127.0.0.1:{port}; location / {{ default_type application/json; error_page 405 =200 @ok;
    return 200 '{{"UnprocessedItems":{{}}}}'; }} }}
}}
"""


def contact_columns(rows: int) -> list[Any]:
    """12 columns of made-up contacts, about 350 bytes an item."""
    texts: dict[str, list[str]] = {
        "email": [f"person{row}@example.com" for row in range(rows)],
        "first_name": [f"Given{row % 900}" for row in range(rows)],
        "last_name": [f"Testperson{row % 7000}" for row in range(rows)],
        "company": [f"Example & Söhne {row % 300} Ltd" for row in range(rows)],
        "phone": [f"+1 555 01{row % 100:02}" for row in range(rows)],
        "street": [f"{row % 200} Example Street" for row in range(rows)],
        "city": [f"Sampletown {row % 500}" for row in range(rows)],
        "zip": [f"{row % 100000:05}" for row in range(rows)],
        "country": ["Nowhere" for _ in range(rows)],
        "note": [f"met at the fair, row {row}" for row in range(rows)],
    }
    columns = [typed(name, "S", values) for name, values in texts.items()]
    columns.append(typed("age", "N", [str(18 + row % 70) for row in range(rows)]))
    columns.append(typed("active", "BOOL", [str(row % 2 == 0).lower() for row in range(rows)]))
    return columns


@contextlib.contextmanager
def nginx_sink() -> Iterator[str]:
    """A service that says yes to everything."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    folder = Path(tempfile.mkdtemp())
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    (folder / "conf").write_text(NGINX.format(folder=folder, port=port))
    process = subprocess.Popen([program, "-p", str(folder), "-c", str(folder / "conf")], stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder)


def wait_for(port: int) -> None:
    """Until something listens."""
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise SystemExit("nginx did not come up")


def ours(url: str, puts: Puts, workers: int) -> None:
    """The engine, with acknowledgements counted."""
    told = 0

    def record(acks: Any) -> None:
        nonlocal told
        told += sum(len(ack.written) for ack in acks)

    batches = list(pack_batches(0, range(len(puts)), puts))
    command = Command(workers=workers)
    place = TableDestination(signing_parts(url), "EmailContacts", "overwrite", EMAIL_KEY)
    write_batches(iter(batches), place, record=record, command=lambda: command)
    if told != len(puts):
        raise SystemExit(f"{told} of {len(puts)} rows acknowledged")


def boto3_writer(url: str, items: list[dict[str, Any]]) -> None:
    """What most scripts do; items in Python types, as csv.DictReader gives them."""
    session = boto3.Session("AKIDEXAMPLE", "made-up", region_name="us-east-1")
    table = session.resource("dynamodb", endpoint_url=url, config=Config(retries={"total_max_attempts": 1}))
    with table.Table("EmailContacts").batch_writer() as writer:
        for item in items:
            writer.put_item(Item=item)


def rate(work: Callable[[], None], rows: int, rounds: int) -> float:
    """Median rows/s."""
    found = []
    for _ in range(rounds):
        gc.collect()
        begun_s = time.perf_counter()
        work()
        found.append(rows / (time.perf_counter() - begun_s))
    return statistics.median(found)


def measure(name: str, url: str, columns: list[Any], given: argparse.Namespace, rows: int) -> dict[str, Any]:
    """Both clients at one place."""
    puts = build_puts(columns)
    fewer = slice_puts(columns, rows) if rows < given.rows else puts
    values = [column.text.tolist() for column in columns]
    items = [
        {column.attribute: value[row] for column, value in zip(columns, values, strict=True)}
        for row in range(min(given.boto_rows, rows))
    ]
    boto = rate(lambda: boto3_writer(url, items), len(items), given.rounds)
    found = {"place": name, "batch_writer rows/s": round(boto)}
    for workers in (1, given.workers):
        own = rate(lambda count=workers: ours(url, fewer, count), len(fewer), given.rounds)  # type: ignore[misc]
        found[f"ours, {workers} connections, rows/s"] = round(own)
        found[f"ours, {workers} connections, ratio"] = round(own / boto, 1)
    return found


def slice_puts(columns: list[Any], rows: int) -> Puts:
    """The first rows only."""
    cut = [
        type(one)(one.attribute, one.type, one.text.iloc[:rows], one.present[:rows], one.null[:rows])
        for one in columns
    ]
    return build_puts(cut)


def main() -> None:
    """Print one JSON object a line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--engine-rows", type=int, default=20_000)
    parser.add_argument("--boto-rows", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=8)
    given = parser.parse_args()
    columns = contact_columns(given.rows)
    build = 1e6 / rate(lambda: build_puts(columns, key=("email",)), given.rows, given.rounds)
    print(json.dumps({"build µs/row": round(build, 2), "item bytes": int(build_puts(columns).size_bytes.mean())}))
    with nginx_sink() as url:
        print(json.dumps(measure("nginx sink", url, columns, given, given.rows)), flush=True)
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home))
        info = start_engine(settings, lease="bench", environ=os.environ)
        try:
            dynamodb_client(embedded_connection(settings)).close()
            found = measure(info.engine, info.endpoint_url, columns, given, given.engine_rows)
            print(json.dumps(found), flush=True)
        finally:
            stop_engine(settings)


if __name__ == "__main__":
    main()
