from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pandera.pandas as pa
import pytest
from check_memory_stage import EMAIL, EMAIL_KEY, Checked, MemoryStage, frame_of
from hypothesis import given, settings
from hypothesis import strategies as st
from pandera.config import config_context

from importer.check import (
    CheckResult,
    ColumnSpec,
    DynamoType,
    Email,
    Length,
    Range,
    Required,
    RowOutcome,
    Schema,
    Unique,
    Winner,
    check_stage,
)
from importer.clean import Condition, Decide, DecideRows, DropRows, Recipe, Trim
from importer.errors import ConfigError, FatalError, RunCancelled
from importer.table import KeyPart, TableKey

Check = Callable[..., Checked]

AGE = ColumnSpec("age", "age", DynamoType.N, rules=(Range("0", "120"),))


def test_no_problem_hides_another(check: Check) -> None:
    frame = frame_of(E_Mail=["a@b.co", "bad", "c@b.co", "d@b.co"], age=["old", "200", "-1", "7"])
    checked = check(frame, EMAIL, AGE)
    assert [(case.row, case.column, case.code) for case in checked.result.failures()] == [
        (2, "age", "not_a_number"),
        (3, "E-Mail", "not_an_email"),
        (3, "age", "out_of_range"),
        (4, "age", "out_of_range"),
    ]
    assert checked.ready() == [5]


def test_control_pandera_with_coercion_hides_them() -> None:
    schema = pa.DataFrameSchema({"age": pa.Column(float, [pa.Check.in_range(0, 120)], coerce=True)})
    with pytest.raises(pa.errors.SchemaErrors) as error:
        schema.validate(frame_of(age=["old", "200", "-1", "7"]), lazy=True)
    assert 3 not in set(error.value.failure_cases["index"])  # 200 in row 3 is never told


def test_what_is_no_number_is_told_once(check: Check) -> None:
    assert check(frame_of(E_Mail=["a@b.co"], age=["x"]), EMAIL, AGE).counts() == {("not_a_number", "age"): 1}
    text = ColumnSpec("age", "age", rules=(Range("0", "120"),))
    assert check(frame_of(E_Mail=["a@b.co"], age=["x"]), EMAIL, text).counts() == {("out_of_range", "age"): 1}


def test_the_report_adds_up_and_groups_causes(check: Check) -> None:
    frame = frame_of(E_Mail=["a@b.co", "x", "", "a@b.co", "y", " z@b.co"])
    report = check(frame).report
    assert (report.rows, report.ready, report.rejected, report.skipped, report.duplicate) == (6, 1, 4, 0, 1)
    assert report.undecided == 4
    first, second, third = report.causes
    assert first.title == '3 e-mail addresses in "E-Mail" are not valid'
    assert (first.rule, first.example_rows, first.verdict) == ("must be an e-mail address", (3, 6, 7), None)
    assert first.suggestions == (Trim(("E-Mail",)),)
    assert (second.title, second.acceptable) == ('1 row has no value for the key "E-Mail"', False)
    assert (third.code, third.count, third.blocking) == ("duplicate_key", 1, False)


@pytest.mark.parametrize("slice_rows", [1, 2, 3, 20_000])
@pytest.mark.parametrize(
    ("winner", "ready", "losers", "why"),
    [
        (Winner.FIRST, [2, 3, 5], [4, 6, 7], (RowOutcome.DUPLICATE.value, "duplicate_key", "E-Mail")),
        (Winner.LAST, [5, 6, 7], [2, 3, 4], (RowOutcome.DUPLICATE.value, "duplicate_key", "E-Mail")),
        (Winner.REJECT, [5], [2, 3, 4, 6, 7], (RowOutcome.REJECTED.value, "key_conflict", "E-Mail")),
    ],
)
def test_the_winner_of_a_key_over_slice_borders(  # noqa: PLR0917
    check: Check, slice_rows: int, winner: Winner, ready: list[int], losers: list[int], why: tuple[int, str, str]
) -> None:
    frame = frame_of(E_Mail=["a@b.co", "c@b.co", "a@b.co", "d@b.co", "c@b.co", "a@b.co"])
    checked = check(frame, winner=winner, slice_rows=slice_rows)
    assert checked.ready() == ready
    assert checked.outcome() == dict.fromkeys(losers, why)
    assert checked.report.undecided == (5 if winner is Winner.REJECT else 0)


def test_a_row_that_is_rejected_anyway_does_not_win_its_key(check: Check) -> None:
    frame = frame_of(E_Mail=["a@b.co", "a@b.co"], age=["7", "old"])
    checked = check(frame, EMAIL, AGE, winner=Winner.LAST)
    assert checked.ready() == [2]
    assert checked.outcome() == {3: (1, "not_a_number", "age")}


def test_keys_are_the_same_by_value_not_by_spelling(check: Check) -> None:
    key = TableKey(KeyPart("id", "N"))
    specs = (ColumnSpec("id", "id", DynamoType.N),)
    assert check(frame_of(id=["1", "1.0", "1e0", "2"]), *specs, key=key).ready() == [4, 5]


def test_both_parts_of_a_key_count_and_do_not_run_together(check: Check) -> None:
    key = TableKey(KeyPart("a", "S"), KeyPart("b", "S"))
    frame = frame_of(a=["a", "ab", "a", "1:a"], b=["bc", "c", "bc", ""])
    checked = check(frame, ColumnSpec("a", "a"), ColumnSpec("b", "b"), key=key)
    assert checked.ready() == [3, 4]
    assert checked.outcome() == {2: (3, "duplicate_key", "a"), 5: (1, "key_missing", "b")}


def test_unique_looks_across_slices_and_leaves_blanks_alone(check: Check) -> None:
    frame = frame_of(E_Mail=[f"{i}@b.co" for i in range(5)], code=["x", "", "y", "x", ""])
    checked = check(frame, EMAIL, ColumnSpec("code", "code", rules=(Unique(),)), slice_rows=2)
    assert checked.outcome() == {2: (1, "not_unique", "code"), 5: (1, "not_unique", "code")}
    assert checked.counts() == {("not_unique", "code"): 2}


def test_reading_problems_reject_until_they_are_accepted(check: Check) -> None:
    frame, blocking = frame_of(E_Mail=["a@b.co", "c@b.co", "d@b.co"]), {3: "row_too_short"}
    assert check(frame, blocking=blocking).outcome() == {3: (1, "row_too_short", "")}
    accepted = check(frame, blocking=blocking, steps=[Decide("row_too_short", "", "accept")])
    assert accepted.ready() == [2, 3, 4]
    assert (accepted.report.warnings, accepted.report.causes[0].verdict) == (1, "accept")


FAILING = {"E_Mail": ["a@b.co", "bad", "", "d@b.co"], "age": ["200", "300", "5", "6"]}


def test_verdicts_on_causes(check: Check) -> None:
    frame = frame_of(**FAILING)
    none = check(frame, EMAIL, AGE)
    assert none.outcome() == {
        2: (1, "out_of_range", "age"),
        3: (1, "not_an_email", "E-Mail"),
        4: (1, "key_missing", "E-Mail"),
    }
    assert none.report.undecided == 3
    accepted = check(frame, EMAIL, AGE, steps=[Decide("out_of_range", "age", "accept")])
    assert (accepted.ready(), accepted.report.undecided) == ([2, 5], 2)
    dropped = check(frame, EMAIL, AGE, steps=[Decide("out_of_range", "age", "drop")])
    assert dropped.outcome() == {
        2: (2, "out_of_range", "age"),
        3: (2, "out_of_range", "age"),
        4: (1, "key_missing", "E-Mail"),
    }
    both = check(
        frame, EMAIL, AGE, steps=[Decide("out_of_range", "age", "drop"), Decide("not_an_email", "E-Mail", "reject")]
    )
    assert both.outcome()[3] == (1, "not_an_email", "E-Mail")
    assert both.report.undecided == 1


def test_what_dynamodb_cannot_take_is_not_accepted(check: Check) -> None:
    steps = [Decide("key_missing", "E-Mail", "accept"), Decide("not_a_number", "age", "accept")]
    frame = frame_of(E_Mail=["", "b@b.co", "c@b.co"], age=["1", "x", "2"])
    checked = check(frame, EMAIL, AGE, steps=[*steps, DecideRows((2, 3), "accept")])
    assert checked.outcome() == {2: (1, "key_missing", "E-Mail"), 3: (1, "not_a_number", "age")}


def test_leading_zeros_are_lost_only_when_accepted(check: Check) -> None:
    frame = frame_of(E_Mail=["a@b.co"], age=["007"])
    assert check(frame, EMAIL, AGE).outcome() == {2: (1, "leading_zeros_lost", "age")}
    assert check(frame, EMAIL, AGE, steps=[Decide("leading_zeros_lost", "age", "accept")]).ready() == [2]


def test_verdicts_on_rows_beat_those_on_causes(check: Check) -> None:
    steps = [
        Decide("out_of_range", "age", "drop"),
        DecideRows((2,), "accept"),
        DecideRows((3,), "reject"),
        DecideRows((5,), "drop"),
    ]
    checked = check(frame_of(**FAILING), EMAIL, AGE, steps=steps)
    assert checked.ready() == [2]
    assert checked.outcome() == {
        3: (1, "out_of_range", "age"),
        4: (1, "key_missing", "E-Mail"),
        5: (2, "dropped_by_hand", ""),
    }


def test_rows_dropped_by_the_recipe_are_skipped_and_still_counted(check: Check) -> None:
    steps = [DropRows(Condition("age", "equals", "5"))]
    checked = check(frame_of(**FAILING), EMAIL, AGE, steps=steps, slice_rows=2)
    assert checked.outcome()[4] == (2, "dropped_by_recipe", "")
    assert (checked.report.rows, checked.report.skipped) == (4, 1)
    assert ("key_missing", "E-Mail") not in checked.counts()


def test_an_item_over_400_kb_is_rejected(check: Check) -> None:
    note = ColumnSpec("note", "note")
    frame = frame_of(E_Mail=["a@b.co", "b@b.co"], note=["x" * (409_600 - 15), "x" * (409_600 - 14)])
    checked = check(frame, EMAIL, note)
    assert checked.outcome() == {3: (1, "item_too_big", "")}


def test_a_result_is_read_page_by_page(check: Check) -> None:
    checked = check(frame_of(E_Mail=[f"bad{i}" for i in range(10)]), slice_rows=3)
    result = checked.result
    assert result.failing_rows(4, 3) == [6, 7, 8]
    assert result.failing_rows(8, 10, cause=("not_an_email", "E-Mail")) == [10, 11]
    assert result.failing_rows(cause=checked.report.causes[0], limit=2) == [2, 3]
    assert [case.row for case in result.failures(offset=2, limit=2)] == [4, 5]
    assert result.failures(code="not_a_phone") == []
    assert result.failures(limit=1)[0].message == "E-Mail: must be an e-mail address."
    assert result.problems_of([2, 99])[99] == ()
    assert next(result.outcomes()).loc[2, "message"] == "E-Mail: must be an e-mail address."


SECRETS = ("Zq7-secret-mail", "Zq7-secret-age", "Zq7-secret-note", "Zq7-secret-code")


def test_no_cell_value_is_in_messages_or_files(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    mail, age, note, code = SECRETS
    frame = frame_of(E_Mail=[mail, "", "a@b.co"], age=[age, "1", "2"], note=[note, note, ""], code=[code, code, ""])
    specs = (EMAIL, AGE, ColumnSpec("note", "n", DynamoType.M, rules=(Length(max=2),)))
    schema = Schema((*specs, ColumnSpec("code", "c", rules=(Unique(),))), ("email",))
    check_stage(MemoryStage(frame), Recipe(), schema, EMAIL_KEY, tmp_path / "check")
    result = CheckResult.open(tmp_path / "check")
    said = json.dumps([case.message for case in result.failures()]) + repr(result.report) + caplog.text
    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for secret in SECRETS:
        assert secret not in said
        assert secret.encode() not in stored
    assert len(result.failures()) == 9
    with pytest.raises(pa.errors.SchemaErrors) as control:  # control: pandera's own error does hold it
        pa.DataFrameSchema({"E-Mail": pa.Column(str, pa.Check.str_length(max_value=3))}).validate(frame, lazy=True)
    assert mail in str(control.value)


def test_the_same_check_is_not_done_twice(tmp_path: Path) -> None:
    stage, out = MemoryStage(frame_of(E_Mail=["a@b.co", "x"])), tmp_path / "check"
    schema = Schema((EMAIL,), ("email",))
    first = check_stage(stage, Recipe(), schema, EMAIL_KEY, out)
    reads = stage.reads
    assert check_stage(stage, Recipe(), schema, EMAIL_KEY, out) == first
    assert stage.reads == reads
    other = check_stage(stage, Recipe((DecideRows((3,), "drop"),)), schema, EMAIL_KEY, out)
    assert (other.skipped, other.fingerprint != first.fingerprint) == (1, True)
    assert CheckResult.open(out).report == other
    assert [path.name for path in tmp_path.iterdir()] == ["check"]


def test_a_cancelled_check_leaves_the_old_one(tmp_path: Path) -> None:
    stage, out = MemoryStage(frame_of(E_Mail=["a@b.co", "x"]), slice_rows=1), tmp_path / "check"
    schema = Schema((EMAIL,), ("email",))
    first = check_stage(stage, Recipe(), schema, EMAIL_KEY, out)
    told: list[tuple[int, int]] = []
    with pytest.raises(RunCancelled):
        check_stage(
            stage, Recipe((Trim(),)), schema, EMAIL_KEY, out,
            on_progress=lambda done, rows: told.append((done, rows)), cancelled=lambda: len(told) == 1,
        )  # fmt: skip
    assert told == [(1, 2)]
    assert CheckResult.open(out).report == first
    assert [path.name for path in tmp_path.iterdir()] == ["check"]


def test_a_disk_that_refuses_is_told_with_its_path(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FatalError, match=r"The check could not be written to .*file/check"):
        check_stage(MemoryStage(frame_of(E_Mail=["a"])), Recipe(), Schema((EMAIL,), ("email",)), EMAIL_KEY,
                    tmp_path / "file" / "check")  # fmt: skip


def test_a_check_that_was_never_done_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="The list has not been checked yet"):
        CheckResult.open(tmp_path)


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (TableKey(KeyPart("id", "S")), 'The table wants key "id" (S); the schema has email.'),
        (TableKey(KeyPart("email", "N")), 'The table wants key "email" (N); the schema writes column "E-Mail" as S.'),
        (TableKey(KeyPart("email", "S"), KeyPart("at", "S")), 'The table wants key "email" (S) + "at" (S)'),
    ],
)
def test_a_table_with_another_key_is_refused_before_row_1(tmp_path: Path, key: TableKey, message: str) -> None:
    stage = MemoryStage(frame_of(E_Mail=["a@b.co"]))
    with pytest.raises(ConfigError) as error:
        check_stage(stage, Recipe(), Schema((EMAIL,), ("email",)), key, tmp_path / "check")
    assert message in str(error.value)
    assert stage.reads == 0


def test_a_list_without_rows_is_checked(check: Check) -> None:
    report = check(frame_of(E_Mail=["x"]).iloc[:0]).report
    assert (report.rows, report.ready, report.causes) == (0, 0, ())


def test_environment_cannot_switch_the_rules_off(check: Check) -> None:
    with config_context(validation_enabled=False):
        pa.DataFrameSchema({"none": pa.Column()}).validate(frame_of(E_Mail=["bad"]))  # control: pandera is off
        assert check(frame_of(E_Mail=["bad"])).report.rejected == 1


VERDICTS = st.sampled_from(["reject", "drop", "accept"])
MAILS = st.sampled_from(["a@b.co", "b@b.co", "c@b.co", "bad", "", " a@b.co"])
ROWS = st.lists(st.tuples(MAILS, st.sampled_from(["1", "007", "x", "500", ""])), min_size=1, max_size=25)
STEPS = st.lists(
    st.one_of(
        st.just(Trim()),
        st.just(DropRows(Condition("age", "equals", "500"))),
        st.builds(
            Decide,
            st.sampled_from(["not_an_email", "key_missing", "leading_zeros_lost", "not_a_number", "duplicate_key"]),
            st.sampled_from(["E-Mail", "age"]),
            VERDICTS,
        ),
        st.builds(
            lambda row, verdict: DecideRows((row,), verdict),
            st.integers(1, 30),
            VERDICTS,
        ),
    ),
    max_size=5,
)


@settings(max_examples=40)
@given(ROWS, STEPS, st.sampled_from(list(Winner)), st.integers(1, 30))
def test_every_row_is_in_exactly_one_bucket(
    check: Check, rows: list[tuple[str, str]], steps: list[object], winner: Winner, slice_rows: int
) -> None:
    frame = frame_of(E_Mail=[mail for mail, _ in rows], age=[age for _, age in rows])
    checked = check(frame, EMAIL, AGE, steps=steps, winner=winner, slice_rows=slice_rows)
    report, outcome = checked.report, checked.outcome()
    assert report.ready + report.rejected + report.skipped + report.duplicate == report.rows == len(rows)
    assert sorted([*checked.ready(), *outcome]) == frame.index.tolist()
    counted = [sum(result == kind.value for result, _, _ in outcome.values()) for kind in RowOutcome]
    assert counted == [0, report.rejected, report.skipped, report.duplicate]
    ready = pd.concat([Recipe(tuple(steps)).apply(frame).frame]).loc[checked.ready()]  # type: ignore[arg-type]
    assert not ready["E-Mail"].duplicated().any()
    assert not ready["E-Mail"].str.strip().eq("").any()
    assert report.undecided <= report.rejected


def test_required_says_once_that_a_plain_column_is_blank(check: Check) -> None:
    name = ColumnSpec("name", "name", rules=(Required(), Email()))
    assert check(frame_of(E_Mail=["a@b.co"], name=[""]), EMAIL, name).counts() == {("required_blank", "name"): 1}


def test_rows_to_decide_leave_out_what_was_decided(check: Check) -> None:
    steps = [Decide("out_of_range", "age", "reject"), DecideRows((3,), "reject"), DecideRows((7,), "drop")]
    frame = frame_of(
        E_Mail=["a@b.co", "bad", "worse", "d@b.co", "bad", "bad"], age=["200", "300", "5", "6", "7", "8"]
    )
    checked = check(frame, EMAIL, AGE, steps=steps, slice_rows=2)
    by_hand = (3, 7)
    assert checked.report.undecided == 2
    assert checked.result.undecided_rows(by_hand=by_hand) == [4, 6]
    assert checked.result.undecided_rows(1, 5, by_hand=by_hand) == [6]
    assert checked.result.undecided_rows(after=4, by_hand=by_hand) == [6]
    assert checked.result.undecided_rows(after=6, by_hand=by_hand) == []
    emails = checked.report.cause("not_an_email", "E-Mail")
    assert emails is not None
    assert checked.result.rows_of(emails) == [3, 4, 6, 7]
    assert checked.result.rows_of(emails, after=3, limit=1, without=(4,)) == [6]
    assert [case.code for case in checked.result.problems_of([3])[3]] == ["not_an_email", "out_of_range"]


def test_rows_to_decide_are_as_many_as_the_report_says(check: Check) -> None:
    frame = frame_of(E_Mail=["bad", "a@b.co", "b@b.co", "a@b.co"] * 5, age=["300", "5", "x", "6"] * 5)
    for winner in Winner:
        checked = check(frame, EMAIL, AGE, winner=winner, slice_rows=3)
        assert len(checked.result.undecided_rows(limit=100)) == checked.report.undecided > 0


def test_write_units_are_those_of_the_rows_that_are_ready(check: Check) -> None:
    emails = ["a@b.co", "bad", "c@b.co", "a@b.co", "d@b.co", "e@b.co"]
    notes = ["x" * 10_000, "x" * 20_000, "x" * 1_000, "x" * 1_012, "drop me" * 900, ""]
    note = ColumnSpec("note", "note")
    checked = check(
        frame_of(E_Mail=emails, note=notes),
        EMAIL,
        note,
        steps=[DropRows(Condition("note", "contains", "drop"))],
        slice_rows=2,
    )
    assert checked.ready() == [4, 5, 7]
    # c@b.co: 5 + 6 + 4 + 1,000 bytes are 1 KB; the later a@b.co: 5 + 6 + 4 + 1,012 are begun on a second; e@b.co: 1
    assert checked.report.write_units == 1 + 2 + 1
