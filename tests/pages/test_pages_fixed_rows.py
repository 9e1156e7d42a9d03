"""Rows to fix on the pages: they come back, become steps or a round, and what came of it is said in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from page_kit import html_of, texts
from streamlit.testing.v1 import AppTest

from importer.clean import SetCells, load_history
from importer.fix import write_rows_to_fix
from importer.prove import write_reject_file
from importer.run import Ledger, RunFolder, RunState
from pages.parts import fixed_rows

GOOD = b"".join(b"p%d@example.com,Testperson %d\n" % (number, number) for number in range(20))
LIST = b"Email,Name\n" + GOOD + b"nobody,Bert\nno one,=1+1\n"
"""Rows 22 and 23 are no addresses."""


def take(app: AppTest, folder: RunFolder, content: bytes, name: str = "fixed.csv") -> AppTest:
    turn = (
        int(app.session_state[f"fixed_turn_{folder.run_id}"])
        if f"fixed_turn_{folder.run_id}" in app.session_state
        else 0
    )
    app.file_uploader(key=f"fixed_in_{folder.run_id}_{turn}").upload(name, content, "text/csv").run()
    app.button(key=f"fixed_take_{folder.run_id}").click().run()
    assert not app.exception
    return app


def on_check(app: AppTest, folder: RunFolder) -> AppTest:
    """The Check page with the tab for spreadsheets open."""
    app.session_state[f"check_tabs_{folder.run_id}"] = "Fix in Excel"
    return app.run()


def test_before_the_import_changed_cells_become_steps_that_undo_takes_back(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(LIST)
    app = on_check(open_page("check.py", folder), folder)
    rows = write_rows_to_fix(folder, folder.rejects).read_bytes()
    take(app, folder, rows.replace(b"nobody", b"bert@example.com"))
    assert load_history(folder.recipe).done == (SetCells("Email", ((22, "bert@example.com"),)),)
    assert "1 row changed, 1 unchanged" in texts(app.success)
    app.button(key="undo").click().run()
    assert load_history(folder.recipe).done == ()


def test_the_same_file_again_makes_no_step_and_says_why(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(LIST)
    app = on_check(open_page("check.py", folder), folder)
    rows = write_rows_to_fix(folder, folder.rejects).read_bytes().replace(b"nobody", b"bert@example.com")
    take(app, folder, rows)
    take(app, folder, rows)
    assert len(load_history(folder.recipe).done) == 1
    assert "0 rows changed, 1 unchanged, 1 left alone" in texts(app.info)
    assert "Row 22 is ready already; left alone" in texts(app.info)


def test_another_file_is_refused_in_words(open_page: Callable[..., AppTest], read: Callable[..., RunFolder]) -> None:
    folder = read(LIST)
    app = take(on_check(open_page("check.py", folder), folder), folder, LIST)
    assert "no column" in texts(app.error)
    assert load_history(folder.recipe).done == ()


def test_a_file_refused_after_a_good_one_is_named_and_the_good_ones_success_stands_no_longer(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(LIST)
    app = on_check(open_page("check.py", folder), folder)
    rows = write_rows_to_fix(folder, folder.rejects).read_bytes()
    take(app, folder, rows.replace(b"nobody", b"bert@example.com"))
    assert "1 row changed" in texts(app.success)
    take(app, folder, LIST, "other list.csv")
    assert texts(app.error).startswith('**Nothing was taken from "other list.csv".**')
    assert "What was taken before stays as it is." in texts(app.error)
    assert texts(app.success) == ""
    assert len(load_history(folder.recipe).done) == 1
    assert texts(app.run().success) == ""


def finished(folder: RunFolder) -> None:
    """As a runner would leave it."""
    from importer.check import CheckResult
    from importer.write import Acknowledged

    with Ledger.open(folder.ledger) as ledger:
        ready = CheckResult.open(folder.check).ready_rows(0)
        ledger.open_slice(0, ready)
        ledger.record([Acknowledged(0, tuple(range(len(ready))), (), (), 0.004, 1, 1.0, 0)])
        ledger.set_state(RunState.FINISHED, "", datetime.now(UTC))


@pytest.mark.parametrize("imported", [False, True], ids=["before the import", "after it"])
def test_a_file_that_was_sent_lies_in_the_runs_folder_and_is_gone_afterwards(
    open_page: Callable[..., AppTest],
    read: Callable[..., RunFolder],
    planned: Callable[..., RunFolder],
    monkeypatch: pytest.MonkeyPatch,
    imported: bool,
) -> None:
    places: list[Path] = []
    takes = "merge_fixed" if imported else "fixed_before"
    real = getattr(fixed_rows, takes)
    monkeypatch.setattr(fixed_rows, takes, lambda run, path, **told: places.append(path) or real(run, path, **told))
    monkeypatch.setattr(fixed_rows, "resume", lambda run_id: None)
    folder = planned(LIST) if imported else read(LIST)
    if imported:
        finished(folder)
    app = open_page("importing.py", folder) if imported else on_check(open_page("check.py", folder), folder)
    rows = (write_reject_file(folder) if imported else write_rows_to_fix(folder, folder.rejects)).read_bytes()
    take(app, folder, rows.replace(b"nobody", b"bert@example.com"))
    assert [place.parent for place in places] == [folder.arrived]
    assert not folder.arrived.exists()


def test_after_the_import_fixed_rows_are_merged_and_the_run_goes_on_at_once(
    open_page: Callable[..., AppTest], planned: Callable[..., RunFolder], monkeypatch
) -> None:
    folder, resumed = planned(LIST), []
    monkeypatch.setattr(fixed_rows, "resume", resumed.append)
    finished(folder)
    app = open_page("importing.py", folder)
    fixed = write_reject_file(folder).read_bytes().replace(b"nobody", b"bert@example.com")
    take(app, folder, fixed, "from <b>Bert.csv")
    assert resumed == [folder.run_id]
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        now = ledger.snapshot()
    assert (now.state, now.buckets.written, now.buckets.pending, now.buckets.rejected) == (RunState.PAUSED, 20, 1, 1)
    assert "1 row changed, 1 unchanged" in texts(app.success)
    html = " ".join(element.proto.body for element in app.get("html"))
    assert "from &lt;b&gt;Bert.csv by" in html
    assert "<b>Bert" not in html


def test_a_run_that_a_person_stopped_takes_the_rows_and_waits(
    open_page: Callable[..., AppTest], planned: Callable[..., RunFolder], monkeypatch
) -> None:
    folder, resumed = planned(LIST), []
    monkeypatch.setattr(fixed_rows, "resume", resumed.append)
    with Ledger.open(folder.ledger) as ledger:
        ledger.set_state(RunState.CANCELLED, "", datetime.now(UTC))
    app = open_page("importing.py", folder)
    fixed = write_reject_file(folder).read_bytes().replace(b"nobody", b"bert@example.com")
    take(app, folder, fixed)
    assert resumed == []
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        now = ledger.snapshot()
    assert (now.state, now.buckets.pending, now.buckets.rejected) == (RunState.CANCELLED, 21, 1)
    assert "They are sent when the run goes on" in texts(app.success)


def test_rows_that_still_fail_are_listed_with_the_reason_of_now(
    open_page: Callable[..., AppTest], planned: Callable[..., RunFolder]
) -> None:
    folder = planned(LIST)
    finished(folder)
    app = open_page("importing.py", folder)
    assert "not_an_email" in html_of(app)
    assert "key_missing" not in html_of(app)
    take(app, folder, write_reject_file(folder).read_bytes().replace(b"nobody", b""))
    assert "not_an_email" in html_of(app)
    assert "key_missing" in html_of(app)
    assert "0 rows can be sent, 1 still rejected" in texts(app.success)
