"""The real command on a table that other writers fill: they hardly feel it, and every row lands."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from main_job.kit import MainJob
from strict_endpoint import Faults
from strict_endpoint.neighbours import Neighbours, SharedService
from strict_endpoint.server import running_endpoint

from importer.settings import Settings

CAPACITY_WCU = 500.0

REFUSED = 30
"""So many puts of the others were refused before we begin: what the table had saved up at its start is gone."""


@pytest.mark.parametrize(
    ("asks", "rows"),
    [(450, 600), pytest.param(600, 40, marks=pytest.mark.soak, id="so many rows that the table is asked")],
)
def test_others_on_the_table_are_refused_two_points_more_at_the_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asks: float, rows: int
) -> None:
    service, alone = imported_beside(asks, rows, tmp_path, monkeypatch)
    assert service.neighbours.refused_share - alone <= 0.02
    assert service.sent_for_one_landed <= 3.0


def test_on_a_full_table_three_rows_are_sent_for_one_that_lands_at_the_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, _ = imported_beside(600, 20, tmp_path, monkeypatch)
    assert 0 < service.sent_for_one_landed <= 3.0


def imported_beside(
    asks: float, rows: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[SharedService, float]:
    """The table after a run beside others, every row in it; and the share that they are refused without us."""
    file = folder / "list.csv"
    file.write_text("email,name\n" + "".join(f"p{row}@example.com,Zoë {row}\n" for row in range(rows)), "utf-8")
    faults = Faults(capacity_wcu=CAPACITY_WCU, burst_s=0.1)
    with running_endpoint(faults, neighbours=Neighbours(asks)) as endpoint:
        service = endpoint.service
        assert isinstance(service, SharedService)
        with MainJob.in_home(Settings(folder / "home"), monkeypatch, endpoint.url) as job:
            while asks > CAPACITY_WCU and service.neighbours.refused < REFUSED:
                time.sleep(0.05)
                service.play_to(service.now())
            begins_s = service.now()
            service.play_to(begins_s)
            service.neighbours.forget()
            code, _, words = job.command("run", str(file), "--table", "EmailContacts", *job.place)
        ends_s = service.now()
        service.play_to(ends_s)
    assert code == 0, words
    wanted = {
        f"p{row}@example.com": {"email": {"S": f"p{row}@example.com"}, "name": {"S": f"Zoë {row}"}}
        for row in range(rows)
    }
    assert {item["email"]["S"]: item for item in service.items.values()} == wanted
    return service, refused_without_us(faults, service.neighbours, begins_s, ends_s)


def refused_without_us(faults: Faults, others: Neighbours, begins_s: float, ends_s: float) -> float:
    """Of what the same others ask in the same time, the share that they are refused when they are alone."""
    now_s = others.begun_s
    service = SharedService(faults, Neighbours(others.asks, others.seed), now=lambda: now_s)
    service.play_to(begins_s)
    service.neighbours.forget()
    service.play_to(ends_s)
    assert service.neighbours.asked == others.asked
    return service.neighbours.refused_share
