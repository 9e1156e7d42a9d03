"""Operations that empty cells which say nothing: words for "nothing here", and what is no date among dates. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from importer.clean.columns import map_distinct, text_scalar, with_column
from importer.clean.dates import ORDERS, iso_day
from importer.clean.fields import Fields, wrong_field
from importer.clean.many_columns import ManyColumns
from importer.clean.operation import Operation, check_column
from importer.profile import NULL_WORDS, SPACES, column_text, is_blank

FEWEST_DIGITS = 5
"""Of a number that may count days: a spreadsheet's are of five digits from 18 May 1927 on."""

SHOWN_WORDS = 3
"""Of the words in a title."""


@dataclass(frozen=True)
class ClearWords(ManyColumns):
    """Cells that hold one of `words` and nothing else become empty; capitals and spaces at the ends do not matter."""

    words: tuple[str, ...] = NULL_WORDS

    kind: ClassVar[str] = "clear_words"

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "words", tuple(self.words))
        if not self.words or not all(word.strip(SPACES) for word in self.words):
            raise wrong_field("words", "must name at least one word, and none that is blank.")

    def title(self) -> str:
        if self.words == NULL_WORDS:
            return f'Clear "n/a", "NULL", "-" and the like in {self.where}'
        shown = ", ".join(f'"{word}"' for word in self.words[:SHOWN_WORDS])
        more = f" and {len(self.words) - SHOWN_WORDS} more" if len(self.words) > SHOWN_WORDS else ""
        return f"Clear {shown}{more} in {self.where}"

    def mended(self, cells: pa.Array) -> pa.Array | None:
        words = pa.array([word.strip(SPACES).lower() for word in self.words], pa.large_string())
        hit = pc.is_in(pc.utf8_lower(pc.utf8_trim(cells, characters=SPACES)), value_set=words)
        return pc.if_else(hit, text_scalar(""), cells) if pc.any(hit).as_py() else None

    @classmethod
    def read(cls, given: Fields) -> Self:
        return cls(given.texts("columns"), given.texts("words", NULL_WORDS))


@dataclass(frozen=True)
class ClearNoDates(Operation):
    """Cells that are no date, in whatever order they are read, become empty: 0/0/00, 31/02/2024, "last Tuesday".

    Numbers of five digits and more stay: they may be days in another count (seconds since 1970, a spreadsheet's
    45352, 20240304), which nobody could read out of a blank.
    """

    column: str

    kind: ClassVar[str] = "clear_no_dates"

    def __post_init__(self) -> None:
        check_column(self.column)

    def needs(self) -> tuple[str, ...]:
        return (self.column,)

    def changes(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        return (self.column,)

    def title(self) -> str:
        return f"Clear what is no date in {self.column}"

    def apply(self, chunk: pd.DataFrame) -> pd.DataFrame:
        cells = column_text(chunk, self.column)
        counted = pc.match_substring_regex(pc.utf8_trim(cells, characters=SPACES), f"^[0-9]{{{FEWEST_DIGITS},}}$")
        stays = pc.or_(pc.or_(is_blank(cells), counted), is_some_day(cells))
        return with_column(chunk, self.column, pc.if_else(stays, cells, text_scalar("")))

    @classmethod
    def read(cls, given: Fields) -> Self:
        return cls(given.text("column"))


def is_some_day(cells: pa.Array) -> pa.Array:
    """Where a cell is a day that exists, in one of ORDERS at least; each distinct text is looked at once."""
    found = map_distinct(cells, lambda text: next((day for order in ORDERS if (day := iso_day(text, order))), None))
    return pc.is_valid(found)
