"""Lists made to take the machine down: each ends soon, in words, with nothing left on the disk."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from security.hostile_files import HOSTILE

REPOSITORY = Path(__file__).resolve().parents[2]

MOST_S, MORE_S = 10.0, 3.0
"""Seconds of the processor for a hostile list, and for each megabyte of one that is packed or a workbook."""

MOST_MB = 500


MEASURED = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(code, used.ru_utime + used.ru_stime, used.ru_maxrss)
"""
"""Runs a command and says what it took. The most memory of a process counts what it was started from as well, so that
must be small: these tests are a process of a gigabyte in the end."""


@dataclass(frozen=True)
class Ended:
    """A command that ended: its exit code, what it said, what it took, and files that it left."""

    code: int
    said: str
    cpu_s: float
    memory_mb: float
    left: list[str]


def checked(path: Path, home: Path) -> Ended:
    """`importer check PATH` as a process of its own."""
    beside = {one.name for one in path.parent.iterdir()}
    process = subprocess.run(
        [sys.executable, "-I", "-S", "-c", MEASURED, sys.executable, "-m", "importer", "check", str(path)],
        cwd=REPOSITORY,
        env={**os.environ, "IMPORTER_HOME": str(home)},
        capture_output=True,
        check=False,
        text=True,
    )
    code, cpu_s, memory_kb = process.stdout.split()
    left = [one.name for one in path.parent.iterdir() if one.name not in beside | {home.name}]
    left += [str(one.relative_to(home)) for one in home.rglob("*") if one.is_file() and one.stat().st_size > 100_000]
    return Ended(int(code), process.stderr, float(cpu_s), int(memory_kb) / 1000, left)


def allowed_s(path: Path) -> float:
    """Plain lists have no more for their size."""
    return MOST_S if path.suffix == ".csv" else MOST_S + MORE_S * path.stat().st_size / 1_000_000


def require_calm(ended: Ended, most_s: float) -> None:
    assert ended.code in (0, 1, 2, 3), (ended.code, ended.said[-500:])
    assert "unexpected" not in ended.said and "Traceback" not in ended.said, ended.said[-500:]
    assert ended.code != 1 or ended.said.strip().endswith((".", ")")), ended.said[-500:]
    assert ended.cpu_s <= most_s, ended
    assert ended.memory_mb <= MOST_MB, ended
    assert ended.left == []


@pytest.mark.parametrize("name", ["names.json", "styles.xlsx", "codes.ods", "texts.parquet"])
def test_a_hostile_list_of_each_kind_is_refused_soon_in_words_and_leaves_nothing(tmp_path: Path, name: str) -> None:
    HOSTILE[name](tmp_path / name)
    ended = checked(tmp_path / name, tmp_path / "home")
    require_calm(ended, allowed_s(tmp_path / name))
    assert ended.code == 1
    assert ended.said.startswith("error: The ")


def test_control_what_a_list_of_the_same_size_leaves_is_seen(tmp_path: Path) -> None:
    """An honest list ends well, and a file that lies where none should is told."""
    path = tmp_path / "list.csv.gz"
    path.write_bytes(gzip.compress(b"email,name\n" + b"ann@example.com,Ann\n" * 2))
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "plain").write_bytes(b"x" * 200_000)
    ended = checked(path, tmp_path / "home")
    assert (ended.code, ended.left) == (3, ["plain"])
    with pytest.raises(AssertionError):
        require_calm(ended, allowed_s(path))


@pytest.mark.soak
@pytest.mark.parametrize("name", HOSTILE)
def test_every_hostile_list_ends_in_10_s_and_500_mb_and_leaves_nothing(tmp_path: Path, name: str) -> None:
    HOSTILE[name](tmp_path / name)
    ended = checked(tmp_path / name, tmp_path / "home")
    print(f"{name}: {ended.cpu_s:.1f} s, {ended.memory_mb:.0f} MB, {ended.said.strip().splitlines()[-1:]}")
    require_calm(ended, allowed_s(tmp_path / name))
