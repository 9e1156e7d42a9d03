"""The receipt: what was imported from which file into which table, and the sum that proves it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from importer.files import to_json, write_private
from importer.prove.sums import Totals
from importer.run import (
    Deed,
    FixRound,
    Ledger,
    ListMember,
    RunFolder,
    Snapshot,
    accepted_doubts,
    load_plan,
    open_stage,
    read_note,
    run_summary,
)


def totals(folder: RunFolder) -> Totals:
    """The buckets of the run beside the rows of its file."""
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        return Totals(ledger.snapshot().buckets, open_stage(folder).rows)


def write_receipt(folder: RunFolder) -> Path:
    """receipt.json (0600): who, what, where, when, hashes and totals; no cell of the list is in it."""
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        now, rounds, members, deeds = ledger.snapshot(), ledger.rounds(), ledger.members(), ledger.deeds()
    write_private(folder.receipt, to_json(receipt(folder, now, rounds, members, deeds)))
    return folder.receipt


def receipt(
    folder: RunFolder,
    now: Snapshot,
    rounds: Sequence[FixRound] = (),
    members: Sequence[ListMember] = (),
    deeds: Sequence[Deed] = (),
) -> dict[str, Any]:
    """The receipt as plain JSON types. `accepted_doubts`: codes of doubts about the list that a person set aside.
    `fixes`: the rounds of fixed rows, each with its file's name and hash. `members`: the lists that were read as one,
    with the rows that were not written. `people`: who did what with the run, and when."""
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
        "accepted_doubts": [doubt.code for doubt in accepted_doubts(folder)],
        "active_s": round(now.active_s, 3),
        "starts": now.starts,
        "fixes": [told_round(folder, one) for one in rounds],
        "people": [asdict(deed) for deed in deeds],
        "members": [member.to_dict() for member in members],
    }


def told_round(folder: RunFolder, one: FixRound) -> dict[str, Any]:
    """One round of fixed rows as plain JSON types: what the ledger knows of it, and what was told when it came."""
    note = read_note(folder, one.number)
    told = {name: note[name] for name in _OF_NOTE if name in note}
    return {"round": one.number, "at": one.at, "rows": one.rows, "sent": one.sent} | told


_OF_NOTE = ("name", "who", "sha256", "unchanged", "rejected", "duplicate", "skipped")
