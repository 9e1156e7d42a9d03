"""The batch endpoint: seconds by number of contacts, and the function's cold start.

    python tests/bench/bench_endpoint.py [--rows 1000 5000 10000 20000] [--workers 4] [--starts 5]

The whole command is timed (`python -m importer run … --endpoint-batch-url`): start, reading, check, plan, every
batch, proof. The function is the real one behind a plain HTTP server on this machine, its table in the embedded
engine: what a network, API Gateway and Lambda add is not in it. Twice for each number: at the old page's pace (one
request at a time, 100 ms between two) and with --workers requests at a time.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parents[2])]

from importer.endpoint import build_package  # noqa: E402
from importer.settings import Settings  # noqa: E402
from importer.table import embedded_connection, engine_secret, stop_engine  # noqa: E402

OLD_BATCH_S = 7 * 60 / 800
"""The old page took about 7 minutes for 20,000 contacts: 800 batches of 25."""

COLD = """
import time; began = time.process_time()
import importer.endpoint.function.handler as handler
imported = time.process_time(); handler.endpoint(); ready = time.process_time()
print(imported - began, ready - imported)
"""


@contextlib.contextmanager
def served_endpoint(table_url: str) -> Iterator[str]:
    """The real function behind HTTP."""
    process = subprocess.Popen(
        [sys.executable, str(HERE.parents[1] / "faults" / "endpoint_server.py"), "--table-url", table_url],
        stdout=subprocess.PIPE,
        env={
            **os.environ,
            "PYTHONPATH": str(HERE.parents[2]),
            "TABLE_ACCESS_KEY": engine_secret(table_url),
        },
    )
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())["url"]
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def cold_starts(times: int) -> tuple[float, float]:
    """CPU milliseconds (imports, client) of a new Python with the zip alone; medians."""
    with tempfile.TemporaryDirectory() as folder:
        zipfile.ZipFile(io.BytesIO(build_package().data)).extractall(folder)
        environ = {"PATH": os.environ["PATH"], "PYTHONPATH": folder, "TABLE_NAME": "EmailContacts"}
        environ |= {"AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
        found = []
        for _ in range(times):
            done = subprocess.run(
                [sys.executable, "-c", COLD], env=environ, capture_output=True, text=True, check=True
            )
            found.append([float(one) * 1000 for one in done.stdout.split()])
    imports, clients = zip(*found, strict=True)
    return statistics.median(imports), statistics.median(clients)


def time_run(url: str, rows: int, *options: str) -> float:
    """Seconds of one whole run."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "list.csv"
        with source.open("w", encoding="utf-8") as out:
            out.write("email,first_name,last_name,company,phone,zip\n")
            for row in range(rows):
                out.write(f"person{row}@example.com,Given{row % 900},Testperson{row % 7000},Example & Söhne,")
                out.write(f"+1 555 01{row % 100:02},{row % 100000:05}\n")
        command = [
            sys.executable,
            "-m",
            "importer",
            "run",
            str(source),
            "--endpoint-batch-url",
            url,
            "--json",
            *options,
        ]
        environ = {**os.environ, "IMPORTER_HOME": folder, "PYTHONPATH": str(HERE.parents[2])}
        began_s = time.monotonic()
        done = subprocess.run([*command, *options], env=environ, capture_output=True, text=True, check=False)
        took_s = time.monotonic() - began_s
    told = json.loads(done.stdout or "{}")
    if told.get("written") != rows:
        raise SystemExit(f"{rows} rows: {told.get('sentence') or done.stderr[-300:]}")
    return took_s


def as_minutes(seconds: float) -> str:
    """`7 min 02 s`."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{seconds:.1f} s"


def main() -> None:
    """Print a table in Markdown."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000, 5_000, 10_000, 20_000])
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--starts", type=int, default=5)
    given = parser.parse_args()
    package = build_package()
    imports, client = cold_starts(given.starts)
    told = f"imports {imports:.0f} ms, client {client:.0f} ms of CPU"
    print(f"package {len(package.data) / 1000:.0f} kB; cold start: {told}")
    print(f"\n| contacts | old page (arithmetic) | its pace, here | {given.workers} at a time, here |")
    print("|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder))
        try:
            table_url = str(embedded_connection(settings, lease="bench").endpoint_url)
            with served_endpoint(table_url) as url:
                for rows in given.rows:
                    fast = time_run(url, rows, "--workers", str(given.workers))
                    before = time_run(url, rows, "--as-before")
                    old = as_minutes(rows / 25 * OLD_BATCH_S)
                    print(f"| {rows:,} | {old} | {as_minutes(before)} | {as_minutes(fast)} |", flush=True)
        finally:
            stop_engine(settings)


if __name__ == "__main__":
    main()
