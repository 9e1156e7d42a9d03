"""How many rows fail a rule: the same number as the check finds, before and after the rule is in the schema."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from check_memory_stage import EMAIL, EMAIL_KEY, Checked, MemoryStage, frame_of

from importer.check import (
    Allowed,
    ColumnSpec,
    DynamoType,
    Email,
    Length,
    Pattern,
    Phone,
    Range,
    Required,
    Rule,
    RuleCount,
    Schema,
    Unique,
    check_stage,
    count_failing,
    counts_in,
    kept_report,
    rules_of,
)
from importer.clean import Condition, DropRows, Recipe, RenameColumn, Trim

FRAME = frame_of(
    E_Mail=["a@x.org", "b@x.org", "", " c@x.org", "no", "d@x.org", "b@x.org"],
    Code=["AB12", "", "x", "AB12", " ", "<b>ZZ99</b>", "AB12"],
    n=["1", "7", "x", "", "99", "1e2", "5"],
)
RULES: tuple[Rule, ...] = (
    Required(),
    Pattern("[A-Z]{2}[0-9]{2}"),
    Allowed(("AB12", "x")),
    Length(2, 4),
    Unique(),
    Phone(),
)


def count(rule: Rule, column: str = "Code", *steps: object, slice_rows: int = 3) -> RuleCount:
    stage = MemoryStage(FRAME, slice_rows)
    (found,) = count_failing(stage, Recipe(steps), [(column, rule)]).values()  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize("slice_rows", [1, 3, 100])
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_count_before_is_what_the_check_finds_after(
    check: Callable[..., Checked], rule: Rule, slice_rows: int
) -> None:
    checked = check(FRAME, EMAIL, ColumnSpec("Code", "code", rules=(rule,)), slice_rows=slice_rows)
    cause = checked.report.cause(rule.code, "Code")
    assert cause is not None
    found = count(rule, slice_rows=slice_rows)
    assert (found.rows, [row for row, _ in found.examples]) == (cause.count, list(cause.example_rows[:3]))


def test_examples_are_the_first_cells_that_fail_as_the_recipe_leaves_them() -> None:
    assert count(Pattern("[A-Z]{2}[0-9]{2}")) == RuleCount(3, ((4, "x"), (6, " "), (7, "<b>ZZ99</b>")))
    assert count(Pattern("[A-Z]{2}[0-9]{2}"), "Code", Trim(("Code",))) == RuleCount(2, ((4, "x"), (7, "<b>ZZ99</b>")))
    assert count(Unique()) == RuleCount(3, ((2, "AB12"), (5, "AB12"), (8, "AB12")))


def test_rows_that_the_recipe_drops_are_not_counted() -> None:
    dropped = DropRows(Condition("Code", "equals", "x"))
    assert count(Length(2, 4), "Code", dropped) == RuleCount(2, ((6, " "), (7, "<b>ZZ99</b>")))


def test_a_renamed_column_is_counted_under_its_new_name() -> None:
    assert count(Email(), "Mail", RenameColumn("E-Mail", "Mail")).rows == 2


def test_many_rules_are_counted_in_one_reading() -> None:
    stage = MemoryStage(FRAME, 3)
    found = count_failing(stage, Recipe(), [("Code", Required()), ("Code", Length(2)), ("n", Range("0", "50"))])
    assert {name: one.rows for name, one in found.items()} == {
        ("Code", "required"): 2,
        ("Code", "length"): 2,
        ("n", "range"): 3,
    }
    assert stage.reads == 3


def test_a_kept_check_says_the_same_and_is_silent_where_it_names_failures_otherwise(tmp_path: Path) -> None:
    specs = (
        EMAIL,
        ColumnSpec("Code", "code", rules=RULES[:4]),
        ColumnSpec("n", "n", DynamoType.N, rules=(Range("0", "50"),)),
    )
    schema, stage = Schema(specs, ("email",)), MemoryStage(FRAME, 3)
    check_stage(stage, Recipe(), schema, EMAIL_KEY, tmp_path / "check")
    report = kept_report(stage, Recipe(), schema, EMAIL_KEY, tmp_path / "check")
    assert report is not None
    said = counts_in(report, schema)
    counted = {name: one.rows for name, one in count_failing(stage, Recipe(), list(rules_of(schema))).items()}  # type: ignore[arg-type]
    assert set(counted) - set(said) == {("E-Mail", "required"), ("n", "range")}
    assert said == {name: rows for name, rows in counted.items() if name in said}
    assert kept_report(stage, Recipe((Trim(),)), schema, EMAIL_KEY, tmp_path / "check") is None
