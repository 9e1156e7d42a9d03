"""What a person saw when they clicked, and what is not so any more: a click is about what was on screen.

A page is drawn anew before it learns of a click, so whoever acts on a click compares what the click brought along
(the plan, the run) with what is there by now, and does nothing when they differ.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from importer.plan import Pace, Plan
from importer.run.ledger.view import LedgerView
from importer.run.states import RunState
from importer.run.turns import ChangedElsewhere

if TYPE_CHECKING:
    from importer.check import ColumnSpec, Schema
    from importer.clean import Recipe

NAMED_STEPS = 5
"""Steps and columns named in one line; the rest are counted."""


class NotAsShown(ChangedElsewhere):
    """What was to be started is not what was on screen; `changes` are sentences that name both sides."""

    def __init__(self, changes: tuple[str, ...]) -> None:
        things = "1 thing" if len(changes) == 1 else f"{len(changes)} things"
        self.head = f"Nothing was done: {things} changed since this page was drawn. Look again, then press again."
        super().__init__(f"{self.head} {' '.join(changes)}")
        self.changes = changes


@dataclass(frozen=True)
class ShownList:
    """What was done to a list, as it was on screen."""

    recipe: Recipe
    schema: Schema


@dataclass(frozen=True)
class ShownPlan:
    """A plan as it was on screen, with the steps and columns that it stands on."""

    plan: Plan
    listed: ShownList


@dataclass(frozen=True)
class ShownRun:
    """A planned run as it was on screen: its plan, where it stood, the rounds of fixed rows and the pace."""

    plan_hash: str
    state: RunState
    rounds: int
    pace: Pace


def shown_run(ledger: LedgerView) -> ShownRun:
    """The run as it is now."""
    wanted = ledger.read_command()
    pace = Pace(wanted.rate_wcu, wanted.rate_rows, wanted.pause_s, wanted.workers)
    return ShownRun(ledger.plan_hash(), ledger.snapshot().state, len(ledger.rounds()), pace)


def run_changes(shown: ShownRun, now: ShownRun) -> tuple[str, ...]:
    """What is not as it was on screen, a sentence each."""
    told = []
    if shown.plan_hash != now.plan_hash:
        told.append("The plan is another one.")
    if shown.state is not now.state:
        told.append(f"The run was {shown.state.value}; it is {now.state.value}.")
    if shown.rounds != now.rounds:
        told.append(f"Files of fixed rows sent back: {shown.rounds} → {now.rounds}.")
    if shown.pace != now.pace:
        told.append(f"Pace: {_pace(shown.pace)} → {_pace(now.pace)}.")
    return tuple(told)


def refuse_changed_run(shown: ShownRun | None, ledger: LedgerView) -> None:
    """NotAsShown when the run is not as it was on screen; nothing for None (no screen)."""
    changes = run_changes(shown, shown_run(ledger)) if shown is not None else ()
    if changes:
        raise NotAsShown(changes)


def plan_changes(shown: ShownPlan, now: ShownPlan) -> tuple[str, ...]:
    """What is not as it was on screen, a sentence each that names both sides; empty when nothing is."""
    was, new = shown.plan, now.plan
    told = [*_place_changes(was, new), *_reading_changes(was, new)]
    told += [*list_changes(shown.listed, now.listed), *_count_changes(was, new)]
    if was.mode is not new.mode:
        told.append(f"Mode: {was.mode.value} → {new.mode.value}.")
    if was.pace != new.pace:
        told.append(f"Pace: {_pace(was.pace)} → {_pace(new.pace)}.")
    if was.max_bad != new.max_bad:
        told.append(f"Limit of bad rows: {was.max_bad or 'none'} → {new.max_bad or 'none'}.")
    if not told and was.check_fingerprint != new.check_fingerprint:
        told.append("The outcome of the check changed.")
    return tuple(told)


def list_changes(shown: ShownList, now: ShownList) -> tuple[str, ...]:
    """Which steps and columns are not as they were on screen, a sentence for each kind."""
    return (*_step_changes(shown.recipe, now.recipe), *_schema_changes(shown.schema, now.schema))


def _place_changes(was: Plan, new: Plan) -> Iterator[str]:
    if not was.target.same_place(new.target):
        yield f"Target: {was.target.sentence()} → {new.target.sentence()}."
    if was.key != new.key:
        yield f"The table's key: {was.key} → {new.key}."
    if was.key_columns != new.key_columns:
        yield f"Columns of the key: {' and '.join(was.key_columns)} → {' and '.join(new.key_columns)}."


def _reading_changes(was: Plan, new: Plan) -> Iterator[str]:
    if was.source_sha256 != new.source_sha256:
        yield "The file itself changed."
    names = [name for name in {**was.dialect, **new.dialect} if was.dialect.get(name) != new.dialect.get(name)]
    if names:
        yield f"How the file is read: {', '.join(name.replace('_', ' ') for name in names)}."


def _step_changes(was: Recipe, new: Recipe) -> Iterator[str]:
    from importer.check import words_for

    gone = list((Counter(was.operations) - Counter(new.operations)).elements())
    come = list((Counter(new.operations) - Counter(was.operations)).elements())
    for word, steps in (("Steps taken out", gone), ("Steps added", come)):
        if steps:
            yield f"{word}: {_named([words_for(step) for step in steps])}."
    if not gone and not come and was != new:
        yield "The steps are in another order."


def _schema_changes(was: Schema, new: Schema) -> Iterator[str]:
    before, after = ({spec.column: spec for spec in schema.columns} for schema in (was, new))
    lines = [f"{name} is gone" for name in before if name not in after]
    lines += [f"{name} is new" for name in after if name not in before]
    both = [name for name in before if name in after and after[name] != before[name]]
    lines += [_column_change(before[name], after[name]) for name in both]
    if lines:
        yield f"Columns: {_named(lines)}."
    if was.key != new.key:
        yield f"Attributes of the key: {' and '.join(was.key)} → {' and '.join(new.key)}."
    if was.indexes != new.indexes:
        yield "What is known of the table's indexes."
    if was.held != new.held:
        yield "What the table holds in its maps and lists."
    if was.nest_dots != new.nest_dots:
        yield f"Attributes with a dot: {_nested(was)} → {_nested(new)}."
    if was.winner is not new.winner:
        yield f"Of rows with one key: {was.winner.value} → {new.winner.value}."


def _nested(schema: Schema) -> str:
    return "entries of a map" if schema.nest_dots else "as they are"


def _column_change(was: ColumnSpec, new: ColumnSpec) -> str:
    told = []
    if was.attribute != new.attribute:
        told.append(f"{was.attribute or 'not imported'} → {new.attribute or 'not imported'}")
    if was.type is not new.type:
        told.append(f"{was.type.words} → {new.type.words}")
    told += [
        field.name
        for field in fields(was)
        if field.name not in ("attribute", "type") and getattr(was, field.name) != getattr(new, field.name)
    ]
    return f"{was.column} ({', '.join(told)})"


def _count_changes(was: Plan, new: Plan) -> Iterator[str]:
    counts = {
        "rows": "Rows",
        "ready": "Ready",
        "rejected": "Rejected",
        "skipped": "Left out",
        "duplicate": "Duplicates",
    }
    for name, word in counts.items():
        before, after = getattr(was, name), getattr(new, name)
        if before != after:
            yield f"{word}: {before:,} → {after:,}."


def _pace(pace: Pace) -> str:
    told: dict[str, Any] = {
        "write units a second": pace.rate_wcu,
        "rows a second": pace.rate_rows,
        "s pause": pace.pause_s or None,
        "requests at a time": pace.workers,
    }
    return ", ".join(f"{value:g} {name}" for name, value in told.items() if value is not None) or "no limit"


def _named(names: list[str]) -> str:
    shown = "; ".join(names[:NAMED_STEPS])
    return shown if len(names) <= NAMED_STEPS else f"{shown} and {len(names) - NAMED_STEPS} more"
