"""Which table new lists go to: chosen by a person, kept in `<home>/connection.json`, without secrets.

A list that is open has a choice of its own (`importer.run`): another default never moves it.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from importer.errors import ConfigError
from importer.files import to_json, write_private
from importer.plain_types import UNREADABLE
from importer.settings import DEFAULT_TABLE, Settings
from importer.table.client import with_region
from importer.table.connection import Connection, TableChoice
from importer.table.engine import engine_status, start_engine
from importer.table.engine_state import EngineInfo

FILE_NAME = "connection.json"

OLD_TABLE_FILE = "table.json"
"""Where the table's name was kept once; read as long as the choice was not saved again."""


def load_default(settings: Settings) -> TableChoice:
    """What new lists go to; table EmailContacts on the embedded engine (at its address, if it is up) until a person
    chose. Raises ConfigError when the file is damaged."""
    path = settings.home / FILE_NAME
    try:
        raw = json.loads(path.read_text("utf-8"))
        choice = TableChoice.from_dict({"table": _old_table(settings), **raw})
    except FileNotFoundError:
        choice = TableChoice(Connection("embedded"), _old_table(settings))
    except UNREADABLE:
        raise damaged(path) from None
    return at_engine(settings, choice)


def save_default(settings: Settings, choice: TableChoice) -> None:
    """Keep it, readable by its owner only, for every session and for the next start."""
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_private(settings.home / FILE_NAME, to_json(choice.to_dict()))


def at_engine(settings: Settings, choice: TableChoice) -> TableChoice:
    """The choice with the address that the embedded engine has now, None while it is not up."""
    if choice.connection.kind != "embedded":
        return choice
    return replace(choice, connection=_at_engine(choice.connection, engine_status(settings)))


def damaged(path: Path) -> ConfigError:
    """What is said of a choice that cannot be read."""
    return ConfigError(f"{path} is damaged. Delete it and choose the connection again.")


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


def _old_table(settings: Settings) -> str:
    try:
        return str(json.loads((settings.home / OLD_TABLE_FILE).read_text("utf-8"))["table"]) or DEFAULT_TABLE
    except UNREADABLE:
        return DEFAULT_TABLE
