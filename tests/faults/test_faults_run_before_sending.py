"""A command that comes before anything is sent: while the table does not answer, while the list is still hashed."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from run_kit import planned_run, snapshot, strict_table, until

from importer.run import RunFolder, RunState, cancel_run, execute_run, pause_run, unchanged
from importer.run.desk import LISTEN_S, Desk
from importer.settings import Settings

DEAF_S = 20 * LISTEN_S


@contextmanager
def silent_service() -> Iterator[tuple[str, threading.Event]]:
    """A table that takes connections and says nothing; its address, and what is set once somebody called."""
    called, gone = threading.Event(), threading.Event()

    def listen() -> None:
        kept = []
        while not gone.is_set():
            try:
                kept.append(listener.accept()[0])
                called.set()
            except TimeoutError:
                continue
        for one in kept:
            one.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.02)
        service = threading.Thread(target=listen)
        service.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", called
        finally:
            gone.set()
            service.join()


@contextmanager
def running(settings: Settings, folder: RunFolder) -> Iterator[None]:
    """The run in a thread, for as long as the block and until it ends."""
    thread = threading.Thread(target=execute_run, args=(settings, folder.run_id))
    thread.start()
    try:
        yield
    finally:
        thread.join()


@pytest.mark.parametrize(("ask", "state"), [(cancel_run, RunState.CANCELLED), (pause_run, RunState.PAUSED)])
def test_a_command_is_heard_while_the_table_does_not_answer(
    tmp_path: Path, ask: Callable[[Settings, str], object], state: RunState
) -> None:
    settings = Settings(tmp_path / "home")
    with silent_service() as (url, called):
        folder = planned_run(settings, url, 100)
        with running(settings, folder):
            assert called.wait(30)
            ask(settings, folder.run_id)
            until(folder, lambda now: now.state is state)  # and the service has not said a word
    assert snapshot(folder).buckets.pending == 100


def test_a_command_is_heard_while_the_list_is_hashed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(tmp_path / "home")
    go_on, hashed = threading.Event(), unchanged.source_sha256
    monkeypatch.setattr(unchanged, "source_sha256", lambda folder: go_on.wait(60) and hashed(folder))
    with strict_table() as table:
        folder = planned_run(settings, table.url, 100)
        with running(settings, folder):
            until(folder, lambda now: now.state is RunState.RUNNING)
            cancel_run(settings, folder.run_id)
            until(folder, lambda now: now.state is RunState.CANCELLED)
            go_on.set()
        assert table.log()["sent"] == {}


def test_control_one_who_does_not_listen_meanwhile_goes_on_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And when the table cannot be reached after all, a pause by itself does not outdo the cancel."""
    monkeypatch.setattr(Desk, "while_heard", lambda desk, work, give_up=None: work())
    settings = Settings(tmp_path / "home")
    with ExitStack() as until_ended:
        service = ExitStack()
        url, called = service.enter_context(silent_service())
        folder = planned_run(settings, url, 100)
        until_ended.enter_context(running(settings, folder))
        with service:
            assert called.wait(30)
            cancel_run(settings, folder.run_id)
            time.sleep(DEAF_S)
            assert snapshot(folder).state is RunState.RUNNING
    assert snapshot(folder).state is RunState.CANCELLED
