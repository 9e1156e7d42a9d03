"""Rules and steps without bounds are refused with what to do, and nothing is written; sensible ones do their work."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from main_job.kit import BY_EMAIL, MainJob, assert_items


def schema_file(tmp_path: Path, rule: dict[str, object]) -> Path:
    columns = [{"column": "email", "attribute": "email"}, {"column": "tier", "attribute": "tier", "rules": [rule]}]
    path = tmp_path / "schema.yaml"
    path.write_text(json.dumps({"version": 1, "key": ["email"], "columns": columns}), "utf-8")
    return path


def list_file(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    path.write_text("email,tier\nann@example.com,tier 7\nbob@example.com,none\n", "utf-8")
    return path


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"pattern": {"pattern": "a" * 100_000}}, "pattern has 100,000 characters, more than 2,000"),
        ({"pattern": {"pattern": "(?:.?.?){1000}q"}}, "pattern comes to 4,001 signs"),
        ({"range": {"min": "1" * 1_000_000}}, "min has more than 40 digits"),
    ],
)
def test_a_schema_with_a_rule_without_bounds_writes_nothing(
    main_job: MainJob, tmp_path: Path, rule: dict[str, object], words: str
) -> None:
    schema = schema_file(tmp_path, rule)
    outcome = main_job.import_list(list_file(tmp_path), BY_EMAIL, "--schema", schema)
    assert outcome.code != 0
    assert words in outcome.err
    assert len(outcome.told) < 1_000
    assert_items(outcome, [])


def test_a_schema_with_many_allowed_values_does_its_work(main_job: MainJob, tmp_path: Path) -> None:
    schema = schema_file(tmp_path, {"allowed": {"values": [f"tier {number}" for number in range(5_000)]}})
    outcome = main_job.import_list(list_file(tmp_path), BY_EMAIL, "--schema", schema, "--yes")
    assert outcome.code == 3, outcome.told
    assert_items(outcome, [{"email": {"S": "ann@example.com"}, "tier": {"S": "tier 7"}}])
    assert len(outcome.told) < 5_000


def test_invisible_starts_hide_no_formula_in_the_file_for_spreadsheets(main_job: MainJob, tmp_path: Path) -> None:
    names = ["\u2060=1+1", "\u200b@SUM(A1)", "\u00a0\ufe621+cmd", "\u00a0Ann", "\u200b+49 30 555-0100"]
    file = tmp_path / "list.csv"
    lines = [f"p{at}@example.com,{name}\n" for at, name in enumerate(names)]
    file.write_text("email,tier\n" + "".join(lines) + "ann@example.com,gold\n", "utf-8")
    schema = schema_file(tmp_path, {"allowed": {"values": ["gold"]}})
    outcome = main_job.import_list(file, BY_EMAIL, "--schema", schema, "--yes")
    assert_items(outcome, [{"email": {"S": "ann@example.com"}, "tier": {"S": "gold"}}])
    assert outcome.summary is not None
    for option, quoted in (("--for-spreadsheets", [f"'{name}" for name in names[:3]] + names[3:]), ("", names)):
        out = tmp_path / f"rejects{option}.csv"
        code, _, told = main_job.command("rejects", outcome.summary["run_id"], "--out", out, *filter(None, [option]))
        assert code == 0, told
        rows = list(csv.DictReader(io.StringIO(out.read_text("utf-8-sig"), newline="")))
        assert [row["tier"] for row in rows] == quoted


TENFOLD = {"kind": "replace", "column": "tier", "find": "n", "replacement": "n" * 10}

LONG_COLUMNS = [{"kind": "add_column", "name": f"new {at}", "text": "x" * 200_000} for at in range(3)]


@pytest.mark.parametrize(
    ("steps", "refused"),
    [
        ([TENFOLD] * 10, "Operation 6 (replace) would make a cell of 1,000,000 bytes"),
        ([TENFOLD] * 2, ""),
        (LONG_COLUMNS, "Operation 3 (add_column) would make a row of 600,016 bytes"),
    ],
)
def test_a_recipe_that_multiplies_is_stopped_with_its_step_named(
    main_job: MainJob, tmp_path: Path, steps: list[dict[str, str]], refused: str
) -> None:
    recipe = tmp_path / "recipe.json"
    recipe.write_text(json.dumps({"version": 1, "operations": steps}), "utf-8")
    file = tmp_path / "list.csv"
    file.write_text("email,tier\nann@example.com,n\n", "utf-8")
    outcome = main_job.import_list(file, BY_EMAIL, "--recipe", recipe, "--yes")
    assert outcome.code == (1 if refused else 0), outcome.told
    assert refused in outcome.err
    assert_items(outcome, [] if refused else [{"email": {"S": "ann@example.com"}, "tier": {"S": "n" * 100}}])
