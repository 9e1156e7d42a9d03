"""One planned run with its ledger, and the strict service that it writes to, in virtual time."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from fault_table import BAD, THERE
from run_kit import KEY
from strict_endpoint import Faults, StrictService, VirtualClock, VirtualTransport
from strict_endpoint.kit import signing_parts

from importer.errors import FatalError
from importer.plan import Mode
from importer.run import Bucket, Ledger, RunFolder, RunState, Sample, Snapshot, execute_run, open_run
from importer.settings import Settings
from importer.write import TableDestination, write_batches


class Later(StrictService):
    """Plays its faults from the request number `after` on."""

    def __init__(self, faults: Faults, after: int, **more: Any) -> None:
        super().__init__(faults if after == 0 else Faults(seed=faults.seed), **more)
        self.later, self.after = faults, after

    def handle(self, headers: dict[str, str], body: bytes) -> Any:
        if self.after and len(self.requests) >= self.after:
            self.after = 0
            self.set_faults(self.later)
        return super().handle(headers, body)


class Scene:
    """One planned run and the service that it writes to, in virtual time."""

    def __init__(self, home: Path, faults: Faults, *, mode: Mode = Mode.OVERWRITE, after: int = 0) -> None:
        self.settings, self.mode = Settings(home), mode
        self.folder: RunFolder = open_run(self.settings, next((home / "runs").iterdir()).name)
        self.clock = VirtualClock()
        self.clock.time_s = time.monotonic()
        self.service = Later(faults, after, now=self.clock.now)
        for row in THERE if mode is Mode.INSERT else ():
            self.service._store(another(row))
        self.wall_s = 0.0
        self.seen: list[Snapshot] = []
        self.seed = faults.seed

    def run(self, latency_s: float, destination: Callable[..., TableDestination] = TableDestination) -> RunState:
        """A runner, as the command line starts one; every snapshot on the way adds up."""

        def send(batches: Iterator[Any], ignored: Any, **how: Any) -> None:
            # The runner reads the real clock when it starts; what is sent after that must not be before it.
            self.clock.time_s = max(self.clock.time_s, time.monotonic())
            place = destination(
                signing_parts("http://service"),
                "EmailContacts",
                self.mode,
                KEY,
                wall_clock=self.wall_clock,
                open_transport=lambda: VirtualTransport(self.service, self.clock, latency_s),
            )
            how |= {"clock": self.clock.now, "wait": self.clock.wait, "random": random.Random(self.seed)}
            write_batches(batches, place, **how)

        try:
            return execute_run(
                self.settings, self.folder.run_id, send=send, echo=self.look, wall_clock=self.wall_clock
            )
        except FatalError:
            return self.now().state

    def wall_clock(self) -> float:
        """The time on this machine's wall: `wall_s` seconds off."""
        return self.clock.now() + self.wall_s

    def look(self, now: Snapshot) -> None:
        assert now.buckets.total == now.rows
        assert now.buckets.pending >= 0
        self.seen.append(now)

    def now(self) -> Snapshot:
        with Ledger.open(self.folder.ledger, read_only=True) as ledger:
            self.look(ledger.snapshot())
            assert ledger.recount() == self.seen[-1].buckets
        return self.seen[-1]

    def said(self) -> str:
        """All that a screen was given to show."""
        told = [*(f"{now.reason}\n{now.pacing}" for now in self.seen), *self.events()]
        return "\n".join(told).strip()

    def events(self) -> list[str]:
        """The texts of all events."""
        with Ledger.open(self.folder.ledger, read_only=True) as ledger:
            return [event.text for event in ledger.events(1000)]

    def samples(self) -> list[Sample]:
        """All lines of the chart."""
        with Ledger.open(self.folder.ledger, read_only=True) as ledger:
            return ledger.samples()

    def said_of_rows(self) -> dict[str, str]:
        """Code → our words for it, of rows that failed."""
        with Ledger.open(self.folder.ledger, read_only=True) as ledger:
            return ledger.said()

    def rows_in(self, bucket: Bucket) -> list[tuple[int, str]]:
        """(list position, code) of the rows that are in this bucket."""
        with Ledger.open(self.folder.ledger, read_only=True) as ledger:
            return [(row - 2, code) for row, _, code, _ in ledger.outcomes(bucket)]


def item(row: int) -> dict[str, Any]:
    """What row `row` of the list becomes."""
    return {
        "email": {"S": f"{'bad' if row in BAD else 'p'}{row}@example.com"},
        "name": {"S": f"Zoë Testperson {row}"},
        "age": {"N": str(row % 90)},
    }


def another(row: int) -> dict[str, Any]:
    """What was in the table under that key before."""
    return {"email": item(row)["email"], "name": {"S": "somebody else"}}


def as_bytes(items: Any) -> list[bytes]:
    return sorted(json.dumps(one, sort_keys=True, ensure_ascii=False).encode() for one in items)
