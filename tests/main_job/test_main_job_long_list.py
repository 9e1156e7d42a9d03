"""A list that memory does not hold is counted by the engine, and comes to the same types and items as any other."""

from __future__ import annotations

from pathlib import Path

import pytest
from main_job.kit import BY_EMAIL, MainJob, assert_items, write_list

from importer.profile import list_census

LIST = "email,ZIP,age,active,note\n" + "".join(
    f"p{number}@example.com,{number * 97:05d},{20 + number % 7},{('yes', 'no')[number % 2]},row {number}\n"
    for number in range(60)
)


@pytest.mark.parametrize("most_cells", [0, list_census.MOST_CELLS], ids=["by the engine", "in memory"])
def test_types_are_decided_by_counts_that_are_the_same_however_long_the_list_is(
    main_job: MainJob, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most_cells: int
) -> None:
    asked = []
    engine = list_census.count_long
    monkeypatch.setattr(list_census, "count_long", lambda *what: asked.append(what) or engine(*what))
    monkeypatch.setattr(list_census, "MOST_CELLS", most_cells)
    outcome = main_job.import_list(write_list(tmp_path, LIST), BY_EMAIL)
    assert outcome.code == 0, outcome.told
    assert len(asked) == (1 if most_cells == 0 else 0)
    assert_items(
        outcome,
        [
            {
                "email": {"S": f"p{number}@example.com"},
                "ZIP": {"S": f"{number * 97:05d}"},
                "age": {"N": str(20 + number % 7)},
                "active": {"S": ("yes", "no")[number % 2]},
                "note": {"S": f"row {number}"},
            }
            for number in range(60)
        ],
    )
