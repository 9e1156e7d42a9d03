"""What the steps of a saved list do to this month's cells that have no problem as they are: told, and asked about.

A step that a person made last month was right for last month's cells. How much it changed of what had no problem was
shown when the list was saved, and kept with it; more than that is a question this month.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from importer.check import StepEffect, step_effects, step_mark
from importer.clean import History, Operation, Recipe, RemoveStep, fit, load_history, operation_from_dict
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


@dataclass(frozen=True)
class ReplayedStep:
    """A step of a saved list that changes cells which have no problem: its number in the recipe (from 1), what it
    does here, the warning that tells of it (a doubt where more than was agreed to when it was saved), and whether a
    person said on this list that it is right."""

    number: int
    effect: StepEffect
    warning: ListWarning
    accepted: bool

    @property
    def asks(self) -> bool:
        """Whether it is a question still."""
        return self.warning.is_doubt and not self.accepted


@dataclass(frozen=True)
class Replay:
    """The saved list's name and its steps that change good cells."""

    name: str
    steps: tuple[ReplayedStep, ...] = ()

    @property
    def asks(self) -> tuple[ReplayedStep, ...]:
        """The steps that are a question."""
        return tuple(step for step in self.steps if step.asks)


def good_changes(recipe: Recipe, folder: RunFolder) -> tuple[StepEffect, ...]:
    """What the steps of the list's recipe that stand in `recipe` do to good cells of the list, for saving them."""
    effects = step_effects(read_recipe(folder), read_schema(folder), open_stage(folder).chunks(), recipe.operations)
    return tuple(effect for effect in effects if effect.good)


def good_changes_of(recipe: Recipe, folder: RunFolder) -> tuple[StepEffect, ...]:
    """What a recipe from elsewhere, done after the list's own, would do to good cells of the list. Raises ConfigError
    when it does not fit the list."""
    stage, now = open_stage(folder), read_recipe(folder)
    steps = fit(recipe, stage, after=now).operations
    schema = shown_for(folder, load_history(folder.recipe).do(*steps))
    effects = step_effects(Recipe((*now.operations, *steps)), schema, stage.chunks(), steps)
    return tuple(effect for effect in effects if effect.good)


def replay_of(folder: RunFolder) -> Replay:
    """What the saved list's steps do here; nothing where the list was not opened as a saved one, or has no schema.

    Counted anew when the list, the steps or the rules changed; of a planned run as it was counted last.
    """
    opening = read_opening(folder)
    if not opening.opened or not opening.mine.history or not folder.schema.exists():
        return Replay(opening.name)
    recipe = read_recipe(folder)
    theirs = History.from_json(opening.mine.history).recipe.operations
    numbers = {step_mark(step): number for number, step in enumerate(recipe.operations, start=1)}
    agreed, accepted = dict(opening.agreed), accepted_doubts(folder)
    steps = []
    for effect in _effects(folder, recipe, theirs):
        number = numbers.get(step_mark(effect.step))
        if effect.good and number is not None:
            warning = _warning(opening.name, effect, agreed.get(step_mark(effect.step), 0.0))
            steps.append(ReplayedStep(number, effect, warning, warning in accepted))
    return Replay(opening.name, tuple(steps))


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


def _warning(name: str, effect: StepEffect, agreed: float) -> ListWarning:
    """`agreed`: the share of rows that was agreed to."""
    is_agreed = agreed > 0 and effect.share <= max(MORE_THAN_AGREED * agreed, agreed + MORE_BY_SHARE)
    cells = "1 cell" if effect.good == 1 else f"{effect.good:,} cells"
    told = (
        f'A step of "{name}" ({effect.step.kind.replace("_", " ")}) changes {cells} of {effect.column} that keep '
        f"every rule as they stand, the first in row {effect.first_row:,}. "
    )
    more = "It did so when the list was saved." if is_agreed else "Look at them before they are changed."
    code, row = "saved_step_changes_good_cells", effect.first_row
    return ListWarning(code, effect.column, told + more, effect.good, row, is_doubt=not is_agreed)


def _effects(folder: RunFolder, recipe: Recipe, theirs: Sequence[Operation]) -> tuple[StepEffect, ...]:
    stage, schema = open_stage(folder), read_schema(folder)
    told = [stage.report.to_json(), recipe.fingerprint(), schema.fingerprint(), [step.to_dict() for step in theirs]]
    mark = hashlib.sha256(json.dumps(told).encode()).hexdigest()
    kept = _kept(folder, "" if folder.frozen else mark)
    if kept is not None:
        return kept
    effects = step_effects(recipe, schema, stage.chunks(), theirs)
    steps = [asdict(effect) | {"step": effect.step.to_dict()} for effect in effects]
    write_private(folder.replay, to_json({"mark": mark, "effects": steps}))
    return effects


def _kept(folder: RunFolder, mark: str) -> tuple[StepEffect, ...] | None:
    """What was counted last, if it was about this (`mark` "": whatever it was about)."""
    try:
        told = json.loads(folder.replay.read_text("utf-8"))
        if mark and told["mark"] != mark:
            return None
        return tuple(
            StepEffect(**one | {"step": operation_from_dict(one["step"]), "good_rows": tuple(one["good_rows"])})
            for one in told["effects"]
        )
    except (OSError, ValueError, KeyError, TypeError, ConfigError):
        return None
