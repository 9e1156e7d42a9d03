"""Imports of made-up contacts, ours and other clients side by side: one table of medians and ratios.

    python tests/bench/bench_import.py [--rows 100000] [--rounds 3] [--clients PYTHON] [--only PLACE…]

The list: 12 columns from a CSV on disk to the last acknowledged batch. "write" sends items that are built already;
"whole" reads the file first, and ours checks it and keeps its ledger too. Places: a bare HTTP sink on this machine
(nginx, one worker, yes to everything), the same after 5 and 20 ms, the same with TLS, and the embedded engine.

Rounds alternate between the clients, each in a process of its own; slow clients send the first --slow-rows rows.
Rows/s are of the clock on the wall; µs of CPU a row are the client's own, and hardly change when the machine is busy
with other things. The other clients live in an environment of their own, made anew unless --clients names its Python.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

from bench_kit.contacts import write_csv  # noqa: E402
from bench_kit.limit import wrk_rate  # noqa: E402
from bench_kit.sink import cores, nginx_sink  # noqa: E402

OURS = "ours"
RIVALS = ("batch_writer", "boto3 client, threads", "awswrangler", "aiodynamo", "pydynox", "dynamoxy")
NEEDS_312 = "dynamoxy"
"""Has no build for Python 3.11; the last of RIVALS."""
SLOW = ("batch_writer", "awswrangler", "boto3 client, threads")
LATENCIES_MS = (5, 20)
MANY = 64


@dataclass
class Runner:
    """A client in a process of its own that does one pass when told to."""

    label: str
    process: subprocess.Popen[str]
    rows: int
    passes: list[dict[str, float]] = field(default_factory=list)

    def measure(self) -> None:
        """One pass; SystemExit when the client fails."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.label} failed")
        self.passes.append(json.loads(line))

    @property
    def rate(self) -> float:
        """Median rows a second."""
        return self.rows / statistics.median(one["seconds"] for one in self.passes)

    @property
    def cpu_us(self) -> float:
        """Median µs of the client's CPU a row."""
        return 1e6 * statistics.median(one["cpu_s"] for one in self.passes) / self.rows


@dataclass(frozen=True)
class Lists:
    """The list, its first rows for slow clients, and the Pythons."""

    whole: Path
    rows: int
    first: Path
    first_rows: int
    rivals_python: str
    rivals: tuple[str, ...]
    rounds: int


@contextlib.contextmanager
def started(label: str, lists: Lists, given: dict[str, Any], *, core: str = "") -> Iterator[Runner]:
    """A client set up and waiting; `core` pins it (taskset's words)."""
    slow = label in SLOW
    given = {"workers": 8, **given, "csv": str(lists.first if slow else lists.whole)}
    given["rows"] = lists.first_rows if slow else lists.rows
    pinned = ["taskset", "-c", core] if core else []
    if label.startswith(OURS):
        command = [sys.executable, str(HERE / "bench_kit" / "ours.py"), json.dumps(given)]
    else:
        command = [lists.rivals_python, str(HERE / "bench_kit" / "rivals.py"), label, json.dumps(given)]
    process = subprocess.Popen([*pinned, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdin is not None and process.stdout is not None
        if process.stdout.readline().strip() != "ready":
            raise SystemExit(f"{label} could not be set up")
        yield Runner(label, process, given["rows"])
    finally:
        process.communicate()


def side_by_side(
    lists: Lists, clients: dict[str, dict[str, Any]], *, rounds: int = 0, core: dict[str, str] | None = None
) -> dict[str, Runner]:
    """All clients measured in turn, `rounds` times; by label."""
    with contextlib.ExitStack() as stack:
        runners = [
            stack.enter_context(started(label, lists, given, core=(core or {}).get(label, "")))
            for label, given in clients.items()
        ]
        for _ in range(rounds or lists.rounds):
            for runner in runners:
                runner.measure()
    return {runner.label: runner for runner in runners}


Row = tuple[str, str, str, str, str, str]


def rows_of(place: str, part: str, found: dict[str, Runner], base: str) -> list[Row]:
    """Lines of the table: ratios to `base`, of wall clock and of CPU."""
    lines = []
    for label, runner in found.items():
        rate_ratio = runner.rate / found[base].rate
        cpu_ratio = found[base].cpu_us / runner.cpu_us
        figures = (f"{runner.rate:,.0f}", f"{rate_ratio:.1f}×", f"{runner.cpu_us:.2f}", f"{cpu_ratio:.1f}×")
        lines.append((f"{place}, {part}", label, *figures))
    return lines


def at_the_sink(lists: Lists) -> Iterator[Row]:
    """Both parts with every client."""
    with nginx_sink() as sink:
        for part in ("write", "whole"):
            named = {name: {"url": sink.url, "part": part} for name in (*lists.rivals, OURS)}
            yield from rows_of("sink", part, side_by_side(lists, named), "batch_writer")


def at_the_limit(lists: Lists) -> Iterator[Row]:
    """Ours and wrk, each with a core of its own and the sink on another one."""
    client, service = cores()
    with nginx_sink(core=service) as sink, tempfile.TemporaryDirectory() as folder:
        requests = Path(folder) / "requests"
        shared = {"url": sink.url, "part": "write", "requests": str(requests)}
        pinned = {OURS: str(client)} if client is not None else {}
        limits = []
        with started(OURS, lists, shared, core=pinned.get(OURS, "")) as own:
            for _ in range(lists.rounds):
                own.measure()
                limits.append(25 * wrk_rate(requests, sink.url, connections=8, seconds=2, core=client))
    limit = statistics.median(limits)
    yield ("sink, write, client on one core", "wrk", f"{limit:,.0f}", "1.00×", "", "")
    yield ("sink, write, client on one core", OURS, f"{own.rate:,.0f}", f"{own.rate / limit:.2f}×", "", "")


def with_latency(lists: Lists) -> Iterator[Row]:
    """Ours with 64 connections, the answers late or not, beside the most that 64 connections can."""
    for part in ("write", "whole"):
        with contextlib.ExitStack() as stack:
            sinks = {ms: stack.enter_context(nginx_sink(delay_ms=ms)) for ms in (0, *LATENCIES_MS)}
            named = {ms: f"{OURS}, {MANY} connections, {ms} ms" for ms in sinks}
            given = {named[ms]: {"url": sink.url, "part": part, "workers": MANY} for ms, sink in sinks.items()}
            yield from rows_of("sink", part, side_by_side(lists, given), named[0])
    for ms in LATENCIES_MS:
        yield ("arithmetic", f"{MANY} connections × 25 rows in {ms} ms", f"{MANY * 25_000 / ms:,.0f}", "", "", "")


def with_tls(lists: Lists) -> Iterator[Row]:
    """Ours over TLS, verified against a throw-away CA."""
    with nginx_sink() as plain, nginx_sink(tls=True) as sink:
        clients = {
            OURS: {"url": plain.url, "part": "write"},
            f"{OURS}, TLS": {"url": sink.url, "part": "write", "ca_bundle": sink.ca_bundle},
        }
        yield from rows_of("sink", "write", side_by_side(lists, clients), OURS)


def with_cores(lists: Lists) -> Iterator[Row]:
    """The whole way on a machine of one core and on one of two; the sink shares them in both. Also of a long list,
    where what is done once a run no longer counts."""
    client, service = cores()
    if client is None:
        return
    one, two = f"{OURS}, 1 core", f"{OURS}, 2 cores"
    pins = {one: str(client), two: f"{client},{service}"}
    with nginx_sink(core=client) as narrow, nginx_sink() as wide, long_list(lists) as longer:
        clients = {one: {"url": narrow.url, "part": "whole"}, two: {"url": wide.url, "part": "whole"}}
        for some in (lists, longer):
            found = side_by_side(some, clients, core=pins)
            yield from rows_of("sink", f"whole, {some.rows:,} rows", found, one)


@contextlib.contextmanager
def long_list(lists: Lists) -> Iterator[Lists]:
    """The same with ten times the rows."""
    with tempfile.TemporaryDirectory() as folder:
        path, rows = Path(folder) / "long.csv", 10 * lists.rows
        write_csv(path, rows)
        yield replace(lists, whole=path, rows=rows)


def at_the_engine(lists: Lists) -> Iterator[Row]:
    """Ours and batch_writer at the embedded engine, which is the limit there."""
    from importer.settings import Settings
    from importer.table import engine_secret, start_engine, stop_engine

    few = replace(lists, whole=lists.first, rows=lists.first_rows)
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home))
        info = start_engine(settings, lease="bench", environ=os.environ)
        os.environ["BENCH_ACCESS_KEY"] = engine_secret(info.endpoint_url)
        try:
            clients = {name: {"url": info.endpoint_url, "part": "write"} for name in ("batch_writer", OURS)}
            yield from rows_of(info.engine, "write", side_by_side(few, clients, rounds=1), "batch_writer")
        finally:
            stop_engine(settings)


PLACES = {
    "sink": at_the_sink,
    "limit": at_the_limit,
    "latency": with_latency,
    "tls": with_tls,
    "cores": with_cores,
    "engine": at_the_engine,
}


@contextlib.contextmanager
def rivals_python(given: str) -> Iterator[str]:
    """The Python that has the other clients; "" when they cannot be had, and the table says so."""
    if given:
        yield "" if given == "none" else given
        return
    with tempfile.TemporaryDirectory(prefix="bench-clients-") as folder:
        newest = next(name for name in ("python3.13", "python3.12", sys.executable) if runs(name, "import venv"))
        subprocess.run([newest, "-m", "venv", folder], check=True)
        python = Path(folder) / "bin" / "python"
        wanted = HERE / "requirements.txt"
        done = subprocess.run([python, "-m", "pip", "install", "-q", "-r", wanted], check=False, capture_output=True)
        yield str(python) if done.returncode == 0 else ""


def runs(python: str, code: str) -> bool:
    """Whether there is such a Python and it runs the code."""
    found = shutil.which(python)
    return found is not None and subprocess.run([found, "-c", code], check=False, capture_output=True).returncode == 0


def print_table(lines: list[Row]) -> None:
    """Columns of equal width."""
    head = ("what", "client", "rows/s", "ratio", "CPU µs/row", "CPU ratio")
    widths = [max(len(line[place]) for line in (head, *lines)) for place in range(len(head))]
    for line in (head, *lines):
        print("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())


def main() -> None:
    """Measure, print one table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--slow-rows", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clients", default="", help='a Python that has tests/bench/requirements.txt, or "none"')
    parser.add_argument("--only", nargs="*", choices=PLACES, default=list(PLACES))
    given = parser.parse_args()
    with rivals_python(given.clients) as python, tempfile.TemporaryDirectory() as folder:
        whole, first = Path(folder) / "list.csv", Path(folder) / "first.csv"
        slow_rows = min(given.slow_rows, given.rows)
        write_csv(whole, given.rows)
        write_csv(first, slow_rows)
        if not python:
            print("The other clients of tests/bench/requirements.txt are not here: batch_writer alone is compared.")
        known = RIVALS if runs(python, f"import {NEEDS_312}") else RIVALS[:-1]
        rivals = known if python else RIVALS[:1]
        lists = Lists(whole, given.rows, first, slow_rows, python or sys.executable, rivals, given.rounds)
        lines = [line for place in given.only for line in PLACES[place](lists)]
        print_table(lines)


if __name__ == "__main__":
    main()
