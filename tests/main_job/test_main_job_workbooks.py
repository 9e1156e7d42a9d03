"""Workbooks, down to the content of the table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from main_job.kit import MainJob, assert_items
from main_job.made_files import write_ods, write_xls, write_xlsb

ROWS = [["email", "score", "plan"], ["ann@example.com", 42.5, "gold"], ["bob@example.com", 7, "tin"]]
ITEMS = [
    {"email": {"S": "ann@example.com"}, "score": {"?": "42.5"}, "plan": {"S": "gold"}},
    {"email": {"S": "bob@example.com"}, "score": {"?": "7"}, "plan": {"S": "tin"}},
]

OTHER_KINDS: dict[str, Callable[[Path], object]] = {
    "list.xls": lambda path: write_xls(path, {"Contacts": ROWS}),
    "list.xlsb": lambda path: write_xlsb(path, ROWS),
    "list.ods": lambda path: write_ods(path, {"Contacts": ROWS}),
}


@pytest.mark.parametrize("name", OTHER_KINDS)
def test_a_workbook_whose_formats_cannot_be_seen_arrives_and_says_so(
    name: str, main_job: MainJob, tmp_path: Path
) -> None:
    OTHER_KINDS[name](tmp_path / name)
    outcome = main_job.import_list(tmp_path / name)
    assert outcome.code == 0, outcome.told
    assert_items(outcome, ITEMS)
    assert outcome.summary is not None
    assert "formats_not_visible" in [warning["code"] for warning in outcome.summary["warnings"]]
