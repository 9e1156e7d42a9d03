"""The history: what was done, what was undone, and the recipe that follows from it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from importer.clean.operation import Operation
from importer.clean.recipe import VERSION, Recipe, read_document, read_operations


@dataclass(frozen=True)
class History:
    """`done` in the order done; `undone` with the step that `redo` brings back last."""

    done: tuple[Operation, ...] = ()
    undone: tuple[Operation, ...] = ()

    @property
    def recipe(self) -> Recipe:
        """What is applied now."""
        return Recipe(self.done)

    def do(self, operation: Operation) -> History:
        """One step more; what was undone is forgotten, as in every editor."""
        return History((*self.done, operation))

    def undo(self) -> History:
        """Without the last step; itself when there is none."""
        return History(self.done[:-1], (*self.undone, self.done[-1])) if self.done else self

    def redo(self) -> History:
        """With the step undone last; itself when there is none."""
        return History((*self.done, self.undone[-1]), self.undone[:-1]) if self.undone else self

    def to_json(self) -> str:
        """A recipe's JSON with `undone` beside, so `Recipe.from_json` reads it too."""
        document = {
            "version": VERSION,
            "operations": [step.to_dict() for step in self.done],
            "undone": [step.to_dict() for step in self.undone],
        }
        return json.dumps(document, ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> History:
        """ConfigError if it is no history."""
        document = read_document(text)
        document.setdefault("undone", [])
        unknown = document.keys() - {"version", "operations", "undone"}
        done = read_operations(document, "operations", unknown)
        return cls(done, read_operations(document, "undone", unknown))
