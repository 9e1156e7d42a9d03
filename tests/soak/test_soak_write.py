"""All faults at once and a kill -9 every 2 s, over a million rows: exact contents, and buckets that always sum.

`SOAK_ROWS=100000 pytest -m soak tests/soak/test_soak_write.py -s` is the short form; it prints its figures.
"""

from __future__ import annotations

import json
import os
import random
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from faults.run_kit import StrictTable, adding_up, planned_run, snapshot, start_runner_process, strict_table

from importer.run import Bucket, Ledger, RunFolder, RunState
from importer.settings import Settings

ROWS = int(os.environ.get("SOAK_ROWS", "1000000"))
KILL_EVERY_S = 2.0
SNAPSHOTS = 1000
ALL_FAULTS = {
    "seed": 17,
    "unprocessed": 0.05,
    "throttle": 0.01,
    "error_500": 0.005,
    "error_503": 0.005,
    "reset": 0.005,
    "lost_reply": 0.005,
    "half_body": 0.005,
    "cut_json": 0.005,
    "wrong_crc": 0.005,
    "html": 0.005,
    "no_key": 0.005,
    "no_code": 0.005,
    "slow": 0.002,
    "slow_s": 0.2,
    "latency_s": 0.001,
    "bad_mark": "bad",
    "storms": [[10.0, 12.0], [40.0, 43.0]],
    "slow_spells": [[20.0, 25.0, 0.05]],
}


@pytest.mark.soak
def test_a_million_rows_with_all_faults_and_a_kill_every_2_s_end_exactly(tmp_path: Path) -> None:
    settings, rng = Settings(tmp_path / "home"), random.Random(17)
    bad = range(7, ROWS, 9973)
    with strict_table(**ALL_FAULTS) as table:
        folder = planned_run(settings, table.url, ROWS, workers=None, bad=bad)
        begun_s = time.monotonic()
        kills, looks = sent_with_kills(settings, folder, rng)
        took_s = time.monotonic() - begun_s
        assert stored_differs_from_list(table, set(bad)) == []
        figures(table, folder, kills, looks, took_s)
    end = snapshot(folder)
    assert end.state is RunState.FINISHED
    assert (end.buckets.written, end.buckets.failed, end.buckets.pending) == (ROWS - len(bad), len(bad), 0)
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        assert {row - 2 for row, *_ in ledger.outcomes(Bucket.FAILED)} == set(bad)
    assert kills >= max(ROWS // 100_000, took_s // 6), "one every 2 s; the rest is for starts on a busy machine"
    assert looks >= min(SNAPSHOTS, ROWS // 200)


def sent_with_kills(settings: Settings, folder: RunFolder, rng: random.Random) -> tuple[int, int]:
    """Runners, each killed after 2 s, until one comes to the end; how many were killed, how often was looked."""
    kills, looks = 0, 0
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        while True:
            process = start_runner_process(settings, folder)
            until_s = time.monotonic() + KILL_EVERY_S
            while process.is_alive() and time.monotonic() < until_s:
                adding_up(ledger)
                looks += 1
                time.sleep(rng.uniform(0, 0.01 if looks < SNAPSHOTS else 1.0))
            if not process.is_alive():
                process.join()
                assert process.exitcode == 0
                return kills, looks
            os.kill(process.pid, signal.SIGKILL)
            process.join()
            kills += process.exitcode == -signal.SIGKILL


def stored_differs_from_list(table: StrictTable, bad: set[int]) -> list[int]:
    """Rows whose item is missing, is another, or should not be there."""
    stored = {item["email"]["S"]: item for item in table.items()}
    good = (row for row in range(ROWS) if row not in bad)
    differing = [row for row in good if stored.pop(f"p{row}@example.com", None) != item(row)]
    return differing + [-1] * len(stored)


def item(row: int) -> dict[str, Any]:
    """What the list's row becomes."""
    return {
        "email": {"S": f"p{row}@example.com"},
        "name": {"S": f"Zoë Testperson {row}"},
        "age": {"N": str(row % 90)},
    }


def figures(table: StrictTable, folder: RunFolder, kills: int, looks: int, took_s: float) -> None:
    log = table.log()
    now = snapshot(folder)
    told = {
        "rows": ROWS,
        "seconds": round(took_s),
        "kills": kills,
        "snapshots": looks,
        "requests": log["requests"],
        "faults": log["faults"],
        "puts_sent": sum(log["sent"].values()),
        "put_more_than_once": sum(log["written"].values()) - len(log["written"]),
        "most_workers": now.most_workers,
        "lost": ROWS - now.buckets.failed - len(log["written"]),
    }
    print(json.dumps(told))
