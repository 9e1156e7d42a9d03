"""The engines that the write path is run on: dynoxide, ministack, dynalite, and moto, which is lax.

Each is of another author, and each answers in its own way: dynalite and moto send checksums, dynoxide and ministack
send none.
"""

from __future__ import annotations

import os
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
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
    engine_cache,
    signing_parts,
    start_engine,
    stop_engine,
)
from importer.write import TableDestination
from tools.dynalite.fetch import fetch_dynalite


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
    yield from place_at("moto", f"http://{host}:{port}")
    server.stop()


SERVE_DYNALITE = """
const server = require(process.argv[1])({createTableMs: 0, deleteTableMs: 0})
server.listen(0, "127.0.0.1", () => console.log(server.address().port))
process.stdin.on("end", () => process.exit()).resume()
"""


def dynalite_place() -> Iterator[Place]:
    """dynalite, in memory; it ends with these tests, however they end."""
    try:
        node, module = fetch_dynalite(engine_cache(Settings(Path("var")), os.environ), print)
    except ConfigError as error:
        pytest.skip(f"DYNALITE IS NOT TESTED: it cannot be had on this machine. {error}")
    command = [str(node), "-e", SERVE_DYNALITE, str(module)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield from place_at("dynalite", f"http://127.0.0.1:{int(process.stdout.readline())}")
        process.kill()


def place_at(name: str, url: str) -> Iterator[Place]:
    """A server of somebody else's on this machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
        connection = Connection("custom", "us-east-1", None, url)
        client = dynamodb_client(connection)
        yield Place(name, connection, client)
        client.close()


PLACES = {"moto": moto_place, "dynalite": dynalite_place}


@pytest.fixture(scope="session", params=["dynoxide", "ministack", *PLACES])
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Each engine in turn, once a session."""
    if request.param in PLACES:
        yield from PLACES[request.param]()
    else:
        yield from embedded(request.param, Settings(home=tmp_path_factory.mktemp(request.param)))
