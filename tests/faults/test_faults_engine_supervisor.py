"""A run goes on when the supervisor of the embedded engine is killed in its midst."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

from importer.run import list_runs
from importer.settings import Settings
from importer.table import EngineLease, count_items, dynamodb_client, embedded_connection, engine_status, start_engine
from importer.table.engine_state import read_state
from importer.table.leases import take_lease

REPOSITORY = Path(__file__).resolve().parents[2]
ROWS = 1_500


def wait_for(condition: Callable[[], object], patience_s: float = 60.0) -> None:
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def kill_supervisor(settings: Settings) -> int:
    """Its pid, once it is gone."""
    state = read_state(settings)
    assert state is not None
    supervisor = psutil.Process(state.supervisor.pid)
    supervisor.kill()
    with suppress(psutil.Error):
        supervisor.wait(10)
    return state.supervisor.pid


def written(settings: Settings) -> int:
    return sum(run.buckets.written for run in list_runs(settings))


def test_a_run_whose_engine_lost_its_supervisor_ends_with_every_row(tmp_path: Path) -> None:
    settings, file = Settings(tmp_path / "home"), tmp_path / "list.csv"
    file.write_text("email\n" + "".join(f"p{row}@example.com\n" for row in range(ROWS)))
    command = [sys.executable, "-m", "importer", "run", str(file), "--table", "EmailContacts", "--yes", "--json"]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environ["IMPORTER_HOME"] = str(settings.home)
    pipe = subprocess.PIPE
    rate = ["--rate-rows", "500"]
    process = subprocess.Popen([*command, *rate], cwd=REPOSITORY, env=environ, stdout=pipe, stderr=pipe, text=True)
    wait_for(lambda: 0 < written(settings) < ROWS)
    killed = kill_supervisor(settings)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    told = json.loads(out)
    assert (told["state"], told["written"], told["pending"]) == ("finished", ROWS, 0)
    now = read_state(settings)
    assert now is not None
    assert now.supervisor.pid != killed
    client = dynamodb_client(embedded_connection(settings, lease="test"))
    assert count_items(client, "EmailContacts") == ROWS
    client.close()


def test_a_lease_brings_the_engine_back_where_it_was(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home")
    with EngineLease(settings, "test") as lease:
        kill_supervisor(settings)
        wait_for(lambda: engine_status(settings))
        now = engine_status(settings)
        assert now is not None
        assert (now.endpoint_url, now.data) == (lease.info.endpoint_url, lease.info.data)
    take_lease(settings, "test").unlink()


def test_control_without_a_lease_that_looks_the_engine_stays_gone(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home")
    start_engine(settings, lease="test")
    kill_supervisor(settings)
    time.sleep(1.5)
    assert engine_status(settings) is None
