"""Where the contacts of a list go: its connection and table, looked at afresh every few seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from importer.endpoint import BATCH_TABLE, batch_description
from importer.errors import ImporterError
from importer.run import RunFolder, keep_seen, table_of
from importer.settings import DEFAULT_KEY, Settings
from importer.table import (
    Connection,
    EngineInfo,
    KeyPart,
    KnownTable,
    TableChoice,
    TableDescription,
    TableKey,
    Target,
    describe_table,
    dynamodb_client,
    engine_status,
    engine_words,
    find_target,
    load_default,
    look_at_table,
)

LOOK_AGAIN_S = 15
"""Long enough that an unreachable endpoint does not hold up every click, short enough to see a table turn ACTIVE."""

NOT_RUNNING = "The test table on this computer is not running. Start it on the Settings page."


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
    def choice(self) -> TableChoice:
        """What it is that was looked at."""
        return TableChoice(self.connection, self.table)

    @property
    def sentence(self) -> str:
        """The target in plain words, as far as it is known."""
        return self.target.sentence() if self.target else self.choice.sentence()

    @property
    def place(self) -> str:
        """Where the table is, in a few words: `test table on this computer`, `AWS, region …, account …`."""
        return place_words(self.connection, self.target)

    @property
    def key(self) -> TableKey:
        """The table's key; the default one as long as the table cannot be seen."""
        return self.description.key if self.description else TableKey(KeyPart(DEFAULT_KEY, "S"))


def place_words(connection: Connection, target: Target | None) -> str:
    """Where a table is, in a few words: `test table on this computer`, `AWS, region …, account …`."""
    if connection.kind == "embedded":
        return "test table on this computer"
    account = f", account {target.account}" if connection.kind == "aws" and target else ""
    return f"{connection.describe()}{account}"


def target_now(settings: Settings, folder: RunFolder | None = None) -> TargetNow:
    """What the list of `folder` goes to (new lists, without one), as of at most `LOOK_AGAIN_S` seconds ago.

    Raises ConfigError when the saved choice is damaged.
    """
    return look_at(settings, load_default(settings) if folder is None else table_of(settings, folder))


def look_at(settings: Settings, choice: TableChoice) -> TargetNow:
    """Any choice, as of at most `LOOK_AGAIN_S` seconds ago."""
    connection = choice.connection
    table = BATCH_TABLE if connection.kind == "batch" else choice.table
    engine = engine_status(settings) if connection.kind == "embedded" else None
    if connection.kind == "embedded" and engine is None:
        return TargetNow(connection, table, None, None, None, NOT_RUNNING)
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


def known_now(now: TargetNow) -> KnownTable:
    """What is known of the table: its key alone where it cannot be seen or lies behind a batch endpoint."""
    if now.description is None or now.connection.kind == "batch":
        return KnownTable(now.key)
    return _known(now.connection, now.description)


@st.cache_data(ttl=LOOK_AGAIN_S, max_entries=16, show_spinner="Looking at some items of the table …")
def _known(connection: Connection, description: TableDescription) -> KnownTable:
    return look_at_table(client_for(connection), description)


def keep_known(folder: RunFolder, now: TargetNow) -> None:
    """Let the run know what is known of its table, as far as it can be seen now."""
    if now.description is not None:
        keep_seen(folder, known_now(now))


@st.cache_resource(max_entries=8, show_spinner=False)
def client_for(connection: Connection) -> Any:
    """One DynamoDB client a connection; making one takes longer than asking it."""
    return dynamodb_client(connection)


def look_again() -> None:
    """Forget what was seen of the target: something about it has just been changed."""
    _look.clear()
    _known.clear()
    client_for.clear()
