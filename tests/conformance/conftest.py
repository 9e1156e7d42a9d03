"""The engines that the write path is run on: dynoxide, ministack, and moto as the lax third."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from strict_endpoint.kit import run_engine

from importer.errors import ConfigError
from importer.settings import Settings
from importer.table import (
    Connection,
    KeyPart,
    TableKey,
    create_table,
    dynamodb_client,
    embedded_connection,
    signing_parts,
    start_engine,
    stop_engine,
)
from importer.write import TableDestination


@dataclass
class Place:
    """One engine with a connection to it."""

    name: str
    connection: Connection
    client: Any

    def table(self, key: TableKey | None = None) -> Table:
        """A new, empty table."""
        name = f"Contacts-{uuid.uuid4().hex[:8]}"
        wanted = key or TableKey(KeyPart("email"))
        create_table(self.client, name, wanted)
        return Table(self, name, wanted)


@dataclass
class Table:
    """One table of an engine."""

    place: Place
    name: str
    key: TableKey

    def write(self, batches: Any, mode: str = "overwrite", **options: Any) -> Any:
        """The engine's whole way."""
        destination = TableDestination(signing_parts(self.place.connection), self.name, mode, self.key)
        return run_engine(destination, batches, patience_s=10.0, **options)

    def items(self) -> list[dict[str, Any]]:
        """All items, read back by another client."""
        pages = self.place.client.get_paginator("scan").paginate(TableName=self.name, ConsistentRead=True)
        return [item for page in pages for item in page["Items"]]


def embedded(name: str, settings: Settings) -> Iterator[Place]:
    """dynoxide or ministack, as the app starts them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IMPORTER_ENGINE", name)
        try:
            start_engine(settings, lease="conformance", environ=os.environ)
        except ConfigError as error:
            pytest.skip(f"{name.upper()} IS NOT TESTED: it cannot be had on this machine. {error}")
        connection = embedded_connection(settings)
        client = dynamodb_client(connection)
        yield Place(name, connection, client)
        client.close()
        stop_engine(settings)


def moto_place() -> Iterator[Place]:
    """moto's server, which takes what AWS refuses."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
        connection = Connection("custom", "us-east-1", None, f"http://{host}:{port}")
        client = dynamodb_client(connection)
        yield Place("moto", connection, client)
        client.close()
    server.stop()


@pytest.fixture(scope="session", params=["dynoxide", "ministack", "moto"])
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Each engine in turn, once a session."""
    if request.param == "moto":
        yield from moto_place()
    else:
        yield from embedded(request.param, Settings(home=tmp_path_factory.mktemp(request.param)))
