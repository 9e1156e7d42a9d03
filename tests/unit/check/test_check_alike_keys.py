"""Keys that look the same and are not: all rows of such a group, and the step that makes them one."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from check_memory_stage import EMAIL, Checked, MemoryStage, frame_of
from hypothesis import example, given, settings
from hypothesis import strategies as st

from importer.check import CheckResult, ColumnSpec, DynamoType, Email, Schema, check_stage
from importer.check.alike_keys import mend_alike
from importer.check.text import arrow_text
from importer.clean import ChangeCase, Condition, DropRows, NormaliseEmails, OneWriting, Recipe, alike_writing
from importer.table import KeyPart, TableKey

Check = Callable[..., Checked]
CODE = ColumnSpec("code", "code")
BY_CODE = TableKey(KeyPart("code", "S"))


def alike_rows(checked: Checked, column: str = "code") -> list[int]:
    return [case.row for case in checked.result.failures("alike_keys", column, limit=10_000)]


@pytest.mark.parametrize(
    ("keys", "rows"),
    [
        (["A-1", "A-1 ", "a-1", "B"], [2, 3, 4]),
        (["A-1", "A-1", "B"], []),
        (["A-1 ", "A-1 ", "B"], []),
        (["é", "e\u0301", "e"], [2, 3]),
        (["A1", "Ａ1", "A\u00ad1"], [2, 3, 4]),
        (["DE 89", "DE89", "DE 8 9", "DE 90"], [2, 3, 4]),
        (["O", "0"], []),
        (["", " ", "A"], []),
    ],
)
def test_rows_are_told_whose_keys_differ_by_what_nobody_sees(check: Check, keys: list[str], rows: list[int]) -> None:
    assert alike_rows(check(frame_of(code=keys), CODE, key=BY_CODE)) == rows


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.sampled_from("aAbB \u00a0\u200bé"), min_size=1, max_size=3), min_size=1, max_size=12))
def test_the_rows_are_those_of_a_small_model(keys: list[str]) -> None:
    stage, schema = MemoryStage(frame_of(code=keys), 3), Schema((CODE,), ("code",))
    with tempfile.TemporaryDirectory() as folder:
        check_stage(stage, Recipe(), schema, BY_CODE, Path(folder) / "check")
        found = CheckResult.open(Path(folder) / "check").failures("alike_keys", "code")
    plain = alike_writing(arrow_text(pd.Series(keys, dtype="str"))).to_pylist()
    groups: dict[str, set[str]] = {}
    for text, key in zip(plain, keys, strict=True):
        groups.setdefault(text, set()).add(key)
    wanted = [at + 2 for at, text in enumerate(plain) if text and len(groups[text]) > 1]
    assert [case.row for case in found] == wanted


def test_groups_reach_over_slices_and_parts(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importer.check.repeats.ROWS_PER_PART", 100)
    keys = [f"key{number}" for number in range(1_000)] + [f"KEY{number}" for number in range(0, 1_000, 10)]
    rows = alike_rows(check(frame_of(code=keys), CODE, key=BY_CODE, slice_rows=90))
    assert rows == [*range(2, 1_002, 10), *range(1_002, 1_102)]


def test_numbers_and_binary_keys_are_what_they_are(check: Check) -> None:
    number = ColumnSpec("code", "code", DynamoType.N)
    assert alike_rows(check(frame_of(code=["1", "1.0", " 1"]), number, key=TableKey(KeyPart("code", "N")))) == []


def test_rows_that_the_recipe_drops_look_like_nobody(check: Check) -> None:
    frame = frame_of(code=["A-1", "a-1"], name=["Ann", "Bob"])
    step = DropRows(Condition("name", "equals", "Bob"))
    assert alike_rows(check(frame, CODE, ColumnSpec("name", "n"), key=BY_CODE, steps=[step])) == []


@pytest.mark.parametrize(
    ("groups", "is_email", "step"),
    [
        ([["A-1", "A-1 "], ["B-2", "B-2\u00a0"]], False, OneWriting("c")),
        ([["A-1", "a-1"], ["B-2", "b-2"], ["C-3", "C-3"]], False, ChangeCase("c", "upper")),
        ([["ann", "Ann"], ["bob", "BOB"]], False, ChangeCase("c", "lower")),
        ([["A-1", "a-1 "], ["X-9", "X-9"]], False, OneWriting("c", "upper")),
        ([["DE 89", "DE89"]], False, OneWriting("c", "keep", "none")),
        ([["Ann@x.org", "ann@x.org "]], True, NormaliseEmails("c")),
    ],
)
def test_the_step_that_changes_least_is_offered(groups: list[list[str]], is_email: bool, step: object) -> None:
    assert mend_alike("c", groups, is_email=is_email) == (step,)


def test_an_email_key_is_offered_lower_case_with_the_card_and_without_alike_keys(check: Check) -> None:
    spec = ColumnSpec("E-Mail", "email", rules=(Email(),))
    report = check(frame_of(E_Mail=["Ann@x.org", "ann@x.org", "bob@x.org"]), spec).report
    alike = report.cause("alike_keys", "E-Mail")
    assert alike is not None
    assert (alike.count, alike.blocking, alike.suggestions) == (2, False, (NormaliseEmails("E-Mail"),))
    report = check(frame_of(E_Mail=["Ann@x.org", "bob@x.org"]), EMAIL).report
    capitals = report.cause("key_capitals", "E-Mail")
    assert capitals is not None
    assert (capitals.count, capitals.suggestions) == (1, (NormaliseEmails("E-Mail"),))
    assert report.cause("alike_keys", "E-Mail") is None


def test_the_step_leaves_nothing_that_looks_the_same(check: Check) -> None:
    keys = ["A-1", "A-1 ", "a-1", "B 2", "b  2", "Ｃ3", "c3"]
    checked = check(frame_of(code=keys), CODE, key=BY_CODE)
    (cause,) = [cause for cause in checked.report.causes if cause.code == "alike_keys"]
    after = check(frame_of(code=keys), CODE, key=BY_CODE, steps=cause.suggestions)
    assert alike_rows(after) == []
    assert (after.report.ready, after.report.duplicate) == (3, 4)
    assert after.result.ready_rows(0).tolist() == [4, 6, 8]


LOOKS = st.text(st.sampled_from("aAbZ ß-ςΣİı\u00a0\u200b\u200d\u2010\u2019é\u0301\u2800\u0640ﬁＫ.\0~1"), max_size=6)


@given(st.lists(LOOKS, min_size=1, max_size=8))
@example(["plain", "ＫELVIN", "straße", "a\u200db", "PLAIN", ""])
def test_a_key_is_written_alike_alone_and_among_others(texts: list[str]) -> None:
    alone = [alike_writing(pa.array([text], pa.large_string()))[0].as_py() for text in texts]
    assert alike_writing(pa.array(texts, pa.large_string())).to_pylist() == alone
