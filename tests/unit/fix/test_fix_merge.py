"""A fixed file merged into its run: only rows that were not written, by number, each counted once at every moment."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from unit.fix.fix_kit import (
    LIST,
    buckets,
    exact,
    finished_run,
    merge,
    planned_run,
    save_rows,
    send,
    spreadsheet,
    strict_table,
    with_cells,
)

from importer.check import ColumnSpec, Email, Schema, Unique, Winner
from importer.clean import DecideRows, RenameColumn, SetCells, Trim
from importer.errors import ConfigError, SourceError
from importer.plan import Mode
from importer.prove import totals, write_receipt, write_reject_file, write_spreadsheet_rejects
from importer.run import Bucket, Ledger, RunBusy, RunLock, RunState, run_summary, this_holder


@pytest.fixture
def table():
    with strict_table() as made:
        yield made


FIXED = with_cells(
    {3: {"email": "bert@example.com"}, 4: {"phone": "+49 30 5550104"}, 7: {"email": "fay@example.com"}}
)


def test_rows_that_pass_leave_their_bucket_and_are_written_by_the_same_run(tmp_path, table):
    folder = finished_run(tmp_path, table.url)
    assert buckets(folder) == {"written": 2, "rejected": 3, "failed": 1}
    outcome = merge(folder, spreadsheet(folder, FIXED))
    assert outcome.sentence == "3 rows changed, 1 unchanged."
    assert outcome.result == "3 rows can be sent."
    assert buckets(folder) == {"written": 2, "rejected": 1, "pending": 3}
    assert run_summary(folder).state is RunState.PAUSED
    assert set(table.items()) == {"anna@example.com", "emil@example.com"}
    assert send(folder) is RunState.FINISHED
    assert buckets(folder) == {"written": 5, "rejected": 1}
    assert table.items() == {
        "anna@example.com": {"email": "anna@example.com", "name": "Anna", "phone": "+49 30 5550100"},
        "bert@example.com": {"email": "bert@example.com", "name": "Bert"},
        "cleo@example.com": {"email": "cleo@example.com", "name": "=1+1", "phone": "+49 30 5550104"},
        "emil@example.com": {"email": "emil@example.com", "name": "Emil"},
        "fay@example.com": {"email": "fay@example.com", "name": "Fay"},
    }
    assert totals(folder).sentence == "5 written + 1 rejected = 6 rows of the file."


def test_the_exact_file_comes_back_the_same_way(tmp_path, table):
    folder = finished_run(tmp_path, table.url)
    outcome = merge(folder, exact(folder, lambda text: text.replace("nobody,", "bert@example.com,")))
    assert (outcome.changed, outcome.unchanged, outcome.passed) == (1, 3, 1)
    send(folder)
    assert table.items()["bert@example.com"] == {"email": "bert@example.com", "name": "Bert"}


@pytest.mark.parametrize("which", [exact, spreadsheet])
def test_a_file_that_comes_back_as_it_went_changes_nothing(tmp_path, table, which):
    folder = finished_run(tmp_path, table.url)
    before = folder.ledger.read_bytes()
    outcome = merge(folder, which(folder))
    assert outcome.sentence == "0 rows changed, 4 unchanged."
    assert (outcome.notes, outcome.result) == ((), "")
    assert folder.ledger.read_bytes() == before
    assert list((folder.path / "fixes").iterdir()) == []


def test_the_same_file_sent_twice_changes_nothing(tmp_path, table):
    folder = finished_run(tmp_path, table.url)
    path = spreadsheet(folder, FIXED)
    merge(folder, path)
    waiting = merge(folder, path)
    assert waiting.sentence == "0 rows changed, 1 unchanged, 3 left alone."
    assert waiting.notes == ("Rows 3, 4, 7 wait to be sent already; left alone.",)
    assert buckets(folder) == {"written": 2, "rejected": 1, "pending": 3}
    send(folder)
    again = merge(folder, path)
    assert again.notes == ("Rows 3, 4, 7 are in the table already; left alone.",)
    assert buckets(folder) == {"written": 5, "rejected": 1}


def test_a_row_that_still_fails_keeps_its_place_with_the_new_reason_and_the_cells_as_last_fixed(tmp_path, table):
    folder = finished_run(tmp_path, table.url)
    first = merge(folder, spreadsheet(folder, with_cells({3: {"email": "bert@"}, 4: {"email": ""}})))
    assert (first.changed, first.passed, first.rejected) == (2, 0, 2)
    assert buckets(folder) == {"written": 2, "rejected": 3, "failed": 1}
    assert run_summary(folder).state is RunState.FINISHED
    lines = write_reject_file(folder).read_text().splitlines()
    assert lines[1].startswith("3,email,not_an_email,")
    assert lines[1].endswith(",bert@,Bert,")
    assert lines[2].startswith("4,email,key_missing,")
    assert lines[2].endswith(",,=1+1,call me")
    assert "'=1+1" in write_spreadsheet_rejects(folder).read_text("utf-8-sig")


def test_a_row_fixed_in_two_rounds_is_written_as_last_fixed(tmp_path, table):
    folder = finished_run(tmp_path, table.url)
    merge(folder, spreadsheet(folder, with_cells({3: {"email": "bert@", "name": "Berta"}})))
    again = merge(folder, spreadsheet(folder, with_cells({3: {"email": "bert@example.com"}})))
    assert (again.round, again.changed, again.unchanged) == (2, 1, 3)
    send(folder)
    assert table.items()["bert@example.com"] == {"email": "bert@example.com", "name": "Berta"}
    assert buckets(folder) == {"written": 3, "rejected": 2, "failed": 1}


def test_a_row_that_fails_at_the_service_again_and_again_is_counted_once(tmp_path, table):
    folder = finished_run(tmp_path, table.url)
    for number in range(3):
        merge(folder, spreadsheet(folder, with_cells({7: {"email": f"bad{number}@example.com"}})))
        assert buckets(folder) == {"written": 2, "rejected": 3, "pending": 1}
        assert send(folder) is RunState.FINISHED
        assert buckets(folder) == {"written": 2, "rejected": 3, "failed": 1}
    merge(folder, spreadsheet(folder, with_cells({7: {"email": "no address"}})))
    assert buckets(folder) == {"written": 2, "rejected": 4}
    merge(folder, spreadsheet(folder, with_cells({7: {"email": "fay@example.com"}})))
    assert send(folder) is RunState.FINISHED
    assert buckets(folder) == {"written": 3, "rejected": 3}


def test_rows_that_are_not_to_be_fixed_are_refused_one_by_one_and_touch_nothing(tmp_path, table):
    content = LIST + "anna@example.com,Anna again,\n"
    folder = finished_run(tmp_path, table.url, content)
    assert buckets(folder) == {"written": 2, "rejected": 3, "failed": 1, "duplicate": 1}
    rows = [
        {"_row": row, "email": f"x{row}@example.com", "name": "X"}
        for row in ("2", "6", "8", "99", "3", "3", "5", "5", "two", "")
    ]
    rows[5] |= {"name": "Y"}
    outcome = merge(folder, save_rows(folder, rows))
    assert outcome.sentence == "1 row changed, 0 unchanged, 4 left alone, 1 row number not known."
    assert outcome.notes == (
        "Row 3 is in the file twice with different cells; left alone.",
        "Row 2 lost to another row with the same key; left alone.",
        "Rows 6, 8 are in the table already; left alone.",
        "Row 99 is not in the list; left alone.",
        "2 lines of the file without a row number in _row: 10, 11. Nothing was taken from there.",
        'Not in the file, so left as they are: "phone".',
    )
    send(folder)
    assert set(table.items()) == {"anna@example.com", "emil@example.com", "x5@example.com"}
    assert table.items()["anna@example.com"]["name"] == "Anna again"


@pytest.mark.parametrize("winner", [Winner.FIRST, Winner.LAST])
def test_a_fixed_row_never_takes_the_place_of_one_that_is_written(tmp_path, table, winner):
    folder = finished_run(tmp_path, table.url, winner=winner)
    outcome = merge(folder, spreadsheet(folder, with_cells({3: {"email": "anna@example.com"}})))
    assert outcome.result == "0 rows can be sent, 1 duplicate."
    assert buckets(folder) == {"written": 2, "rejected": 2, "failed": 1, "duplicate": 1}
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        assert list(ledger.outcomes(Bucket.DUPLICATE)) == [(3, "duplicate", "duplicate_key", "email")]
    assert send(folder) is RunState.FINISHED
    assert table.items()["anna@example.com"]["name"] == "Anna"


def test_with_the_rule_reject_them_all_it_is_rejected(tmp_path, table):
    folder = finished_run(tmp_path, table.url, winner=Winner.REJECT)
    outcome = merge(folder, spreadsheet(folder, with_cells({3: {"email": "anna@example.com"}})))
    assert (outcome.passed, outcome.rejected) == (0, 1)
    assert write_reject_file(folder).read_text().splitlines()[1].startswith("3,email,key_conflict,")


def test_of_fixed_rows_with_one_key_the_winner_rule_holds_unless_another_row_has_the_key_already(tmp_path, table):
    folder = finished_run(tmp_path, table.url)
    both = with_cells({3: {"email": "new@example.com"}, 5: {"email": "new@example.com"}})
    assert merge(folder, spreadsheet(folder, both)).result == "1 row can be sent, 1 duplicate."
    send(folder)
    assert table.items()["new@example.com"]["name"] == "00123"


def test_two_fixed_rows_with_the_key_of_a_written_one_are_both_duplicates(tmp_path, table):
    folder = finished_run(tmp_path, table.url)
    both = with_cells({3: {"email": "anna@example.com"}, 5: {"email": "anna@example.com"}})
    assert merge(folder, spreadsheet(folder, both)).result == "0 rows can be sent, 2 duplicate."
    assert table.items()["anna@example.com"]["name"] == "Anna"


def test_a_row_of_an_earlier_round_holds_its_key_too(tmp_path, table):
    folder = finished_run(tmp_path, table.url)
    merge(folder, spreadsheet(folder, with_cells({3: {"email": "new@example.com"}})))
    second = merge(folder, spreadsheet(folder, with_cells({5: {"email": "new@example.com"}})))
    assert second.result == "0 rows can be sent, 1 duplicate."
    send(folder)
    assert table.items()["new@example.com"]["name"] == "Bert"


def test_a_failed_row_may_keep_its_own_key(tmp_path):
    with strict_table("bad6@") as table:
        folder = finished_run(tmp_path, table.url)
        outcome = merge(folder, spreadsheet(folder, with_cells({7: {"name": "Faye"}})))
        assert outcome.passed == 1


def test_what_must_not_repeat_is_held_against_written_rows_as_well(tmp_path, table):
    columns = (
        ColumnSpec("email", "email", rules=(Email(),)),
        ColumnSpec("name", "name", rules=(Unique(),)),
        ColumnSpec("phone", "phone"),
    )
    folder = finished_run(tmp_path, table.url, schema=Schema(columns, ("email",)))
    outcome = merge(folder, spreadsheet(folder, with_cells({3: {"email": "b@example.com", "name": "Anna"}})))
    assert (outcome.passed, outcome.rejected) == (0, 1)
    assert write_reject_file(folder).read_text().splitlines()[1].startswith("3,name,not_unique,")


def test_fixed_cells_walk_the_recipe_like_every_other_row(tmp_path, table):
    folder = finished_run(tmp_path, table.url, operations=(Trim(("email",)), SetCells("name", ((3, "Bertram"),))))
    merge(folder, spreadsheet(folder, with_cells({3: {"email": "  bert@example.com "}})))
    send(folder)
    assert table.items()["bert@example.com"]["name"] == "Bertram"


def test_a_fixed_cell_beats_a_step_that_set_it_by_row_and_a_word_on_the_row(tmp_path, table):
    steps = (SetCells("email", ((3, "still wrong"),)), DecideRows((4,), "reject"), RenameColumn("name", "name "))
    columns = (ColumnSpec("email", "email", rules=(Email(),)), ColumnSpec("name ", "name"), ColumnSpec("phone", None))
    folder = finished_run(tmp_path, table.url, operations=steps, schema=Schema(columns, ("email",)))
    merge(folder, spreadsheet(folder, with_cells({3: {"email": "bert@example.com"}, 4: {"name": "Cleo"}})))
    send(folder)
    assert table.items()["bert@example.com"]["name"] == "Bert"
    assert table.items()["cleo@example.com"]["name"] == "Cleo"


def test_a_record_with_too_many_cells_is_put_right_by_taking_them_out(tmp_path, table):
    content = LIST + "gus@example.com,Gus,,extra,\nhal@example.com,Hal\n"
    folder = finished_run(tmp_path, table.url, content)
    assert merge(folder, exact(folder)).sentence == "0 rows changed, 6 unchanged."
    assert merge(folder, spreadsheet(folder)).sentence == "0 rows changed, 6 unchanged."
    outcome = merge(folder, exact(folder, lambda text: text.replace("Gus,,extra,", "Gus,").replace(",Hal", ",Hal,")))
    assert (outcome.changed, outcome.passed) == (2, 2)
    send(folder)
    assert table.items()["gus@example.com"] == {"email": "gus@example.com", "name": "Gus"}
    assert table.items()["hal@example.com"] == {"email": "hal@example.com", "name": "Hal"}


def test_a_record_that_is_still_ragged_stays_rejected_for_it(tmp_path, table):
    folder = finished_run(tmp_path, table.url, LIST + "gus@example.com,Gus,,extra\n")
    outcome = merge(folder, exact(folder, lambda text: text.replace("Gus,,extra", "Gustav,,extra")))
    assert (outcome.changed, outcome.passed, outcome.rejected) == (1, 0, 1)
    line = write_reject_file(folder).read_text().splitlines()[-1]
    assert line.startswith("8,,row_too_long,")
    assert line.endswith(",gus@example.com,Gustav,,extra")
    assert merge(folder, exact(folder)).changed == 0


def test_insert_only_holds_for_fixed_rows_too(tmp_path, table):
    there = "email,name,phone\nbert@example.com,Was here first,\n"
    finished_run(tmp_path, table.url, there)
    folder = finished_run(tmp_path, table.url, mode=Mode.INSERT)
    merge(folder, spreadsheet(folder, with_cells({3: {"email": "bert@example.com"}})))
    assert send(folder) is RunState.FINISHED
    assert buckets(folder) == {"written": 2, "skipped": 1, "rejected": 2, "failed": 1}
    assert table.items()["bert@example.com"]["name"] == "Was here first"


def test_a_run_that_was_never_sent_takes_fixed_rows_too(tmp_path, table):
    folder = planned_run(tmp_path, table.url)
    assert buckets(folder) == {"rejected": 3, "pending": 3}
    outcome = merge(
        folder, spreadsheet(folder, with_cells({3: {"email": "emil@example.com"}, 5: {"email": "d@x.de"}}))
    )
    assert outcome.result == "1 row can be sent, 1 duplicate."
    assert buckets(folder) == {"rejected": 1, "pending": 4, "duplicate": 1}
    assert run_summary(folder).state is RunState.QUEUED
    send(folder)
    assert buckets(folder) == {"written": 3, "rejected": 1, "duplicate": 1, "failed": 1}


def test_while_a_process_has_the_run_it_is_refused_and_nothing_is_left(tmp_path, table):
    folder = finished_run(tmp_path, table.url)
    path = spreadsheet(folder, FIXED)
    with RunLock(folder, this_holder(datetime.now(UTC))), pytest.raises(RunBusy, match="is being run by process"):
        merge(folder, path)
    assert not (folder.path / "fixes").exists()


def test_a_list_without_a_plan_is_sent_to_its_check_page(tmp_path):
    from unit.fix.fix_kit import checked_run

    folder = checked_run(tmp_path)
    with pytest.raises(ConfigError, match="has not been started"):
        merge(folder, tmp_path / "list.csv")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"email,name\nanna@example.com,Anna\n", 'has no column "_row"'),
        (b"_row,Betrag\n3,17\n", "None of the list's columns is in the file"),
        (b"", "is empty"),
    ],
)
def test_a_file_that_is_no_reject_file_is_refused_in_words(tmp_path, table, content, told):
    folder = finished_run(tmp_path, table.url)
    path = tmp_path / "other.csv"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=told):
        merge(folder, path)
    assert buckets(folder) == {"written": 2, "rejected": 3, "failed": 1}
    assert list((folder.path / "fixes").iterdir()) == []


@pytest.mark.parametrize("name", ["source", "recipe.json", "stage/rows.parquet", "check/ready.i64"])
def test_resume_is_refused_when_a_round_changed_saying_which(tmp_path, table, name):
    folder = finished_run(tmp_path, table.url)
    merge(folder, spreadsheet(folder, FIXED))
    path = folder.path / "fixes" / "1" / name
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(ConfigError, match="Resume refused: round 1 of fixed rows changed"):
        send(folder)
    assert buckets(folder) == {"written": 2, "rejected": 1, "pending": 3}


def test_what_a_killed_merge_left_is_taken_away(tmp_path, table):
    folder = finished_run(tmp_path, table.url)
    left = folder.path / "fixes" / "1" / "stage"
    left.mkdir(parents=True)
    (left / "rows.parquet").write_bytes(b"half")
    assert merge(folder, spreadsheet(folder, FIXED)).round == 1
    assert send(folder) is RunState.FINISHED


def test_the_receipt_and_the_events_tell_of_each_round_without_a_cell(tmp_path, table):
    folder = finished_run(tmp_path, table.url)
    merge(folder, spreadsheet(folder, with_cells({3: {"email": "bert@"}})))
    merge(folder, spreadsheet(folder, FIXED))
    send(folder)
    told = json.loads(write_receipt(folder).read_text())
    assert [(one["round"], one["rows"], one["sent"], one["name"], one["who"]) for one in told["fixes"]] == [
        (1, 1, 0, "fixed.csv", "tester"),
        (2, 3, 3, "fixed.csv", "tester"),
    ]
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        texts = [event.text for event in ledger.events() if event.kind == "fix"]
    assert texts == [
        "Round 2: 3 rows changed, 1 unchanged. 3 rows can be sent.",
        "Round 1: 1 row changed, 3 unchanged. 0 rows can be sent, 1 still rejected.",
    ]
    for path in (folder.receipt, folder.ledger, Path(folder.path / "fixes" / "2" / "round.json")):
        for cell in (b"bert@", b"Bert", b"5550104"):
            assert cell not in path.read_bytes(), path.name


def test_rounds_of_several_slices_are_sent_whole(tmp_path, table, monkeypatch):
    monkeypatch.setattr("importer.intake.few_rows.SLICE_ROWS", 2)
    content = "email,name,phone\n" + "".join(f"wrong {row},N{row},\n" for row in range(7))
    folder = finished_run(tmp_path, table.url, content)
    rows = [{"_row": str(row + 2), "email": f"p{row}@example.com"} for row in range(7)]
    assert merge(folder, save_rows(folder, rows[:5])).passed == 5
    assert merge(folder, save_rows(folder, rows)).sentence == "2 rows changed, 0 unchanged, 5 left alone."
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        assert [(one.first_slice, one.slices) for one in ledger.rounds()] == [(1, 3), (4, 1)]
    assert send(folder) is RunState.FINISHED
    assert {email: item["name"] for email, item in table.items().items()} == {
        f"p{row}@example.com": f"N{row}" for row in range(7)
    }
    assert buckets(folder) == {"written": 7}
