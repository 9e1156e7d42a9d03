"""Freezing a plan: from then on the ledger holds the truth and nothing that decides the outcome may change."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from importer.check import CheckResult, RowOutcome
from importer.errors import ConfigError
from importer.files import to_json, write_private
from importer.intake import StageMember
from importer.plan import Plan
from importer.run.draft_table import chosen_table
from importer.run.feed import ListToSend
from importer.run.folder import RunFolder
from importer.run.ledger import Ledger
from importer.run.schemas import read_recipe, read_schema
from importer.run.shown import NotAsShown
from importer.run.staged import open_stage
from importer.run.states import Bucket, ListMember, RunCommand
from importer.run.turns import ChangedElsewhere, changing
from importer.run.unchanged import changed_since

BUCKET_OF = {
    RowOutcome.REJECTED.value: Bucket.REJECTED.value,
    RowOutcome.SKIPPED.value: Bucket.SKIPPED.value,
    RowOutcome.DUPLICATE.value: Bucket.DUPLICATE.value,
}
"""Where the check's outcomes stand in the ledger; a row that is ready has no line there."""


def freeze_plan(folder: RunFolder, plan: Plan, check_result: CheckResult) -> Ledger:
    """Write plan.json and a ledger with every row that is not ready in its bucket; the open ledger.

    The ledger gets its name last and in one step: a crash leaves a draft or a frozen run, nothing between. No step is
    made meanwhile, or the run could never be sent. Raises ConfigError when the run has a plan already,
    ChangedElsewhere when the list, its check, its schema or the table it goes to is not what was planned.
    """
    with changing(folder):
        if folder.frozen:
            raise ConfigError(f"Run {folder.run_id} is planned already. Resume it, or make a new run of the list.")
        _refuse_changed(folder, plan, check_result)
        write_private(folder.plan, to_json(plan.to_dict()))
        made = folder.path / f".ledger-{secrets.token_hex(4)}.sqlite"
        try:
            _create(made, plan, check_result, open_stage(folder).report.members).close()
            made.rename(folder.ledger)
        finally:
            for left in folder.path.glob(f"{made.name}*"):
                left.unlink()
        for made_again in (folder.checked_columns, folder.store):
            shutil.rmtree(made_again, ignore_errors=True)
    return Ledger.open(folder.ledger)


def _refuse_changed(folder: RunFolder, plan: Plan, check_result: CheckResult) -> None:
    chosen = chosen_table(folder)
    if chosen is not None and not chosen.means(plan.target):
        raise NotAsShown((f"Target: {plan.target.sentence()} → {chosen.sentence()}.",))
    stage = open_stage(folder)
    listed = ListToSend(stage, read_recipe(folder), read_schema(folder), check_result)
    if changed_since(folder, plan, listed, stage.report.source_sha256):
        raise ChangedElsewhere("The list was changed since the plan was made. Make the plan again.")


def _create(path: Path, plan: Plan, check_result: CheckResult, members: Sequence[StageMember]) -> Ledger:
    pace = plan.pace
    return Ledger.create(
        path,
        plan_hash=plan.fingerprint(),
        rows=plan.rows,
        ready_by_slice=[len(check_result.ready_rows(index)) for index in range(plan.slices)],
        batches=plan.batches,
        outcomes=_outcomes(check_result),
        members=[ListMember(one.name, one.rows_before, one.last_row, one.rows) for one in members],
        command=RunCommand("run", pace.rate_wcu, pace.rate_rows, pace.pause_s, pace.workers),
        now=datetime.now(UTC),
    )


def _outcomes(check_result: CheckResult) -> Iterator[tuple[int, str, str, str]]:
    """(row, bucket, code, column) of every row that is not ready, by row number."""
    for chunk in check_result.outcomes():
        rows = zip(
            chunk.index.tolist(),
            chunk["outcome"].tolist(),
            chunk["code"].tolist(),
            chunk["column"].tolist(),
            strict=True,
        )
        for row, outcome, code, column in rows:
            yield row, BUCKET_OF[outcome], code, column
