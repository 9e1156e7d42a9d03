"""A run follows the write capacity that its table is described with, while it runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from run_kit import planned_run, strict_table

from importer.run import RunState, destination, execute_run
from importer.run.capacity import CapacityWatch
from importer.settings import Settings
from importer.write import Command, write_batches


@pytest.mark.parametrize(("every_s", "told"), [(0.02, [200.0, 800.0]), (3_600.0, [200.0])], ids=["ours", "control"])
def test_a_capacity_that_is_changed_while_a_run_sends_reaches_the_pace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, every_s: float, told: list[float]
) -> None:
    monkeypatch.setattr(destination, "CapacityWatch", partial(CapacityWatch, every_s=every_s))
    settings, heard = Settings(tmp_path / "home"), list[float | None]()
    with strict_table(capacity_wcu=200.0) as table:
        folder = planned_run(settings, table.url, 100)

        def send(batches: Any, place: Any, *, command: Callable[[], Command], **how: Any) -> None:
            heard.append(command().table_wcu)
            table.play(capacity_wcu=800.0)
            give_up_s = time.monotonic() + (30.0 if len(told) > 1 else 1.0)
            while heard[-1] == 200.0 and time.monotonic() < give_up_s:
                time.sleep(0.02)
                heard.append(command().table_wcu)
            write_batches(batches, place, command=command, **how)

        assert execute_run(settings, folder.run_id, send=send) is RunState.FINISHED
    assert sorted(set(heard)) == told
