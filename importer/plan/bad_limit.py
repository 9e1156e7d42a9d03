"""`--max-bad N` or `N%`: how many rows may be rejected or failed before a run stops."""

from __future__ import annotations

import re
from dataclasses import dataclass

from importer.errors import ConfigError

PATTERN = re.compile(r"^(\d+)$|^(\d+(?:\.\d+)?)\s*%$")


@dataclass(frozen=True)
class BadLimit:
    """At most `rows` rows, or at most `percent` of the list; exactly one of the two is set."""

    rows: int | None = None
    percent: float | None = None

    @classmethod
    def parse(cls, text: str) -> BadLimit:
        """`20` or `0.5%`; ConfigError for anything else."""
        match = PATTERN.match(text.strip())
        if match is None:
            raise ConfigError("The limit of bad rows must be a number (20) or a share (0.5%).")
        if match.group(1) is not None:
            return cls(rows=int(match.group(1)))
        percent = float(match.group(2))
        if percent > 100:
            raise ConfigError("The limit of bad rows is more than 100%. Choose 0% to 100%.")
        return cls(percent=percent)

    def allowed(self, list_rows: int) -> int:
        """The number of bad rows allowed in a list of `list_rows`; shares are rounded down."""
        if self.rows is not None:
            return self.rows
        return int(list_rows * (self.percent or 0.0) / 100)

    def exceeded(self, bad_rows: int, list_rows: int) -> bool:
        """True when one row more than allowed is bad."""
        return bad_rows > self.allowed(list_rows)
