"""The process that keeps the embedded engine alive: `python -m importer.table.supervisor`, begun by `start_engine`.

It starts the engine, starts it again on the same port when it dies, and ends it when no live lease is left or when it
is told to (SIGTERM). Its word is `engine.json`. It has one thread and no SDK in it.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from importer.settings import Settings
from importer.table.connection import is_loopback
from importer.table.door import Door, hidden_host, new_secret
from importer.table.engine_state import (
    ENDED_AT_ONCE,
    EngineInfo,
    EngineState,
    Phase,
    ProcessMark,
    make_engine_folder,
    mark_of,
    own_mark,
    write_state,
)
from importer.table.leases import live_leases
from importer.table.probe import ensure_default_table, is_ready
from importer.table.programs import LOOPBACK, Program, dynoxide, ministack

POLL_S = 0.25
READY_POLL_S = 0.01
IDLE_GRACE_S = 2.0
"""How long the engine outlives its last lease: a page reload or the next command finds it still there."""

FIRST_BACKOFF_S = 0.05
LONGEST_BACKOFF_S = 5.0
STEADY_S = 10.0
"""An engine that ran this long was well: the next restart is at once again."""

STOP_PATIENCE_S = 10.0
PR_SET_PDEATHSIG = 1
"""Linux, prctl(2)."""


class Signals:
    """Waits that end at once when a signal comes: told to stop, or the engine died. The door is open meanwhile."""

    def __init__(self, door: Door) -> None:
        self.told_to_stop = False
        self.door = door
        self._wake, poke = os.pipe()
        door.wake_by(self._wake)
        os.set_blocking(self._wake, False)
        os.set_blocking(poke, False)
        signal.set_wakeup_fd(poke, warn_on_full_buffer=False)
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def wait(self, seconds: float) -> None:
        """Wait, at most `seconds`."""
        self.door.serve(seconds)
        with suppress(BlockingIOError):
            os.read(self._wake, 512)

    def _stop(self, *_: object) -> None:
        self.told_to_stop = True


@dataclass(frozen=True)
class Place:
    """Where the door is, where the engine behind it listens, and the secret that opens the door."""

    port: int
    host: str
    hidden_port: int
    secret: str

    @property
    def engine_url(self) -> str:
        """The engine's own address, for this process alone."""
        return f"http://{self.host}:{self.hidden_port}"


def choose_place(port: int) -> Place:
    """A place for an engine whose door is on `port`."""
    host = hidden_host()
    with socket.socket() as probe:
        probe.bind((host, 0))
        hidden_port = int(probe.getsockname()[1])
    return Place(port, host, hidden_port, new_secret())


class Supervisor:
    """Keeps one engine on one port. `wait` is interruptible; `clock` is monotonic, in s."""

    def __init__(
        self, settings: Settings, program: Program, place: Place, signals: Signals, clock: Callable[[], float]
    ) -> None:
        self._settings = settings
        self._program = program
        self._place = place
        self._signals = signals
        self._clock = clock
        self._data = program.data_in(settings.engine)
        self._url = f"http://{LOOPBACK}:{place.port}"
        self._mark = own_mark()
        self._restarts = 0
        self._idle_since: float | None = None
        self._phase: Phase = "starting"

    def run(self) -> int:
        """Until nobody needs the engine; the exit code is 1 when it never came up."""
        backoff_s = FIRST_BACKOFF_S
        while True:
            started = self._clock()
            process = self._spawn()
            if self._comes_up(process):
                self._tell("ready", process)
                self._watch(process)
            if self._is_over():
                return self._end(process)
            if self._phase == "starting":
                return self._give_up(process)
            self._restarts += 1
            self._tell("restarting", process)
            _stop(process)
            backoff_s = FIRST_BACKOFF_S if self._clock() - started > STEADY_S else backoff_s
            self._signals.wait(backoff_s)
            backoff_s = min(backoff_s * 2, LONGEST_BACKOFF_S)

    def _spawn(self) -> subprocess.Popen[bytes]:
        """The engine's own output is dropped: it may quote what people store in it."""
        self._data.parent.mkdir(mode=0o700, exist_ok=True)
        if self._program.name == "ministack":
            self._data.mkdir(mode=0o700, exist_ok=True)
        return subprocess.Popen(
            self._program.command(self._place.hidden_port, self._data, self._place.host),
            env=self._program.environment(self._place.hidden_port, self._data, os.environ, self._place.host),
            cwd=self._data.parent,
            umask=0o077,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=_die_with_parent(self._program.orphan_signal),  # noqa: PLW1509 (one thread only)
        )

    def _comes_up(self, process: subprocess.Popen[bytes]) -> bool:
        """Whether our own process answers a real request on our port, and on loopback only."""
        self._tell(self._phase if self._phase == "starting" else "restarting", process)
        deadline = self._clock() + self._program.ready_patience_s
        while process.poll() is None and not self._signals.told_to_stop and self._clock() < deadline:
            if listens_on(process.pid, self._place.hidden_port) and is_ready(self._place.engine_url):
                return ensure_default_table(self._place.engine_url)
            self._signals.wait(READY_POLL_S)
        return False

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        """Return when the engine died or is no longer needed."""
        while process.poll() is None and not self._is_over():
            self._signals.wait(POLL_S)

    def _is_over(self) -> bool:
        """Told to stop, or no live lease for a while.

        `stopping` is said before the leases are read a last time: whoever takes a lease either is seen here, or sees
        `stopping` and waits for the end (`start_engine` takes its lease first and reads the state second).
        """
        if self._signals.told_to_stop:
            return True
        if live_leases(self._settings):
            self._idle_since = None
            return False
        now = self._clock()
        self._idle_since = now if self._idle_since is None else self._idle_since
        if now - self._idle_since < IDLE_GRACE_S:
            return False
        before, process = self._phase, self._process
        self._tell("stopping", process)
        if live_leases(self._settings):
            self._tell(before, process)
            return False
        return True

    def _end(self, process: subprocess.Popen[bytes]) -> int:
        self._tell("stopping", process)
        _stop(process)
        self._tell("stopped", None)
        return 0

    def _give_up(self, process: subprocess.Popen[bytes]) -> int:
        code = process.poll()
        _stop(process)
        why = "did not answer in time" if code is None else f"ended with code {code} {ENDED_AT_ONCE}"
        self._tell("failed", None, reason=f"{self._program.name} {why}")
        return 1

    def _tell(self, phase: Phase, process: subprocess.Popen[bytes] | None, *, reason: str = "") -> None:
        self._phase, self._process = phase, process
        program = self._program
        mark, executable = _identity(process)
        info = EngineInfo(
            engine=program.name,
            version=program.version,
            endpoint_url=self._url,
            data=str(self._data),
            durable=program.durable,
            note=program.note,
            pid=process.pid if process else 0,
        )
        state = EngineState(phase, info, self._mark, mark, executable, reason, self._restarts, self._place.secret)
        write_state(self._settings, state)


def listens_on(pid: int, port: int) -> bool:
    """Whether the process listens on this port of loopback; an engine that others can reach is killed at once."""
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        sockets = [entry.laddr for entry in process.net_connections("tcp") if entry.status == psutil.CONN_LISTEN]
        if any(not is_loopback(f"http://[{at.ip}]" if ":" in at.ip else f"http://{at.ip}") for at in sockets):
            process.kill()
            return False
        return any(at.port == port for at in sockets)
    return False


def _identity(process: subprocess.Popen[bytes] | None) -> tuple[ProcessMark | None, str]:
    if process is None:
        return None, ""
    try:
        return mark_of(process.pid), psutil.Process(process.pid).exe()
    except psutil.Error:
        return None, ""


def _stop(process: subprocess.Popen[bytes]) -> None:
    """SIGTERM, a while for it to save, then SIGKILL."""
    process.terminate()
    try:
        process.wait(STOP_PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _die_with_parent(number: int) -> Callable[[], None] | None:
    """For the new process, before it becomes the engine: on Linux, a signal when its supervisor is gone."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    parent = os.getpid()

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:
            os._exit(1)

    return ask


def main(arguments: Sequence[str] | None = None) -> int:
    """Detach (a second fork, so that the starter is not its parent), then supervise."""
    parser = argparse.ArgumentParser(prog="importer.table.supervisor")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--engine", choices=("dynoxide", "ministack"), required=True)
    parser.add_argument("--executable", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args(arguments)
    settings = Settings(home=options.home)
    make_engine_folder(settings)
    if os.fork():
        return 0
    program = dynoxide(options.executable) if options.engine == "dynoxide" else ministack(options.executable)
    place = choose_place(options.port)
    door = Door(place.port, (place.host, place.hidden_port), place.secret)
    return Supervisor(settings, program, place, Signals(door), time.monotonic).run()


if __name__ == "__main__":
    sys.exit(main())
