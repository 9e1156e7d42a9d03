"""A new list beside a saved one, by their columns alone: the same, nearly the same, or another list. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from importer.check import ColumnSpec, Schema, folded
from importer.clean import (
    DropColumns,
    Operation,
    Recipe,
    RemoveInvisible,
    RenameColumn,
    RepairMojibake,
    Trim,
    near_column,
)
from importer.errors import ConfigError

ENOUGH_SAME = 0.5
"""Share of the saved columns that a list must have, by their name or nearly, to be offered at all."""

FEW_EXTRA, MOST_EXTRA = 0.5, 1.0
"""Columns more than saved, as a share of those: up to the first the list is opened, up to the second offered."""

REJECT_COLUMNS = ("_row", "_column", "_code", "_reason")
"""What a file of rejected rows has before its own columns (`importer.prove` writes it): it is no month's list."""


class MatchKind(Enum):
    """How the columns of a list stand to the saved ones, best first."""

    EXACT = "exact"
    ORDER = "order"
    EXTRA = "extra"
    NEAR = "near"


@dataclass(frozen=True)
class HeaderMatch:
    """`renamed`: (saved name, name in the list); `missing`: saved columns that the list has not; `extra`: its own.
    `sure`: those of `renamed` that differ in capitals, accents, spaces and signs alone, and are taken as they are."""

    kind: MatchKind
    renamed: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    sure: tuple[tuple[str, str], ...] = ()

    @property
    def unsure(self) -> tuple[str, ...]:
        """Saved columns of which only a person can say what they are in the list."""
        return (*(old for old, new in self.renamed if (old, new) not in self.sure), *self.missing)

    def with_renamed(self, wanted: Mapping[str, str]) -> HeaderMatch:
        """The same with a person's word (saved name → name in the list, "" for none) on what is not the same."""
        unsure = [*(old for old, _ in self.renamed), *self.missing]
        free = [*(new for _, new in self.renamed), *self.extra]
        renamed = tuple((old, wanted[old]) for old in unsure if wanted.get(old) in free)
        taken = [new for _, new in renamed]
        if len(set(taken)) < len(taken):
            raise ConfigError("Two saved columns are given the same column of the list. Choose another for one.")
        missing = tuple(old for old in unsure if old not in dict(renamed))
        extra = tuple(name for name in free if name not in taken)
        return HeaderMatch(self.kind, renamed, missing, extra, tuple(pair for pair in self.sure if pair in renamed))


@dataclass(frozen=True)
class FittedHeader:
    """A saved recipe and schema made to fit the columns of a list. `left_out`: titles of steps that do not;
    `unruled`: columns of the schema that the list has not after the recipe."""

    recipe: Recipe
    schema: Schema
    left_out: tuple[str, ...]
    unruled: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """True when nothing had to be left out."""
        return not self.left_out and not self.unruled


def match_columns(saved: Sequence[str], now: Sequence[str]) -> HeaderMatch | None:
    """How the columns `now` stand to those `saved`; None when it is another list. Names are unique on both sides."""
    if tuple(saved) == tuple(now):
        return HeaderMatch(MatchKind.EXACT)
    missing = [name for name in saved if name not in now]
    extra = [name for name in now if name not in saved]
    if not missing and not extra:
        return HeaderMatch(MatchKind.ORDER)
    sure = _same_names(missing, extra)
    renamed = _paired(missing, extra, sure)
    gone = tuple(name for name in missing if name not in renamed)
    more = tuple(name for name in extra if name not in renamed.values())
    if len(saved) - len(gone) < ENOUGH_SAME * len(saved) or len(more) > MOST_EXTRA * len(saved):
        return None
    few = len(more) <= max(1.0, FEW_EXTRA * len(saved))
    kind = MatchKind.NEAR if len(sure) < len(missing) or not few else MatchKind.EXTRA if more else MatchKind.ORDER
    return HeaderMatch(kind, tuple(renamed.items()), gone, more, tuple(sure.items()))


def _same_names(missing: Sequence[str], extra: Sequence[str]) -> dict[str, str]:
    """Saved name → the only name of the list that is the same but for capitals, accents, spaces and signs."""
    pairs = {}
    for name in missing:
        same = [one for one in extra if folded(one) == folded(name)]
        if len(same) == 1 and sum(folded(other) == folded(name) for other in missing) == 1:
            pairs[name] = same[0]
    return pairs


def _paired(missing: Iterable[str], extra: Sequence[str], sure: Mapping[str, str]) -> dict[str, str]:
    """Saved name → the list's name that is most likely meant; names that differ in capitals and signs alone first."""
    pairs = dict(sure)
    for same_letters in (True, False):
        for name in missing:
            free = [one for one in extra if one not in pairs.values()]
            fitting = [one for one in free if folded(one) == folded(name)] if same_letters else free
            near = near_column(name, fitting) if name not in pairs else None
            if near is not None:
                pairs[name] = near
    return {name: pairs[name] for name in missing if name in pairs}


def fit_header(recipe: Recipe, schema: Schema, columns: Sequence[str], match: HeaderMatch) -> FittedHeader | None:
    """Recipe and schema for a list with these `columns`; None when it lacks what the table's key is made of.

    Columns of another name are renamed first, so that every step and rule finds the name it was made for. Steps that
    need what is not there are left out and told; new columns are put into the schema, not imported.
    """
    renames = (RenameColumn(new, old) for old, new in match.renamed)
    fitted, left_out = _without_unfit(Recipe((*renames, *recipe.operations)), columns)
    after = fitted.columns_after(columns)
    known = tuple(spec for spec in schema.columns if spec.column in after)
    unruled = tuple(spec.column for spec in schema.columns if spec.column not in after)
    ruled = {spec.column for spec in known}
    new = tuple(ColumnSpec(name, None) for name in match.extra if name in after and name not in ruled)
    try:
        ruled_by = Schema((*known, *new), schema.key, schema.winner, nest_dots=schema.nest_dots)
        return FittedHeader(fitted, ruled_by, left_out, unruled)
    except ConfigError:
        return None


def _without_unfit(recipe: Recipe, columns: Sequence[str]) -> tuple[Recipe, tuple[str, ...]]:
    left_out: list[str] = []
    while problems := recipe.problems(columns):
        problem = problems[0]
        step = recipe.operations[problem.number - 1]
        narrower = _narrower(step, problem.column)
        left_out.append(step.title() if narrower is None else f"{step.title()} (only for {problem.column})")
        if narrower is None:
            recipe = recipe.without(problem.number)
        else:
            at = problem.number - 1
            recipe = Recipe((*recipe.operations[:at], narrower, *recipe.operations[at + 1 :]))
    return recipe, tuple(left_out)


def _narrower(step: Operation, column: str) -> Operation | None:
    """The step for its other columns, where it treats each by itself; None when it has no others."""
    if not isinstance(step, Trim | RemoveInvisible | RepairMojibake | DropColumns):
        return None
    others = tuple(name for name in step.columns if name != column)
    return replace(step, columns=others) if others else None


def differences(match: HeaderMatch) -> tuple[str, ...]:
    """What is not as saved, a sentence each; the first columns of each kind by name."""
    told = [
        f'Column "{old}" is missing; it has "{new}": is that the same?'
        for old, new in match.renamed
        if old in match.unsure
    ]
    if match.missing:
        told.append(f"Missing: {_named(match.missing)}.")
    if match.extra:
        told.append(f"New: {_named(match.extra)}.")
    return tuple(told)


def _named(columns: Sequence[str]) -> str:
    shown = ", ".join(f'"{name}"' for name in columns[:6])
    return f"{shown} and {len(columns) - 6} more" if len(columns) > 6 else shown


def source_column(recipe: Recipe, column: str, columns: Sequence[str]) -> str | None:
    """What the list itself, with its `columns`, calls `column` of the cleaned list; None when the recipe makes it."""
    name = column
    for step in reversed(recipe.operations):
        if isinstance(step, RenameColumn) and step.name == name:
            name = step.column
        elif name in step.makes():
            return None
    return name if name in columns else None
