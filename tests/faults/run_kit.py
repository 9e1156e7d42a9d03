"""What the fault tests of runs share: a strict endpoint, planned runs, and runners that can be killed."""

from __future__ import annotations

import contextlib
import json
import math
import multiprocessing
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from importer.check import CheckResult, ColumnSpec, DynamoType, Schema
from importer.plan import Mode, Pace
from importer.run import (
    Ledger,
    RunBusy,
    RunFolder,
    RunState,
    Snapshot,
    adopt_source,
    check_run,
    create_run,
    execute_run,
    freeze_plan,
    meter,
    plan_run,
    prepare_schema,
    prepare_stage,
    runner,
)
from importer.settings import Settings
from importer.table import Connection, KeyPart, TableKey, Target
from importer.write import Acknowledged, Batch, Command, write_batches

KEY = TableKey(KeyPart("email", "S"))
REPOSITORY = Path(__file__).resolve().parents[2]
PATIENCE_S = 120.0
"""For what comes about in a second or two on a machine that has time."""

HERE = Path(__file__).resolve().parent
os.environ["PYTHONPATH"] = os.pathsep.join([str(HERE), str(REPOSITORY), os.environ.get("PYTHONPATH", "")])
WARM = multiprocessing.get_context("forkserver")
WARM.set_forkserver_preload(["run_kit"])
"""Runners are forked from a process that has pandas loaded: a real process each, without 2 s of imports."""


class StrictTable:
    """The strict endpoint as a process of its own."""

    def __init__(self, url: str) -> None:
        self.url = url

    def log(self) -> dict[str, Any]:
        """`sent` and `written`: key → times; `requests`: how many."""
        with urllib.request.urlopen(f"{self.url}/_log", timeout=300) as reply:
            return json.load(reply)

    def items(self) -> list[dict[str, Any]]:
        """Everything stored."""
        with urllib.request.urlopen(f"{self.url}/_items", timeout=300) as reply:
            return json.load(reply)

    def play(self, **faults: Any) -> None:
        """Other faults from now on."""
        body = json.dumps(faults).encode()
        urllib.request.urlopen(urllib.request.Request(f"{self.url}/_faults", body, method="POST"), timeout=10).close()


@contextmanager
def strict_table(**faults: Any) -> Iterator[StrictTable]:
    """A table that knows AWS's limits and plays these faults."""
    process = subprocess.Popen(
        [sys.executable, "-m", "strict_endpoint", "--faults", json.dumps(faults)],
        stdout=subprocess.PIPE,
        cwd=REPOSITORY / "tests",
        env={**os.environ, "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'tests'}"},
    )
    assert process.stdout is not None
    try:
        yield StrictTable(json.loads(process.stdout.readline())["url"])
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def planned_run(
    settings: Settings,
    url: str,
    rows: int,
    *,
    workers: int | None = 4,
    bad: Sequence[int] = (),
    mode: Mode = Mode.OVERWRITE,
    max_bad: str | None = None,
) -> RunFolder:
    """A run of made-up contacts, ready to start; those in `bad` have "bad" in their key."""
    source = settings.home.parent / f"contacts-{rows}.csv"
    lines = (
        f"{'bad' if row in bad else 'p'}{row}@example.com,Zoë Testperson {row},{row % 90}" for row in range(rows)
    )
    source.write_text("email,name,age\n" + "\n".join(lines) + "\n", encoding="utf-8")
    folder = create_run(settings, source_name=source.name, who="tester", now=datetime.now(UTC))
    adopt_source(folder, source)
    prepare_stage(folder)
    columns = (ColumnSpec("email", "email"), ColumnSpec("name", "name"), ColumnSpec("age", "age", DynamoType.N))
    prepare_schema(folder, KEY, Schema(columns, ("email",)))
    check_run(folder, KEY)
    target = Target(Connection("custom", endpoint_url=url), "made-up", "EmailContacts")
    plan = plan_run(folder, target=target, key=KEY, pace=Pace(workers=workers), mode=mode, max_bad=max_bad)
    freeze_plan(folder, plan, CheckResult.open(folder.check)).close()
    return folder


def snapshot(folder: RunFolder) -> Snapshot:
    """The ledger now, checked to add up."""
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        return adding_up(ledger)


def adding_up(ledger: Ledger) -> Snapshot:
    """A snapshot between two counts of every row and range: written rows only grow, and all rows are somewhere."""
    before, now, after = ledger.recount(), ledger.snapshot(), ledger.recount()
    assert before.total == now.buckets.total == after.total == now.rows
    assert before.written <= now.buckets.written <= after.written
    assert before.pending >= now.buckets.pending >= after.pending >= 0
    return now


def until(folder: RunFolder, holds: Callable[[Snapshot], bool]) -> Snapshot:
    """The first snapshot for which it holds; every one on the way has to add up."""
    give_up_s = time.monotonic() + PATIENCE_S
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        while True:
            now = adding_up(ledger)
            if holds(now):
                return now
            assert time.monotonic() < give_up_s, f"it did not come about: {now}"
            time.sleep(0.003)


def until_sent_twice(table: StrictTable) -> None:
    """Two runners are at work on the same rows."""
    give_up_s = time.monotonic() + PATIENCE_S
    while max(table.log()["sent"].values(), default=0) < 2:
        assert time.monotonic() < give_up_s, "no row came twice"
        time.sleep(0.05)


def start_runner_process(settings: Settings, folder: RunFolder, how: str = "as it is") -> Any:
    """A runner in a process of its own; `how` names the way it is broken, for negative controls."""
    process = WARM.Process(target=run_child, args=(str(settings.home), folder.run_id, how))
    process.start()
    return process


def run_child(home: str, run_id: str, how: str) -> None:
    """What the process does; its exit code is 0 when the run is finished, 7 when another one has it."""
    settings = Settings(Path(home))
    os.environ.update({"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "made-up"})
    if how == "without lock":
        runner.RunLock = lambda *given, **named: contextlib.nullcontext()  # type: ignore[assignment,misc]
    if how == "sleep not noticed":
        meter.STILL_S = math.inf
    if how == "workers not told":
        Ledger.set_most_workers = lambda self, workers: None  # type: ignore[method-assign]
    if how == "start not noted":
        Ledger.start_slice = lambda self, slice_index: None  # type: ignore[method-assign]
    send = {"recorded before acknowledged": recorded_before_acknowledged, "deaf": deaf}.get(how, write_batches)
    try:
        state = execute_run(settings, run_id, send=send)
    except RunBusy:
        os._exit(7)
    os._exit(0 if state is RunState.FINISHED else 1)


def recorded_before_acknowledged(
    batches: Iterator[Batch], destination: Any, *, record: Callable[..., None], **how: Any
) -> None:
    """The order that loses rows."""

    def recorded() -> Iterator[Batch]:
        for batch in batches:
            record([Acknowledged(batch.slice_index, tuple(batch.positions), (), (), 0.0, 1, 0.0, 0)])
            yield batch

    write_batches(recorded(), destination, record=lambda acknowledged: None, **how)


def deaf(batches: Iterator[Batch], destination: Any, *, command: Any, **how: Any) -> None:
    """An engine that does not listen to commands."""
    write_batches(batches, destination, command=lambda: Command(workers=4), **how)
