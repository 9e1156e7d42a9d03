"""Files that were damaged on the way, by chance: a command reads whatever became of one, or refuses it in words."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import random
import shutil
import signal
import sys
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pyarrow as pa
import pytest
from main_job.made_files import Rows, write_ods, write_xls, write_xlsb
from mutants import (
    MANY,
    WarmReaders,
    chances,
    json_mutant,
    list_mutant,
    mutant,
    parquet_mutant,
    put_another_kind,
    sqlite_mutant,
    xml_mutant,
    yaml_mutant,
    zip_mutant,
    zip_of,
)
from pyarrow import parquet
from unit.clean.clean_examples import EXAMPLES
from unit.run.run_folders import LIST, checked_folder, frozen_folder, plan_for, settle

from importer.check import load_schema
from importer.clean import Recipe, SetCellsByKey, Trim
from importer.cli import main
from importer.errors import ImporterError
from importer.intake import calamine_child, other_workbook
from importer.profile import profile_stage, sketch_keys
from importer.run import Asked, Ledger, RunFolder, SavedList, list_warnings, open_run, open_stage, planned_list
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
indexes: {byName: [name]}
nest_dots: true
held: [{path: [seen, on], types: [S]}]
columns:
  - column: email
    attribute: email
    type: S
    rules: [required, email, {length: {min: 2, max: 40}}, unique]
  - column: amount
    attribute: amount
    type: N
    blank: omit
    typed_cells: own
    type_from: cells
    rules:
      - range: {min: "0", max: "120", message: An amount is 0 to 120}
  - column: name
    attribute: name
    rules:
      - pattern: {pattern: "P.*", means: a person}
      - allowed: {values: [gold, silver], ignore_case: true}
      - phone: {region: US}
      - country_code
  - column: date
    attribute: seen.on
    type: SS
    separator: ";"
    rules:
      - date: {format: "YYYY-MM-DD", not_before: "2020-01-01"}
"""

COLUMNS = ("email", "name", "amount", "date")

LETTERS = {'"a"': '"name"', '"b"': '"amount"', '"c"': '"date"'}
"""Columns of the examples of steps, as PEOPLE calls them."""


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


def book_mutant(chance: random.Random, whole: bytes) -> bytes:
    """A zip of XML, damaged as a zip or in what its XML says."""
    return zip_mutant(chance, whole, xml_mutant)


def archive_mutant(chance: random.Random, whole: bytes) -> bytes:
    """A zip of lists, damaged as a zip or with a list in it that is odd."""
    return zip_mutant(chance, whole, list_mutant)


def recipe_of_any_step(chance: random.Random, _: bytes) -> bytes:
    """One to three steps of any kind, damaged."""
    text = Recipe(tuple(chance.sample(EXAMPLES, chance.choice((1, 2, 3))))).to_json()
    for letter, name in LETTERS.items():
        text = text.replace(letter, name)
    return json_mutant(chance, text.encode())


def odd_tar(chance: random.Random, data: bytes) -> bytes:
    """A tar whose members are of any kind, twice there, in odd places, of a size that is not theirs."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=chance.choice((0, 1, 2))) as archive:
        for _ in range(chance.choice((1, 1, 2, 30))):
            info = tarfile.TarInfo(
                chance.choice(("people.csv", "../people.csv", "/people.csv", "x" * 99, ".", "é.csv"))
            )
            info.size = len(data)
            info.type = chance.choice([tarfile.REGTYPE] * 6 + [bytes([sign]) for sign in b"1234567xgLKS"])
            info.linkname = chance.choice(("", "people.csv", "/etc/passwd", "../.."))
            info.mtime = chance.choice((0, 2**31, 2**32))
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def packed_anyhow(chance: random.Random, whole: bytes) -> bytes:
    """A list in one of PACKERS, sometimes in two, damaged inside or outside; after its end may stand more."""
    if chance.random() < 0.3:
        whole = list_mutant(chance, whole)
    for _ in range(chance.choice((1, 1, 2, 3))):
        pack = chance.choice(PACKERS)
        whole = odd_tar(chance, whole) if pack is tar and chance.random() < 0.5 else pack(whole)
    if chance.random() < 0.2:
        whole += chance.choice((whole, b"\0" * 512, b"PK\x03\x04", b"\x1f\x8b", whole[:20]))
    return mutant(chance, whole) if chance.random() < 0.7 else whole[: chance.randrange(len(whole)) + 1]


@dataclass(frozen=True)
class Kind:
    """A kind of file: a good one, how it is damaged, the option that names it, and how many in every run."""

    name: str
    good: Callable[[], bytes]
    damaged: Callable[[random.Random, bytes], bytes] = json_mutant
    option: str = ""
    few: int = 25


ITEMS = b"[%s]" % b",\n".join(b'{"email":"a%d@example.com","n":%d,"m":{"a":[1,"x"]}}' % (at, at) for at in range(9))

TYPED = b"\n".join(
    b'{"Item":{"email":{"S":"a%d@example.com"},"n":{"N":"%d"},"s":{"SS":["a","b"]},"m":{"M":{"x":{"L":[]}}}}}'
    % (at, at)
    for at in range(9)
)

KINDS: dict[str, Kind] = {
    "a list": Kind("list.csv", lambda: PEOPLE, list_mutant, few=15),
    "items": Kind("items.json", lambda: ITEMS),
    "lines of items": Kind("items.jsonl", lambda: ITEMS[1:-1].replace(b",\n", b"\n"), few=10),
    "items of DynamoDB": Kind("items.json", lambda: TYPED, few=15),
    "a workbook": Kind("book.xlsx", workbook, book_mutant),
    "a workbook of OpenDocument": Kind("book.ods", lambda: bytes_of(ods), book_mutant, few=8),
    "an old workbook": Kind("book.xls", lambda: bytes_of(xls), mutant, few=8),
    "a binary workbook": Kind("book.xlsb", lambda: bytes_of(xlsb), zip_mutant, few=8),
    "columns": Kind("list.parquet", lambda: bytes_of(columns), parquet_mutant),
    "an archive": Kind("lists.zip", lambda: zip_of([("people.csv", PEOPLE)]), archive_mutant, few=15),
    "a packed list": Kind("list.csv.gz", lambda: PEOPLE, packed_anyhow, few=15),
    "a recipe": Kind("recipe.json", lambda: RECIPE, option="--recipe"),
    "a recipe of any step": Kind("recipe.json", lambda: RECIPE, recipe_of_any_step, option="--recipe"),
    "a schema": Kind("schema.yaml", lambda: SCHEMA, yaml_mutant, option="--schema"),
}


def answer(*words: object) -> tuple[int, str]:
    """Exit code of `importer WORDS`, and what was said on stderr."""
    said = io.StringIO()
    with redirect_stdout(io.TextIOWrapper(io.BytesIO(), "utf-8")), redirect_stderr(said):
        code = main([str(word) for word in words])
    return code, said.getvalue()


@pytest.fixture(scope="session")
def readers() -> Iterator[WarmReaders]:
    warm = WarmReaders()
    yield warm
    warm.close()


@pytest.fixture
def quick(readers: WarmReaders, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workbooks are read by processes that need not start first."""
    monkeypatch.setattr(other_workbook, "subprocess", readers)


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


def is_refused_by_itself(file: Kind, data: bytes) -> bool:
    """Whether a recipe or a schema is refused, in words, before any list is looked at."""
    parse = {"--recipe": lambda text: Recipe.from_json(text).check(COLUMNS), "--schema": load_schema}.get(file.option)
    try:
        if parse is not None:
            parse(data.decode())
    except UnicodeDecodeError:
        return False
    except ImporterError as error:
        assert str(error).endswith((".", ")", "?")), (str(error), data[:2000])
        assert len(str(error)) < 2000, (str(error)[:500], data[:2000])
        return True
    return False


def ask_of(kind: str, folder: Path, chance: random.Random, *, whole_way: float = 0.5) -> None:
    """A command reads one mutant, and leaves nothing of it. `whole_way`: so many of them go through every step, the
    others until a list is read, or a recipe or a schema refused."""
    file = KINDS[kind]
    data = file.damaged(chance, file.good())
    goes_on = chance.random() < whole_way
    if not goes_on and is_refused_by_itself(file, data):
        return
    folder.mkdir()
    (folder / file.name).write_bytes(data)
    words = asks(file, folder)
    code, said = answer(*words if file.option or goes_on else ("read", folder / file.name))
    assert is_said_in_words(code, said), (code, said[:5000], data[:2000])
    assert sorted(path.name for path in folder.iterdir()) == sorted({file.name, "people.csv"})
    assert [path for path in (folder.parent / "home").rglob("*") if path.is_file()] == []
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
@pytest.mark.usefixtures("quick")
def test_some_damaged_files_of_each_kind_are_read_or_refused_in_words(home: Path, kind: str) -> None:
    for chance in chances(kind, 0, KINDS[kind].few):
        ask_of(kind, home / "mutant", chance)


def test_a_reader_that_need_not_start_has_the_limits_of_one_that_does(home: Path, readers: WarmReaders) -> None:
    """What the answers to mutants are worth hangs on it."""
    path = write_xls(home / "book.xls", {"People": [["x" * 50]] * 5_000})
    with readers.Popen([sys.executable, "-I", str(calamine_child.__file__), "7", str(path), "People"]) as reader:
        reader.stdout.readline()
        limits = Path(f"/proc/{reader.pid}/limits").read_text()
        os.kill(reader.pid, signal.SIGKILL)
        assert os.wait4(reader.pid, 0)[1] == signal.SIGKILL
    assert [line.split()[3:5] for line in limits.splitlines() if "cpu time" in line] == [["7", "8"]]
    assert [line.split()[3] for line in limits.splitlines() if "address space" in line] == ["536870912"]


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


OF_ENDING: dict[str, Callable[[random.Random, bytes], bytes]] = {
    ".json": json_mutant,
    ".yaml": yaml_mutant,
    ".parquet": parquet_mutant,
    "": list_mutant,
}
"""How a file of ours is damaged; one without an ending is a list as it came."""


def damage_file(chance: random.Random, path: Path) -> None:
    """Another file, or none, at `path`."""
    if chance.random() < 0.15:
        put_another_kind(chance, path)
    elif path.suffix == ".sqlite":
        sqlite_mutant(chance, path)
    else:
        path.write_bytes(OF_ENDING.get(path.suffix, mutant)(chance, path.read_bytes()))


@contextmanager
def put_back(folder: Path) -> Iterator[None]:
    """What the block does to a folder is undone."""
    good = folder.with_name(f"good-{folder.name}")
    shutil.copytree(folder, good)
    try:
        yield
    finally:
        shutil.rmtree(folder)
        good.rename(folder)


@contextmanager
def soon(*what: object) -> Iterator[None]:
    """What takes more than 10 s of the processor fails, or waits for two minutes, and says what was damaged: on a
    machine that does other things a second of work takes ten."""

    def stop(*_: object) -> None:
        raise AssertionError(f"no end in 10 s of the processor: {what}")

    before = [(number, signal.signal(number, stop)) for number in (signal.SIGPROF, signal.SIGALRM)]
    signal.setitimer(signal.ITIMER_PROF, 10)
    signal.alarm(120)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.alarm(0)
        for number, handler in before:
            signal.signal(number, handler)


def ask_of_saved(library: Path, chance: random.Random) -> None:
    """One file of a saved list is damaged: it is named in the library, and no list is checked with half of it."""
    path = library / chance.choice(("entry.json", "entry.json", "last.json"))
    with put_back(library):
        damage_file(chance, path)
        for words in (("saved",), ("check", library.parents[2] / "people.csv", "--saved", "Partner")):
            with soon(path.name, *words):
                code, said = answer(*words)
            assert is_said_in_words(code, said), (words, code, said, shown(path))


def shown(path: Path) -> object:
    """Of a damaged file, what is to be seen of it in a report."""
    if path.is_symlink() or not path.is_file():
        return "a link" if path.is_symlink() else "a folder" if path.is_dir() else "a pipe or nothing"
    return path.read_bytes()[:2000]


def test_a_whole_saved_list_is_opened(library: Path) -> None:
    """The control: nothing is refused of a saved list that is whole."""
    code, said = answer("check", library.parents[2] / "people.csv", "--saved", "Partner")
    assert (code, "error" in said) == (3, False), said


def test_10_damaged_saved_lists_are_opened_or_refused_in_words(library: Path) -> None:
    for chance in chances("a saved list", 0, 10):
        ask_of_saved(library, chance)


@pytest.fixture
def draft(home: Path) -> RunFolder:
    """A list that was read and checked, and is not imported yet."""
    return checked_folder(home)


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
    path = chance.choice([*files, *([run.ledger] * 3 if run.frozen else [])])
    with put_back(run.path):
        damage_file(chance, path)
        seen = shown(path)
        for words in (
            ("show", run.run_id),
            ("rejects", run.run_id),
            ("rejects", run.run_id, "--for-spreadsheets"),
            ("runs",),
        ):
            with soon(path.name, *words):
                code, said = answer(*words)
            assert is_said_in_words(code, said), (path.name, words, code, said, seen)
            assert code in (0, 1), (path.name, words, code, said, seen)
        with soon(path.name, seen):
            goes_on_or_says_why(run, path.name)


def goes_on_or_says_why(run: RunFolder, name: str) -> None:
    """What `resume` and the pages read of a run: it is there, or refused in a sentence."""
    for step in (_of_ledger, _of_draft):
        try:
            open_run(load_settings(os.environ), run.run_id)
            step(run)
        except ImporterError as error:
            assert str(error).endswith((".", "?")), (name, str(error))


def _of_ledger(run: RunFolder) -> None:
    if run.frozen:
        with Ledger.open(run.ledger) as ledger:
            listed = planned_list(run, ledger)[1]
            list(listed.stage.chunks())
            list(listed.checked.outcomes())


def _of_draft(run: RunFolder) -> None:
    plan_for(run)
    list_warnings(Asked(run, None, None))


def test_a_whole_run_is_shown_and_could_go_on(run: RunFolder) -> None:
    """The control: nothing is refused of a run whose files are whole."""
    assert [answer(*words)[0] for words in (("show", run.run_id), ("rejects", run.run_id))] == [0, 0]
    with Ledger.open(run.ledger) as ledger:
        assert planned_list(run, ledger)[0].rows == 6


def test_a_whole_draft_is_shown_and_could_be_planned(draft: RunFolder) -> None:
    """The control: nothing is refused of a draft whose files are whole."""
    assert [answer(*words)[0] for words in (("show", draft.run_id), ("rejects", draft.run_id))] == [0, 0]
    _of_draft(draft)


@pytest.mark.parametrize("number", [503248, 502369, 504531, 503419])
def test_damage_of_a_drafts_list_that_only_rejects_met_is_told_in_words(draft: RunFolder, number: int) -> None:
    """An encoding that is none, bytes that are not UTF-8, cells that are null, a record longer than the list."""
    damage(draft, random.Random(f"a draft {number}"))


def test_20_damaged_files_of_a_draft_are_told_in_words(draft: RunFolder) -> None:
    for chance in chances("a draft", 0, 20):
        damage(draft, chance)


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
def test_10_000_damaged_files_of_a_draft_are_told_in_words(draft: RunFolder) -> None:
    for chance in chances("a draft", 20, MANY + 20):
        damage(draft, chance)


@pytest.mark.soak
def test_10_000_damaged_saved_lists_are_opened_or_refused_in_words(library: Path) -> None:
    for chance in chances("a saved list", 10, MANY + 10):
        ask_of_saved(library, chance)


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.usefixtures("quick")
def test_10_000_damaged_files_of_each_kind_are_read_or_refused_in_words(home: Path, kind: str) -> None:
    for chance in chances(kind, 25, MANY + 25):
        ask_of(kind, home / "mutant", chance, whole_way=0.1)
