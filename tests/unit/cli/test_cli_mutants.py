"""Files that were damaged on the way, by chance: a command reads whatever became of one, or refuses it in words."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import random
import shutil
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pyarrow as pa
import pytest
from main_job.made_files import Rows, write_ods, write_xls, write_xlsb
from mutants import MANY, chances, mutant
from pyarrow import parquet
from unit.run.run_folders import LIST, checked_folder, frozen_folder, settle

from importer.check import load_schema
from importer.clean import Recipe, SetCellsByKey, Trim
from importer.cli import main
from importer.errors import ImporterError
from importer.profile import profile_stage, sketch_keys
from importer.run import Ledger, RunFolder, SavedList, open_stage, planned_list
from importer.run.saved.library import keep_last, keep_saved
from importer.settings import load_settings

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


def packed(parts: dict[str, bytes]) -> bytes:
    """A zip of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def zstd(data: bytes) -> bytes:
    """`data` as Zstandard."""
    out = pa.BufferOutputStream()
    with pa.CompressedOutputStream(out, "zstd") as stream:
        stream.write(data)
    return out.getvalue().to_pybytes()


def tar(data: bytes) -> bytes:
    """A tar with `data` as its one file."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        info = tarfile.TarInfo("people.csv")
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
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


CELLS: Rows = [["email", "amount", "name"], *([f"p{at}@example.com", at + 0.5, f"Person {at}"] for at in range(12))]


@lru_cache
def bytes_of(write: Callable[[Path], object]) -> bytes:
    """What `write` puts into a file."""
    with TemporaryDirectory() as folder:
        write(Path(folder) / "file")
        return (Path(folder) / "file").read_bytes()


def ods(path: Path) -> None:
    """CELLS as an .ods, amounts as codes of five digits."""
    write_ods(path, {"People": CELLS})


def xls(path: Path) -> None:
    """CELLS as an .xls."""
    write_xls(path, {"People": CELLS})


def xlsb(path: Path) -> None:
    """CELLS as an .xlsb."""
    write_xlsb(path, CELLS)


def columns(path: Path) -> None:
    """People as Parquet, with a nested column."""
    rows = [{"email": f"p{at}@example.com", "n": at, "on": at % 2 == 0, "tags": ["a", "b"]} for at in range(50)]
    parquet.write_table(pa.Table.from_pylist(rows), path)


PACKERS: tuple[Callable[[bytes], bytes], ...] = (gzip.compress, bz2.compress, lzma.compress, zstd, tar)


def in_parts(chance: random.Random, whole: bytes) -> bytes:
    """A zip that is damaged as a file, or in one of its parts."""
    if chance.random() < 0.3:
        return mutant(chance, whole)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(sorted(parts))
    return packed(parts | {name: mutant(chance, parts[name])})


def packed_anyhow(chance: random.Random, whole: bytes) -> bytes:
    """A list in one of PACKERS, sometimes in two, damaged inside or outside."""
    if chance.random() < 0.2:
        whole = mutant(chance, whole)
    for _ in range(chance.choice((1, 1, 2))):
        whole = chance.choice(PACKERS)(whole)
    return mutant(chance, whole)


@dataclass(frozen=True)
class Kind:
    """A kind of file: a good one, how it is damaged, the option that names it, and how many in every run."""

    name: str
    good: Callable[[], bytes]
    damaged: Callable[[random.Random, bytes], bytes] = mutant
    option: str = ""
    few: int = 25


ITEMS = b"[%s]" % b",\n".join(b'{"email":"a%d@example.com","n":%d,"m":{"a":[1,"x"]}}' % (at, at) for at in range(9))

TYPED = b"\n".join(
    b'{"Item":{"email":{"S":"a%d@example.com"},"n":{"N":"%d"},"s":{"SS":["a","b"]},"m":{"M":{"x":{"L":[]}}}}}'
    % (at, at)
    for at in range(9)
)

KINDS: dict[str, Kind] = {
    "a list": Kind("list.csv", lambda: PEOPLE, few=15),
    "items": Kind("items.json", lambda: ITEMS),
    "lines of items": Kind("items.jsonl", lambda: ITEMS[1:-1].replace(b",\n", b"\n"), few=10),
    "items of DynamoDB": Kind("items.json", lambda: TYPED, few=15),
    "a workbook": Kind("book.xlsx", workbook, in_parts),
    "a workbook of OpenDocument": Kind("book.ods", lambda: bytes_of(ods), in_parts, few=8),
    "an old workbook": Kind("book.xls", lambda: bytes_of(xls), few=8),
    "a binary workbook": Kind("book.xlsb", lambda: bytes_of(xlsb), in_parts, few=8),
    "columns": Kind("list.parquet", lambda: bytes_of(columns)),
    "an archive": Kind("lists.zip", lambda: packed({"people.csv": PEOPLE}), few=15),
    "a packed list": Kind("list.csv.gz", lambda: PEOPLE, packed_anyhow, few=15),
    "a recipe": Kind("recipe.json", lambda: RECIPE, option="--recipe"),
    "a schema": Kind("schema.yaml", lambda: SCHEMA, option="--schema"),
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


def asks(kind: Kind, folder: Path) -> list[object]:
    """The words of the command that reads a file of the kind, which `check` does."""
    people = folder / "people.csv"
    people.write_bytes(PEOPLE)
    return ["check", *([people, kind.option] if kind.option else []), folder / kind.name]


def is_said_in_words(code: int, said: str) -> bool:
    """Whether a command read the file, or said what is wrong with it in a sentence."""
    return (
        "error: unexpected" not in said
        and "Traceback" not in said
        and code in (0, 1, 2, 3)
        and (code != 1 or said.strip().endswith((".", ")", "?")))
    )


def ask_of(kind: str, folder: Path, chance: random.Random) -> None:
    """A command reads one mutant, and leaves nothing of it."""
    file = KINDS[kind]
    data = file.damaged(chance, file.good())
    folder.mkdir()
    (folder / file.name).write_bytes(data)
    words = asks(file, folder)
    code, said = answer(*words if file.option else (chance.choice(("read", "check")), folder / file.name))
    assert is_said_in_words(code, said), (code, said, data[:2000])
    assert sorted(path.name for path in folder.iterdir()) == sorted({file.name, "people.csv"})
    assert not list((folder.parent / "home").rglob("*plain*"))
    shutil.rmtree(folder)


@pytest.mark.parametrize("kind", KINDS)
def test_a_good_file_of_each_kind_is_read(home: Path, kind: str) -> None:
    """The control: what the mutants are made of is no file that is refused anyway."""
    file = KINDS[kind]
    good = file.good()
    (home / file.name).write_bytes(gzip.compress(good) if file.damaged is packed_anyhow else good)
    code, said = answer(*asks(file, home))
    assert (code in (0, 3), "error" in said) == (True, False), said


def test_control_what_was_not_said_in_words_is_seen() -> None:
    assert not is_said_in_words(1, "error: unexpected KeyError. Report it.")
    assert not is_said_in_words(1, "error: no")
    assert not is_said_in_words(-9, "")
    assert is_said_in_words(1, "error: The list is empty. Upload it again.")


@pytest.mark.parametrize("kind", KINDS)
def test_some_damaged_files_of_each_kind_are_read_or_refused_in_words(home: Path, kind: str) -> None:
    for chance in chances(kind, 0, KINDS[kind].few):
        ask_of(kind, home / "mutant", chance)


@pytest.fixture
def library(home: Path) -> Path:
    """The folder of a saved list, and of the last list that was imported with it."""
    settings = load_settings(os.environ)
    stage = checked_folder(home)
    entry = SavedList(
        "",
        "Partner",
        ("email", "name"),
        "email",
        {"delimiter": ","},
        load_schema(
            "version: 1\nkey: [email]\ncolumns:\n  - {column: email, attribute: email, rules: [email]}\n"
            "  - {column: name, attribute: name}\n"
        ),
        Recipe((Trim(("name",)), SetCellsByKey("name", "email", (("dora@example.com", "Dora"),)))),
        "october.csv",
        "2025-03-01T10:00:00Z",
    )
    kept = keep_saved(settings, entry)
    read = open_stage(stage)
    counted = (profile_stage(read, "email"), sketch_keys(read, "email"))
    keep_last(settings, kept.entry_id, stage, datetime(2025, 3, 1, tzinfo=UTC), made=counted)
    (home / "people.csv").write_text(LIST)
    return settings.library / kept.entry_id


def ask_of_saved(library: Path, chance: random.Random) -> None:
    """One file of a saved list is damaged: it is named in the library, and no list is checked with half of it."""
    path = library / chance.choice(("entry.json", "entry.json", "last.json"))
    good = path.read_bytes()
    path.write_bytes(mutant(chance, good))
    for words in (("saved",), ("check", library.parents[2] / "people.csv", "--saved", "Partner")):
        code, said = answer(*words)
        assert is_said_in_words(code, said), (words, code, said, path.read_bytes()[:2000])
    path.write_bytes(good)


def test_a_whole_saved_list_is_opened(library: Path) -> None:
    """The control: nothing is refused of a saved list that is whole."""
    code, said = answer("check", library.parents[2] / "people.csv", "--saved", "Partner")
    assert (code, "error" in said) == (3, False), said


def test_10_damaged_saved_lists_are_opened_or_refused_in_words(library: Path) -> None:
    for chance in chances("a saved list", 0, 10):
        ask_of_saved(library, chance)


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
    for chance in chances("a run", 0, 30):
        damage(run, chance)


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
    for chance in chances("a run", 30, MANY + 30):
        damage(run, chance)


@pytest.mark.soak
def test_10_000_damaged_saved_lists_are_opened_or_refused_in_words(library: Path) -> None:
    for chance in chances("a saved list", 10, MANY + 10):
        ask_of_saved(library, chance)


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_10_000_damaged_files_of_each_kind_are_read_or_refused_in_words(home: Path, kind: str) -> None:
    for chance in chances(kind, 25, MANY + 25):
        ask_of(kind, home / "mutant", chance)
