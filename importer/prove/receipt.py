"""The receipt: what was imported from which file into which table, and the sum that proves it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from importer.files import to_json, write_private
from importer.prove.sums import Totals
from importer.run import Ledger, RunFolder, Snapshot, load_plan, open_stage, run_summary


def totals(folder: RunFolder) -> Totals:
    """The buckets of the run beside the rows of its file."""
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        return Totals(ledger.snapshot().buckets, open_stage(folder).rows)


def write_receipt(folder: RunFolder) -> Path:
    """receipt.json (0600): who, what, where, when, hashes and totals; no cell of the list is in it."""
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        now = ledger.snapshot()
    write_private(folder.receipt, to_json(receipt(folder, now)))
    return folder.receipt


def receipt(folder: RunFolder, now: Snapshot) -> dict[str, Any]:
    """The receipt as plain JSON types."""
    plan, stage = load_plan(folder), open_stage(folder)
    sums = Totals(now.buckets, stage.rows)
    return {
        **run_summary(folder).to_dict(),
        "adds_up": sums.adds_up,
        "missing": sums.missing,
        "sentence": sums.sentence,
        "plan": plan.to_dict(),
        "plan_sha256": plan.fingerprint(),
        "audit": dict(vars(stage.report.audit)),
        "active_s": round(now.active_s, 3),
        "starts": now.starts,
    }
