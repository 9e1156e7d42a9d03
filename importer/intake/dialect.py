"""What a list is written in (its dialect), and the guess of it with the runners-up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from importer.errors import ConfigError


@dataclass(frozen=True)
class Dialect:
    """How a source is to be read. Empty `quote`/`escape` mean there is none; quotes are then doubled inside quotes.

    `encoding` is a Python codec name. `preamble_rows` records before the header are set aside; blank lines among
    them count. `header_rows` 0 means the columns are called column_1, column_2 and so on; `label_rows` records after
    the header say again what is in the columns, and are set aside. `member` is the file of a zip or the sheet of a
    workbook that is read. `members`: of a list made of several, how each is read; the rest is then as the first has
    it.

    `null`: how a database dump writes NULL (a cell that is just this is empty); `letters`: those after the escape
    stand for signs (`\\t` a tab, `\\n` a line end), as in a dump. `line_quotes`: quotes stand around whole
    lines; they are taken off, and what they held is read as a record. `drawn`: the list is a table drawn in text, cut
    at this sign or these places (see `drawn`). `line_ends_in_cells`: only `line_end` ends a record, and other line
    feeds and carriage returns are signs of cells, though these stand in no quotes. `curly`: the columns whose cells
    stand in curly quotes, which are taken off ("all", or numbers from 1 with commas); `is_curly_sure`: they are
    quotes and no part of the text.
    """

    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    line_end: str = "\n"
    preamble_rows: int = 0
    header_rows: int = 1
    member: str = ""
    label_rows: int = 0
    null: str = ""
    letters: bool = False
    line_quotes: bool = False
    drawn: str = ""
    line_ends_in_cells: bool = False
    curly: str = ""
    is_curly_sure: bool = True
    members: tuple[Dialect, ...] = ()

    def __post_init__(self) -> None:
        if not self.delimiter or set(self.delimiter) & set("\r\n\0"):
            raise ConfigError(
                "The delimiter is empty or holds a line end. Choose a comma, semicolon, tab or other sign."
            )
        if len(self.quote) > 1 or len(self.escape) > 1:
            raise ConfigError("The quote and the escape are one character each. Shorten them or leave them empty.")
        if self.quote and self.quote in self.delimiter:
            raise ConfigError("The quote is part of the delimiter. Choose another quote, or none.")
        if min(self.preamble_rows, self.header_rows, self.label_rows) < 0:
            raise ConfigError("The number of rows before or in the header is below 0. Set it to 0 or more.")
        if self.curly not in ("", "all") and not all(part.isdecimal() for part in self.curly.split(",")):
            raise ConfigError("The columns in curly quotes are no numbers. Read the list again.")

    def to_dict(self) -> dict[str, Any]:
        """Plain types only, for JSON."""
        told = asdict(replace(self, members=()))
        return {**told, "members": [one.to_dict() for one in self.members]}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Dialect:
        """The dialect that `to_dict` described; unknown names are passed over, missing ones take the default.

        Raises ConfigError: a value of another type, or one that no list can have.
        """
        try:
            told = {field.name: values[field.name] for field in fields(cls) if field.name in values}
            members = tuple(cls.from_dict(one) for one in told.pop("members", ()))
            if any(type(value) is not type(getattr(cls, name, "")) for name, value in told.items()):
                raise TypeError
            return cls(**told, members=members)
        except (TypeError, RecursionError):
            raise ConfigError("How the list is to be read is damaged. Read the list again.") from None

    @property
    def has_bare_records(self) -> bool:
        """Whether a record's bytes can stand behind other cells: no quotes around whole lines, no curly ones around
        cells, not drawn in text."""
        return not (self.line_quotes or self.curly or self.drawn)

    @property
    def record_end(self) -> str:
        """The only line end that ends a record; empty where any does."""
        return self.line_end if self.line_ends_in_cells else ""

    @property
    def of_each(self) -> tuple[Dialect, ...]:
        """The dialect of each list to be read: of its members, or its own."""
        return self.members or (self,)


@dataclass(frozen=True)
class Choice:
    """One candidate with its score (higher is better, 0 to 1) and the reason in plain words."""

    value: str
    score: float
    reason: str


@dataclass(frozen=True)
class Guess:
    """The dialect found; each tuple holds the candidates, best first."""

    dialect: Dialect
    encodings: tuple[Choice, ...]
    delimiters: tuple[Choice, ...]
    quotes: tuple[Choice, ...]
    header_reason: str
