"""Where the contacts go: the chosen connection and table, looked at afresh every few seconds."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any

import streamlit as st

from importer.endpoint import BATCH_TABLE, batch_description
from importer.errors import ImporterError
from importer.settings import DEFAULT_KEY, DEFAULT_TABLE, Settings
from importer.table import (
    Connection,
    EngineInfo,
    KeyPart,
    TableDescription,
    TableKey,
    Target,
    describe_table,
    dynamodb_client,
    engine_status,
    engine_words,
    find_target,
    load_connection,
)

LOOK_AGAIN_S = 15
"""Long enough that an unreachable endpoint does not hold up every click, short enough to see a table turn ACTIVE."""

FILE_NAME = "table.json"


@dataclass(frozen=True)
class TargetNow:
    """What is known of the target. `error` says in plain words why `description` or `target` is None."""

    connection: Connection
    table: str
    engine: EngineInfo | None
    target: Target | None
    description: TableDescription | None
    error: str

    @property
    def key(self) -> TableKey:
        """The table's key; the default one as long as the table cannot be seen."""
        return self.description.key if self.description else TableKey(KeyPart(DEFAULT_KEY, "S"))


def target_now(settings: Settings) -> TargetNow:
    """The target as of at most `LOOK_AGAIN_S` seconds ago. Raises ConfigError when the saved choice is damaged."""
    connection = load_connection(settings)
    table = BATCH_TABLE if connection.kind == "batch" else chosen_table(settings)
    engine = engine_status(settings) if connection.kind == "embedded" else None
    if connection.kind == "embedded" and engine is None:
        error = "The embedded engine is not up yet. Wait a moment, or look at the Settings page."
        return TargetNow(connection, table, None, None, None, error)
    target, description, error = _look(connection, table, engine_words(engine))
    return TargetNow(connection, table, engine, target, description, error)


@st.cache_data(ttl=LOOK_AGAIN_S, max_entries=16, show_spinner=False)
def _look(connection: Connection, table: str, engine: str) -> tuple[Target | None, TableDescription | None, str]:
    target = None
    try:
        target = find_target(connection, table, engine=engine)
        if connection.kind == "batch":
            key = TableKey(KeyPart(DEFAULT_KEY, "S"))
            return target, batch_description(str(connection.endpoint_url), key), ""
        return target, describe_table(client_for(connection), table), ""
    except ImporterError as error:
        return target, None, str(error)


@st.cache_resource(max_entries=8, show_spinner=False)
def client_for(connection: Connection) -> Any:
    """One DynamoDB client a connection; making one takes longer than asking it."""
    return dynamodb_client(connection)


def look_again() -> None:
    """Forget what was seen of the target: something about it has just been changed."""
    _look.clear()
    client_for.clear()


def chosen_table(settings: Settings) -> str:
    """The table that a person chose, `EmailContacts` until then."""
    try:
        told = json.loads((settings.home / FILE_NAME).read_text("utf-8"))
        return str(told["table"]) or DEFAULT_TABLE
    except (OSError, ValueError, KeyError, TypeError):
        return DEFAULT_TABLE


def choose_table(settings: Settings, table: str) -> None:
    """Keep the choice for every session and for the next start."""
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = settings.home / f".{FILE_NAME}.{os.getpid()}"
    fresh.write_text(json.dumps({"table": table}), "utf-8")
    fresh.replace(settings.home / FILE_NAME)
    look_again()
