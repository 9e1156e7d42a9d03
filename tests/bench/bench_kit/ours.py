"""Ours, as a process to command: `python ours.py '{"url": …, "part": "write" | "whole", …}'`; answers as rivals do.

"write" sends puts that are built already; "whole" goes from the file over stage, check, plan and ledger to finished.
"""

from __future__ import annotations

import itertools
import json
import os
import resource
import shutil
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import psutil

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[3])]

from botocore.credentials import Credentials  # noqa: E402

from bench_kit.contacts import COLUMNS, TABLE  # noqa: E402
from bench_kit.limit import write_requests  # noqa: E402
from importer.check import (  # noqa: E402
    CheckResult,
    ColumnSpec,
    DynamoType,
    Email,
    Phone,
    Range,
    Required,
    Schema,
    convert_chunk,
)
from importer.intake import Dialect, build_stage  # noqa: E402
from importer.intake import Stage as StagedList  # noqa: E402
from importer.plan import Pace  # noqa: E402
from importer.run import (  # noqa: E402
    Preparer,
    RunState,
    adopt_source,
    check_run,
    create_run,
    execute_run,
    freeze_plan,
    plan_run,
    prepare_schema,
    prepare_stage,
)
from importer.settings import Settings  # noqa: E402
from importer.table import Connection, KeyPart, SigningParts, TableKey, Target  # noqa: E402
from importer.write import (  # noqa: E402
    Batch,
    Command,
    Part,
    TableBody,
    TableDestination,
    build_puts,
    pack_batches,
    write_batches,
)

MAC = sys.platform == "darwin"
"""Where the largest resident size is told in bytes; elsewhere in KB."""

KEY = TableKey(KeyPart("email"))
RULES = {"email": (Required(), Email()), "phone": (Phone(),), "age": (Range("0", "130"),)}
TYPES = {"age": DynamoType.N, "active": DynamoType.BOOL}


def list_schema() -> Schema:
    """All columns imported; e-mail, phone and age have rules."""
    columns = (ColumnSpec(name, name, TYPES.get(name, DynamoType.S), rules=RULES.get(name, ())) for name in COLUMNS)
    return Schema(tuple(columns), ("email",))


def built_batches(source: Path, folder: Path) -> list[Batch]:
    """All batches of the list with their bodies, as a run has them before it signs and sends."""
    build_stage(source, Dialect(), folder / "stage")
    stage, schema = StagedList.open(folder / "stage"), list_schema()
    body_of = TableBody(TABLE, insert=False)
    found: list[Batch] = []
    for index in range(stage.slices):
        puts = build_puts(convert_chunk(stage.chunk(index), schema), key=("email",))
        found.extend(pack_batches(index, range(len(puts)), puts, body_of=body_of))
    return found


def send_batches(batches: list[Batch], url: str, ca_bundle: str, workers: int) -> int:
    """The engine alone; rows acknowledged."""
    told = 0

    def record(acks: Any) -> None:
        nonlocal told
        told += sum(len(ack.written) for ack in acks)

    command = Command(workers=workers)
    write_batches(iter(batches), destination(url, ca_bundle), record=record, command=lambda: command)
    return told


def destination(url: str, ca_bundle: str) -> TableDestination:
    """The table that is not there."""
    key = os.environ.get("BENCH_ACCESS_KEY", "AKIDEXAMPLE")
    parts = SigningParts(url, "us-east-1", "dynamodb", Credentials(key, "made-up"), ca_bundle)
    return TableDestination(parts, TABLE, "overwrite", KEY)


def whole_way(source: Path, home: Path, url: str, workers: int, preparer: Preparer | None = None) -> dict[str, float]:
    """One run, from the file to finished; seconds by step."""
    marks = [time.perf_counter()]
    settings = Settings(home)
    folder = create_run(settings, source_name=source.name, who="bench", now=datetime.now(UTC))
    adopt_source(folder, source)
    prepare_stage(folder, Dialect())
    marks.append(time.perf_counter())
    prepare_schema(folder, KEY, list_schema())
    check_run(folder, KEY, beside=preparer)
    marks.append(time.perf_counter())
    target = Target(Connection("custom", endpoint_url=url), "000000000000", TABLE)
    plan = plan_run(folder, target=target, key=KEY, pace=Pace(workers=workers))
    freeze_plan(folder, plan, CheckResult.open(folder.check)).close()
    marks.append(time.perf_counter())
    state = execute_run(settings, folder.run_id, preparer=preparer)
    marks.append(time.perf_counter())
    if state is not RunState.FINISHED:
        raise SystemExit(f"the run ended as {state.value}")
    steps = ("read_s", "check_s", "plan_s", "run_s")
    return dict(zip(steps, (later - sooner for sooner, later in itertools.pairwise(marks)), strict=True))


class Helper:
    """The process that prepares slices, loaded beforehand as all clients are; none for a short list or one core."""

    def __init__(self, rows: int) -> None:
        self.process = Preparer() if Preparer.worth_it(rows=rows) else None
        while self.process is not None and not self.process.ready():
            time.sleep(0.01)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process is not None:
            self.process.close()

    def cpu_s(self) -> float:
        """Its CPU so far, to the system's 10 ms."""
        if self.process is None:
            return 0.0
        took = psutil.Process(self.process.pid).cpu_times()
        return took.user + took.system

    def memory_mb(self) -> float:
        """What it holds; it keeps nothing between slices."""
        return 0.0 if self.process is None else psutil.Process(self.process.pid).memory_info().rss / (1 << 20)


def main() -> None:
    """Set up, then one measured pass for each line on stdin."""
    with ExitStack() as stack:
        measure(stack)


def measure(stack: ExitStack) -> None:
    """The set-up and the passes."""
    given = json.loads(sys.argv[1])
    os.environ.update(AWS_ACCESS_KEY_ID="AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY="made-up")
    os.environ.update(AWS_EC2_METADATA_DISABLED="true")
    folder, source = Path(tempfile.mkdtemp(prefix="bench-ours-")), Path(given["csv"])
    try:
        batches = built_batches(source, folder) if given["part"] == "write" else []
        if given.get("requests"):
            place = destination(given["url"], "")
            signed = (place.request(Part(batch, range(len(batch.puts)))) for batch in batches)
            write_requests(Path(given["requests"]), given["url"], signed)
        helper = stack.enter_context(Helper(given["rows"] if given["part"] == "whole" else 0))
        print("ready", flush=True)
        for number, _ in enumerate(sys.stdin):
            begun_s, begun_cpu_s = time.perf_counter(), time.process_time() + helper.cpu_s()
            steps: dict[str, float] = {}
            if given["part"] == "write":
                told = send_batches(batches, given["url"], given.get("ca_bundle", ""), given["workers"])
                if told != given["rows"]:
                    raise SystemExit(f"{told} of {given['rows']} rows acknowledged")
            else:
                steps = whole_way(source, folder / f"home-{number}", given["url"], given["workers"], helper.process)
            cpu_s = time.process_time() + helper.cpu_s() - begun_cpu_s
            took = {"seconds": time.perf_counter() - begun_s, "cpu_s": cpu_s}
            took["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if MAC else 1 << 10)
            took["memory_mb"] += helper.memory_mb()
            # or the disk is still at it in the next pass
            shutil.rmtree(folder / f"home-{number}", ignore_errors=True)
            print(json.dumps(took | steps), flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
