"""The embedded engine itself, behind the door that stands at its known address."""

from __future__ import annotations

import psutil

from importer.table import EngineInfo


def behind_the_door(info: EngineInfo) -> tuple[str, int]:
    """Where the engine itself listens (address, port); its pid tells who may look."""
    connections = psutil.Process(info.pid).net_connections("tcp")
    (at,) = [entry.laddr for entry in connections if entry.status == psutil.CONN_LISTEN]
    return at.ip, at.port
