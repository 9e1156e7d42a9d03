"""The runs list: one summary a run folder, newest first, from drafts, plans and ledgers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from importer.errors import ImporterError
from importer.files import to_json, write_private
from importer.list_warning import ListWarning
from importer.plain_types import UNREADABLE, of_its_types
from importer.plan import Plan
from importer.run.folder import RUN_ID, Draft, RunFolder, refuse_other_kinds
from importer.run.ledger import Ledger
from importer.run.staged import staged_rows
from importer.run.states import Buckets, RunState, RunSummary
from importer.settings import Settings


def list_runs(settings: Settings) -> tuple[RunSummary, ...]:
    """Summaries of all runs, newest first; a folder that cannot be read is listed as failed, saying why."""
    if not settings.runs.is_dir():
        return ()
    folders = [RunFolder(path) for path in settings.runs.iterdir() if RUN_ID.match(path.name)]
    found = [summary for folder in folders if (summary := _summary_or_reason(folder)) is not None]
    return tuple(sorted(found, key=lambda summary: (summary.created_at, summary.run_id), reverse=True))


def run_summary(folder: RunFolder) -> RunSummary:
    """The summary of one run. Raises ConfigError or FatalError when its draft, plan or ledger cannot be read."""
    from importer.run.draft_table import chosen_table  # which asks for plans

    draft = folder.draft()
    if not folder.frozen:
        rows = staged_rows(folder)
        chosen = chosen_table(folder)
        table = "" if chosen is None else chosen.table
        return _summary(draft, RunState.DRAFT, Buckets(pending=rows), rows=rows, table=table)
    plan = load_plan(folder)
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        now = ledger.snapshot()
    return _summary(
        draft,
        now.state,
        now.buckets,
        rows=now.rows,
        reason=now.reason,
        table=plan.target.table,
        target=plan.target.sentence(),
        started_at=now.started_at,
        finished_at=now.finished_at,
        warnings=read_warnings(folder),
        key=plan.key_by_column,
    )


def keep_warnings(folder: RunFolder, warnings: Sequence[ListWarning]) -> None:
    """Keep what was told of the list, for the summary, the receipt and `show`."""
    write_private(folder.warnings, to_json({"warnings": [warning.to_dict() for warning in warnings]}))


def read_warnings(folder: RunFolder) -> tuple[ListWarning, ...]:
    """What `keep_warnings` kept; () where nothing was, or it is damaged: the run is the same without it."""
    try:
        told = json.loads(folder.warnings.read_text("utf-8"))["warnings"]
        return tuple(of_its_types(ListWarning(**warning)) for warning in told)
    except UNREADABLE:
        return ()


def load_plan(folder: RunFolder) -> Plan:
    """The frozen plan of a run; ConfigError when it is damaged."""
    try:
        told: dict[str, Any] = json.loads(folder.plan.read_text(encoding="utf-8"))
    except UNREADABLE:
        told = {}
    return Plan.from_dict(told)


def _summary(
    draft: Draft,
    state: RunState,
    buckets: Buckets,
    *,
    rows: int = 0,
    reason: str = "",
    table: str = "",
    target: str = "",
    started_at: str | None = None,
    finished_at: str | None = None,
    warnings: tuple[ListWarning, ...] = (),
    key: Mapping[str, str] | None = None,
) -> RunSummary:
    return RunSummary(
        run_id=draft.run_id,
        state=state,
        reason=reason,
        source_name=draft.source_name,
        who=draft.who,
        table=table,
        target=target,
        created_at=draft.created_at,
        started_at=started_at,
        finished_at=finished_at,
        rows_read=rows,
        buckets=buckets,
        warnings=warnings,
        key=key or {},
    )


def _summary_or_reason(folder: RunFolder) -> RunSummary | None:
    """A summary even of a damaged run; None for a folder that is just being made or deleted."""
    if not folder.draft_path.exists() and not folder.frozen:
        return None
    try:
        refuse_other_kinds(folder.path)
        return run_summary(folder)
    except ImporterError as error:
        draft = Draft(folder.run_id, "", "", _created_at(folder.run_id))
        return _summary(draft, RunState.FAILED, Buckets(), reason=str(error))


def _created_at(run_id: str) -> str:
    """The time in a run's id as ISO 8601."""
    day, clock, _ = run_id.split("-")
    return f"{day[:4]}-{day[4:6]}-{day[6:]}T{clock[:2]}:{clock[2:4]}:{clock[4:]}Z"
