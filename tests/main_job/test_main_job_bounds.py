"""Rules and steps without bounds are refused with what to do, and nothing is written; sensible ones do their work."""

from __future__ import annotations

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
