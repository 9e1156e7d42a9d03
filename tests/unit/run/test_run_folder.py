"""A run's folder: its owner's alone, its source byte for byte, ids that cannot lead elsewhere."""

import json
import os
import stat
from datetime import UTC, datetime

import pytest
from pyarrow import parquet
from unit.run.run_folders import NOW, checked_folder, frozen_folder, plan_for, settle

from importer.check import CheckResult
from importer.errors import ConfigError, FatalError, SourceError
from importer.files import write_private
from importer.intake import Stage
from importer.run import (
    Buckets,
    Ledger,
    RunState,
    adopt_source,
    create_run,
    freeze_plan,
    list_runs,
    load_plan,
    open_run,
    prepare_stage,
    run_summary,
    save_schema,
)
from importer.run.schemas import read_schema
from importer.settings import Settings


def test_a_new_run_is_a_folder_for_its_owner_with_a_draft(tmp_path):
    settings = Settings(tmp_path / "home")
    folder = create_run(settings, source_name="Kontakte März.csv", who="zoe", now=NOW)
    assert folder.run_id.startswith("20250301-100000-")
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    assert stat.S_IMODE(folder.draft_path.stat().st_mode) == 0o600
    draft = open_run(settings, folder.run_id).draft()
    assert (draft.source_name, draft.who, draft.created_at) == ("Kontakte März.csv", "zoe", "2025-03-01T10:00:00Z")


@pytest.mark.parametrize("run_id", ["../../etc", "", "20250301-100000-00000000", "a/b", "20250301-100000-0000000g"])
def test_an_unknown_or_malformed_id_is_refused_and_not_repeated(tmp_path, run_id):
    with pytest.raises(ConfigError, match="There is no run") as refused:
        open_run(Settings(tmp_path), run_id)
    assert ".." not in str(refused.value)


@pytest.mark.parametrize("move", [False, True])
def test_the_source_is_kept_byte_for_byte(tmp_path, move):
    given = tmp_path / "given.csv"
    given.write_bytes(b"\xef\xbb\xbfa;b\r\n\x00\xff\n")
    folder = create_run(Settings(tmp_path / "home"), source_name="given.csv", who="", now=NOW)
    draft = adopt_source(folder, given, move=move)
    assert folder.source.read_bytes() == b"\xef\xbb\xbfa;b\r\n\x00\xff\n"
    assert draft.size_bytes == 11
    assert stat.S_IMODE(folder.source.stat().st_mode) == 0o600
    assert given.exists() is not move


def test_a_source_that_vanished_is_a_plain_sentence(tmp_path):
    folder = create_run(Settings(tmp_path / "home"), source_name="x.csv", who="", now=NOW)
    with pytest.raises(SourceError, match=r"gone.csv cannot be read \(No such file or directory\)"):
        adopt_source(folder, tmp_path / "gone.csv")


def test_a_write_that_fails_leaves_the_old_file(tmp_path):
    path = tmp_path / "kept.json"
    write_private(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_private(path, "new \ud800")
    assert path.read_text() == "old"
    assert [found.name for found in tmp_path.iterdir()] == ["kept.json"]


def test_a_frozen_plan_puts_every_row_that_is_not_ready_into_its_bucket(tmp_path):
    folder = frozen_folder(tmp_path)
    summary = run_summary(folder)
    assert summary.state is RunState.QUEUED
    assert summary.buckets == Buckets(duplicate=1, rejected=2, pending=3)
    assert summary.rows_read == summary.buckets.total == 6
    assert load_plan(folder).sentence().startswith("Write 3 contacts, reject 2, leave out 1 duplicate; into table ")


def test_a_plan_is_frozen_once_and_nothing_before_it_may_change_after(tmp_path):
    folder = frozen_folder(tmp_path)
    with pytest.raises(ConfigError, match="planned already"):
        freeze_plan(folder, load_plan(folder), CheckResult.open(folder.check))
    with pytest.raises(ConfigError, match="cannot change"):
        prepare_stage(folder)
    with pytest.raises(ConfigError, match="cannot change"):
        save_schema(folder, read_schema(folder))


def test_a_crash_while_freezing_leaves_a_draft(tmp_path, monkeypatch):
    folder = checked_folder(tmp_path)
    plan = plan_for(folder)
    monkeypatch.setattr(Ledger, "close", lambda self: (_ for _ in ()).throw(FatalError("The disk is full.")))
    with pytest.raises(FatalError):
        freeze_plan(folder, plan, CheckResult.open(folder.check))
    monkeypatch.undo()
    assert not folder.frozen
    assert not list(folder.path.glob(".ledger*"))
    freeze_plan(folder, plan, CheckResult.open(folder.check)).close()
    assert folder.frozen


def test_a_plan_for_another_check_is_refused(tmp_path):
    folder = checked_folder(tmp_path)
    plan = plan_for(folder)
    stale = type(plan)(**{**vars(plan), "check_fingerprint": "stale"})
    with pytest.raises(ConfigError, match="changed since the plan was made"):
        freeze_plan(folder, stale, CheckResult.open(folder.check))


def test_the_runs_list_is_newest_first_with_the_promised_names(tmp_path):
    older = frozen_folder(tmp_path)
    settle(older, written=(0, 1), failed=(2,))
    newer = create_run(Settings(tmp_path / "home"), source_name="b.csv", who="", now=datetime(2025, 3, 2, tzinfo=UTC))
    runs = list_runs(Settings(tmp_path / "home"))
    assert [run.run_id for run in runs] == [newer.run_id, older.run_id]
    told = runs[1].to_dict()
    promised = [
        "run_id",
        "state",
        "rows_read",
        "written",
        "unchanged",
        "skipped",
        "duplicate",
        "rejected",
        "failed",
        "pending",
    ]
    assert list(told)[: len(promised)] == promised
    assert [told[name] for name in promised[2:]] == [6, 2, 0, 0, 1, 2, 1, 0]
    assert (runs[0].state, runs[0].rows_read) == (RunState.DRAFT, 0)


def test_a_damaged_run_is_listed_as_failed_and_hides_no_other(tmp_path):
    good = frozen_folder(tmp_path)
    bad = create_run(Settings(tmp_path / "home"), source_name="b.csv", who="", now=NOW)
    bad.draft_path.write_text("{")
    states = {run.run_id: run.state for run in list_runs(Settings(tmp_path / "home"))}
    assert states == {good.run_id: RunState.QUEUED, bad.run_id: RunState.FAILED}


def test_no_runs_is_an_empty_list(tmp_path):
    assert list_runs(Settings(tmp_path / "home")) == ()


def test_a_pipe_in_a_run_is_told_at_once_and_a_whole_run_is_opened(tmp_path):
    """The control is the run as it was: it is opened and listed as what it is."""
    settings, folder = Settings(tmp_path / "home"), frozen_folder(tmp_path)
    assert open_run(settings, folder.run_id) == folder
    assert list_runs(settings)[0].state is RunState.QUEUED
    report = folder.stage / "report.json"
    report.unlink()
    os.mkfifo(report)
    with pytest.raises(ConfigError, match=r'"report.json" in the folder of run .* is no file. Import the list again'):
        open_run(settings, folder.run_id)
    assert (list_runs(settings)[0].state, "is no file" in list_runs(settings)[0].reason) == (RunState.FAILED, True)


def test_a_run_whose_draft_is_gone_is_listed_and_says_what_to_do(tmp_path):
    settings, folder = Settings(tmp_path / "home"), frozen_folder(tmp_path)
    folder.draft_path.unlink()
    (listed,) = list_runs(settings)
    assert (listed.run_id, listed.state) == (folder.run_id, RunState.FAILED)
    assert listed.reason == f"Run {folder.run_id} has no readable draft.json. Upload the list again."


def test_control_a_folder_that_is_just_being_made_is_not_listed(tmp_path):
    (tmp_path / "home" / "runs" / "20250301-100000-00000000").mkdir(parents=True)
    assert list_runs(Settings(tmp_path / "home")) == ()


@pytest.mark.parametrize("damage", ["other columns", "fewer rows", "another type"])
def test_a_stage_of_another_shape_than_its_report_is_refused_as_damaged(tmp_path, damage):
    """The control is the stage as it was."""
    stage = checked_folder(tmp_path).stage
    assert [len(chunk) for chunk in Stage.open(stage).chunks()] == [6]
    rows = parquet.read_table(stage / "rows.parquet")
    shapes = {
        "other columns": rows.drop_columns(["c1"]),
        "fewer rows": rows.slice(1),
        "another type": rows.set_column(0, "row", rows["row"].cast("string")),
    }
    parquet.write_table(shapes[damage], stage / "rows.parquet")
    with pytest.raises(SourceError, match=r"damaged on the disk\. Read the list again"):
        list(Stage.open(stage).chunks())


@pytest.mark.parametrize("damage", ["cut", "a longer slice", "a fraction"])
def test_a_check_whose_ready_rows_are_not_all_there_is_refused_as_damaged(tmp_path, damage):
    """The control is the check as it was."""
    check = checked_folder(tmp_path).check
    assert CheckResult.open(check).ready_rows(0).tolist() == [4, 5, 6]
    if damage == "cut":
        (check / "ready.i64").write_bytes((check / "ready.i64").read_bytes()[:10])
    else:
        report = json.loads((check / "report.json").read_text())
        report["slices"][0] = [10**12 if part == 3 else part for part in report["slices"][0]]
        report["slices"][0] = (
            [float(part) for part in report["slices"][0]] if damage == "a fraction" else report["slices"][0]
        )
        (check / "report.json").write_text(json.dumps(report))
    with pytest.raises(ConfigError, match=r"damaged on the disk|has not been checked yet"):
        CheckResult.open(check).ready_rows(0)
