"""The live bar: the ledger's numbers at any width, plain lines elsewhere, and Ctrl-C that leaves a run to resume."""

from __future__ import annotations

import fcntl
import io
import json
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from strict_endpoint import Faults, running_endpoint

from importer.cli.live import LiveRun, drawn, run_line
from importer.run import Buckets, RunCommand, RunState, Sample, Snapshot, live_facts

REPOSITORY = Path(__file__).resolve().parents[3]
LAST = Sample(
    t_s=61.0,
    dt_s=1.0,
    wall=0.0,
    written=640,
    rows_s=640.0,
    wcu_s=1280.4,
    p50_ms=12.2,
    p95_ms=480.7,
    in_flight=16,
    retries=33,
    throttled=3,
    unprocessed=1234,
    errors=2,
    put_requests=2000,
    limit_wcu=1500.0,
    workers=16,
    waiting=41,
)
NOW = Snapshot(
    state=RunState.RUNNING,
    reason="",
    buckets=Buckets(written=12_400, rejected=4, failed=1, pending=7_595),
    rows=20_000,
    batches_done=496,
    batches_total=800,
    rate_rows_s=655.0,
    rate_wcu_s=1300.0,
    eta_s=11.6,
    active_s=61.0,
    starts=1,
    pacing="throttled: the table's write capacity",
    most_workers=16,
    command=RunCommand(rate_wcu=2000.0),
    holder=None,
    heartbeat_age_s=0.1,
    started_at=None,
    finished_at=None,
    last=LAST,
)


def screen(columns: int) -> list[str]:
    """The lines on a terminal so wide."""
    console = Console(file=io.StringIO(), width=columns, force_terminal=True, color_system=None, markup=False)
    console.print(drawn(NOW, "Importing", columns))
    return console.file.getvalue().splitlines()  # type: ignore[attr-defined]


@pytest.mark.parametrize("columns", [120, 80, 60, 40])
def test_no_line_is_wider_than_the_terminal_and_no_number_is_cut(columns: int) -> None:
    lines = screen(columns)
    assert max(len(line) for line in lines) <= columns
    text = " ".join(" ".join(lines).split())
    assert "…" not in text
    numbers = [
        "62%",
        "655 rows/s",
        "12,400",
        "20,000",
        "1,280",
        "1,500",
        "2,000",
        "12 ms",
        "481 ms",
        "1,234",
        "41",
        "12 s",
    ]
    assert [number for number in numbers if number not in text] == []


def test_the_wide_bar_says_it_all_in_eight_lines() -> None:
    lines = [line.rstrip() for line in screen(100)]
    assert re.fullmatch(r"Importing [━╸╺ ]+ 62% 655 rows/s · about 12 s left", lines[0])
    assert lines[1:] == [
        "Rows                  12,400 of 20,000 written, 4 rejected, 1 failed",
        "Write units a second  1,280 (at most 1,500 now, cap 2,000)",
        "Requests at a time    16 (found by itself)",
        "Answers after         12 ms (half of them), 481 ms (19 of 20)",
        "In the last second    3 throttled, 1,234 rows handed back, 2 without proof, 33 sent again, 41",
        "                      waiting for another try",
        "Holding back          throttled: the table's write capacity",
    ]


def test_a_line_of_a_log_has_the_same_numbers() -> None:
    assert run_line(NOW) == (
        "62%, batch 496 of 800, 12,400 of 20,000 written, 4 rejected, 1 failed, 655 rows/s, about 12 s left; "
        "write units a second: 1,280 (at most 1,500 now, cap 2,000); requests at a time: 16 (found by itself); "
        "answers after: 12 ms (half of them), 481 ms (19 of 20); in the last second: 3 throttled, "
        "1,234 rows handed back, 2 without proof, 33 sent again, 41 waiting for another try; "
        "holding back: throttled: the table's write capacity"
    )


def test_what_is_not_known_is_not_told() -> None:
    fresh = replace(NOW, last=None, rate_rows_s=None, eta_s=None, pacing="")
    assert live_facts(fresh) == {}
    assert run_line(fresh).endswith("starting, time left not known yet")
    ended = replace(NOW, state=RunState.FINISHED, pacing="", rate_rows_s=None, eta_s=None)
    assert live_facts(ended) == {}
    assert run_line(ended).endswith("1 failed, 1 min 01 s of sending")


def test_without_a_terminal_a_plain_line_every_five_seconds_and_one_at_the_end(capsys: pytest.CaptureFixture) -> None:
    now_s = [0.0]
    with LiveRun("Importing", clock=lambda: now_s[0]) as shown:
        for tenth in range(0, 120):
            now_s[0] = tenth / 10
            shown.snapshot(NOW)
        shown.snapshot(replace(NOW, state=RunState.FINISHED))
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 3
    assert "\x1b" not in err
    assert err.splitlines()[0].startswith("Importing: 62%, batch 496 of 800")


@contextmanager
def importer(home: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[bytes], Terminal]]:
    """The command line with a terminal for stderr that somebody looks at, stdout in a pipe; gone in the end."""
    keys = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "made-up", "TERM": "xterm-256color"}
    drop = ("COLUMNS", "LINES", "NO_COLOR")
    environ = {name: value for name, value in os.environ.items() if name not in drop}
    terminal = Terminal()
    process = subprocess.Popen(
        [sys.executable, "-m", "importer", *arguments],
        cwd=REPOSITORY,
        env={**environ, **keys, "IMPORTER_HOME": str(home)},
        stdin=terminal.other_end,
        stdout=subprocess.PIPE,
        stderr=terminal.other_end,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509
    )
    try:
        yield process, terminal
    finally:
        process.kill()
        process.communicate()
        terminal.close()


class Terminal:
    """A terminal of 80 columns. It is read all the time: a terminal that nobody reads holds a program up once its
    4 KB are full."""

    def __init__(self) -> None:
        self.end, self.other_end = pty.openpty()
        fcntl.ioctl(self.other_end, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self._shown = b""
        self._closing = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        while not self._closing.is_set():
            if select.select([self.end], [], [], 0.1)[0]:
                self._shown += os.read(self.end, 65_536)

    def wait_for(self, wanted: str, patience_s: float = 60.0) -> str:
        """What has been shown, once `wanted` is among it."""
        give_up_s = time.monotonic() + patience_s
        while wanted not in (shown := self._shown.decode(errors="replace")):
            assert time.monotonic() < give_up_s, shown[-2000:]
            time.sleep(0.02)
        return shown

    def press(self, keys: bytes) -> None:
        os.write(self.end, keys)

    def close(self) -> None:
        self._closing.set()
        self._reader.join()
        os.close(self.other_end)
        os.close(self.end)


def test_on_a_terminal_the_bar_lives_and_ctrl_c_leaves_a_run_that_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("email\n" + "".join(f"p{row}@example.com\n" for row in range(6_000)))
    faults = Faults(latency_s=0.05, unprocessed=0.2, throttle=0.1, seed=5)
    home = tmp_path / "home"
    with running_endpoint(faults) as endpoint:
        where = ("--table", "EmailContacts", "--endpoint-url", endpoint.url, "--rate-wcu", "800", "--json", "--yes")
        with importer(home, "run", str(file), *where) as (process, terminal):
            assert "\x1b[" in terminal.wait_for("19 of 20"), "it is drawn in place"
            terminal.wait_for("rows handed back")
            terminal.press(b"\x03")
            out, _ = process.communicate(timeout=60)
            assert process.returncode == 130
        summary = json.loads(out)
        assert (summary["state"], summary["written"]) == ("cancelled", len(endpoint.service.items))
        assert 0 < summary["pending"] < 6_000
        endpoint.service.set_faults(Faults())
        with importer(home, "resume", summary["run_id"], "--json") as (process, _):
            out, _ = process.communicate(timeout=60)
            assert (process.returncode, json.loads(out)["written"]) == (0, 6_000)
        assert len(endpoint.service.items) == 6_000
