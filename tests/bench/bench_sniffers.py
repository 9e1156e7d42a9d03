"""DuckDB's and CleverCSV's sniffers as a second opinion: how often they are right, what they take, when they help.

    PYTHONPATH=. python tests/bench/bench_sniffers.py [--quick] [FOLDER …]

Lists (folders as in bench_rules) are given to them in UTF-8, so that only the dialect is to be found. Where our
reading is exact its dialect is the right one; where it is not, the list is read again with theirs, which shows if
that is better.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "bench")]

from bench_reading import environment  # noqa: E402
from bench_rules import OF_THE_TESTS, Known, outside_lists, own_lists, points_of  # noqa: E402
from corpus.readings import read_whole  # noqa: E402

from importer.errors import SourceError  # noqa: E402
from importer.intake import Dialect, guess_dialect  # noqa: E402

Answer = tuple[str, str, bool]
"""Delimiter, quote, whether there is a header."""

Told = dict[str, tuple[Answer | None, float, str]]
"""By list: the answer, the seconds of CPU, why there is none."""

EXACT = 9.995
"""Of 10: headers, records and cells as they should be."""


@dataclass(frozen=True)
class Ours:
    """Our dialect of a list, the seconds that it took, and the score of the whole reading."""

    dialect: Dialect
    seconds: float
    points: float


def ours_of(known: Known, path: Path) -> Ours | None:
    """None of a list that is packed, drawn or refused: no sniffer has a dialect for it."""
    start = time.process_time()
    try:
        dialect = guess_dialect(path).dialect
    except SourceError:
        return None
    seconds = time.process_time() - start
    if dialect.member or dialect.drawn or known.suffix != ".csv":
        return None
    return Ours(dialect, seconds, points_of(known, read_whole(path)))


def answers_of(name: str, python: Path, folder: Path) -> Told:
    with tempfile.TemporaryDirectory() as made:
        out = Path(made) / "told.json"
        script = ROOT / "tests" / "corpus" / "other_sniffers.py"
        subprocess.run([str(python), str(script), name, str(folder), str(out)], check=True)
        told: Told = json.loads(out.read_text("utf-8"))
        return told


def points_with(known: Known, path: Path, ours: Dialect, answer: Answer | None) -> float:
    """The score of our reader with another delimiter and quote; 0 where no list can have these."""
    if answer is None or not answer[0] or (answer[1] and answer[1] in answer[0]) or "\n" in answer[0]:
        return 0.0
    other = replace(ours, delimiter=answer[0], quote=answer[1], escape="", line_quotes=False)
    return points_of(known, read_whole(path, dialect=other))


def is_as_good(known: Known, ours: Ours, path: Path, answer: Answer) -> bool:
    """Whether a list is read as well with a delimiter and a quote: the same, or others that make no difference."""
    if answer[:2] == (ours.dialect.delimiter, ours.dialect.quote):
        return True
    return points_with(known, path, ours.dialect, answer) >= EXACT


def main() -> None:
    python = environment()
    if python is None:
        print("DuckDB and CleverCSV cannot be installed here.")
        return
    folders = [Path(argument) for argument in sys.argv[1:] if not argument.startswith("--")]
    every = [one for folder in folders for one in outside_lists(folder)]
    own = [one for one in own_lists(quick="--quick" in sys.argv) if one.group == OF_THE_TESTS]
    every += own[:: 1 if "--quick" in sys.argv else 3]
    with tempfile.TemporaryDirectory() as made:
        originals, texts = Path(made) / "originals", Path(made) / "texts"
        originals.mkdir()
        texts.mkdir()
        lists: dict[str, tuple[Known, Ours]] = {}
        for number, known in enumerate(every):
            path = originals / f"{number:05}.csv"
            path.write_bytes(known.case.content)
            if ours := ours_of(known, path):
                lists[path.name] = known, ours
                text = known.case.content.decode(ours.dialect.encoding, "replace").removeprefix("\ufeff")
                (texts / path.name).write_bytes(text.encode("utf-8", "replace"))
        for name in ("duckdb", "clevercsv"):
            told = answers_of(name, python, texts)
            for group in dict.fromkeys(known.group for known, _ in lists.values()):
                show(name, group, {at: one for at, one in lists.items() if one[0].group == group}, told, originals)


def show(
    name: str,
    group: str,
    lists: dict[str, tuple[Known, Ours]],
    told: Told,
    originals: Path,
) -> None:
    exact = {at: ours for at, (_, ours) in lists.items() if ours.points >= EXACT}
    cut = {at: answer for at in exact if (answer := told[at][0]) is not None}
    right = sum(is_as_good(*lists[at], originals / at, answer) for at, answer in cut.items())
    header = sum(answer[2] == bool(exact[at].dialect.header_rows) for at, answer in cut.items())
    better = []
    for at in lists.keys() - exact.keys():
        known, ours = lists[at]
        points = points_with(known, originals / at, ours.dialect, told[at][0])
        better += [(known.case.name, round(ours.points, 3), round(points, 3))] if points > ours.points + 0.005 else []
    whys = dict(Counter(told[at][2] for at in exact if at not in cut))
    times, own = [told[at][1] for at in lists], [ours.seconds for _, ours in lists.values()]
    print(
        f"{name}, {group}: {len(lists)} lists, {len(exact)} exact by us; of these it says nothing of "
        f"{len(exact) - len(cut)} {whys or ''}, has a delimiter and quote that read them as well of {right}, header "
        f"or none of {header}; median {1000 * median(times):.0f} ms, most {max(times):.2f} s "
        f"(ours {1000 * median(own):.0f} ms, {max(own):.2f} s); "
        f"better with it: {len(better)} of {len(lists) - len(exact)} {better}"
    )


if __name__ == "__main__":
    main()
