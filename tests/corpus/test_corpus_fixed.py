"""Rows to fix of any list of the corpus: down, nothing changed, up again: no row changed, in both files."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest
from corpus.case import Case
from corpus.messy import messy_lists
from corpus.pollution import polluted
from corpus.shapes import exports
from corpus.tongues import short_lists

from importer.check import ColumnSpec, Pattern, Schema
from importer.errors import SourceError
from importer.fix import fixed_before, write_rows_to_fix
from importer.run import check_run, create_run, prepare_stage, save_schema
from importer.settings import Settings
from importer.table import KeyPart, TableKey

SEED = 7
KEY = TableKey(KeyPart("k"))

KINDS = {
    "messy": lambda: messy_lists(SEED, 25),
    "real shapes": lambda: exports(SEED),
    "tongues": lambda: islice(short_lists(SEED, 6), 0, None, 6),
    "polluted": lambda: islice(polluted(SEED), 0, None, 60),
}


@pytest.mark.parametrize("kind", list(KINDS))
def test_rows_that_come_back_as_they_went_change_nothing(tmp_path: Path, kind: str) -> None:
    told = list(_told(KINDS[kind](), tmp_path))
    assert len(told) > 10
    assert [one for one in told if one[1] != one[2]] == []


def _told(cases: Iterable[Case], home: Path) -> Iterable[tuple[str, list[object], list[object]]]:
    """Case, what came of both files, what should."""
    for case in cases:
        folder = create_run(Settings(home), source_name=case.name, who="tester", now=datetime.now(UTC))
        folder.source.write_bytes(case.content)
        try:
            stage = prepare_stage(folder)
        except SourceError:
            continue
        if not stage.rows:
            continue
        key, *others = stage.columns
        failing = ColumnSpec(key, "k", rules=(Pattern("no cell is like this"),))
        specs = [failing, *(ColumnSpec(name, None) for name in others)]
        save_schema(folder, Schema(tuple(specs), ("k",)))
        check_run(folder, KEY)
        found: list[object] = []
        for for_spreadsheets in (False, True):
            path = write_rows_to_fix(folder, folder.path / "rows.csv", for_spreadsheets=for_spreadsheets)
            back = fixed_before(folder, path)
            found += [back.steps, back.outcome.sentence, back.outcome.notes]
        yield case.name, found, [(), f"0 rows changed, {stage.rows:,} unchanged.", ()] * 2
