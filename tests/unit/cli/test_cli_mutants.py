"""Files that were damaged on the way, by chance: whatever became of one, a command reads it or refuses it in words.

A mutant is a good file with bytes changed, cut, swapped, repeated, or with values in their place that programs
stumble over. Each comes from its number, so that one that failed can be made again.
"""

from __future__ import annotations

import io
import random
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import openpyxl
import pytest
from unit.run.run_folders import frozen_folder, settle

from importer.cli import main
from importer.errors import ImporterError
from importer.run import Ledger, RunFolder, planned_list

ODD = [
    *(b"\0", b'"', b"\xff", b"\xed\xa0\x80", b"\\ud800", b'""', b"\n", b"\t", b"  ", b"{", b"[", b"-", b"&a", b"*a"),
    *(b"9" * 5000, b"1e30", b"-1", b"0", b"99999999999999999999", b"NaN", b"1e400", b"null", b"[]", b"{}", b"true"),
]
"""What is set into a file or in the place of a value."""

TOKEN = re.compile(rb'"[^"\n]*"|[A-Za-z0-9_.]+')

PEOPLE = b"email,name,amount,date\n" + b"".join(
    b'p%d@example.com,"Person, %d",%d.50,2024-01-%02d\n' % (at, at, at, at % 28 + 1) for at in range(20)
)

RECIPE = b"""{"version": 1, "operations": [
 {"kind": "trim", "columns": ["name"], "collapse": true},
 {"kind": "replace", "column": "name", "find": "P(.*)n", "replacement": "\\\\1", "is_pattern": true},
 {"kind": "parse_dates", "column": "date", "order": "ymd", "latest_year": 2030},
 {"kind": "pad_zeros", "column": "amount", "width": 5, "shortest": 1},
 {"kind": "set_cells", "column": "name", "cells": [[2, "x"], [3, "y"]]},
 {"kind": "map_values", "column": "name", "pairs": [["a", "b"]], "loosely": false},
 {"kind": "split_column", "column": "name", "separator": ",", "into": ["a", "b"], "from_end": false, "keep": true},
 {"kind": "add_column", "name": "new", "text": "t"},
 {"kind": "decide_rows", "rows": [4, 5], "verdict": "reject"}
]}"""

SCHEMA = b"""version: 1
key: [email]
winner: last
columns:
  - column: email
    attribute: email
    type: S
    rules: [required, email, {length: {min: 2, max: 40}}, unique]
  - column: amount
    attribute: amount
    type: N
    rules:
      - range: {min: "0", max: "120", message: An amount is 0 to 120}
  - column: name
    attribute: name
    rules:
      - pattern: {pattern: "P.*", means: a person}
      - allowed: {values: [gold, silver], ignore_case: true}
"""


def mutant(chance: random.Random, data: bytes) -> bytes:
    """`data` with one to three changes."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        if not data:
            return data
        start = chance.randrange(len(data))
        end = min(len(data), start + chance.randrange(1, 40))
        tokens = list(TOKEN.finditer(data))
        token = chance.choice(tokens).span() if tokens else (start, end)
        lines = data.split(b"\n")
        chance.shuffle(lines)
        odd = chance.choice(ODD)
        data = chance.choice(
            (
                data[:start],
                data[:start] + bytes([chance.randrange(256)]) + data[start + 1 :],
                data[:start] + odd + data[start:],
                data[:start] + data[end:],
                data[:start] + data[start:end] * chance.choice((2, 50)) + data[end:],
                data[: token[0]] + odd + data[token[1] :],
                data[: token[0]] + odd + data[token[1] :],
                b"\n".join(lines),
            )
        )
    return data


def packed(parts: dict[str, bytes]) -> bytes:
    """A zip of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def workbook() -> bytes:
    """PEOPLE as a workbook, with a number of 31 digits under a format of codes."""
    book = openpyxl.Workbook()
    for line in PEOPLE.decode().splitlines():
        book.active.append(line.replace('"', "").split(",")[:4])
    book.active["C3"] = 1e30
    book.active["C3"].number_format = "000-000"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def mutated_workbook(chance: random.Random, whole: bytes) -> bytes:
    """A workbook that is damaged as a file, or in one of its parts."""
    if chance.random() < 0.3:
        return mutant(chance, whole)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(sorted(parts))
    return packed(parts | {name: mutant(chance, parts[name])})


KINDS: dict[str, tuple[str, Callable[[], bytes], Callable[[random.Random, bytes], bytes], list[str]]] = {
    "a list": ("list.csv", lambda: PEOPLE, mutant, []),
    "items": (
        "items.json",
        lambda: (
            b"[%s]"
            % b",\n".join(b'{"email":"a%d@example.com","n":%d,"m":{"a":[1,"x"]}}' % (at, at) for at in range(9))
        ),
        mutant,
        [],
    ),
    "a workbook": ("book.xlsx", workbook, mutated_workbook, []),
    "an archive": ("lists.zip", lambda: packed({"people.csv": PEOPLE}), mutant, []),
    "a recipe": ("recipe.json", lambda: RECIPE, mutant, ["--recipe"]),
    "a schema": ("schema.yaml", lambda: SCHEMA, mutant, ["--schema"]),
}


def answer(*words: object) -> tuple[int, str]:
    """Exit code of `importer WORDS`, and what was said on stderr."""
    said = io.StringIO()
    with redirect_stdout(io.TextIOWrapper(io.BytesIO(), "utf-8")), redirect_stderr(said):
        code = main([str(word) for word in words])
    return code, said.getvalue()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("IMPORTER_HOME", str(tmp_path / "home"))
    yield tmp_path


def ask_of(kind: str, folder: Path, chance: random.Random) -> None:
    """A command reads one mutant, and leaves nothing of it."""
    name, good, change, option = KINDS[kind]
    data = change(chance, good())
    folder.mkdir()
    (folder / name).write_bytes(data)
    people = folder / "people.csv"
    people.write_bytes(PEOPLE)
    words = ["check", people, *option, folder / name] if option else [chance.choice(("read", "check")), folder / name]
    code, said = answer(*words)
    assert "error: unexpected" not in said, (said, data[:2000])
    assert code in (0, 1, 2, 3)
    assert code != 1 or said.strip().endswith((".", ")", "?")), said
    shutil.rmtree(folder)


@pytest.mark.parametrize("kind", KINDS)
def test_a_good_file_of_each_kind_is_read(home: Path, kind: str) -> None:
    """The control: what the mutants are made of is no file that is refused anyway."""
    name, good, _, option = KINDS[kind]
    (home / name).write_bytes(good())
    (home / "people.csv").write_bytes(PEOPLE)
    code, said = answer("check", *([home / "people.csv", *option] if option else []), home / name)
    assert (code in (0, 3), "error" in said) == (True, False), said


@pytest.mark.parametrize("kind", KINDS)
def test_25_damaged_files_of_each_kind_are_read_or_refused_in_words(home: Path, kind: str) -> None:
    for number in range(25):
        ask_of(kind, home / "mutant", random.Random(f"{kind} {number}"))


@pytest.fixture
def run(home: Path) -> RunFolder:
    """A run with a row written, one failed and some rejected."""
    folder = frozen_folder(home)
    settle(folder, written=(0,), failed=(1,))
    return folder


def damage(run: RunFolder, chance: random.Random) -> None:
    """One file of a run is damaged: commands that read runs and what `resume` reads say so in words, or go on."""
    files = sorted(
        path for path in run.path.rglob("*") if path.is_file() and not path.name.startswith(("ledger.sqlite-", "."))
    )
    path = chance.choice(files)
    good = run.path.with_name("good")
    shutil.copytree(run.path, good)
    path.write_bytes(mutant(chance, path.read_bytes()))
    for words in (("show", run.run_id), ("rejects", run.run_id), ("runs",)):
        code, said = answer(*words)
        assert ("error: unexpected" in said, code in (0, 1)) == (False, True), (path.name, words, said)
    try:
        with Ledger.open(run.ledger) as ledger:
            planned_list(run, ledger)
    except ImporterError as error:
        assert str(error).endswith("."), path.name
    shutil.rmtree(run.path)
    good.rename(run.path)


def test_a_whole_run_is_shown_and_could_go_on(run: RunFolder) -> None:
    """The control: nothing is refused of a run whose files are whole."""
    assert [answer(*words)[0] for words in (("show", run.run_id), ("rejects", run.run_id))] == [0, 0]
    with Ledger.open(run.ledger) as ledger:
        assert planned_list(run, ledger)[0].rows == 6


def test_30_damaged_files_of_a_run_are_told_in_words(run: RunFolder) -> None:
    for number in range(30):
        damage(run, random.Random(f"a run {number}"))


@pytest.mark.parametrize(
    "name", ["dialect.json", "stage/report.json", "stage/rows.parquet", "check/outcomes.parquet"]
)
def test_what_is_damaged_in_a_run_is_named(run: RunFolder, name: str) -> None:
    path = run.path / name
    path.write_bytes(path.read_bytes()[:20])
    with Ledger.open(run.ledger) as ledger, pytest.raises(ImporterError, match=r"damaged|no readable|changed"):
        listed = planned_list(run, ledger)[1]
        list(listed.stage.chunks())
        list(listed.checked.outcomes())


@pytest.mark.soak
def test_10_000_damaged_files_of_a_run_are_told_in_words(run: RunFolder) -> None:
    for number in range(30, 10_030):
        damage(run, random.Random(f"a run {number}"))


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_10_000_damaged_files_of_each_kind_are_read_or_refused_in_words(home: Path, kind: str) -> None:
    for number in range(25, 10_025):
        ask_of(kind, home / "mutant", random.Random(f"{kind} {number}"))
