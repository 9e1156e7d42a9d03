"""Insert-only: a contact that is in the table is left alone and counted as skipped, never as unchanged or written."""

from __future__ import annotations

from pathlib import Path

import pytest
from main_job.kit import MainJob, TableSpec, assert_items

THERE = {"email": {"S": "ann@example.com"}, "name": {"S": "Ann of before"}}


@pytest.mark.parametrize(("mode", "skipped", "name"), [("insert", 1, "Ann of before"), ("overwrite", 0, "Ann")])
def test_rows_whose_key_is_in_the_table_are_told_as_what_became_of_them(
    main_job: MainJob, tmp_path: Path, mode: str, skipped: int, name: str
) -> None:
    file = tmp_path / "list.csv"
    file.write_text("email,name\nann@example.com,Ann\nbob@example.com,Bob\n")
    outcome = main_job.import_list(file, TableSpec({"email": "S"}, items=[THERE]), "--mode", mode)
    assert outcome.summary is not None, outcome.told
    assert (outcome.summary["skipped"], outcome.summary["unchanged"]) == (skipped, 0)
    assert outcome.summary["written"] == 2 - skipped
    assert_items(
        outcome,
        [
            {"email": {"S": "ann@example.com"}, "name": {"S": name}},
            {"email": {"S": "bob@example.com"}, "name": {"S": "Bob"}},
        ],
    )
