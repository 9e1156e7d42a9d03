"""`engine start|stop|status`: the embedded engine by hand."""

from __future__ import annotations

import argparse
from typing import Any

from importer.cli.screen import answer
from importer.settings import Settings
from importer.table import EngineInfo, engine_secret, engine_status, start_engine, stop_engine


def engine_command(options: argparse.Namespace, settings: Settings) -> int:
    """Started by hand it stays until it is stopped by hand."""
    if options.action == "start":
        told = facts(start_engine(settings, lease="command-line", lasting=True))
    elif options.action == "stop":
        was_running = stop_engine(settings)
        answer(options.json, {"stopped": was_running}, ["Stopped." if was_running else "It was not running."])
        return 0
    else:
        info = engine_status(settings)
        told = facts(info) if info is not None else {"running": False}
    answer(options.json, told, [f"{name}: {value}" for name, value in told.items()])
    return 0


def facts(info: EngineInfo) -> dict[str, Any]:
    """The engine as plain JSON types."""
    return {
        "endpoint_url": info.endpoint_url,
        "access_key_id": engine_secret(info.endpoint_url),
        "secret_access_key": "embedded",
        "engine": f"{info.engine} {info.version}",
        "data": info.data,
        "durable": info.durable,
        "note": info.note,
        "pid": info.pid,
        "running": True,
    }
