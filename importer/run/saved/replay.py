"""What the steps of a saved list do to this month's cells: told, and asked about.

A step that a person made last month was right for last month's cells. How much it changed, and of which kinds that
was, was on screen when the list was saved, and is kept with it; anything else is a question this month. A cell with a
problem is no exception: a wrong country, day or word mends it just as well.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from importer.check import STEP_NAMES, Agreed, StepEffect, step_effects, step_mark
from importer.clean import (
    DROPPED,
    CellParser,
    ClearNoDates,
    ClearWords,
    FillBlanks,
    FillFromAbove,
    FillFromColumn,
    History,
    Operation,
    Recipe,
    RemoveStep,
    SetFailing,
    fit,
    load_history,
    operation_from_dict,
)
from importer.errors import ConfigError
from importer.files import to_json, write_private
from importer.list_warning import ListWarning
from importer.plain_types import UNREADABLE, of_its_types
from importer.profile import percent_text
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

_FILLS = FillBlanks | FillFromColumn | FillFromAbove
"""One blank is like another: how many there are is all that tells whether they mean the same. Twice is not alike."""

_EMPTIES = ClearWords | ClearNoDates

REPLAY_CODE = "saved_step_changes_good_cells"


@dataclass(frozen=True)
class ReplayedStep:
    """A step of a saved list that changes cells, or that reads some which can be read otherwise: what it does here,
    why that is a question or none, the warning that tells of it (a doubt where it goes beyond what was agreed to when
    it was saved), and whether a person said on this list that it is right."""

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
    return tuple(effect for effect in effects if effect.seen or effect.seen_mended)


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
    known, accepted = opening.agreed or (), accepted_doubts(folder)
    agreed = {one.mark: one for one in known}
    steps = []
    for effect in _effects(folder, read_recipe(folder), theirs, known):
        if effect.matters or effect.mended:
            before = agreed.get(effect.mark, Agreed(effect.mark)) if opening.agreed is not None else None
            reason = _reason(effect, before)
            said = reason or _as_agreed(effect, before)
            warning = _warning(opening.name, effect, said, is_doubt=bool(reason))
            steps.append(ReplayedStep(effect, said, warning, warning in accepted))
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


def _reason(effect: StepEffect, agreed: Agreed | None) -> str:
    """Why it is a question; empty where it is none. `agreed` None: nobody noted what it did when it was saved."""
    if effect.unsure:
        told = f"{_count(effect.unsure, 'cell')} can be read in two ways"
        if effect.turned:
            return f"{told}, and {_count(effect.turned, 'cell')} in the other way only."
        return f"{told}, and nothing in this list tells which is right."
    if agreed is not None:
        return _beyond(effect, agreed)
    if effect.good or effect.new_mended:
        return "What it did when the list was saved is not known: an earlier version saved it. Save it anew."
    return ""


def _beyond(effect: StepEffect, agreed: Agreed) -> str:
    """What goes beyond what was agreed: cells unlike those, or many more of them."""
    new, share, mended = effect.new + effect.new_mended, effect.share, effect.mended_share
    if (effect.new and not agreed.share) or (new and not agreed.share + agreed.mended_share):
        return f"It {'dropped no such row' if effect.drops else 'changed no such cell'} when the list was saved."
    if new:
        are = "is like none" if new == 1 else "are like none"
        whose = "of them " if new < effect.cells or new > 1 else ""
        return f"{new:,} {whose}{are} that it {_did(effect)} when the list was saved."
    pairs = [(agreed.share, share), (agreed.mended_share, mended)]
    if _is_known_by_form(effect.step):
        pairs = [(agreed.share + agreed.mended_share, share)]
    more = next((pair for pair in pairs if _is_more(effect, pair[1], pair[0])), None)
    if more is None:
        return ""
    was, now = (percent_text(rows) for rows in more)
    return f"It {_did(effect)} {was} of the rows when the list was saved, now {now}."


def _is_known_by_form(step: Operation) -> bool:
    """Whether what it makes of a cell comes out of the cell: then more of the same cells are no news."""
    return isinstance(step, CellParser) or step.kind in ("replace", "map_values", "repair_mojibake", "change_case")


def _is_more(effect: StepEffect, now: float, agreed: float) -> bool:
    times = 1.0 if isinstance(effect.step, _FILLS) else MORE_THAN_AGREED
    return now > max(times * agreed, agreed + MORE_BY_SHARE)


def _as_agreed(effect: StepEffect, agreed: Agreed | None) -> str:
    """Why it is none: it did the same then, in figures, or can do nothing else."""
    if agreed is None or not agreed.share + agreed.mended_share:
        return "It does the same to such cells in every list."
    was, now = agreed.share + agreed.mended_share, effect.share + effect.mended_share
    return f"It did so when the list was saved ({percent_text(was)} of the rows, now {percent_text(now)})."


def _warning(name: str, effect: StepEffect, said: str, *, is_doubt: bool) -> ListWarning:
    kind = STEP_NAMES.get(effect.step.kind, effect.step.kind.replace("_", " "))
    count = effect.cells or effect.unsure
    does = f"drops {_count(count, 'row')}" if effect.drops else f"{_verb(effect)} {_count(count, 'cell')}"
    does += "" if effect.drops else f" of {effect.column}"
    rows = ", ".join(f"{row:,}" for row in sorted(effect.example_rows[:3]))
    place = f"row {rows}" if count == 1 else f"rows {rows}" + (" and others" if count > 3 else "")
    told = f'Step {effect.number} of "{name}" ({kind}) {does}{_which(effect)}: {place}. {said}'
    return ListWarning(REPLAY_CODE, effect.column, told, count, effect.first_row, is_doubt)


def _verb(effect: StepEffect) -> str:
    if not effect.cells:
        return "reads"
    empties = isinstance(effect.step, _EMPTIES) or (isinstance(effect.step, SetFailing) and not effect.step.text)
    return "empties" if empties else "changes"


def _which(effect: StepEffect) -> str:
    """Which cells: those that have no problem, that have one, that may mean something else."""
    good, cells = effect.good, effect.cells
    if not cells:
        return " that may mean something else"
    if good and effect.mended:
        whose = f" by {effect.column}" if effect.drops else ""
        return f"{whose}, {good:,} of which keep{'s' if good == 1 else ''} every rule as {_stands(good)}"
    if effect.drops:
        return f" whose {effect.column} " + ("keeps every rule as it stands" if good else "has a problem")
    if good:
        return f" that keep{'s' if good == 1 else ''} every rule as {_stands(good)}"
    return " that has a problem" if cells == 1 else " that have a problem"


def _stands(count: int) -> str:
    return "it stands" if count == 1 else "they stand"


def _what(effect: StepEffect) -> str:
    return _count(effect.cells or effect.unsure, "row" if effect.drops else "cell")


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
    bare: dict[str, Any] = {"seen": [], "seen_mended": []}
    steps = [asdict(effect) | {"step": effect.step.to_dict()} | bare for effect in effects]
    write_private(folder.replay, to_json({"mark": mark, "effects": steps}))
    return effects


def _kept(folder: RunFolder, mark: str) -> tuple[StepEffect, ...] | None:
    """What was counted last, if it was about this (`mark` "": whatever it was about)."""
    try:
        told = json.loads(folder.replay.read_text("utf-8"))
        if mark and told["mark"] != mark:
            return None
        return tuple(_effect(effect) for effect in told["effects"])
    except (*UNREADABLE, ConfigError):
        return None


def _effect(told: dict[str, Any]) -> StepEffect:
    rows = tuple(told["example_rows"])
    step = operation_from_dict(told["step"])
    return of_its_types(StepEffect(**told | {"step": step, "example_rows": rows, "seen": (), "seen_mended": ()}))
