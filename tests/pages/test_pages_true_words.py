"""What a page says is so: of a file that was here before, of an engine that ended, of rows that were left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from page_kit import texts
from streamlit.testing.v1 import AppTest

from importer.run import Ledger, RunFolder, RunState
from importer.settings import Settings
from importer.table import engine_status, stop_engine
from pages.parts import engine

LIST = b"email,name\nann@example.com,Ann\nann@example.com,Anna\nbob@example.com,Bob\n"


@pytest.fixture
def held(settings: Settings) -> Iterator[Settings]:
    """A home whose engine the app holds."""
    settings.home.mkdir(parents=True, exist_ok=True)
    engine.start_held_engine(settings)
    yield settings
    engine.release_engine(settings)
    stop_engine(settings)


def test_start_it_starts_the_engine_though_a_lease_of_one_that_ended_is_held(
    open_page: Callable[..., AppTest], held: Settings
) -> None:
    assert engine_status(held) is not None
    stop_engine(held)
    app = open_page("settings.py")
    next(button for button in app.button if button.label == "Start it").click().run()
    assert not app.exception
    assert engine_status(held) is not None


def test_an_import_of_the_same_file_is_told_before_a_newer_draft_of_it(
    open_page: Callable[..., AppTest],
    planned: Callable[..., RunFolder],
    read: Callable[..., RunFolder],
) -> None:
    run = planned(LIST)
    with Ledger.open(run.ledger) as ledger:
        ledger.set_state(RunState.CANCELLED, "", datetime.now(UTC))
    read(LIST)
    said = texts(open_page("file.py", read(LIST)).info)
    assert "This very file went to table EmailContacts" in said
    assert "was not imported" not in said


def test_control_a_file_that_was_only_read_is_told_as_a_draft(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    read(LIST)
    assert "it was not imported" in texts(open_page("file.py", read(LIST)).info)


def test_duplicates_can_be_had_and_are_not_counted_as_rejected(
    open_page: Callable[..., AppTest], planned: Callable[..., RunFolder]
) -> None:
    run = planned(LIST)
    with Ledger.open(run.ledger) as ledger:
        ledger.set_state(RunState.PAUSED, "", datetime.now(UTC))
    app = open_page("importing.py", run)
    assert not app.exception
    offered = [one.proto.body for one in app.get("html") if "ci-download" in one.proto.body]
    assert len([body for body in offered if "Duplicates (1)" in body]) == 1
    assert not any("Duplicates (2" in body for body in offered)


def test_control_a_lease_that_is_held_is_no_sign_of_a_running_engine(held: Settings) -> None:
    stop_engine(held)
    assert engine._held, "so whoever asks only for it starts nothing"
    assert engine_status(held) is None
