"""The history: what was done, what was undone, and the recipe that follows from it. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from importer.clean.above import FillFromAbove
from importer.clean.decisions import Decide
from importer.clean.moves import MapColumn, Move, RemoveStep, Single, Together, follow, move_from_dict, singles
from importer.clean.naming import RenameColumn
from importer.clean.operation import Operation
from importer.clean.recipe import VERSION, Recipe, read_document, read_list, read_operations
from importer.clean.rows import DropRows, KeepRows
from importer.errors import ConfigError


@dataclass(frozen=True)
class History:
    """`moves` in the order made; `undone` with the one that `redo` brings back last.

    A move is a step put at the end of the recipe, a step taken out of it, or a column mapped; or several of them that
    one click made. All can be undone.
    """

    moves: tuple[Move, ...] = ()
    undone: tuple[Move, ...] = ()

    @property
    def recipe(self) -> Recipe:
        """What is applied now."""
        return follow(self.moves)

    @property
    def done(self) -> tuple[Operation, ...]:
        """The steps of the recipe, in order."""
        return self.recipe.operations

    @property
    def made(self) -> frozenset[str]:
        """Every column that a step makes or made, undone ones too."""
        steps = (move for move in singles((*self.moves, *self.undone)) if isinstance(move, Operation))
        return frozenset(column for step in steps for column in step.makes())

    def do(self, *moves: Single, name: str = "") -> History:
        """One step more, or several that one undo takes back (`name`: what they are, in plain words).

        What was undone is forgotten, as in every editor.
        """
        if not moves:
            return self
        told = name or f"{moves[0].title()} and {len(moves) - 1} more"
        return History((*self.moves, moves[0] if len(moves) == 1 else Together(moves, told)))

    def without(self, number: int, columns: Sequence[str]) -> History:
        """Without step `number` (from 1) of the recipe. `columns`: the list's, as it came.

        Decisions about a column that the step had given another name go back to the name it has without. Raises
        ConfigError when there is no such step, or a later one needs what it does.
        """
        recipe = self.recipe
        if not 1 <= number <= len(recipe.operations):
            raise ConfigError(f"There is no step {number}; the recipe has {len(recipe.operations)}.")
        before = set(recipe.problems(columns))
        known = {(problem.column, problem.exists) for problem in before}
        for problem in recipe.without(number).problems(columns):
            if (problem.column, problem.exists) not in known:
                raise ConfigError(_needed(number, problem.number + (problem.number >= number)))
        later = _fill_that_saw(recipe, number, columns)
        if later is not None:
            raise ConfigError(_needed(number, later))
        taken_out = RemoveStep(number)
        return self.do(taken_out, *_decisions_back(recipe, number), name=taken_out.title())

    def mapped(self, old: str, new: str) -> History:
        """With column `new` of the list in the place of what the recipe calls `old`."""
        return History((*self.moves, MapColumn(old, new)))

    def undo(self) -> History:
        """Without the last move; itself when there is none."""
        return History(self.moves[:-1], (*self.undone, self.moves[-1])) if self.moves else self

    def redo(self) -> History:
        """With the move undone last; itself when there is none."""
        return History((*self.moves, self.undone[-1]), self.undone[:-1]) if self.undone else self

    def to_json(self) -> str:
        """A recipe's JSON with `undone` beside (and `moves`, where they are not just the steps in order)."""
        document: dict[str, object] = {
            "version": VERSION,
            "operations": [step.to_dict() for step in self.done],
            "undone": [move.to_dict() for move in self.undone],
        }
        if self.moves != self.done:
            document["moves"] = [move.to_dict() for move in self.moves]
        return json.dumps(document, ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> History:
        """ConfigError if it is no history."""
        document = read_document(text)
        document.setdefault("undone", [])
        unknown = document.keys() - {"version", "operations", "undone", "moves"}
        steps = read_operations(document, "operations", unknown)
        moves: tuple[Move, ...] = _read_moves(document, "moves") if "moves" in document else steps
        if follow(moves).operations != steps:
            raise ConfigError('The recipe\'s "moves" do not lead to its "operations". Take out "moves".')
        return cls(moves, _read_moves(document, "undone"))


def _read_moves(document: dict[str, object], name: str) -> tuple[Move, ...]:
    return tuple(move_from_dict(one, number=at) for at, one in enumerate(read_list(document, name), start=1))


def _fill_that_saw(recipe: Recipe, number: int, columns: Sequence[str]) -> int | None:
    """The first later step that filled from above what step `number` left behind."""
    step = recipe.operations[number - 1]
    before = Recipe(recipe.operations[: number - 1]).columns_after(columns)
    touched = step.changes(before)
    for at, later in enumerate(recipe.operations[number:], start=number + 1):
        if isinstance(later, FillFromAbove) and (isinstance(step, DropRows | KeepRows) or later.column in touched):
            return at
    return None


def _decisions_back(recipe: Recipe, number: int) -> Iterator[Single]:
    """The moves that follow when step `number` is taken out: a decision names its column, and would hang in the air.

    No later step but a decision can name the column then, so decisions mean the same at the end of the recipe.
    """
    step = recipe.operations[number - 1]
    if not isinstance(step, RenameColumn):
        return
    later = enumerate(recipe.operations[number:], start=number)
    hanging = {at: one for at, one in later if isinstance(one, Decide) and one.column == step.name}
    yield from (RemoveStep(at) for at in reversed(hanging))
    yield from (replace(one, column=step.column) for one in hanging.values())


def _needed(number: int, later: int) -> str:
    return f"Step {number} cannot be taken out: step {later} needs what it does. Take out step {later} first."
