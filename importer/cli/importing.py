"""`run` and `resume`: the whole job in the foreground, and its end in numbers."""

from __future__ import annotations

import argparse
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from importer.check import CheckResult
from importer.cli.checking import (
    RUN_SEARCHES_ROWS,
    prepare_list,
    refuse_doubts,
    report_line,
    show_saved_steps,
    tell_warnings,
)
from importer.cli.endpoint import batch_connection_of, batch_description_of, pace_of
from importer.cli.live import LiveRun
from importer.cli.reading import take_in_told
from importer.cli.screen import Bar, answer, tell
from importer.cli.usage import source_spec
from importer.errors import ConfigError
from importer.plan import Mode
from importer.prove import ReasonCount, reason_counts, write_proof
from importer.run import (
    Asked,
    Preparer,
    RunFolder,
    RunState,
    accept_doubts,
    check_run,
    create_run,
    execute_run,
    freeze_plan,
    guards_for,
    keep_seen,
    keep_warnings,
    list_warnings,
    local_user,
    note_deed,
    open_run,
    open_stage,
    plan_run,
    run_summary,
    source_name,
    usable_connection,
)
from importer.settings import DEFAULT_KEY, DEFAULT_TABLE, Settings
from importer.table import (
    Connection,
    KeyPart,
    KnownTable,
    TableDescription,
    TableKey,
    connection_from_environment,
    create_table,
    describe_table,
    dynamodb_client,
    engine_status,
    engine_words,
    find_target,
    list_tables,
    look_at_table,
    table_to_be,
    with_region,
)

MOST_REASONS = 5
"""Why rows were not written, told at the end one by one."""

EXIT_OF = {RunState.CANCELLED: 130, RunState.PAUSED: 1, RunState.FAILED: 1}


def run_command(options: argparse.Namespace, settings: Settings, preparer: Preparer | None = None) -> int:
    """Import one list from its file to the last row; `preparer` is a process that helps."""
    spec = source_spec(options)
    if options.endpoint_batch_url:
        chosen = batch_connection_of(options, settings)
    else:
        chosen = connection_from_environment(os.environ, endpoint_url=options.endpoint_url)
    if chosen.kind == "aws":
        chosen = with_region(chosen)
    with usable_connection(settings, chosen, purpose=f"command-{os.getpid()}") as connection:
        description, is_there = table_for(options, connection)
        folder = create_run(settings, source_name=source_name(spec.places), who=local_user(), now=datetime.now(UTC))
        try:
            take_in_told(folder, spec)
            plan_it(settings, folder, options, connection, description, is_there=is_there, preparer=preparer)
        finally:
            if not folder.frozen:
                shutil.rmtree(folder.path, ignore_errors=True)
        note_deed(folder, local_user(), "started on the command line")
        tell(f"Run {folder.run_id}")
        return execute_and_prove(folder, settings, preparer, as_json=options.json)


def table_for(options: argparse.Namespace, connection: Connection) -> tuple[TableDescription, bool]:
    """The table, and whether it is there; if not, as it will be made: when that is asked for, or when it is the
    embedded engine's own default table."""
    if connection.kind == "batch":
        return batch_description_of(options), True
    client = dynamodb_client(connection)
    key: TableKey | None = options.create_table
    if key is None and connection.kind == "embedded" and options.table == DEFAULT_TABLE:
        key = TableKey(KeyPart(DEFAULT_KEY, "S"))
    if key is None or options.table in list_tables(client):
        return describe_table(client, options.table), True
    return table_to_be(options.table, key), False


def plan_it(
    settings: Settings,
    folder: RunFolder,
    options: argparse.Namespace,
    connection: Connection,
    description: TableDescription,
    *,
    is_there: bool,
    preparer: Preparer | None,
) -> None:
    """Read, check and plan; what is unusual about the list is told and kept.

    ConfigError with the first thing that stands in the way, before anything is written or a table is made.
    """
    sample = None
    if connection.kind != "batch":
        client = dynamodb_client(connection)
        known = look_at_table(client, description) if is_there else KnownTable(description.key)
        keep_seen(folder, known)
        sample = known.sample
    key, warnings = prepare_list(settings, folder, options, description.key)
    with Bar("Checking") as bar:
        report = check_run(folder, key, on_progress=bar.step, beside=preparer)
    tell(report_line(report))
    mode = Mode(options.mode)
    asked = Asked(folder, description, sample, mode, people_rows=RUN_SEARCHES_ROWS, people_reasons=False)
    warnings += tell_warnings(list_warnings(asked))
    if not options.json:
        show_saved_steps(folder)
    refuse_doubts(warnings, accepted=options.yes)
    accept_doubts(folder, warnings)
    engine = engine_status(settings) if connection.kind == "embedded" else None
    guards = guards_for(folder, description, max_bad=options.max_bad, mode=mode)
    for guard in guards:
        if guard.blocking and guard.code != "no_ready_rows":  # a script wants the file of rejected rows then
            raise ConfigError(guard.message)
        tell(f"note: {guard.message}")
    plan = plan_run(
        folder,
        target=find_target(connection, options.table, engine=engine_words(engine)),
        key=key,
        mode=mode,
        pace=pace_of(options),
        max_bad=options.max_bad,
    )
    tell(plan.sentence())
    if not is_there:
        tell(f"Making table {options.table} with key {description.key}")
        create_table(dynamodb_client(connection), options.table, description.key)
    keep_warnings(folder, warnings)
    freeze_plan(folder, plan, CheckResult.open(folder.check)).close()


def resume_command(options: argparse.Namespace, settings: Settings, preparer: Preparer | None = None) -> int:
    """Go on with a run in this process; `preparer` is one that helps."""
    folder = open_run(settings, options.run_id)
    if not options.if_queued:  # else a page started it, and has said who asked
        note_deed(folder, local_user(), "resumed on the command line")
    return execute_and_prove(folder, settings, preparer, as_json=options.json, only_queued=options.if_queued)


def execute_and_prove(
    folder: RunFolder,
    settings: Settings,
    preparer: Preparer | None = None,
    *,
    as_json: bool,
    only_queued: bool = False,
    more: Mapping[str, Any] | None = None,
) -> int:
    """Run a planned run, write what a person takes away, answer with the totals and `more`; the exit code."""
    try:
        return _run_and_answer(folder, settings, preparer, as_json=as_json, only_queued=only_queued, more=more)
    except KeyboardInterrupt:
        return interrupted(folder)


def interrupted(folder: RunFolder) -> int:
    """Say where a run stands whose command was ended before or after its sending; the exit code."""
    summary = run_summary(folder)
    written = f"{summary.buckets.written:,} of {summary.rows_read:,} rows are written"
    ways_on = f"Go on with: python -m importer resume {folder.run_id}"
    if summary.state is RunState.FINISHED:
        ways_on = f"All about it: python -m importer show {folder.run_id}"
    tell(f"Interrupted. The run is {summary.state.value}: {written}. {ways_on}")
    if summary.state is RunState.FINISHED:
        return exit_code(summary.state, summary.buckets.not_written, adds_up=True)
    return EXIT_OF[RunState.CANCELLED]


def _run_and_answer(
    folder: RunFolder,
    settings: Settings,
    preparer: Preparer | None,
    *,
    as_json: bool,
    only_queued: bool,
    more: Mapping[str, Any] | None,
) -> int:
    with LiveRun("Importing") as shown:
        state = execute_run(settings, folder.run_id, echo=shown.snapshot, only_queued=only_queued, preparer=preparer)
    sums = write_proof(folder)
    summary = run_summary(folder)
    bad = sums.buckets.rejected + sums.buckets.failed
    reasons = reason_counts(folder) if bad else []
    told: dict[str, Any] = summary.to_dict() | {
        "sentence": sums.sentence,
        "adds_up": sums.adds_up,
        "missing": sums.missing,
        "rejects": str(folder.rejects),
        "receipt": str(folder.receipt),
        "encoding": open_stage(folder).report.dialect.encoding,
        "reasons": [asdict(reason) for reason in reasons],
        **(more or {}),
    }
    lines = [f"{state.value.capitalize()}: {sums.sentence}"]
    if summary.reason:
        lines.append(summary.reason)
    if bad:
        lines.append(f"{bad:,} {'row' if bad == 1 else 'rows'} with reasons: {folder.rejects}")
        lines += [_reason_line(reason) for reason in reasons[:MOST_REASONS]]
    if len(reasons) > MOST_REASONS:
        lines.append(f"  {len(reasons) - MOST_REASONS:,} more reasons with fewer rows.")
    if state.resumable:
        lines.append(f"Go on with: python -m importer resume {folder.run_id}")
    answer(as_json, told, lines)
    return exit_code(state, sums.buckets.not_written, adds_up=sums.adds_up)


def _reason_line(reason: ReasonCount) -> str:
    first = f"row {reason.first_row:,}"
    rows = first if reason.count == 1 else f"{reason.count:,} rows, first {first}"
    return f"  {rows}: {reason.message}"


def exit_code(state: RunState, not_written: int, *, adds_up: bool) -> int:
    """0 when every row is in the table, 3 when a finished run left some out, else as DESIGN's list says."""
    if state is RunState.FINISHED and adds_up:
        return 3 if not_written else 0
    return EXIT_OF.get(state, 1)
