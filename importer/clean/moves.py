"""Moves: what a person does to a recipe. Most put a step at its end; some take one out or map a column. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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


Single = Operation | RemoveStep | MapColumn


@dataclass(frozen=True)
class Together:
    """Moves made by one click, so that one undo takes all of them back. `name`: what was done, in plain words."""

    moves: tuple[Single, ...]
    name: str

    kind: ClassVar[str] = "together"

    def title(self) -> str:
        """Plain words for the screen."""
        return self.name

    def to_dict(self) -> dict[str, object]:
        """JSON-ready, with `kind`."""
        return {"kind": self.kind, "name": self.name, "moves": [move.to_dict() for move in self.moves]}

    def after(self, recipe: Recipe) -> Recipe:
        """The recipe once all are made."""
        return follow(self.moves, recipe)


Move = Single | Together


def follow(moves: Iterable[Move], recipe: Recipe | None = None) -> Recipe:
    """The recipe that the moves lead to from `recipe` (from an empty one without it)."""
    steps = list(recipe.operations) if recipe is not None else []
    for move in moves:
        if isinstance(move, Operation):
            steps.append(move)
        else:
            steps = list(move.after(Recipe(tuple(steps))).operations)
    return Recipe(tuple(steps))


def singles(moves: Iterable[Move]) -> Iterator[Single]:
    """Every move by itself."""
    for move in moves:
        if isinstance(move, Together):
            yield from move.moves
        else:
            yield move


def move_from_dict(data: object, *, number: int) -> Move:
    """The move that `to_dict` wrote; ConfigError naming the `number` and the field that is wrong."""
    kind = data.get("kind") if isinstance(data, dict) else None
    if kind not in (RemoveStep.kind, MapColumn.kind, Together.kind):
        return operation_from_dict(data, number=number)
    try:
        given = Fields(data)
        given.text("kind")
        move = _read(kind, given)
        given.finish()
    except ConfigError as error:
        raise ConfigError(f"Move {number} ({kind}): {error}") from None
    return move


def _read(kind: str, given: Fields) -> RemoveStep | MapColumn | Together:
    if kind == Together.kind:
        return Together(_read_singles(given.take("moves")), given.text("name"))
    if kind == MapColumn.kind:
        return MapColumn(given.text("old"), given.text("new"))
    number = given.whole("number")
    if number < 1:
        raise wrong_field("number", "must be 1 or more.")
    return RemoveStep(number)


def _read_singles(moves: object) -> tuple[Single, ...]:
    if not isinstance(moves, list) or not moves:
        raise wrong_field("moves", "must be a list of moves, and not an empty one.")
    if any(isinstance(one, dict) and one.get("kind") == Together.kind for one in moves):
        raise wrong_field("moves", "must not hold moves that are themselves together.")
    return tuple(singles(move_from_dict(one, number=number) for number, one in enumerate(moves, start=1)))
