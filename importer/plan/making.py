"""From the outcome of the check to a plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from importer.plan.estimate import batches_of
from importer.plan.model import Mode, Pace, Plan

if TYPE_CHECKING:
    from importer.check import CheckReport, Schema
    from importer.clean import Recipe
    from importer.table import TableKey, Target


def make_plan(
    *,
    source_name: str,
    source_sha256: str,
    dialect: dict[str, Any],
    ready_by_slice: Sequence[int],
    recipe: Recipe,
    schema: Schema,
    report: CheckReport,
    target: Target,
    key: TableKey,
    mode: Mode,
    pace: Pace,
    max_bad: str | None = None,
) -> Plan:
    """The plan for what `report` found ready: one number of ready rows per slice of the stage.

    Slices are packed apart, so each may end in a small batch.
    """
    return Plan(
        source_name=source_name,
        source_sha256=source_sha256,
        recipe_fingerprint=recipe.fingerprint(),
        schema_fingerprint=schema.fingerprint(),
        check_fingerprint=report.fingerprint,
        dialect=dialect,
        mode=mode,
        target=target,
        key=key,
        rows=report.rows,
        ready=report.ready,
        rejected=report.rejected,
        skipped=report.skipped,
        duplicate=report.duplicate,
        slices=len(ready_by_slice),
        batches=sum(batches_of(ready) for ready in ready_by_slice),
        estimated_wcu=float(report.write_units),
        pace=pace,
        max_bad=max_bad,
        key_columns=tuple(spec.column for spec in schema.key_specs),
    )
