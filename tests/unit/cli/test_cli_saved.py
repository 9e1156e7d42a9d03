"""Month by month without a page, as processes with the real engine: saved, opened, compared, told."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from importer.cli import main
from importer.settings import Settings
from importer.table import dynamodb_client, embedded_connection, stop_engine

REPOSITORY = Path(__file__).resolve().parents[3]

HEADER = "E-Mail,Name,Phone,Tier"
RECIPE = {
    "version": 1,
    "operations": [
        {"kind": "trim", "columns": ["E-Mail"]},
        {"kind": "change_case", "column": "Tier", "case": "lower"},
        {"kind": "set_cells", "column": "Name", "cells": [[2, "Ann"]]},
    ],
}
SCHEMA = """\
version: 1
key: [email]
winner: last
columns:
  - {column: E-Mail, attribute: email, rules: [required, email]}
  - {column: Name, attribute: name}
  - {column: Phone, attribute: phone}
  - {column: Tier, attribute: tier, rules: [{allowed: {values: [gold, silver]}}]}
"""

Told = Callable[..., tuple[int, dict, str]]


def month(first: int, last: int, *, phones: int = 100) -> str:
    rows = [
        f" p{n}@example.com,Person {n},{f'+1 555 {n:04}' if n % 100 < phones else ''},Gold"
        for n in range(first, last)
    ]
    return "".join(f"{row}\n" for row in rows)


@contextmanager
def commands(home: Path) -> Iterator[Told]:
    """One command in a process of its own; exit code, the object on stdout, stderr."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}

    def call(*arguments: object) -> tuple[int, dict, str]:
        done = subprocess.run(
            [sys.executable, "-m", "importer", *(str(one) for one in arguments), "--json"],
            cwd=REPOSITORY,
            env={**environ, "IMPORTER_HOME": str(home)},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, json.loads(done.stdout or "{}"), done.stderr

    try:
        yield call
    finally:
        stop_engine(Settings(home))


@pytest.fixture
def command(tmp_path: Path) -> Iterator[Told]:
    with commands(tmp_path / "home") as call:
        yield call


def write(path: Path, content: str) -> Path:
    path.write_text(content)
    return path


@pytest.fixture(scope="module")
def october(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    """The home of a list that was cleaned by a recipe, imported and saved, with the table; and what was said last."""
    folder = tmp_path_factory.mktemp("october")
    file = write(folder / "october.csv", f"{HEADER}\n{month(0, 200)}")
    recipe, schema = write(folder / "r.json", json.dumps(RECIPE)), write(folder / "s.yaml", SCHEMA)
    with commands(folder / "home") as command:
        run = ("run", file, "--table", "EmailContacts", "--recipe", recipe, "--schema", schema)
        code, told, err = command(*run)
        assert (code, told["written"], told["warnings"]) == (0, 200, []), err
        code, saved, err = command("saved", "save", told["run_id"], "Partner monthly")
        assert code == 0, err
    return folder / "home", saved


@pytest.fixture
def first_month(october: tuple[Path, dict], tmp_path: Path) -> dict:
    """October is done in this test's home."""
    home, saved = october
    shutil.copytree(home, tmp_path / "home")
    return saved


CAPITALS = (
    'Step 2 of "Partner monthly" (Change capitals) changes 200 cells of Tier that have a problem: rows 2, 3, 4 and '
    "others. It did so when the list was saved (100 % of the rows, now 100 %)."
)


def test_month_after_month_opens_with_everything_in_place(command: Told, first_month: dict, tmp_path: Path) -> None:
    assert first_month == {
        "name": "Partner monthly",
        "columns": ["E-Mail", "Name", "Phone", "Tier"],
        "key": ["email"],
        "steps": 2,
        "rules": 3,
        "saved_at": first_month["saved_at"],
        "last": first_month["last"],
        "left_out": 1,
    }
    assert first_month["last"]["rows"] == 200
    november = write(
        tmp_path / "november.csv", f"{HEADER},Note\n{month(20, 220, phones=41)}".replace("Gold", "Gold,x")
    )
    wanted = [
        (
            "new_column",
            "Note",
            'Column "Note" is new. It is not imported unless you choose so under Match columns.',
        ),
        ("more_blanks", "Phone", 'Column "Phone" now has blanks: 59 % of the rows, 0 % in the last list.'),
        (
            "saved_step_changes_good_cells",
            "Tier",
            CAPITALS,
        ),
    ]
    code, told, err = command("check", november, "--saved", "partner monthly")
    assert (code, told["ready"], _warnings(told)) == (0, 200, wanted)
    code, told, err = command("run", november, "--table", "EmailContacts", "--saved", "Partner monthly")
    assert (code, told["written"], _warnings(told)) == (0, 200, wanted)
    assert "Opened as Partner monthly: 2 steps, 3 rules." in err
    assert f"warning: {wanted[1][2]}" in err
    client = dynamodb_client(embedded_connection(Settings(tmp_path / "home"), lease="test"))
    item = client.get_item(TableName="EmailContacts", Key={"email": {"S": "p50@example.com"}})["Item"]
    assert item == {"email": {"S": "p50@example.com"}, "name": {"S": "Person 50"}, "tier": {"S": "gold"}}
    december = write(tmp_path / "december.csv", f"{HEADER}\n{month(300, 500, phones=41)}")
    code, told, _ = command("run", december, "--table", "EmailContacts", "--saved", "Partner monthly")
    assert [warning["message"] for warning in told["warnings"]] == [
        "0 % of the keys were in the last list; the time before 90 %. Is it the right list?",
        'Column "Note" is missing; the last list had it.',
        CAPITALS,
    ]


def _warnings(told: dict) -> list[tuple[str, str, str]]:
    return [(one["code"], one["column"], one["message"]) for one in told["warnings"]]


def test_control_a_list_of_other_columns_is_refused_and_nothing_is_written(
    command: Told, first_month: dict, tmp_path: Path
) -> None:
    other = write(tmp_path / "other.csv", "email,Name,Tel,Tier\nzoe@example.com,Zoe,1,gold\n")
    code, told, _ = command("run", other, "--table", "EmailContacts", "--saved", "Partner monthly")
    assert (code, told["error"]) == (
        1,
        'The list does not fit "Partner monthly". Missing: "Phone". New: "Tel". Say which they are: on the File '
        'page, or with --column "Phone=" (nothing behind the = where the list has none).',
    )
    client = dynamodb_client(embedded_connection(Settings(tmp_path / "home"), lease="test"))
    assert "Item" not in client.get_item(TableName="EmailContacts", Key={"email": {"S": "zoe@example.com"}})
    code, plain, _ = command("check", other)
    assert (code, plain["ready"], plain["warnings"]) == (0, 1, [])


def test_saved_lists_are_listed_replaced_on_a_word_and_deleted(
    command: Told, first_month: dict, tmp_path: Path
) -> None:
    run_id = first_month["last"]["run_id"]
    code, told, _ = command("saved", "save", run_id, "Partner monthly")
    assert (code, told["error"][:44]) == (1, 'A saved list is called "Partner monthly" alr')
    assert command("saved", "save", run_id, "Partner monthly", "--replace")[0] == 0
    code, told, _ = command("saved")
    assert (code, [one["name"] for one in told["saved"]], told["damaged"]) == (0, ["Partner monthly"], [])
    (broken := tmp_path / "home" / "library" / "0123456789abcdef").mkdir()
    (broken / "entry.json").write_text("{")
    code, told, err = command("saved", "list")
    assert (code, len(told["saved"]), told["damaged"][0]["id"]) == (1, 1, "0123456789abcdef")
    assert "damaged" in err
    assert command("saved", "delete", "partner monthly")[:2] == (0, {"deleted": "Partner monthly"})
    code, told, _ = command("saved", "delete", "Partner monthly")
    assert (code, told["error"]) == (1, 'There is no saved list "Partner monthly". Saved are: none.')


def ended_with(*arguments: object) -> object:
    """The exit code of a command that ends before it does anything, in this process."""
    try:
        return main([str(one) for one in arguments])
    except SystemExit as ended:
        return ended.code


@pytest.fixture
def no_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPORTER_HOME", str(tmp_path / "home"))


@pytest.mark.parametrize(
    "arguments", [("saved", "delete"), ("saved", "save", "x"), ("saved", "list", "x"), ("saved", "fly")]
)
def test_wrong_usage_of_saved_is_2(no_home: None, arguments: tuple[str, ...]) -> None:
    assert ended_with(*arguments) == 2


def test_saved_and_schema_together_are_wrong_usage(no_home: None, tmp_path: Path) -> None:
    file, schema = write(tmp_path / "l.csv", "email\na@example.com\n"), write(tmp_path / "s.yaml", SCHEMA)
    assert ended_with("check", file, "--saved", "x", "--schema", schema) == 2
