"""A second person's click while somebody else's hostile list is read: the app answers as if nobody did."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from browser_kit import App, running_app
from security.hostile_files import HOSTILE
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from importer.run import adopt_source, create_run
from importer.settings import Settings

pytestmark = pytest.mark.soak

MOST_S = 0.5

CLICKS = 30


class Person:
    """A browser's line to the app, without the browser."""

    def __init__(self, line: ClientConnection) -> None:
        self._line = line

    def click(self, run_id: str = "") -> float:
        """Ask for the File page (with a run in the address) and wait until it is drawn; the seconds that it took."""
        asked = BackMsg()
        asked.rerun_script.query_string = f"run={run_id}" if run_id else ""
        began = time.monotonic()
        self._line.send(asked.SerializeToString())
        while True:
            told = ForwardMsg.FromString(self._line.recv(timeout=300))
            if told.WhichOneof("type") == "script_finished" and told.script_finished in FINISHED:
                return time.monotonic() - began


@contextmanager
def person(app: App) -> Iterator[Person]:
    """Somebody who has the app open."""
    url = f"ws://127.0.0.1:{app.port}/_stcore/stream"
    with connect(url, subprotocols=[Subprotocol("streamlit")], origin=Origin(app.url), max_size=None) as line:
        yield Person(line)


FINISHED = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_WITH_COMPILE_ERROR)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with running_app(tmp_path_factory.mktemp("second") / "home") as started:
        yield started


def brought(app: App, name: str, folder: Path) -> str:
    """The run of a hostile list that was uploaded and not looked at yet."""
    HOSTILE[name](folder / name)
    run = create_run(Settings(app.home), source_name=name, who="tester", now=datetime.now(UTC))
    adopt_source(run, folder / name)
    return run.run_id


def clicks(person: Person, until: threading.Event | None = None) -> list[float]:
    """How long each click takes: CLICKS of them, or as long as it lasts."""
    took: list[float] = []
    while len(took) < CLICKS if until is None else not until.is_set():
        took.append(person.click())
    return took


@pytest.mark.parametrize(
    "name", ["rich.xlsx", "odd-rows.xlsx", "names.json", "rows.parquet", "columns.ods", "nested.zip"]
)
def test_beside_a_hostile_list_a_click_takes_half_a_second_more_at_most(app: App, tmp_path: Path, name: str) -> None:
    """The control is the same click while nobody else does anything."""
    run_id = brought(app, name, tmp_path)
    done = threading.Event()

    def read() -> None:
        try:
            first.click(run_id)
        finally:
            done.set()

    with person(app) as first, person(app) as second:
        second.click()
        alone = clicks(second)
        reader = threading.Thread(target=read)
        reader.start()
        beside = clicks(second, done)
        reader.join()
    print(
        f"{name}: alone {statistics.median(alone):.2f} s, at most {max(alone):.2f}; "
        f"beside {statistics.median(beside):.2f} s, at most {max(beside):.2f} of {len(beside)}"
    )
    assert statistics.median(beside) <= MOST_S + statistics.median(alone)
    assert sorted(beside)[int(len(beside) * 0.9)] <= MOST_S + max(alone)
