"""What the steps of a saved list do to this month's cells that have no problem as they are: told, and asked about.

A step that a person made last month was right for last month's cells. How much it changed of what had no problem, and
of which kinds that was, was shown when the list was saved, and kept with it; anything else is a question this month.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from importer.check import STEP_NAMES, Agreed, StepEffect, step_effects, step_mark
from importer.clean import DROPPED, History, Operation, Recipe, RemoveStep, fit, load_history, operation_from_dict
from importer.errors import ConfigError
from importer.files import to_json, write_private
from importer.list_warning import ListWarning
from importer.run.doubts import accept_doubts, accepted_doubts
from importer.run.folder import RunFolder
from importer.run.keeping import change_history
from importer.run.saved.opening import read_opening
from importer.run.schemas import read_recipe, read_schema, shown_for
from importer.run.staged import open_stage

MORE_THAN_AGREED = 2.0
"""Times the share of cells that was agreed to when the list was saved; a list is never quite like the last one."""

MORE_BY_SHARE = 0.02
"""So much more of the rows is the same thing, too: twice of very little is little."""

REPLAY_CODE = "saved_step_changes_good_cells"


@dataclass(frozen=True)
class ReplayedStep:
    """A step of a saved list that changes cells which have no problem, or that can be read otherwise: what it does
    here, why that is a question or none, the warning that tells of it (a doubt where it goes beyond what was agreed
    to when it was saved), and whether a person said on this list that it is right."""

    effect: StepEffect
    reason: str
    warning: ListWarning
    accepted: bool

    @property
    def asks(self) -> bool:
        """Whether it is a question still."""
        return self.warning.is_doubt and not self.accepted

    @property
    def cells(self) -> str:
        """`3 cells of zip`, `3 rows by tags`."""
        effect = self.effect
        return f"{_what(effect)} {'by' if effect.drops else 'of'} {effect.column}"


@dataclass(frozen=True)
class Replay:
    """The saved list's name and its steps that there is something to tell of."""

    name: str
    steps: tuple[ReplayedStep, ...] = ()

    @property
    def asks(self) -> tuple[ReplayedStep, ...]:
        """The steps that are a question."""
        return tuple(step for step in self.steps if step.asks)


def good_changes(recipe: Recipe, folder: RunFolder) -> tuple[StepEffect, ...]:
    """What the steps of the list's recipe that stand in `recipe` do to good cells of the list, for saving them."""
    effects = step_effects(read_recipe(folder), read_schema(folder), open_stage(folder), recipe.operations)
    return tuple(effect for effect in effects if effect.seen)


def good_changes_of(recipe: Recipe, folder: RunFolder) -> tuple[StepEffect, ...]:
    """What a recipe from elsewhere, done after the list's own, would do to good cells of the list, and to cells that
    can be read in two ways. Raises ConfigError when it does not fit the list."""
    stage, now = open_stage(folder), read_recipe(folder)
    steps = fit(recipe, stage, after=now).operations
    schema = shown_for(folder, load_history(folder.recipe).do(*steps))
    effects = step_effects(Recipe((*now.operations, *steps)), schema, stage, steps)
    return tuple(effect for effect in effects if effect.matters)


def replay_of(folder: RunFolder) -> Replay:
    """What the saved list's steps do here; nothing where the list was not opened as a saved one, or has no schema.

    Counted anew when the list, the steps or the rules changed; of a planned run as it was counted last.
    """
    opening = read_opening(folder)
    if not opening.opened or not opening.mine.history or not folder.schema.exists():
        return Replay(opening.name)
    theirs = History.from_json(opening.mine.history).recipe.operations
    agreed, accepted = {one.mark: one for one in opening.agreed}, accepted_doubts(folder)
    steps = []
    for effect in _effects(folder, read_recipe(folder), theirs, opening.agreed):
        if effect.matters:
            reason = _reason(effect, agreed.get(effect.mark))
            warning = _warning(opening.name, effect, reason)
            steps.append(ReplayedStep(effect, reason or AS_AGREED, warning, warning in accepted))
    return Replay(opening.name, tuple(steps))


def effect_examples(folder: RunFolder, effect: StepEffect) -> tuple[tuple[int, str, str], ...]:
    """Rows to look at, of a step of the list's recipe or of one to come after it: their number, the cell before the
    step and after it. What is new comes first."""
    before = (
        Recipe(read_recipe(folder).operations[: effect.number - 1])
        .apply(open_stage(folder).take(effect.example_rows))
        .frame
    )
    after = effect.step.apply(before)
    shown = [effect.column] if effect.column in after.columns else list(effect.step.makes())
    lines = []
    for row in effect.example_rows:
        if row in before.index:
            now = " | ".join(after.loc[row, shown]) if row in after.index else DROPPED
            lines.append((row, str(before.at[row, effect.column]), now))
    return tuple(lines)


def accept_replay(folder: RunFolder, steps: Sequence[ReplayedStep]) -> None:
    """A person looked at what these steps change and wants it so, on this list."""
    accept_doubts(folder, [step.warning for step in steps])


def leave_out_replay(folder: RunFolder, steps: Sequence[ReplayedStep]) -> None:
    """Take these steps out of the list's recipe, by one move that can be undone. ConfigError when a later one needs
    what they do."""
    marks = {step_mark(step.effect.step) for step in steps}
    columns = open_stage(folder).columns

    def without(history: History) -> History:
        numbers = [at for at, step in enumerate(history.done, start=1) if step_mark(step) in marks]
        after = history.do(*(RemoveStep(at) for at in reversed(numbers)), name="Leave out saved steps")
        after.recipe.check(columns)
        return after

    change_history(folder, without)


def replay_warnings(folder: RunFolder) -> Iterator[ListWarning]:
    """A warning a step, a doubt where nobody agreed to what it does when the list was saved."""
    return (step.warning for step in replay_of(folder).steps)


AS_AGREED = "It did so when the list was saved."


def _reason(effect: StepEffect, agreed: Agreed | None) -> str:
    """Why it is a question; empty where it is none."""
    if effect.unsure:
        told = f"{_count(effect.unsure, 'cell')} can be read in two ways"
        if effect.turned:
            return f"{told}, and {_count(effect.turned, 'cell')} in the other way only."
        return f"{told}, and nothing in this list tells which is right."
    if agreed is None or not agreed.share:
        return f"It {'dropped no such row' if effect.drops else 'changed no such cell'} when the list was saved."
    if effect.new:
        are = "is like none" if effect.new == 1 else "are like none"
        whose = "of them " if effect.new < effect.good or effect.new > 1 else ""
        return f"{effect.new:,} {whose}{are} that it {_did(effect)} when the list was saved."
    if effect.share > max(MORE_THAN_AGREED * agreed.share, agreed.share + MORE_BY_SHARE):
        return f"It {_did(effect)} {agreed.share:.0%} of the rows when the list was saved, now {effect.share:.0%}."
    return ""


def _warning(name: str, effect: StepEffect, reason: str) -> ListWarning:
    kind = STEP_NAMES.get(effect.step.kind, effect.step.kind.replace("_", " "))
    count = effect.good or effect.unsure
    does = f"drops {_count(count, 'row')}" if effect.drops else f"changes {_count(count, 'cell')} of {effect.column}"
    keep = "keeps" if count == 1 else "keep"
    what = f"that {keep} every rule as {'it stands' if count == 1 else 'they stand'}"
    if not effect.good:
        does, what = f"reads {_count(count, 'cell')} of {effect.column}", "that may mean something else"
    elif effect.drops:
        what = f"whose {effect.column} keeps every rule as it stands"
    rows = ", ".join(f"{row:,}" for row in sorted(effect.example_rows[:3]))
    place = f"row {rows}" if count == 1 else f"rows {rows}" + (" and others" if count > 3 else "")
    told = f'Step {effect.number} of "{name}" ({kind}) {does} {what}: {place}. {reason or AS_AGREED}'
    return ListWarning(REPLAY_CODE, effect.column, told, count, effect.first_row, bool(reason))


def _what(effect: StepEffect) -> str:
    return _count(effect.good or effect.unsure, "row" if effect.drops else "cell")


def _did(effect: StepEffect) -> str:
    return "dropped" if effect.drops else "changed"


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" + ("" if number == 1 else "s")


def _effects(
    folder: RunFolder, recipe: Recipe, theirs: Sequence[Operation], agreed: Sequence[Agreed]
) -> tuple[StepEffect, ...]:
    stage, schema = open_stage(folder), read_schema(folder)
    about = [[step.to_dict() for step in theirs], [step.to_json() for step in agreed]]
    told = [stage.report.to_json(), recipe.fingerprint(), schema.fingerprint(), about]
    mark = hashlib.sha256(json.dumps(told).encode()).hexdigest()
    kept = _kept(folder, "" if folder.frozen else mark)
    if kept is not None:
        return kept
    effects = step_effects(recipe, schema, stage, theirs, agreed)
    steps = [asdict(effect) | {"step": effect.step.to_dict(), "seen": []} for effect in effects]
    write_private(folder.replay, to_json({"mark": mark, "effects": steps}))
    return effects


def _kept(folder: RunFolder, mark: str) -> tuple[StepEffect, ...] | None:
    """What was counted last, if it was about this (`mark` "": whatever it was about)."""
    try:
        told = json.loads(folder.replay.read_text("utf-8"))
        if mark and told["mark"] != mark:
            return None
        return tuple(_effect(effect) for effect in told["effects"])
    except (OSError, ValueError, KeyError, TypeError, ConfigError):
        return None


def _effect(told: dict[str, Any]) -> StepEffect:
    rows = tuple(told["example_rows"])
    return StepEffect(**told | {"step": operation_from_dict(told["step"]), "example_rows": rows, "seen": ()})
