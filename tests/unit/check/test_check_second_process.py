"""A second process checks its half of the chunks: the same check, row by row, also when it dies on the way."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

import importer.parallel
from importer.check import CheckResult, ColumnSpec, DynamoType, Email, Range, Schema, Unique, check_stage
from importer.clean import Condition, DropRows, Recipe
from importer.errors import FatalError
from importer.intake import Dialect, Stage, build_stage
from importer.second_process import SecondProcess
from importer.table import KeyPart, TableKey

ROWS = 110_000
KEY = TableKey(KeyPart("email", "S"))
SCHEMA = Schema(
    (
        ColumnSpec("email", "email", rules=(Email(),)),
        ColumnSpec("age", "age", DynamoType.N, rules=(Range("0", "130"),)),
        ColumnSpec("badge", "badge", rules=(Unique(),)),
    ),
    ("email",),
)
RECIPE = Recipe((DropRows(Condition("age", "equals", "7")),))
PATIENCE_S = 60.0


class Checking(SecondProcess):
    """Loads the check, and counts what it is given; `dies_at`: it is killed before that piece."""

    loads = ("importer.check",)

    def __init__(self, dies_at: int = -1) -> None:
        super().__init__()
        self.given = 0
        self._dies_at = dies_at
        give_up_s = time.monotonic() + PATIENCE_S
        while not self.ready():
            assert time.monotonic() < give_up_s, "it did not load"
            time.sleep(0.02)

    def try_to(self, work: Any, piece: Any) -> Any:
        if self.given == self._dies_at:
            os.kill(self.pid, signal.SIGKILL)
        self.given += 1
        return super().try_to(work, piece)


def line(row: int) -> str:
    """Every 50th row has a bad age, every 70th a bad address, and keys and badges repeat far apart."""
    email = "nobody" if row % 70 == 0 else f"p{row % 90_000}@example.com"
    return f"{email},{'old' if row % 50 == 0 else row % 100},b{row % 100_000}\n"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    folder = tmp_path_factory.mktemp("long")
    (folder / "source").write_text("email,age,badge\n" + "".join(map(line, range(ROWS))), encoding="utf-8")
    build_stage(folder / "source", Dialect(), folder / "stage")
    return Stage.open(folder / "stage")


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importer.parallel, "usable_cores", lambda: 2)


def told_by(folder: Path) -> list[Any]:
    """All that a check says, row by row."""
    result = CheckResult.open(folder)
    ready = [result.ready_rows(index).tolist() for index in range(len(result.report.slices))]
    outcomes = [frame.reset_index().to_numpy().tolist() for frame in result.outcomes()]
    return [ready, outcomes, result.failures(limit=ROWS)]


def test_two_processes_make_the_same_check_as_one(stage: Stage, tmp_path: Path) -> None:
    alone = check_stage(stage, RECIPE, SCHEMA, KEY, tmp_path / "alone")
    with Checking() as beside:
        both = check_stage(stage, RECIPE, SCHEMA, KEY, tmp_path / "both", beside=beside)
        assert beside.ready()
        assert 1 <= beside.given < stage.slices == 5
    assert both == alone
    assert (alone.rows, alone.skipped) == (ROWS, 1_100)
    assert told_by(tmp_path / "both") == told_by(tmp_path / "alone")


@pytest.mark.parametrize("dies_at", [0, 1])
def test_a_process_that_dies_on_the_way_is_missed_by_nobody(stage: Stage, tmp_path: Path, dies_at: int) -> None:
    alone = check_stage(stage, RECIPE, SCHEMA, KEY, tmp_path / "alone")
    with Checking(dies_at) as beside:
        assert check_stage(stage, RECIPE, SCHEMA, KEY, tmp_path / "both", beside=beside) == alone
        assert not beside.ready(), "it is not asked again"


def test_control_a_process_that_checks_another_chunk_is_noticed(stage: Stage, tmp_path: Path) -> None:
    class Wrong(Checking):
        def try_to(self, work: Any, piece: Any) -> Any:
            return super().try_to(work, stage.slices - 1)

    with Wrong() as beside, pytest.raises(FatalError, match="The check lost count"):
        check_stage(stage, RECIPE, SCHEMA, KEY, tmp_path / "both", beside=beside)
