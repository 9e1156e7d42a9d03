"""The fallback engine: it works, stays on this machine, and loses on a kill what it says it may lose."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from importer.settings import Settings
from importer.table import (
    count_items,
    dynamodb_client,
    embedded_connection,
    engine_status,
    engine_words,
    start_engine,
    stop_engine,
)
from importer.table.engine_state import read_state

PATIENCE_S = 120.0


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    monkeypatch.setenv("IMPORTER_ENGINE", "ministack")
    settings = Settings(home=tmp_path / "home")
    yield settings
    stop_engine(settings)


def _put_one(settings: Settings) -> None:
    client = dynamodb_client(embedded_connection(settings))
    client.put_item(TableName="EmailContacts", Item={"email": {"S": "a@example.org"}})
    client.close()


def _count(settings: Settings) -> int:
    client = dynamodb_client(embedded_connection(settings))
    count = count_items(client, "EmailContacts")
    client.close()
    return count


def test_the_fallback_keeps_data_over_a_clean_stop_stays_on_loopback_and_says_what_it_is(settings: Settings) -> None:
    info = start_engine(settings, lease="test")
    assert engine_words(info) == "ministack 1.5.33 (fallback engine: keeps data only when it is stopped cleanly)"
    assert info.durable is False
    listening = [
        entry.laddr.ip
        for process in [psutil.Process(info.pid), *psutil.Process(info.pid).children(recursive=True)]
        for entry in process.net_connections("inet")
        if entry.status == psutil.CONN_LISTEN
    ]
    assert [ip.split(".")[0] for ip in listening] == ["127"]
    _put_one(settings)
    assert stop_engine(settings) is True
    assert not psutil.pid_exists(info.pid)
    assert _count(settings) == 1


def test_control_killed_it_comes_back_with_its_table_but_without_the_data(settings: Settings) -> None:
    before = start_engine(settings, lease="test")
    _put_one(settings)
    os.kill(before.pid, signal.SIGKILL)
    deadline = time.monotonic() + PATIENCE_S
    while (now := engine_status(settings)) is None or now.pid == before.pid:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert now.endpoint_url == before.endpoint_url
    assert _count(settings) == 0


def test_the_fallback_saves_its_data_when_its_supervisor_is_killed(settings: Settings) -> None:
    start_engine(settings, lease="test")
    _put_one(settings)
    state = read_state(settings)
    assert state is not None
    supervisor = psutil.Process(state.supervisor.pid)
    supervisor.kill()
    supervisor.wait()
    assert _count(settings) == 1
