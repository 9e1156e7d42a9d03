"""Starting, stopping and asking after the embedded engine. Two starts at once give one engine."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

import psutil

from importer.errors import ConfigError, FatalError, ImporterError
from importer.settings import Settings
from importer.table.engine_state import (
    ENDED_AT_ONCE,
    EngineInfo,
    EngineState,
    ProcessMark,
    make_engine_folder,
    read_state,
    state_file,
    write_state,
)
from importer.table.fetch import REPOSITORY, find_program
from importer.table.leases import drop_lasting_leases, take_lease
from importer.table.programs import LOOPBACK, Program

LOCK_PATIENCE_S = 900.0
"""Another process may be fetching the engine over a slow line."""

STARTS = 3
"""A port is free when it is chosen and may be taken when the engine comes for it; hardly three times in a row."""

CHANGE_PATIENCE_S = 30.0
POLL_S = 0.02
KEEP_S = 0.5
"""Between two looks of a lease at the supervisor; a run waits longer than that for an engine that is gone."""

ALIVE_PHASES = ("starting", "ready", "restarting")
"""What a supervisor's last word is when it was killed; one that was told to stop says so first."""


class EngineLease:
    """The engine for as long as a `with` block lasts; `.info` says where it is.

    An engine whose supervisor was killed is started again meanwhile; one that was stopped stays so.
    """

    def __init__(self, settings: Settings, purpose: str) -> None:
        self._settings = settings
        self._purpose = purpose
        self._file: Path | None = None
        self._over = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name=f"engine-{purpose}", daemon=True)
        self.info: EngineInfo

    def __enter__(self) -> EngineLease:
        self.info = start_engine(self._settings, lease=self._purpose)
        self._file = take_lease(self._settings, self._purpose)
        self._keeper.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._over.set()
        if self._keeper.is_alive():
            self._keeper.join(CHANGE_PATIENCE_S)
        if self._file is not None:
            self._file.unlink(missing_ok=True)

    def _keep(self) -> None:
        while not self._over.wait(KEEP_S):
            state = read_state(self._settings)
            if state is None or state.phase not in ALIVE_PHASES or state.supervisor.alive:
                continue
            with suppress(ImporterError):  # tried again in a moment; whoever needs the engine says that it is gone
                start_engine(self._settings, lease=self._purpose)


def start_engine(
    settings: Settings, *, lease: str, lasting: bool = False, environ: Mapping[str, str] = os.environ
) -> EngineInfo:
    """The running engine, started (and fetched) where it is not; quick when it is.

    It stays while this process lives, or with `lasting` until `stop_engine`. Raises ConfigError when no engine can be
    had or none comes up.
    """
    make_engine_folder(settings)
    take_lease(settings, lease, lasting=lasting)
    state = read_state(settings)
    if state is not None and state.is_up:
        return state.info
    with _locked(settings):
        state = _settled(settings)
        if state is not None and state.is_up:
            return state.info
        _end_stale_engine(state)
        program = find_program(settings, environ)
        for _ in range(STARTS - 1):
            with suppress(_EndedAtOnce):
                return _start(settings, program, _choose_port(state))
        return _start(settings, program, _choose_port(state))


def stop_engine(settings: Settings) -> bool:
    """Stop the engine cleanly, whoever still uses it; whether one was running."""
    if not settings.engine.is_dir():
        return False
    drop_lasting_leases(settings)
    with _locked(settings):
        state = read_state(settings)
        if state is None:
            return False
        was_running = state.supervisor.alive
        if was_running:
            write_state(settings, replace(state, phase="stopping"))
            with suppress(ProcessLookupError):
                os.kill(state.supervisor.pid, signal.SIGTERM)
            if not _gone(state.supervisor, CHANGE_PATIENCE_S):
                psutil.Process(state.supervisor.pid).kill()
        return _end_stale_engine(read_state(settings)) or was_running


def engine_status(settings: Settings) -> EngineInfo | None:
    """The engine if it is up, without starting anything."""
    state = read_state(settings)
    return state.info if state is not None and state.is_up else None


@contextmanager
def _locked(settings: Settings) -> Iterator[None]:
    """One start or stop at a time for this home; the lock ends with the process that holds it."""
    deadline = time.monotonic() + LOCK_PATIENCE_S
    with (settings.engine / "start.lock").open("w") as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise FatalError("Another process has been starting the embedded engine for 15 min.") from None
                time.sleep(POLL_S)
        yield


def _settled(settings: Settings) -> EngineState | None:
    """The state once a living supervisor is neither starting, restarting nor stopping (or has taken too long)."""
    deadline = time.monotonic() + CHANGE_PATIENCE_S
    while True:
        state = read_state(settings)
        if state is None or state.phase == "ready" or not state.supervisor.alive:
            return state
        if time.monotonic() > deadline:
            with suppress(psutil.Error):
                psutil.Process(state.supervisor.pid).kill()
            return state
        time.sleep(POLL_S)


def _end_stale_engine(state: EngineState | None) -> bool:
    """End an engine that outlived its supervisor; it is known by pid, start time and executable."""
    if state is None or state.process is None or state.supervisor.alive or not state.process.alive:
        return False
    with suppress(psutil.Error):
        process = psutil.Process(state.process.pid)
        if process.exe() != state.executable:
            return False
        process.terminate()
        if not _gone(state.process, CHANGE_PATIENCE_S / 2):
            process.kill()
            _gone(state.process, CHANGE_PATIENCE_S)
        return True
    return False


def _gone(mark: ProcessMark, patience_s: float) -> bool:
    deadline = time.monotonic() + patience_s
    while mark.alive:
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
    return True


def _choose_port(state: EngineState | None) -> int:
    """The port of last time, so that saved addresses stay right; another when something else has it now."""
    wanted = urlsplit(state.info.endpoint_url).port or 0 if state else 0
    for port in (wanted, 0):
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((LOOPBACK, port))
            return int(probe.getsockname()[1])
    raise ConfigError("No free port was found on this machine for the embedded engine.")


class _EndedAtOnce(ConfigError):
    """The engine ended before it answered: another program may have taken its port in the moment before."""


def _start(settings: Settings, program: Program, port: int) -> EngineInfo:
    state_file(settings).unlink(missing_ok=True)
    _launch_supervisor(settings, program, port)
    return _wait_until_up(settings, program)


def _launch_supervisor(settings: Settings, program: Program, port: int) -> None:
    command = [sys.executable, "-m", "importer.table.supervisor", "--home", str(settings.home)]
    command += ["--engine", program.name, "--executable", str(program.executable), "--port", str(port)]
    done = subprocess.run(
        command,
        cwd=REPOSITORY,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        timeout=CHANGE_PATIENCE_S,
        check=False,
    )
    if done.returncode:
        raise ConfigError(
            f"The embedded engine's supervisor ended with code {done.returncode}. Run make setup again."
        )


def _wait_until_up(settings: Settings, program: Program) -> EngineInfo:
    deadline = time.monotonic() + program.ready_patience_s + CHANGE_PATIENCE_S
    while time.monotonic() < deadline:
        state = read_state(settings)
        if state is not None and state.phase == "ready":
            return state.info
        if state is not None and (state.phase == "failed" or not state.supervisor.alive):
            data = program.data_in(settings.engine)
            raise (_EndedAtOnce if ENDED_AT_ONCE in state.reason else ConfigError)(
                f"The embedded engine did not start: {state.reason or 'it was killed'}. "
                f"Check the space on the disk and the file {data}, or use another connection."
            )
        time.sleep(POLL_S)
    raise ConfigError(f"The embedded engine {program.name} did not answer in time. Try again.")
