"""Promise 8: a key many times in the list, many workers, a service in trouble: the winner rule holds every time."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from run_kit import KEY
from scene_kit import Scene, as_bytes
from strict_endpoint import Faults, StrictService, VirtualClock, running_endpoint
from strict_endpoint.kit import run_virtual, typed

from importer.check import CheckResult, ColumnSpec, Schema, Winner
from importer.plan import Pace
from importer.run import (
    Bucket,
    RunState,
    adopt_source,
    check_run,
    create_run,
    freeze_plan,
    plan_run,
    prepare_schema,
    prepare_stage,
)
from importer.settings import Settings
from importer.table import Connection, Target
from importer.write import Batch, Command, build_puts, pack_batches

KEYS, TIMES = 120, 10
TROUBLE = {"unprocessed": 0.3, "throttle": 0.05, "lost_reply": 0.05, "cut_json": 0.05, "slow": 0.1, "slow_s": 1.0}


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")


@pytest.fixture
def endpoint_url() -> Iterator[str]:
    """Describes the table, and nothing else."""
    with running_endpoint() as endpoint:
        yield endpoint.url


def listed(seed: int) -> list[tuple[str, str]]:
    """(e-mail, name) of 1,200 rows: each of 120 keys ten times, in any order."""
    emails = [f"p{key}@example.com" for key in range(KEYS)] * TIMES
    random.Random(seed).shuffle(emails)
    return [(email, f"Testperson {row}") for row, email in enumerate(emails)]


def plan(home: Path, url: str, rows: list[tuple[str, str]], winner: Winner) -> None:
    source = home.parent / "repeated.csv"
    source.write_text("email,name\n" + "".join(f"{email},{name}\n" for email, name in rows), encoding="utf-8")
    folder = create_run(Settings(home), source_name=source.name, who="tester", now=datetime.now(UTC))
    adopt_source(folder, source)
    prepare_stage(folder)
    columns = (ColumnSpec("email", "email"), ColumnSpec("name", "name"))
    prepare_schema(folder, KEY, Schema(columns, ("email",), winner))
    check_run(folder, KEY)
    target = Target(Connection("custom", endpoint_url=url), "made-up", "EmailContacts")
    frozen = plan_run(folder, target=target, key=KEY, pace=Pace(workers=32))
    freeze_plan(folder, frozen, CheckResult.open(folder.check)).close()


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("winner", [Winner.FIRST, Winner.LAST])
def test_the_winner_of_each_key_is_in_the_table_whatever_the_service_does(
    tmp_path: Path, endpoint_url: str, winner: Winner, seed: int
) -> None:
    rows = listed(seed)
    plan(tmp_path / "home", endpoint_url, rows, winner)
    played = Scene(tmp_path / "home", Faults(seed=seed, **TROUBLE))
    assert played.run(0.05) is RunState.FINISHED
    wins = dict(rows) if winner is Winner.LAST else dict(reversed(rows))
    expected = [{"email": {"S": email}, "name": {"S": name}} for email, name in wins.items()]
    assert as_bytes(played.service.items.values()) == as_bytes(expected)
    assert played.now().buckets.written == KEYS
    losers = [row for row, (email, name) in enumerate(rows) if wins[email] != name]
    assert [row for row, _ in played.rows_in(Bucket.DUPLICATE)] == losers


def test_control_rows_of_one_key_that_are_all_sent_end_in_any_order() -> None:
    """The same key in ten batches: with many workers the last row in the list is not the last one written."""

    def batches() -> Iterator[Batch]:
        for time in range(TIMES):
            emails = typed("email", "S", [f"p{key}@example.com" for key in range(25)])
            names = typed("name", "S", [f"Testperson {time}"] * 25)
            yield from pack_batches(time, range(25), build_puts([emails, names]))

    clock = VirtualClock()
    service = StrictService(Faults(seed=1, **TROUBLE), now=clock.now)
    run_virtual(service, clock, batches(), command=lambda: Command(workers=32), latency_s=0.05)
    assert {item["name"]["S"] for item in service.items.values()} != {f"Testperson {TIMES - 1}"}
