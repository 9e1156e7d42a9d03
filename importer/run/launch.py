"""What a person asks of a run from outside its process: start, pause, cancel, another pace."""

from __future__ import annotations

import getpass
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from importer.errors import ConfigError, FatalError
from importer.plan import Pace
from importer.run.folder import RunFolder, open_run
from importer.run.ledger import Ledger
from importer.run.lock import RunBusy, RunLock
from importer.run.processes import this_holder
from importer.run.shown import ShownRun, refuse_changed_run
from importer.run.states import RunState
from importer.settings import Settings

CODE_HOME = Path(__file__).resolve().parents[2]
"""The folder that holds the package: a runner is started from any working folder."""


def start_runner(settings: Settings, run_id: str, *, seen: ShownRun | None = None, who: str = "") -> int:
    """Start a process of its own for a planned run; its pid. It outlives whoever started it. `seen`: the run as it
    was on the screen of the person who asks. `who` that is goes into the ledger, here as below.

    Raises RunBusy when a process has the run, NotAsShown when it is not as it was `seen`, ConfigError when there is
    no plan or nothing left to do.
    """
    folder = open_run(settings, run_id)
    with RunLock(folder, this_holder(_now())), Ledger.open(folder.ledger) as ledger:
        refuse_changed_run(seen, ledger)
        if ledger.snapshot().state is RunState.FINISHED:
            raise ConfigError(f"Run {run_id} is finished; every row has its place. Make a new run to import again.")
        ledger.note_deed(who or local_user(), "resumed" if ledger.snapshot().starts else "started", _now())
        ledger.queue(_now())
    with os.fdopen(os.open(folder.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as out:
        try:
            process = subprocess.Popen(
                [sys.executable, "-m", "importer", "resume", run_id, "--if-queued"],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                cwd=CODE_HOME,
                env={**os.environ, "IMPORTER_HOME": str(settings.home)},
            )
        except OSError as error:
            raise FatalError(f"The runner could not be started ({error.strerror}). Try again.") from error
    threading.Thread(target=process.wait, name=f"reap-{process.pid}", daemon=True).start()
    return process.pid


def pause_run(settings: Settings, run_id: str, *, who: str = "") -> RunState:
    """Ask the runner to stop sending and wait; the state of a run that nobody has is set at once."""
    return _ask(settings, run_id, "pause", RunState.PAUSED, who)


def cancel_run(settings: Settings, run_id: str, *, who: str = "") -> RunState:
    """Ask the runner to stop for good (it can be resumed); the state of a run that nobody has is set at once."""
    return _ask(settings, run_id, "cancel", RunState.CANCELLED, who)


def set_pace(settings: Settings, run_id: str, pace: Pace, *, who: str = "") -> None:
    """Caps and workers from now on; a running run follows within 50 ms."""
    with Ledger.open(open_run(settings, run_id).ledger) as ledger:
        ledger.note_deed(who or local_user(), "changed the pace", _now())
        ledger.command(**vars(pace))


def note_deed(folder: RunFolder, who: str, what: str) -> None:
    """Let the ledger of a planned run know what a person did; a list that is not planned has none."""
    if folder.frozen:
        with Ledger.open(folder.ledger) as ledger:
            ledger.note_deed(who or local_user(), what, _now())


def local_user() -> str:
    """The account of this machine that the process runs as, "" when it has no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def _ask(settings: Settings, run_id: str, wanted: str, at_once: RunState, who: str) -> RunState:
    folder = open_run(settings, run_id)
    if not folder.frozen:
        raise ConfigError(f"Run {run_id} has not been started. There is nothing to {wanted}.")
    with Ledger.open(folder.ledger) as ledger:
        ledger.note_deed(who or local_user(), f"asked to {wanted}", _now())
        ledger.command(state=wanted)
        try:
            with RunLock(folder, this_holder(_now())):
                now = ledger.snapshot().state
                if now is RunState.FINISHED:
                    return now
                ledger.set_state(at_once, f"Stopped by a person ({wanted}) before it was started again.", _now())
                return at_once
        except RunBusy:
            return ledger.snapshot().state


def _now() -> datetime:
    return datetime.now(UTC)
