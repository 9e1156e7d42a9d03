"""What is told of a list and the table it goes to, the same for pages and command line."""

from __future__ import annotations

from pathlib import Path

from run_folders import checked_folder

from importer.plan import Mode
from importer.run import Asked, list_warnings
from importer.table import TableSample

HELD = TableSample(3, {"email": {"S": 3}, "name": {"S": 3}, "city": {"S": 2, "NULL": 1}, "score": {"N": 1}})

GOOD = "email,name\nanna@example.com,Anna\nbert@example.com,Bert\n"


def test_an_overwrite_that_takes_attributes_away_names_them_and_how_many_items_hold_them(tmp_path: Path) -> None:
    folder = checked_folder(tmp_path, GOOD)
    (warning,) = list_warnings(Asked(folder, None, HELD, Mode.OVERWRITE))
    assert (warning.code, warning.count, warning.is_doubt) == ("would_wipe", 3, False)
    assert "Of 3 items looked at" in warning.message
    assert "city (in 3), score (in 1)" in warning.message
    assert "email" not in warning.message


def test_nothing_is_wiped_by_insert_only_nor_where_the_list_has_every_attribute(tmp_path: Path) -> None:
    folder = checked_folder(tmp_path, GOOD)
    assert list_warnings(Asked(folder, None, HELD, Mode.INSERT)) == ()
    same = TableSample(3, {"email": {"S": 3}, "name": {"S": 1}})
    assert list_warnings(Asked(folder, None, same, Mode.OVERWRITE)) == ()
    assert list_warnings(Asked(folder, None, TableSample(0, {}), Mode.OVERWRITE)) == ()


def test_a_missing_right_to_look_at_the_items_is_told_once(tmp_path: Path) -> None:
    folder = checked_folder(tmp_path, GOOD)
    refused = TableSample(0, {}, "You have no right to dynamodb:Scan on EmailContacts. Ask for it.")
    (warning,) = list_warnings(Asked(folder, None, refused, Mode.OVERWRITE))
    assert warning.code == "table_not_looked_at"
    assert warning.message.endswith("You have no right to dynamodb:Scan on EmailContacts. Ask for it.")
