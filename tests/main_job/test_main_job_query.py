"""What `importer query` says of a cleaned list is what `importer run` brings into the table."""

from __future__ import annotations

import json
from pathlib import Path

from main_job.kit import MainJob, TableSpec, assert_items, write_list

LIST = (
    "email,city,plan\n"
    "ann@example.com, oslo,free\n"
    "bob@example.com,Rome ,paid\n"
    "eve@example.com,OSLO,paid\n"
    "joe@example.com,Bern,none\n"
)
STEPS = [
    {"kind": "trim", "columns": ["city"], "collapse": False},
    {"kind": "change_case", "column": "city", "case": "title"},
    {"kind": "rename_column", "column": "city", "name": "town"},
    {"kind": "drop_rows", "where": {"column": "plan", "test": "equals", "text": "none"}},
]
TOWNS = {"ann@example.com": "Oslo", "bob@example.com": "Rome", "eve@example.com": "Oslo"}


def test_the_answer_is_what_the_table_gets(main_job: MainJob, tmp_path: Path) -> None:
    file, recipe = write_list(tmp_path, LIST), tmp_path / "recipe.json"
    recipe.write_text(json.dumps({"version": 1, "operations": STEPS}))
    outcome = main_job.import_list(file, TableSpec({"email": "S"}), "--recipe", recipe)
    plans = {"ann@example.com": "free", "bob@example.com": "paid", "eve@example.com": "paid"}
    assert_items(
        outcome,
        [{"email": {"S": email}, "town": {"S": town}, "plan": {"S": plans[email]}} for email, town in TOWNS.items()],
    )
    sql = "select email, town from list order by row"
    code, out, err = main_job.command("query", file, sql, "--recipe", recipe, "--json")
    assert code == 0, err
    assert dict(json.loads(out)["rows"]) == TOWNS
    code, out, _ = main_job.command("query", file, sql.replace("town", "city"), "--json")
    assert [row[1] for row in json.loads(out)["rows"]] == [" oslo", "Rome ", "OSLO", "Bern"]  # control: no recipe


def test_failures_say_what_holds_rows_back_after_all_decisions(main_job: MainJob, tmp_path: Path) -> None:
    text = "email,plan\nann@example.com,free\nbob@example.com,#N/A\nann@example.com,paid\njoe@example.com,#N/A\n"
    file, recipe = write_list(tmp_path, text), tmp_path / "recipe.json"
    decided = [
        {"kind": "decide_rows", "rows": [3], "verdict": "accept"},
        {"kind": "decide", "code": "error_value", "column": "plan", "verdict": "reject"},
    ]
    recipe.write_text(json.dumps({"version": 1, "operations": decided}))
    sql = "select row, code from failures where holds_back order by row"
    code, out, err = main_job.command("query", file, sql, "--recipe", recipe, "--json")
    assert code == 0, err
    assert json.loads(out)["rows"] == [[2, "duplicate_key"], [5, "error_value"]]
    outcome = main_job.import_list(file, TableSpec({"email": "S"}), "--recipe", recipe)
    assert {item["email"]["S"] for item in outcome.items} == {"ann@example.com", "bob@example.com"}
    code, out, _ = main_job.command("query", file, sql, "--json")
    assert json.loads(out)["rows"] == [[2, "duplicate_key"]]  # control: nothing is decided
