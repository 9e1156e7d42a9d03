"""The real command on a table that other writers fill: they hardly feel it, and every row lands."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from main_job.kit import MainJob
from strict_endpoint import Faults
from strict_endpoint.neighbours import Neighbours, SharedService
from strict_endpoint.server import running_endpoint

from importer.settings import Settings

CAPACITY_WCU = 500.0

CHANCE = 3.0
"""Standard deviations by which a share of some hundred requests may lie off; two points over minutes are held in fake
time by tests/faults/test_faults_write_neighbours.py."""


@pytest.mark.parametrize(("asks", "rows", "refused_without_us"), [(450, 600, 0.0), (600, 40, 1 - 500 / 600)])
def test_others_on_the_table_are_refused_two_points_more_at_the_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asks: float, rows: int, refused_without_us: float
) -> None:
    file = tmp_path / "list.csv"
    file.write_text("email,name\n" + "".join(f"p{row}@example.com,Zoë {row}\n" for row in range(rows)), "utf-8")
    faults = Faults(capacity_wcu=CAPACITY_WCU, burst_s=0.1)
    with running_endpoint(faults, neighbours=Neighbours(asks)) as endpoint:
        service = endpoint.service
        assert isinstance(service, SharedService)
        with MainJob.in_home(Settings(tmp_path / "home"), monkeypatch, endpoint.url) as job:
            service.play_to(service.now())
            service.neighbours.forget()
            code, _, told = job.command("run", str(file), "--table", "EmailContacts", *job.place)
        service.play_to(service.now())
    assert code == 0, told
    wanted = {
        f"p{row}@example.com": {"email": {"S": f"p{row}@example.com"}, "name": {"S": f"Zoë {row}"}}
        for row in range(rows)
    }
    assert {item["email"]["S"]: item for item in service.items.values()} == wanted
    free, asked = refused_without_us, service.neighbours.asked
    assert service.neighbours.refused_share - free <= 0.02 + CHANCE * math.sqrt(free * (1 - free) / asked)
    if not refused_without_us:  # on a full table a list this short may cost more: decision 0008, what does not hold
        assert service.sent_for_one_landed <= 3.0
