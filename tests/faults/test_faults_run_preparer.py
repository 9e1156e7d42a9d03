"""A run whose slices another process prepares: killed again and again, no row is lost and nobody is left behind."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path
from typing import Any

import psutil
from run_kit import PATIENCE_S, WARM, planned_run, snapshot, strict_table, until

from importer.run import Preparer, RunFolder, RunState, execute_run
from importer.settings import Settings

ROWS, WORKERS, KILLS = 30_000, 4, 3


def run_beside_a_preparer(home: str, run_id: str, told: str) -> None:
    """A runner that begins when its helper has loaded, and says who that is."""
    os.environ.update({"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "made-up"})
    with Preparer() as preparer:
        while not preparer.ready():
            time.sleep(0.01)
        Path(told).write_text(str(preparer.pid), encoding="ascii")
        state = execute_run(Settings(Path(home)), run_id, preparer=preparer)
        helped = preparer.ready()
    os._exit(0 if state is RunState.FINISHED and helped else 1)


def started(settings: Settings, folder: RunFolder, told: Path) -> Any:
    told.unlink(missing_ok=True)
    process = WARM.Process(target=run_beside_a_preparer, args=(str(settings.home), folder.run_id, str(told)))
    process.start()
    return process


def test_a_run_with_two_processes_loses_no_row_to_kills_and_leaves_no_process(tmp_path: Path) -> None:
    settings, told, rng = Settings(tmp_path / "home"), tmp_path / "helper", random.Random(3)
    helpers: list[int] = []
    with strict_table(latency_s=0.005) as table:
        folder = planned_run(settings, table.url, ROWS, workers=WORKERS)
        for _ in range(KILLS):
            process = started(settings, folder, told)
            settled = ROWS - snapshot(folder).buckets.pending
            goal = settled + rng.randint(1, ROWS // (KILLS + 2))
            until(folder, lambda now, goal=goal: now.rows - now.buckets.pending >= goal)
            helpers.append(int(told.read_text(encoding="ascii")))
            os.kill(process.pid, signal.SIGKILL)
            process.join()
        process = started(settings, folder, told)
        process.join(PATIENCE_S)
        assert process.exitcode == 0
        sent = table.log()["sent"]
        stored = {item["email"]["S"] for item in table.items()}
    assert stored == {f"p{row}@example.com" for row in range(ROWS)}
    assert sum(sent.values()) - ROWS <= KILLS * WORKERS * 25
    assert snapshot(folder).buckets.written == ROWS
    assert not [pid for pid in helpers if psutil.pid_exists(pid)]
