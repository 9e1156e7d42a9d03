"""One runner a run: an exclusive lock on a file of the run's folder, which the system frees when the process ends."""

from __future__ import annotations

import fcntl
import json
import os
import time
from dataclasses import asdict
from types import TracebackType

from importer.errors import ConfigError
from importer.plain_types import UNREADABLE, of_its_types
from importer.run.folder import RunFolder
from importer.run.states import Holder

RETRY_S = 0.02


class RunBusy(ConfigError):
    """Somebody else runs this run; `holder` says who (None when the lock was taken this very moment)."""

    def __init__(self, run_id: str, holder: Holder | None) -> None:
        who = holder.sentence() if holder else "another process"
        super().__init__(f"Run {run_id} is being run by {who}. Watch it, or cancel it first.")
        self.holder = holder


class RunLock:
    """Hold it as a context manager; raises RunBusy when another process still has it after `patience_s`.

    A runner has patience: whoever starts or cancels a run takes the lock for a moment. The lock file is never
    removed: a waiting process could hold a lock on a file that is no longer in the folder.
    """

    def __init__(self, folder: RunFolder, holder: Holder, *, patience_s: float = 0.0) -> None:
        self._folder = folder
        self._patience_s = patience_s
        self._holder = holder
        self._handle: int | None = None

    def __enter__(self) -> RunLock:
        handle = os.open(self._folder.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if not _taken(handle, self._patience_s):
            told = _read_holder(handle)
            os.close(handle)
            raise RunBusy(self._folder.run_id, told)
        os.ftruncate(handle, 0)
        os.write(handle, json.dumps(asdict(self._holder)).encode())
        self._handle = handle
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        if self._handle is not None:
            os.ftruncate(self._handle, 0)
            os.close(self._handle)
            self._handle = None


def _taken(handle: int, patience_s: float) -> bool:
    """True once the lock is ours, False when it is not after `patience_s`."""
    give_up_s = time.monotonic() + patience_s
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() >= give_up_s:
                return False
            time.sleep(RETRY_S)


def _read_holder(handle: int) -> Holder | None:
    try:
        return of_its_types(Holder(**json.loads(os.pread(handle, 4096, 0))))
    except UNREADABLE:
        return None
