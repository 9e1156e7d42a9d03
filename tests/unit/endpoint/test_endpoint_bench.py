"""The endpoint's measuring script runs with tiny numbers, so that it cannot rot. No figure is asserted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).resolve().parents[2] / "bench" / "bench_endpoint.py"


def test_it_measures_cold_start_and_runs() -> None:
    command = [sys.executable, str(BENCH), "--rows", "40", "--starts", "1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    lines = done.stdout.splitlines()
    assert lines[0].startswith("package ")
    assert lines[-1].startswith("| 40 | 0.8 s | ")
