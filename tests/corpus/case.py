"""One file of the corpus beside its clean truth, and how it is read and scored, as Pollock scores (VLDB 2023)."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from importer.errors import SourceError
from importer.intake import Stage, build_stage, guess_dialect

Row = tuple[str, ...]


@dataclass(frozen=True)
class Case:
    """`header` None: the file has none, so its columns may be called anything. `weight` as in the benchmark.
    `records` counts every record of the file that is data; none may be lost without being listed."""

    name: str
    content: bytes
    header: Row | None
    rows: tuple[Row, ...]
    weight: float = 1.0


@dataclass(frozen=True)
class Loaded:
    """What a reader made of a file. `told` are record numbers that it listed as problems; None: it raised."""

    header: Row
    rows: tuple[Row, ...]
    told: frozenset[int] = frozenset()
    unaccounted_bytes: int = 0


Loader = Callable[[Path], Loaded]


def load_by_intake(path: Path) -> Loaded:
    """Read as the upload page would, with nothing given."""
    with tempfile.TemporaryDirectory() as made:
        try:
            guess = guess_dialect(path)
        except SourceError as error:
            if "is empty" in str(error):
                return Loaded((), ())
            raise
        report = build_stage(path, guess.dialect, Path(made) / "stage")
        stage = Stage.open(Path(made) / "stage", path)
        surplus = stage.surplus()
        rows = [
            (*cells, *surplus.get(int(row), ()))
            for chunk in stage.chunks()
            for row, cells in zip(chunk.index, chunk.itertuples(index=False, name=None), strict=True)
        ]
        told = frozenset(problem.row for problem in stage.problems() if problem.row is not None)
        return Loaded(report.columns, tuple(rows), told, report.audit.unaccounted_bytes)


def measures(truth: Iterable[object], loaded: Iterable[object]) -> tuple[float, float, float]:
    """Precision, recall, F1 of two bags; an empty truth is always met."""
    wanted, found = Counter(truth), Counter(loaded)
    common = (wanted & found).total()
    if not wanted:
        return 1.0, 1.0, 1.0
    if not common:
        return 0.0, 0.0, 0.0
    precision, recall = common / found.total(), common / wanted.total()
    return precision, recall, 2 * precision * recall / (precision + recall)


def score(case: Case, loaded: Loaded | None) -> float:
    """0 to 10: success, and precision, recall and F1 of header cells, records and cells."""
    if loaded is None:
        return 0.0
    header = measures(case.header or (), loaded.header)
    records = measures(case.rows, loaded.rows)
    cells = measures((c for row in case.rows for c in row), (c for row in loaded.rows for c in row))
    return 1.0 + sum(header) + sum(records) + sum(cells)


def is_exact(case: Case, loaded: Loaded | None) -> bool:
    """Header, records in their order, and every cell."""
    if loaded is None:
        return False
    return loaded.rows == case.rows and (case.header is None or loaded.header == case.header)


@dataclass(frozen=True)
class Scores:
    """`simple` and `weighted` of 10; `exact` is a share; `worst` names the lowest files."""

    files: int
    simple: float
    weighted: float
    exact: float
    raised: int
    worst: tuple[tuple[str, float], ...]

    def line(self) -> str:
        """For a table on screen."""
        return (
            f"{self.files:>6,} files  simple {self.simple:.4f}  weighted {self.weighted:.4f}  "
            f"exact {self.exact:.1%}  raised {self.raised}"
        )


def run_corpus(
    cases: Sequence[Case], loader: Loader = load_by_intake, *, unexpected: tuple[type, ...] = ()
) -> Scores:
    """Score a loader over cases; what it raises counts 0."""
    results: list[tuple[Case, float, bool]] = []
    raised = 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        for case in cases:
            path.write_bytes(case.content)
            try:
                loaded: Loaded | None = loader(path)
            except Exception:
                loaded, raised = None, raised + 1
            results.append((case, score(case, loaded), is_exact(case, loaded)))
    total = sum(case.weight for case, _, _ in results)
    worst = sorted(((case.name, points) for case, points, exact in results if not exact), key=lambda pair: pair[1])
    return Scores(
        len(results),
        sum(points for _, points, _ in results) / len(results),
        sum(case.weight * points for case, points, _ in results) / total,
        sum(exact for _, _, exact in results) / len(results),
        raised,
        tuple(worst),
    )
