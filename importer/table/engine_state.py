"""What is known of the embedded engine, kept in `<home>/engine/engine.json`, and who is alive."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

import psutil

from importer.settings import Settings, load_settings

Phase = Literal["starting", "ready", "restarting", "stopping", "stopped", "failed"]

START_TIME_SLACK_S = 3.0
"""A process's start time is computed from the boot time, which wanders a little when the clock is set."""


ENDED_AT_ONCE = "before it was ready"
"""How the reason of an engine ends that was gone before it answered."""


@dataclass(frozen=True)
class EngineInfo:
    """The engine as shown on screen. `durable`: what it acknowledged survives a crash of the engine."""

    engine: str
    version: str
    endpoint_url: str
    data: str
    durable: bool
    note: str
    pid: int


@dataclass(frozen=True)
class ProcessMark:
    """A process that cannot be mistaken for a later one with the same number. `started_at` is in s since 1970."""

    pid: int
    started_at: float

    @property
    def alive(self) -> bool:
        """Whether that very process still runs (a zombie does not)."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started_at) <= START_TIME_SLACK_S
            return same and process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return False


@dataclass(frozen=True)
class EngineState:
    """The supervisor's last word. `secret` is the access key that its door wants; it changes with each start."""

    phase: Phase
    info: EngineInfo
    supervisor: ProcessMark
    process: ProcessMark | None
    executable: str
    reason: str = ""
    restarts: int = 0
    secret: str = field(default="", repr=False)

    @property
    def is_up(self) -> bool:
        """Ready, and looked after by a living supervisor."""
        return self.phase == "ready" and self.supervisor.alive


def mark_of(pid: int) -> ProcessMark:
    """The mark of a running process. Raises psutil.Error when it does not run."""
    return ProcessMark(pid, psutil.Process(pid).create_time())


def own_mark() -> ProcessMark:
    """The mark of this process."""
    return mark_of(os.getpid())


def state_file(settings: Settings) -> Path:
    """Where the state is kept."""
    return settings.engine / "engine.json"


def read_state(settings: Settings) -> EngineState | None:
    """The last state, or None when there is none that can be read."""
    try:
        raw = json.loads(state_file(settings).read_text("utf-8"))
        state = EngineState(
            phase=raw["phase"],
            info=EngineInfo(**_known(EngineInfo, raw["info"])),
            supervisor=ProcessMark(**raw["supervisor"]),
            process=ProcessMark(**raw["process"]) if raw["process"] else None,
            executable=raw["executable"],
            reason=raw["reason"],
            restarts=raw["restarts"],
            secret=str(raw.get("secret", "")),
        )
        _homes[state.info.endpoint_url] = settings
        return state
    except (OSError, ValueError, KeyError, TypeError):
        return None


_homes: dict[str, Settings] = {}
"""Address of an engine → the home that it was last seen in, by this process."""


def engine_secret(endpoint_url: str) -> str:
    """The access key that the engine at this address wants now; "" where no engine of ours is known there."""
    settings = _homes.get(endpoint_url) or load_settings(os.environ)
    state = read_state(settings)
    return state.secret if state is not None and state.info.endpoint_url == endpoint_url else ""


def write_state(settings: Settings, state: EngineState) -> None:
    """Replace the state in one step, so that a reader never sees half of it."""
    path = state_file(settings)
    spare = path.with_suffix(f".{os.getpid()}.tmp")
    spare.touch(mode=0o600)
    spare.chmod(0o600)
    spare.write_text(json.dumps(asdict(state), indent=1), "utf-8")
    spare.replace(path)


def make_engine_folder(settings: Settings) -> Path:
    """The engine's folder, open to its owner only: it holds people's data."""
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings.engine.mkdir(mode=0o700, exist_ok=True)
    settings.engine.chmod(0o700)
    return settings.engine


def _known(cls: type, raw: Mapping[str, Any]) -> dict[str, Any]:
    names = {field.name for field in fields(cls)}
    return {name: value for name, value in raw.items() if name in names}
