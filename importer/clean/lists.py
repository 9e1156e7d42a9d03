"""ParseList: several values in one cell, with one separator, none blank and none twice. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from importer.clean.columns import map_distinct, text_bytes
from importer.clean.fields import Fields, wrong_field
from importer.clean.operation import check_column
from importer.clean.parse import CellParser
from importer.profile import SPACES, column_text


@dataclass(frozen=True)
class ParseList(CellParser):
    """`red, blue,,red ` with `separator` "," and `put` ";" becomes `red;blue`.

    A cell whose members hold `put` is left as it is, or one member would become two. A cell of separators alone
    holds nothing and becomes empty.
    """

    column: str
    separator: str
    put: str = ""

    kind: ClassVar[str] = "parse_list"

    def __post_init__(self) -> None:
        check_column(self.column)
        if not self.separator:
            raise wrong_field("separator", "is empty. Say what stands between the values, for example a comma.")
        if not self.put:
            object.__setattr__(self, "put", self.separator)

    def title(self) -> str:
        how = f', put "{self.put}" between them' if self.put != self.separator else ""
        return f'Tidy lists in {self.column} at "{self.separator}"{how}'

    def most_bytes(self, chunk: pd.DataFrame) -> tuple[int, int]:
        more = max(len(self.put.encode()) - len(self.separator.encode()), 0)
        hits = pc.count_substring(column_text(chunk, self.column), self.separator)
        sizes = text_bytes(chunk, self.column) + np.asarray(pc.fill_null(hits, 0), dtype=np.int64) * more
        return int(sizes.max(initial=0)), int(sizes.sum())

    def read_cells(self, cells: pa.Array) -> pa.Array:
        has = pc.match_substring(cells, self.separator)
        if self.put != self.separator:
            has = pc.or_(has, pc.match_substring(cells, self.put))
        bare = pc.utf8_trim(cells, characters=SPACES)
        if not pc.any(has).as_py():
            return bare
        return pc.replace_with_mask(bare, has, map_distinct(cells.filter(has), self._tidied))

    def _tidied(self, text: str) -> str | None:
        members = (member.strip(SPACES) for member in text.split(self.separator))
        distinct = tuple(dict.fromkeys(member for member in members if member))
        return None if any(self.put in member for member in distinct) else self.put.join(distinct)

    @classmethod
    def read(cls, given: Fields) -> Self:
        return cls(given.text("column"), given.text("separator"), given.text("put", ""))
