"""One thing about a list that a person should know before it is imported, the same for pages and command line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ListWarning:
    """Something unusual about `column` ("": about the whole list). `code` is stable, `message` is for people and
    holds no cell's value.

    `count`: cells or rows concerned, 0 when it is about the whole; `first_row`: the first of them, as a spreadsheet
    numbers it. A doubt (`is_doubt`) means that the list may have been read wrongly: the page asks first, the command
    line refuses without `--yes`. `holds_back`: the rows concerned are not written.
    """

    code: str
    column: str
    message: str
    count: int = 0
    first_row: int | None = None
    is_doubt: bool = False
    holds_back: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types, as `--json` and the receipt show it."""
        facts = {"code": self.code, "column": self.column, "count": self.count, "first_row": self.first_row}
        return facts | {"message": self.message, "is_doubt": self.is_doubt, "holds_back": self.holds_back}
