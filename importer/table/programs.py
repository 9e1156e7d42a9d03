"""The two engines that can be embedded: how each is started, and whether it keeps what it acknowledged."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

EngineName = Literal["dynoxide", "ministack"]

DYNOXIDE_VERSION = "1.2.1"
MINISTACK_VERSION = "1.5.33"
LOOPBACK = "127.0.0.1"

_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "SYSTEMROOT")
"""Engines need nothing of our environment; above all no AWS settings."""


@dataclass(frozen=True)
class Program:
    """One engine on this machine. `executable` is dynoxide itself, or the Python that has ministack."""

    name: EngineName
    version: str
    executable: Path
    durable: bool
    note: str
    ready_patience_s: float
    orphan_signal: int
    """What the system sends it when its supervisor is gone."""

    def command(self, port: int, data: Path, host: str = LOOPBACK) -> list[str]:
        """The command line that serves `data` on an address of loopback."""
        if self.name == "dynoxide":
            where = ["--host", host, "--port", str(port)]
            return [str(self.executable), "serve", *where, "--db-path", str(data)]
        return [str(self.executable), "-m", "ministack"]

    def environment(self, port: int, data: Path, environ: Mapping[str, str], host: str = LOOPBACK) -> dict[str, str]:
        """The whole environment of the engine. ministack is set up by it, and binds 0.0.0.0 unless told otherwise."""
        passed = {name: environ[name] for name in _PASSED_ON if name in environ}
        folder = str(data.parent)
        passed |= {"HOME": folder, "TMPDIR": folder}
        if self.name == "dynoxide":
            return passed
        return passed | {
            "BIND_HOST": host,
            "GATEWAY_PORT": str(port),
            "IOT_MTLS_ENABLED": "0",
            "PERSIST_STATE": "1",
            "STATE_DIR": str(data),
            "SERVICES": "dynamodb",
            "LOG_LEVEL": "ERROR",
            "DOCKER_HOST": "unix:///nonexistent",
        }

    def data_in(self, engine_folder: Path) -> Path:
        """Its file (dynoxide) or folder (ministack) of data."""
        name = "tables.sqlite" if self.name == "dynoxide" else "state"
        return engine_folder / self.name / name


def dynoxide(executable: Path) -> Program:
    """The default: SQLite underneath, so that what was acknowledged survives kill -9."""
    return Program(
        name="dynoxide",
        version=DYNOXIDE_VERSION,
        executable=executable,
        durable=True,
        note="keeps data",
        ready_patience_s=15.0,
        orphan_signal=signal.SIGKILL,
    )


def ministack(python: Path) -> Program:
    """The fallback where no dynoxide can be had; it needs a SIGTERM and a moment to save."""
    return Program(
        name="ministack",
        version=MINISTACK_VERSION,
        executable=python,
        durable=False,
        note="fallback engine: keeps data only when it is stopped cleanly",
        ready_patience_s=60.0,
        orphan_signal=signal.SIGTERM,
    )
