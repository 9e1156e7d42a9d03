"""What each rule of reading brings: the score of lists without it, and how many readings change.

    PYTHONPATH=. python tests/bench/bench_rules.py [--quick] [FOLDER …]

A folder holds lists that others made, with the right reading of each: NAME.right.csv beside it, or in `clean/` that
of the file of the same name in `csv/` (there a list without a header has col_0, col_1 and so on, and a column without
a name none). Their cells are compared stripped and in lower case.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from corpus.case import Case, Loaded, Row, measures, score  # noqa: E402
from corpus.readings import Whole, corpus_lists, read_without_each  # noqa: E402
from corpus.rules import RULES  # noqa: E402

SEEDS = (7, 4711, 4712, 4713)
"""The first is that of the tests, the others were used for nothing before."""

READINGS = 1000

OF_THE_TESTS = "corpus, seed of the tests"


@dataclass(frozen=True)
class Known:
    """A list and its right reading. `suffix` of its file; `outside`: made by others."""

    group: str
    case: Case
    suffix: str = ".csv"
    outside: bool = False
    col_names: bool = False


@dataclass(frozen=True)
class Effect:
    """The score of a list with all rules, and of the rules that change its reading the score without. `told`: those
    of them without which only something else is told or asked."""

    group: str
    name: str
    points: float
    without: dict[str, float]
    told: frozenset[str]


def own_lists(*, quick: bool) -> Iterator[Known]:
    """The first READINGS of the corpus, by seed."""
    count = 0
    for seed in SEEDS[:1] if quick else SEEDS:
        for case in list(corpus_lists(seed))[:: 10 if quick else 1]:
            count += 1
            if count <= READINGS:
                yield Known(OF_THE_TESTS if seed == SEEDS[0] else "corpus, new seeds", case)


def outside_lists(folder: Path) -> Iterator[Known]:
    """The lists of a folder as told above."""
    beside = {right: next(p for p in folder.glob(f"{right.name[:-10]}.*") if p != right)
              for right in sorted(folder.glob("*.right.csv"))}  # fmt: skip
    apart = {right: folder / "csv" / right.name for right in sorted((folder / "clean").glob("*"))}
    for right, path in (beside or apart).items():
        header, *rows = rows_of(right) or [()]
        case = Case(path.name, path.read_bytes(), header, tuple(rows))
        yield Known(folder.name, case, path.suffix, outside=True, col_names=not beside)


def rows_of(path: Path) -> list[Row]:
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    return list(map(tuple, csv.reader(text.splitlines(keepends=True))))


def points_of(known: Known, whole: Whole) -> float:
    """0 to 10; a list that was refused has 0 unless nothing is in it."""
    case = known.case
    if whole.refused:
        return 0.0 if case.rows or case.header else 10.0
    if not known.outside:
        return score(case, Loaded(whole.header, whole.rows))
    header = whole.header
    if known.col_names:
        header = whole.named if whole.header_rows else tuple(f"col_{at}" for at in range(len(header)))
    wanted, found = list(map(_bare, (case.header or (), *case.rows))), list(map(_bare, (header, *whole.rows)))
    if not any(wanted):
        return 10.0
    parts = (wanted[0], found[0]), (wanted[1:], found[1:]), (chain(*wanted), chain(*found))
    return 1.0 + sum(chain(*(measures(right, own) for right, own in parts)))


def _bare(row: Row) -> Row:
    return tuple(cell.strip().lower() for cell in row)


def effect_of(known: Known) -> Effect:
    """Read with all rules, and without each that decided something."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"list{known.suffix}"
        path.write_bytes(known.case.content)
        whole, others = read_without_each(path)
    points = {name: points_of(known, other) for name, other in others.items()}
    told = {name for name, other in others.items() if (other.header, other.rows) == (whole.header, whole.rows)}
    return Effect(known.group, known.case.name, points_of(known, whole), points, frozenset(told))


def table(effects: list[Effect]) -> Iterator[str]:
    """For a decision page: a row for each rule."""
    groups = list(dict.fromkeys(effect.group for effect in effects))
    of_group = {group: [effect for effect in effects if effect.group == group] for group in groups}
    own = sum(effect.group.startswith("corpus") for effect in effects)
    yield f"| rule | what it is for | {' | '.join(groups)} | of {own:,} readings of the corpus changed |"
    yield f"|---|---|{'---|' * (len(groups) + 1)}"
    means = {group: sum(e.points for e in of_group[group]) / len(of_group[group]) for group in groups}
    yield f"| – | with all rules | {' | '.join(f'**{means[group]:.3f}**' for group in groups)} | |"
    for rule in RULES:
        cells, changed, only_told = [], 0, 0
        for group in groups:
            ours = of_group[group]
            if group.startswith("corpus"):
                changed += sum(rule.name in e.without for e in ours)
                only_told += sum(rule.name in e.told for e in ours)
            less = sum(e.points - e.without.get(rule.name, e.points) for e in ours) / len(ours)
            cells.append(f"{means[group] - less:.3f}" if any(rule.name in e.without for e in ours) else "")
        told = f"{changed}" + (f" ({only_told} only in what is told)" if only_told else "")
        yield f"| `{rule.name}` | {rule.purpose} | {' | '.join(cells)} | {told} |"


def main() -> None:
    folders = [Path(argument) for argument in sys.argv[1:] if not argument.startswith("--")]
    known = [one for folder in folders for one in outside_lists(folder)]
    known += own_lists(quick="--quick" in sys.argv or not folders)
    with ProcessPoolExecutor(2) as workers:
        effects = list(workers.map(effect_of, known, chunksize=4))
    print("\n".join(table(effects)))
    for effect in effects:
        gains = {name: points for name, points in effect.without.items() if points > effect.points + 0.005}
        if gains:
            print(f"better without: {effect.group} {effect.name} {effect.points:.3f} {gains}")


if __name__ == "__main__":
    main()
