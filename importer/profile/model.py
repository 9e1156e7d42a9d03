"""What is known of a list: the profile as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property


@dataclass(frozen=True)
class ShapeCount:
    """How many cells have a shape (see `SHAPES`)."""

    shape: str
    count: int


@dataclass(frozen=True)
class Damage:
    """How many cells have one kind of damage, and the first row that has it. `code` is stable, `title` for people."""

    code: str
    title: str
    count: int
    first_row: int


@dataclass(frozen=True)
class NumberCells:
    """How many cells of a column are numbers, and how those are written; every cell was looked at.

    `numbers`: in any spelling, with thousands or a decimal comma too. `plain`: written as DynamoDB writes them (no
    plus, no leading zero, no trailing zero after the point, no exponent, at most 15 digits, no spaces around).
    `grouped`: three digits after each mark (12.000, 1,234, 12 500), so that thousands and a fraction look alike, and
    `marks` the marks met there; `decimals`: with a point that cannot be one of thousands. `digits_min` and
    `digits_max` are of plain whole numbers.
    """

    numbers: int = 0
    plain: int = 0
    grouped: int = 0
    first_grouped_row: int | None = None
    marks: str = ""
    decimals: int = 0
    digits_min: int = 0
    digits_max: int = 0


NO_NUMBERS = NumberCells()


@dataclass(frozen=True)
class ColumnProfile:
    """What is in one column. It holds values of cells (`first_misfit`, `top_values`): never log it.

    `empty` cells hold nothing but spaces; `distinct`, `top_values` and lengths (in characters) are of filled cells.
    `main_shape` is the most common one of filled cells, but "code" where it would be "whole number" and some, of the
    usual length, start with 0. `first_misfit_row` is the first row with a filled cell of another shape,
    `first_misfit` its text (cut after 200 characters). A `length_histogram` bin is (from, to, count), ends included.
    `top_values`: the ten most frequent cells of at most 200 characters, as frequent ones in the list's order.
    `code_length`: the usual number of digits where the column holds codes, 0 where it does not. `day_first`,
    `month_first`: dates in numbers, with the year behind, that can be read in this order alone (31/12/2024,
    12/31/2024).
    """

    name: str
    rows: int
    filled: int
    empty: int
    distinct: int
    shapes: tuple[ShapeCount, ...]
    main_shape: str
    first_misfit_row: int | None
    first_misfit: str | None
    top_values: tuple[tuple[str, int], ...]
    length_min: int
    length_max: int
    length_mean: float
    length_histogram: tuple[tuple[int, int, int], ...]
    damage: tuple[Damage, ...]
    code_length: int = 0
    day_first: int = 0
    month_first: int = 0
    numbers: NumberCells = NO_NUMBERS

    def shape_count(self, shape: str) -> int:
        """How many cells have `shape`."""
        return next((found.count for found in self.shapes if found.shape == shape), 0)


@dataclass(frozen=True)
class ListProfile:
    """What is in a list.

    `duplicate_rows` are the same as an earlier row in every cell, `duplicate_keys` have a key that an earlier row has
    (spaces at its ends apart; blank keys are not counted; None when no key column was named). `damage` sums that of
    the columns. Every count is exact.
    """

    rows: int
    columns: tuple[ColumnProfile, ...]
    duplicate_rows: int
    duplicate_keys: int | None
    key_column: str | None
    damage: tuple[Damage, ...]

    def column(self, name: str) -> ColumnProfile:
        """The profile of the column called `name`; KeyError if there is none."""
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> dict[str, ColumnProfile]:
        return {column.name: column for column in reversed(self.columns)}

    def without_cells(self) -> ListProfile:
        """The counts alone: no cell's text is left in it."""
        bare = (replace(column, first_misfit=None, top_values=()) for column in self.columns)
        return replace(self, columns=tuple(bare))

    def renamed(self, names: Mapping[str, str]) -> ListProfile:
        """With columns called otherwise (old name → new name)."""
        columns = tuple(replace(column, name=names.get(column.name, column.name)) for column in self.columns)
        key = self.key_column
        return replace(self, columns=columns, key_column=None if key is None else names.get(key, key))
