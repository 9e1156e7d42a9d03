"""Promise 13: no cell's value in logs, ledger, exception texts or leftover files; the reject file (0600) excepted."""

from __future__ import annotations

import csv
import json
import os
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from strict_endpoint import Faults, running_endpoint

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]

TAKEN = 420
"""Rows of the planted list that the table takes."""

MAY_HOLD_VALUES = {"source", "profile.json", "rejects.csv", "rejects-for-spreadsheets.csv", "duplicates.csv"}
"""Beside the stage (`stage/`): the list itself, what the pages show of it, and the rows that go back."""


def planted(seed: int = 13, count: int = 1000) -> list[str]:
    """Words that occur nowhere else."""
    chance = random.Random(seed)
    return [f"zq{chance.getrandbits(64):016x}" for _ in range(count)]


def write_list(path: Path, words: list[str]) -> None:
    """Every cell of every row is planted; each fifth row is wrong in one of five ways."""
    with path.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["email", "phone", "note", "age"])
        for number, (one, two) in enumerate(zip(words[::2], words[1::2], strict=True)):
            email, phone, note, age = f"{one}@example.com", "+1 555 0100", two, str(number % 90)
            match number % 25:
                case 4:
                    email = one
                case 9:
                    phone = one
                case 14:
                    age = two
                case 19:
                    email = f"refused-{one}@example.com"
                case 24:
                    note = f'{two}"{one}'
            extra = [one] if number % 50 == 29 else []
            rows.writerow([email, phone, note, age, *extra])


SCHEMA = """\
version: 1
key: [email]
winner: last
columns:
  - {column: email, attribute: email, type: S, blank: omit, rules: [required, email]}
  - {column: phone, attribute: phone, type: S, blank: omit, rules: [phone]}
  - {column: note, attribute: note, type: S, blank: omit, rules: []}
  - {column: age, attribute: age, type: N, blank: omit, rules: []}
"""


def import_list(folder: Path, *arguments: str, program: Sequence[str] = ("-m", "importer")) -> tuple[int, str]:
    """Exit code, and all that the command and its processes said. What lies in `site` is loaded by each of them."""
    environ = {
        **os.environ,
        "IMPORTER_HOME": str(folder / "home"),
        "TMPDIR": str(folder / "tmp"),
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "made-up",
        "PYTHONPATH": f"{folder / 'site'}{os.pathsep}{REPOSITORY}",
    }
    (folder / "tmp").mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, *program, *arguments],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def found(words: list[str], texts: dict[str, bytes]) -> list[str]:
    """Names of the texts in which a planted word occurs."""
    marks = [word.encode() for word in words]
    return sorted(name for name, text in texts.items() if any(mark in text for mark in marks))


def files_left(folder: Path) -> dict[str, bytes]:
    """All that lies under `folder` but what holds the list by its nature."""
    left = (path for path in sorted(folder.rglob("*")) if path.is_file())
    kept = (path for path in left if path.name not in MAY_HOLD_VALUES and path.parent.name != "stage")
    return {str(path.relative_to(folder)): path.read_bytes() for path in kept}


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    made = planted()
    write_list(tmp_path / "list.csv", made)
    (tmp_path / "schema.yaml").write_text(SCHEMA, encoding="utf-8")
    return made


def test_1_000_planted_values_are_in_no_log_ledger_message_or_leftover(tmp_path: Path, words: list[str]) -> None:
    refusing = Faults(bad_mark="refused-", html=0.05, no_code=0.05, unprocessed=0.2)
    with running_endpoint(refusing) as endpoint:
        code, said = import_list(
            tmp_path,
            *("run", "list.csv", "--table", "EmailContacts", "--schema", "schema.yaml"),
            *("--endpoint-url", endpoint.url),
        )
    assert code == 3, said
    (run,) = (tmp_path / "home" / "runs").iterdir()
    assert found(words, {"what it said": said.encode()}) == []
    assert found(words, files_left(tmp_path / "home")) == []
    assert files_left(tmp_path / "tmp") == {}
    for name in ("source", "rejects.csv", "rejects-for-spreadsheets.csv", "ledger.sqlite"):
        assert (run / name).stat().st_mode & 0o777 == 0o600, name
    assert found(words, {"rejects.csv": (run / "rejects.csv").read_bytes()}) == ["rejects.csv"]


IN_THE_SECOND_PROCESS = """\
import os, sys, tempfile

if "importer.second_process" in sys.orig_argv:
    from importer.check.chunk_work import ChunkWork
    from importer.run.feed import PackWork

    def fail(stage):
        cells = stage.chunk(0).to_csv()
        {does}
        raise ValueError(cells)

    ChunkWork.__call__ = lambda work, _: fail(work.stage)
    PackWork.__call__ = lambda work, _: fail(work._listed.stage)
"""

LEAVES_THEM = """
        print(cells, file=sys.stderr)
        with open(os.path.join(tempfile.gettempdir(), "slice"), "w", encoding="utf-8") as left:
            left.write(cells)
"""


def import_with_a_second_process(folder: Path, fails: str | None = None) -> tuple[str, list[list[Any]]]:
    """All that was said, and which pieces of work the second process did or not. `fails`: what it does before it
    fails with the cells in its error; None where it does its work."""
    if fails is not None:
        (folder / "site").mkdir()
        (folder / "site" / "sitecustomize.py").write_text(IN_THE_SECOND_PROCESS.format(does=fails.strip() or "pass"))
    with running_endpoint(Faults(bad_mark="refused-")) as endpoint:
        code, said = import_list(
            folder,
            str(folder / "told.json"),
            *("run", "list.csv", "--table", "EmailContacts", "--schema", "schema.yaml"),
            *("--endpoint-url", endpoint.url),
            program=(str(HERE / "prepared_import.py"),),
        )
        assert len(endpoint.service.items) == TAKEN
    assert code == 3, said
    return said, json.loads((folder / "told.json").read_text())


@pytest.mark.parametrize(("fails", "made"), [(None, True), ("", False)], ids=["works", "fails with them"])
def test_the_second_process_tells_and_leaves_no_planted_value(
    tmp_path: Path, words: list[str], fails: str | None, made: bool
) -> None:
    said, done = import_with_a_second_process(tmp_path, fails)
    assert done == [["ChunkWork", made], ["PackWork", made]]
    assert found(words, {"what it said": said.encode()}) == []
    assert found(words, files_left(tmp_path / "home")) == []
    assert files_left(tmp_path / "tmp") == {}


def test_control_what_that_process_tells_or_leaves_is_found(tmp_path: Path, words: list[str]) -> None:
    said, done = import_with_a_second_process(tmp_path, LEAVES_THEM)
    assert done == [["ChunkWork", False], ["PackWork", False]]
    assert found(words, {"what it said": said.encode()}) == ["what it said"]
    assert found(words, files_left(tmp_path / "tmp")) == ["slice"]


def mended(rejects: Path, path: Path) -> Path:
    """The file for spreadsheets as a person sends it back: addresses put right, some phones still wrong."""
    with rejects.open(encoding="utf-8-sig", newline="") as sent:
        rows = list(csv.reader(sent))
    at = {name: place for place, name in enumerate(rows[0])}
    for row in rows[1:]:
        word = row[at["email"]].removeprefix("refused-").partition("@")[0]
        row[at["email"]] = f"{word}@example.org"
        row[at["age"]] = "41"
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(rows)
    return path


def test_a_round_of_fixed_rows_leaves_values_only_in_its_own_list(tmp_path: Path, words: list[str]) -> None:
    with running_endpoint(Faults(bad_mark="refused-")) as endpoint:
        _, said = import_list(
            tmp_path,
            *("run", "list.csv", "--table", "EmailContacts", "--schema", "schema.yaml"),
            *("--endpoint-url", endpoint.url),
        )
        (run,) = (tmp_path / "home" / "runs").iterdir()
        fixed = mended(run / "rejects-for-spreadsheets.csv", tmp_path / "fixed.csv")
        code, said_of_fix = import_list(tmp_path, "fix", run.name, str(fixed))
    assert code == 3, said_of_fix
    assert "rows can be sent" in said_of_fix
    assert found(words, {"what it said": (said + said_of_fix).encode()}) == []
    assert found(words, files_left(tmp_path / "home")) == []
    assert files_left(tmp_path / "tmp") == {}
    assert sorted(path.name for path in (run / "fixes").iterdir()) == ["1"]
    assert found(words, {"source": (run / "fixes" / "1" / "source").read_bytes()}) == ["source"]
    assert (run / "fixes").stat().st_mode & 0o777 == 0o700
    assert (run / "fixes" / "1" / "source").stat().st_mode & 0o777 == 0o600


def test_control_the_services_own_refusal_in_a_log_is_found(tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "home").mkdir()
    raw = f"One or more parameter values were invalid: item {{'email': '{words[38]}@example.com'}}"
    (tmp_path / "home" / "runner.log").write_text(raw, encoding="utf-8")
    assert found(words, files_left(tmp_path / "home")) == ["runner.log"]


def test_check_and_read_say_nothing_of_what_is_in_the_cells(tmp_path: Path, words: list[str]) -> None:
    _, checked = import_list(tmp_path, "check", "list.csv", "--schema", "schema.yaml", "--json")
    _, read = import_list(tmp_path, "read", "list.csv", "--out", "clean.csv", "--json")
    assert found(words, {"check": checked.encode(), "read": read.encode()}) == []
    assert files_left(tmp_path / "tmp") == {}
