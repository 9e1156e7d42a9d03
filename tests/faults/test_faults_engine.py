"""The embedded engine under kill -9, double starts and lost owners; beside each, the control that would fail."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from importer.errors import ConfigError
from importer.settings import Settings
from importer.table import (
    EngineInfo,
    EngineLease,
    count_items,
    dynamodb_client,
    embedded_connection,
    engine,
    engine_cache,
    engine_status,
    fetch_engine,
    start_engine,
    stop_engine,
)
from importer.table.engine_state import mark_of, read_state, write_state
from importer.table.leases import lease_folder
from importer.table.supervisor import listens_on

PATIENCE_S = 120.0
REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    settings = Settings(home=tmp_path / "home")
    yield settings
    stop_engine(settings)
    assert _engines_of(settings) == []


@pytest.fixture
def processes() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Processes that a test starts itself."""
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for process in started:
        process.kill()
        process.wait()


def _wait_for(what: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + PATIENCE_S
    while not (found := what()):
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.02)
    return found


def _engines_of(settings: Settings) -> list[int]:
    """Pids of every engine that serves a file of this home, as the system sees them."""
    pids = []
    for process in psutil.process_iter(["cmdline"]):
        command = process.info["cmdline"] or []
        if "serve" in command and any(part.startswith(f"{settings.engine}{os.sep}") for part in command):
            pids.append(process.pid)
    return pids


def _put(client: Any, number: int) -> None:
    client.put_item(TableName="EmailContacts", Item={"email": {"S": f"p{number}@example.org"}})


def _kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def _restarted(settings: Settings, before: EngineInfo) -> EngineInfo:
    def again() -> EngineInfo | None:
        now = engine_status(settings)
        return now if now is not None and now.pid != before.pid else None

    found: EngineInfo = _wait_for(again)
    return found


def _supervisor(settings: Settings) -> int:
    state = read_state(settings)
    assert state is not None
    return state.supervisor.pid


def _kill_supervisor(settings: Settings) -> None:
    supervisor = psutil.Process(_supervisor(settings))
    supervisor.kill()
    supervisor.wait()


def test_a_killed_engine_is_back_on_the_same_port_with_its_data(settings: Settings) -> None:
    before = start_engine(settings, lease="test")
    client = dynamodb_client(embedded_connection(settings))
    _put(client, 1)
    for _ in range(3):
        _kill(before.pid)
        after = _restarted(settings, before)
        assert (after.endpoint_url, after.data) == (before.endpoint_url, before.data)
        assert count_items(client, "EmailContacts") == 1
        before = after
    client.close()


def _write_until_killed(client: Any, kill: Callable[[], None]) -> int:
    """Acknowledged puts of four writers when the engine is killed in their midst."""
    acknowledged: list[int] = []

    def write(first: int) -> None:
        with suppress(Exception):
            for number in range(first, 100_000, 4):
                _put(client, number)
                acknowledged.append(number)

    writers = [threading.Thread(target=write, args=(first,)) for first in range(4)]
    for writer in writers:
        writer.start()
    _wait_for(lambda: len(acknowledged) >= 200)
    kill()
    for writer in writers:
        writer.join()
    return len(acknowledged)


def test_no_acknowledged_item_is_lost_when_the_engine_is_killed_amid_writes(settings: Settings) -> None:
    before = start_engine(settings, lease="test")
    client = dynamodb_client(embedded_connection(settings))
    acknowledged = _write_until_killed(client, lambda: _kill(before.pid))
    _restarted(settings, before)
    assert acknowledged <= count_items(client, "EmailContacts") <= acknowledged + 4
    client.close()


def test_control_an_engine_in_memory_loses_all_of_them(
    settings: Settings, processes: list[subprocess.Popen[bytes]]
) -> None:
    program = fetch_engine("dynoxide", engine_cache(settings, os.environ))
    port = _free_port()
    command = [str(program.executable), "serve", "--host", "127.0.0.1", "--port", str(port)]

    def begin() -> None:
        processes.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))
        from importer.table.probe import ensure_default_table

        _wait_for(lambda: ensure_default_table(f"http://127.0.0.1:{port}"))

    begin()
    from importer.table import Connection

    client = dynamodb_client(Connection("embedded", endpoint_url=f"http://127.0.0.1:{port}"))
    assert _write_until_killed(client, processes[0].kill) >= 200
    processes[0].wait()
    begin()
    assert count_items(client, "EmailContacts") == 0
    client.close()


def test_an_engine_whose_supervisor_is_killed_does_not_stay_and_the_next_start_has_the_data(
    settings: Settings,
) -> None:
    before = start_engine(settings, lease="test")
    client = dynamodb_client(embedded_connection(settings))
    _put(client, 1)
    _kill_supervisor(settings)
    after = start_engine(settings, lease="test")
    assert after.endpoint_url == before.endpoint_url
    assert _engines_of(settings) == [after.pid]
    assert after.pid != before.pid
    assert count_items(client, "EmailContacts") == 1
    client.close()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells a process that its parent is gone")
def test_an_engine_whose_supervisor_is_killed_ends_by_itself(settings: Settings) -> None:
    start_engine(settings, lease="test")
    _kill_supervisor(settings)
    _wait_for(lambda: not _engines_of(settings))


def _leave_behind(settings: Settings, process: subprocess.Popen[bytes], executable: str) -> None:
    """Write the state that a supervisor leaves which was killed where the system does not end its engine."""
    state = read_state(settings)
    assert state is not None
    write_state(settings, replace(state, phase="ready", process=mark_of(process.pid), executable=executable))


def test_an_engine_left_behind_is_replaced(settings: Settings, processes: list[subprocess.Popen[bytes]]) -> None:
    info = start_engine(settings, lease="test")
    stop_engine(settings)
    program = fetch_engine("dynoxide", engine_cache(settings, os.environ))
    port = int(info.endpoint_url.rsplit(":", 1)[1])
    orphan = subprocess.Popen(program.command(port, Path(info.data)), stdout=subprocess.DEVNULL)
    processes.append(orphan)
    _wait_for(lambda: listens_on(orphan.pid, port))
    _leave_behind(settings, orphan, psutil.Process(orphan.pid).exe())
    after = start_engine(settings, lease="test")
    assert orphan.poll() is not None
    assert after.endpoint_url == info.endpoint_url
    assert _engines_of(settings) == [after.pid]


def test_control_a_process_that_is_no_engine_is_left_alone(
    settings: Settings, processes: list[subprocess.Popen[bytes]]
) -> None:
    start_engine(settings, lease="test")
    stop_engine(settings)
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    processes.append(other)
    _leave_behind(settings, other, "/somewhere/dynoxide")
    start_engine(settings, lease="test")
    assert other.poll() is None
    other.communicate()


START = """
import sys
from pathlib import Path
from importer.settings import Settings
from importer.table import start_engine
info = start_engine(Settings(Path(sys.argv[1])), lease="start")
print(info.pid, info.endpoint_url, flush=True)
sys.stdin.read()
"""


def _start_elsewhere(home: Path, processes: list[subprocess.Popen[bytes]]) -> subprocess.Popen[bytes]:
    """Another process that starts the engine, says which, and lives until its stdin is closed."""
    command = [sys.executable, "-c", START, str(home)]
    process = subprocess.Popen(command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    processes.append(process)
    return process


def _say(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stdout is not None
    return process.stdout.readline()


def _leave(process: subprocess.Popen[bytes]) -> None:
    process.communicate()


def test_four_starts_at_once_give_one_engine(settings: Settings, processes: list[subprocess.Popen[bytes]]) -> None:
    starters = [_start_elsewhere(settings.home, processes) for _ in range(4)]
    answers = {_say(starter) for starter in starters}
    assert len(answers) == 1
    assert len(_engines_of(settings)) == 1
    for starter in starters:
        _leave(starter)


def test_control_two_homes_have_two_engines(
    settings: Settings, tmp_path: Path, processes: list[subprocess.Popen[bytes]]
) -> None:
    other = Settings(home=tmp_path / "other")
    starters = [_start_elsewhere(one.home, processes) for one in (settings, other)]
    assert len({_say(starter) for starter in starters}) == 2
    assert len(_engines_of(settings)) == len(_engines_of(other)) == 1
    for starter in starters:
        _leave(starter)
    stop_engine(other)


def test_the_engine_ends_when_its_last_user_is_gone_even_killed(
    settings: Settings, processes: list[subprocess.Popen[bytes]]
) -> None:
    first, second = (_start_elsewhere(settings.home, processes) for _ in range(2))
    _say(first)
    _say(second)
    supervisor = _supervisor(settings)
    _leave(first)
    second.kill()
    _leave(second)
    _wait_for(lambda: not psutil.pid_exists(supervisor))
    assert _engines_of(settings) == []
    state = read_state(settings)
    assert state is not None
    assert state.phase == "stopped"


def test_control_with_a_lasting_lease_it_stays_until_it_is_stopped(
    settings: Settings, processes: list[subprocess.Popen[bytes]]
) -> None:
    starter = _start_elsewhere(settings.home, processes)
    _say(starter)
    start_engine(settings, lease="cli", lasting=True)
    supervisor = _supervisor(settings)
    _leave(starter)
    with pytest.raises(psutil.TimeoutExpired):
        psutil.Process(supervisor).wait(timeout=4.0)
    assert engine_status(settings) is not None
    assert stop_engine(settings) is True
    assert engine_status(settings) is None


def test_a_lease_block_gives_its_lease_back(settings: Settings) -> None:
    with EngineLease(settings, "block") as lease:
        assert lease.info == engine_status(settings)
        supervisor = _supervisor(settings)
        assert [path.name for path in lease_folder(settings).iterdir() if path.name.endswith("-block")]
    _wait_for(lambda: not psutil.pid_exists(supervisor))
    assert engine_status(settings) is None


def test_an_engine_that_is_just_ending_is_waited_for_and_started_again(settings: Settings) -> None:
    before = start_engine(settings, lease="test")
    os.kill(_supervisor(settings), signal.SIGTERM)
    _wait_for(lambda: engine_status(settings) is None)
    after = start_engine(settings, lease="test")
    assert dynamodb_client(embedded_connection(settings)).list_tables()["TableNames"] == ["EmailContacts"]
    assert _engines_of(settings) == [engine_status(settings).pid]  # type: ignore[union-attr]
    assert after.endpoint_url == before.endpoint_url


def test_another_program_on_the_old_port_is_stepped_around(settings: Settings) -> None:
    before = start_engine(settings, lease="test")
    stop_engine(settings)
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", int(before.endpoint_url.rsplit(":", 1)[1])))
        taken.listen()
        after = start_engine(settings, lease="test")
    assert after.endpoint_url != before.endpoint_url


def test_nothing_of_the_engine_listens_off_this_machine(settings: Settings) -> None:
    info = start_engine(settings, lease="test")
    assert {ip.split(".")[0] for ip, _ in _listening(info.pid)} == {"127"}
    assert _listening(_supervisor(settings)) == {("127.0.0.1", int(info.endpoint_url.rsplit(":", 1)[1]))}


def test_control_an_engine_bound_to_every_interface_is_noticed_and_killed(
    settings: Settings, processes: list[subprocess.Popen[bytes]]
) -> None:
    program = fetch_engine("dynoxide", engine_cache(settings, os.environ))
    port = _free_port()
    command = [str(program.executable), "serve", "--host", "0.0.0.0", "--port", str(port)]
    engine = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    processes.append(engine)
    _wait_for(lambda: _listening(engine.pid))
    assert listens_on(engine.pid, port) is False
    assert engine.wait() == -signal.SIGKILL


def test_a_damaged_data_file_is_said_with_its_path(settings: Settings) -> None:
    folder = settings.engine / "dynoxide"
    folder.mkdir(parents=True)
    (folder / "tables.sqlite").write_bytes(b"this is no database" * 1000)
    with pytest.raises(Exception, match=r"did not start: dynoxide ended with code .*tables\.sqlite"):
        start_engine(settings, lease="test")


@pytest.mark.parametrize("starts", [engine.STARTS, 1], ids=["ours", "control"])
def test_an_engine_whose_port_was_taken_a_moment_before_is_started_again(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, starts: int
) -> None:
    """The engine ends at once the first time, as it does when it cannot listen."""
    program = fetch_engine("dynoxide", engine_cache(settings, os.environ))
    ended_once = tmp_path / "dynoxide"
    ended_once.write_text(
        f'#!/bin/sh\n[ -e "{tmp_path}/tried" ] || {{ : > "{tmp_path}/tried"; exit 1; }}\n'
        f'exec "{program.executable}" "$@"\n'
    )
    ended_once.chmod(0o700)
    monkeypatch.setattr(engine, "find_program", lambda *_: replace(program, executable=ended_once))
    monkeypatch.setattr(engine, "STARTS", starts)
    if starts == 1:
        with pytest.raises(ConfigError, match="did not start: dynoxide ended with code 1"):
            start_engine(settings, lease="test")
    else:
        start_engine(settings, lease="test")
        assert dynamodb_client(embedded_connection(settings)).list_tables()["TableNames"] == ["EmailContacts"]


def _listening(pid: int) -> set[tuple[str, int]]:
    entries = psutil.Process(pid).net_connections("inet")
    return {(entry.laddr.ip, entry.laddr.port) for entry in entries if entry.status == psutil.CONN_LISTEN}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
