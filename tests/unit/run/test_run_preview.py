"""One row as it will be stored: the same bytes that a run sends."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from run_folders import checked_folder

from importer.check import CheckResult
from importer.clean import Condition, DropRows, History, Operation, RenameColumn, Trim, save_history
from importer.errors import ConfigError
from importer.run import RunFolder, open_stage, preview_item, read_recipe, read_schema
from importer.run.feed import ListToSend, PackWork, SliceToSend
from importer.write.request import TableBody

HOSTILE = (
    "email,name\r\n"
    "nobody,Bert\r\n"
    'eva@example.com,"<script>alert(1)</script> \\ ""quoted"" =1+1"\r\n'
    "gone@example.com,x\r\n"
    "blank@example.com,\r\n"
)


def folder_of(tmp_path: Path, *steps: Operation) -> RunFolder:
    return checked_folder(tmp_path, HOSTILE, operations=steps)


def test_the_first_ready_row_is_shown_as_the_engine_sends_it(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    shown = preview_item(folder)
    assert shown.row == 3
    assert shown.item == {
        "email": {"S": "eva@example.com"},
        "name": {"S": '<script>alert(1)</script> \\ "quoted" =1+1'},
    }
    assert shown.source == {"email": "eva@example.com", "name": '<script>alert(1)</script> \\ "quoted" =1+1'}
    assert (shown.size_bytes, shown.write_units, shown.problems) == (5 + 15 + 4 + 41, 1, ())


def test_it_is_what_the_body_of_a_runs_request_holds(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    stage, checked = open_stage(folder), CheckResult.open(folder.check)
    listed = ListToSend(stage, read_recipe(folder), read_schema(folder), checked)
    rows = checked.ready_rows(0)
    slice_ = SliceToSend(0, np.arange(len(rows)), rows, False)
    (batch,) = PackWork(listed, TableBody("Contacts", insert=False))(slice_)
    assert batch.body is not None
    puts = json.loads(batch.body.data)["RequestItems"]["Contacts"]
    assert rows.tolist() == [3, 4, 5]
    assert [{"PutRequest": {"Item": preview_item(folder, row).item}} for row in rows.tolist()] == puts


def test_a_row_that_is_not_ready_says_why_and_a_blank_is_left_out(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    assert preview_item(folder, 2).problems == ("email: must be an e-mail address.",)
    assert preview_item(folder, 5).item == {"email": {"S": "blank@example.com"}}


def test_the_recipe_counts_and_a_dropped_row_has_no_item(tmp_path: Path) -> None:
    steps = (DropRows(Condition("name", "equals", "x")), RenameColumn("name", "Full name"), Trim())
    folder = checked_folder(tmp_path, HOSTILE.replace("Bert", " Bert "), operations=())
    save_history(folder.recipe, History(steps))
    shown = preview_item(folder, 2)
    assert (shown.source["name"], shown.cleaned["Full name"]) == (" Bert ", "Bert")
    gone = preview_item(folder, 4)
    assert (gone.item, gone.dropped) == (None, True)


def test_a_row_that_is_not_there_is_refused_by_number(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no row 99"):
        preview_item(folder_of(tmp_path), 99)


def test_of_a_list_with_nothing_ready_the_first_row_is_shown_with_its_reason(tmp_path: Path) -> None:
    folder = checked_folder(tmp_path, "email,name\r\nnobody,x\r\nno one,y\r\n")
    shown = preview_item(folder)
    assert (shown.row, shown.problems) == (2, ("email: must be an e-mail address.",))
    with pytest.raises(ConfigError, match="no rows, so there is no item"):
        preview_item(checked_folder(tmp_path, "email,name\r\n"))
