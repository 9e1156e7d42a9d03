"""RemoveInvisible: signs that nobody sees and that make two equal texts differ. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import pandas as pd
import pyarrow.compute as pc

from importer.clean.columns import with_column
from importer.clean.fields import Fields
from importer.clean.operation import Operation, check_columns, join_words
from importer.profile import column_text

_SIGNS = (
    r"[\x00-\x08\x0e-\x1f\x7f\x{ad}\x{180e}\x{200b}\x{200e}\x{200f}\x{202a}-\x{202e}\x{2060}-\x{2069}\x{feff}"
    r"\x{fff9}-\x{fffb}]"
)
"""Control signs but tab and line ends, soft hyphen, zero-width space, word joiner, byte order mark, marks of writing
direction. Not the joiners U+200C and U+200D: inside a word they belong to Persian and to emoji. Not U+0080 to U+009F:
they are letters read in a wrong encoding, which can still be mended."""


@dataclass(frozen=True)
class RemoveInvisible(Operation):
    """Takes invisible signs out of `columns`; none named means every column of the list."""

    columns: tuple[str, ...] = ()

    kind: ClassVar[str] = "remove_invisible"

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", tuple(self.columns))
        check_columns(self.columns, fewest=0)

    def needs(self) -> tuple[str, ...]:
        return self.columns

    def changes(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        return self.columns or columns

    def title(self) -> str:
        where = join_words(self.columns) if self.columns else "every column"
        return f"Remove invisible characters from {where}"

    def apply(self, chunk: pd.DataFrame) -> pd.DataFrame:
        for column in self.columns or tuple(chunk.columns):
            cells = column_text(chunk, column)
            hit = pc.match_substring_regex(cells, _SIGNS)  # half the time of a replacement, and mostly there is none
            if pc.any(hit).as_py():
                mended = pc.replace_substring_regex(cells.filter(hit), pattern=_SIGNS, replacement="")
                chunk = with_column(chunk, column, pc.replace_with_mask(cells, hit, mended))
        return chunk

    @classmethod
    def read(cls, given: Fields) -> Self:
        return cls(given.texts("columns"))
