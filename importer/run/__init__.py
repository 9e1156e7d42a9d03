"""Runs: their folders, the ledger, the runner, and the steps before it that pages and command line share.

What reads lists (and loads pandas for it) is loaded when it is first asked for: `cancel` must not wait for that.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from importer.run.folder import Draft, RunFolder, adopt_source, create_run, open_run
from importer.run.launch import cancel_run, pause_run, set_pace, start_runner
from importer.run.ledger import Ledger
from importer.run.lock import RunBusy
from importer.run.staged import open_stage
from importer.run.states import (
    Bucket,
    Buckets,
    Event,
    FailedRow,
    Holder,
    RunCommand,
    RunState,
    RunSummary,
    Sample,
    Snapshot,
)
from importer.run.summaries import list_runs, load_plan, run_summary

if TYPE_CHECKING:
    from importer.run.destination import usable_connection
    from importer.run.freeze import freeze_plan
    from importer.run.prepare import (
        check_run,
        guards_for,
        plan_run,
        prepare_profile,
        prepare_schema,
        prepare_stage,
        read_recipe,
        read_schema,
        save_schema,
    )
    from importer.run.preparer import Preparer
    from importer.run.runner import execute_run

__all__ = [
    "Bucket",
    "Buckets",
    "Draft",
    "Event",
    "FailedRow",
    "Holder",
    "Ledger",
    "Preparer",
    "RunBusy",
    "RunCommand",
    "RunFolder",
    "RunState",
    "RunSummary",
    "Sample",
    "Snapshot",
    "adopt_source",
    "cancel_run",
    "check_run",
    "create_run",
    "execute_run",
    "freeze_plan",
    "guards_for",
    "list_runs",
    "load_plan",
    "open_run",
    "open_stage",
    "pause_run",
    "plan_run",
    "prepare_profile",
    "prepare_schema",
    "prepare_stage",
    "read_recipe",
    "read_schema",
    "run_summary",
    "save_schema",
    "set_pace",
    "start_runner",
    "usable_connection",
]

_PREPARE = (
    "check_run",
    "guards_for",
    "plan_run",
    "prepare_profile",
    "prepare_schema",
    "prepare_stage",
    "read_recipe",
    "read_schema",
    "save_schema",
)
_LOADED_LATER = {
    "Preparer": "preparer",
    "execute_run": "runner",
    "freeze_plan": "freeze",
    "usable_connection": "destination",
    **dict.fromkeys(_PREPARE, "prepare"),
}


def __getattr__(name: str) -> Any:
    """What is loaded on first use (PEP 562)."""
    if name not in _LOADED_LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LOADED_LATER[name]}"), name)
