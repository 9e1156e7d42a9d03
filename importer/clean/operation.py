"""What every operation is: a frozen description of one step, and a pure function on a chunk."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import ClassVar, Self

import pandas as pd

from importer.clean.condition import Condition
from importer.clean.fields import Fields, wrong_field


@dataclass(frozen=True)
class Operation(ABC):
    """One step of a recipe. It never reorders rows, never renumbers them, and never touches the frame it is given.

    `kind` is the stable word in the JSON. A subclass declares its fields as dataclass fields whose values are texts,
    flags, tuples of these, or a Condition: that is what `to_dict` knows to write.
    """

    kind: ClassVar[str]

    keeps_value: ClassVar[bool] = False
    """Whether it writes what a cell holds in another form (a day, a number), and puts no other value there."""

    @abstractmethod
    def needs(self) -> tuple[str, ...]:
        """Columns without which it cannot be applied."""

    @abstractmethod
    def changes(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        """Which of the list's `columns` may hold other cells after it."""

    def makes(self) -> tuple[str, ...]:
        """Columns it adds, in order; a list that has one of them already is refused."""
        return ()

    def reads(self, column: str) -> tuple[str, ...]:
        """Columns whose cells, before it, decide what it puts into `column` (one that it changes or makes)."""
        return self.needs()

    def only(self, columns: tuple[str, ...]) -> Operation:
        """The step that does the same to these of the columns that it changes, and may leave the others."""
        return self

    @abstractmethod
    def title(self) -> str:
        """Plain words for the screen. They quote what the person typed, so they belong in no log."""

    @abstractmethod
    def apply(self, chunk: pd.DataFrame) -> pd.DataFrame:
        """The chunk after this step; the one given stays as it was."""

    @classmethod
    @abstractmethod
    def read(cls, given: Fields) -> Self:
        """The operation from its JSON fields but `kind`; ConfigError naming the field that is wrong."""

    def columns_after(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        """The list's columns once it is applied."""
        return columns

    def longest_put(self) -> int:
        """Bytes of the longest text of its own that it puts in the place of a cell; 0 if it has none."""
        return 0

    def most_bytes(self, chunk: pd.DataFrame) -> tuple[int, int] | None:
        """What the longest cell of a column that it writes, and all of them together, come to at the most, in bytes,
        before it is done. None: each cell to a few times of what it holds, or to what `longest_put` says."""
        return None

    def unparsed(self, chunk: pd.DataFrame) -> int:
        """How many filled cells it is meant for and cannot read. They stay, so that the check tells of them."""
        return 0

    def to_dict(self) -> dict[str, object]:
        """JSON-ready, with `kind`."""
        return {"kind": self.kind} | {field.name: _plain(getattr(self, field.name)) for field in fields(self)}

    def renamed(self, old: str, new: str) -> Self:
        """The same step on a list where column `old` is called `new`."""
        changed = {field.name: _renamed(field.name, getattr(self, field.name), old, new) for field in fields(self)}
        return replace(self, **changed)


_COLUMN_FIELDS = ("column", "other", "key_column")
"""Fields that name a column the list has. What an operation makes (`into`, `name`) is no such name."""


def _plain(value: object) -> object:
    if isinstance(value, Condition):
        return value.to_dict()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def _renamed(name: str, value: object, old: str, new: str) -> object:
    if isinstance(value, Condition):
        return value.renamed(old, new)
    if name in _COLUMN_FIELDS and value == old:
        return new
    if name == "columns" and isinstance(value, tuple):
        return tuple(new if column == old else column for column in value)
    return value


def longest_bytes(texts: Iterable[str]) -> int:
    """Of the longest text as UTF-8; 0 without one."""
    return max((len(text.encode("utf-8", "surrogatepass")) for text in texts), default=0)


def check_column(column: str) -> None:
    """ConfigError if no column is named."""
    if not column:
        raise wrong_field("column", "is empty. Name a column of the list.")


def check_columns(columns: tuple[str, ...], *, fewest: int = 1) -> None:
    """ConfigError if there are fewer than `fewest`, one is not named, or one is named twice."""
    if len(columns) < fewest:
        raise wrong_field("columns", f"must name at least {fewest} column{'s' if fewest > 1 else ''} of the list.")
    if "" in columns:
        raise wrong_field("columns", "holds an empty name. Name columns of the list.")
    if len(set(columns)) < len(columns):
        raise wrong_field("columns", "names a column twice. Keep one of them.")


def check_new_columns(names: tuple[str, ...], *, field: str) -> None:
    """ConfigError naming `field` if a new column gets no name, or two get the same."""
    if not all(name.strip() for name in names):
        raise wrong_field(field, "is empty. Name the new column.")
    if len(set(names)) < len(names):
        raise wrong_field(field, "gives two new columns the same name. Name them apart.")


def check_word(word: str, allowed: tuple[str, ...], *, field: str) -> None:
    """ConfigError if `word` is not one of `allowed`."""
    if word not in allowed:
        raise wrong_field(field, f"must be one of: {', '.join(allowed)}.")


def join_words(names: tuple[str, ...], *, most: int = 3) -> str:
    """`phone`, `phone and city`, `phone, city, title and 4 more`."""
    if len(names) <= most:
        return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{', '.join(names[:most])} and {len(names) - most} more"
