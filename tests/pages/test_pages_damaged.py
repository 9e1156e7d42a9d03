"""A run whose files are damaged on the disk: every page says what to do, and offers it; none ends at a dead end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from page_kit import texts
from streamlit.testing.v1 import AppTest

from importer.run import RunFolder, open_stage

LIST = b"email,name\nann@example.com,Ann\nbob@example.com,Bob\n"
DAMAGED = "What was read of the list is damaged on the disk. Read the list again; once it is planned, as a new run."


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:40])


@pytest.mark.parametrize("page", ["columns.py", "check.py", "importing.py"])
def test_a_damaged_list_is_told_with_the_way_to_read_it_again(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder], page: str
) -> None:
    run = read(LIST)
    assert DAMAGED not in texts(open_page(page, run).error)  # the control
    cut(run.stage / "rows.parquet")
    app = open_page(page, run)
    assert not app.exception
    assert texts(app.error) == DAMAGED


def test_the_file_page_reads_a_damaged_list_again(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    run = read(LIST)
    cut(run.stage / "rows.parquet")
    app = open_page("file.py", run)
    assert not app.exception
    assert [list(chunk["name"]) for chunk in open_stage(run).chunks()] == [["Ann", "Bob"]]


def test_what_a_run_did_is_shown_whatever_became_of_its_list(
    open_page: Callable[..., AppTest], planned: Callable[..., RunFolder]
) -> None:
    run = planned(LIST)
    cut(run.stage / "rows.parquet")
    app = open_page("importing.py", run)
    assert not app.exception
    assert DAMAGED not in texts(app.error)
    assert texts(open_page("check.py", run).error) == DAMAGED


def test_a_run_without_its_draft_is_among_the_runs_with_what_to_do(
    open_page: Callable[..., AppTest], planned: Callable[..., RunFolder]
) -> None:
    run = planned(LIST)
    run.draft_path.unlink()
    app = open_page("runs.py", run)
    assert not app.exception
    assert "has no readable draft.json. Upload the list again." in " ".join(
        element.proto.body for element in app.get("html")
    )
