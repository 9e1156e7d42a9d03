"""What each column hangs on once a recipe is applied, so that only what a step touched is done again. Pure.

A step takes each row by itself: what stands in the rows above was looked up when the step was made, and is in it
(`FillFromAbove.runs`). So a column's cells are decided by cells of the same row and by the steps that wrote them,
and whether other rows were dropped changes none of them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from importer.clean.decisions import Decision
from importer.clean.naming import DropColumns, RenameColumn
from importer.clean.operation import Operation
from importer.clean.recipe import Recipe
from importer.clean.rows import DropRows, KeepRows
from importer.errors import ConfigError


@dataclass(frozen=True)
class Lineage:
    """What the columns of one list hang on once a recipe is applied, as fingerprints (SHA-256, hex).

    `columns`: each column after the recipe, in order → the fingerprint of its cells. Two recipes that give a column
    the same fingerprint put the same text into each of its cells, in every row that both leave. It is made of the
    names of the list's columns and of each step that wrote the cells or others that they were made of, with the
    columns of its conditions. A rename alone keeps it.
    `rows`: the fingerprint of which rows are left. Recipes with the same one leave the same rows. A decision (reject,
    drop or accept rows of a cause or by number) changes neither: it is the check that reads it.
    `passing`: fingerprints of what steps wrote into columns that are gone again and that no column after the recipe
    was made of.

    They say nothing of the list itself: what is kept by them belongs to the stage that it was made from.
    """

    columns: dict[str, str]
    rows: str
    passing: frozenset[str] = frozenset()


def lineage_of(recipe: Recipe, columns: Sequence[str]) -> Lineage:
    """The lineage of a list with these `columns` (by their names as it came) once the recipe is applied.

    Reads no cell. Raises ConfigError when the recipe does not fit the columns.
    """
    recipe.check(columns)
    now = {name: _hash("column", name) for name in columns}
    rows, written, parents = _hash("every row"), set[str](), dict[str, list[str]]()
    used: list[str] = []
    for step in recipe.operations:
        if isinstance(step, RenameColumn):
            now = {step.name if name == step.column else name: print_ for name, print_ in now.items()}
        elif isinstance(step, DropRows | KeepRows):
            used += [now[name] for name in step.needs()]
            rows = _hash(rows, step.to_dict(), *(now[name] for name in step.needs()))
        elif not isinstance(step, Decision):
            touched = _written_by(step, tuple(now))
            before = now
            now = {name: before.get(name, "") for name in step.columns_after(tuple(before))}
            for name in touched & now.keys():
                sources = [before[source] for source in step.reads(name)]
                now[name] = _hash(name, step.only((name,)).to_dict(), *sources)
                parents[now[name]] = sources
                written.add(now[name])
    return Lineage(now, rows, frozenset(written - _ancestors([*now.values(), *used], parents)))


@dataclass(frozen=True)
class Part:
    """What it takes to have some columns of the cleaned list: read `columns` of the stage, apply `recipe` to them.

    More columns than were asked for may come out, in another order.
    """

    columns: tuple[str, ...]
    recipe: Recipe


def part_for(recipe: Recipe, columns: Sequence[str], wanted: Collection[str], *, rows: bool = False) -> Part:
    """The part of the recipe that makes the columns `wanted` (by their names after it) of a list with `columns`.

    Their cells are as the whole recipe makes them, but in every row of the list: rows are dropped only where `rows`
    asks for it. Decisions are left out. Raises ConfigError when the recipe does not fit the columns.
    """
    recipe.check(columns)
    names, before = tuple(columns), []
    for step in recipe.operations:
        before.append(names)
        names = step.columns_after(names)
    needed, kept = set(wanted), list[Operation | None]()
    for step, there in zip(reversed(recipe.operations), reversed(before), strict=True):
        if isinstance(step, DropRows | KeepRows):
            kept.append(step if rows else None)
            needed |= set(step.needs()) if rows else set()
            continue
        touched = needed & _written_by(step, there)
        if isinstance(step, Decision) or not touched:
            kept.append(None)
            continue
        kept.append(step.only(tuple(name for name in step.changes(there) if name in touched)))
        needed = (needed - touched).union(*(step.reads(name) for name in touched))
    sources = tuple(name for name in columns if name in needed)
    return Part(sources, _without_the_gone(sources, recipe.operations, kept[::-1], before))


class RowSource(Protocol):
    """What is asked of a stage of which single rows are read."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the list as it came."""

    def take(self, row_numbers: Iterable[int], columns: Iterable[str] | None = None, /) -> pd.DataFrame:
        """These rows, or only some of their columns."""


def take_cleaned(recipe: Recipe, stage: RowSource, rows: Collection[int], wanted: Collection[str]) -> pd.DataFrame:
    """The columns `wanted` that there are after the recipe, of those of `rows` that it leaves; of the stage no more
    is read than that takes."""
    names = [name for name in recipe.columns_after(stage.columns) if name in wanted]
    try:
        part = part_for(recipe, stage.columns, names, rows=True)
        return part.recipe.apply(stage.take(rows, part.columns)).frame[names]
    except ConfigError:  # what a step may make hangs on how long the other cells of a row are
        return recipe.apply(stage.take(rows)).frame[names]


def _without_the_gone(
    present: tuple[str, ...],
    steps: Sequence[Operation],
    kept: Sequence[Operation | None],
    before: Sequence[tuple[str, ...]],
) -> Recipe:
    """The steps that are kept, by their numbers; where another one takes a column away that is present, it goes
    too, so that a later step may make one of its name."""
    out: dict[int, Operation] = {}
    for number, (step, mine, there) in enumerate(zip(steps, kept, before, strict=True), start=1):
        stay = {*step.columns_after(there)} - {*step.makes()}
        gone = tuple(name for name in present if name not in stay)
        todo = mine or (DropColumns(gone) if gone else None)
        if todo is not None:
            out[number] = todo
            present = todo.columns_after(present)
    return Recipe(tuple(out.values()), tuple(out))


def _written_by(step: Operation, columns: tuple[str, ...]) -> set[str]:
    return {*step.changes(columns), *step.makes()}


def _ancestors(prints: Sequence[str], parents: dict[str, list[str]]) -> set[str]:
    """These and all that they were made of."""
    found, left = set[str](), list(prints)
    while left:
        if (one := left.pop()) not in found:
            found.add(one)
            left += parents.get(one, ())
    return found


def _hash(*parts: object) -> str:
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
