"""Moves: what a person does to a recipe. Most put a step at its end; some take one out or map a column. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from importer.clean.fields import Fields, wrong_field
from importer.clean.operation import Operation
from importer.clean.recipe import Recipe
from importer.clean.registry import operation_from_dict
from importer.errors import ConfigError


@dataclass(frozen=True)
class RemoveStep:
    """Takes step `number` (from 1) out of the recipe as it is then."""

    number: int

    kind: ClassVar[str] = "remove_step"

    def title(self) -> str:
        """Plain words for the screen."""
        return f"Take out step {self.number}"

    def to_dict(self) -> dict[str, object]:
        """JSON-ready, with `kind`."""
        return {"kind": self.kind, "number": self.number}

    def after(self, recipe: Recipe) -> Recipe:
        """The recipe once it is made."""
        return recipe.without(self.number)


@dataclass(frozen=True)
class MapColumn:
    """What the recipe calls `old` is column `new` of this list."""

    old: str
    new: str

    kind: ClassVar[str] = "map_column"

    def title(self) -> str:
        """Plain words for the screen."""
        return f"Use column {self.new} for {self.old}"

    def to_dict(self) -> dict[str, object]:
        """JSON-ready, with `kind`."""
        return {"kind": self.kind, "old": self.old, "new": self.new}

    def after(self, recipe: Recipe) -> Recipe:
        """The recipe once it is made."""
        return recipe.renamed(self.old, self.new)


Move = Operation | RemoveStep | MapColumn


def follow(moves: Iterable[Move]) -> Recipe:
    """The recipe that the moves lead to."""
    recipe = Recipe()
    for move in moves:
        recipe = recipe.then(move) if isinstance(move, Operation) else move.after(recipe)
    return recipe


def move_from_dict(data: object, *, number: int) -> Move:
    """The move that `to_dict` wrote; ConfigError naming the `number` and the field that is wrong."""
    kind = data.get("kind") if isinstance(data, dict) else None
    if kind not in (RemoveStep.kind, MapColumn.kind):
        return operation_from_dict(data, number=number)
    try:
        given = Fields(data)
        given.text("kind")
        move = _read(kind, given)
        given.finish()
    except ConfigError as error:
        raise ConfigError(f"Move {number} ({kind}): {error}") from None
    return move


def _read(kind: str, given: Fields) -> RemoveStep | MapColumn:
    if kind == MapColumn.kind:
        return MapColumn(given.text("old"), given.text("new"))
    number = given.whole("number")
    if number < 1:
        raise wrong_field("number", "must be 1 or more.")
    return RemoveStep(number)
