"""Which connection a home uses: chosen by a person, kept in `<home>/connection.json`, without secrets."""

from __future__ import annotations

import json
from dataclasses import replace

from importer.errors import ConfigError
from importer.files import to_json, write_private
from importer.settings import Settings
from importer.table.client import with_region
from importer.table.connection import Connection
from importer.table.engine import engine_status, start_engine
from importer.table.engine_state import EngineInfo

FILE_NAME = "connection.json"


def load_connection(settings: Settings) -> Connection:
    """The saved choice; the embedded engine (at its address, if it is up) when none was made.

    Raises ConfigError when the file is damaged.
    """
    path = settings.home / FILE_NAME
    try:
        saved = Connection.from_dict(json.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        saved = Connection("embedded")
    except (ValueError, TypeError, AttributeError):
        raise ConfigError(f"{path} is damaged. Delete it and choose the connection again.") from None
    return _at_engine(saved, engine_status(settings)) if saved.kind == "embedded" else saved


def save_connection(settings: Settings, connection: Connection) -> None:
    """Keep the choice, readable by its owner only. The embedded engine's address is not kept: it may change."""
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = settings.home / FILE_NAME
    kept = _at_engine(connection, None) if connection.kind == "embedded" else connection
    write_private(path, to_json(kept.to_dict()))


def embedded_connection(settings: Settings, *, lease: str = "app") -> Connection:
    """The embedded engine's connection; the engine is started where it is not up. Cheap to call again."""
    return _at_engine(Connection("embedded"), start_engine(settings, lease=lease))


def ready_connection(settings: Settings, connection: Connection, *, lease: str = "app") -> Connection:
    """The connection fit for use: the embedded engine started and addressed, AWS's region filled in."""
    if connection.kind == "embedded":
        return embedded_connection(settings, lease=lease)
    return with_region(connection)


def engine_words(info: EngineInfo | None) -> str:
    """`dynoxide 1.2.1 (keeps data)`, for `Target.engine`; "" when the engine is not up."""
    return f"{info.engine} {info.version} ({info.note})" if info else ""


def _at_engine(connection: Connection, info: EngineInfo | None) -> Connection:
    return replace(connection, endpoint_url=info.endpoint_url if info else None)
