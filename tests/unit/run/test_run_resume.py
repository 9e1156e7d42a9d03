"""What is sent: only what is pending, only of what was planned, only by one process, only as long as it may."""

import os
import signal

import pytest
from unit.run.run_folders import NOW, frozen_folder, settle

from importer.check import CheckResult
from importer.clean import History, Trim, save_history
from importer.errors import ConfigError
from importer.plan import Pace
from importer.run import Ledger, RunBusy, RunState, cancel_run, execute_run, pause_run, run_summary, set_pace
from importer.run.desk import BadCount, Desk, RefusalCount, signals_cancel
from importer.run.feed import feed_batches
from importer.run.lock import RunLock
from importer.run.processes import this_holder
from importer.run.unchanged import planned_list
from importer.settings import Settings
from importer.write import Acknowledged
from importer.write.model import Failure
from importer.write.request import TableBody


@pytest.fixture
def folder(tmp_path):
    return frozen_folder(tmp_path)


def settings_of(folder):
    return Settings(folder.path.parents[1])


def test_only_pending_rows_are_made_into_batches(folder):
    settle(folder, written=(1,))
    with Ledger.open(folder.ledger) as ledger:
        plan, listed = planned_list(folder, ledger)
        with feed_batches(listed, ledger, TableBody("Contacts", insert=False)) as feeding:
            batches = list(feeding)
    assert [tuple(batch.positions) for batch in batches] == [(0, 2)]
    assert batches[0].maybe_sent
    bodies = b" ".join(batches[0].puts)
    assert b"Cleo, the 2nd" in bodies
    assert b"dora@example.com" in bodies
    assert b"Anna again" not in bodies
    assert plan.ready == 3


def test_the_first_start_of_a_slice_is_not_marked_as_sent_before(folder):
    with Ledger.open(folder.ledger) as ledger:
        _, listed = planned_list(folder, ledger)
        with feed_batches(listed, ledger, TableBody("Contacts", insert=False)) as batches:
            assert [batch.maybe_sent for batch in batches] == [False]


def test_a_slice_that_was_made_and_never_handed_out_is_not_marked_as_sent_before(folder):
    with Ledger.open(folder.ledger) as ledger:
        _, listed = planned_list(folder, ledger)
        with feed_batches(listed, ledger, TableBody("Contacts", insert=True)):
            """The table turns out to be missing, say."""
        with feed_batches(listed, ledger, TableBody("Contacts", insert=True)) as batches:
            assert [batch.maybe_sent for batch in batches] == [False]


def change_source(folder):
    folder.source.write_bytes(folder.source.read_bytes().replace(b"Bert", b"Bart"))


def change_recipe(folder):
    save_history(folder.recipe, History((Trim(("name",)),)))


def change_schema(folder):
    folder.schema.write_text(folder.schema.read_text().replace("winner: last", "winner: first"))


def change_plan(folder):
    folder.plan.write_text(folder.plan.read_text().replace('"overwrite"', '"insert"'))


def change_dialect(folder):
    folder.dialect.write_text(folder.dialect.read_text().replace('"quote": "\\""', '"quote": ""'))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (change_source, "the source changed"),
        (change_recipe, "the recipe changed"),
        (change_schema, "the schema changed"),
        (change_plan, "the plan's file changed"),
        (change_dialect, "the way the file is read changed"),
    ],
)
def test_resume_is_refused_when_something_planned_changed_saying_what(folder, change, told):
    change(folder)
    with pytest.raises(ConfigError, match=f"Resume refused: {told}"):
        execute_run(settings_of(folder), folder.run_id)
    summary = run_summary(folder)
    assert summary.state is RunState.FAILED
    assert told in summary.reason
    assert summary.buckets.pending == 3


def test_a_run_without_a_plan_is_refused(tmp_path):
    from unit.run.run_folders import checked_folder

    draft = checked_folder(tmp_path)
    with pytest.raises(ConfigError, match="has no plan yet"):
        execute_run(settings_of(draft), draft.run_id)
    with pytest.raises(ConfigError, match="nothing to cancel"):
        cancel_run(settings_of(draft), draft.run_id)


def test_a_destination_that_cannot_be_reached_pauses_with_the_reason(folder):
    assert execute_run(settings_of(folder), folder.run_id) is RunState.PAUSED
    summary = run_summary(folder)
    assert "127.0.0.1:1" in summary.reason
    assert summary.buckets.pending == 3


def test_an_unexpected_error_is_told_without_its_text_and_can_be_resumed(folder, monkeypatch):
    def breaks(*given, **named):
        raise KeyError("anna@example.com")

    monkeypatch.setattr("importer.run.runner.open_destination", breaks)
    assert execute_run(settings_of(folder), folder.run_id) is RunState.FAILED
    assert run_summary(folder).reason == "Unexpected error (KeyError). Resume to try again."


def test_a_held_run_tells_who_has_it_and_a_cancel_waits_for_its_process(folder):
    holder = this_holder(NOW)
    with (
        RunLock(folder, holder),
        pytest.raises(RunBusy, match=f"process {os.getpid()} on host .*, since 2025-03-01T"),
    ):
        execute_run(settings_of(folder), folder.run_id)
    with RunLock(folder, holder):
        assert cancel_run(settings_of(folder), folder.run_id) is RunState.QUEUED
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        assert ledger.read_command().state == "cancel"


def test_the_lock_is_free_again_after_its_holder(folder):
    with RunLock(folder, this_holder(NOW)):
        pass
    with RunLock(folder, this_holder(NOW)):
        pass


def test_a_cancelled_run_is_not_started_by_a_runner_that_was_queued_before(folder):
    assert cancel_run(settings_of(folder), folder.run_id) is RunState.CANCELLED
    assert execute_run(settings_of(folder), folder.run_id, only_queued=True) is RunState.CANCELLED
    assert run_summary(folder).started_at is None


def test_a_finished_run_stays_finished_whatever_is_asked(folder):
    settle(folder, written=(0, 1, 2))
    with Ledger.open(folder.ledger) as ledger:
        ledger.set_state(RunState.FINISHED, "", NOW)
    assert pause_run(settings_of(folder), folder.run_id) is RunState.FINISHED
    assert execute_run(settings_of(folder), folder.run_id) is RunState.FINISHED


def test_another_pace_reaches_the_runner(folder):
    set_pace(settings_of(folder), folder.run_id, Pace(rate_wcu=20.0, workers=2))
    with Ledger.open(folder.ledger) as ledger:
        wanted = Desk(ledger).command()
    assert (wanted.state, wanted.rate_wcu, wanted.workers) == ("run", 20.0, 2)


def test_a_signal_cancels_and_handlers_are_put_back(folder):
    before = signal.getsignal(signal.SIGTERM)
    with Ledger.open(folder.ledger) as ledger:
        desk = Desk(ledger)
        with signals_cancel(desk):
            os.kill(os.getpid(), signal.SIGTERM)
            assert desk.command().state == "cancel"
        assert desk.cancelled_by == "Cancelled by SIGTERM. It can be resumed."
    assert signal.getsignal(signal.SIGTERM) is before


def test_the_limit_of_bad_rows_stops_at_the_first_row_above_it():
    count = BadCount("3", list_rows=100, bad_rows=2)
    assert count.add(1) == ""
    assert "4 rows were rejected or failed, more than the limit of 3" in count.add(1)


def test_a_start_that_is_above_the_limit_already_goes_on_without_it():
    assert BadCount("3", list_rows=100, bad_rows=4).add(50) == ""
    assert BadCount(None, list_rows=100, bad_rows=0).add(50) == ""


def reply(written: int = 0, **refused: int) -> Acknowledged:
    """A reply that settles so many rows as written, and so many as refused with each code."""
    failed = tuple(Failure(0, code, f"{code}.") for code, rows in refused.items() for _ in range(rows))
    return Acknowledged(0, tuple(range(written)), failed, (), 0.01, 1, 1.0, 0)


def test_refusals_of_one_reason_are_held_back_until_another_row_is_taken_and_stop_the_run_at_75():
    count, bad = RefusalCount(told_before=False), reply(Wrong=25)
    assert [count.add(bad) for _ in range(2)] == [([], ""), ([], "")]
    assert count.add(reply(written=1)) == ([bad, bad, reply(written=1)], "")
    assert [count.add(bad) for _ in range(2)] == [([], ""), ([], "")]
    assert count.add(reply(Other=1)) == ([bad, bad], ""), "another reason counts from one"
    assert count.add(bad) == ([reply(Other=1)], "")
    assert count.add(bad) == ([], "")
    recorded, reason = count.add(bad)
    assert (recorded, count.release()) == ([], [])
    assert reason.startswith("Row after row is refused for one reason, 75 by now: Wrong. They are not lost")


def test_refusals_after_a_stop_for_them_count_as_failed_when_the_run_stops_again():
    count, bad = RefusalCount(told_before=True), reply(Wrong=50)
    assert count.add(bad) == ([], "")
    recorded, reason = count.add(bad)
    assert recorded == [bad, bad]
    assert "They are among the failed rows now." in reason


def test_a_reply_with_several_reasons_or_a_written_row_holds_nothing_back():
    count, mixed = RefusalCount(told_before=False), reply(Wrong=40, Other=40)
    assert count.add(mixed) == ([mixed], "")
    assert count.add(reply(written=1, Wrong=80)) == ([reply(written=1, Wrong=80)], "")


def test_refusals_beside_rows_that_are_to_be_read_back_stop_nothing():
    count, half = RefusalCount(told_before=False), reply(Wrong=40)._replace(unknown=40)
    assert [count.add(half) for _ in range(3)] == [([half], "")] * 3


def test_ready_rows_of_the_check_are_what_the_ledger_waits_for(folder):
    assert CheckResult.open(folder.check).ready_rows(0).tolist() == [4, 5, 6]
    with Ledger.open(folder.ledger) as ledger:
        assert ledger.pending(0, 3) == [(0, 3)]
