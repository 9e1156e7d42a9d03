"""What it takes to guess how a list is written: counted in calls, for time depends on the machine."""

from __future__ import annotations

import cProfile
import pstats
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from importer.errors import SourceError
from importer.intake import guess_dialect

HAN = range(0x4E00, 0x6000)


def _wide(columns: int) -> bytes:
    names = ",".join(f"column {at}" for at in range(columns))
    return "\n".join([names, *[",".join("7" for _ in range(columns))] * 5]).encode()


def _chinese() -> bytes:
    random = Random(1)
    words = ["".join(map(chr, random.choices(HAN, k=2))) for _ in range(20_000)]
    return "\n".join(["id,name", *(f"{at},{word}" for at, word in enumerate(words))]).encode("gb18030")


def _names() -> bytes:
    random = Random(2)
    letters = "aeiounrstl" + "éüñöß"
    words = ("".join(random.choices(letters, k=8)).title() for _ in range(60_000))
    return "\n".join(["id,name", *(f"{at},{word}" for at, word in enumerate(words))]).encode("cp1252")


SHAPES: dict[str, tuple[Callable[[], bytes], int]] = {
    "as many columns as a workbook has": (lambda: _wide(16_384), 1_000_000),
    "a line of five megabytes": (lambda: b"a,b\n" + b"x" * 5_000_000, 100_000),
    "lines of spaces": (lambda: b"a,b\n" + (b" " * 5_000 + b"\n") * 400, 100_000),
    "many sections": (
        lambda: b"".join(b",".join([b"7"] * (2 + at % 7)) + b"\n" + b"\n" * (at % 3 == 0) for at in range(60_000)),
        1_500_000,
    ),
    "line ends in every row": (lambda: b"a;b;c\r" + b"1;x\ny\nz;q\r" * 60_000, 800_000),
    "rare Chinese signs": (_chinese, 2_500_000),
    "names above ASCII": (_names, 1_300_000),
}
"""A list, and some half more than the calls that its guess takes, or twice as many: 300,000 are some 0.1 s."""


@pytest.mark.parametrize(("content", "most"), SHAPES.values(), ids=SHAPES)
def test_a_guess_takes_no_more_than_it_did(content: Callable[[], bytes], most: int, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content())
    profile = cProfile.Profile()
    profile.enable()
    try:
        guess_dialect(path)
    except SourceError:
        pass
    finally:
        profile.disable()
    calls = pstats.Stats(profile).total_calls  # type: ignore[attr-defined]
    assert calls < most
