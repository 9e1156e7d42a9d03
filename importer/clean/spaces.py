"""Trim: spaces at the ends of cells, and runs of them inside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import pyarrow as pa
import pyarrow.compute as pc

from importer.clean.fields import Fields
from importer.clean.many_columns import ManyColumns
from importer.profile import SPACES, WHITE_SPACE

_RUN = "[" + "".join(f"\\x{{{ord(sign):x}}}" for sign in WHITE_SPACE) + "]+"
"""As an RE2 class, sign by number; without the joiners, which inside a word belong to Persian and to emoji."""


@dataclass(frozen=True)
class Trim(ManyColumns):
    """Takes spaces, non-breaking and zero-width too, off both ends; `collapse` makes each run inside one space."""

    collapse: bool = False

    kind: ClassVar[str] = "trim"

    def title(self) -> str:
        return f"{'Trim and collapse' if self.collapse else 'Trim'} spaces in {self.where}"

    def mended(self, cells: pa.Array) -> pa.Array | None:
        trimmed = pc.utf8_trim(cells, characters=SPACES)
        return pc.replace_substring_regex(trimmed, pattern=_RUN, replacement=" ") if self.collapse else trimmed

    @classmethod
    def read(cls, given: Fields) -> Self:
        return cls(given.texts("columns"), given.flag("collapse", False))
