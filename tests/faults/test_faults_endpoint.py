"""A list sent through the endpoint: killed and resumed, and past everything a gateway does to requests.

The function behind HTTP is the real one; a plain HTTP server stands for API Gateway, so that 20,000 contacts take
seconds. Through API Gateway's own path a smaller list goes in tests/conformance.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from run_kit import HERE, KEY, PATIENCE_S, REPOSITORY, snapshot, start_runner_process, strict_table, until

from importer.check import CheckResult, ColumnSpec, DynamoType, Schema
from importer.endpoint import BATCH_TABLE, batch_connection, save_key
from importer.plan import Pace
from importer.run import (
    RunFolder,
    RunState,
    adopt_source,
    check_run,
    create_run,
    freeze_plan,
    plan_run,
    prepare_schema,
    prepare_stage,
)
from importer.settings import Settings
from importer.table import find_target

API_KEY = "made-up-key-4711-of-no-endpoint"


class Gateway:
    """The endpoint as a process of its own."""

    def __init__(self, url: str) -> None:
        self.url = url

    def log(self) -> dict[str, Any]:
        """`sent`: key → times; `requests`: how many reached the function."""
        with urllib.request.urlopen(self.url, timeout=10) as reply:
            return json.load(reply)


@contextmanager
def gateway(table_url: str, *, api_key: str = "", **faults: float) -> Iterator[Gateway]:
    options = ["--table-url", table_url, "--faults", json.dumps(faults), "--api-key", api_key]
    process = subprocess.Popen(
        [sys.executable, str(HERE / "endpoint_server.py"), *options],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )
    assert process.stdout is not None
    try:
        yield Gateway(json.loads(process.stdout.readline())["url"])
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def planned(
    settings: Settings, url: str, rows: int, *, bad: tuple[int, ...] = (), pace: Pace | None = None
) -> RunFolder:
    """A run of made-up contacts to the endpoint; the check knows no e-mail rule, so the bad ones come that far."""
    source = settings.home.parent / f"contacts-{rows}.csv"
    settings.home.mkdir(parents=True, exist_ok=True)
    lines = (
        f"{'bad' if row in bad else 'p'}{row}@example.com,Zoë Testperson {row},{row % 90}.50" for row in range(rows)
    )
    source.write_text("email,name,age\n" + "\n".join(lines) + "\n", encoding="utf-8")
    folder = create_run(settings, source_name=source.name, who="tester", now=datetime.now(UTC))
    adopt_source(folder, source)
    prepare_stage(folder)
    columns = (ColumnSpec("email", "email"), ColumnSpec("name", "name"), ColumnSpec("age", "age", DynamoType.N))
    prepare_schema(folder, KEY, Schema(columns, ("email",)))
    check_run(folder, KEY)
    target = find_target(batch_connection(url), BATCH_TABLE)
    plan = plan_run(folder, target=target, key=KEY, pace=pace or Pace(workers=4))
    freeze_plan(folder, plan, CheckResult.open(folder.check)).close()
    return folder


def finish(settings: Settings, folder: RunFolder, code: int = 0) -> None:
    process = start_runner_process(settings, folder)
    process.join(PATIENCE_S)
    assert process.exitcode == code


def test_20_000_contacts_through_the_endpoint_survive_kills_and_lose_no_row(tmp_path: Path) -> None:
    settings, kills, workers = Settings(tmp_path / "home"), 3, 4
    with strict_table() as table, gateway(table.url, latency_s=0.005) as endpoint:
        folder = planned(settings, endpoint.url, 20_000, pace=Pace(workers=workers))
        rng = random.Random(7)
        for kill in range(kills):
            process = start_runner_process(settings, folder)
            goal = (kill + 1) * 4_000 + rng.randint(0, 1_500)
            until(folder, lambda now, goal=goal: now.rows - now.buckets.pending >= goal)
            os.kill(process.pid, signal.SIGKILL)
            process.join()
            assert process.exitcode == -signal.SIGKILL
        finish(settings, folder)
        sent, items = endpoint.log()["sent"], table.items()
    assert {item["email"]["S"] for item in items} == {f"p{row}@example.com" for row in range(20_000)}
    assert {"email": {"S": "p7@example.com"}, "name": {"S": "Zoë Testperson 7"}, "age": {"N": "7.5"}} in items
    sent_again = sum(sent.values()) - 20_000
    assert 0 < sent_again <= kills * workers * 25
    after = snapshot(folder)
    assert (after.state, after.buckets.written, after.buckets.total) == (RunState.FINISHED, 20_000, 20_000)


FAULTS = {"throttle": 0.03, "bad_gateway": 0.03, "unavailable": 0.03, "timeout": 0.03, "lost": 0.03, "page": 0.03}


@pytest.mark.parametrize("fault", ["throttle", "lost", "all of them"])
def test_what_a_gateway_does_to_requests_loses_no_row(tmp_path: Path, fault: str) -> None:
    settings = Settings(tmp_path / "home")
    faults = FAULTS if fault == "all of them" else {fault: 0.1}
    with strict_table(unprocessed=0.05) as table, gateway(table.url, **faults) as endpoint:
        folder = planned(settings, endpoint.url, 1_000)
        finish(settings, folder)
        stored = {item["email"]["S"] for item in table.items()}
    assert stored == {f"p{row}@example.com" for row in range(1_000)}
    after = snapshot(folder)
    assert (after.state, after.buckets.written) == (RunState.FINISHED, 1_000)


def test_contacts_that_the_table_refuses_fail_with_their_code_and_take_no_other_with_them(tmp_path: Path) -> None:
    settings, bad = Settings(tmp_path / "home"), (3, 77, 78, 499)
    with strict_table(bad_mark="bad") as table, gateway(table.url) as endpoint:
        folder = planned(settings, endpoint.url, 500, bad=bad)
        finish(settings, folder)
        stored = {item["email"]["S"] for item in table.items()}
    assert stored == {f"p{row}@example.com" for row in range(500) if row not in bad}
    after = snapshot(folder)
    assert (after.buckets.written, after.buckets.failed, after.buckets.pending) == (496, 4, 0)
    ledger = b"".join(path.read_bytes() for path in folder.path.glob("ledger*"))
    assert b"example.com" not in ledger


def test_the_key_is_sent_and_is_nowhere_in_the_run(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home")
    with strict_table() as table, gateway(table.url, api_key=API_KEY) as endpoint:
        folder = planned(settings, endpoint.url, 100)
        finish(settings, folder, code=1)
        refused = snapshot(folder)
        assert refused.state is RunState.PAUSED
        assert "refuses the API key" in refused.reason
        save_key(settings, endpoint.url, API_KEY)
        finish(settings, folder)
    assert snapshot(folder).buckets.written == 100
    files = [path for path in folder.path.rglob("*") if path.is_file()]
    assert files
    assert all(API_KEY.encode() not in path.read_bytes() for path in files)


def test_the_old_pace_is_one_request_at_a_time_with_its_pause(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home")
    with strict_table() as table, gateway(table.url) as endpoint:
        folder = planned(settings, endpoint.url, 250, pace=Pace(pause_s=0.1, workers=1))
        finish(settings, folder)
        assert endpoint.log()["requests"] == 10
    after = snapshot(folder)
    assert (after.buckets.written, after.most_workers) == (250, 1)
    assert after.active_s >= 0.9
