"""ParseYesNo: words for yes and no into true and false. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import pyarrow as pa
import pyarrow.compute as pc

from importer.clean.columns import same_text
from importer.clean.fields import Fields, wrong_field
from importer.clean.operation import check_column
from importer.clean.parse import CellParser
from importer.profile import SPACES

YES_WORDS = (
    *("yes", "y", "true", "t", "1", "on", "x", "✓", "✔", "☑", "ja", "j", "oui", "si", "sí", "sim", "tak"),
    *("ano", "wahr", "vrai", "verdadero", "active", "subscribed", "opted in", "opt in", "checked"),
)
NO_WORDS = (
    *("no", "n", "false", "f", "0", "off", "✗", "✘", "☐", "nein", "non", "nee", "não", "nao", "nie", "ne"),
    *("falsch", "faux", "falso", "inactive", "unsubscribed", "opted out", "opt out", "unchecked"),
)
"""What exports of lists say, in English, German, French, Spanish, Portuguese, Dutch, Polish, Czech."""


@dataclass(frozen=True)
class ParseYesNo(CellParser):
    """A cell that is one of `yes` becomes `true`, one of `no` becomes `false`; capitals do not count."""

    column: str
    yes: tuple[str, ...] = YES_WORDS
    no: tuple[str, ...] = NO_WORDS

    kind: ClassVar[str] = "parse_yes_no"
    keeps_value: ClassVar[bool] = False

    def __post_init__(self) -> None:
        check_column(self.column)
        for name in ("yes", "no"):
            words = tuple(dict.fromkeys(word.strip(SPACES).lower() for word in getattr(self, name)))
            object.__setattr__(self, name, words)
            if "" in words or not words:
                raise wrong_field(name, "must name at least one word, and no empty one.")
        if set(self.yes) & set(self.no):
            raise wrong_field("no", "has a word that also means yes. Keep it in one of them.")

    def title(self) -> str:
        return f"Write yes and no in {self.column} as true and false"

    def read_cells(self, cells: pa.Array) -> pa.Array:
        words = pc.utf8_lower(pc.utf8_trim(cells, characters=SPACES))
        answers = pa.array(["true"] * len(self.yes) + ["false"] * len(self.no), pa.large_string())
        return answers.take(same_text(words, (*self.yes, *self.no)))

    def shapes(self, cells: pa.Array) -> pa.Array:
        """The very words: who agreed to yes and no has said nothing of 1 and 0."""
        return pc.utf8_lower(pc.utf8_trim(cells, characters=SPACES))

    @classmethod
    def read(cls, given: Fields) -> Self:
        return cls(given.text("column"), given.texts("yes", YES_WORDS), given.texts("no", NO_WORDS))
