"""`runs`, `show` and `cancel`: what is known of runs, from their ledgers."""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict
from typing import Any

from importer.cli.live import run_line
from importer.cli.screen import answer, tell
from importer.list_warning import ListWarning
from importer.prove import Totals
from importer.run import (
    Ledger,
    ListMember,
    RunFolder,
    RunState,
    RunSummary,
    cancel_run,
    list_runs,
    load_plan,
    open_run,
    place_of,
    run_summary,
)
from importer.settings import Settings

CANCEL_PATIENCE_S = 5.0
"""A runner stops sending within 0.1 s and saves its state within 2 s; the rest is for a busy machine."""

POLL_S = 0.05


def runs_command(options: argparse.Namespace, settings: Settings) -> int:
    """All runs, newest first."""
    found = list_runs(settings)
    if options.json:
        print(json.dumps([run.to_dict() for run in found], ensure_ascii=False), flush=True)
        return 0
    for run in found:
        print(run_row(run))
    if not found:
        tell("There are no runs yet.")
    return 0


def run_row(run: RunSummary) -> str:
    """One run in one line."""
    counts = f"{run.rows_read:,} rows: {Totals(run.buckets, run.rows_read).parts}"
    way = f"{run.source_name!r} → {run.table or '(no table yet)'}"
    return f"{run.run_id}  {run.state.value:9}  {way}  {counts}"


def show_command(options: argparse.Namespace, settings: Settings) -> int:
    """One run in full."""
    folder = open_run(settings, options.run_id)
    summary = run_summary(folder)
    told, lines = summary.to_dict(), [run_row(summary)]
    if summary.reason:
        lines.append(summary.reason)
    lines += [warning_row(warning) for warning in summary.warnings]
    if folder.frozen:
        more, more_lines = _from_ledger(folder)
        told, lines = told | more, lines + more_lines
    answer(options.json, told, lines)
    return 0


def warning_row(warning: ListWarning) -> str:
    """`warning lost_zeros: zip, 103`."""
    facts = [warning.column, f"{warning.count:,}" if warning.count else ""]
    told = ", ".join(fact for fact in facts if fact)
    return f"{'doubt' if warning.is_doubt else 'warning'} {warning.code}{': ' if told else ''}{told}"


def member_line(member: ListMember) -> str:
    """`feb.csv: 1,200 rows, 3 rejected`."""
    bad = "".join(f", {count:,} {bucket}" for bucket, count in sorted(member.not_written.items()))
    return f"{member.name}: {member.rows:,} rows{bad}"


def _from_ledger(folder: RunFolder) -> tuple[dict[str, Any], list[str]]:
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        now, events, failures = ledger.snapshot(), ledger.events(20), ledger.failures(20)
        members, deeds = ledger.members(), ledger.deeds()
    sums, plan = Totals(now.buckets, now.rows), load_plan(folder)
    told = {
        "mode": plan.mode.value,
        "sentence": sums.sentence,
        "batches_done": now.batches_done,
        "batches_total": now.batches_total,
        "rate_rows_s": now.rate_rows_s,
        "eta_s": now.eta_s,
        "active_s": now.active_s,
        "starts": now.starts,
        "holder": asdict(now.holder) if now.holder else None,
        "people": [asdict(deed) for deed in deeds],
        "events": [asdict(event) for event in events],
        "failures": [asdict(failure) for failure in failures],
        "members": [member.to_dict() for member in members],
    }
    lines = [f"Planned: {plan.sentence()}", sums.sentence, run_line(now)]
    lines += [f"{deed.at} {deed.who}: {deed.what}" for deed in deeds]
    lines += [member_line(member) for member in members]
    lines += [f"{place_of(members, failure.row)}: {failure.code}: {failure.message}" for failure in failures]
    return told, lines


def cancel_command(options: argparse.Namespace, settings: Settings) -> int:
    """Cancel a run and wait until it has stopped; 1 when it has not within some seconds."""
    folder = open_run(settings, options.run_id)
    cancel_run(settings, options.run_id)
    give_up_s = time.monotonic() + CANCEL_PATIENCE_S
    while (summary := run_summary(folder)).state is RunState.RUNNING and time.monotonic() < give_up_s:
        time.sleep(POLL_S)
    answer(options.json, summary.to_dict(), [run_row(summary)])
    return 1 if summary.state is RunState.RUNNING else 0
