"""Who did what with a run stands in its ledger, on the pages, and in the receipt."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from starlette.requests import Request
from streamlit.testing.v1 import AppTest

from importer import prove
from importer.plan import Pace
from importer.run import Ledger, RunFolder, RunState, cancel_run, note_deed, pause_run, set_pace
from importer.settings import Settings
from pages.parts import downloads
from pages.parts.downloads import Offer, Offers, get_download
from pages.parts.sessions import sign_in_of


def deeds(folder: RunFolder) -> list[tuple[str, str]]:
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        return [(deed.who, deed.what) for deed in ledger.deeds()]


def paused(folder: RunFolder) -> RunFolder:
    with Ledger.open(folder.ledger) as ledger:
        ledger.set_state(RunState.PAUSED, "", datetime.now(UTC))
    return folder


def test_a_second_persons_orders_are_kept_with_their_name(
    planned: Callable[..., RunFolder], settings: Settings
) -> None:
    folder = planned()
    set_pace(settings, folder.run_id, Pace(rate_rows=5), who="ann@example.com")
    pause_run(settings, folder.run_id, who="bob@example.com")
    cancel_run(settings, folder.run_id, who="eve\n@example.com")
    assert deeds(folder) == [
        ("ann@example.com", "changed the pace"),
        ("bob@example.com", "asked to pause"),
        ("eve @example.com", "asked to cancel"),
    ]
    prove.write_receipt(folder)
    people = json.loads(folder.receipt.read_text("utf-8"))["people"]
    assert [(deed["who"], deed["what"]) for deed in people] == deeds(folder)
    assert all(datetime.fromisoformat(deed["at"]) for deed in people)


@pytest.mark.parametrize("file", ["runs.py", "importing.py"])
def test_they_are_shown_on_runs_and_beside_the_run(
    open_page: Callable[..., AppTest], planned: Callable[..., RunFolder], file: str
) -> None:
    folder = paused(planned())
    note_deed(folder, "bob@example.com", "asked to cancel")
    app = open_page(file, folder)
    assert not app.exception
    assert any("bob@example.com asked to cancel" in one.proto.body for one in app.get("html"))


def test_a_cancel_on_the_page_is_kept_under_the_name_of_who_pressed_it(
    open_page: Callable[..., AppTest], planned: Callable[..., RunFolder], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = paused(planned())
    monkeypatch.setattr("pages.parts.gate.who", lambda: "bob@example.com")
    app = open_page("importing.py", folder)
    next(button for button in app.button if button.label.startswith("Cancel")).click().run()
    assert ("bob@example.com", "asked to cancel") in deeds(folder)


def test_a_download_of_rows_is_kept_when_it_is_fetched_and_not_before(
    planned: Callable[..., RunFolder], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = planned()
    monkeypatch.setattr(downloads, "OFFERS", Offers(lambda _: True))
    offer = Offer(lambda: b"rows", "list-rejects.csv", "text/csv", "s", sign_in_of({}), folder, "bob@example.com")
    token = downloads.OFFERS.put("rejects", offer)
    assert deeds(folder) == []
    for known in ("guess", token):
        scope = {"type": "http", "method": "GET", "headers": [], "path_params": {"token": known}}
        asyncio.run(get_download(Request(scope)))
    assert deeds(folder) == [("bob@example.com", "downloaded list-rejects.csv")]


def test_a_ledger_made_before_that_was_kept_has_nobody(planned: Callable[..., RunFolder]) -> None:
    assert deeds(planned()) == []
