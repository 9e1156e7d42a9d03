"""A real engine for the whole session, in a home of its own."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from importer.settings import Settings
from importer.table import Connection, dynamodb_client, embedded_connection, stop_engine

_NUMBERS = count()


@pytest.fixture(scope="session")
def engine_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    yield settings
    stop_engine(settings)


@pytest.fixture(scope="session")
def embedded(engine_settings: Settings) -> Connection:
    return embedded_connection(engine_settings, lease="tests")


@pytest.fixture(scope="session")
def client(embedded: Connection) -> Iterator[Any]:
    client = dynamodb_client(embedded)
    yield client
    client.close()


@pytest.fixture
def table_name() -> str:
    return f"Contacts-{next(_NUMBERS)}"


@pytest.fixture
def no_aws(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No AWS setting of this machine reaches the test."""
    import os

    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    empty = tmp_path_factory.mktemp("aws")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(empty / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(empty / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
